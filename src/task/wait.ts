import type { Subscription } from 'rxjs';
import { checkNumber, checkOneOf, ownOptions } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { after } from '../core/clock.ts';
import { type Future, isFuture } from '../core/future.ts';
import { Operation } from '../core/operation.ts';
import { enter, exit } from '../core/turn.ts';
import { type Place, type Waiter, withdraw } from '../core/waiter.ts';
import { Part, type Whole } from './part.ts';

export interface WaitOptions {
  /** What to wait for: the first to settle, the first to be rejected (or all), or all (default). */
  until?: 'first' | 'firstError' | 'all';
  /** Milliseconds after which to stop waiting; that is no error. Default: never. */
  timeout?: number;
}

/** What has settled and what has not, each in the order of the input. */
export interface WaitResult<F> {
  readonly done: readonly F[];
  readonly pending: readonly F[];
}

/**
 * Waits for some of `futures` and cancels none.
 *
 * ```
 * a                          --1|
 * b                          ----#
 * c                          ------3|
 * wait (until first)         --({ done: [a], pending: [b, c] }|)
 * wait (until firstError)    ----({ done: [a, b], pending: [c] }|)
 * wait (timeout 5)           -----({ done: [a, b], pending: [c] }|)
 * wait                       ------({ done: [a, b, c], pending: [] }|)
 * ```
 *
 * Emits `{ done, pending }`, as it is at that moment, each in the order of the input, and completes: when one has settled in
 * any way (`until: 'first'`), when one was rejected (`'firstError'`; to be cancelled is no error), or when all have settled,
 * which ends the other two as well. After `timeout` milliseconds it stops waiting: whatever is unsettled is in `pending`. With
 * `timeout <= 0` it only looks. Of no futures at all, all have settled.
 *
 * It never fails: the futures say themselves how they ended, and count as observed. Unsubscribing leaves all of them as they
 * are, and no waiter and no timer behind. O(futures); to go through many as they settle, `asCompleted` is the better one.
 *
 * ![wait in marbles](../../marbles/task/wait.svg)
 *
 * @example
 * ```ts
 * const { done, pending } = yield* wait([first, second], { until: 'first', timeout: 1000 });
 * for (const task of pending) task.cancel();
 * ```
 *
 * After asyncio.wait.
 */
export function wait<F extends Future<any>>(
  futures: readonly F[],
  options: WaitOptions = {},
): Operation<{ readonly done: readonly F[]; readonly pending: readonly F[] }> {
  checkFutures('wait', futures);
  const { until = 'all', timeout = Infinity } = ownOptions('wait', options);
  checkOneOf('wait', 'until', until, ['first', 'firstError', 'all']);
  checkNumber('wait', 'timeout', timeout);
  return new Wait([...futures], until, timeout);
}

/** Rejects, where it was written, what is no list of futures. */
export function checkFutures(what: string, futures: readonly unknown[]): void {
  if (!Array.isArray(futures)) throw new TypeError(`${what}: needs an array of futures; got ${describe(futures)}`);
  futures.forEach((future: unknown, index) => {
    if (!isFuture(future))
      throw new TypeError(`${what}: input ${index} must be a task or a deferred; got ${describe(future)}`);
  });
}

class Wait<F extends Future<unknown>> extends Operation<WaitResult<F>> {
  readonly futures: readonly F[];
  readonly until: 'first' | 'firstError' | 'all';
  readonly timeout: number;

  constructor(futures: readonly F[], until: 'first' | 'firstError' | 'all', timeout: number) {
    super();
    this.futures = futures;
    this.until = until;
    this.timeout = timeout;
  }

  ready(): boolean {
    const { futures } = this;
    return this.timeout <= 0 || futures.some((future) => this.suffices(future)) || futures.every(hasSettled);
  }

  /** It is what we wait for, whatever the others do. */
  suffices(future: Future<unknown>): boolean {
    return this.until === 'first' ? hasSettled(future) : this.until === 'firstError' && future.status === 'rejected';
  }

  commit(): WaitResult<F> {
    const done: F[] = [];
    const pending: F[] = [];
    for (const future of this.futures) {
      future.observe();
      (hasSettled(future) ? done : pending).push(future);
    }
    return { done, pending };
  }

  park(waiter: Waiter): void {
    new Waiting(this, waiter).start();
  }

  override toString(): string {
    return `wait for ${this.futures.length}`;
  }
}

function hasSettled(future: Future<unknown>): boolean {
  return future.status !== 'pending';
}

/** One wait: the place of its user. Settled, or left, it stands nowhere, and no timer runs. */
class Waiting implements Place, Whole {
  readonly #wait: Wait<Future<unknown>>;
  readonly #user: Waiter;
  readonly parts: Part[] = [];
  #pending = 0;
  #timer: Subscription | null = null;
  #state: 'waiting' | 'settled' | 'over' = 'waiting';

  constructor(wait: Wait<Future<unknown>>, user: Waiter) {
    this.#wait = wait;
    this.#user = user;
  }

  get quiet(): boolean {
    return true;
  }
  get needs(): 'one' | 'all' {
    return this.#wait.until === 'first' ? 'one' : 'all';
  }
  get expires(): boolean {
    return this.#wait.timeout < Infinity;
  }

  start(): void {
    this.#user.place = this;
    this.#timer = after(this.#wait.timeout, () => this.#expire());
    this.#wait.futures.forEach((future, index) => {
      future.observe();
      if (hasSettled(future)) return;
      const part = new Part(this, index);
      this.parts.push(part);
      this.#pending++;
      future.attend(part);
    });
  }

  served(index: number): void {
    const future = this.#wait.futures[index] as Future<unknown>;
    if (--this.#pending === 0 || this.#wait.suffices(future)) this.#settle();
  }

  #settle(): void {
    this.#state = 'settled';
    this.#clear();
    this.#user.settle(this.#wait.commit());
  }

  told(): void {
    if (this.#state !== 'settled') return;
    this.#state = 'over';
    this.#user.tell();
  }

  #expire(): void {
    enter();
    try {
      this.#settle();
      this.told();
    } finally {
      exit();
    }
  }

  #clear(): void {
    this.#user.place = null;
    this.#timer?.unsubscribe();
    for (const part of this.parts) withdraw(part);
  }

  leave(): null {
    this.#state = 'over';
    this.#clear();
    return null;
  }

  toString(): string {
    return `wait for ${this.#wait.futures.length}, ${this.#pending} pending`;
  }
}
