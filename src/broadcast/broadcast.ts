// A broadcast: every value to every tap.
//
// Invariants (`check()` asserts them):
//   1. a value reaches all taps, or their lines, in one step; whoever receives it is told after that. So all taps see one order
//   2. `senders` holds those whose value no tap has seen: the first of them is part of a select, which must not half happen,
//      and waits until all taps have room; the others stand behind it, since nobody overtakes
//   3. every other send that waits has an offer, with a part in the line of each tap that was full
//   4. a tap is in `#taps` until it has ended
//
// A tap is a channel; its line, its buffer, its policy and its end are a channel's. That leaves little to be done here.
// After trio's and Kotlin's (BroadcastChannel, SharedFlow), whose slow subscribers also decide for themselves what to lose.

import { Observable, type Subscriber } from 'rxjs';
import { describe } from '../base/errors.ts';
import { Line } from '../base/line.ts';
import { Names } from '../base/names.ts';
import { Ring } from '../base/ring.ts';
import type { SendChannel } from '../channel/channel.ts';
import { type ChannelOptions, checkOptions, type UndeliveredReason } from '../channel/options.ts';
import { ACCEPTED, DROPPED, FULL, Send } from '../channel/send.ts';
import type { Operation } from '../core/operation.ts';
import { End, Failure } from '../core/outcome.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { afterwards, enter, leave } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { tellAll, type Waiter } from '../core/waiter.ts';
import { Offer } from './offer.ts';
import { type Home, Tap } from './tap.ts';

export interface BroadcastOptions<T> extends ChannelOptions<T> {
  /** Values kept for those who come later (default 0). An integer >= 0, or Infinity; anything else: RangeError. */
  replay?: number;
}

/** A value that is kept for those who come later. */
interface Kept<T> {
  readonly value: T;
  /** Somebody got it. */
  seen: boolean;
}

const names = /* @__PURE__ */ new Names('broadcast');

/**
 * Every value to every tap. With `suspend` a send completes when every tap has taken or buffered it: paced by the slowest.
 * Without taps values are dropped.
 *
 * A subscriber is a tap, for as long as it is subscribed.
 */
export class Broadcast<T> extends Observable<T> implements SendChannel<T> {
  /** @internal Those who wait, and whose value nobody has seen. */
  readonly senders: Line<Waiter> = new Waiting<T>(this);
  readonly #name: string | undefined;
  readonly #number = names.draw();
  readonly #options: ChannelOptions<T>;
  readonly #replay: number;
  readonly #kept = new Ring<Kept<T>>();
  readonly #taps = new Set<Tap<T>>();
  readonly #home: Home<T>;
  #end: End | null = null;
  #cause: unknown = undefined;
  /** Taps so far. */
  #made = 0;
  /** While a value is delivered: what is to be reported after that. */
  #reports: (() => void)[] | null = null;

