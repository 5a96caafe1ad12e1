// Each `main.ts` below `examples` that has an `expected.txt` beside it is run, and prints exactly that. A block of a page that
// names a file of `examples` is that file; one behind which `It prints` stands is run, and does.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { blocksOf, pages } from './house/pages.ts';
import { compiled, compiledBlocks, programs } from './house/programs.ts';

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

describe('the pages', () => {
  const blocks = pages.flatMap(blocksOf);
  const shown = blocks.filter(({ file }) => file !== null);

  it.each(shown)('$page:$line shows $file as it is', ({ file, code }) => {
    expect(`${code}\n`).toBe(read(file!));
  });

  it('begin with an example that is run', () => {
    expect(blocksOf('README.md')[0]?.file).toBe('examples/save/main.ts');
  });

  const programs = blocks.filter(({ language, file, prints }) => language === 'ts' && file === null && prints);
  const at = compiledBlocks('docs', programs);
  const start = promisify(execFile);

  it.concurrent.each(programs)('$page:$line prints what the page says', { retry: 2 }, async (block) => {
    const told = start(process.execPath, [at(block)], { cwd: root, timeout: 60_000 });
    // Some end by a signal, and say so by their exit code.
    const { stdout, stderr } = await told.catch((ended: unknown) => ended as { stdout: string; stderr: string });
    expect([stdout, stderr]).toEqual([block.prints, '']);
  });
});
