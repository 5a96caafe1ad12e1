// What values can be pulled from: a channel, a merge of channels, a tap. Receivers of every form stand in one line.
//
// Invariants (`check()` asserts them):
//   1. somebody who is awake waits in `receivers`  =>  the source is not `ready()`
//      (but for a select that waits on both ends of one channel: it never meets itself)
//   2. a subscription stands in line, or is inside its subscriber's `next`, or has left
//   3. somebody waits in `enders`  =>  the source has not ended
//   4. a source that has ended is ready: a `take` brings the end
//
// A source says three things of itself: `ready` (a `take` would not wait), `take` (the next value, or the end), and
// `restore` (a value comes back, before all others). Everything that receivers see is made of these: once in `receive.ts`, one
// after the other in `pull-subscription.ts`.

import { Observable, type Subscriber } from 'rxjs';
import { checkLimit } from '../base/checks.ts';
import type { Line } from '../base/line.ts';
import { type Surroundings, surroundings } from './ambient.ts';
import { type Demand, pulled, takeDemand } from './demand.ts';
import { LineOf } from './line-of.ts';
import type { Operation } from './operation.ts';
import type { End } from './outcome.ts';
import { type Attempt, poll } from './poll.ts';
import { ValueIterator } from './promise.ts';
import { PullSubscription } from './pull-subscription.ts';
import { Reached } from './reached.ts';
import { Receive, ReceiveMany, ReceiveResult } from './receive.ts';
import { enter, exit, turn } from './turn.ts';
import { settleLine, tellAll, type Waiter, withdraw } from './waiter.ts';

/** A source of values that is pulled: each value goes to exactly one receiver or subscriber. */
export interface ReceiveChannel<T> extends Observable<T>, AsyncIterable<T> {
  /**
   * Takes the next value. Ended: fails with the close cause, or `ClosedError`.
   *
   * It is one receive for each subscription. `share()` over it is one receive for all who are subscribed: they see the same
   * one value, and then the end.
   */
  receive(): Operation<T>;
  /** Like `receive`, but the end is a value: `{ ok: false, closed: true }`. A close cause still fails. */
  receiveResult(): Operation<Attempt<T>>;
  /** Takes the next value if there is one now. Never waits, never throws. */
  tryReceive(): Attempt<T>;
  /**
   * Takes all there is now, at most `max`; waits for the first.
   *
   * ```
   * send              ab---c---
   * receiveMany(9)    --x--x
   *   emits           --A--B      A = [a, b], B = [c]
   * ```
   *
   * Emits one array of 1 to `max` values, those of waiting sends included, and completes: one commit, all or nothing. At the
   * end it fails as `receive` does. It stands in one line with all other receivers, and withdrawn it has taken nothing. `max` is
   * an integer >= 1, or Infinity; else RangeError. O(values taken).
   *
   * ![receiveMany in marbles](../../marbles/channel/receive-many.svg)
   *
   * @example
   * ```ts
   * const rows = yield* inserts.receiveMany(500);
   * ```
   */
  receiveMany(max: number): Operation<T[]>;
  /** Ends it at once: buffered values are discarded, everybody waiting fails with `CancelledError`. False if it had ended. */
  cancel(reason?: unknown): boolean;
  /** Completes when the channel is closed and drained, or cancelled; never fails. */
  whenEnded(): Operation<void>;
}

const PULLABLE = Symbol.for('rxsluice.pullable');

/** Ours, whichever copy of the library made it. */
export function isPullable(value: unknown): value is Pullable<unknown> {
  return typeof value === 'object' && value !== null && (value as Pullable<unknown>).mark === PULLABLE;
}

export abstract class Pullable<T> extends Observable<T> implements ReceiveChannel<T> {
  /** @internal */
  readonly receivers: Line<Waiter> = new LineOf('receive on', this);
  /** @internal Those who wait for the end. */
  readonly enders = new LineOf('the end of', this);
  /** @internal Live subscriptions. */
  subscriptions = 0;
  #receive: Receive<T> | null = null;
  #receiveResult: ReceiveResult<T> | null = null;

