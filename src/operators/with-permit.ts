import type { MonoTypeOperatorFunction } from 'rxjs';
import { checkMethod } from '../base/checks.ts';
import type { Semaphore } from '../sync/semaphore.ts';

/**
 * Subscribes to the source while holding `count` permits (default 1) of `semaphore`.
 *
 * ```
 * permits of 1                 ^
 * source                       ---a--b|
 * subscribe                    x
 * subscribe                      x
 * withPermit(semaphore)        ---a--b|
 * withPermit(semaphore)               ---a--b|
 * ```
 *
 * Waits in line for the permits, then emits what the source emits, completes and fails as it does. The permits are back when
 * the source has ended and was torn down, before the subscriber hears of it. Unsubscribing withdraws from the line, or
 * unsubscribes from the source and releases. Each subscription acquires anew: put it around what is to be limited, inside of
 * `mergeMap`. A wrong count: RangeError, here.
 *
 * ![withPermit in marbles](../../marbles/operators/with-permit.svg)
 *
 * @example
 * ```ts
 * const connections = semaphore(8);
 * queries.pipe(mergeMap((query) => run(query).pipe(withPermit(connections)))).subscribe(show);
 * ```
 */
export function withPermit<T>(semaphore: Semaphore, count?: number): MonoTypeOperatorFunction<T> {
  checkMethod('withPermit', 'semaphore', semaphore, 'withPermit', 'a semaphore');
  // Rejects a wrong count where it was written.
  semaphore.acquire(count);
  return (source) => semaphore.withPermit(source, count);
}
