// The edge to promises. Inside the library nothing waits for a promise; here it hands out those that users ask for, and listens
// to those that users wait for.

import { Subscriber } from 'rxjs';
import { Ring } from '../base/ring.ts';
import type { Operation } from './operation.ts';
import { Failure } from './outcome.ts';
import type { Attempt } from './poll.ts';
import { enter, exit } from './turn.ts';
import { reportUnhandled } from './unhandled.ts';
import { type Place, serve, type Waiter } from './waiter.ts';

/** A promise that is called without the help of RxJS. */
export function isPromise(input: unknown): input is Promise<unknown> {
  return input instanceof Promise;
}

/** Has `waiter` wait for `promise`. */
export function parkAtPromise(waiter: Waiter, promise: Promise<unknown>): void {
  const place = new AtPromise(waiter);
  waiter.place = place;
  const failed = (error: unknown): void => place.settle(new Failure(error));
  try {
    promise.then((value) => place.settle(value), failed);
  } catch (error) {
    // A subclass has a `then` of its own.
    failed(error);
  }
}

/** The place of one who waits for a promise. A promise cannot be left: what it brings to one who has gone is thrown away. */
class AtPromise implements Place {
  #waiter: Waiter | null;
  /** Told of what comes when nobody waits any more: for who looks on. */
  late: ((parcel: unknown) => void) | null = null;

  constructor(waiter: Waiter) {
    this.#waiter = waiter;
  }

  settle(parcel: unknown): void {
    const waiter = this.#waiter;
    if (waiter === null) {
      this.late?.(parcel);
      return;
    }
    this.#waiter = null;
    enter();
    try {
      serve(waiter, parcel);
    } catch (error) {
      reportUnhandled(error);
    } finally {
      exit();
    }
  }

  leave(waiter: Waiter): null {
    waiter.place = null;
    this.#waiter = null;
    return null;
  }

  toString(): string {
    return 'an observable';
  }
}

/** Performs `operation` now. One that streams gives its last value. */
export function performAsPromise<T>(operation: Operation<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let last: T | undefined;
    operation.subscribe({ next: (value) => (last = value), error: reject, complete: () => resolve(last as T) });
  });
}

/** One call of `next()`, as the promise it returned. */
interface Call<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

/**
 * An async iterator over what `receive` brings. It asks for one value at a time, and only when it is asked: a second
 * `next()` waits for the first. `return()` takes nothing more, and ends the calls that wait; it waits itself for what it leaves
 * to clean up.
 */
export class ValueIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #receive: () => Operation<Attempt<T>>;
  readonly #left: () => Operation<unknown> | null;
  readonly #calls = new Ring<Call<T>>();
  /** The receive that waits for the first call. */
  #asking: Subscriber<Attempt<T>> | null = null;
  #state: 'idle' | 'asking' | 'over' = 'idle';
  /** What `return()` waits for. */
  #gone: Operation<unknown> | null = null;

  /** `left` is called once, by the `return()` of an iterator that has not ended. What it returns has ended when all is cleaned up. */
  constructor(receive: () => Operation<Attempt<T>>, left: () => Operation<unknown> | null = () => null) {
    this.#receive = receive;
    this.#left = left;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#calls.push({ resolve, reject });
      this.#ask();
    });
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    if (this.#state !== 'over') {
      this.#end();
      this.#asking?.unsubscribe();
      this.#gone = this.#left();
    }
    if (this.#gone?.ready() === false) await performAsPromise(this.#gone);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Serves the calls in order; values that come at once are a loop, not a recursion. */
  #ask(): void {
    while (this.#state === 'idle' && this.#calls.size > 0) {
      this.#state = 'asking';
      let later = false;
      // Made before it asks: a `return()` by the callback of the sender that it meets gives the value back.
      this.#asking = new Subscriber<Attempt<T>>({
        next: (attempt: Attempt<T>) => {
          if (attempt.ok) this.#answer((call) => call.resolve({ done: false, value: attempt.value }));
          else this.#end();
          if (later) this.#ask();
        },
        error: (error: unknown) => {
          this.#answer((call) => call.reject(error));
          this.#end();
        },
        complete: () => undefined,
      });
      this.#receive().subscribe(this.#asking);
      later = true;
    }
    if (this.#state === 'over') this.#end();
  }

  #answer(answer: (call: Call<T>) => void): void {
    this.#state = 'idle';
    answer(this.#calls.shift());
  }

  #end(): void {
    this.#state = 'over';
    while (this.#calls.size > 0) this.#calls.shift().resolve({ done: true, value: undefined });
  }
}
