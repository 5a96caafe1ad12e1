import type { Subscriber, Unsubscribable } from 'rxjs';
import type { Surroundings } from './ambient.ts';
import { bequeath } from './heir.ts';
import type { Operation } from './operation.ts';
import { enter, exit } from './turn.ts';
import { reportUnhandled } from './unhandled.ts';
import { type Rest, Standing, withdraw } from './waiter.ts';

/** Tells `subscriber`, unless it left while others were told: then the parcel goes back to where it came from. */
export function deliver<T>(operation: Operation<T>, parcel: unknown, subscriber: Subscriber<T>): void {
  if (subscriber.closed) {
    operation.restore(parcel);
    return;
  }
  let value: T;
  try {
    value = operation.open(parcel);
  } catch (error) {
    subscriber.error(error);
    return;
  }
  subscriber.next(value);
  subscriber.complete();
}

/** One subscription to an operation, as a waiter. */
export class Performance<T> extends Standing implements Unsubscribable {
  readonly #operation: Operation<T>;
  readonly #subscriber: Subscriber<T>;

  constructor(operation: Operation<T>, subscriber: Subscriber<T>) {
    super();
    this.#operation = operation;
    this.#subscriber = subscriber;
  }

  tell(): void {
    try {
      deliver(this.#operation, this.parcel, this.#subscriber);
    } catch (error) {
      // Not an observer's error, which RxJS keeps from us, but that of a Subscriber written by hand.
      reportUnhandled(error);
    }
  }

  /** It hears at once, but may stand for one who does not. */
  override linger(rest: Rest): void {
    bequeath(rest, this.#subscriber);
  }

  unsubscribe(): void {
    if (this.place === null) return;
    enter();
    try {
      bequeath(withdraw(this), this.#subscriber);
    } finally {
      exit();
    }
  }
}

/** The same of one who is told in a context of its own. */
export class PerformanceWithin<T> extends Performance<T> {
  readonly #surroundings: Surroundings;

  constructor(own: Surroundings, operation: Operation<T>, subscriber: Subscriber<T>) {
    super(operation, subscriber);
    this.#surroundings = own;
  }

  override tell(): void {
    this.#surroundings(() => super.tell());
  }
}
