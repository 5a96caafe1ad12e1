// A queue of work: a channel that keeps account of what was taken from it.
//
// Where a value can be, and what `unfinished` counts:
//
//                     ┌──────────── receive ──────────► taken ──taskDone()──► settled
//   send ──► buffered ┤            ┌────────────────────────────ack()───────► settled
//               ▲     └── lease ──► leased ──nack(), ran out──► dead letter ► settled
//               └───────────────────┴────────────────── (on its way back) ◄┘
//
// Invariants (`check()` asserts them):
//   1. delivered = taken + leased + on their way back + settled, each >= 0
//   2. unfinished = buffered + taken + leased + on their way back
//   3. somebody waits in `joiners`  =>  unfinished > 0
//   4. closed  =>  ended once nothing is buffered, waiting to be sent, leased or on its way back
// and those of a channel. `delivered` and what is buffered are the channel's; the queue adds three numbers, and computes the rest.
//
// After Python's asyncio.Queue (task_done, join) and the leases of Amazon SQS and NATS JetStream.

import type { Unsubscribable } from 'rxjs';
import { Names } from '../base/names.ts';
import { boundOf } from '../channel/bound.ts';
import { Channel } from '../channel/channel.ts';
import { after } from '../core/clock.ts';
import type { Operation } from '../core/operation.ts';
import type { End } from '../core/outcome.ts';
import { LineOf } from '../core/line-of.ts';
import { enter, exit } from '../core/turn.ts';
import { Reached } from '../core/reached.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { settleLine, tellAll, type Waiter } from '../core/waiter.ts';
import { Borrower, type Delivery, Lease, TakeLease } from './lease.ts';
import { checkQueueOptions, type DeadLetter, type QueueOptions } from './options.ts';
import { type Item, Stock } from './stock.ts';

/** What workers need of a queue, in memory or remote. */
export interface WorkQueue<T> {
  readonly name: string;
  /** Hands `value` over: completes when the queue has it. Closed: fails with `ClosedError`. */
  send(value: T): Operation<void>;
  /** Takes the next value, to be settled by what it emits. Ended: fails with the close cause, or `ClosedError`. */
  lease(): Operation<Delivery<T>>;
  /** Completes when everything sent so far and since has been settled. */
  join(): Operation<void>;
  /** No more sends. It ends when everything has been delivered and nothing is leased. False if it was closed already. */
  close(cause?: unknown): boolean;
}

const names = /* @__PURE__ */ new Names('queue');

/**
 * A channel that keeps account of the work taken from it. Unbounded unless `capacity` says otherwise; capacity 0 is a RangeError.
 *
 * All that a channel does, a queue does too. A value that is received, in any form, is settled by `taskDone()`; one that is
 * leased, by its delivery. `join()` waits until everything is.
 */
export class Queue<T> extends Channel<T> implements WorkQueue<T> {
  readonly #stock: Stock<T>;
  /** @internal */
  readonly leaseMs: number;
  readonly #maxAttempts: number;
  readonly #onDeadLetter: ((letter: DeadLetter<T>) => void) | undefined;
  /** @internal */
  readonly joiners = new LineOf('join of', this);
  /** Values that wait out their delay, each with its timer. */
  readonly #returning = new Map<Item<T>, Unsubscribable>();
  #leased = 0;
  #settled = 0;
  #lease: Operation<Delivery<T>> | null = null;

  constructor(given: QueueOptions<T> = {}) {
    const options = checkQueueOptions(given);
    const { order = 'fifo', overflow, conflate } = options;
    const bound = boundOf(options);
    const dated = overflow === 'dropOldest' || conflate !== undefined;
    const stock = new Stock<T>(order, dated, bound);
    super(options, { names, store: stock, bound });
    this.#stock = stock;
    this.leaseMs = options.leaseMs ?? Infinity;
    this.#maxAttempts = options.maxAttempts ?? Infinity;
    this.#onDeadLetter = options.onDeadLetter;
  }

  /** Sent and not yet settled. A send that waits for room is not counted. */
  get unfinished(): number {
    return this.size + this.delivered - this.#settled;
  }

