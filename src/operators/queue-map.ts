import type { OperatorFunction } from 'rxjs';
import { checkFunction, checkHooks, checkLimit, checkOneOf, ownOptions } from '../base/checks.ts';
import { Flattening } from './flattening.ts';
import type { ProjectContext } from './lane.ts';
import { operate } from './operate.ts';
import type { Project, QueueMapOptions } from './queue-map-options.ts';

/**
 * Projects each value to an inner source and emits what those emit: one flattening operator, all policies, any number of
 * synchronous inner sources without recursion or loss.
 *
 * ```
 * source                       a-b-c--------|
 * each becomes                 -x-(y|)
 * queueMap(…)                  -a-a-b-b-c-(c|)
 * queueMap(…, concurrency 2)   -a-(ab)-(bc)--c---|
 * ```
 *
 * | RxJS            | concurrency | capacity | overflow   |
 * |-----------------|-------------|----------|------------|
 * | concatMap       | 1           | Infinity |            |
 * | mergeMap(p, n)  | n           | Infinity |            |
 * | exhaustMap      | 1           | 0        | dropNewest |
 * | switchMap       | 1           | 0        | switch     |
 * | save the latest | 1           | 1        | dropOldest |
 *
 * A projection returns an observable, a promise, an iterable, or a coroutine. A generator emits what it yields by a plain
 * `yield v`, as it would for `concatMap`, and may wait in between by `yield*`; one that yields nothing is a coroutine, and emits
 * what it returns, once.
 *
 * Completes when the source has completed, nothing waits and nothing runs. Fails at once with the error of the source, of
 * any inner source, of `project` or `key`, and, with `overflow: 'fail'`, with `OverflowError`. Then, and on unsubscribe, all
 * inner sources are given up, and the values that wait are reported to `onUndelivered` (`cancelled`); so is each value that
 * overflow loses (`dropped`, `evicted`), and the one that overflows with `fail` (`dropped`).
 *
 * **A source that can be pulled** (a channel, a queue, `mergeSelect`, `channelFrom`, `boundedBuffer`) is asked for a value
 * only when a place is free, so its senders feel the backpressure and no policy of overflow comes into play. With `key`,
 * values of busy keys are pulled ahead, at most `concurrency` of them. Operators in between that answer each value at once
 * with at most one (`map`, `filter`, `tap`, `scan`, `take`) leave that exact. Behind one that delays, values that are under
 * way count as not there yet; behind `merge`, `defer` or `share` the source is pushed.
 *
 * Whoever waits for this in a coroutine (by `go`, `until`, in a group) and leaves waits for the clean-up of the projections that
 * were given up, also through other operators of this library; an operator of RxJS's after it cannot pass that on.
 *
 * `order: 'source'` emits the results of the first source value as they come, and keeps those of later ones until it is
 * their turn: started and not fully emitted are at most `concurrency`. With `key`, that is still the order of the source: one that
 * waits for its key comes before those behind it, which may have started meanwhile.
 *
 * `overflow: 'switch'` beyond capacity: the oldest running one gives way (with `key`, the one of that key), the one that
 * waits longest starts, the new one waits. What its clean-up sends to the source is newer than the value that it gave way to:
 * it has the place, and that value is reported (`evicted`). (RxJS's `switchMap` then runs both, and leaves one of them for good.)
 *
 * O(1) per value; with `key`, O(log waiting); with `key` and `order: 'source'`, O(log waiting + running). Wrong numbers, and `dropOldest` at capacity 0: RangeError, here.
 *
 * ![queueMap in marbles](../../marbles/operators/queue-map.svg)
 *
 * @example
 * ```ts
 * // Save; what is edited meanwhile is saved next, and only its latest version.
 * edits.pipe(queueMap((text) => save(text), { capacity: 1, overflow: 'dropOldest' })).subscribe();
 * ```
 *
 * After RxJS's mergeMap, concatMap, exhaustMap and switchMap, whose events it repeats one by one at the settings above.
 */
export function queueMap<T, R>(project: Project<T, R>, options?: QueueMapOptions<T>): OperatorFunction<T, R>;
/** A generator that yields values, and may wait between them. */
export function queueMap<T, R>(
  project: (value: T, context: ProjectContext) => Generator<R, unknown>,
  options?: QueueMapOptions<T>,
): OperatorFunction<T, R>;
export function queueMap<T, R>(
  project: Project<T, R> | ((value: T, context: ProjectContext) => Generator<R, unknown>),
  given: QueueMapOptions<T> = {},
): OperatorFunction<T, R> {
  checkFunction('queueMap', 'project', project);
  const options = ownOptions('queueMap', given);
  checkOptions(options);
  return operate((destination) => new Flattening(project as Project<T, R>, options, destination));
}

function checkOptions<T>(options: QueueMapOptions<T>): void {
  const { concurrency = 1, capacity = Infinity, overflow = 'fail', order = 'completion' } = options;
  checkLimit('queueMap', 'concurrency', concurrency, 1);
  checkLimit('queueMap', 'capacity', capacity, 0);
  checkOneOf('queueMap', 'overflow', overflow, ['fail', 'dropOldest', 'dropNewest', 'switch']);
  checkOneOf('queueMap', 'order', order, ['completion', 'source']);
  checkHooks('queueMap', options, 'key', 'onUndelivered');
  if (capacity === 0 && overflow === 'dropOldest') {
    throw new RangeError('queueMap: dropOldest replaces a value that waits, it needs capacity >= 1; got capacity 0');
  }
}
