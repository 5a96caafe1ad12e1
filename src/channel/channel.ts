// A channel: values pass from those who send to those who receive, each to one, in order.
//
// Invariants (`check()` asserts them):
//   1. a receiver waits  =>  nothing is buffered and no sender waits
//      (but for a select that waits on both ends: it never meets itself)
//   2. a sender waits    =>  the buffer is full (`bound.ts` says what that means where not the number of values bounds it)
//   3. closed, and nothing buffered or waiting to be sent  =>  ended, and nobody waits for anything
//   4. sent = delivered + buffered + undelivered: `sent` is computed, and held against a model in the tests
//
//   open ──close()──► closed, draining ──last value taken──► ended
//     └──────────────cancel()────────────┴───────────────────► ended
//
// A value is handed over at the match: to the receiver that waits longest, else into the buffer. When a receive frees a
// slot, the sender that waits longest moves in, in the same step. Nobody is woken to try again, so nobody overtakes, and
// whoever is withdrawn has nothing to give back.
//
// After Go's runtime/chan.go (hand over at the match), Kotlin's Channel (close and cancel, onUndeliveredElement) and trio's
// memory channels (statistics, the two ends as interfaces).

import { CancelledError } from '../base/errors.ts';
import type { Line } from '../base/line.ts';
import { Names } from '../base/names.ts';
import { Ring } from '../base/ring.ts';
import type { Operation } from '../core/operation.ts';
import { End, Failure } from '../core/outcome.ts';
import { LineOf } from '../core/line-of.ts';
import { Pullable, type ReceiveChannel } from '../core/pullable.ts';
import { Batch } from '../core/receive.ts';
import { Reached } from '../core/reached.ts';
import { afterwards, enter, exit, turn } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { settleLine, takeRequest, tellAll, type Waiter } from '../core/waiter.ts';
import { type Bound, boundOf, type Offered, type Slot, type Tag } from './bound.ts';
import { type ChannelOptions, checkOptions, type Overflow, type UndeliveredReason } from './options.ts';
import { ACCEPTED, DROPPED, FULL, Send, Senders } from './send.ts';
import { LinkedStore, type SlotStore, type Store } from './store.ts';

export interface SendChannel<T> {
  /** Hands `value` over: completes when a receiver or a buffer slot has it. Closed: fails with `ClosedError`. */
  send(value: T): Operation<void>;
  /** True if `value` was accepted now (in `dropOldest`, by evicting another). Never waits, never throws. */
  trySend(value: T): boolean;
  /** No more sends. Buffered values, and sends already waiting, are still received; then the channel ends, with `cause` if given. False if it was closed already. */
  close(cause?: unknown): boolean;
  readonly isClosed: boolean;
  /** Completes when no more will be accepted, closed or cancelled, drained or not; never fails. For producers. */
  whenClosed(): Operation<void>;
}

export interface ChannelStatistics {
  readonly capacity: number;
  readonly buffered: number;
  readonly peakBuffered: number;
  readonly waitingSenders: number;
  /** Waiting one-shot receives, plus live subscriptions. */
  readonly waitingReceivers: number;
  /** sent = delivered + buffered + undelivered, at every moment (a waiting send is not yet `sent`). */
  readonly sent: number;
  readonly delivered: number;
  readonly undelivered: number;
}

const names = /* @__PURE__ */ new Names('channel');

/** The user was asked, and has called the channel: it is to be looked at anew. */
const AGAIN = /* @__PURE__ */ Object.freeze({});

/** What values are buffered in. */
interface Buffer<T> {
  readonly store: Store<T>;
  /** What bounds it, and then it is a `SlotStore`; null: the number of values alone. */
  readonly bound: Bound<T> | null;
}

function bufferOf<T>(options: ChannelOptions<T>): Buffer<T> {
  const bound = boundOf(options);
  return { bound, store: bound === null ? new Ring<T>() : new LinkedStore<T>(bound) };
}

/** What a kind of channel brings of its own. */
export interface Kind<T> extends Buffer<T> {
  readonly names: Names;
}

