// A broadcast: every value to every tap.
//
// Invariants (`check()` asserts them):
//   1. a value reaches all taps, or their lines, in one step; whoever receives it is told after that, and what is sent in the
//      middle (by a `conflate`, a teardown, or whoever is told) waits unseen until all of that is over. So all taps see one
//      order, and a tap that is made meanwhile gets what was asked to be sent meanwhile. Only `trySend`, which does not wait,
//      delivers at once from the callback of one who is told
//   2. `senders` holds those whose value no tap has seen: the first of them is part of a select, which must not half happen,
//      and waits until all taps have room (a receive of that same select is none: it never meets itself); the others stand
//      behind it, since nobody overtakes
//   3. every other send that waits has an offer, with a part in the line of each tap that was full
//   4. a tap is in `#taps` until it has ended
//
// A tap is a channel; its line, its buffer, its policy and its end are a channel's. That leaves little to be done here.
// After trio's and Kotlin's (BroadcastChannel, SharedFlow), whose slow subscribers also decide for themselves what to lose.

import { Observable, type Subscriber } from 'rxjs';
import { checkLimit, ownOptions } from '../base/checks.ts';
import type { Line } from '../base/line.ts';
import { Names } from '../base/names.ts';
import type { Offered } from '../channel/bound.ts';
import type { SendChannel } from '../channel/channel.ts';
import { type ChannelOptions, checkOptions, type UndeliveredReason } from '../channel/options.ts';
import { ACCEPTED, DROPPED, FULL, Send } from '../channel/send.ts';
import type { Operation } from '../core/operation.ts';
import { End, Failure } from '../core/outcome.ts';
import { Gauge } from '../core/gauge.ts';
import { LineOf } from '../core/line-of.ts';
import { type ReceiveChannel } from '../core/pullable.ts';
import { afterwards, enter, exit, turn } from '../core/turn.ts';
import { Reached } from '../core/reached.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { partyOf, settleLine, takeRequest, tellAll, type Waiter } from '../core/waiter.ts';
import { type Fates, Offer } from './offer.ts';
import { Replay, type Sent } from './replay.ts';
import { type Home, Tap } from './tap.ts';
import { Unseen } from './unseen.ts';

export interface BroadcastOptions<T> extends ChannelOptions<T> {
  /** Values kept for those who come later (default 0). An integer >= 0, or Infinity; anything else: RangeError. */
  replay?: number;
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
  readonly senders: Line<Waiter> = new Unseen<T>(this);
  readonly #name: string | undefined;
  readonly #number = names.draw();
  readonly #options: ChannelOptions<T>;
  readonly #replay: Replay<T>;
  readonly #taps = new Set<Tap<T>>();
  readonly #home: Home<T>;
  readonly #closers = new LineOf('the close of', this);
  #gauge: Gauge<number> | null = null;
  #end: End | null = null;
  #cause: unknown = undefined;
  /** Taps so far. */
  #made = 0;
  /** While those who got a value are told: what was sent by `trySend` since, which whoever taps now is to get as well. */
  #since: Sent<T>[] | null = null;
  /** While a value is delivered: what is to be done after that. */
  #reports: (() => void)[] | null = null;

