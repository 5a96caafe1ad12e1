// Select: of several operations, exactly one commits.
//
// It chooses among the cases that are ready now: the first listed, or a fair draw. That one commits; nothing else is touched.
// Where nothing is ready, a claim waits (`claim.ts`).

import { checkFinite, checkObject } from '../base/checks.ts';
import { ClosedError } from '../base/errors.ts';
import { printable } from '../base/printable.ts';
import { chance } from '../core/chance.ts';
import { misplaced } from '../core/misuse.ts';
import { Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { poll } from '../core/poll.ts';
import { PENDING, RESUMED, turn } from '../core/turn.ts';
import type { Rest, Running, Waiter } from '../core/waiter.ts';
import { checkOptions, isOn, operationOf, type SelectCases, type Selected, type SelectOptions } from './cases.ts';
import { type Alternatives, Choice, Claim, Won } from './claim.ts';

class Select extends Operation<{ key: string; value: unknown }> implements Alternatives {
  readonly first: Choice | null;
  readonly skips: boolean;
  readonly isFair: boolean;

  /** `what` is the function that was called. */
  constructor(what: string, cases: SelectCases, options: SelectOptions | undefined) {
    super();
    this.isFair = options?.order !== 'priority';
    this.skips = options?.onClosed === 'skip';
    let first: Choice | null = null;
    let last: Choice | null = null;
    // `Object.keys`, or `Object.hasOwn`, would take a quarter of a choice; this the engine sees through.
    for (const key in cases) {
      const selectCase = cases[key];
      if (!isOn(selectCase) || !Object.prototype.hasOwnProperty.call(cases, key)) continue;
      const choice = new Choice(key, operationOf(what, key, selectCase));
      if (last === null) first = choice;
      else last.next = choice;
      last = choice;
    }
    this.first = first;
  }

  isOff(operation: Operation<unknown>): boolean {
    return this.skips && operation.ended()?.clean === true;
  }

  ready(): boolean {
    return this.#countReady() !== 0;
  }

  commit(): unknown {
    const ready = this.#countReady();
    if (ready < 0) return new Failure(this.#allClosed());
    const choice = this.#choose(ready);
    return new Won(choice, choice.operation.commit());
  }

  /** How many cases can commit now; -1: all are off, which is an outcome too. */
  #countReady(): number {
    let ready = 0;
    let on = false;
    for (let choice = this.first; choice !== null; choice = choice.next) {
      if (this.isOff(choice.operation)) continue;
      if (choice.operation.ready()) ready++;
      on = true;
    }
    return on ? ready : -1;
  }

  /** Precondition: `ready` cases can commit now, at least one. */
  #choose(ready: number): Choice {
    let before = this.isFair && ready > 1 ? chance.below(ready) : 0;
    let choice = this.first as Choice;
    while (!choice.operation.ready() || this.isOff(choice.operation) || before-- > 0) choice = choice.next as Choice;
    return choice;
  }

  #allClosed(): ClosedError {
    return new ClosedError(this.toString());
  }

  override get effectful(): boolean {
    for (let choice = this.first; choice !== null; choice = choice.next) if (choice.operation.effectful) return true;
    return false;
  }

  override get asks(): boolean {
    return this.#each((operation) => operation.asks);
  }
  override get wouldWait(): boolean {
    return this.#each((operation) => operation.wouldWait);
  }

  /** Whether `holds` is true of each case that would have to be started. */
  #each(holds: (operation: Operation<unknown>) => boolean): boolean {
    for (let choice = this.first; choice !== null; choice = choice.next) {
      const { operation } = choice;
      if (operation.effectful && !holds(operation)) return false;
    }
    return true;
  }

  park(waiter: Waiter): void {
    new Claim(this, waiter).stand();
  }

  override open(parcel: unknown): { key: string; value: unknown } {
    if (!(parcel instanceof Won)) return super.open(parcel);
    const { key, operation } = parcel.choice;
    return { key, value: operation.open(parcel.parcel) };
  }

  override restore(parcel: unknown): Rest | null {
    return parcel instanceof Won ? parcel.choice.operation.restore(parcel.parcel) : null;
  }

  /** @internal The same steps as every operation's, counting the ready cases once, and with no parcel to be opened. */
  override next(signal?: unknown): IteratorResult<never, { key: string; value: unknown }> {
    const fiber = turn.current as Running | null;
    if (fiber === null || arguments.length === 0) throw misplaced();
    if (signal === RESUMED) return { done: true, value: this.open(fiber.take()) };
    if (--turn.fuel < 0 && fiber.pauses()) return PENDING;
    const ready = this.#countReady();
    if (ready === 0) return fiber.waitFor(this);
    if (ready < 0) throw this.#allClosed();
    const { key, operation } = this.#choose(ready);
    return { done: true, value: { key, value: operation.open(operation.commit()) } };
  }

  override toString(): string {
    const keys = [];
    for (let choice = this.first; choice !== null; choice = choice.next) keys.push(choice.key);
    return printable(`select of ${keys.join(', ')}`);
  }
}