/**
 * A channel. As an Observable it is the receiving end with unlimited demand: subscribers compete, in turn, each value
 * reaches exactly one of them, synchronously; it completes (or errs with the close cause) once closed and drained.
 */
export class Channel<T> extends Pullable<T> implements SendChannel<T>, ReceiveChannel<T> {
  readonly capacity: number;
  /** @internal */
  readonly senders: Line<Waiter> = new Senders<T>(this);
  readonly #store: Store<T>;
  /** What bounds the buffer besides the number of its values. */
  readonly #bound: Bound<T> | null;
  readonly #names: Names;
  readonly #name: string | undefined;
  readonly #number: number;
  /** @internal */
  readonly overflow: Overflow | 'conflate';
  /** @internal */
  readonly conflate: ((pending: T, sent: T) => T) | undefined;
  readonly #onUndelivered: ((value: T, reason: UndeliveredReason) => void) | undefined;
  /** What comes after the last value; null: open. */
  #end: End | null = null;
  #closers: LineOf | null = null;
  /** @internal Values that were handed over, and are not back. */
  protected delivered = 0;
  /** Values that came back, so far. */
  #back = 0;
  /** @internal Values that were accepted, and will not be received. */
  protected undelivered = 0;
  #peak = 0;

  constructor(options?: ChannelOptions<T>);
  /** @internal Of options that have been checked. */
  constructor(options: ChannelOptions<T>, kind: Kind<T>);
  constructor(given: ChannelOptions<T> = {}, kind?: Kind<T>) {
    super();
    const options = kind === undefined ? checkOptions('channel', given) : given;
    const { bound, store } = kind ?? bufferOf(options);
    this.#bound = bound;
    this.#store = store;
    this.#names = kind?.names ?? names;
    this.#number = this.#names.draw();
    this.capacity = options.capacity ?? 0;
    const merges = options.conflate !== undefined && options.conflateBy === undefined;
    this.overflow = merges ? 'conflate' : (options.overflow ?? 'suspend');
    this.conflate = options.conflate;
    this.#onUndelivered = options.onUndelivered;
    this.#name = options.name;
    turn.watch?.made?.(this.#names.kind, this);
  }

  get name(): string {
    return this.#name ?? this.#names.spell(this.#number);
  }
  /** Buffered values, not counting waiting senders. */
  get size(): number {
    return this.#store.size;
  }
  get isClosed(): boolean {
    return this.#end !== null;
  }

  // ───────────────────────────────────────────────────────────── sending

  send(value: T): Operation<void> {
    return new Send(this, value);
  }

  trySend(value: T): boolean {
    enter();
    try {
      // Of one that would have to wait: FULL.
      const outcome = this.accept(value);
      // Of the ways to fail, only that of the user's own `conflate` has nobody to tell.
      if (outcome instanceof Failure) reportUnhandled(outcome.error);
      return outcome === ACCEPTED;
    } finally {
      exit();
    }
  }

  /** @internal */
  accepts(offered: Offered<T>): boolean {
    // The most frequent case.
    if (this.#bound === null && this.#store.size < this.capacity) return true;
    return this.overflow !== 'suspend' || this.#end !== null || this.wanted() || this.fits(offered);
  }

  /** @internal What is offered finds a place in the buffer, or fails: it has to wait for nobody. */
  fits(offered: Offered<T>): boolean {
    const bound = this.#bound;
    if (this.senders.first !== null) return false;
    const tag = bound?.tagOf(offered);
    // The user, who was asked, may have closed it.
    return tag instanceof Failure || this.isClosed || bound?.find(tag as Tag) !== undefined || this.#hasRoom(tag);
  }

  /** @internal */
  accept(value: T, offered?: Offered<T>): unknown {
    if (this.#end !== null) return this.#end;
    if (this.wanted()) {
      this.hand(value);
      return ACCEPTED;
    }
    if (this.#bound === null && this.#store.size < this.capacity) return this.#push(value, undefined);
    return this.#admit(value, offered);
  }

  /** Precondition: open, and nobody waits to receive. */
  #admit(value: T, offered: Offered<T> | undefined): unknown {
    const bound = this.#bound;
    const tag = bound?.takeTag(value, offered);
    if (tag instanceof Failure) return tag;
    // The user was asked, and may have called the channel.
    if (this.isClosed || this.wanted()) return this.accept(value);
    let outcome = this.senders.first === null ? this.#place(value, tag, null) : FULL;
    if (outcome === FULL) outcome = this.#overflowWith(value, tag);
    return outcome === AGAIN ? this.accept(value) : outcome;
  }

  /** @internal Precondition: somebody waits. */
  protected hand(value: T): void {
    this.handed(value).tell();
  }

  /** @internal Gives `value` to the first in line, who is yet to be told. */
  protected handed(value: T): Waiter {
    this.delivered++;
    const receiver = this.receivers.shift() as Waiter;
    receiver.settle(value);
    return receiver;
  }

  // ───────────────────────────────────────────────────────────── the buffer

  #hasRoom(tag: Tag | undefined): boolean {
    const { size, capacity } = this;
    return this.#bound === null ? size < capacity : this.#bound.hasRoom(tag as Tag, size, capacity);
  }

  /** Finds a place for `value`, which `sender` waits to send, if it is not null: ACCEPTED, FULL, AGAIN, or a Failure. */
  #place(value: T, tag: Tag | undefined, sender: Waiter | null): unknown {
    const twin = this.#bound?.find(tag as Tag);
    if (twin !== undefined) return this.#replace(twin, value, sender);
    if (!this.#hasRoom(tag)) return FULL;
    if (sender !== null) this.#letGo(sender);
    return this.#push(value, tag);
  }

  #push(value: T, tag: Tag | undefined): unknown {
    const store = this.#store;
    try {
      store.push(value, tag);
    } catch (error) {
      return new Failure(error);
    }
    if (store.size > this.#peak) this.#peak = store.size;
    return ACCEPTED;
  }

  /** Precondition: open and full, and nobody waits to receive. */
  #overflowWith(value: T, tag: Tag | undefined): unknown {
    switch (this.overflow) {
      case 'dropOldest':
        return this.#displace(value, tag);
      case 'dropNewest':
        this.undelivered++;
        this.lose(value, 'dropped');
        return DROPPED;
      case 'conflate':
        return this.#replace(null, value, null);
      case 'suspend':
      case 'fail':
        return FULL;
    }
  }

  #displace(value: T, tag: Tag | undefined): unknown {
    const store = this.#store;
    let evicted: T;
    try {
      evicted = store.displace(value, tag);
    } catch (error) {
      return new Failure(error);
    }
    const more = this.#bound?.relieve(store as SlotStore<T>, this.capacity);
    this.undelivered += 1 + (more?.length ?? 0);
    this.lose(evicted, 'evicted');
    more?.forEach((one) => this.lose(one, 'evicted'));
    return ACCEPTED;
  }

