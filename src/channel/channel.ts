// A channel: values pass from those who send to those who receive, each to one, in order.
//
// Invariants (`check()` asserts them):
//   1. a receiver waits  =>  nothing is buffered and no sender waits
//      (but for a select that waits on both ends: it never meets itself)
//   2. a sender waits    =>  the buffer is full (`tagged.ts` says what that means where not the number of values bounds it)
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
import { settleLine, tellAll, type Waiter } from '../core/waiter.ts';
import { boundOf, type Offered } from './bound.ts';
import { type ChannelOptions, checkOptions, type Overflow, type UndeliveredReason } from './options.ts';
import { ACCEPTED, DROPPED, FULL, Send, Senders, valueOf } from './send.ts';
import { type CountedStore, LinkedStore, type Store, type TaggedStore } from './store.ts';
import { Tagged } from './tagged.ts';

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

/** What a kind of channel brings of its own. */
export interface Kind<T> {
  readonly names: Names;
  readonly store: CountedStore<T> | TaggedStore<T>;
}

/**
 * A channel. As an Observable it is the receiving end with unlimited demand: subscribers compete, in turn, each value
 * reaches exactly one of them, synchronously; it completes (or errs with the close cause) once closed and drained.
 */
export class Channel<T> extends Pullable<T> implements SendChannel<T>, ReceiveChannel<T> {
  readonly capacity: number;
  /** @internal */
  readonly senders: Line<Waiter> = new Senders<T>(this);
  readonly #buffer: Store<T>;
  /** @internal What is done where more than the number of values bounds the buffer. */
  readonly tagged: Tagged<T> | null;
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
  #undelivered = 0;
  #peak = 0;

  constructor(options?: ChannelOptions<T>);
  /** @internal Of options that have been checked. */
  constructor(options: ChannelOptions<T>, kind: Kind<T>);
  constructor(given: ChannelOptions<T> = {}, kind?: Kind<T>) {
    super();
    const options = kind === undefined ? checkOptions('channel', given) : given;
    const bound = kind === undefined ? boundOf(options) : null;
    const store = kind?.store ?? (bound === null ? new Ring<T>() : new LinkedStore<T>(bound));
    this.#buffer = store;
    this.tagged = 'bound' in store ? new Tagged<T>(store, this) : null;
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
    return this.#buffer.size;
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
    const { tagged } = this;
    if (tagged === null && this.#buffer.size < this.capacity) return true;
    if (this.overflow !== 'suspend' || this.#end !== null || this.wanted()) return true;
    return tagged?.accepts(offered) === true;
  }

  /** @internal */
  accept(value: T, offered?: Offered<T>): unknown {
    if (this.#end !== null) return this.#end;
    if (this.wanted()) {
      this.hand(value);
      return ACCEPTED;
    }
    if (this.tagged !== null) return this.tagged.accept(value, offered);
    return this.#buffer.size >= this.capacity ? this.#overflowWith(value) : this.#keep(value);
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

  #keep(value: T): unknown {
    try {
      this.#buffer.push(value);
    } catch (error) {
      return new Failure(error);
    }
    this.note();
    return ACCEPTED;
  }

  /** Precondition: open and full, and nobody waits to receive. */
  #overflowWith(value: T): unknown {
    switch (this.overflow) {
      case 'dropOldest':
        return this.#displace(value);
      case 'dropNewest':
        this.discount(1);
        this.lose(value, 'dropped');
        return DROPPED;
      case 'conflate':
        return this.#merge(value);
      case 'suspend':
      case 'fail':
        return FULL;
    }
  }

  #displace(value: T): unknown {
    let evicted: T;
    try {
      evicted = this.#counted.displace(value);
    } catch (error) {
      return new Failure(error);
    }
    this.#undelivered++;
    this.lose(evicted, 'evicted');
    return ACCEPTED;
  }

  #merge(value: T): unknown {
    const buffer = this.#counted;
    const conflate = this.conflate as (pending: T, sent: T) => T;
    const before = this.changes();
    try {
      const merged = conflate(buffer.newest, value);
      // It called the channel itself: what was pending has been received, merged with something else, or cancelled; or
      // something came back.
      if (this.changes() !== before || this.#end !== null) return this.accept(value);
      buffer.newest = merged;
    } catch (error) {
      return new Failure(error);
    }
    this.#undelivered++;
    return ACCEPTED;
  }

  get #counted(): CountedStore<T> {
    return this.#buffer as CountedStore<T>;
  }

