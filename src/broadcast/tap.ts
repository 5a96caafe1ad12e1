import { Channel } from '../channel/channel.ts';
import type { Offered } from '../channel/bound.ts';
import type { ChannelOptions, UndeliveredReason } from '../channel/options.ts';
import type { End } from '../core/outcome.ts';
import { partyOf, type Waiter } from '../core/waiter.ts';

/** What a tap tells its broadcast. */
export interface Home<T> {
  /** The tap has ended: it gets nothing more. */
  removed(tap: Tap<T>): void;
  /** The tap may have room where it had none. */
  stirred(): void;
  /** Calls `report` when everybody has the value that is being delivered; now, if none is. */
  report(report: () => void): void;
}

/** A receiver of a broadcast, with a buffer and a policy of its own: a channel to which only the broadcast sends. */
export class Tap<T> extends Channel<T> {
  /** Which of its broadcast's taps it is: one made during a delivery starts with the next value. */
  readonly birth: number;
  readonly #home: Home<T>;
  readonly #suspends: boolean;
  readonly #fails: boolean;
  /** While it gets a value: who is to be told later. */
  #settled: Waiter[] | null = null;
  /** Values of before it was made that it still has: they take no room of what is sent. */
  #past = 0;

  constructor(home: Home<T>, birth: number, options: ChannelOptions<T>, past: readonly T[]) {
    super(options);
    this.#home = home;
    this.birth = birth;
    this.#suspends = this.overflow === 'suspend';
    this.#fails = this.overflow === 'fail';
    this.#room(past.length);
    this.#past = past.length;
    for (const value of past) this.accept(value);
  }

  /** The buffer holds its capacity, and the past. */
  #room(more: number): void {
    (this as { capacity: number }).capacity += more;
  }

  /** What `party` offers would find neither a slot nor a receiver. A receive of that same party takes nothing from it. */
  #isFull(party: object | null, offered: Offered<T>): boolean {
    if (this.fits(offered)) return false;
    if (party === null) return !this.wanted();
    return this.receivers.count((receiver) => !receiver.asleep && partyOf(receiver) !== party) === 0;
  }

  /** A send of `party` would not wait here. */
  hasRoomFor(party: object | null, offered: Offered<T>): boolean {
    return !this.#suspends || this.isClosed || !this.#isFull(party, offered);
  }

  /** A send of `party` would fail here. */
  refuses(party: object | null, offered: Offered<T>): boolean {
    return this.#fails && this.#isFull(party, offered);
  }

  /** Accepts what is `offered`; whoever gets it is added to `settled`, to be told when all taps have it. */
  get(offered: Offered<T>, settled: Waiter[]): unknown {
    if (this.#past > 0 && this.overflow === 'dropOldest' && this.#isFull(null, offered)) this.#evictPast();
    this.#settled = settled;
    try {
      return this.accept(offered.value, offered);
    } finally {
      this.#settled = null;
    }
  }

  protected override hand(value: T): void {
    if (this.#settled === null) super.hand(value);
    else this.#settled.push(this.handed(value));
  }

  /** The oldest have to go, and of those from before each takes its own room along: none is left for what is sent. */
  #evictPast(): void {
    while (this.#past > 0) {
      const evicted = this.take() as T;
      this.takeBack();
      this.undelivered++;
      this.lose(evicted, 'evicted');
    }
  }

  /** `count` values are about to leave. */
  #leave(count: number): void {
    const past = Math.min(this.#past, count);
    this.#past -= past;
    this.#room(-past);
  }

  override takeMany(max: number): unknown {
    this.#leave(max);
    const parcel = super.takeMany(max);
    this.#home.stirred();
    return parcel;
  }

  override take(): unknown {
    this.#leave(1);
    const parcel = super.take();
    this.#home.stirred();
    return parcel;
  }

  override keep(waiter: Waiter, place: 'first' | 'last'): void {
    super.keep(waiter, place);
    this.#home.stirred();
  }

  override lose(value: T, reason: UndeliveredReason): void {
    this.#home.report(() => super.lose(value, reason));
  }

  override senderLeft(): void {
    // What was withdrawn was the last before the end.
    if (this.ended() !== null) this.#home.removed(this);
    super.senderLeft();
  }

  override finish(end: End, settled: Waiter[] = []): void {
    this.#home.removed(this);
    super.finish(end, settled);
  }
}