  /** @internal */
  constructor(options: BroadcastOptions<T> = {}) {
    super();
    const { replay = 0, ...own } = options;
    checkOptions('broadcast', own);
    if (replay !== Infinity && !(Number.isInteger(replay) && replay >= 0))
      throw new RangeError(`broadcast: replay must be an integer >= 0, or Infinity; got ${describe(replay)}`);
    this.#name = own.name;
    this.#options = own;
    this.#replay = replay;
    this.#home = {
      removed: (tap) => {
        if (this.#taps.delete(tap)) this.stirred();
      },
      stirred: () => this.stirred(),
      report: (report) => {
        if (this.#reports === null) report();
        else this.#reports.push(report);
      },
    };
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }
  get isClosed(): boolean {
    return this.#end !== null;
  }
  /** Taps that have not ended, subscribers included. */
  get taps(): number {
    return this.#taps.size;
  }

  // ───────────────────────────────────────────────────────────── sending

  /**
   * Sends `value` to all taps: completes when each of them has taken or buffered it, or lost it by its own policy.
   *
   * ```
   * send    -a-------
   * fast    -a-------
   * slow    -----a---
   * sent    -----x---
   * ```
   *
   * Taps that have room get it at once. Unsubscribing while it waits withdraws it from those that do not have it yet. As a
   * case of `select` it waits, unseen, until all taps have room. Closed: fails with `ClosedError`. A tap with
   * `overflow: 'fail'` and no room: nobody gets it, and it fails with `OverflowError`. O(taps).
   *
   * @example
   * ```ts
   * yield* prices.send(42);
   * ```
   */
  send(value: T): Operation<void> {
    return new Send(this, value);
  }

  /**
   * True if all taps accepted `value` now, or lost it by their own policy (but not all of them: then false); else nobody got
   * it. Never waits, never throws.
   *
   * @example
   * ```ts
   * if (!prices.trySend(42)) console.warn('somebody is slow');
   * ```
   */
  trySend(value: T): boolean {
    if (this.#end !== null || !this.accepts()) return false;
    enter();
    try {
      return this.accept(value) === ACCEPTED;
    } finally {
      leave();
    }
  }

  /** @internal */
  accepts(): boolean {
    return this.#end !== null || (this.senders.first === null && this.#haveRoom());
  }

  #isRefused(): boolean {
    for (const tap of this.#taps) if (tap.refuses) return true;
    return false;
  }

  #haveRoom(): boolean {
    for (const tap of this.#taps) if (!tap.accepts()) return false;
    return true;
  }

  /** @internal */
  accept(value: T): unknown {
    return this.#end ?? this.#deliver(value, new Offer<T>(this.name, value, null, () => undefined));
  }

  /** Gives `value` to all taps, or puts it in their lines. */
  #deliver(value: T, offer: Offer<T>): unknown {
    if (this.#isRefused()) return FULL;
    const outer = this.#reports;
    const reports: (() => void)[] = (this.#reports = []);
    const settled: Waiter[] = [];
    const made = this.#made;
    let waiting = 0;
    let got = 0;
    for (const tap of this.#taps) {
      if (tap.birth > made) break;
      if (!tap.accepts()) {
        offer.stand(tap);
        waiting++;
        continue;
      }
      const outcome = tap.get(value, settled);
      if (outcome === ACCEPTED) got++;
      else if (outcome instanceof Failure) {
        tap.lose(value, 'dropped');
        reports.push(() => reportUnhandled(outcome.error));
      }
    }
    if (got > 0) offer.taken();
    const dropped = got + waiting === 0;
    this.#keep(value, !dropped);
    this.#reports = outer;
    tellAll(settled);
    for (const report of reports) report();
    return dropped && this.#taps.size > 0 ? DROPPED : ACCEPTED;
  }

  /** For those who come later. */
  #keep(value: T, seen: boolean): void {
    const kept = this.#kept;
    if (this.#replay === 0) {
      if (this.#taps.size === 0) this.lose(value, 'dropped');
      return;
    }
    if (kept.size === this.#replay) {
      const last = kept.shift();
      if (!last.seen) this.lose(last.value, 'evicted');
    }
    kept.push({ value, seen });
  }

  /** @internal */
  lose(value: T, reason: UndeliveredReason): void {
    this.#home.report(() => {
      try {
        this.#options.onUndelivered?.(value, reason);
      } catch (error) {
        reportUnhandled(error);
      }
    });
  }

  // ───────────────────────────────────────────────────────────── those who wait

  /** @internal Some tap may have room: whoever waits unseen is looked at before this library call returns. */
  stirred(): void {
    if (this.senders.first !== null) afterwards(this);
  }

  /** @internal */
  perform(): void {
    for (let sender = this.senders.first; sender !== null; sender = this.senders.first) {
      if (sender.quiet && !this.#haveRoom()) return;
      this.senders.shift();
      const value = sender.parcel as T;
      sender.parcel = undefined;
      if (sender.quiet) {
        // First its select is settled, so that nobody else is.
        const refused = this.#isRefused();
        sender.settle(refused ? FULL : ACCEPTED);
        if (!refused) this.accept(value);
        sender.tell();
      } else this.begin(sender, value);
    }
  }

  /** @internal Shows `value` to the taps; `sender` waits for those that have no room. */
  begin(sender: Waiter, value: T): void {
    const offer = new Offer(this.name, value, sender, (lost: T) => {
      this.#forget(lost);
      this.lose(lost, 'withdrawn');
    });
    const outcome = this.#deliver(value, offer);
    if (outcome === FULL || !offer.isOpen) offer.end(outcome);
  }

  /** `value` was withdrawn before anybody had it. */
  #forget(value: T): void {
    const kept = this.#kept.clear();
    const index = kept.findLastIndex((one) => one.value === value);
    if (index >= 0) kept.splice(index, 1);
    for (const one of kept) this.#kept.push(one);
  }

  /** @internal A waiting send was withdrawn. */
  forsaken(): void {
    this.stirred();
  }

  // ───────────────────────────────────────────────────────────── receiving

  /**
   * A receiver of every value sent from now on, and of those that are kept by `replay` before them, with a buffer and a policy
   * of its own; `options` default to those of the broadcast. `cancel()` removes it.
   *
   * ```
   * send               -a-b-c-
   * tap()              -a-b-c-
   * tap(), made late      -b-c-
   * ```
   *
   * It ends as the broadcast does, once it has received everything. One made after that gets what is kept, and ends.
   *
   * @example
   * ```ts
   * const slow = prices.tap({ capacity: 1, overflow: 'dropOldest' });
   * slow.pipe(concatMap(draw)).subscribe();
   * ```
   */
  tap(options: ChannelOptions<T> = {}): ReceiveChannel<T> {
    return this.#tap(options);
  }

  #tap(options: ChannelOptions<T>): Tap<T> {
    const birth = this.#made + 1;
    const defaults = { ...this.#options };
    if (options.overflow !== undefined || options.conflate !== undefined) {
      // A policy is one or the other.
      delete defaults.overflow;
      delete defaults.conflate;
    }
    const merged = { ...defaults, name: `${this.name} tap ${birth}`, ...options };
    checkOptions('tap', merged);
    const kept = this.#kept.clear();
    for (const one of kept) {
      one.seen = true;
      this.#kept.push(one);
    }
    const tap = new Tap(
      this.#home,
      birth,
      merged,
      kept.map(({ value }) => value),
    );
    this.#made = birth;
    this.#taps.add(tap);
    if (this.#end !== null) tap.close(this.#cause);
    return tap;
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<T>): void {
    if (subscriber.closed) return;
    const tap = this.#tap({});
    tap.subscribe(subscriber);
    // In this order: the subscription has left when its tap is cancelled, and is not told of that.
    subscriber.add(() => tap.cancel());
  }

  // ───────────────────────────────────────────────────────────── ending

  /**
   * No more sends. Each tap still receives what it has, and what was waiting to be sent; then it ends, with `cause` if given.
   * False if it was closed already.
   */
  close(cause?: unknown): boolean {
    if (this.#end !== null) return false;
    const end = (this.#end = new End(this, 'closed', cause));
    this.#cause = cause;
    enter();
    try {
      const refused: Waiter[] = [];
      for (let sender = this.senders.shift(); sender !== null; sender = this.senders.shift()) {
        if (!sender.quiet) {
          this.begin(sender, sender.parcel as T);
          continue;
        }
        sender.settle(end);
        refused.push(sender);
      }
      for (const tap of [...this.#taps]) tap.close(cause);
      tellAll(refused);
    } finally {
      leave();
    }
    return true;
  }

  // ───────────────────────────────────────────────────────────── for a person

  override toString(): string {
    const parts = [`${this.taps} taps`];
    if (this.#kept.size > 0) parts.push(`${this.#kept.size} kept`);
    const waiting = this.senders.count();
    if (waiting > 0) parts.push(`${waiting} waiting unseen`);
    return `${names.title(this.#name, this.#number)} (${[...parts, this.isClosed ? 'closed' : 'open'].join(', ')})`;
  }

  /** @internal */
  check(): void {
    this.senders.check();
    this.#kept.check();
    for (const tap of this.#taps) {
      tap.check();
      if (tap.ended() !== null) throw new Error(`${this.name}: ${tap.name} has ended, and is still a tap`);
    }
    if (this.senders.first?.quiet === false) throw new Error(`${this.name}: a send is held back, and no select waits`);
    if (this.senders.first !== null && this.#haveRoom()) throw new Error(`${this.name}: a select waits beside room`);
    if (this.#kept.size > this.#replay) throw new Error(`${this.name}: ${this.#kept.size} values are kept`);
  }
}

/** Those who wait, and whose value nobody has seen. */
class Waiting<T> extends Line<Waiter> {
  readonly #broadcast: Broadcast<T>;

  constructor(broadcast: Broadcast<T>) {
    super();
    this.#broadcast = broadcast;
  }

  /** One who does not have to wait unseen is shown to the taps at once. */
  override append(waiter: Waiter): void {
    const broadcast = this.#broadcast;
    if (this.first !== null || waiter.quiet) {
      super.append(waiter);
      return;
    }
    const value = waiter.parcel as T;
    waiter.parcel = undefined;
    broadcast.begin(waiter, value);
  }

  override leave(waiter: Waiter): null {
    super.leave(waiter);
    const value = waiter.parcel as T;
    waiter.parcel = undefined;
    if (!waiter.quiet) this.#broadcast.lose(value, 'withdrawn');
    this.#broadcast.stirred();
    return null;
  }

  override toString(): string {
    return `send on ${this.#broadcast.name}`;
  }
}

/**
 * Makes a broadcast: every value to every tap.
 *
 * ```
 * send       -a-b-c-|
 * tap        -a-b-c-|
 * late tap      -b-c-|
 * ```
 *
 * `capacity`, `overflow`, `conflate` and `onUndelivered` are those of its taps, unless a tap has its own; capacity is 0, a
 * rendezvous with all, unless told. `replay` values are kept for those who come later, apart from any capacity.
 *
 * ![broadcast in marbles](../../marbles/broadcast/broadcast.svg)
 *
 * @example
 * ```ts
 * const prices = broadcast<number>({ capacity: 16, replay: 1 });
 * prices.subscribe(console.log);
 * go(function* () {
 *   yield* prices.send(42);
 * });
 * ```
 */
export function broadcast<T>(options?: BroadcastOptions<T>): Broadcast<T> {
  return new Broadcast(options);
}
