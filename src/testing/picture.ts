// A failed expectation as a text to be read: a ruler of frames, expected above received, carets under what differs, a
// sentence for each difference, and what the letters stand for.

import { printable } from '../base/printable.ts';
import { columnOf, columns, drawRow, greatest, group, ruler, widest } from './columns.ts';
import { difference } from './difference.ts';
import type { Difference } from './differences.ts';
import { Inner } from './inner.ts';
import type { Mark } from './parse-marbles.ts';
import { show } from './show.ts';

/** What a picture is drawn of. */
export interface Pictured {
  readonly name: string;
  readonly received: () => readonly Mark[];
  readonly length: number;
  readonly values: unknown;
  readonly sense: 'plain' | 'inverted';
  readonly until: number;
}

const MARGIN = 'expected  '.length;
/** So much of each row is drawn from the first difference on; so many sentences and legends follow. */
const MARKS_SHOWN = 30;
/** The most columns that one frame takes. */
const WIDEST = 60;
const SENTENCES = 10;
const LEGEND = 20;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function picture(of: Pictured, expected: readonly Mark[], found: readonly Difference[]): string {
  const letters = new Letters(expected, of.values);
  const both = [expected, of.received()] as const;
  const start = Math.min(...found.flatMap(framesOf));
  const shown = Math.min(...both.map((marks) => cut(marks, start)));
  const rows = both.map((marks) =>
    marks.filter(({ frame }) => frame <= shown).map((mark) => ({ ...mark, letter: letters.of(mark) })),
  );
  const cells = rows.map((marks) =>
    short(group(marks.map(({ frame, letter }) => ({ frame, text: printable(letter) })))),
  );
  const last = Math.max(lastOf(rows.flat()), Math.min(of.length - 1, shown));
  const stretches = columns(widest(cells), last);
  const drawn = rows.map((marks, i) =>
    drawRow(stretches, cells[i] ?? new Map<number, string>(), ...lifeOf(marks, of.until)),
  );
  const more = (marks: readonly Mark[]): string => (lastOf(marks) > shown ? '…' : '');
  const carets = [...new Set(found.flatMap(framesOf))]
    .filter((frame) => frame <= shown)
    .map((frame) => columnOf(stretches, frame));
  return [
    of.name,
    '',
    `frame     ${ruler(stretches)}`,
    `expected  ${drawn[0] ?? ''}${more(both[0])}${of.sense === 'inverted' ? '   anything but this' : ''}`,
    `received  ${drawn[1] ?? ''}${more(both[1])}`,
    ...(carets.length === 0 ? [] : [' '.repeat(MARGIN) + caretRow(carets)]),
    ...sentences(found, letters).map((sentence) => printable(`  ${sentence}`)),
    ...letters.legend(rows.flat()).map((line) => printable(`  ${line}`)),
  ].join('\n');
}

function sentences(found: readonly Difference[], letters: Letters): string[] {
  const all = found.slice(0, SENTENCES).map((item) => sentence(item, letters));
  return found.length > SENTENCES ? [...all, `and ${found.length - SENTENCES} more differences`] : all;
}

