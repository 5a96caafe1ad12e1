// Jobs between two attempts: they wait for their backoff, and then for a place, before all others.
//
// Invariants (`check()` asserts them):
//   1. one that is due is in; the timer of one that is not due runs (but for `Infinity`, which keeps none)
//   2. those that are due leave in the order in which they became due

import type { Unsubscribable } from 'rxjs';
import { after } from '../core/clock.ts';
import type { Failure } from '../core/outcome.ts';
import { nextTry } from '../core/retry.ts';
import type { JobRetry } from './job-options.ts';

export class Retries<S> {
  readonly #options: JobRetry;
  readonly #due: () => void;
  /** Each with its timer: null for one that is due. */
  readonly #all = new Map<S, Unsubscribable | null>();
  readonly #ready = new Set<S>();

  /** `due` is called when a backoff has run out. */
  constructor(options: JobRetry, due: () => void) {
    this.#options = options;
    this.#due = due;
  }

  get size(): number {
    return this.#all.size;
  }

  /** The one that is to start next. */
  get first(): S | null {
    for (const job of this.#ready) return job;
    return null;
  }

  /** Milliseconds until the next attempt of one whose n-th has failed; a Failure: there is none. Throws what the user's callbacks throw. */
  delayOf(attempt: number, error: unknown): number | Failure {
    return nextTry('jobQueue: retry', this.#options, attempt, attempt, error) ?? 0;
  }

  add(job: S, ms: number): void {
    if (ms === 0) {
      this.#all.set(job, null);
      this.#ready.add(job);
      return;
    }
    const timer = after(ms, () => {
      this.#all.set(job, null);
      this.#ready.add(job);
      this.#due();
    });
    this.#all.set(job, timer);
  }

  /** Takes `job` out: false if it is not in. */
  leave(job: S): boolean {
    this.#all.get(job)?.unsubscribe();
    this.#ready.delete(job);
    return this.#all.delete(job);
  }

  list(): S[] {
    return [...this.#all.keys()];
  }

  check(): void {
    for (const job of this.#ready) {
      if (this.#all.get(job) !== null) throw new Error('retries: one is due that is not in, or whose timer runs');
    }
  }
}
