// The survey is run as its users run it, on a small tree.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiled } from '../../house/programs.ts';

const main = compiled('survey')('examples/survey/main.ts');
let tree: string;

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'survey-'));
  mkdirSync(join(tree, 'inner/empty'), { recursive: true });
  writeFileSync(join(tree, 'one.txt'), 'alpha beta alpha\nbeta alpha\n');
  writeFileSync(join(tree, 'inner/two.txt'), 'gamma\n\nalpha größe');
  writeFileSync(join(tree, 'inner/none.txt'), '');
  writeFileSync(join(tree, 'binary'), Uint8Array.of(0, 255, 10, 0, 254));
  symlinkSync('nowhere', join(tree, 'inner/broken'));
  symlinkSync('../inner', join(tree, 'inner/circle'));
});
afterAll(() => rmSync(tree, { recursive: true }));

interface Run {
  code: number | null;
  out: string;
  err: string;
}

/** Runs it to its end; `hear` gets all that was written to stderr so far, and may send a signal. */
function run(
  args: readonly string[],
  hear: (err: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Run> {
  const child = spawn(process.execPath, [main, ...args]);
  const said: Run = { code: null, out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
    hear(said.err, (signal) => child.kill(signal));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ ...said, code }));
  });
}

const parse = ({ out }: Run): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;

/** `name  1,234` somewhere in a table. */
function numberIn(table: string, name: string): number {
  const [, digits = ''] = new RegExp(`^ *${name} +([\\d,.]+)`, 'm').exec(table) ?? [];
  return Number(digits.replaceAll(',', ''));
}

describe('the survey', () => {
  it('counts a tree, and reports at the end what could not be read', async () => {
    const { code, out, err } = await run(['--json', tree]);
    expect([code, err, JSON.parse(out)]).toEqual([
      0,
      '',
      {
        interrupted: false,
        files: 4,
        bytes: 53,
        lines: 5,
        words: 10,
        longestFile: { path: expect.any(String), lines: 2, words: expect.any(Number) },
        identifiers: {
          top: [
            { name: 'alpha', count: 4 },
            { name: 'beta', count: 2 },
            { name: 'gamma', count: 1 },
            { name: 'größe', count: 1 },
          ],
          exact: true,
          error: 0,
          different: 4,
        },
        unreadable: {
          count: 1,
          first: [{ path: join(tree, 'inner/broken'), reason: 'no such file or directory (ENOENT)' }],
        },
        seconds: expect.any(Number),
        peakRss: expect.any(Number),
      },
    ]);
  });

  it('prints the same as a table, and nothing on an error output that is no terminal', async () => {
    const [json, table] = await Promise.all([run(['--json', tree]), run([tree])]);
    const names = ['files', 'bytes', 'lines', 'words'];
    expect(names.map((name) => numberIn(table.out, name))).toEqual(names.map((name) => parse(json)[name]));
    expect(['alpha', 'beta', 'gamma', 'größe'].map((name) => numberIn(table.out, name))).toEqual([4, 2, 1, 1]);
    expect(numberIn(table.out, 'peak memory')).toBeGreaterThan(1);
    expect(table.out).toContain(`Could not be read: 1\n  ${join(tree, 'inner/broken')}: no such file or directory`);
    expect([table.code, table.err]).toEqual([0, '']);
  });

  it('takes files, folders, links to either and broken links as paths', async () => {
    const paths = ['one.txt', 'inner/circle/empty', 'inner/circle', 'inner/broken'].map((path) => join(tree, path));
    expect(parse(await run(['--json', ...paths]))).toMatchObject({
      files: 3,
      words: 8,
      unreadable: { count: 2 },
    });
  });

  it('names every path that is missing, reads nothing, and exits with 2', async () => {
    const missing = [join(tree, 'missing'), join(tree, 'one.txt/below')];
    expect(await run([tree, ...missing])).toEqual({
      code: 2,
      out: '',
      err: [...missing.map((path) => `survey: no such file or folder: ${path}\n`), 'survey: --help tells more\n'].join(
        '',
      ),
    });
  });

  it('refuses an option that it does not know with exit code 2', async () => {
    const { code, out, err } = await run(['--jsno']);
    expect([code, out, err]).toEqual([2, '', expect.stringContaining('--jsno')]);
  });

  it('says how it is used', async () => {
    const { code, out, err } = await run(['--help']);
    expect([code, out, err]).toEqual([0, expect.stringContaining('Usage: npm run demo'), '']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('prints what was counted until %s', async (signal) => {
    // A hole of 64 GB, which nobody has read by then.
    const endless = join(tree, `endless-${signal}`);
    writeFileSync(endless, '');
    truncateSync(endless, 2 ** 36);
    let killed = 0;
    const { code, out } = await run(
      ['--json', '--progress', join(tree, 'one.txt'), join(tree, 'inner/two.txt'), endless],
      (err, kill) => {
        if (killed > 0 || !err.includes('2/3 files')) return;
        killed = performance.now();
        kill(signal);
        // As a terminal and npm do: both tell the program.
        kill(signal);
      },
    );
    const took = performance.now() - killed;
    rmSync(endless);
    expect([code, JSON.parse(out)]).toMatchObject([
      signal === 'SIGINT' ? 130 : 143,
      { interrupted: true, files: 2, lines: 4, unreadable: { count: 0 }, identifiers: { different: 4 } },
    ]);
    // It is a twentieth of a second; the rest is for a machine that does other things.
    expect(took).toBeLessThan(5000);
  });
});
