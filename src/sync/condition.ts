// A condition: those who hold a mutex wait, without it, for a notification, and hold it again when they go on.
//
//   holds the mutex ──wait()──► waiting ──notify()──► notified, in line for the mutex ──► holds the mutex: told
//                                  └───────withdrawn─────┴──► without the mutex; a coroutine waits for it, then goes on
//
// Invariants (`check()` asserts them):
//   1. somebody waits here  =>  it has released the mutex, or will at the end of this library call
//   2. whoever was notified stands in the mutex's own line, and nowhere else: it is handed the mutex like all others
//
// A notification moves a waiter from this line to the mutex's; nobody wakes to try for the lock. If it is withdrawn there, or
// has left before it is told, its notification passes on to the next one: else `notify()` could be lost on somebody who
// is gone. The mutex is released after a `wait` was parked, not inside of it: to hand it over calls observers, and a
// select is not to be disturbed while it takes its places. So a select over two conditions of one mutex releases it once.
//
// After asyncio's Condition, and C. A. R. Hoare, "Monitors" (1974).

import { checkCount, ownOptions } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { type Place, type Rest, Standing, type Waiter, withdraw } from '../core/waiter.ts';
import { turn } from '../core/turn.ts';
import type { Mutex } from './mutex.ts';
import { stateOf, Waiters } from './waiters.ts';

const names = /* @__PURE__ */ new Names('condition');

/** Waits for a change of what a mutex protects. */
export class Condition {
  readonly #name: string | undefined;
  readonly #number = names.draw();
  /** @internal */
  readonly mutex: Mutex;
  /** @internal */
  readonly line: Waiters = new Waiters('wait', this);

  constructor(mutex: Mutex, options: { name?: string } = {}) {
    // Not `instanceof`: there may be a second copy of the library.
    if (typeof (mutex as Partial<Mutex> | null)?.unlock !== 'function')
      throw new TypeError(`condition: it needs a mutex, got ${describe(mutex)}`);
    this.mutex = mutex;
    this.#name = ownOptions('condition', options).name;
    turn.watch?.made?.('condition', this);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }

  /**
   * Releases the mutex, waits for a notification, and holds the mutex again when it completes.
   *
   * ```
   * lock()     x
   * wait()     x
   * notify()   --x
   * unlock()   ----x
   * wait()     ----(v|)
   * ```
   *
   * Emits undefined and completes. Not locked at this call: RangeError, here; when it is performed: it fails with it. After
   * a notification others may have been served first, so look again at what you waited for.
   *
   * A coroutine holds the mutex when its `yield*` ends, by whatever, plain or through `map`, `withTimeout`, `withSignal`, `withRetry`,
   * `until`, `gather` and `select`: a notification, a deadline (whose error comes when the mutex is its own again, which may be later), an abort,
   * another case, or a cancel, before its `finally` blocks run. A subscription that is withdrawn leaves the mutex released:
   * lock it again before you unlock it. A select that finds another case ready does not perform the wait, and the mutex stays
   * locked. A notification that was given to one who is withdrawn passes on to the next.
   *
   * @example
   * ```ts
   * yield* lock.lock();
   * try {
   *   while (items.length === 0) yield* changed.wait();
   *   return items.shift();
   * } finally {
   *   lock.unlock();
   * }
   * ```
   */
  wait(): Operation<void> {
    this.#needsLock('wait');
    return new Wait(this);
  }

  /**
   * Lets the `count` (default 1) that wait longest go on, as soon as the mutex is theirs. If fewer wait, all of them; what is
   * left is not kept. Not locked, or a count that is no integer >= 1: RangeError, and nothing has changed.
   */
  notify(count = 1): void {
    this.#needsLock('notify');
    checkCount(this, 'notify: the count', count, 1);
    for (let left = count; left > 0 && this.line.first !== null; left--) this.passOn();
  }

  /** Lets everybody go on who waits, one after the other, as soon as the mutex is theirs. Not locked: RangeError. */
  notifyAll(): void {
    this.#needsLock('notifyAll');
    while (this.line.first !== null) this.passOn();
  }

  #needsLock(what: string): void {
    const error = this.unlocked(what);
    if (error !== null) throw error;
  }

  /** @internal Why `what` cannot be done; null if it can. */
  unlocked(what: string): RangeError | null {
    return this.mutex.permits.held > 0
      ? null
      : new RangeError(`${this.name}: ${what} without ${this.mutex.name} locked`);
  }

  /** @internal A notification goes to the one who waits longest, if anybody does. */
  passOn(): void {
    const waiting = this.line.shift() as Waiting | null;
    if (waiting === null) return;
    waiting.notified = true;
    this.mutex.permits.enqueue(waiting, 1);
  }

  toString(): string {
    const state = this.mutex.locked ? `${this.mutex.name} locked` : `${this.mutex.name} open`;
    return stateOf(names.title(this.#name, this.#number), state, this.line.size);
  }

  /** @internal */
  check(): void {
    this.line.check();
    this.mutex.check();
  }
}

class Wait extends Operation<void> {
  readonly #condition: Condition;

  constructor(condition: Condition) {
    super();
    this.#condition = condition;
  }

  /** Only to fail: it has to wait even if a notification comes at once. */
  ready(): boolean {
    return this.#condition.unlocked('wait') !== null;
  }
  commit(): unknown {
    return new Failure(this.#condition.unlocked('wait'));
  }
  park(waiter: Waiter): void {
    const { line, mutex } = this.#condition;
    line.append(new Waiting(this.#condition, waiter));
    mutex.permits.releaseAfterwards();
  }
  override restore(parcel: unknown): Rest | null {
    if (parcel instanceof Failure) return null;
    const { permits } = this.#condition.mutex;
    const holder = permits.holder as object;
    this.#condition.passOn();
    permits.release('unlock', 1);
    return permits.regainedBy(holder);
  }
  override toString(): string {
    return String(this.#condition.line);
  }
}

/** One who waits for a condition: stands in its user's stead, first in the condition's line, then in the mutex's. */
class Waiting extends Standing implements Place {
  notified = false;
  /** In whose name the mutex was held when the wait began, and will be again. */
  readonly party: object;
  readonly #condition: Condition;
  readonly #user: Waiter;

  constructor(condition: Condition, user: Waiter) {
    super();
    this.party = condition.mutex.permits.holder as object;
    this.#condition = condition;
    this.#user = user;
    user.place = this;
  }

  override settle(parcel: unknown): void {
    this.#user.place = null;
    this.#user.settle(parcel);
  }
  tell(): void {
    this.#user.tell();
  }

  /** The rest is for a coroutine: to hold the mutex again. */
  leave(user: Waiter): Rest {
    user.place = null;
    withdraw(this);
    if (this.notified) this.#condition.passOn();
    return this.#condition.mutex.permits.regainedBy(this.party);
  }

  override toString(): string {
    return String(this.place ?? this.#condition.line);
  }
}

/**
 * Makes a condition of what `mutex` protects.
 *
 * ![condition in marbles](../../marbles/sync/condition.svg)
 *
 * @example
 * ```ts
 * const lock = mutex();
 * const changed = condition(lock);
 * const put = (item: Item) =>
 *   lock.withLock(function* () {
 *     items.push(item);
 *     changed.notify();
 *   });
 * ```
 *
 * After asyncio's Condition. A channel is often what you want instead.
 */
export function condition(mutex: Mutex, options?: { name?: string }): Condition {
  return new Condition(mutex, options);
}
