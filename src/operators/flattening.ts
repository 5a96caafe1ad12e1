// One subscription to `queueMap`: who runs, who waits, and who gives way.
//
// Invariants (`check()` asserts them, until the consumer has left):
//   1. running <= concurrency; `running` counts the lanes that stand in `#lanes`, in the order in which they started; with
//      `order: 'source'`, in that of their values
//   2. a value waits  =>  running = concurrency, or a value of its key runs, or `#advance` is about to look
//   3. two lanes of equal key never run at the same time; `#busy` holds all that run, if there are keys
//   4. with `order: 'source'`: no value waits that came before the first lane's, but while `#advance` is about to look
//   5. more is demanded of the source  <=>  a place is free, and fewer wait than there are places
//
// Nothing recurses with the number of values: whoever ends only marks its place as free, and one loop (`#advance`) starts
// those who wait. RxJS starts the next inner source from inside the last one's completion, so a thousand that complete at
// once overflow the stack, and with `concatMap` the values behind them are gone.

import { type Subscriber, Subscription } from 'rxjs';
import { OverflowError } from '../base/errors.ts';
import { insertBefore, Line } from '../base/line.ts';
import { Ring } from '../base/ring.ts';
import type { UndeliveredReason } from '../channel/options.ts';
import { keptIn, type Surroundings, surroundings } from '../core/ambient.ts';
import { Demand } from '../core/demand.ts';
import { bequeath } from '../core/heir.ts';
import { Remains } from '../core/clean-up.ts';
import { cleanUpOf } from '../core/rest.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { Rest } from '../core/waiter.ts';
import { type Backlog, KeyedBacklog, PlainBacklog } from './backlog.ts';
import { type Host, Lane } from './lane.ts';
import type { Handlers } from './operate.ts';
import type { Project, QueueMapOptions } from './queue-map-options.ts';

export class Flattening<T, R> implements Handlers<T>, Host<R> {
  readonly demand = new Demand();
  readonly #destination: Subscriber<R>;
  readonly #project: Project<T, R>;
  readonly #concurrency: number;
  readonly #capacity: number;
  readonly #overflow: 'fail' | 'dropOldest' | 'dropNewest' | 'switch';
  readonly #inOrder: boolean;
  readonly #keyOf: ((value: T) => unknown) | undefined;
  readonly #onUndelivered: ((value: T, reason: UndeliveredReason) => void) | undefined;
  /** Inner sources that run, or whose results wait for their turn. */
  readonly #lanes = new Line<Lane<R>>();
  /** By key, those whose inner source runs. */
  readonly #busy = new Map<unknown, Lane<R>>();
  readonly #backlog: Backlog<T>;
  /** Values that have started, or wait, or have waited. */
  #arrivals = 0;
  #running = 0;
  #index = 0;
  #completed = false;
  /** One of the loops runs: what ends meanwhile is seen there. */
  #advancing = false;
  #emitting = false;
  /** What inner sources have left to be cleaned up. Made when there is something. */
  #remains: Remains | null = null;
  /** Of the consumer: projections run in them, whoever made room for them. */
  readonly #surroundings: Surroundings | null = surroundings();

  constructor(project: Project<T, R>, options: QueueMapOptions<T>, destination: Subscriber<R>) {
    this.#project = project;
    this.#destination = destination;
    this.#concurrency = options.concurrency ?? 1;
    this.#capacity = options.capacity ?? Infinity;
    this.#overflow = options.overflow ?? 'fail';
    this.#inOrder = options.order === 'source';
    this.#keyOf = options.key;
    const { onUndelivered } = options;
    this.#onUndelivered = onUndelivered && keptIn(this.#surroundings, onUndelivered);
    this.#backlog = this.#keyOf === undefined ? new PlainBacklog() : new KeyedBacklog((key) => this.#busy.has(key));
  }

  // ───────────────────────────────────────────────────────────── intake

