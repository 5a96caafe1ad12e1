// How a source that is pulled pushes: a subscription takes one value after the other, as long as its subscriber wants more.
//
// Invariant: it stands in line, or is inside its subscriber's `next`, or has left.

import type { Subscriber, Unsubscribable } from 'rxjs';
import type { Line } from '../base/line.ts';
import type { Surroundings } from './ambient.ts';
import type { Demand, Pausable } from './demand.ts';
import { End } from './outcome.ts';
import type { Source } from './receive.ts';
import { enter, exit } from './turn.ts';
import { reportUnhandled } from './unhandled.ts';
import { Standing, type Waiter, withdraw } from './waiter.ts';

interface SubscribedSource<T> extends Source<T> {
  /** Those who wait for the end. */
  readonly enders: Line<Waiter>;
  /** Live subscriptions. */
  subscriptions: number;
}

/**
 * A subscriber to the source itself: one value at a time, in line with all other receivers. Its demand has no limit, unless
 * the subscriber came with one; while that is shut, it only waits for the end.
 */
export class PullSubscription<T> extends Standing implements Pausable, Unsubscribable {
  readonly #origin: SubscribedSource<T>;
  readonly #subscriber: Subscriber<T>;
  readonly #demand: Demand | null;
  readonly #surroundings: Surroundings | null;
  readonly #left: (() => void) | undefined;
  #live = true;
  /** It stands among those who wait for the end. */
  #paused = false;

  constructor(
    origin: SubscribedSource<T>,
    subscriber: Subscriber<T>,
    demand: Demand | null,
    own: Surroundings | null,
    left: (() => void) | undefined,
  ) {
    super();
    this.#left = left;
    this.#origin = origin;
    this.#subscriber = subscriber;
    this.#demand = demand;
    this.#surroundings = own;
    origin.subscriptions++;
    demand?.connect(this);
  }

  override get subscribed(): boolean {
    return true;
  }

  /** A closed subscriber may still be about to unsubscribe us: it runs its teardowns one by one. */
  get #listens(): boolean {
    return this.#live && !this.#subscriber.closed;
  }

  /** Takes what there is, then gets in line. Not in line while it tells: what is sent meanwhile waits its turn. */
  pump(): void {
    const origin = this.#origin;
    const demand = this.#demand;
    while (this.#listens && (demand === null || demand.isOpen) && origin.ready()) this.#deliver(origin.take());
    if (!this.#listens) return;
    if (demand === null || demand.isOpen) {
      origin.park(this);
      return;
    }
    const end = origin.ended();
    if (end !== null) this.#deliver(end);
    else this.#waitForEnd();
  }

  #waitForEnd(): void {
    this.#paused = true;
    this.#origin.enders.append(this);
  }

  resume(): void {
    // Inside `next` it goes on by itself.
    if (this.place === null) return;
    enter();
    try {
      withdraw(this);
      this.#paused = false;
      this.pump();
    } finally {
      exit();
    }
  }

  pause(): void {
    if (this.place === null) return;
    withdraw(this);
    this.#waitForEnd();
  }

  tell(): void {
    if (this.#surroundings === null) this.#hear();
    else this.#surroundings(() => this.#hear());
  }

  #hear(): void {
    const parcel = this.#paused ? this.#origin.ended() : this.parcel;
    this.parcel = undefined;
    try {
      this.#deliver(parcel);
      this.pump();
    } catch (error) {
      // That of a Subscriber written by hand, which is not in line any more.
      this.unsubscribe();
      reportUnhandled(error);
    }
  }

  #deliver(parcel: unknown): void {
    const subscriber = this.#subscriber;
    if (!(parcel instanceof End)) {
      // Unsubscribed while another party was told of this very commit: the value is still the source's.
      if (this.#listens) subscriber.next(parcel as T);
      else this.#origin.restore(parcel as T);
    } else if (parcel.clean) subscriber.complete();
    else subscriber.error(parcel.error);
  }

  unsubscribe(): void {
    if (!this.#live) return;
    this.#live = false;
    this.#origin.subscriptions--;
    enter();
    try {
      withdraw(this);
      this.#left?.();
    } finally {
      exit();
    }
  }
}
