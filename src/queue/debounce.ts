// Keys of which something was submitted just now: none of their jobs starts before they have been quiet for a while.
//
// Invariants (`check()` asserts them):
//   1. a key is known  <=>  a job of it waits for its first attempt
//   2. a key is held  =>  it is known, and its timer runs (but for `Infinity`, which keeps none)

import type { Unsubscribable } from 'rxjs';
import { after } from '../core/clock.ts';

interface Recent {
  /** Its jobs that wait. */
  jobs: number;
  /** Null once it has been quiet for long enough. */
  timer: Unsubscribable | null;
}

export class Debounce {
  readonly #ms: number;
  readonly #quiet: (key: unknown) => void;
  readonly #keys = new Map<unknown, Recent>();

  /** `quiet` is called when a key has been quiet for `ms`. */
  constructor(ms: number, quiet: (key: unknown) => void) {
    this.#ms = ms;
    this.#quiet = quiet;
  }

  isHeld(key: unknown): boolean {
    return (this.#keys.get(key)?.timer ?? null) !== null;
  }

  /** A job of `key` was submitted: its time begins anew. */
  submitted(key: unknown): void {
    const recent = this.#keys.get(key) ?? { jobs: 0, timer: null };
    recent.jobs++;
    recent.timer?.unsubscribe();
    recent.timer = after(this.#ms, () => {
      recent.timer = null;
      this.#quiet(key);
    });
    this.#keys.set(key, recent);
  }

  /** A job of `key` does not wait any more, whatever became of it. */
  left(key: unknown): void {
    const recent = this.#keys.get(key) as Recent;
    if (--recent.jobs > 0) return;
    recent.timer?.unsubscribe();
    this.#keys.delete(key);
  }

  /** All are quiet now: which of them were held. */
  flush(): unknown[] {
    const held: unknown[] = [];
    for (const [key, recent] of this.#keys) {
      if (recent.timer === null) continue;
      recent.timer.unsubscribe();
      recent.timer = null;
      held.push(key);
    }
    return held;
  }

  check(waiting: number): void {
    let jobs = 0;
    for (const recent of this.#keys.values()) {
      if (recent.jobs < 1) throw new Error('debounce: a key is known of which nothing waits');
      jobs += recent.jobs;
    }
    if (jobs !== waiting) throw new Error(`debounce: ${jobs} counted, ${waiting} wait`);
  }
}