  /** `value` takes the place of what stands in `slot` (null: of what came last), merged with it if that is the policy. */
  #replace(slot: Slot<T> | null, value: T, sender: Waiter | null): unknown {
    const store = this.#store;
    const { conflate } = this;
    const pending = slot === null ? store.newest : slot.value;
    const before = this.#changes();
    const end = this.#end;
    let next = value;
    let tag: Tag | undefined;
    let failure: Failure | null = null;
    try {
      if (conflate !== undefined) next = conflate(pending, value);
      if (slot === null) tag = this.#bound?.ask(next);
    } catch (error) {
      failure = new Failure(error);
    }
    // The user was asked, and may have called the channel: what was pending has been received, say, or merged with something else.
    if (this.#changes() !== before || this.#end !== end || this.senders.first !== sender) return AGAIN;
    if (sender !== null) this.#letGo(sender);
    if (failure !== null) return failure;
    try {
      if (slot === null) store.renew(next, tag);
      else (store as SlotStore<T>).replace(slot, next);
    } catch (error) {
      return new Failure(error);
    }
    this.undelivered++;
    if (conflate === undefined) this.lose(pending, 'evicted');
    return ACCEPTED;
  }

  /** How often what is buffered has changed, but for what found room there. */
  #changes(): number {
    return this.delivered + 2 * this.#back + this.undelivered;
  }

  // ───────────────────────────────────────────────────────────── receiving

  #isEmpty(): boolean {
    return this.#store.size === 0 && this.senders.first === null;
  }

  /** @internal */
  ready(): boolean {
    return this.#store.size > 0 || this.senders.first !== null || this.ended() !== null;
  }

  /** @internal */
  override holds(count: number): boolean {
    return this.effectful || this.#end !== null || this.size + this.senders.count() >= count;
  }

  /** @internal */
  take(): unknown {
    const sender = this.senders.first;
    if (sender !== null) return this.#takeBefore(sender);
    if (this.#store.size === 0) return this.#end;
    this.delivered++;
    const value = this.#store.shift();
    if (this.#end !== null) this.#tell([]);
    return value;
  }

  /** The next value, where `first` waits to send. */
  #takeBefore(first: Waiter): T {
    const store = this.#store;
    let sender: Waiter | null = first;
    let value: T;
    this.delivered++;
    if (store.size === 0) value = this.#takeFrom(first, ACCEPTED);
    else {
      value = store.shift();
      sender = this.#moveIn();
    }
    // Most often one goes on because of that, or none.
    const next = sender && this.#moveIn();
    if (this.#end === null && next === null) sender?.tell();
    else {
      const settled = sender === null ? [] : [sender];
      if (next !== null) settled.push(next);
      this.#tell(this.#moveAll(settled));
    }
    return value;
  }

  /** @internal */
  override takeMany(max: number): unknown {
    if (this.#isEmpty()) return this.#end;
    const settled: Waiter[] = [];
    const values: T[] = [];
    while (values.length < max && !this.#isEmpty()) {
      this.delivered++;
      if (this.size > 0) values.push(this.#store.shift());
      else {
        const sender = this.senders.first as Waiter;
        values.push(this.#takeFrom(sender, ACCEPTED));
        settled.push(sender);
      }
      this.#moveAll(settled);
    }
    this.#tell(settled);
    return new Batch(values);
  }

  // ───────────────────────────────────────────────────────────── those who wait to send

  /** The one that waits longest to send moves in, if it has a place: settled, and to be told. */
  #moveIn(): Waiter | null {
    const bound = this.#bound;
    const { senders } = this;
    for (let sender = senders.first; sender !== null; sender = senders.first) {
      const offered = sender.request as Offered<T>;
      const tag = bound?.tagOf(offered);
      // The user was asked, and may have called the channel: then it is another that is first.
      if (senders.first !== sender) continue;
      let outcome: unknown = tag;
      if (tag instanceof Failure) this.#letGo(sender);
      else outcome = this.#place(offered.value, tag, sender);
      if (outcome === FULL) break;
      if (outcome === AGAIN) continue;
      sender.settle(outcome);
      return sender;
    }
    return null;
  }

  /** All that have a place now, added to those who are to be told. */
  #moveAll(settled: Waiter[]): Waiter[] {
    for (let sender = this.#moveIn(); sender !== null; sender = this.#moveIn()) settled.push(sender);
    return settled;
  }

  /** `sender`, the first in line, leaves it: what it offers. */
  #letGo(sender: Waiter): Offered<T> {
    this.senders.shift();
    const offered = takeRequest(sender) as Offered<T>;
    this.#bound?.said.delete(offered);
    return offered;
  }

  /** What `sender` holds, the first in line, which is settled, and to be told. */
  #takeFrom(sender: Waiter, parcel: unknown): T {
    const { value } = this.#letGo(sender);
    sender.settle(parcel);
    return value;
  }

  /** @internal One who waited to send has left: perhaps the next one has a place, or that was the last before the end. */
  senderLeft(): void {
    if (this.#bound !== null || this.ended() !== null) afterwards({ perform: () => this.#tell(this.#moveAll([])) });
  }

  // ───────────────────────────────────────────────────────────── what comes back

  /** @internal One that was handed over comes back. */
  protected takeBack(): void {
    this.delivered--;
    this.#back++;
  }

  /** @internal */
  restore(value: T): void {
    this.takeBack();
    this.#restore(value);
  }

  #restore(value: T): void {
    if (this.#end?.how === 'cancelled') {
      this.undelivered++;
      this.lose(value, 'cancelled');
    } else if (this.wanted()) {
      this.hand(value);
    } else if (
      !this.putBack(value, (newer, tag) => this.#store.unshift(newer === undefined ? value : newer.value, tag))
    ) {
      this.#restore(value);
    }
  }

  /**
   * @internal `value` was in before, and has `put` put it in again, or in its stead a newer one of its key, merged with it if that is
   * the policy. False if the user, who was asked, has called the channel: nothing has changed but by that. Precondition: nobody waits.
   */
  protected putBack(value: T, put: (newer: Slot<T> | undefined, tag: Tag | undefined) => void): boolean {
    const bound = this.#bound;
    const { conflate } = this;
    const before = this.#changes();
    const end = this.#end;
    const tag = bound?.askAgain(value);
    const newer = bound?.find(tag as Tag);
    let merged = newer?.value as T;
    try {
      if (newer !== undefined && conflate !== undefined) merged = conflate(value, merged);
    } catch (error) {
      reportUnhandled(error);
    }
    if (this.#changes() !== before || this.#end !== end || this.wanted()) return false;
    if (newer !== undefined) {
      (this.#store as SlotStore<T>).remove(newer);
      newer.value = merged;
      this.undelivered++;
    }
    put(newer, tag);
    this.#peak = Math.max(this.#peak, this.size);
    if (newer !== undefined && conflate === undefined) this.lose(value, 'evicted');
    return true;
  }

  // ───────────────────────────────────────────────────────────── ending

  close(cause?: unknown): boolean {
    if (this.#end !== null) return false;
    this.#end = new End(this, 'closed', cause);
    enter();
    try {
      this.#tell(this.#settleClosers());
    } finally {
      exit();
    }
    return true;
  }

  /** Tells those who were `settled` by one commit, and all others, if that has brought the end. */
  #tell(settled: Waiter[]): void {
    if (this.ended() !== null) this.finish(this.#end as End, settled);
    else tellAll(settled);
  }

  /**
   * Waits until no more will be accepted: the channel was closed or cancelled, drained or not. For producers.
   *
   * ```
   * send          a-b------
   * close()       ----x----
   * receive       ------x-x
   * whenClosed()  ----(v|)
   * whenEnded()   --------(v|)
   * ```
   *
   * Emits undefined and completes; at once if it is closed. Never fails. Withdrawing leaves the line. O(1).
   *
   * ![whenClosed in marbles](../../marbles/channel/when-closed.svg)
   *
   * @example
   * ```ts
   * yield* select({ sent: ticks.send(now), closed: ticks.whenClosed() });
   * ```
   *
   * After Kotlin's `SendChannel.invokeOnClose`.
   */
  whenClosed(): Operation<void> {
    return new Reached((this.#closers ??= new LineOf('the close of', this)), () => this.isClosed);
  }

  #settleClosers(): Waiter[] {
    const settled: Waiter[] = [];
    if (this.#closers !== null) settleLine(this.#closers, undefined, settled);
    return settled;
  }

  cancel(reason?: unknown): boolean {
    if (this.ended() !== null) return false;
    const error = new CancelledError(this.name, reason);
    const end = (this.#end = new End(this, 'cancelled', error));
    const lost = this.discard();
    this.undelivered += lost.length;
    const failure = new Failure(error);
    const settled = this.#settleClosers();
    enter();
    try {
      for (let sender = this.senders.first; sender !== null; sender = this.senders.first) {
        lost.push(this.#takeFrom(sender, failure));
        settled.push(sender);
      }
      this.finish(end, settled);
      this.#loseAll(lost);
    } finally {
      exit();
    }
    return true;
  }

  /** @internal Takes out all that is still to be received. */
  protected discard(): T[] {
    return this.#store.clear();
  }

  /** @internal */
  ended(): End | null {
    return this.#isEmpty() ? this.#end : null;
  }

  [Symbol.dispose](): void {
    this.cancel();
  }

  // ───────────────────────────────────────────────────────────── values that will not be received

  /** @internal */
  lose(value: T, reason: UndeliveredReason): void {
    try {
      this.#onUndelivered?.(value, reason);
    } catch (error) {
      reportUnhandled(error);
    }
  }

  /** Reports every one, and throws what the first report threw that did. */
  #loseAll(values: readonly T[]): void {
    let first: Failure | null = null;
    for (const value of values) {
      try {
        this.#onUndelivered?.(value, 'cancelled');
      } catch (error) {
        if (first === null) first = new Failure(error);
        else reportUnhandled(error);
      }
    }
    if (first !== null) throw first.error;
  }

  // ───────────────────────────────────────────────────────────── for a person

  statistics(): ChannelStatistics {
    const { size: buffered } = this;
    return {
      capacity: this.capacity,
      buffered,
      peakBuffered: this.#peak,
      waitingSenders: this.senders.count(),
      waitingReceivers: this.subscriptions + this.receivers.count((waiter) => !waiter.subscribed && !waiter.asleep),
      sent: this.delivered + buffered + this.undelivered,
      delivered: this.delivered,
      undelivered: this.undelivered,
    };
  }

  override toString(): string {
    const state = this.#end === null ? 'open' : this.ended() === null ? 'draining' : this.#end.how;
    return `${this.#names.title(this.#name, this.#number)} (${[...this.particulars(), state].join(', ')})`;
  }

  /** @internal What a person wants to know besides its name and state. */
  protected particulars(): string[] {
    const { waitingReceivers, waitingSenders } = this.statistics();
    const parts = [`${this.size}${this.#bound?.load ?? ''}/${this.capacity}`];
    if (waitingSenders > 0) parts.push(`${waitingSenders} sending`);
    if (waitingReceivers > 0) parts.push(`${waitingReceivers} receiving`);
    return parts;
  }

  /** @internal */
  override check(): void {
    super.check();
    this.senders.check();
    this.#store.check();
    const receives = this.receivers.count((waiter) => !waiter.quiet && !waiter.asleep) > 0;
    const sends = this.senders.count((waiter) => !waiter.quiet) > 0;
    const fail = (what: string): never => {
      throw new Error(`${String(this)}: ${what}`);
    };
    if (receives && this.size > 0) fail('a receiver waits beside buffered values');
    if (receives && sends) fail('a receiver and a sender wait for each other');
    this.#closers?.check();
    if (this.#closers?.first != null && this.isClosed) fail('somebody waits for a close that has been');
    const bound = this.#bound;
    const { first } = this.senders;
    const tag = first === null ? undefined : bound?.said.get(first.request as Offered<T>);
    const isKnown = bound === null || (first?.quiet === false && tag instanceof Object);
    if (first !== null && isKnown && (bound?.find(tag as Tag) !== undefined || this.#hasRoom(tag as Tag)))
      fail('a sender waits that has a place');
    if (this.ended() !== null && this.receivers.first !== null) fail('somebody waits for what has ended');
    if (this.size > this.#peak) fail('more is buffered than ever was');
  }
}

/**
 * Makes a channel.
 *
 * ```
 * send           abc------
 * receive        ----x-x-x
 * channel(1)
 *   sent         a---b-c--     a has the slot at once; b and c wait for it
 *   received     ----a-b-c
 * ```
 *
 * Capacity 0, the default, is a rendezvous: a send completes when a receiver takes its value. With capacity n, n sends
 * complete by themselves and the next one waits for room; `Infinity` never waits. What happens instead when the buffer is
 * full is `overflow`, or `conflate`.
 *
 * Each value goes to one receiver. Two `async` pipes in a template are two subscribers, and each gets a part of the values:
 * where all should see everything, subscribe once and `share()` that.
 *
 * ![channel in marbles](../../marbles/channel/channel.svg)
 *
 * @example
 * ```ts
 * const orders = channel<Order>({ capacity: 16, name: 'orders' });
 * go(function* () {
 *   for (const order of list) yield* orders.send(order);
 *   orders.close();
 * });
 * orders.subscribe(ship);
 * ```
 */
export function channel<T>(capacity?: number): Channel<T>;
export function channel<T>(options: ChannelOptions<T>): Channel<T>;
export function channel<T>(options: number | ChannelOptions<T> = {}): Channel<T> {
  return new Channel(typeof options === 'object' ? options : { capacity: options });
}
