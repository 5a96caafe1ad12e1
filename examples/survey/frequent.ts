// How often each of very many things occurs, in memory that is bounded: exact while there are few, honest about its error
// when there are many.
//
// Invariants (`check()` asserts the first):
//   1. at most `capacity` things are kept
//   2. of everything, kept or not (then its count is 0):   count <= how often it was added <= count + error
//
// When one thing too many comes, the median of the counts is subtracted from all of them and added to the error, and what
// has nothing left is forgotten. That halves the table, so it costs a constant per addition, and the error stays below
// twice the additions per slot: what is frequent cannot get lost. This is the algorithm of Misra and Gries, with the purges
// of Apache DataSketches' frequent items.

export interface Counted {
  readonly name: string;
  readonly count: number;
}

export class Frequent {
  readonly #capacity: number;
  readonly #counts = new Map<string, number>();
  #error = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** By how much a count may be too low; 0: all are exact. */
  get error(): number {
    return this.#error;
  }
  /** How many things are kept: all that there were, while the error is 0. */
  get size(): number {
    return this.#counts.size;
  }

  add(name: string, times: number): void {
    const before = this.#counts.get(name);
    if (before !== undefined) {
      this.#counts.set(name, before + times);
      return;
    }
    if (this.#counts.size === this.#capacity) this.#purge();
    this.#counts.set(copy(name), times);
  }

  #purge(): void {
    const median = Float64Array.from(this.#counts.values()).sort()[this.#counts.size >> 1] ?? 0;
    this.#error += median;
    for (const [name, count] of this.#counts) {
      if (count > median) this.#counts.set(name, count - median);
      else this.#counts.delete(name);
    }
  }

  /** The `length` most frequent, the most frequent first, equals by name. Cheap: the table is looked through once. */
  top(length: number): Counted[] {
    const top: Counted[] = [];
    for (const [name, count] of this.#counts) {
      const counted = { name, count };
      const last = top.at(length - 1);
      if (last !== undefined && byCount(last, counted) < 0) continue;
      top.push(counted);
      top.sort(byCount);
      top.length = Math.min(top.length, length);
    }
    return top;
  }

  check(): void {
    if (this.#counts.size > this.#capacity) throw new Error(`${this.#counts.size} kept, of ${this.#capacity}`);
  }
}

function byCount(a: Counted, b: Counted): number {
  return b.count - a.count || (a.name < b.name ? -1 : 1);
}

/** A name that was cut from a text holds on to the whole text; a copy does not. */
function copy(name: string): string {
  return Buffer.from(name).toString();
}
