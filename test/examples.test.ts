// Each `main.ts` below `examples` that has an `expected.txt` beside it is run, and prints exactly that. A block of the README,
// or of a page of the docs, that names a file of `examples` is that file.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compiled, programs } from './house/programs.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the examples', () => {
  const at = compiled('examples');
  const start = promisify(execFile);

  // In real time: on a machine that is busy enough, the two ends of a wait of 20 ms may come at once. Not three times.
  it.each(programs)('%s prints its expected.txt', { retry: 2 }, async (path) => {
    const { stdout, stderr } = await start(process.execPath, [at(path)], { cwd: root, timeout: 60_000 });
    expect(stdout).toBe(read(join(dirname(path), 'expected.txt')));
    expect(stderr).toBe('');
  });
});

/** What a page shows of the examples: the path, and the block. */
function blocksOf(page: string): [path: string, code: string][] {
  const blocks = read(page).matchAll(/^<!-- (examples\/\S+) -->\n+```\w+\n(.*?)^```$/gms);
  return [...blocks].map(([, path, code]) => [path!, code!]);
}

describe('the pages', () => {
  const docs = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  const shown = ['README.md', ...docs].flatMap((page) => blocksOf(page).map((block) => [page, ...block] as const));

  it.each(shown)('%s shows %s as it is', (_page, path, code) => {
    expect(code).toBe(read(path));
  });

  it('begin with an example that is run', () => {
    expect(blocksOf('README.md')[0]?.[0]).toBe('examples/first/main.ts');
  });

  it.each(docs)('%s shows pictures, and leads to files, that exist', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => join('docs', link!));
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });
});
