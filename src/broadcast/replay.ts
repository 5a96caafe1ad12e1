// The last values of a broadcast, kept for those who come later.

import { Ring } from '../base/ring.ts';

/** A value that was sent, and what has become of it. */
export interface Sent<T> {
  readonly value: T;
  /** Somebody has it. */
  seen: boolean;
  /** It waits in the line of some tap, and may still be received there. */
  waits: boolean;
}

export class Replay<T> {
  readonly #size: number;
  readonly #kept = new Ring<Sent<T>>();

  constructor(size: number) {
    this.#size = size;
  }

  get count(): number {
    return this.#kept.size;
  }

  /** Keeps `sent`, if any are kept: the one that has to go for it, which may be itself. */
  keep(sent: Sent<T>): Sent<T> | null {
    if (this.#size === 0) return sent;
    const gone = this.#kept.size === this.#size ? this.#kept.shift() : null;
    this.#kept.push(sent);
    return gone;
  }

  /** Nobody is to have it. */
  forget(sent: Sent<T>): void {
    for (const one of this.#kept.clear()) if (one !== sent) this.#kept.push(one);
  }

  /** All that is kept, and what was sent `since`, for one who comes now. */
  give(since: readonly Sent<T>[]): T[] {
    const kept = this.#kept.clear();
    for (const one of kept) this.#kept.push(one);
    // What is not kept any more is older than all that is.
    const given = [...since.filter((one) => !kept.includes(one)), ...kept];
    for (const one of given) one.seen = true;
    return given.map(({ value }) => value);
  }

  check(): void {
    this.#kept.check();
    if (this.#kept.size > this.#size) throw new Error(`replay: ${this.#kept.size} values are kept`);
  }
}
