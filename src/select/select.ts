// Select: of several operations, exactly one commits.
//
// Three phases:
//   choose  among the cases that are ready now: the first listed, or a fair draw. It commits; nothing else is touched
//   park    nothing was ready: one waiter per case, all of one claim. Cases without effects get in line first; then those
//           that start something (an observable, a coroutine), which may settle the claim at once. Where several wait at one
//           place, a fair select has drawn who stands first
//   win     whoever serves one of the waiters settles the claim: the others leave their lines before anybody is told
//
// Invariants:
//   1. a claim is settled once; from then on none of its waiters stands anywhere
//   2. a waiter that is switched off (its channel closed, its observable completed) stands nowhere; the last one to be
//      switched off settles the claim with the failure
//
// Whoever commits by serving a waiter never has to ask it first: those that lost are not in line any more. That replaces the
// lock-all-channels of Go's selectgo and the three-phase protocol of Kotlin's select.

import { EmptyError } from 'rxjs';
import { checkFinite, checkObject } from '../base/checks.ts';
import { ClosedError } from '../base/errors.ts';
import { printable } from '../base/printable.ts';
import { chance } from '../core/chance.ts';
import { misplaced } from '../core/misuse.ts';
import { Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { poll } from '../core/poll.ts';
import { joinRests } from '../core/rest.ts';
import { PENDING, RESUMED, turn } from '../core/turn.ts';
import { EMPTY_SOURCE } from '../core/until.ts';
import { partyOf, type Place, type Rest, type Running, Standing, type Waiter, withdraw } from '../core/waiter.ts';
import {
  checkOptions,
  Input,
  isOn,
  operationOf,
  type SelectCases,
  type Selected,
  type SelectOptions,
} from './cases.ts';

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

/** A case that is on; those of one select are linked in the order in which they are listed. */
class Choice {
  readonly key: string;
  readonly operation: Operation<unknown>;
  next: Choice | null = null;

  constructor(key: string, operation: Operation<unknown>) {
    this.key = key;
    this.operation = operation;
  }
}

class Select extends Operation<{ key: string; value: unknown }> {
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

  /** A closed channel is off where it is skipped. */
  isOff(operation: Operation<unknown>): boolean {
    return this.skips && operation.ended()?.clean === true;
  }

  ready(): boolean {
    return this.#countReady() !== 0;
  }

  commit(): unknown {
    const ready = this.#countReady();
    if (ready < 0) return new Failure(this.#allClosed());
    const { key, operation } = this.#choose(ready);
    return new Won(key, operation, operation.commit());
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

  /** None of those that would have to be started for it could commit. */
  override get wouldWait(): boolean {
    for (let choice = this.first; choice !== null; choice = choice.next) {
      const { operation } = choice;
      if (operation.effectful && !operation.wouldWait) return false;
    }
    return true;
  }

  park(waiter: Waiter): void {
    new Claim(this, waiter).stand();
  }

  override open(parcel: unknown): { key: string; value: unknown } {
    if (parcel instanceof Won) return { key: parcel.key, value: parcel.operation.open(parcel.parcel) };
    return super.open(parcel);
  }

  override restore(parcel: unknown): Rest | null {
    return parcel instanceof Won ? parcel.operation.restore(parcel.parcel) : null;
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

/** One waiting select: the place of the one who waits for it, and what its cases have in common. */
class Claim implements Place {
  readonly #select: Select;
  readonly #user: Waiter;
  readonly parts: Case[] = [];
  /** Cases that are not switched off. */
  #on = 0;
  #state: 'waiting' | 'over' = 'waiting';
  /** Its cases are getting in line. */
  #standing = false;
  /** The case that settled it, until that is told. */
  #winner: Case | null = null;
  /** What its cases have left to be done. */
  #rests: Rest[] | null = null;

  constructor(select: Select, user: Waiter) {
    this.#select = select;
    this.#user = user;
  }

  /** A select may be a case itself. */
  get party(): object {
    return partyOf(this.#user);
  }

  get needs(): 'one' {
    return 'one';
  }
  /** As long as its cases get in line, who knows what another brings. */
  get expires(): boolean {
    return this.#standing;
  }

  stand(): void {
    this.#user.place = this;
    // Those with effects come last, also when they leave: their clean-up may call anything, and must find no other case in
    // line, which could be handed what it cannot take.
    let later: Case[] | null = null;
    for (let choice = this.#select.first; choice !== null; choice = choice.next) {
      const { operation } = choice;
      if (this.#select.isOff(operation)) continue;
      const cases = operation.effectful ? (later ??= []) : this.parts;
      cases.push(new Case(this, choice));
    }
    if (later !== null) this.parts.push(...later);
    this.#on = this.parts.length;
    this.#standing = true;
    turn.parking++;
    try {
      for (const one of this.parts) if (this.#state === 'waiting') one.operation.park(one);
      this.#standing = false;
      if (this.#select.isFair && this.#state === 'waiting') this.#mix();
    } finally {
      turn.parking--;
    }
  }

  /** Cases that wait at one place stand there one behind the other: which is served first is for chance to say. */
  #mix(): void {
    const mixed = new Set<unknown>();
    for (const one of this.parts) {
      const { place, before } = nodeOf(one);
      if (place instanceof Claim) {
        this.#mixNested();
        return;
      }
      if (before === null || partyOf(before) !== this.party || mixed.has(place)) continue;
      mixed.add(place);
      this.#shuffle(this.parts.filter((other) => nodeOf(other).place === place));
    }
  }

  /** A case that is a select stands at several places: where it meets another case at one of them, all get in line anew. */
  #mixNested(): void {
    const cold = this.parts.filter(({ operation }) => !operation.effectful);
    const taken = new Map<unknown, Case>();
    const meets = (one: Case): boolean =>
      nodesOf(one).some(({ place }) => {
        const other = taken.get(place);
        taken.set(place, one);
        return other !== undefined && other !== one;
      });
    if (cold.some(meets)) this.#shuffle(cold);
  }

  /** Has `cases` get in line anew, in an order that chance says. */
  #shuffle(cases: Case[]): void {
    for (let left = cases.length; left > 0; left--) {
      const [next] = cases.splice(chance.below(left), 1) as [Case];
      withdraw(next);
      if (this.#state === 'waiting') next.operation.park(next);
    }
  }

  /** A case was served: the select has chosen it, unless that only switches it off. */
  serve(one: Case, parcel: unknown): void {
    const { operation } = one;
    if (this.#state !== 'waiting') {
      // The clean-up of a case that has lost served another one, which is just about to leave.
      this.#keep(operation.restore(parcel));
      return;
    }
    const completed = parcel === EMPTY_SOURCE && operation instanceof Input;
    const closed = this.#select.isOff(operation) && operation.ended() === parcel;
    if (parcel instanceof Failure) this.#settle(one, parcel);
    else if (!completed && !closed) this.#settle(one, new Won(this.#fairly(one).key, operation, parcel));
    else if (--this.#on === 0)
      this.#settle(one, new Failure(closed ? new ClosedError(String(this.#select)) : new EmptyError()));
  }

  /** Of cases that perform the same operation, some may not have been asked yet: the first one was served as it got in line. */
  #fairly(one: Case): Case {
    if (!this.#standing || !this.#select.isFair) return one;
    const same = this.parts.filter(({ operation }) => operation === one.operation);
    return same.length === 1 ? one : (same[chance.below(same.length)] as Case);
  }

  #settle(winner: Case, parcel: unknown): void {
    this.#state = 'over';
    this.#winner = winner;
    this.#user.place = null;
    this.#user.settle(parcel);
    const rest = this.#withdraw();
    if (rest !== null) this.#user.linger(rest);
  }

  /** All cases leave, and then the rest of that is put together: what parks there may take what another case waits for. */
  #withdraw(): Rest | null {
    for (const one of this.parts) this.#keep(withdraw(one));
    return this.#rests === null ? null : joinRests(this.#rests);
  }

  #keep(rest: Rest | null): void {
    if (rest !== null) (this.#rests ??= []).push(rest);
  }

  /** What one case has had withdrawn still cleans up. */
  linger(one: Case, rest: Rest): void {
    if (this.#winner === one) this.#user.linger(rest);
  }

  /** Another case may have been served in the same commit, or by the clean-up of one that lost: it has nothing to tell. */
  tell(one: Case): void {
    if (this.#winner !== one) return;
    this.#winner = null;
    this.#user.tell();
  }

  leave(waiter: Waiter): Rest | null {
    this.#state = 'over';
    waiter.place = null;
    return this.#withdraw();
  }

  toString(): string {
    return String(this.#select);
  }
}

/** Who stands in line for `waiter`: itself, or one that waits in its stead. */
function nodeOf(waiter: Waiter): Waiter {
  let node = waiter;
  while (node.place instanceof Standing) node = node.place;
  return node;
}

/** The same, of one whose place may be a select: all that stand in line for it. */
function nodesOf(waiter: Waiter): Waiter[] {
  const node = nodeOf(waiter);
  return node.place instanceof Claim ? node.place.parts.flatMap(nodesOf) : [node];
}

/** One case of a waiting select. */
class Case extends Standing {
  readonly key: string;
  readonly operation: Operation<unknown>;
  readonly #claim: Claim;

  constructor(claim: Claim, { key, operation }: Choice) {
    super();
    this.#claim = claim;
    this.key = key;
    this.operation = operation;
  }

  override get quiet(): boolean {
    return true;
  }
  get party(): object {
    return this.#claim.party;
  }
  override settle(parcel: unknown): void {
    this.#claim.serve(this, parcel);
  }
  override linger(rest: Rest): void {
    this.#claim.linger(this, rest);
  }
  tell(): void {
    this.#claim.tell(this);
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