  /** @internal `count` accepted values will not be received. */
  discount(count: number): void {
    this.#undelivered += count;
  }

  /** @internal How often what is buffered has changed, but for what found room there. */
  changes(): number {
    return this.delivered + 2 * this.#back + this.#undelivered;
  }

  // ───────────────────────────────────────────────────────────── receiving

  /** @internal */
  ready(): boolean {
    return this.#buffer.size > 0 || this.senders.first !== null || this.ended() !== null;
  }

  /** @internal */
  override holds(count: number): boolean {
    return this.effectful || this.#end !== null || this.#buffer.size + this.senders.count() >= count;
  }

  /** @internal */
  take(): unknown {
    const buffer = this.#buffer;
    const { senders } = this;
    if (buffer.size === 0 && senders.first === null) return this.#end;
    if (this.tagged !== null) {
      const settled: Waiter[] = [];
      const taken = this.#shift(settled);
      this.#conclude(settled);
      return taken;
    }
    this.delivered++;
    let value: unknown;
    let sender: Waiter | null = null;
    if (buffer.size > 0) {
      value = buffer.shift();
      if (senders.first !== null && buffer.size < this.capacity) sender = this.#moveIn();
    } else {
      const waited = senders.shift() as Waiter;
      value = valueOf(waited);
      waited.settle(ACCEPTED);
      sender = waited;
    }
    if (this.#end !== null) this.#finishIfDrained(this.#end, sender === null ? [] : [sender]);
    else sender?.tell();
    return value;
  }

  /** @internal */
  override takeMany(max: number): unknown {
    if (this.#buffer.size === 0 && this.senders.first === null) return this.#end;
    const settled: Waiter[] = [];
    const values: T[] = [];
    while (values.length < max && (this.#buffer.size > 0 || this.senders.first !== null)) {
      values.push(this.#shift(settled));
    }
    this.#conclude(settled);
    return new Batch(values);
  }

  /** Takes the next value; who can send because of that is settled, and still to be told. Precondition: there is one. */
  #shift(settled: Waiter[]): T {
    const { senders } = this;
    this.delivered++;
    if (this.#buffer.size === 0) {
      const sender = senders.shift() as Waiter;
      const value = valueOf(sender) as T;
      sender.settle(ACCEPTED);
      settled.push(sender);
      return value;
    }
    const value = this.#buffer.shift();
    if (senders.first === null) return value;
    if (this.tagged !== null) settled.push(...this.tagged.moveIn());
    else if (this.#buffer.size < this.capacity) {
      const sender = this.#moveIn();
      if (sender !== null) settled.push(sender);
    }
    return value;
  }

  #conclude(settled: Waiter[]): void {
    if (this.#end !== null) this.#finishIfDrained(this.#end, settled);
    else tellAll(settled);
  }

  /** The one that waits longest to send moves in; to be told. Precondition: a slot is free. */
  #moveIn(): Waiter | null {
    for (let sender = this.senders.shift(); sender !== null; sender = this.senders.shift()) {
      const refused = sender;
      const outcome = this.#keep(valueOf(sender) as T);
      sender.settle(outcome);
      if (outcome === ACCEPTED) return sender;
      // What the store refuses fails its own send, and the slot is the next one's.
      afterwards({ perform: () => refused.tell() });
    }
    return null;
  }

  /** @internal One that was handed over comes back. */
  protected takeBack(): void {
    this.delivered--;
    this.#back++;
  }

  /** @internal */
  restore(value: T): void {
    this.takeBack();
    if (this.#end?.how === 'cancelled') {
      this.#undelivered++;
      this.lose(value, 'cancelled');
    } else if (this.wanted()) {
      this.hand(value);
    } else if (this.tagged !== null) {
      this.tagged.restore(value);
    } else {
      this.#buffer.unshift(value);
      this.note();
    }
  }

  /** @internal The buffer has grown. */
  note(): void {
    if (this.#buffer.size > this.#peak) this.#peak = this.#buffer.size;
  }

  // ───────────────────────────────────────────────────────────── ending

  close(cause?: unknown): boolean {
    if (this.#end !== null) return false;
    const end = (this.#end = new End(this, 'closed', cause));
    enter();
    try {
      this.#finishIfDrained(end, this.#settleClosers());
    } finally {
      exit();
    }
    return true;
  }

  /** Precondition: closed. Those `settled` by the same commit are told first. */
  #finishIfDrained(end: End, settled: Waiter[]): void {
    if (this.ended() !== null) this.finish(end, settled);
    else tellAll(settled);
  }

  /** @internal One who waited to send has left: perhaps the next one fits, or that was the last before the end. */
  senderLeft(): void {
    if (this.ended() !== null) afterwards({ perform: () => this.ended() !== null && this.finish(this.#end as End) });
    else if (this.tagged !== null) afterwards(this.tagged);
  }

  /** @internal Those who waited to send can: they are told, and with the last of them a closed channel may have ended. */
  moved(settled: Waiter[]): void {
    this.#conclude(settled);
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
    this.#undelivered += lost.length;
    const failure = new Failure(error);
    const settled = this.#settleClosers();
    enter();
    try {
      for (let sender = this.senders.shift(); sender !== null; sender = this.senders.shift()) {
        lost.push(valueOf(sender) as T);
        sender.settle(failure);
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
    return this.#buffer.clear();
  }

  /** @internal */
  ended(): End | null {
    return this.#buffer.size === 0 && this.senders.first === null ? this.#end : null;
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

  /** Reports every one, then throws what the first report threw. */
  #loseAll(values: readonly T[]): void {
    const errors: unknown[] = [];
    for (const value of values) {
      try {
        this.#onUndelivered?.(value, 'cancelled');
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 0) return;
    for (const error of errors.slice(1)) reportUnhandled(error);
    throw errors[0];
  }

  // ───────────────────────────────────────────────────────────── for a person

  statistics(): ChannelStatistics {
    const buffered = this.#buffer.size;
    return {
      capacity: this.capacity,
      buffered,
      peakBuffered: this.#peak,
      waitingSenders: this.senders.count(),
      waitingReceivers: this.subscriptions + this.receivers.count((waiter) => !waiter.subscribed && !waiter.asleep),
      sent: this.delivered + buffered + this.#undelivered,
      delivered: this.delivered,
      undelivered: this.#undelivered,
    };
  }

  override toString(): string {
    const state = this.#end === null ? 'open' : this.ended() === null ? 'draining' : this.#end.how;
    return `${this.#names.title(this.#name, this.#number)} (${[...this.particulars(), state].join(', ')})`;
  }

  /** @internal What a person wants to know besides its name and state. */
  protected particulars(): string[] {
    const { waitingReceivers, waitingSenders } = this.statistics();
    const parts = [this.tagged?.fill() ?? `${this.size}/${this.capacity}`];
    if (waitingSenders > 0) parts.push(`${waitingSenders} sending`);
    if (waitingReceivers > 0) parts.push(`${waitingReceivers} receiving`);
    return parts;
  }

  /** @internal */
  override check(): void {
    super.check();
    this.senders.check();
    this.#buffer.check();
    const receives = this.receivers.count((waiter) => !waiter.quiet && !waiter.asleep) > 0;
    const sends = this.senders.count((waiter) => !waiter.quiet) > 0;
    const fail = (what: string): never => {
      throw new Error(`${String(this)}: ${what}`);
    };
    if (receives && this.size > 0) fail('a receiver waits beside buffered values');
    if (receives && sends) fail('a receiver and a sender wait for each other');
    this.tagged?.check();
    this.#closers?.check();
    if (this.#closers?.first != null && this.isClosed) fail('somebody waits for a close that has been');
    if (this.tagged === null && this.senders.first !== null && this.size < this.capacity)
      fail('a sender waits beside a free slot');
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
