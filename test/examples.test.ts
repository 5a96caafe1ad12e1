// Each `main.ts` below `examples` that has an `expected.txt` beside it is run, and prints exactly that. A block of the README
// that names a file of `examples` is that file.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const examples = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('expected.txt'))
  .map((path) => join('examples', dirname(path), 'main.ts'))
  .sort();

describe('the examples', () => {
  it.concurrent.each(examples)('%s prints its expected.txt', (path) => {
    const out = execFileSync(process.execPath, ['--import', 'tsx', path], {
      cwd: root,
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(out).toBe(read(join(dirname(path), 'expected.txt')));
  });
});

describe('the README', () => {
  const blocks = [...read('README.md').matchAll(/^<!-- (examples\/\S+) -->\n+```\w+\n(.*?)^```$/gms)];

  it.each(blocks.map(([, path, code]) => [path!, code!]))('shows %s as it is', (path, code) => {
    expect(code).toBe(read(path));
  });

  it('begins with an example that is run', () => {
    expect(blocks[0]?.[1]).toBe('examples/first/main.ts');
  });
});
