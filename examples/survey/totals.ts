// What has been counted, in memory that does not grow with the number of files.

import { type Counted, Frequent } from './frequent.ts';
import type { Counts } from './text-counter.ts';
import type { Unreadable } from './walk.ts';

/** So many different identifiers are counted exactly. */
export const EXACT_IDENTIFIERS = 65_536;
const TOP = 20;
/** So many unreadable files are told by name; all are counted. */
const TOLD = 100;

/** One thing that happened to a reader. */
export type Reading =
  | ({ readonly kind: 'piece'; readonly bytes: number } & Counts)
  | { readonly kind: 'file'; readonly path: string; readonly lines: number; readonly words: number }
  | ({ readonly kind: 'unreadable' } & Unreadable);

export interface Totals {
  /** Read to the end. What was read of a file that then failed is counted below, too. */
  readonly files: number;
  readonly bytes: number;
  readonly lines: number;
  readonly words: number;
  /** The file with the most lines; null: none was read. */
  readonly longest: { readonly path: string; readonly lines: number; readonly words: number } | null;
  readonly identifiers: {
    readonly top: readonly Counted[];
    /** How many different ones are known: all that there are, if the counts are exact. */
    readonly known: number;
    /** A count may be too low by so much; 0: exact. */
    readonly error: number;
  };
  readonly unreadable: { readonly count: number; readonly first: readonly Unreadable[] };
}

export class TotalsBuilder {
  #files = 0;
  #bytes = 0;
  #lines = 0;
  #words = 0;
  #longest: Totals['longest'] = null;
  readonly #identifiers = new Frequent(EXACT_IDENTIFIERS);
  #unreadable = 0;
  readonly #told: Unreadable[] = [];

  add(reading: Reading): void {
    switch (reading.kind) {
      case 'piece':
        this.#bytes += reading.bytes;
        this.#lines += reading.lines;
        this.#words += reading.words;
        for (const [identifier, times] of reading.identifiers) this.#identifiers.add(identifier, times);
        break;
      case 'file': {
        const { path, lines, words } = reading;
        this.#files++;
        if (lines > (this.#longest?.lines ?? -1)) this.#longest = { path, lines, words };
        break;
      }
      case 'unreadable': {
        const { path, reason } = reading;
        this.#unreadable++;
        if (this.#told.length < TOLD) this.#told.push({ path, reason });
      }
    }
  }

  /** As it is now; what is added later does not change it. */
  snapshot(): Totals {
    return {
      files: this.#files,
      bytes: this.#bytes,
      lines: this.#lines,
      words: this.#words,
      longest: this.#longest,
      identifiers: {
        top: this.#identifiers.top(TOP),
        known: this.#identifiers.size,
        error: this.#identifiers.error,
      },
      unreadable: { count: this.#unreadable, first: [...this.#told] },
    };
  }
}
