// Select: of several operations, exactly one commits.
//
// Three phases:
//   choose  among the cases that are ready now: the first listed, or a fair draw. It commits; nothing else is touched
//   park    nothing was ready: one waiter per case, all of one claim. Cases without effects get in line first; then those
//           that start something (an observable, a coroutine), which may settle the claim at once
//   win     whoever serves one of the waiters settles the claim: the others leave their lines before anybody is told
//
// Invariants:
//   1. a claim is settled once; from then on none of its waiters stands anywhere
//   2. a waiter that is switched off (its channel closed, its observable completed) stands nowhere; the last one to be
//      switched off settles the claim with the failure
//
// Whoever commits by serving a waiter never has to ask it first: those that lost are not in line any more. That replaces the
// lock-all-channels of Go's selectgo and the three-phase protocol of Kotlin's select.

import { EmptyError, type ObservableInput } from 'rxjs';
import { ClosedError, describe } from '../base/errors.ts';
import { chance } from '../core/chance.ts';
import { attempt, misplaced, Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { joinRests } from '../core/rest.ts';
import { PENDING, RESUMED, type Runnable, turn } from '../core/turn.ts';
import { EMPTY_SOURCE } from '../core/until.ts';
import { type Place, type Rest, type Waiter, withdraw } from '../core/waiter.ts';
import { checkSelect, Input, isOn, operationOf, type SelectCases, type Selected, type SelectOptions } from './cases.ts';

/** The parcel of a select: which case committed, and that case's own parcel. */
class Won {
  readonly key: string;
  readonly operation: Operation<unknown>;
  readonly parcel: unknown;

  constructor(key: string, operation: Operation<unknown>, parcel: unknown) {
    this.key = key;
    this.operation = operation;
    this.parcel = parcel;
  }
}

class Select extends Operation<{ key: string; value: unknown }> {
  readonly #cases: SelectCases;
  readonly #options: SelectOptions;

  constructor(cases: SelectCases, options: SelectOptions) {
    super();
    this.#cases = cases;
    this.#options = options;
  }

  get skips(): boolean {
    return this.#options.onClosed === 'skip';
  }

  /** A closed channel is off where it is skipped. */
  isOff(operation: Operation<unknown>): boolean {
    return this.skips && operation.ended()?.clean === true;
  }

  ready(): boolean {
    return this.#countReady() !== 0;
  }

  commit(): unknown {
    return this.#choose(this.#countReady());
  }

  /** How many cases can commit now; -1: all are off, which is an outcome too. */
  #countReady(): number {
    const cases = this.#cases;
    let ready = 0;
    let on = false;
    for (const key in cases) {
      const selectCase = cases[key];
      if (!isOn(selectCase)) continue;
      const operation = operationOf(selectCase);
      if (operation !== null) {
        if (this.isOff(operation)) continue;
        if (operation.ready()) ready++;
      }
      on = true;
    }
    return on ? ready : -1;
  }

  /** Precondition: `ready` cases can commit now. */
  #choose(ready: number): unknown {
    if (ready < 0) return new Failure(new ClosedError(String(this)));
    let before = ready === 1 || this.#options.order === 'priority' ? 0 : chance.below(ready);
    const cases = this.#cases;
    for (const key in cases) {
      const selectCase = cases[key];
      if (!isOn(selectCase)) continue;
      const operation = operationOf(selectCase);
      if (operation === null || !operation.ready() || this.isOff(operation)) continue;
      if (before-- === 0) return new Won(key, operation, operation.commit());
    }
    throw new Error(`${String(this)}: a case that was ready is not`);
  }

  override get effectful(): boolean {
    const cases = this.#cases;
    for (const key in cases) {
      const selectCase = cases[key];
      if (isOn(selectCase) && operationOf(selectCase)?.effectful !== false) return true;
    }
    return false;
  }

  park(waiter: Waiter): void {
    new Claim(this, waiter).stand(this.#cases);
  }

  override open(parcel: unknown): { key: string; value: unknown } {
    if (parcel instanceof Won) return { key: parcel.key, value: parcel.operation.open(parcel.parcel) };
    return super.open(parcel);
  }

  override restore(parcel: unknown): void {
    if (parcel instanceof Won) parcel.operation.restore(parcel.parcel);
  }

  /** @internal The same steps as every operation's, counting the ready cases once. */
  override next(signal?: unknown): IteratorResult<never, { key: string; value: unknown }> {
    const fiber = turn.current as (Waiter & Runnable) | null;
    if (fiber === null || arguments.length === 0) throw misplaced();
    if (signal === RESUMED) return { done: true, value: this.open(fiber.take()) };
    if (--turn.fuel < 0 && fiber.pauses()) return PENDING;
    const ready = this.#countReady();
    if (ready !== 0) return { done: true, value: this.open(this.#choose(ready)) };
    return this.wait(fiber);
  }

  override toString(): string {
    return `select of ${Object.keys(this.#cases).join(', ')}`;
  }
}

/** One waiting select: the place of the one who waits for it, and what its cases have in common. */
class Claim implements Place {
  readonly #select: Select;
  readonly #user: Waiter;
  readonly #cases: Case[] = [];
  /** Cases that are not switched off. */
  #on = 0;
  #state: 'waiting' | 'settled' | 'over' = 'waiting';

  constructor(select: Select, user: Waiter) {
    this.#select = select;
    this.#user = user;
  }

  stand(cases: SelectCases): void {
    this.#user.place = this;
    for (const key in cases) {
      const selectCase = cases[key];
      if (!isOn(selectCase)) continue;
      const operation = operationOf(selectCase) ?? new Input(key, selectCase as ObservableInput<unknown>);
      if (!this.#select.isOff(operation)) this.#cases.push(new Case(this, key, operation));
    }
    this.#on = this.#cases.length;
    for (const one of this.#cases) if (!one.operation.effectful) one.operation.park(one);
    for (const one of this.#cases) if (one.operation.effectful && this.#state === 'waiting') one.operation.park(one);
  }

  /** A case was served: the select has chosen it, unless that only switches it off. */
  serve(one: Case, parcel: unknown): void {
    const { operation } = one;
    const completed = parcel === EMPTY_SOURCE && operation instanceof Input;
    const closed = this.#select.isOff(operation) && operation.ended() === parcel;
    if (!completed && !closed) this.#settle(new Won(one.key, operation, parcel));
    else if (--this.#on === 0)
      this.#settle(new Failure(closed ? new ClosedError(String(this.#select)) : new EmptyError()));
  }

  #settle(parcel: unknown): void {
    this.#state = 'settled';
    this.#user.place = null;
    this.#user.settle(parcel);
    for (const one of this.#cases) withdraw(one);
  }

  tell(): void {
    if (this.#state !== 'settled') return;
    this.#state = 'over';
    this.#user.tell();
  }

  leave(waiter: Waiter): Rest | null {
    this.#state = 'over';
    waiter.place = null;
    return joinRests(this.#cases.map(withdraw));
  }

  toString(): string {
    return String(this.#select);
  }
}

/** One case of a waiting select. */
class Case implements Waiter {
  place: Place | null = null;
  before: Waiter | null = null;
  after: Waiter | null = null;
  parcel: unknown = undefined;
  readonly key: string;
  readonly operation: Operation<unknown>;
  readonly #claim: Claim;

  constructor(claim: Claim, key: string, operation: Operation<unknown>) {
    this.#claim = claim;
    this.key = key;
    this.operation = operation;
  }

  get quiet(): boolean {
    return true;
  }
  get asleep(): boolean {
    return false;
  }
  settle(parcel: unknown): void {
    this.#claim.serve(this, parcel);
  }
  tell(): void {
    this.#claim.tell();
  }
}

/**
 * Waits until one case can commit and commits exactly that one; every other case is withdrawn untouched.
 *
 * ```
 * a            ----1------
 * b            --2----3---
 * select       x----x--x
 * selects      --b  --b...
 * ```
 *
 * A case is any operation (a receive, a send, a sleep, a lock, another select), a channel (its `receive()`), or an observable
 * or promise (its first value; subscribed only when no operation is ready). Falsy cases are off, so that a case can be
 * switched by writing `condition && ch.receive()`.
 *
 * Emits `{ key, value }` of the case that committed, and completes. Of several that are ready, a seeded generator draws one,
 * each with equal probability; with `order: 'priority'` the first listed wins. Waiting, the first that becomes ready wins.
 * Fails with the failure of the case that committed: a closed channel's end (unless `onClosed: 'skip'` switches it off), an
 * observable's error; with `ClosedError` or `EmptyError` when all cases have been switched off. No case on: TypeError, here.
 * Withdrawing it withdraws all cases. A choice is O(cases).
 *
 * An operator that delays, put before a select, takes the value before the choice: select among operations, then delay.
 *
 * @example
 * ```ts
 * const found = yield* select({ order: orders, stop: stop.receive(), late: sleep(1000) });
 * if (found.key === 'order') ship(found.value);
 * ```
 *
 * After Go's select statement, and the alternation of CSP.
 */
export function select<const C extends SelectCases>(
  cases: C | SelectCases,
  options: SelectOptions = {},
): Operation<Selected<C>> {
  checkSelect(cases, options);
  return new Select(cases, options) as Operation<unknown> as Operation<Selected<C>>;
}

/**
 * Commits a case that is ready now, or returns undefined: a select with a default.
 *
 * Of an observable case it takes what comes synchronously on subscription. Throws what `select` would fail with.
 *
 * @example
 * ```ts
 * const found = trySelect({ job: jobs, stop });
 * if (found === undefined) idle();
 * ```
 */
export function trySelect<const C extends SelectCases>(
  cases: C | SelectCases,
  options: SelectOptions = {},
): Selected<C> | undefined {
  const found = attempt(select(cases, options) as Operation<unknown>, 'fail');
  return found.ok ? (found.value as Selected<C>) : undefined;
}

/** Fixes the seed of fair choices made from now on, in `select`, `trySelect` and `mergeSelect`. Marble tests fix it for you. */
export function seedSelect(seed: number): void {
  if (!Number.isFinite(seed))
    throw new RangeError(`seedSelect: the seed must be a finite number, got ${describe(seed)}`);
  chance.seed(seed);
}