  /** @internal */
  get mark(): symbol {
    return PULLABLE;
  }

  /** @internal */
  get pull(): symbol {
    return pulled();
  }

  abstract readonly name: string;
  abstract cancel(reason?: unknown): boolean;

  /** @internal A `take` would find a value, or the end. */
  abstract ready(): boolean;
  /** @internal The next value, or the End. Precondition: ready. */
  abstract take(): unknown;
  /** @internal At most `max` values as a Batch, or the End. Precondition: ready. */
  abstract takeMany(max: number): unknown;
  /** @internal Takes `value` back, as the next to be received. */
  abstract restore(value: T): void;
  /** @internal The end, once nothing is left before it. */
  abstract ended(): End | null;

  /** @internal Whether a value may come only when somebody waits for it. */
  get effectful(): boolean {
    return false;
  }

  /** @internal Effectful, and yet whoever waits now would only wait. */
  get wouldWait(): boolean {
    return false;
  }

  /** @internal Whether `count` values are there to be taken, or all that will ever come. True where that is not known. */
  holds(_count: number): boolean {
    return true;
  }

  /** @internal Puts a receiver in line. Precondition: not ready. */
  park(waiter: Waiter): void {
    this.keep(waiter, 'last');
  }

  /** @internal Puts a receiver in line and starts nothing: for one that is served in this step, and waits on. */
  keep(waiter: Waiter, place: 'first' | 'last'): void {
    const { receivers } = this;
    if (place === 'first') {
      receivers.prepend(waiter);
      return;
    }
    // A sleeper must not keep a place before one who waits: it learns that somebody came after it.
    receivers.last?.followed?.();
    receivers.append(waiter);
  }

  /** @internal Somebody waits for a value. */
  wanted(): boolean {
    const { receivers } = this;
    while (receivers.first?.asleep === true) passOver(receivers.first);
    return receivers.first !== null;
  }

  receive(): Operation<T> {
    // Cold and without arguments: one object serves all who receive.
    return (this.#receive ??= new Receive(this));
  }

  receiveResult(): Operation<Attempt<T>> {
    return (this.#receiveResult ??= new ReceiveResult(this));
  }

  receiveMany(max: number): Operation<T[]> {
    checkLimit('receiveMany', 'max', max, 1);
    return new ReceiveMany(this, max);
  }

  tryReceive(): Attempt<T> {
    return poll(this.receive());
  }

  whenEnded(): Operation<void> {
    return new Reached(this.enders, () => this.ended() !== null);
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return new ValueIterator(() => this.receiveResult());
  }

  /** @internal Everybody who waits learns of the end, after those `settled` before. Precondition: `ended()`. */
  finish(end: End, settled: Waiter[] = []): void {
    settleLine(this.receivers, end, settled);
    settleLine(this.enders, undefined, settled);
    tellAll(settled);
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<T>): void {
    this.deliverTo(subscriber, takeDemand(this, subscriber));
  }

  /** @internal `left` is called when the subscription has come to its end, in whatever way. */
  deliverTo(subscriber: Subscriber<T>, demand: Demand | null, left?: () => void): void {
    const own = surroundings();
    if (own === null) this.#deliverWithin(null, subscriber, demand, left);
    else own(() => this.#deliverWithin(own, subscriber, demand, left));
  }

  #deliverWithin(
    own: Surroundings | null,
    subscriber: Subscriber<T>,
    demand: Demand | null,
    left: (() => void) | undefined,
  ): void {
    enter();
    try {
      const subscription = new PullSubscription(this, subscriber, demand, own, left);
      subscriber.add(subscription);
      subscription.pump();
      turn.watch?.waits(subscription);
    } finally {
      exit();
    }
  }

  /** @internal */
  check(): void {
    this.receivers.check();
    if (this.enders.first !== null && this.ended() !== null) {
      throw new Error(`${this.name}: somebody waits for an end that has come`);
    }
    if (this.ended() !== null && !this.ready()) throw new Error(`${this.name}: its end cannot be taken`);
  }
}

function passOver(sleeper: Waiter): void {
  withdraw(sleeper);
  sleeper.passedOver?.();
}