/**
 * Waits until one case can commit and commits exactly that one; every other case is withdrawn untouched.
 *
 * ```
 * a            ----1-----
 * b            --2----3--
 * select       x----x--x-
 * selected     --2--1--3-      1 and 3 were waiting to be sent
 * ```
 *
 * A case is any operation (a receive, a send, a sleep, a lock, another select), a channel (its `receive()`), or an observable
 * or promise (its first value; subscribed only when no operation is ready). Falsy cases are off, so that a case can be
 * switched by writing `condition && ch.receive()`.
 *
 * Emits `{ key, value }` of the case that committed, and completes. Of several that are ready, a seeded generator draws one,
 * each with equal probability; with `order: 'priority'` the first listed wins. Waiting, the first that becomes ready wins.
 * Channels that answer only when they are asked (`channelFrom` of an iterable, an idle `produce`) are asked where nothing else is
 * ready, in an order that is drawn too, and before an observable is subscribed or a coroutine started.
 * Fails with the failure of the case that committed: a closed channel's end (unless `onClosed: 'skip'` switches it off), an
 * observable's error; with `ClosedError` or `EmptyError` when all cases have been switched off. No case on: TypeError, here.
 * Withdrawing it withdraws all cases. A choice is O(cases). Like every operation it can be performed again: one made outside of
 * a loop saves making it each time.
 *
 * An operator that delays, put before a select, takes the value before the choice: `select({ a: ch.pipe(delay(10)), b })`
 * has received from `ch` when `b` wins, and that value is lost. Select among operations, and delay what was selected.
 *
 * ![select in marbles](../../marbles/select/select.svg)
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
  options?: SelectOptions,
): Operation<Selected<C>> {
  return among('select', cases, options) as Operation<unknown> as Operation<Selected<C>>;
}

function among(what: string, cases: SelectCases, options: SelectOptions | undefined): Select {
  checkObject(what, 'cases', cases);
  const operation = new Select(what, cases, options === undefined ? options : checkOptions(what, options));
  if (operation.first === null) throw new TypeError(`${what}: no case is on; it would wait for ever`);
  return operation;
}

/**
 * Commits a case that is ready now, or returns undefined: a select with a default.
 *
 * Of an observable case it takes what comes synchronously on subscription. Throws what `select` would fail with, or throw: TypeError,
 * if no case is on.
 *
 * ![trySelect in marbles](../../marbles/select/try-select.svg)
 *
 * @example
 * ```ts
 * const found = trySelect({ job: jobs, stop });
 * if (found === undefined) idle();
 * ```
 */
export function trySelect<const C extends SelectCases>(
  cases: C | SelectCases,
  options?: SelectOptions,
): Selected<C> | undefined {
  const found = poll<unknown>(among('trySelect', cases, options));
  return found.ok ? (found.value as Selected<C>) : undefined;
}

/** Fixes the seed of fair choices made from now on, in `select`, `trySelect` and `mergeSelect`. Marble tests fix it for you. */
export function seedSelect(seed: number): void {
  checkFinite('seedSelect', 'seed', seed);
  chance.seed(seed);
}
