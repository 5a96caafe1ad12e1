// The owner of a piece of state, as users see it. How requests are served: `serializer.ts`; how states are told: `audience.ts`.

import { distinctUntilChanged, map, Observable, type Observer, type Subscriber } from 'rxjs';
import { checkFunction, checkLimit, ownOptions } from '../base/checks.ts';
import { OverflowError } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import type { Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { enter, exit, turn } from '../core/turn.ts';
import type { Waiter } from '../core/waiter.ts';
import { CompareAndSet, Modify, Read, Update, When, Write } from './owner-operation.ts';
import { Serializer } from './serializer.ts';
import { Notice, receive, Reply, type StateRequest } from './request.ts';
import type { Step } from './step.ts';

export interface StateOwnerOptions<S> {
  /** Shown by `toString()`, by errors and by deadlock reports. */
  name?: string;
  /** Requests that may wait, the running one not counted (default Infinity). A full owner suspends the asking operation and makes `next` and `tell` report `OverflowError`. */
  capacity?: number;
  /** When a write counts as no change (default `Object.is`). */
  equal?: (a: S, b: S) => boolean;
}

const names = /* @__PURE__ */ new Names('stateOwner');

/**
 * The one owner of a piece of state. Reads and writes are served one at a time in order of arrival, also when a step is
 * asynchronous: no read sees a half-made write, a failed or cancelled step changes nothing. A Subject in both senses:
 * requests in (`requests$.subscribe(owner)`), committed states out (the current one first, synchronously).
 *
 * Requests are cold operations: nothing is asked before one is subscribed, awaited by `promise()`, waited for by `yield*` or
 * chosen by a `select`; each performance asks anew. One that is unsubscribed while it waits is withdrawn in O(1); one that
 * runs is cancelled, its observable unsubscribed or its coroutine's `finally` blocks run, and the next one is served after
 * that. A request that finds the owner idle is served at once, synchronously.
 *
 * Equal states (by `equal`) are not emitted and not kept. A subscriber that asks for the next change from inside of its
 * callback gets it when everybody has heard of the one before: all see the same states in the same order.
 *
 * Never wait inside of a step for the same owner: the step then waits for a request that waits for the step, for ever.
 *
 * After the idea of an agent, or of an actor with a mailbox; `capacity` and the end are those of a channel.
 */
export class StateOwner<S> extends Observable<S> implements Observer<StateRequest<S, any>> {
  readonly #serializer: Serializer<S>;

  /** @internal `changed` is called whenever somebody came or went, or the state has changed. */
  constructor(initial: S, options: StateOwnerOptions<S> = {}, changed?: () => void) {
    super();
    const { name, capacity = Infinity, equal = Object.is } = ownOptions('stateOwner', options);
    checkLimit('stateOwner', 'capacity', capacity, 0);
    checkFunction('stateOwner', 'equal', equal);
    this.#serializer = new Serializer(name ?? names.spell(names.draw()), initial, capacity, equal, changed);
    turn.watch?.made?.('stateOwner', this);
  }

  get name(): string {
    return this.#serializer.name;
  }

  /** The last committed state. It stays readable after the end. */
  get value(): S {
    return this.#serializer.value;
  }

  /** Requests waiting, the running one included. Those that a full owner lets wait before they may ask are not counted. */
  get pending(): number {
    const { waiting, capacity, isBusy } = this.#serializer;
    return Math.min(waiting, capacity) + (isBusy ? 1 : 0);
  }

  /**
   * Reads `project` of the state, when all who asked before have been served.
   *
   * ```
   * update(slow)   -x---1
   * read           --x--1
   * ```
   *
   * Emits what `project` returns, whatever that is, and completes. Fails with what `project` throws, with `ClosedError` after
   * the end, with `CancelledError` when the owner is cancelled. O(1).
   *
   * @example
   * ```ts
   * const total = yield* cart.read((state) => state.total);
   * ```
   */
  read<R>(project: (state: S) => R): Operation<R> {
    checkFunction(this, "read's project", project);
    return new Read(this.#serializer, project);
  }

  /**
   * Makes `next` the state.
   *
   * ```
   * write(next)   -a-b-
   * owner         0a-b-
   * ```
   *
   * Emits the state that is kept: `next`, or the present one if that is equal to it, in which case nothing changes. Fails
   * with what `equal` throws, with `ClosedError` after the end, with `CancelledError` when the owner is cancelled. O(1), and
   * what the subscribers cost.
   *
   * @example
   * ```ts
   * owner.write({ count: 0 }).subscribe();
   * ```
   */
  write(next: S): Operation<S> {
    return new Write(this.#serializer, next);
  }

  /**
   * Commits what `step` makes of the state.
   *
   * ```
   * update(step)   -x-----
   * step's input    --1-2|
   * owner          0----2-
   * ```
   *
   * A step returns the next state, or something that brings it: the last value of an observable, an async iterable or a
   * ReadableStream, what a promise resolves with, what a coroutine (a generator) returns. Meanwhile other requests wait, and
   * `value` is the state before. One that completes without a value changes nothing.
   *
   * Emits the state that is kept, and completes. Fails with what the step throws or fails with, and then nothing changes; with
   * `ClosedError` after the end, with `CancelledError` when the owner is cancelled. Unsubscribing while it waits withdraws
   * it. While it runs, it cancels the step: an observable is unsubscribed, a promise abandoned, and the next request is served
   * at once; of a coroutine the `finally` blocks run, of an async iterator `return()`, and the next request is served when
   * these have ended, since what they do may still be about the state.
   *
   * A step must not wait for its own owner: it would never end.
   *
   * @example
   * ```ts
   * owner.update((state) => ({ ...state, count: state.count + 1 })).subscribe();
   * owner.update((state) => http.put<State>('/state', state)).subscribe();
   * yield* owner.update(function* (state) {
   *   yield* sleep(10);
   *   return { ...state, ready: true };
   * });
   * ```
   */
  update(step: (state: S) => Step<S>): Operation<S> {
    checkFunction(this, "update's step", step);
    return new Update(this.#serializer, step);
  }

  /**
   * `update` that also answers: `step` returns, or brings, `[next state, answer]`.
   *
   * ```
   * modify(n => [n + 1, `was ${n}`])   -x----
   * answers                            -(was 0)
   * owner                              01----
   * ```
   *
   * Emits the answer, and completes. All else is as with `update`. A step that brings anything but a pair: TypeError. One that
   * completes without a value changes nothing, and emits the state.
   *
   * @example
   * ```ts
   * const id = yield* owner.modify((state) => [{ ...state, nextId: state.nextId + 1 }, state.nextId]);
   * ```
   */
  modify<R>(step: (state: S) => Step<readonly [S, R]>): Operation<R> {
    checkFunction(this, "modify's step", step);
    return new Modify(this.#serializer, step);
  }

  /**
   * Makes `next` the state if the state is equal to `expected`.
   *
   * ```
   * compareAndSet(0, 5)   -x---y---
   * answers               -true-false
   * owner                 05-------
   * ```
   *
   * Emits whether it was, and completes. Fails with what `equal` throws, with `ClosedError` after the end, with
   * `CancelledError` when the owner is cancelled. O(1), and what the subscribers cost.
   *
   * @example
   * ```ts
   * if (yield* leader.compareAndSet(null, me)) lead();
   * ```
   */
  compareAndSet(expected: S, next: S): Operation<boolean> {
    return new CompareAndSet(this.#serializer, expected, next);
  }

  /**
   * Updates, from this call on and without an answer: for event handlers. A failure reaches `config.onUnhandledError`, and so
   * does `OverflowError` when the owner is full, and `ClosedError` after the end.
   *
   * @example
   * ```ts
   * button.onclick = () => owner.tell((n) => n + 1);
   * ```
   */
  tell(step: (state: S) => Step<S>): void {
    const operation = this.update(step);
    this.#post(operation, new Notice(operation), step);
  }

  /**
   * The projection of every committed state, when it changes.
   *
   * ```
   * owner                   {a:1,b:1}-{a:1,b:2}-{a:2,b:2}|
   * select(({ a }) => a)    1-------------------2--------|
   * ```
   *
   * Emits the projection of the current state synchronously, then each one that differs, by `equal` (default `Object.is`),
   * from the one before. Ends as the owner does, and with what `project` or `equal` throws.
   *
   * @example
   * ```ts
   * const count = toSignal(owner.select((state) => state.count), { requireSync: true });
   * ```
   */
  select<R>(project: (state: S) => R, equal: (a: R, b: R) => boolean = Object.is): Observable<R> {
    checkFunction(this, "select's project", project);
    checkFunction(this, "select's equal", equal);
    return this.pipe(
      map((state) => project(state)),
      distinctUntilChanged(equal),
    );
  }

  /**
   * Waits for the first committed state, now or later, that satisfies `predicate`. No update is missed.
   *
   * ```
   * owner                0-1-5-2-
   * when(n => n > 3)     ----(5|)
   * ```
   *
   * Emits that state, and completes. It does not stand in line with requests: `predicate` is called with the current state,
   * and at each change. Fails with what `predicate` throws, and with `ClosedError` when the owner ends without such a state.
   *
   * @example
   * ```ts
   * const ready = yield* connection.when((state) => state === 'open').withTimeout(1000);
   * ```
   */
  when(predicate: (state: S) => boolean): Operation<S> {
    checkFunction(this, "when's predicate", predicate);
    return new When(this.#serializer, predicate);
  }

  /** Asks what `request` says; its `response` is the answer. The same one twice, or something else: throws TypeError. */
  next(request: StateRequest<S, any>): void {
    const { asks, response } = receive(request, this.name);
    const operation = asks(this);
    this.#post(operation, new Reply(operation, response), request);
  }

  /** Serves what has been asked, then errs with `cause`. */
  error(cause: unknown): void {
    this.#during(() => this.#serializer.close({ how: 'failed', cause }));
  }

  /** Serves what has been asked, then completes. */
  complete(): void {
    this.#during(() => this.#serializer.close({ how: 'completed' }));
  }

  /** Rejects what waits, and what runs, with `CancelledError`; completes. */
  cancel(reason?: unknown): void {
    this.#during(() => this.#serializer.cancel(reason));
  }

  /** For one who does not wait for `operation`. `what` finds no room if the owner is full. */
  #post(operation: Operation<unknown>, waiter: Waiter, what: unknown): void {
    this.#during(() => {
      if (operation.ready()) waiter.settle(operation.commit());
      else if (this.#serializer.isFull) waiter.settle(new Failure(new OverflowError(this.name, what)));
      else {
        operation.park(waiter);
        turn.watch?.waits(waiter);
        return;
      }
      waiter.tell();
    });
  }

  #during(act: () => void): void {
    enter();
    try {
      act();
    } finally {
      exit();
    }
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<S>): void {
    if (subscriber.closed) return;
    this.#during(() => this.#serializer.audience.welcome(subscriber));
  }

  override toString(): string {
    const { waiting, capacity, audience, state } = this.#serializer;
    const parts = [`${this.pending} pending`];
    if (waiting > capacity) parts.push(`${waiting - capacity} waiting to ask`);
    const subscribers = audience.count((listener) => listener.subscribed);
    if (subscribers > 0) parts.push(`${subscribers} subscribed`);
    return `${this.name} (${[...parts, state].join(', ')})`;
  }

  /** @internal */
  get serializer(): Serializer<S> {
    return this.#serializer;
  }

  /** @internal */
  check(): void {
    this.#serializer.check();
  }
}

/**
 * Makes the one owner of a piece of state, which begins as `initial`.
 *
 * ```
 * update(n => n + 1)   -x-x-x-
 * owner                01-2-3-
 * ```
 *
 * As an Observable it emits the current state synchronously, then every committed change, to all subscribers in the same
 * order. As an Observer it takes requests: `requests$.subscribe(owner)`.
 *
 * ![stateOwner in marbles](../../marbles/state/state-owner.svg)
 *
 * @example
 * ```ts
 * const counter = stateOwner(0, { name: 'counter' });
 * counter.subscribe(console.log);                              // 0, then 1
 * counter.update((n) => n + 1).subscribe();
 * const n = await counter.read((n) => n).promise();            // 1
 * ```
 */
export function stateOwner<S>(initial: S, options?: StateOwnerOptions<S>): StateOwner<S> {
  return new StateOwner(initial, options);
}