  next(value: T): void {
    const key = this.#keyOf === undefined ? undefined : this.#keyFor(value, this.#keyOf);
    // In the middle of the loop, those who wait come first.
    const isBehind = this.#advancing && this.#backlog.size > 0;
    // `key` is the user's, and may have made the consumer leave.
    if (this.#destination.closed) this.#lose(value, 'cancelled');
    else if (this.#hasPlaceFor(key) && !isBehind) this.#start(value, key, this.#arrivals++);
    else if (this.#backlog.size < this.#room()) this.#wait(value, key);
    else this.#overflowWith(value, key);
    this.#setDemand();
  }

  complete(): void {
    this.#completed = true;
    this.#finishIfDone();
  }

  /** A value without a key is never projected. */
  #keyFor(value: T, keyOf: (value: T) => unknown): unknown {
    try {
      return this.#surroundings === null ? keyOf(value) : this.#surroundings(() => keyOf(value));
    } catch (error) {
      this.#lose(value, 'cancelled');
      throw error;
    }
  }

  #hasPlaceFor(key: unknown): boolean {
    return this.#running < this.#concurrency && (this.#keyOf === undefined || !this.#busy.has(key));
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

  #wait(value: T, key: unknown): void {
    this.#backlog.push({ value, key, arrival: this.#arrivals++ });
  }

  #overflowWith(value: T, key: unknown): void {
    switch (this.#overflow) {
      case 'fail':
        this.#lose(value, 'dropped');
        this.#destination.error(new OverflowError('queueMap', value));
        return;
      case 'dropNewest':
        this.#lose(value, 'dropped');
        return;
      case 'dropOldest': {
        const evicted = this.#backlog.evict();
        this.#wait(value, key);
        this.#lose(evicted.value, 'evicted');
        return;
      }
      case 'switch':
        this.#switchTo(value, key);
    }
  }

  #switchTo(value: T, key: unknown): void {
    const isFull = this.#running >= this.#concurrency;
    const gives = this.#busy.get(key) ?? (isFull ? this.#lanes.first : null);
    if (gives !== null) this.#giveUp(gives);
    // The clean-up of the one that gave way may have done anything.
    if (this.#destination.closed) {
      this.#lose(value, 'cancelled');
    } else if (!this.#hasPlaceFor(key)) {
      // It has fed the source: what came of that is newer, and has the place.
      this.#lose(value, 'evicted');
    } else if (this.#backlog.size === 0 && !this.#advancing) {
      this.#start(value, key, this.#arrivals++);
    } else {
      this.#wait(value, key);
      this.#advance();
    }
    if (this.#inOrder) this.#emit();
  }

  // ───────────────────────────────────────────────────────────── running

