// What a queue of jobs is told when it is made, and how its jobs end.

import { ownHooks } from '../core/ambient.ts';
import { checkHooks, checkLimit, checkMs, ownOptions } from '../base/checks.ts';
import { checkOptions, type Overflow } from '../channel/options.ts';
import { checkRetry, type RetryOptions } from '../core/retry.ts';
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
   * An attempt that failed is made again: at most `attempts` in all (default Infinity), the next after `backoff(attempt, error)` ms
   * (default none), unless `when(error)` says no (default: all but `ClosedError` and `CancelledError`, which will not be different
   * the next time). Meanwhile the job is not in its place, but keeps its key, and it comes back before those that wait. What these
   * throw is the job's failure. `results$` goes on through all attempts.
   */
  retry?: Pick<RetryOptions, 'attempts' | 'backoff' | 'when'>;
  /** Milliseconds, more than 0, for one attempt: one that takes longer is cancelled, and has failed with `TimeoutError` (default Infinity). */
  timeout?: number;
}

/** How often, after how long, and why an attempt is made again. */
export type JobRetry = Pick<RetryOptions, 'attempts' | 'backoff' | 'when'>;

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
  readonly retry: JobRetry | undefined;
  readonly timeout: number;
}

/** Rejects nonsense where it was written. */
export function jobRules<T>(given: JobQueueOptions<T>): JobRules<T> {
  const options = ownHooks(ownOptions<JobQueueOptions<T>>('jobQueue', given), 'key', 'order');
  const { name, concurrency = 1, capacity = Infinity, capacityPerKey = Infinity, timeout = Infinity } = options;
  const { overflow = 'suspend', order = 'fifo', key, debounce } = options;
  checkLimit('jobQueue', 'concurrency', concurrency, 1);
  checkOptions('jobQueue', { capacity, overflow });
  checkOrder('jobQueue', order);
  checkHooks('jobQueue', options, 'key');
  checkPerKey(options);
  checkSpan('jobQueue', 'timeout', timeout);
  checkDebounce(options);
  const retry = options.retry === undefined ? undefined : ownOptions<JobRetry>('jobQueue: retry', options.retry);
  if (retry !== undefined) checkRetry('jobQueue: retry', retry);
  if (retry !== undefined) ownHooks(retry, 'backoff', 'when');
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
