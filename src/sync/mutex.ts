import type { Observable, ObservableInput } from 'rxjs';
import { ownOptions } from '../base/checks.ts';
import { Names } from '../base/names.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import { turn } from '../core/turn.ts';
import { checkHeldWork, type HeldWork, holding } from './holding.ts';
import { Lock } from './lock.ts';
import { Acquire } from './supply.ts';
import { stateOf } from './waiters.ts';

const names = /* @__PURE__ */ new Names('mutex');

/**
 * A lock that one holds at a time; first come, first served. Unlocking hands it to whoever waits longest. It is not
 * reentrant: who locks it twice waits for ever.
 */
export class Mutex {
  readonly #name: string | undefined;
  readonly #number = names.draw();
  /** @internal */
  readonly permits: Lock = new Lock(this, 'lock');

  constructor(options: { name?: string } = {}) {
    this.#name = ownOptions('mutex', options).name;
    turn.watch?.made?.('mutex', this);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }

  /** Somebody holds it. */
  get locked(): boolean {
    return this.permits.free === 0;
  }

  /** Those who wait to lock it. */
  get waiting(): number {
    return this.permits.line.size;
  }

  /**
   * Locks it, once everybody who came before has unlocked it.
   *
   * ```
   * lock()      x
   * unlock()    --x
   * lock()       x
   *   first     (v|)
   *   second     -(v|)
   * ```
   *
   * Emits undefined and completes once it is yours, until you `unlock` it. Never fails. Withdrawing leaves the line.
   *
   * @example
   * ```ts
   * yield* file.lock();
   * try {
   *   yield* until(append(line));
   * } finally {
   *   file.unlock();
   * }
   * ```
   */
  lock(): Operation<void> {
    return new Acquire(this.permits, 1);
  }

  /** Locks it if nobody holds it; false otherwise. */
  tryLock(): boolean {
    return this.permits.tryTake(1);
  }

  /** Hands it to whoever waits longest, who has it when this returns. Not locked: RangeError. */
  unlock(): void {
    this.permits.release('unlock', 1);
  }

  /**
   * Runs `work` while holding the lock.
   *
   * ```
   * withLock(work)    ^      a--b|
   * withLock(work)     ^         a--b|
   * ```
   *
   * Each performance locks, then subscribes to `work`, or calls it and runs the coroutine, or subscribes to what it returns.
   * Of a function it is an operation too: by `yield*`, in a `select` and as a promise it gives the last value of the work.
   * Subscribed, it emits what the work emits; of a coroutine, what it returns. Completes or fails as the work does. The lock is
   * open again when the work has ended and its clean-up too, before anybody hears of it. Withdrawing it leaves the line, or
   * cancels the work; a coroutine waits for the clean-up, but not through an operator of RxJS's. It unlocks what its own work
   * holds, and not what that has left to others.
   *
   * @example
   * ```ts
   * const size = yield* file.withLock(function* () {
   *   yield* until(write(text));
   *   return yield* until(size());
   * });
   * ```
   */
  withLock<T>(work: () => Coroutine<T>): Operation<T>;
  withLock<T>(work: ObservableInput<T> | (() => ObservableInput<T>)): Observable<T>;
  withLock<T>(work: HeldWork<T>): Observable<T> {
    const name = `withLock of ${this.name}`;
    checkHeldWork(name, work);
    const { permits } = this;
    return holding({ name, permits, count: 1, acquire: this.lock(), release: () => this.unlock(), work });
  }

  toString(): string {
    const { held, line } = this.permits;
    return stateOf(names.title(this.#name, this.#number), held > 0 ? 'locked' : 'open', line.size);
  }

  /** @internal */
  check(): void {
    this.permits.check();
  }
}

/**
 * Makes a lock that one holds at a time.
 *
 * ![mutex in marbles](../../marbles/sync/mutex.svg)
 *
 * @example
 * ```ts
 * const file = mutex();
 * lines.pipe(mergeMap((line) => file.withLock(() => append(line)))).subscribe();
 * ```
 */
export function mutex(options?: { name?: string }): Mutex {
  return new Mutex(options);
}
