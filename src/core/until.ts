import { EmptyError, from, type Observable, type ObservableInput } from 'rxjs';
import { type Operation, Starting } from './operation.ts';
import { Failure } from './outcome.ts';
import { OwnSubscriber } from './own-subscriber.ts';
import { enter, exit } from './turn.ts';
import { reportUnhandled } from './unhandled.ts';
import type { Place, Waiter } from './waiter.ts';

/**
 * Waits for the first value of any observable input, as an operation; unsubscribes once it has it.
 *
 * ```
 * source          ---a--b--
 * until(source)   ---(a|)
 * ```
 *
 * Emits the first value. Fails with the source's error, and with RxJS's `EmptyError` when the source completes without a
 * value. Each performance subscribes to the source anew; withdrawing unsubscribes. It is not selectable without being
 * subscribed: a delayed source may have given its value before the choice.
 *
 * ![until in marbles](../../marbles/core/until.svg)
 *
 * @example
 * ```ts
 * const user = yield* until(http.get<User>('/me'));
 * const answer = yield* until(fetch(url)).withTimeout(1000);
 * ```
 */
export function until<T>(input: ObservableInput<T>): Operation<T> {
  return new Until(input);
}

/** What a source without a value settles its waiter with. */
export const EMPTY_SOURCE = /* @__PURE__ */ Object.freeze({});

/** Waits for what an observable brings: its first value, unless another kind of watcher is given. */
export class Until<T> extends Starting<T> {
  readonly #input: Observable<T>;
  readonly #Watcher: new (waiter: Waiter) => Watcher<T>;

  constructor(input: ObservableInput<T>, watcher: new (waiter: Waiter) => Watcher<T> = First) {
    super();
    // Also of what is an Observable, which may be another RxJS's: that one does not tell our subscriber how to unsubscribe.
    this.#input = from(input);
    this.#Watcher = watcher;
  }

  park(waiter: Waiter): void {
    const watcher = new this.#Watcher(waiter);
    waiter.place = watcher;
    // A Subscriber of our own is closed as soon as it has seen enough, and stops a synchronous source right there.
    this.#input.subscribe(watcher);
  }
  override open(parcel: unknown): T {
    if (parcel === EMPTY_SOURCE) throw new EmptyError();
    return super.open(parcel);
  }
}

/** The place of one who waits for an observable. */
export abstract class Watcher<T> extends OwnSubscriber<T> implements Place {
  readonly #waiter: Waiter;

  constructor(waiter: Waiter) {
    super();
    this.#waiter = waiter;
  }

  protected override _error(error: unknown): void {
    this.self.settle(new Failure(error));
  }

  protected settle(parcel: unknown): void {
    const waiter = this.#waiter;
    enter();
    try {
      this.leave(waiter);
      waiter.settle(parcel);
      waiter.tell();
    } finally {
      exit();
    }
  }

  leave(waiter: Waiter): null {
    waiter.place = null;
    try {
      this.unsubscribe();
    } catch (error) {
      // A teardown that throws must not keep the one who waited from going on.
      reportUnhandled(error);
    }
    return null;
  }

  override toString(): string {
    return 'an observable';
  }
}

class First<T> extends Watcher<T> {
  protected override _next(value: T): void {
    this.self.settle(value);
  }
  protected override _complete(): void {
    this.self.settle(EMPTY_SOURCE);
  }
}
