// The last values of a broadcast, kept for those who come later.
//
// Invariants (`check()` asserts them):
//   1. kept <= size + open; `open` counts those kept that nobody has yet and that may be withdrawn
//   2. of those that were sent and not withdrawn, unseen, the last `size` are kept
//
// Whoever comes gets the last `size`. Those before them are there for the case that later ones are withdrawn: that leaves no trace.

import { Ring } from '../base/ring.ts';

/** A value that was sent, and what has become of it. */
export interface Sent<T> {
  readonly value: T;
  /** Somebody has it. */
  seen: boolean;
  /** It waits in the line of some tap, and may still be received there. */
  waits: boolean;
  /** It is one of those kept that may be withdrawn. */
  isOpen: boolean;
}

export class Replay<T> {
  readonly #size: number;
  readonly #kept = new Ring<Sent<T>>();
  #open = 0;
  readonly #gone: (sent: Sent<T>) => void;

  /** `gone` is called for each that is not kept any more. */
  constructor(size: number, gone: (sent: Sent<T>) => void) {
    this.#size = size;
    this.#gone = gone;
  }

  /** How many somebody who comes gets. */
  get count(): number {
    return Math.min(this.#kept.size, this.#size);
  }

  /** Whether it keeps `sent`. */
  keep(sent: Sent<T>): boolean {
    if (this.#size === 0) return false;
    this.#kept.push(sent);
    if (sent.waits && !sent.seen) {
      sent.isOpen = true;
      this.#open++;
    }
    this.#trim();
    return true;
  }

  /** Somebody has `sent`: it will not be withdrawn. */
  seen(sent: Sent<T>): void {
    sent.seen = true;
    if (!sent.isOpen) return;
    this.#close(sent);
    this.#trim();
  }

  /** Nobody is to have it. */
  forget(sent: Sent<T>): void {
    this.#close(sent);
    for (const one of this.#kept.clear()) if (one !== sent) this.#kept.push(one);
  }

  #close(sent: Sent<T>): void {
    if (!sent.isOpen) return;
    sent.isOpen = false;
    this.#open--;
  }

  #trim(): void {
    while (this.#kept.size > this.#size + this.#open) {
      const first = this.#kept.shift();
      this.#close(first);
      this.#gone(first);
    }
  }

  /** All that is kept, and what was sent `since`, for one who comes now. */
  give(since: readonly Sent<T>[]): T[] {
    const all = this.#kept.clear();
    for (const one of all) this.#kept.push(one);
    const kept = all.slice(all.length - this.count);
    // What is not kept any more is older than all that is.
    const given = [...since.filter((one) => !kept.includes(one)), ...kept];
    for (const one of given) this.seen(one);
    return given.map(({ value }) => value);
  }

  check(): void {
    this.#kept.check();
    const all = this.#kept.clear();
    for (const one of all) this.#kept.push(one);
    const open = all.filter(({ isOpen }) => isOpen).length;
    if (open !== this.#open) throw new Error(`replay: ${open} may be withdrawn, counted ${this.#open}`);
    if (all.length > this.#size + open) throw new Error(`replay: ${all.length} values are kept, ${open} of them open`);
    if (all.some(({ isOpen, seen, waits }) => isOpen !== (waits && !seen)))
      throw new Error('replay: which may be withdrawn is wrong');
  }
}
