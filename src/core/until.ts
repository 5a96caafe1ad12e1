import { EmptyError, from, type Observable, type ObservableInput } from 'rxjs';
import { observableOf } from './input.ts';
import { type Operation, Starting } from './operation.ts';
import { Failure } from './outcome.ts';
import { OwnSubscriber } from './own-subscriber.ts';
import { isPromise, parkAtPromise } from './promise.ts';
import { joinRests } from './rest.ts';
import { enter, exit, turn } from './turn.ts';
import { reportUnhandled } from './unhandled.ts';
import { partyOf, type Place, type Rest, type Waiter } from './waiter.ts';

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
 * What unsubscribing leaves to clean up (the `finally` blocks of a coroutine under `withPermit`, of a handler of `work`, of a
 * projection of `queueMap`) is waited for by a coroutine, as that of an operation is. An operator of RxJS's in between cannot
 * pass that on: behind `until(saves$.pipe(map(toId)))` one goes on at once.
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
  return new Until(isPromise(input) ? (input as Promise<T>) : observableOf('until', 'input', input));
}

/** What a source without a value settles its waiter with. */
export const EMPTY_SOURCE = /* @__PURE__ */ Object.freeze({});

/** Waits for what an observable brings: its first value, unless another kind of watcher is given. */
export class Until<T> extends Starting<T> {
  readonly #input: Observable<T> | Promise<T>;
  readonly #Watcher: new (waiter: Waiter) => Watcher<T>;

  constructor(input: ObservableInput<T>, watcher: new (waiter: Waiter) => Watcher<T> = First) {
    super();
    // Also of what is an Observable, which may be another RxJS's: that one does not tell our subscriber how to unsubscribe.
    this.#input = isPromise(input) ? (input as Promise<T>) : from(input);
    this.#Watcher = watcher;
  }

  park(waiter: Waiter): void {
    const input = this.#input;
    if (isPromise(input)) {
      parkAtPromise(waiter, input);
      return;
    }
    const watcher = new this.#Watcher(waiter);
    waiter.place = watcher;
    turn.watch?.listens?.(watcher, input);
    // A Subscriber of our own is closed as soon as it has seen enough, and stops a synchronous source right there.
    input.subscribe(watcher);
  }
  override open(parcel: unknown): T {
    if (parcel === EMPTY_SOURCE) throw new EmptyError();
    return super.open(parcel);
  }
}

/** The place of one who waits for an observable. */
export abstract class Watcher<T> extends OwnSubscriber<T> implements Place {
  readonly #waiter: Waiter;
  /** What its source has left to be done. */
  #rests: Rest[] | null = null;

  constructor(waiter: Waiter) {
    super();
    this.#waiter = waiter;
  }

  /** @internal For those who look on: who waits. */
  get asker(): object {
    return partyOf(this.#waiter);
  }

  protected override _error(error: unknown): void {
    this.self.settle(new Failure(error));
  }

  protected settle(parcel: unknown): void {
    const waiter = this.#waiter;
    enter();
    try {
      waiter.place = null;
      waiter.settle(parcel);
      const rest = this.#stop();
      if (rest !== null) waiter.linger(rest);
      waiter.tell();
    } finally {
      exit();
    }
  }

  override inherit(rest: Rest): void {
    (this.self.#rests ??= []).push(rest);
  }

  leave(waiter: Waiter): Rest | null {
    waiter.place = null;
    return this.#stop();
  }

  #stop(): Rest | null {
    try {
      this.unsubscribe();
    } catch (error) {
      // A teardown that throws must not keep the one who waited from going on.
      reportUnhandled(error);
    }
    return this.#rests === null ? null : joinRests(this.#rests);
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
