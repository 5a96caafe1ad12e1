// What a user pays for an import: minified and compressed with brotli, rxjs not counted. `.size-limit.json` has the
// budgets; `golden/sizes.txt` has the sizes as they were last looked at. Run as a program (`npm run size`), it rewrites them,
// and the table of the README.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Size {
  readonly name: string;
  readonly size: number;
  /** None for what is only reported. */
  readonly sizeLimit?: number;
}

const root = join(import.meta.dirname, '../..');
const golden = join(root, 'test/golden/sizes.txt');

/** Measures the built package; throws if a bundle cannot be made. */
export function measure(): readonly Size[] {
  const program = join(root, 'node_modules/size-limit/bin.js');
  try {
    return parse(execFileSync(process.execPath, [program, '--json'], { cwd: root, encoding: 'utf8' }));
  } catch (error) {
    // Over budget is exit code 1, with the figures all the same.
    const { stdout } = error as { stdout?: string };
    if (stdout?.startsWith('[')) return parse(stdout);
    throw error;
  }
}

function parse(json: string): Size[] {
  return JSON.parse(json) as Size[];
}

/** The recorded size of each import, in bytes. */
export function recorded(): Record<string, number> {
  const lines = readFileSync(golden, 'utf8').trimEnd().split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(8), Number(line.slice(0, 6))]));
}

function record(sizes: readonly Size[]): string {
  return sizes.map(({ name, size }) => `${String(size).padStart(6)}  ${name}\n`).join('');
}

/** What the README says of them, between its two marks. */
export function table(sizes: Readonly<Record<string, number>>): string {
  const rows = Object.entries(sizes).filter(([name]) => name.startsWith('{') || name === 'testing');
  const cells = rows.map(([name, size]) => {
    const [what = '', where = ''] =
      name === 'testing' ? ['all of it', 'rxsluice/testing'] : [`\`${name}\``, 'rxsluice'];
    return [what, `\`${where}\``, `${(size / 1000).toFixed(1)} kB`] as const;
  });
  const all = [['import', 'from', 'costs'] as const, ...cells];
  const width = (column: 0 | 1 | 2): number => Math.max(...all.map((row) => row[column].length));
  const line = ([what, where, size]: readonly [string, string, string]): string =>
    `| ${what.padEnd(width(0))} | ${where.padEnd(width(1))} | ${size.padStart(width(2))} |`;
  const rule = `| ${'-'.repeat(width(0))} | ${'-'.repeat(width(1))} | ${'-'.repeat(width(2) - 1)}: |`;
  return [line(all[0]!), rule, ...cells.map(line)].join('\n');
}

export const README_TABLE = /(?<=<!-- sizes -->\n)[^]*(?=<!-- \/sizes -->)/;

if (process.argv[1] === import.meta.filename) {
  const text = record(measure());
  writeFileSync(golden, text);
  const readme = join(root, 'README.md');
  writeFileSync(readme, readFileSync(readme, 'utf8').replace(README_TABLE, `\n${table(recorded())}\n\n`));
  process.stdout.write(text);
}
