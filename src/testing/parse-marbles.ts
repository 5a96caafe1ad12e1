// Marble diagrams as data. RxJS's syntax in run mode, read more strictly and more kindly: a duration needs no trailing
// space, and what cannot be meant (a letter without a value, an open group, a `!` among values) is an error that says so.
//
//   -   a frame         (ab)  several in one frame; the group is as long as it is written      5ms 2s 1m   that long
//   a   a value         |     completion        #   error        ^   subscription (frame 0)    !   unsubscription

import { checkObject, checkText } from '../base/checks.ts';
import { printable } from '../base/printable.ts';
import { MarbleError } from './marble-error.ts';
import { Site } from './site.ts';

/** One thing that happens in a diagram, or that was seen to happen in a run. */
export interface Mark {
  readonly frame: number;
  readonly kind: 'next' | 'error' | 'complete' | 'subscribe' | 'unsubscribe';
  /** The value, or the error. */
  readonly value?: unknown;
  /** How it is written. */
  readonly letter: string;
}

export interface Diagram {
  readonly marks: readonly Mark[];
  /** The frame at which the diagram ends. */
  readonly length: number;
}

/** Which letters a kind of diagram may hold. */
export type Grammar = 'source' | 'cold' | 'demand' | 'frames' | 'subscription';

const FORBIDDEN: Record<Grammar, RegExp> = {
  source: /!/u,
  cold: /[!^]/u,
  demand: /[!#^]/u,
  frames: /[!#^|]/u,
  subscription: /[^!^]/u,
};
const TITLES: Record<Grammar, string> = {
  source: 'a source',
  cold: 'a cold source',
  demand: 'a demand',
  frames: 'animate(), which takes values only',
  subscription: 'a subscription',
};
const KINDS: Record<string, Mark['kind']> = { '|': 'complete', '#': 'error', '^': 'subscribe', '!': 'unsubscribe' };
/** Tried where it stands, so that reading is linear in the length of the diagram. */
const DURATION = /(\d+(?:\.\d+)?)(ms|s|m)/uy;
const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000 };

/**
 * `error`: what `#` stands for, if it is given, be it undefined; else the string `error`.
 * @throws MarbleError if `text` is no diagram of this grammar, or a letter has no value although `values` are given.
 */
export function parseMarbles(text: string, grammar: Grammar, values?: unknown, ...error: [error?: unknown]): Diagram {
  const marks: Mark[] = [];
  const thrown = error.length === 0 ? 'error' : error[0];
  let frame = 0;
  let group = -1;
  let zero = 0;
  for (let i = 0; i < text.length;) {
    const duration = i === 0 || text[i - 1] === ' ' ? durationAt(text, i) : null;
    if (duration !== null) {
      frame += duration.frames;
      i += duration.length;
      continue;
    }
    const letter = String.fromCodePoint(text.codePointAt(i) as number);
    i += letter.length;
    if (letter === ' ') continue;
    if (letter === '(' || letter === ')') {
      if ((letter === '(') !== group < 0)
        throw wrong(text, letter === '(' ? 'a group inside a group' : 'a ")" without a "("');
      group = letter === '(' ? frame : -1;
    } else if (letter !== '-') {
      if (FORBIDDEN[grammar].test(letter)) throw wrong(text, `"${letter}" has no place in ${TITLES[grammar]}`);
      const at = group < 0 ? frame : group;
      if (letter === '^') zero = at;
      marks.push({ frame: at, letter, ...content(text, letter, values, thrown) });
    }
    frame++;
  }
  if (group >= 0) throw wrong(text, 'a "(" without a ")"');
  for (const kind of ['subscribe', 'unsubscribe'] as const) {
    if (marks.filter((mark) => mark.kind === kind).length > 1) throw wrong(text, `more than one ${kind} mark`);
  }
  if (grammar === 'subscription') return { marks, length: frame };
  const shifted = marks
    .filter((mark) => mark.kind !== 'subscribe')
    .map((mark) => ({ ...mark, frame: mark.frame - zero }));
  return { marks: shifted, length: frame - zero };
}

/** What `whose` was given, before it is read. */
export function checkDiagram(whose: string, marbles: string, values: unknown): void {
  checkText(whose, 'marbles', marbles);
  // RxJS's own tests say null where there are none.
  if (values !== undefined && values !== null) checkObject(whose, 'values', values);
}

function durationAt(text: string, i: number): { readonly frames: number; readonly length: number } | null {
  DURATION.lastIndex = i;
  const found = DURATION.exec(text);
  if (found === null) return null;
  const [written, number, unit] = found as unknown as [string, string, string];
  return { frames: Number(number) * (UNITS[unit] as number), length: written.length };
}

function content(text: string, letter: string, values: unknown, error: unknown): Pick<Mark, 'kind' | 'value'> {
  const kind = KINDS[letter] ?? 'next';
  if (kind === 'error') return { kind, value: error };
  if (kind !== 'next') return { kind };
  if (typeof values !== 'object' || values === null) return { kind, value: letter };
  if (!(letter in values))
    throw wrong(text, `no value is given for "${letter}", only for ${Object.keys(values).join(', ') || 'none'}`);
  return { kind, value: (values as Record<string, unknown>)[letter] };
}

function wrong(text: string, what: string): Error {
  return new MarbleError(printable(`marbles "${text}": ${what}`), new Site());
}
