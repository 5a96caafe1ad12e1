// Those who wait for what nobody tells: that nothing is unfinished, that a queue is closed for everybody, and that a closed
// queue has ended. While there are any, it is looked again and again.
//
// Invariants:
//   1. who waits here is in `#joining` or `#closing`; others tell that somebody waits for the end (`isAwaited`)
//   2. somebody waits, and the engine has not ended  =>  the loop runs, once

import { pause } from './jetstream.ts';
import type { Performance } from './remote.ts';

/** What is looked at. */
export interface Watched {
  /** The engine has ended. */
  readonly isOver: boolean;
  readonly state: 'open' | 'closing' | 'closed';
  /** Somebody waits for what a closed one still has, or for its end. */
  readonly isAwaited: boolean;
  /** How many are not settled. */
  count(): Promise<number>;
  /** It is closed, and all is settled: tells those of whom `isAwaited` spoke before the count. */
  lookout(): { end(): Promise<void>; fail(error: unknown): void };
}

export class Vigil {
  readonly #watched: Watched;
  readonly #joining = new Set<Performance<void>>();
  readonly #closing = new Set<Performance<void>>();
  #runs = false;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Resolves `performance` when nothing is unfinished. */
  join(performance: Performance<void>, prepared: Promise<void>): void {
    this.#await(this.#joining, performance, prepared);
  }

  /** Resolves `performance` when it is closed. */
  whenClosed(performance: Performance<void>, prepared: Promise<void>): void {
    this.#await(this.#closing, performance, prepared);
  }

  #await(line: Set<Performance<void>>, performance: Performance<void>, prepared: Promise<void>): void {
    line.add(performance);
    performance.withdrawn = () => line.delete(performance);
    prepared.then(
      () => this.look(),
      (error: unknown) => line.delete(performance) && performance.reject(error),
    );
  }

  /** It is known to be closed. */
  closed(): void {
    for (const waiting of this.#closing) waiting.resolve();
    this.#closing.clear();
    this.look();
  }

  get #isNeeded(): boolean {
    const { isOver, state, isAwaited } = this.#watched;
    if (isOver) return false;
    return this.#joining.size + this.#closing.size > 0 || (state === 'closed' && isAwaited);
  }

  /** Looks, if somebody waits. */
  look(): void {
    if (this.#runs || !this.#isNeeded) return;
    this.#runs = true;
    void this.#run().finally(() => {
      this.#runs = false;
    });
  }

  async #run(): Promise<void> {
    for (let wait = 10; this.#isNeeded; wait = Math.min(1.5 * wait, 250)) {
      await this.#once();
      if (this.#isNeeded) await pause(wait);
    }
  }

  /** Those who come while it counts are told of the next count. */
  async #once(): Promise<void> {
    const joining = [...this.#joining];
    const waitsForEnd = this.#watched.lookout();
    let left: number;
    try {
      left = await this.#watched.count();
    } catch (error) {
      for (const waiting of joining) if (this.#joining.delete(waiting)) waiting.reject(error);
      if (this.#watched.state === 'closed') waitsForEnd.fail(error);
      return;
    }
    if (left > 0) return;
    for (const waiting of joining) if (this.#joining.delete(waiting)) waiting.resolve();
    if (this.#watched.state === 'closed') await waitsForEnd.end();
  }
}