function sentence({ expected, received, content }: Difference, letters: Letters): string {
  if (expected === null)
    return `${letters.title(received as Mark)}: received at ${(received as Mark).frame}, not expected`;
  if (received === null) return `${letters.title(expected)}: expected at ${expected.frame}, not received`;
  if (content === null)
    return `${letters.title(expected)}: expected at ${expected.frame}, received at ${received.frame}`;
  const inside = /^[.[]/u.test(content) && !(expected.value instanceof Inner) ? ` (${content})` : '';
  return `at ${expected.frame}: expected ${letters.full(expected)}, received ${letters.full(received)}${inside}`;
}

const TITLES = {
  complete: 'completion',
  error: 'error',
  subscribe: 'subscription',
  unsubscribe: 'unsubscription',
} as const;

/** Which letter stands for which value. The test's own letters first; a value it does not name gets a letter of its own. */
class Letters {
  readonly #values: Map<string, unknown>;

  constructor(expected: readonly Mark[], values: unknown) {
    const named = typeof values === 'object' && values !== null ? Object.entries(values) : [];
    const used = expected
      .filter(({ kind, letter }) => kind === 'next' && letter !== '')
      .map(({ letter, value }): [string, unknown] => [letter, value]);
    this.#values = new Map([...named.filter(([letter]) => Array.from(letter).length === 1), ...used]);
  }

  of({ kind, value, letter }: Mark): string {
    if (kind !== 'next') return letter;
    for (const [known, its] of this.#values) if (difference(its, value) === null) return known;
    const itself = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    const legible = /^[^\s\p{C}()|#^!-]$/u.test(itself) && !this.#values.has(itself);
    const chosen = legible ? itself : (Array.from(ALPHABET).find((free) => !this.#values.has(free)) ?? '?');
    this.#values.set(chosen, value);
    return chosen;
  }

  /** What a sentence calls a mark. */
  title(mark: Mark): string {
    if (mark.kind === 'next') return this.of(mark);
    return typeof mark.value === 'number' && mark.kind !== 'error'
      ? `${TITLES[mark.kind]} ${mark.value}`
      : TITLES[mark.kind];
  }

  /** The same, with its value. */
  full(mark: Mark): string {
    if (mark.kind === 'error') return `error ${show(mark.value)}`;
    const title = this.title(mark);
    return mark.kind !== 'next' || isItself(title, mark.value) ? title : `${title} = ${show(mark.value)}`;
  }

  /** What stands for something other than itself. */
  legend(marks: readonly Mark[]): string[] {
    const letters = new Set(marks.filter(({ kind }) => kind === 'next').map((mark) => this.of(mark)));
    const strange = [...this.#values].filter(([letter, value]) => letters.has(letter) && !isItself(letter, value));
    return strange.slice(0, LEGEND).map(([letter, value]) => `${letter} = ${show(value)}`);
  }
}

function isItself(letter: string, value: unknown): boolean {
  return value === letter || (typeof value === 'number' && String(value) === letter);
}

function framesOf({ expected, received }: Difference): number[] {
  return [expected, received].flatMap((mark) => (mark === null ? [] : [mark.frame]));
}

/** Of what happens in one frame, no more than can be read. */
function short(cells: ReadonlyMap<number, string>): Map<number, string> {
  return new Map(
    [...cells].map(([frame, text]) => [frame, text.length > WIDEST ? `${text.slice(0, WIDEST - 2)}…)` : text]),
  );
}

/** The frame after which nothing is drawn of a row. */
function cut(marks: readonly Mark[], start: number): number {
  return marks.filter(({ frame }) => frame >= start)[MARKS_SHOWN]?.frame ?? Infinity;
}

function lastOf(marks: readonly Mark[]): number {
  return marks.reduce((last, { frame }) => Math.max(last, frame), 0);
}

/** A row is drawn as alive from its subscription to its end. */
function lifeOf(marks: readonly Mark[], until: number): [from: number, until: number] {
  const frames = (...kinds: Mark['kind'][]): number[] =>
    marks.filter(({ kind }) => kinds.includes(kind)).map(({ frame }) => frame);
  const [begins, ends] = [frames('subscribe'), frames('complete', 'error', 'unsubscribe')];
  const over = ends.length > 0 && ends.length >= begins.length ? greatest(-Infinity, ends, (frame) => frame) : Infinity;
  const from = begins.length > 0 ? -greatest(-Infinity, begins, (frame) => -frame) : -Infinity;
  return [from, Math.min(over, until)];
}

function caretRow(columnsOfCarets: readonly number[]): string {
  return Array.from({ length: Math.max(...columnsOfCarets) + 1 }, (_, i) =>
    columnsOfCarets.includes(i) ? '^' : ' ',
  ).join('');
}
