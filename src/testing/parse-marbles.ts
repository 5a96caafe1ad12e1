// Marble diagrams as data. RxJS's syntax in run mode, read more strictly and more kindly: a duration needs no trailing
// space, and what cannot be meant (a letter without a value, an open group, a `!` among values) is an error that says so.
//
//   -   a frame         (ab)  several in one frame; the group is as long as it is written      5ms 2s 1m   that long
//   a   a value         |     completion        #   error        ^   subscription (frame 0)    !   unsubscription

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
export type Grammar = 'source' | 'cold' | 'demand' | 'subscription';

const FORBIDDEN: Record<Grammar, RegExp> = {
  source: /!/u,
  cold: /[!^]/u,
  demand: /[!#^]/u,
  subscription: /[^!^]/u,
};
const KINDS: Record<string, Mark['kind']> = { '|': 'complete', '#': 'error', '^': 'subscribe', '!': 'unsubscribe' };
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)/u;
const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000 };

/** @throws MarbleError if `text` is no diagram of this grammar, or a letter has no value although `values` are given. */
export function parseMarbles(text: string, grammar: Grammar, values?: unknown, error: unknown = 'error'): Diagram {
  const letters = Array.from(text);
  const marks: Mark[] = [];
  let frame = 0;
  let group = -1;
  let zero = 0;
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i] as string;
    const at = group < 0 ? frame : group;
    const duration = i === 0 || letters[i - 1] === ' ' ? DURATION.exec(letters.slice(i).join('')) : null;
    if (duration !== null && group < 0) {
      frame += Number(duration[1]) * (UNITS[duration[2] as string] as number);
      i += duration[0].length - 1;
    } else if (letter === ' ') {
      continue;
    } else if (letter === '(' || letter === ')') {
      if ((letter === '(') !== group < 0)
        throw wrong(text, letter === '(' ? 'a group inside a group' : 'a ")" without a "("');
      group = letter === '(' ? frame : -1;
      frame++;
    } else {
      if (letter !== '-') {
        if (FORBIDDEN[grammar].test(letter)) throw wrong(text, `"${letter}" has no place in a ${grammar} diagram`);
        if (letter === '^') zero = at;
        marks.push({ frame: at, letter, ...content(text, letter, values, error) });
      }
      frame++;
    }
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
  return new MarbleError(`marbles "${text}": ${what}`, new Site());
}
