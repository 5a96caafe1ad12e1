// Work that runs while permits are held: an observable which acquires, works, and releases when the work has ended, its
// clean-up included.
//
//   in line ──► working ──the work ends──────────────────► released, told
//      │           └──left──► cleaning up ──it has ended──► released
//      └──left──► nothing was taken
//
// Invariant: every way from `working` passes `tell` once, and that releases.

import { from, Observable, type ObservableInput, type Subscriber, type Unsubscribable } from 'rxjs';
import { describe } from '../base/errors.ts';
import { Fiber, type FiberOwner } from '../core/fiber.ts';
import { isCoroutine } from '../core/is-coroutine.ts';
import { type Coroutine, isOperation, type Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { enter, exit, turn } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { Standing, unlent, withdraw } from '../core/waiter.ts';
import type { Permits } from './permits.ts';
import { Relayed } from './relay.ts';

/** What can be done while permits are held. */
export type HeldWork<T> = ObservableInput<T> | (() => Coroutine<T> | ObservableInput<T>);

/** Rejects, where it was written, what is neither a function nor an observable input. */
export function checkHeldWork(what: string, work: unknown): void {
  if (typeof work === 'function' || isOperation(work)) return;
  try {
    from(work as ObservableInput<unknown>);
  } catch {
    throw new TypeError(`${what}: work must be an observable input, or a function; got ${describe(work)}`);
  }
}

/** `release` gives back what `acquire` took of `permits`. */
export function holding<T>(
  name: string,
  permits: Permits,
  acquire: Operation<void>,
  release: () => void,
  work: HeldWork<T>,
): Observable<T> {
  return new Observable((subscriber) => {
    if (subscriber.closed) return;
    subscriber.add(acquire.subscribe(() => new Holder(name, permits, subscriber, release).start(work)));
  });
}

/** One who holds permits: waits for the work in its subscriber's stead. */
class Holder<T> extends Standing implements FiberOwner, Unsubscribable {
  readonly name: string;
  readonly #permits: Permits;
  readonly #subscriber: Subscriber<T>;
  readonly #release: () => void;
  /** What the work is: one of the two, or neither, if it could not be started. */
  #operation: Operation<T> | null = null;
  #body: Coroutine<T> | null = null;
  #fiber: Fiber | null = null;
  /** Nobody listens any more; what the clean-up fails with is reported. */
  #left = false;

  constructor(name: string, permits: Permits, subscriber: Subscriber<T>, release: () => void) {
    super();
    this.name = name;
    this.#permits = permits;
    this.#subscriber = subscriber;
    this.#release = release;
  }

  start(work: HeldWork<T>): void {
    enter();
    try {
      this.#subscriber.add(this);
      if (this.#make(work)) this.#perform();
      else this.tell();
    } finally {
      exit();
    }
  }

  /** Calls what is to be called; false, and a failure, if that cannot be done. */
  #make(work: HeldWork<T>): boolean {
    try {
      const made = typeof work === 'function' ? work() : work;
      if (isCoroutine(made)) this.#body = made as Coroutine<T>;
      else if (isOperation(made)) this.#operation = made as Operation<T>;
      else this.#operation = new Relayed(from(made), this.#subscriber);
      return true;
    } catch (error) {
      this.parcel = new Failure(error);
      return false;
    }
  }

  #perform(): void {
    const operation = this.#operation;
    if (operation === null) {
      this.#fiber = new Fiber(this);
      this.#fiber.run();
    } else if (operation.ready()) {
      this.parcel = operation.commit();
      this.tell();
    } else {
      operation.park(this);
      turn.watch?.waits(this);
    }
  }

  // ───────────────────────────────────────────────────────────── the end of the work

  begin(): Coroutine<unknown> {
    const body = this.#body as Coroutine<T>;
    this.#body = null;
    return body;
  }
  resolved(value: unknown): void {
    this.parcel = value;
    this.tell();
  }
  failed(error: unknown): void {
    this.resolved(new Failure(error));
  }
  stopped(): void {
    this.resolved(undefined);
  }

  tell(): void {
    const failed = this.#emit();
    const refused = this.#giveBack();
    const failure = failed ?? refused;
    const subscriber = this.#subscriber;
    if (!subscriber.closed) {
      if (failure === null) subscriber.complete();
      else subscriber.error(failure.error);
    } else if (this.#left && failure !== null) reportUnhandled(failure.error);
  }

  /** Tells what the work brought, while the permits are still held; what it failed with, if it did. */
  #emit(): Failure | null {
    const { parcel } = this;
    const operation = this.#operation;
    this.parcel = undefined;
    if (parcel instanceof Failure) return parcel;
    if (this.#left) return null;
    try {
      if (operation === null) this.#subscriber.next(parcel as T);
      else if (this.#subscriber.closed) operation.restore(parcel);
      else if (operation instanceof Relayed) operation.open(parcel);
      else this.#subscriber.next(operation.open(parcel));
    } catch (error) {
      return new Failure(error);
    }
    return null;
  }

  #giveBack(): Failure | null {
    try {
      this.#release();
    } catch (error) {
      // The work itself has released what it was lent.
      return new Failure(error);
    }
    return null;
  }

  unsubscribe(): void {
    const fiber = this.#fiber;
    if (fiber === null ? this.place === null : fiber.ended) return;
    this.#left = true;
    enter();
    try {
      if (fiber === null) this.#withdraw();
      else fiber.cancel();
    } finally {
      exit();
    }
  }

  #withdraw(): void {
    const rest = unlent(withdraw(this), this.#permits);
    if (rest === null) this.tell();
    else rest.park(this);
  }
}
