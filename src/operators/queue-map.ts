// One flattening operator: a value is projected to an inner source, at most `concurrency` of which run, while at most
// `capacity` values wait.
//
// Invariants:
//   1. running <= concurrency; `running` counts the lanes that stand in `#lanes`, oldest first
//   2. a value waits  =>  running = concurrency, or a value of its key runs, or `#advance` is about to look
//   3. two lanes of equal key never run at the same time
//
// Nothing recurses with the number of values: whoever ends only marks its place as free, and one loop (`#advance`) starts
// those who wait. RxJS starts the next inner source from inside the last one's completion, so a thousand that complete at
// once overflow the stack, and with `concatMap` the values behind them are gone.

import { from, type ObservableInput, type OperatorFunction, Subscriber } from 'rxjs';
import { describe, OverflowError } from '../base/errors.ts';
import { Line, type Linked } from '../base/line.ts';
import { Ring } from '../base/ring.ts';
import type { UndeliveredReason } from '../channel/options.ts';
import { Demand } from '../core/demand.ts';
import type { Coroutine } from '../core/operation.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { LazySignal } from '../task/context.ts';
import { coroutine } from '../task/coroutine.ts';
import { isCoroutine } from '../core/is-coroutine.ts';
import { type Backlog, type Entry, KeyedBacklog, PlainBacklog } from './backlog.ts';
import { type Handlers, operate } from './operate.ts';

export interface QueueMapOptions<T> {
  /** Inner sources at once (default 1). */
  concurrency?: number;
  /** Values that may wait (default Infinity). A source that can be pulled is pulled instead, one value per free place, and nothing waits here. */
  capacity?: number;
  /** What happens to a value beyond that: an error, or the loss of one of them, or (`'switch'`) the oldest running inner source gives way. Default `'fail'`. */
  overflow?: 'fail' | 'dropOldest' | 'dropNewest' | 'switch';
  /** Emit as inner sources emit (default), or in the order of their source values. */
  order?: 'completion' | 'source';
  /** Values of equal key never run at the same time, and start in order. */
  key?: (value: T) => unknown;
  /** Called for every value that was taken from the source and never projected. */
  onUndelivered?: (value: T, reason: UndeliveredReason) => void;
}

/** What a projection is told. */
export interface ProjectContext {
  /** 0 for the first value that is projected. */
  readonly index: number;
  /** Aborts when the inner source is given up, not when it completes. Made when first asked for. */
  readonly signal: AbortSignal;
}

type Project<T, R> = (value: T, context: ProjectContext) => ObservableInput<R> | Coroutine<R>;

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
 * A projection returns an observable, a promise, an iterable, or a coroutine, which emits what it returns, once.
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
 * `order: 'source'` emits the results of the first source value as they come, and keeps those of later ones until it is
 * their turn: started and not fully emitted are at most `concurrency`.
 *
 * `overflow: 'switch'` beyond capacity: the oldest running one gives way (with `key`, the one of that key), the one that
 * waits longest starts, the new one waits.
 *
 * O(1) per value; with `key`, O(log waiting). Wrong numbers, and `dropOldest` at capacity 0: RangeError, here.
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
export function queueMap<T, R>(project: Project<T, R>, options: QueueMapOptions<T> = {}): OperatorFunction<T, R> {
  if (typeof project !== 'function')
    throw new TypeError(`queueMap: project must be a function; got ${describe(project)}`);
  checkOptions(options);
  return operate((destination) => new Flattening(project, options, destination));
}

function checkOptions<T>({
  concurrency = 1,
  capacity = Infinity,
  overflow = 'fail',
  order = 'completion',
}: QueueMapOptions<T>): void {
  if (concurrency !== Infinity && !(Number.isInteger(concurrency) && concurrency >= 1)) {
    throw new RangeError(`queueMap: concurrency must be an integer >= 1, or Infinity; got ${describe(concurrency)}`);
  }
  if (capacity !== Infinity && !(Number.isInteger(capacity) && capacity >= 0)) {
    throw new RangeError(`queueMap: capacity must be an integer >= 0, or Infinity; got ${describe(capacity)}`);
  }
  if (!['fail', 'dropOldest', 'dropNewest', 'switch'].includes(overflow)) {
    throw new TypeError(`queueMap: overflow must be fail, dropOldest, dropNewest or switch; got ${describe(overflow)}`);
  }
  if (order !== 'completion' && order !== 'source') {
    throw new TypeError(`queueMap: order must be completion or source; got ${describe(order)}`);
  }
  if (capacity === 0 && overflow === 'dropOldest') {
    throw new RangeError('queueMap: dropOldest replaces a value that waits, it needs capacity >= 1; got capacity 0');
  }
}

