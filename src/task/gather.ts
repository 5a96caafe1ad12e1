// Gather: of several operations, all; and none of them once one has failed.
//
// Invariants:
//   1. once it is over, no part of it stands anywhere
//   2. a part that was served is opened when its server says `tell`, not before: opening may run user code
//   3. what the parts took is delivered with all the others, or restored
//
// When can it commit at once? Of futures one may know by looking: an outcome stays. Of other parts nobody can say beforehand
// that all will do (two receives on one channel, say), so they are performed, in order, when the gather is parked. But they
// are not even started by `poll` if one of them would wait for sure: the gather is `hopeless`.

import { describe } from '../base/errors.ts';
import { type Future, isFuture } from '../core/future.ts';
import { isOperation, Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { turn } from '../core/turn.ts';
import { joinRests, locksOf } from '../core/rest.ts';
import { partyOf, type Place, type Rest, type Waiter, withdraw } from '../core/waiter.ts';
import { Part, type Whole } from './part.ts';

/**
 * Waits for all of `operations`, and emits their results in the order of the inputs.
 *
 * ```
 * a        --1|             --1|
 * b        ----2|           ----#
 * c        -3|              ------3|   unsubscribed at 4
 * gather   ----([1,2,3]|)   ----#
 * ```
 *
 * Performs them in order, at once. The first failure fails it at once: the others are withdrawn (a coroutine is cancelled, a
 * task or a deferred only unsubscribed from), those further on in the list are not started if it came at once, and nobody
 * waits for the clean-up of what is cancelled. What a receive had taken goes back to its channel.
 *
 * Unsubscribing withdraws all of them, just the same; a coroutine that is cancelled while it waits here by `yield*` waits for
 * their clean-up. An empty array gives `[]` at once. Polled, it starts nothing unless each part might commit now.
 * O(operations), and O(1) for each that completes.
 *
 * ![gather in marbles](../../marbles/task/gather.svg)
 *
 * @example
 * ```ts
 * const [user, orders] = yield* gather([until(fetchUser(id)), until(fetchOrders(id))]);
 * ```
 *
 * After asyncio.gather and Promise.all, which leave the others running when one has failed.
 */
export function gather<const I extends readonly Operation<any>[]>(
  operations: I,
): Operation<{ -readonly [K in keyof I]: I[K] extends Operation<infer T> ? T : never }> {
  if (!Array.isArray(operations)) throw new TypeError(`gather: needs an array; got ${describe(operations)}`);
  operations.forEach((operation: unknown, index) => {
    if (!isOperation(operation))
      throw new TypeError(`gather: input ${index} must be an operation (see until); got ${describe(operation)}`);
  });
  return new Gather([...operations]) as Operation<unknown> as never;
}

class Gather extends Operation<unknown[]> {
  readonly #parts: readonly Operation<unknown>[];
  /** The same, if every part is a future. */
  readonly #futures: readonly Future<unknown>[] | null;

  constructor(parts: readonly Operation<unknown>[]) {
    super();
    this.#parts = parts;
    this.#futures = parts.every(isFuture) ? parts : null;
  }

  ready(): boolean {
    const futures = this.#futures;
    return futures !== null && (futures.every((future) => future.status !== 'pending') || futures.some(hasFailed));
  }
  commit(): unknown {
    const futures = this.#futures ?? [];
    for (const future of futures) future.observe();
    return undefined;
  }
  override get effectful(): boolean {
    return this.#futures === null;
  }
  override get wouldWait(): boolean {
    return this.#parts.some((part) => (part.effectful ? part.wouldWait : !part.ready()));
  }
  park(waiter: Waiter): void {
    new Gathering(this.#parts, waiter).start();
  }
  override open(parcel: unknown): unknown[] {
    if (parcel instanceof Gathering) return parcel.values;
    if (parcel instanceof Failure) throw parcel.error;
    const futures = this.#futures ?? [];
    futures.find(hasFailed)?.result();
    return futures.map((future) => future.result());
  }
  override restore(parcel: unknown): Rest | null {
    return parcel instanceof Gathering ? joinRests(parcel.restore()) : null;
  }

  override toString(): string {
    return `gather of ${this.#parts.length}`;
  }
}

function hasFailed(future: Future<unknown>): boolean {
  return future.status === 'rejected' || future.status === 'cancelled';
}

/** The parcel of a part that has none. */
const NONE = /* @__PURE__ */ Object.freeze({});

/** One gather that waits: the place of its user, and what it brings. */
class Gathering implements Place, Whole {
  readonly values: unknown[];
  readonly #operations: readonly Operation<unknown>[];
  readonly #user: Waiter;
  readonly parts: Part[] = [];
  readonly #parcels: unknown[];
  /** Parts without a value. */
  #open: number;
  #state: 'gathering' | 'over' = 'gathering';
  /** What its parts have had withdrawn, and what may still clean up. */
  #rests: Rest[] | null = null;

  constructor(operations: readonly Operation<unknown>[], user: Waiter) {
    this.#operations = operations;
    this.#user = user;
    this.#open = operations.length;
    this.values = new Array<unknown>(operations.length).fill(undefined);
    this.#parcels = new Array<unknown>(operations.length).fill(NONE);
  }

  get quiet(): boolean {
    return this.#user.quiet;
  }
  get user(): object {
    return partyOf(this.#user);
  }
  get needs(): 'all' {
    return 'all';
  }

  start(): void {
    this.#user.place = this;
    turn.parking++;
    try {
      this.#park();
    } finally {
      turn.parking--;
    }
  }

  #park(): void {
    this.#operations.every((operation, index) => {
      if (operation.ready()) {
        this.served(index, operation.commit());
        this.told(index);
      } else {
        const part = new Part(this, index);
        this.parts.push(part);
        operation.park(part);
      }
      return this.#state === 'gathering';
    });
  }

  served(index: number, parcel: unknown): void {
    this.#parcels[index] = parcel;
    // Its commit told somebody, who made an end of all this.
    if (this.#state === 'over') for (const rest of this.restore()) this.lingers(rest);
  }

  told(index: number): void {
    if (this.#state === 'over') return;
    try {
      this.values[index] = this.#operations[index]?.open(this.#parcels[index]);
    } catch (error) {
      this.#parcels[index] = NONE;
      this.#fail(error);
      return;
    }
    if (--this.#open === 0) this.#settle(this);
  }

  lingers(rest: Rest): void {
    (this.#rests ??= []).push(rest);
  }

  #settle(parcel: unknown): void {
    // Whoever was asked for a value may have made an end of all this.
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#user.place = null;
    this.#user.settle(parcel);
    this.#linger(this.#rests);
    this.#user.tell();
  }

  /** Nobody waits for the clean-up of those that are withdrawn because of it. A lock that one of them left is had again. */
  #fail(error: unknown): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#user.place = null;
    this.#user.settle(new Failure(error));
    const locks = locksOf(joinRests(this.#withdraw()));
    if (locks !== null) this.lingers(locks);
    this.#linger(this.#rests);
    this.#user.tell();
  }

  #linger(rests: Rest[] | null): void {
    const rest = rests === null ? null : joinRests(rests);
    if (rest !== null) this.#user.linger(rest);
  }

  #withdraw(): (Rest | null)[] {
    return [...this.parts.map(withdraw), ...this.restore()];
  }

  /** In reverse, so that what one channel gave gets back to it in order. */
  restore(): Rest[] {
    const rests: Rest[] = [];
    for (let index = this.#parcels.length - 1; index >= 0; index--) {
      const parcel = this.#parcels[index];
      this.#parcels[index] = NONE;
      const rest = parcel === NONE ? null : this.#operations[index]?.restore(parcel);
      if (rest) rests.push(rest);
    }
    return rests;
  }

  leave(waiter: Waiter): Rest | null {
    this.#state = 'over';
    waiter.place = null;
    return joinRests([...this.#withdraw(), ...(this.#rests ?? [])]);
  }

  toString(): string {
    return `gather of ${this.#operations.length}, ${this.#open} to come`;
  }
}
