// One thing that a test expects of a run, from the line where it was made to the verdict at the end.

import { Observable } from 'rxjs';
import { differences } from './differences.ts';
import { Inner } from './inner.ts';
import type { Diagram, Mark } from './parse-marbles.ts';
import { picture } from './picture.ts';
import type { Site } from './site.ts';

/** What does not hold: as a text, and the line that it is about. */
export interface Failed {
  readonly text: string;
  readonly site: Site;
}

export class Expectation {
  /** What made it, `expectObservable` or `toEmit`. */
  readonly #call: string;
  readonly site: Site;
  /** Null as long as nobody said what is expected. */
  expected: readonly Mark[] | null = null;
  readonly received: () => readonly Mark[];
  /** Frames that the expected diagram takes. */
  length = 0;
  values: unknown = undefined;
  /** `inverted`: anything but this is expected. */
  sense: 'plain' | 'inverted' = 'plain';
  /** How a value that is itself a stream is compared: by what it emits, or as the object that it is. */
  inner: 'streams' | 'values' = 'values';
  /** The frame in which the test unsubscribes. */
  until = Infinity;

  constructor(call: string, site: Site, received: () => readonly Mark[]) {
    this.#call = call;
    this.site = site;
    this.received = received;
  }

  /** For failures alone: the line of a site costs more than what it is the site of. */
  get name(): string {
    const { line } = this.site;
    return line === null ? this.#call : `${this.#call} at ${line}`;
  }

  expect({ marks, length }: Diagram, values: unknown): void {
    this.values = values;
    this.length = length;
    this.expected = marks.map(withInner);
    this.inner = this.expected.some(({ value }) => value instanceof Inner) ? 'streams' : 'values';
  }

  /** Null if it holds. */
  failure(): Failed | null {
    const { expected, site } = this;
    if (expected === null)
      return { site, text: `${this.name}\n\nbegun and not finished: say what is expected, with .toBe or .toEqual` };
    const found = differences(expected, this.received());
    return (found.length === 0) === (this.sense === 'plain') ? null : { site, text: picture(this, expected, found) };
  }
}

/** A cold source among the expected values stands for what it emits. */
function withInner(mark: Mark): Mark {
  const { value } = mark;
  if (!(value instanceof Observable) || !('messages' in value)) return mark;
  return { ...mark, value: new Inner((value.messages as readonly Message[]).map(markOf)) };
}

/** A notification of RxJS, in a diagram of RxJS. */
export interface Message {
  readonly frame: number;
  readonly notification: { readonly kind: 'N' | 'E' | 'C'; readonly value?: unknown; readonly error?: unknown };
}

const KINDS = { N: 'next', E: 'error', C: 'complete' } as const;

function markOf({ frame, notification }: Message): Mark {
  const { kind, value, error } = notification;
  return recorded(frame, KINDS[kind], kind === 'E' ? error : value);
}

/** What was seen to happen. A value that is no letter gets one when it is drawn. */
export function recorded(frame: number, kind: 'next' | 'error' | 'complete', value?: unknown): Mark {
  if (kind === 'next')
    return { frame, kind, value, letter: typeof value === 'string' && Array.from(value).length === 1 ? value : '' };
  return kind === 'error' ? { frame, kind, value, letter: '#' } : { frame, kind, letter: '|' };
}
