// What withdrawals leave to be done, and who waits for it.
//
// An operation that is withdrawn may have started something, whose `finally` blocks go on. Whoever must not go on before they
// have ended parks at that *rest*: a coroutine that is cancelled, times out or gets another case; one who holds a permit for it,
// has to settle a delivery, or owns a state. Observers hear at once.

import { Line } from '../base/line.ts';
import { Failure } from './outcome.ts';
import { reportUnhandled } from './unhandled.ts';
import { partyOf, type Place, type Rest, settleAll, Standing, type Waiter, withdraw } from './waiter.ts';

/** Several that come to an end, as one: it has ended when all have, and fails with the first failure among them. */
export function joinRests(rests: readonly (Rest | null)[]): Rest | null {
  const open = new Set<Rest>();
  for (const rest of rests) if (rest !== null) for (const part of partsOf(rest)) open.add(part);
  if (open.size > 1) return new JointRest([...open]);
  for (const rest of open) return rest;
  return null;
}

function partsOf(rest: Rest): readonly Rest[] {
  return rest.parts ?? [rest];
}

/** What of `rest` one waits for who is no coroutine. */
export function cleanUpOf(rest: Rest | null): Rest | null {
  return rest === null ? null : joinRests(partsOf(rest).filter((part) => part.relocks !== true));
}

/** What of `rest` is no clean-up. */
export function locksOf(rest: Rest | null): Rest | null {
  return rest === null ? null : joinRests(partsOf(rest).filter((part) => part.relocks === true));
}

class JointRest implements Rest {
  readonly parts: readonly Rest[];

  constructor(parts: readonly Rest[]) {
    this.parts = parts;
  }

  park(waiter: Waiter): void {
    new Joint(waiter).stand(this.parts);
  }
}

/** The place of one who waits for several. */
export class Joint implements Place {
  protected readonly user: Waiter;
  #open = 0;
  #failure: Failure | undefined = undefined;
  readonly parts: JointWaiter[] = [];
  #isTold = false;

  constructor(user: Waiter) {
    this.user = user;
  }

  get party(): object {
    return partyOf(this.user);
  }
  get needs(): 'all' {
    return 'all';
  }

  stand(rests: readonly Rest[]): void {
    this.user.place = this;
    this.#open += rests.length;
    for (const rest of rests) {
      const part = new JointWaiter(this);
      this.parts.push(part);
      rest.park(part);
    }
  }

  ended(parcel: unknown): void {
    this.hear(parcel);
    if (--this.#open > 0) return;
    this.user.place = null;
    this.user.settle(this.outcome);
  }

  /** One of them has ended, perhaps with a Failure. */
  protected hear(parcel: unknown): void {
    if (parcel instanceof Failure) this.#failure ??= parcel;
  }
  protected get outcome(): unknown {
    return this.#failure;
  }

  /** Several may have ended in one step. */
  tell(): void {
    if (this.#open > 0 || this.#isTold) return;
    this.#isTold = true;
    this.user.tell();
  }

  leave(waiter: Waiter): Rest | null {
    waiter.place = null;
    for (const part of this.parts) withdraw(part);
    return null;
  }

  toString(): string {
    return `the end of ${this.#open}`;
  }
}

class JointWaiter extends Standing {
  readonly #joint: Joint;

  constructor(joint: Joint) {
    super();
    this.#joint = joint;
  }

  get party(): object {
    return this.#joint.party;
  }
  override settle(parcel: unknown): void {
    this.#joint.ended(parcel);
  }
  tell(): void {
    this.#joint.tell();
  }
}

/** The clean-up of `whose` work: those who must not go on before it has ended wait here. */
export class CleanUp extends Line<Waiter> implements Rest {
  readonly of: { readonly name: string; readonly cleans?: object };
  #ended = false;

  constructor(whose: { readonly name: string; readonly cleans?: object }) {
    super();
    this.of = whose;
  }

  /** Nothing is left to be waited for. */
  get isOver(): boolean {
    return this.#ended;
  }

  park(waiter: Waiter): void {
    if (!this.isOver) {
      this.append(waiter);
      return;
    }
    waiter.settle(undefined);
    waiter.tell();
  }

  /** A failure is that of those who wait, else it belongs to nobody. */
  end(parcel: unknown): void {
    this.#ended = true;
    if (this.first !== null) settleAll(this, parcel);
    else if (parcel instanceof Failure) reportUnhandled(parcel.error);
  }

  override toString(): string {
    return `the clean-up of ${this.of.name}`;
  }
}

/** The clean-ups of many that come and go, as one that has ended whenever none is left. */
export class Remains extends CleanUp {
  #open = 0;
  #failure: Failure | undefined = undefined;

  override get isOver(): boolean {
    return this.#open === 0;
  }

  add(rest: Rest | null): void {
    if (rest === null) return;
    this.#open++;
    rest.park(new RemainsPart(this));
  }

  /** One of them has ended. Its failure is kept for those who wait, if somebody does. */
  ended(parcel: unknown): void {
    this.#open--;
    if (parcel instanceof Failure) {
      if (this.first !== null && this.#failure === undefined) this.#failure = parcel;
      else reportUnhandled(parcel.error);
    }
    if (this.#open > 0) return;
    const failure = this.#failure;
    this.#failure = undefined;
    this.end(failure);
  }
}

class RemainsPart extends Standing {
  readonly #remains: Remains;

  constructor(remains: Remains) {
    super();
    this.#remains = remains;
  }

  tell(): void {
    this.#remains.ended(this.parcel);
  }
}