  /** Received, and `taskDone` has not been called for it. */
  get #taken(): number {
    return this.delivered - this.#settled - this.#leased - this.#returning.size;
  }

  /**
   * Settles one value that was `receive`d, in whatever form. More often than received: throws RangeError and changes nothing.
   *
   * The last one lets everybody go who waits in `join()`.
   *
   * After Python's `asyncio.Queue.task_done`.
   */
  taskDone(): void {
    if (this.#taken === 0) {
      throw new RangeError(
        `${this.name}: taskDone was called more often than values were received; a leased value is settled by its delivery`,
      );
    }
    this.#settled++;
    this.#look();
  }

  /**
   * Waits until everything that was sent so far, and is sent meanwhile, has been settled.
   *
   * ```
   * send       ab-------
   * receive    x--x-----
   * taskDone   -----x--x
   * join()     --------(v|)     subscribed after the sends
   * ```
   *
   * Emits undefined and completes; at once, if nothing is unfinished. Never fails: of a queue that was cancelled it waits for
   * what had been handed out. Withdrawing leaves the line.
   *
   * @example
   * ```ts
   * for (const url of urls) yield* jobs.send(url);
   * yield* jobs.join();
   * ```
   *
   * After Python's `asyncio.Queue.join`.
   */
  join(): Operation<void> {
    return new Reached(this.joiners, () => this.unfinished === 0);
  }

  /**
   * Takes the next value on loan: it stays the queue's until its delivery is settled.
   *
   * `ack` settles it. `nack`, and running out of the lease (`leaseMs`), bring it back to the front, where its next delivery
   * has an `attempt` one higher; after `maxAttempts` deliveries it goes to `onDeadLetter` instead and is settled.
   *
   * Emits one delivery and completes. Fails as `receive` does; a closed queue ends only when nothing is leased, because what
   * is leased may come back. Who leases stands in one line with those who receive. Withdrawing leaves the line.
   *
   * @example
   * ```ts
   * const delivery = yield* uploads.lease();
   * try {
   *   yield* until(upload(delivery.value));
   *   delivery.ack();
   * } catch (error) {
   *   delivery.nack({ delay: 1000, error });
   * }
   * ```
   *
   * After the visibility timeout of Amazon SQS. `work` does this for you.
   */
  lease(): Operation<Delivery<T>> {
    // Cold and without arguments: one object serves all who lease.
    return (this.#lease ??= new TakeLease(this));
  }

  // ───────────────────────────────────────────────────────────── what goes out

  /** @internal The next value, lent; or the End. */
  lend(): unknown {
    const entry = this.#stock.first;
    if (entry === null) return this.take();
    // Before it is taken: a closed queue ends with its last value, but not while that is leased.
    this.#leased++;
    this.take();
    return new Lease(this, entry);
  }

  /** @internal */
  lendTo(entry: Item<T>): Lease<T> {
    this.#leased++;
    return new Lease(this, entry);
  }

  /** @internal */
  protected override hand(value: T): void {
    this.#give(this.#stock.arrive(value));
  }

  /** Precondition: somebody waits. */
  #give(entry: Item<T>): void {
    this.delivered++;
    const receiver = this.receivers.shift() as Waiter;
    if (receiver instanceof Borrower) (receiver as Borrower<T>).entry = entry;
    receiver.settle(entry.value);
    receiver.tell();
  }

  // ───────────────────────────────────────────────────────────── what comes back

  /** @internal A lease was acked. */
  settled(_entry: Item<T>): void {
    this.#leased--;
    this.#settled++;
    this.#look();
  }

  /** @internal A lease was nacked, or has run out. */
  nacked(entry: Item<T>, delay: number, error: unknown): void {
    enter();
    try {
      this.#leased--;
      if (this.#isCancelled) this.#settled++;
      else if (entry.attempts >= this.#maxAttempts) this.#bury(entry, error);
      else if (delay > 0) this.#returning.set(entry, this.#returnAfter(delay, entry));
      else this.#comeBack(entry, 'front');
      this.#look();
    } finally {
      exit();
    }
  }

  /**
   * @internal Leases were given back as if they had never been. In their old order: the first go to those who wait, and of the
   * rest the last goes first. One by one, for those who wait may call anything.
   */
  released(entries: readonly Item<T>[], where: 'front' | 'in place'): void {
    enter();
    try {
      let from = 0;
      let to = entries.length;
      while (from < to) {
        const entry = entries[this.wanted() ? from++ : --to] as Item<T>;
        this.#leased--;
        if (this.#isCancelled) this.#settled++;
        else this.#comeBack(entry, where);
      }
      this.#look();
    } finally {
      exit();
    }
  }

  #returnAfter(delay: number, entry: Item<T>): Unsubscribable {
    return after(delay, () => {
      this.#returning.delete(entry);
      enter();
      try {
        this.#comeBack(entry, 'front');
        this.#look();
      } finally {
        exit();
      }
    });
  }

  #comeBack(entry: Item<T>, where: 'front' | 'in place'): void {
    this.takeBack();
    this.#return(entry, where);
  }

  #return(entry: Item<T>, where: 'front' | 'in place'): void {
    if (this.wanted()) {
      this.#give(entry);
      return;
    }
    const isBack = this.putBack(entry.value, (newer, tag) => {
      entry.tag = tag;
      try {
        this.#stock.putBack((newer as Item<T> | undefined) ?? entry, where);
      } catch (error) {
        // The comparison's: it has no place, and is at the front.
        reportUnhandled(error);
      }
    });
    if (!isBack) this.#return(entry, where);
  }

  #bury({ value, attempts }: Item<T>, error: unknown): void {
    this.#settled++;
    try {
      this.#onDeadLetter?.({ value, attempts, error });
    } catch (thrown) {
      reportUnhandled(thrown);
    }
  }

  /** @internal A value that was received, and not heard of: the one that received it had left. */
  override restore(value: T): void {
    super.restore(value);
    this.#look();
  }

  /** @internal The same of one that was leased. */
  unheard(entry: Item<T>): void {
    this.#leased--;
    if (this.#isCancelled) super.restore(entry.value);
    else this.#comeBack(entry, 'front');
    this.#look();
  }

  // ───────────────────────────────────────────────────────────── ending

  get #isCancelled(): boolean {
    return this.ended()?.how === 'cancelled';
  }

  /** @internal What is leased, or on its way back, may still be received. */
  override ended(): End | null {
    const end = super.ended();
    return end === null || end.how === 'cancelled' || this.#leased + this.#returning.size === 0 ? end : null;
  }

  override cancel(reason?: unknown): boolean {
    enter();
    try {
      return super.cancel(reason);
    } finally {
      this.#look();
      exit();
    }
  }

  /** @internal */
  protected override discard(): T[] {
    const lost = super.discard();
    for (const [entry, clock] of this.#returning) {
      clock.unsubscribe();
      lost.push(entry.value);
    }
    this.delivered -= this.#returning.size;
    this.#returning.clear();
    return lost;
  }

  /** Something was settled, or has come back: perhaps that was all somebody waits for. */
  #look(): void {
    if (this.joiners.first === null && !this.isClosed) return;
    enter();
    try {
      const told: Waiter[] = [];
      if (this.unfinished === 0) settleLine(this.joiners, undefined, told);
      const end = this.ended();
      if (end === null) tellAll(told);
      else this.finish(end, told);
    } finally {
      exit();
    }
  }

  // ───────────────────────────────────────────────────────────── for a person

  /** @internal */
  protected override particulars(): string[] {
    const parts = super.particulars();
    const out = this.unfinished - this.size;
    if (this.#leased > 0) parts.push(`${this.#leased} leased`);
    if (out > this.#leased) parts.push(`${out - this.#leased} not done`);
    return parts;
  }

  /** @internal */
  override check(): void {
    super.check();
    this.#stock.check();
    this.joiners.check();
    const fail = (what: string): never => {
      throw new Error(`${String(this)}: ${what}`);
    };
    const counts = [this.#taken, this.#leased, this.#settled, this.unfinished];
    if (counts.some((count) => count < 0)) fail(`a count is below zero: ${counts.join(', ')}`);
    if (this.joiners.first !== null && this.unfinished === 0) fail('somebody waits for work that is done');
    if (this.#isCancelled && this.#returning.size > 0) fail('a value is on its way back to a cancelled queue');
  }
}

/**
 * Makes a queue of work: a channel that keeps account of what was taken from it.
 *
 * ```
 * send        ab----------
 * lease       x--x----x---
 *   emits     a--b----a---    delivery 1 of a and of b, delivery 2 of a
 * a: nack     --------x---
 * b: ack      ------x-----
 * a: ack      ----------x-
 * join()      ----------(v|)
 * ```
 *
 * `order` says what leaves next when a value is taken: the oldest, the newest, or the least by a comparison, O(log n), where
 * equals leave in order of arrival. A comparison is called when a value comes, and if it throws, that send alone fails. Who
 * waits already gets an arriving value directly.
 *
 * `capacity`, `overflow`, `conflate` and `onUndelivered` are those of a channel; `dropOldest` evicts what came first, whatever
 * the order. What was dropped, evicted, merged or cancelled counts as settled.
 *
 * `close()` ends it when everything has been delivered and nothing is leased; `cancel()` ends it at once, and settles what was
 * not handed out.
 *
 * RangeError: a capacity of 0 (a queue keeps what waits), `leaseMs` (ms) that is not more than 0, `maxAttempts` below 1.
 *
 * ![queue in marbles](../../marbles/queue/queue.svg)
 *
 * @example
 * ```ts
 * const jobs = queue<Job>({ order: (a, b) => a.priority - b.priority, leaseMs: 30_000, maxAttempts: 3 });
 * work(jobs, (job) => upload(job), { concurrency: 4 }).subscribe();
 * yield* jobs.join();
 * ```
 *
 * After Python's asyncio.Queue, LifoQueue and PriorityQueue, and the visibility timeout of Amazon SQS.
 */
export function queue<T>(options?: QueueOptions<T>): Queue<T> {
  return new Queue(options);
}