  #start(value: T, key: unknown, arrival: number): void {
    const lane = new Lane<R>(this, key, arrival, this.#index++);
    this.#running++;
    this.#line(lane);
    if (this.#keyOf !== undefined) {
      this.#busy.set(key, lane);
      this.#backlog.turned(key);
    }
    if (this.#surroundings === null) lane.run(this.#project(value, lane));
    else this.#surroundings(() => lane.run(this.#project(value, lane)));
  }

  #line(lane: Lane<R>): void {
    let next: Lane<R> | null = null;
    if (this.#inOrder) {
      // One that has waited for its key comes before those that started meanwhile.
      for (let at = this.#lanes.last; at !== null && at.arrival > lane.arrival; at = at.before) next = at;
    }
    if (next === null) this.#lanes.append(lane);
    else insertBefore(this.#lanes, lane, next);
  }

  emitted(lane: Lane<R>, value: R): void {
    if (!this.#inOrder || this.#isLive(lane)) this.#destination.next(value);
    else (lane.kept ??= new Ring<R>()).push(value);
  }

  /** It is the turn of `lane`, and nothing of it is still to be emitted before. */
  #isLive(lane: Lane<R>): boolean {
    return this.#lanes.first === lane && (lane.kept === null || lane.kept.size === 0);
  }

  failed(error: unknown): void {
    this.#destination.error(error);
  }

  ended(lane: Lane<R>): void {
    lane.hasEnded = true;
    if (this.#inOrder) this.#free(lane);
    else this.#leave(lane);
    this.#advance();
    if (this.#inOrder) this.#emit();
    // Now all who could start have started, and all that could be emitted was.
    this.#finishIfDone();
    if (!this.#destination.closed) this.#setDemand();
  }

  /** It gives way. Until it is torn down it has its place, so that nobody who comes meanwhile overtakes those who wait. */
  #giveUp(lane: Lane<R>): void {
    lane.kept?.clear();
    lane.unsubscribe();
    this.#leave(lane);
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
    if (this.#keyOf === undefined || this.#busy.get(key) !== lane) return;
    this.#busy.delete(key);
    this.#backlog.turned(key);
  }

  /** Starts those who wait, as long as there is a place. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while (this.#running < this.#concurrency && !this.#destination.closed) {
        const entry = this.#backlog.start();
        if (entry === null) break;
        this.#start(entry.value, entry.key, entry.arrival);
      }
    } catch (error) {
      this.#destination.error(error);
    }
    this.#advancing = false;
  }

  #finishIfDone(): void {
    if (this.#completed && this.#running === 0 && this.#backlog.size === 0) this.#destination.complete();
  }

  /** In the order of source values: emits what the first lane has kept, and goes on to the next when it has completed. */
  #emit(): void {
    if (this.#emitting) return;
    this.#emitting = true;
    for (let lane = this.#lanes.first; lane !== null && !this.#destination.closed; lane = this.#lanes.first) {
      if (this.#backlog.hasBefore(lane.arrival)) break;
      const { kept } = lane;
      while (kept !== null && kept.size > 0) this.#destination.next(kept.shift());
      // It gave way to what was sent meanwhile.
      if (lane.place === null) continue;
      if (!lane.hasEnded) break;
      this.#lanes.leave(lane);
      this.#running--;
      // Those who wait have the place before anybody is told more.
      this.#advance();
    }
    this.#emitting = false;
  }

  // ───────────────────────────────────────────────────────────── the end

  inherit(rest: Rest): void {
    (this.#remains ??= new Remains({ name: 'queueMap' })).add(cleanUpOf(rest));
  }

  finalize(): void {
    while (this.#backlog.size > 0) this.#lose(this.#backlog.evict().value, 'cancelled');
    // What their teardowns throw is collected as RxJS does it.
    const all = new Subscription();
    for (let lane = this.#lanes.first; lane !== null; lane = lane.after) all.add(lane);
    try {
      all.unsubscribe();
    } finally {
      // Of those, too, that gave way before, or have ended.
      if (this.#remains?.isOver === false) bequeath(this.#remains, this.#destination);
    }
  }

  #lose(value: T, reason: UndeliveredReason): void {
    try {
      this.#onUndelivered?.(value, reason);
    } catch (error) {
      reportUnhandled(error);
    }
  }

  /** @internal */
  check(): void {
    if (this.#destination.closed) return;
    this.#lanes.check();
    const keyed = this.#keyOf !== undefined;
    const open = this.#lanes.count(({ outcome }) => outcome === null);
    const isFull = this.#running >= this.#concurrency;
    const state = `running ${this.#running} of ${this.#concurrency}, waiting ${this.#backlog.size}, busy ${this.#busy.size}`;
    const fail = (what: string): never => {
      throw new Error(`queueMap: ${what}: ${state}`);
    };
    if (this.#running !== this.#lanes.count() || this.#running > this.#concurrency) fail('places are miscounted');
    if (!keyed && this.#backlog.size > 0 && !isFull) fail('a value waits beside a free place');
    if (this.#busy.size !== (keyed ? open : 0)) fail('busy keys are miscounted');
    for (const [key, lane] of this.#busy) {
      if (lane.key !== key || lane.outcome !== null) fail('a key is busy with what does not run');
    }
    if (this.#inOrder) this.#checkOrder(fail);
    if (this.demand.isOpen !== (!isFull && this.#backlog.size < this.#concurrency)) fail('the demand is wrong');
  }

  #checkOrder(fail: (what: string) => never): void {
    const { first } = this.#lanes;
    if (first !== null && this.#backlog.hasBefore(first.arrival)) fail('a value waits that comes before the first');
    for (let lane = first; lane !== null; lane = lane.after) {
      if (lane.after !== null && lane.after.arrival < lane.arrival) fail('the lanes are out of order');
    }
  }
}