/** One subscription. */
class Flattening<T, R> implements Handlers<T>, Host<R> {
  readonly demand = new Demand();
  readonly destination: Subscriber<R>;
  readonly inOrder: boolean;
  readonly #project: Project<T, R>;
  readonly #concurrency: number;
  readonly #capacity: number;
  readonly #overflow: 'fail' | 'dropOldest' | 'dropNewest' | 'switch';
  readonly #keyOf: ((value: T) => unknown) | undefined;
  readonly #onUndelivered: ((value: T, reason: UndeliveredReason) => void) | undefined;
  /** Inner sources that run, or whose results wait for their turn; oldest first. */
  readonly #lanes = new Line<Lane<R>>();
  /** By key, those whose inner source runs. */
  readonly #busy = new Map<unknown, Lane<R>>();
  readonly #backlog: Backlog<T>;
  #running = 0;
  #index = 0;
  #completed = false;
  /** One of the loops runs: what ends meanwhile is seen there. */
  #advancing = false;
  #emitting = false;

  constructor(project: Project<T, R>, options: QueueMapOptions<T>, destination: Subscriber<R>) {
    this.#project = project;
    this.destination = destination;
    this.inOrder = options.order === 'source';
    this.#concurrency = options.concurrency ?? 1;
    this.#capacity = options.capacity ?? Infinity;
    this.#overflow = options.overflow ?? 'fail';
    this.#keyOf = options.key;
    this.#onUndelivered = options.onUndelivered;
    this.#backlog = this.#keyOf === undefined ? new PlainBacklog() : new KeyedBacklog((key) => this.#busy.has(key));
  }

  next(value: T): void {
    const entry = { value, key: this.#keyFor(value) };
    if (this.#startsNow(entry)) this.#start(entry);
    else if (this.#backlog.size < this.#room()) this.#backlog.push(entry);
    else this.#overflowWith(entry);
    this.#setDemand();
  }

  complete(): void {
    this.#completed = true;
    this.#finishIfDone();
  }

  /** A value without a key is never projected. */
  #keyFor(value: T): unknown {
    try {
      return this.#keyOf?.(value);
    } catch (error) {
      this.#lose(value, 'cancelled');
      throw error;
    }
  }

  #startsNow(entry: Entry<T>): boolean {
    // In the middle of the loop, those who wait come first.
    return this.#hasPlaceFor(entry) && (!this.#advancing || this.#backlog.size === 0);
  }

  #hasPlaceFor({ key }: Entry<T>): boolean {
    return this.#running < this.#concurrency && !this.#busy.has(key);
  }

  /** What is pulled ahead for the sake of keys has room in any case. */
  #room(): number {
    return this.demand.isTaken && this.#keyOf !== undefined
      ? Math.max(this.#capacity, this.#concurrency)
      : this.#capacity;
  }

  #setDemand(): void {
    this.demand.set(this.#running < this.#concurrency && this.#backlog.size < this.#concurrency);
  }

