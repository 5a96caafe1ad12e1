// What a queue of jobs is told when it is made, and how its jobs end.

import { checkHooks, checkLimit, checkMs, checkObject, ownOptions } from '../base/checks.ts';
import { checkOptions, type Overflow } from '../channel/options.ts';
import type { Order } from './entries.ts';
import { checkOrder, checkSpan } from './options.ts';

/** How a job has ended. */
export type JobOutcome<T, R> =
  | {
      readonly status: 'done';
      readonly input: T;
      /** The last value that its handler emitted. */
      readonly result: R | undefined;
    }
  | { readonly status: 'failed'; readonly input: T; readonly error: unknown }
  | { readonly status: 'dropped' | 'cancelled'; readonly input: T };

/**
 * Where a job is:
 *
 * ```
 * waiting ──► running ─────────────────────► done, failed, cancelled
 *    │         │   ▲
 *    │         ▼   │
 *    │        retrying ────────────────────► dropped, cancelled
 *    └─────────────────────────────────────► dropped, cancelled, failed (`overflow: 'fail'`)
 * ```
 */
export type JobState = 'waiting' | 'running' | 'retrying' | 'done' | 'failed' | 'dropped' | 'cancelled';

/** How often, when and why an attempt that failed is made again. */
export interface JobRetryOptions {
  /** Attempts in all (default Infinity). */
  attempts?: number;
  /** Milliseconds, >= 0, before attempt n+1, after the n-th has failed (default none). */
  backoff?: (attempt: number, error: unknown) => number;
  /** False: fails at once with this error. A `ClosedError` is tried again only if this is given, and says so. */
  when?: (error: unknown) => boolean;
}

export interface JobQueueOptions<T> {
  /** Shown by `toString()` and by errors. */
  name?: string;
  /** Jobs that run at once (default 1). It can be set later, too. */
  concurrency?: number;
  /** Jobs that may wait, not counting those that run or are tried again (default Infinity). */
  capacity?: number;
  /**
   * Jobs of one key that may wait (default Infinity): `overflow` then chooses among those of that key. With `1` and
   * `dropOldest`, the latest of every key is served. Needs `key`.
   */
  capacityPerKey?: number;
  /**
   * What happens to a job beyond that (default `suspend`): it waits all the same, for room to wait; the oldest that waits is
   * dropped; it is dropped itself; or it fails with `OverflowError`.
   */
  overflow?: Overflow;
  /** Which of those that wait starts next (default `fifo`). */
  order?: Order<T>;
  /** Jobs of equal key (as in a Map) never run at the same time. */
  key?: (input: T) => unknown;
  /**
   * Milliseconds, >= 0: a job starts when none of its key (without `key`: none at all) has been submitted for so long. `flush()`
   * and `close()` start it now. It waits meanwhile, so it needs a capacity of at least 1.
   */
  debounce?: number;
  /**
   * An attempt that failed is made again: meanwhile the job is not in its place, but keeps its key, and it comes back before
   * those that wait. `results$` goes on through all attempts.
   */
  retry?: JobRetryOptions;
  /** Milliseconds, more than 0, for one attempt: one that takes longer is cancelled, and has failed with `TimeoutError` (default Infinity). */
  timeout?: number;
}

/** The same, checked, with nothing left out that has a default. */
export interface JobRules<T> {
  readonly name: string | undefined;
  readonly concurrency: number;
  readonly capacity: number;
  readonly capacityPerKey: number;
  readonly overflow: Overflow;
  readonly order: Order<T>;
  readonly keyOf: ((input: T) => unknown) | undefined;
  readonly debounce: number | undefined;
  readonly retry: JobRetryOptions | undefined;
  readonly timeout: number;
}

/** Rejects nonsense where it was written. */
export function jobRules<T>(given: JobQueueOptions<T>): JobRules<T> {
  const options = ownOptions<JobQueueOptions<T>>('jobQueue', given);
  const { name, concurrency = 1, capacity = Infinity, capacityPerKey = Infinity, timeout = Infinity } = options;
  const { overflow = 'suspend', order = 'fifo', key, debounce } = options;
  checkLimit('jobQueue', 'concurrency', concurrency, 1);
  checkOptions('jobQueue', { capacity, overflow });
  checkOrder('jobQueue', order);
  checkHooks('jobQueue', options, 'key');
  checkPerKey(options);
  checkSpan('jobQueue', 'timeout', timeout);
  checkDebounce(options);
  const retry = options.retry === undefined ? undefined : checkRetry(options.retry);
  return { name, concurrency, capacity, capacityPerKey, overflow, order, keyOf: key, debounce, retry, timeout };
}

function checkPerKey<T>({ capacityPerKey, overflow, key }: JobQueueOptions<T>): void {
  if (capacityPerKey === undefined) return;
  checkLimit('jobQueue', 'capacityPerKey', capacityPerKey, 0);
  if (key === undefined) throw new TypeError('jobQueue: capacityPerKey counts the jobs of one key, it needs a key');
  if (capacityPerKey === 0 && overflow === 'dropOldest')
    throw new RangeError('jobQueue: dropOldest replaces a job that waits, it needs capacityPerKey >= 1; got 0');
}

function checkDebounce<T>({ debounce, capacity, capacityPerKey }: JobQueueOptions<T>): void {
  if (debounce === undefined) return;
  checkMs('jobQueue', 'debounce', debounce);
  if (capacity === 0 || capacityPerKey === 0)
    throw new RangeError('jobQueue: what is debounced waits, it needs capacity >= 1; got capacity 0');
}

function checkRetry(given: JobRetryOptions): JobRetryOptions {
  checkObject('jobQueue', 'retry', given);
  const retry = ownOptions<JobRetryOptions>('jobQueue', given);
  checkLimit('jobQueue', 'retry.attempts', retry.attempts ?? Infinity, 1);
  checkHooks('jobQueue: retry', retry, 'backoff', 'when');
  return retry;
}
