// Which mutants survive, and why: `test/mutants/ROOM.md` explains each, and `npm run mutants` tells those that it does not.
//
// Under the heading of a file stands a sentence, and under it, indented, what it explains: a line of code as it is, and
// below, deeper, each of its changes as `before → after`.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** One change of one line of code. */
export interface Mutant {
  readonly file: string;
  readonly line: string;
  readonly change: string;
}

/** Of a report in the format of the mutation-testing-elements. */
export interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Reported[] }>>;
}

interface Reported {
  readonly status: string;
  readonly replacement?: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Score {
  readonly mutants: number;
  readonly dead: number;
  readonly survivors: readonly Mutant[];
}

const CODE = ' '.repeat(4);
const CHANGE = ' '.repeat(6);

/** What `test/mutants/ROOM.md` explains. */
export function explained(room: string): Mutant[] {
  const path = join(root, `test/mutants/${room}.md`);
  return existsSync(path) ? parse(readFileSync(path, 'utf8')) : [];
}

export function parse(text: string): Mutant[] {
  const mutants: Mutant[] = [];
  let file = '';
  let line = '';
  for (const row of text.split('\n')) {
    const heading = /^## `(.*)`$/.exec(row);
    if (heading !== null) file = heading[1] ?? '';
    else if (row.startsWith(CHANGE)) mutants.push({ file, line, change: row.trim() });
    else if (row.startsWith(CODE)) line = row.trim();
  }
  return mutants;
}

/** In the form of `test/mutants/ROOM.md`, to be explained. */
export function print(mutants: readonly Mutant[]): string {
  let text = '';
  let before: Mutant | undefined;
  for (const mutant of mutants) {
    if (before?.file !== mutant.file) text += `\n## \`${mutant.file}\`\n`;
    if (before?.file !== mutant.file || before.line !== mutant.line) text += `\n${CODE}${mutant.line}\n`;
    text += `${CHANGE}${mutant.change}\n`;
    before = mutant;
  }
  return text;
}

export function score({ files }: Report): Score {
  let mutants = 0;
  let dead = 0;
  const survivors = new Map<string, Mutant>();
  for (const [file, { source, mutants: reported }] of Object.entries(files)) {
    const lines = source.split('\n');
    for (const { status, replacement = '', location } of reported) {
      if (status === 'Killed' || status === 'Timeout') dead++;
      else if (status !== 'Survived' && status !== 'NoCoverage') continue;
      mutants++;
      if (status === 'Killed' || status === 'Timeout') continue;
      const line = lines[location.start.line - 1]?.trim() ?? '';
      const mutant = { file, line, change: `${short(slice(lines, location))} → ${short(replacement)}` };
      survivors.set(key(mutant), mutant);
    }
  }
  return { mutants, dead, survivors: [...survivors.values()] };
}

/** Those of `mutants` that are not among `others`. */
export function without(mutants: readonly Mutant[], others: readonly Mutant[]): Mutant[] {
  const keys = new Set(others.map(key));
  return mutants.filter((mutant) => !keys.has(key(mutant)));
}

function key({ file, line, change }: Mutant): string {
  return `${file}\n${line}\n${change}`;
}

function slice(lines: readonly string[], { start, end }: Reported['location']): string {
  const part = lines.slice(start.line - 1, end.line);
  const last = part.length - 1;
  if (last < 0) return '';
  part[last] = (part[last] ?? '').slice(0, end.column - 1);
  part[0] = (part[0] ?? '').slice(start.column - 1);
  return part.join('\n');
}

function short(code: string): string {
  const one = code.replace(/\s+/g, ' ').trim();
  return one.length <= 70 ? one : `${one.slice(0, 69)}…`;
}
