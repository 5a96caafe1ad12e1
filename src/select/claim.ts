// A select that waits: one waiter for each case, all of one claim.
//
//   waiting ──one of its waiters is served, the last case is switched off, the one who waits leaves──► over
//
// Invariants:
//   1. a claim is settled once; from then on none of its waiters stands anywhere
//   2. a waiter that is switched off (its channel closed, its observable completed) stands nowhere; the last one to be
//      switched off settles the claim with the failure
//
// Whoever commits by serving a waiter never has to ask it first: those that lost are not in line any more. That replaces the
// lock-all-channels of Go's selectgo and the three-phase protocol of Kotlin's select.

import { EmptyError } from 'rxjs';
import { ClosedError } from '../base/errors.ts';
import { chance } from '../core/chance.ts';
import type { Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { joinRests } from '../core/rest.ts';
import { turn } from '../core/turn.ts';
import { EMPTY_SOURCE } from '../core/until.ts';
import { partyOf, type Place, type Rest, Standing, type Waiter, withdraw } from '../core/waiter.ts';
import { Input } from './cases.ts';

/** The parcel of a select: which case committed, and that case's own parcel. */
export class Won {
  readonly choice: Choice;
  readonly parcel: unknown;

  constructor(choice: Choice, parcel: unknown) {
    this.choice = choice;
    this.parcel = parcel;
  }
}

/** A case that is on; those of one select are linked in the order in which they are listed. */
export class Choice {
  readonly key: string;
  readonly operation: Operation<unknown>;
  next: Choice | null = null;

  constructor(key: string, operation: Operation<unknown>) {
    this.key = key;
    this.operation = operation;
  }
}

/** Of what one is to be chosen. */
export interface Alternatives {
  readonly first: Choice | null;
  readonly isFair: boolean;
  /** A closed channel is off where it is skipped. */
  isOff(operation: Operation<unknown>): boolean;
  toString(): string;
}

/** One waiting select: the place of the one who waits for it, and what its cases have in common. */
export class Claim implements Place {
  readonly #select: Alternatives;
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

  constructor(select: Alternatives, user: Waiter) {
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
    const { parts } = this;
    this.#user.place = this;
    // Those with effects come last, also when they leave: their clean-up may call anything, and must find no other case in
    // line, which could be handed what it cannot take. First of them come those that only ask, as if those were ready that
    // answer at once: by chance, and before anything is started.
    let asking: Case[] | null = null;
    let starting: Case[] | null = null;
    for (let choice = this.#select.first; choice !== null; choice = choice.next) {
      const { operation } = choice;
      if (this.#select.isOff(operation)) continue;
      const cases = !operation.effectful ? parts : operation.asks ? (asking ??= []) : (starting ??= []);
      cases.push(new Case(this, choice));
    }
    const cold = parts.length;
    if (asking !== null) parts.push(...(this.#select.isFair ? shuffled(asking) : asking));
    if (starting !== null) parts.push(...starting);
    this.#on = parts.length;
    this.#standing = true;
    turn.parking++;
    try {
      this.#park(0, cold);
      // What the others start may serve one of these at once.
      if (cold < parts.length) this.#park(cold, parts.length);
      this.#standing = false;
    } finally {
      turn.parking--;
    }
  }

  #park(from: number, to: number): void {
    for (let i = from; i < to && this.#state === 'waiting'; i++) {
      const one = this.parts[i] as Case;
      one.choice.operation.park(one);
    }
    if (this.#select.isFair && this.#state === 'waiting') this.#mix();
  }

  /** Cases that wait at one place stand there one behind the other: which is served first is for chance to say. */
  #mix(): void {
    if (!this.parts.some((one) => this.#mayMeet(one))) return;
    const taken = new Map<unknown, Case>();
    const met = new Set<Case>();
    for (const one of this.parts) {
      const nodes = nodesOf(one);
      // A select that is a case stands at several places, and what it has started is not started anew.
      if (nodes.length > 1 && one.choice.operation.effectful) continue;
      for (const { place } of nodes) {
        const other = taken.get(place);
        if (other !== undefined && other !== one) met.add(other).add(one);
        taken.set(place, one);
      }
    }
    this.#standAnew([...met]);
  }

  /** Looks only at who stands right before it. */
  #mayMeet(one: Case): boolean {
    const { place, before } = nodeOf(one);
    return place instanceof Claim || (before !== null && partyOf(before) === this.party);
  }

  /** Has `cases` get in line anew, in an order that chance says. */
  #standAnew(cases: Case[]): void {
    for (const one of shuffled(cases)) {
      if (one.place === null) continue;
      withdraw(one);
      one.choice.operation.park(one);
    }
  }

  /** A case was served: the select has chosen it, unless that only switches it off. */
  serve(one: Case, parcel: unknown): void {
    const { operation } = one.choice;
    if (this.#state !== 'waiting') {
      // The clean-up of a case that has lost served another one, which is just about to leave.
      this.#keep(operation.restore(parcel));
      return;
    }
    const completed = parcel === EMPTY_SOURCE && operation instanceof Input;
    const closed = this.#select.isOff(operation) && operation.ended() === parcel;
    if (parcel instanceof Failure) this.#settle(one, parcel);
    else if (!completed && !closed) this.#settle(one, new Won(one.choice, parcel));
    else if (--this.#on === 0)
      this.#settle(one, new Failure(closed ? new ClosedError(String(this.#select)) : new EmptyError()));
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

/** In an order that chance says. */
function shuffled(cases: Case[]): Case[] {
  for (let i = 0; i < cases.length - 1; i++) {
    const drawn = i + chance.below(cases.length - i);
    [cases[i], cases[drawn]] = [cases[drawn] as Case, cases[i] as Case];
  }
  return cases;
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
  readonly choice: Choice;
  readonly #claim: Claim;

  constructor(claim: Claim, choice: Choice) {
    super();
    this.#claim = claim;
    this.choice = choice;
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