  #overflowWith(entry: Entry<T>): void {
    switch (this.#overflow) {
      case 'fail':
        this.#lose(entry.value, 'dropped');
        this.destination.error(new OverflowError('queueMap', entry.value));
        return;
      case 'dropNewest':
        this.#lose(entry.value, 'dropped');
        return;
      case 'dropOldest': {
        const evicted = this.#backlog.evict();
        this.#backlog.push(entry);
        this.#lose(evicted.value, 'evicted');
        return;
      }
      case 'switch':
        this.#switchTo(entry);
    }
  }

  #switchTo(entry: Entry<T>): void {
    const isFull = this.#running >= this.#concurrency;
    const gives = this.#busy.get(entry.key) ?? (isFull ? this.#lanes.first : null);
    if (gives !== null) this.#release(gives);
    if (!this.#hasPlaceFor(entry)) {
      // The clean-up of the one that gave way has fed the source: what came of that is newer, and has the place.
      this.#lose(entry.value, 'evicted');
    } else if (this.#backlog.size === 0 && !this.#advancing) {
      this.#start(entry);
    } else {
      this.#backlog.push(entry);
      this.#advance();
    }
  }

  /** It gives way. */
  #release(lane: Lane<R>): void {
    this.#leave(lane);
    lane.kept?.clear();
    lane.unsubscribe();
    if (this.inOrder) this.#emit();
  }

  #start({ value, key }: Entry<T>): void {
    const lane = new Lane<R>(this, key, this.#index++);
    this.#running++;
    this.#lanes.append(lane);
    if (this.#keyOf !== undefined) this.#busy.set(key, lane);
    const made = this.#project(value, lane);
    const input = from(isCoroutine(made) ? coroutine(() => made as Coroutine<R>) : made);
    this.destination.add(lane);
    // `project` itself may have made it give way, or the consumer leave.
    if (!lane.closed) input.subscribe(lane);
  }

  /** An inner source has completed. */
  ended(lane: Lane<R>): void {
    if (this.inOrder) {
      this.#free(lane);
      this.#emit();
    } else {
      this.#leave(lane);
    }
    this.#advance();
  }

  #leave(lane: Lane<R>): void {
    if (lane.place === null) return;
    this.#lanes.leave(lane);
    this.#running--;
    this.#free(lane);
  }

  #free(lane: Lane<R>): void {
    const { key } = lane;
    // Without keys nobody is busy; and one whose results still wait for their turn has made way for the next already.
    if (this.#busy.get(key) !== lane) return;
    this.#busy.delete(key);
    this.#backlog.free(key);
  }

  /** In the order of source values: emits what the first lane has kept, and goes on to the next when it has completed. */
  #emit(): void {
    if (this.#emitting) return;
    this.#emitting = true;
    for (let lane = this.#lanes.first; lane !== null && !this.destination.closed; lane = this.#lanes.first) {
      const { kept } = lane;
      while (kept !== null && kept.size > 0) this.destination.next(kept.shift());
      // It gave way to what was sent meanwhile.
      if (lane.place === null) continue;
      if (!lane.completed) break;
      this.#lanes.leave(lane);
      this.#running--;
    }
    this.#emitting = false;
  }

  /** Whether results of `lane` are emitted as they come. */
  isLive(lane: Lane<R>): boolean {
    return !this.inOrder || (this.#lanes.first === lane && !this.#emitting);
  }

  /** Starts those who wait, as long as there is a place. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while (this.#running < this.#concurrency && !this.destination.closed) {
        const entry = this.#backlog.start();
        if (entry === null) break;
        this.#start(entry);
      }
    } catch (error) {
      this.destination.error(error);
    }
    this.#advancing = false;
    this.#finishIfDone();
    if (!this.destination.closed) this.#setDemand();
  }

  #finishIfDone(): void {
    if (this.#completed && this.#running === 0 && this.#backlog.size === 0) this.destination.complete();
  }

  finalize(): void {
    while (this.#backlog.size > 0) this.#lose(this.#backlog.evict().value, 'cancelled');
  }

  #lose(value: T, reason: UndeliveredReason): void {
    try {
      this.#onUndelivered?.(value, reason);
    } catch (error) {
      reportUnhandled(error);
    }
  }
}

/** What an inner source asks of the whole. */
interface Host<R> {
  readonly destination: Subscriber<R>;
  isLive(lane: Lane<R>): boolean;
  ended(lane: Lane<R>): void;
}

/** One inner source: its subscriber, and what its projection is told. */
class Lane<R> extends Subscriber<R> implements Linked<Lane<R>>, ProjectContext {
  place: unknown = null;
  before: Lane<R> | null = null;
  after: Lane<R> | null = null;
  readonly key: unknown;
  readonly index: number;
  /** Results that wait for their turn; made when there are some. */
  kept: Ring<R> | null = null;
  completed = false;
  #failed = false;
  #signal: LazySignal | null = null;
  readonly #host: Host<R>;

  constructor(host: Host<R>, key: unknown, index: number) {
    super();
    this.#host = host;
    this.key = key;
    this.index = index;
  }

  get signal(): AbortSignal {
    this.#signal ??= new LazySignal();
    if (this.closed && !this.completed && !this.#failed) this.#signal.abort(undefined);
    return this.#signal.signal;
  }

  protected override _next(value: R): void {
    if (this.#host.isLive(this)) this.#host.destination.next(value);
    else (this.kept ??= new Ring<R>()).push(value);
  }

  protected override _error(error: unknown): void {
    this.#failed = true;
    try {
      this.#host.destination.error(error);
    } finally {
      this.unsubscribe();
    }
  }

  protected override _complete(): void {
    this.completed = true;
    this.unsubscribe();
  }

  /** Torn down before anything else starts, as in RxJS. */
  override unsubscribe(): void {
    if (this.closed) return;
    try {
      super.unsubscribe();
    } finally {
      if (this.completed) this.#host.ended(this);
      else if (!this.#failed) this.#signal?.abort(undefined);
    }
  }
}