  /** @internal */
  constructor(options: BroadcastOptions<T> = {}) {
    super();
    const { replay = 0, ...own } = ownOptions('broadcast', options);
    checkOptions('broadcast', own);
    checkLimit('broadcast', 'replay', replay, 0);
    this.#name = own.name;
    this.#options = own;
    this.#replay = new Replay(replay, (gone) => this.#drop(gone));
    this.#home = {
      removed: (tap) => {
        if (!this.#taps.delete(tap)) return;
        this.stirred();
        this.#countTaps();
      },
      stirred: () => this.stirred(),
      report: (report) => {
        if (this.#reports === null) report();
        else this.#reports.push(report);
      },
    };
    turn.watch?.made?.('broadcast', this);
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

  /**
   * How many taps there are, subscribers included: the present number first, then each change; completes when the broadcast has
   * ended: closed, and its last tap drained. It is no tap itself. For producers that rest while nobody listens.
   *
   * @example
   * ```ts
   * prices.taps$.pipe(map((n) => n > 0), distinctUntilChanged()).subscribe((wanted) => feed.toggle(wanted));
   * ```
   */
  get taps$(): Observable<number> {
    if (this.#gauge === null) {
      this.#gauge = new Gauge(() => this.#taps.size);
      this.#noteTaps(this.#gauge);
    }
    return this.#gauge.values;
  }

  /** Told at the end of this library call: whoever listens may call anything. */
  #countTaps(): void {
    const gauge = this.#gauge;
    if (gauge !== null) afterwards({ perform: () => this.#noteTaps(gauge) });
  }

  #noteTaps(gauge: Gauge<number>): void {
    gauge.look();
    if (this.#end !== null && this.#taps.size === 0) gauge.complete();
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
   * it, and `replay` does not keep it. Never waits, never throws.
   *
   * @example
   * ```ts
   * if (!prices.trySend(42)) console.warn('somebody is slow');
   * ```
   */
  trySend(value: T): boolean {
    const offered = { value };
    if (this.#end !== null || this.#reports !== null || !this.#isOpenTo(offered)) return false;
    enter();
    try {
      return this.#deliver(offered, 'try') === ACCEPTED;
    } finally {
      exit();
    }
  }

  /** @internal */
  accepts(offered: Offered<T>): boolean {
    return this.#end !== null || (!this.delivers && this.#isOpenTo(offered));
  }

  #isOpenTo(offered: Offered<T>): boolean {
    return this.senders.first === null && this.#haveRoom(null, offered);
  }

  #isRefused(party: object | null, offered: Offered<T>): boolean {
    for (const tap of this.#taps) if (tap.refuses(party, offered)) return true;
    return false;
  }

  /** For what `party` offers, which may itself receive on a tap. */
  #haveRoom(party: object | null, offered: Offered<T>): boolean {
    for (const tap of this.#taps) if (!tap.hasRoomFor(party, offered)) return false;
    return true;
  }

  /** @internal */
  accept(value: T, offered: Offered<T> = { value }): unknown {
    return this.#end ?? this.#deliver(offered, 'send');
  }

  /** @internal To the taps, or to those who are told: what is asked to be sent meanwhile begins after it. */
  get delivers(): boolean {
    return this.#reports !== null || this.#since !== null;
  }

  /** Gives what is `offered` to all taps, or puts it in their lines: a waiter waits for these. Precondition: delivers nothing. */
  #deliver(offered: Offered<T>, by: Waiter | 'send' | 'try'): unknown {
    if (this.#isRefused(null, offered)) return FULL;
    const sent: Sent<T> = { value: offered.value, seen: false, waits: false, isOpen: false };
    const offer = new Offer(this.name, sent, offered, typeof by === 'string' ? null : by, this.#fates);
    const reports: (() => void)[] = (this.#reports = []);
    const settled: Waiter[] = [];
    const last = this.#made;
    for (const tap of this.#taps) {
      if (tap.birth > last) break;
      if (tap.accepts(offered)) this.#give(tap, sent, offered, settled);
      else offer.stand(tap);
    }
    const dropped = !sent.seen && !sent.waits;
    const isLost = dropped && this.#taps.size > 0;
    // What `trySend` says was not accepted nobody gets, later either.
    const isKept = (!isLost || by !== 'try') && this.#replay.keep(sent);
    if (dropped && !isLost && !isKept) this.lose(sent.value, 'dropped');
    offer.shown();
    this.#reports = null;
    const outer = this.#since;
    if (!dropped) outer?.push(sent);
    this.#since = [];
    tellAll(settled);
    offer.tell();
    for (const report of reports) report();
    this.#since = outer;
    this.stirred();
    return isLost ? DROPPED : ACCEPTED;
  }

  #give(tap: Tap<T>, sent: Sent<T>, offered: Offered<T>, settled: Waiter[]): void {
    const outcome = tap.get(offered, settled);
    if (outcome === ACCEPTED) sent.seen = true;
    else if (outcome instanceof Failure) {
      tap.lose(sent.value, 'dropped');
      this.#home.report(() => reportUnhandled(outcome.error));
    }
  }

  /** What is not kept any more, and nobody has or waits to receive, is lost. */
  #drop(gone: Sent<T>): void {
    if (!gone.seen && !gone.waits) this.lose(gone.value, 'evicted');
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
    // Looked at again when all taps have that value.
    if (this.delivers) return;
    for (let sender = this.senders.first; sender !== null; sender = this.senders.first) {
      if (sender.quiet && !this.#haveRoom(partyOf(sender), sender.request as Offered<T>)) return;
      this.senders.shift();
      const offered = takeRequest(sender) as Offered<T>;
      if (sender.quiet) this.#commit(sender, offered);
      else this.begin(sender, offered);
    }
  }

  /** First the select of `sender` is settled, so that its other cases have left. */
  #commit(sender: Waiter, offered: Offered<T>): void {
    const refused = this.#isRefused(partyOf(sender), offered);
    sender.settle(refused ? FULL : ACCEPTED);
    if (!refused) this.accept(offered.value, offered);
    sender.tell();
  }

  /** @internal Shows what is `offered` to the taps; `sender` waits for those that have no room. */
  begin(sender: Waiter, offered: Offered<T>): void {
    if (this.#deliver(offered, sender) !== FULL) return;
    sender.settle(FULL);
    sender.tell();
  }

  /** What becomes of what waits. */
  readonly #fates: Fates<T> = {
    seen: (sent) => this.#replay.seen(sent),
    withdrawn: (sent) => {
      this.#replay.forget(sent);
      this.#since = this.#since?.filter((one) => one !== sent) ?? null;
      this.lose(sent.value, 'withdrawn');
    },
  };

  /** @internal A waiting send was withdrawn. */
  senderLeft(): void {
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
    return this.makeTap(ownOptions('tap', options));
  }

  /** @internal */
  makeTap(options: ChannelOptions<T>): Tap<T> {
    const birth = this.#made + 1;
    const defaults = { ...this.#options };
    if (options.overflow !== undefined || options.conflate !== undefined) {
      // A policy is one or the other.
      delete defaults.overflow;
      delete defaults.conflate;
    }
    if (options.weigh !== undefined || options.conflateBy !== undefined) {
      delete defaults.weigh;
      delete defaults.conflateBy;
    }
    const merged = { ...defaults, name: `${this.name} tap ${birth}`, ...options };
    checkOptions('tap', merged);
    const tap = new Tap(this.#home, birth, merged, this.#replay.give(this.#since ?? []));
    this.#made = birth;
    this.#taps.add(tap);
    enter();
    this.#countTaps();
    if (this.#end !== null) tap.close(this.#cause);
    exit();
    return tap;
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<T>): void {
    if (subscriber.closed) return;
    const tap = this.makeTap({});
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
      // A value that is being delivered still reaches all.
      this.#home.report(() => this.#finish(end, cause));
    } finally {
      exit();
    }
    return true;
  }

  /**
   * Waits until no more will be accepted. For producers.
   *
   * Emits undefined and completes when `close` is called; at once if it was. Never fails. Withdrawing leaves the line. O(1).
   *
   * @example
   * ```ts
   * yield* select({ sent: prices.send(price), closed: prices.whenClosed() });
   * ```
   */
  whenClosed(): Operation<void> {
    return new Reached(this.#closers, () => this.isClosed);
  }

  #finish(end: End, cause: unknown): void {
    const refused: Waiter[] = [];
    settleLine(this.#closers, undefined, refused);
    for (let sender = this.senders.shift(); sender !== null; sender = this.senders.shift()) {
      if (!sender.quiet) {
        this.begin(sender, takeRequest(sender) as Offered<T>);
        continue;
      }
      takeRequest(sender);
      sender.settle(end);
      refused.push(sender);
    }
    for (const tap of [...this.#taps]) tap.close(cause);
    this.#countTaps();
    tellAll(refused);
  }

  // ───────────────────────────────────────────────────────────── for a person

  override toString(): string {
    const parts = [`${this.taps} taps`];
    if (this.#replay.count > 0) parts.push(`${this.#replay.count} kept`);
    const waiting = this.senders.count();
    if (waiting > 0) parts.push(`${waiting} waiting unseen`);
    return `${names.title(this.#name, this.#number)} (${[...parts, this.isClosed ? 'closed' : 'open'].join(', ')})`;
  }

  /** @internal */
  everyTap(): Tap<T>[] {
    return [...this.#taps];
  }

  /** @internal */
  check(): void {
    this.senders.check();
    this.#replay.check();
    for (const tap of this.#taps) {
      tap.check();
      if (tap.ended() !== null) throw new Error(`${this.name}: ${tap.name} has ended, and is still a tap`);
    }
    if (this.senders.first?.quiet === false) throw new Error(`${this.name}: a send is held back, and no select waits`);
    const { first } = this.senders;
    if (first !== null && this.#haveRoom(partyOf(first), first.request as Offered<T>))
      throw new Error(`${this.name}: a select waits beside room`);
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
