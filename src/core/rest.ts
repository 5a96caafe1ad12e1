// What withdrawals leave to be done, and who waits for it.
//
// An operation that is withdrawn may have started something, whose `finally` blocks go on. Whoever must not go on before they
// have ended parks at that *rest*: a coroutine that is cancelled, times out or gets another case; one who holds a permit for it,
// has to settle a delivery, or owns a state. Observers hear at once.
//
// What is here comes with those who make rests: to wait for one, they are asked (`Rest.park`, `Rest.detain`), so that who meets
// none need not load it.

import { Failure } from './outcome.ts';
import { reportUnhandled } from './unhandled.ts';
import { partyOf, type Place, type Rest, Standing, type Waiter, withdraw } from './waiter.ts';

/** Several that come to an end, as one: it has ended when all have, and fails with the first failure among them. */
export function joinRests(rests: readonly (Rest | null)[]): Rest | null {
  const open = [...new Set(rests.flatMap(partsOf))];
  return open.length > 1 ? new JointRest(open) : (open[0] ?? null);
}

function partsOf(rest: Rest | null): readonly Rest[] {
  return rest === null ? [] : (rest.parts ?? [rest]);
}

/** It is no clean-up: a coroutine has to hold a lock again, which it will release. Nobody else wants that. */
function isLock(rest: Rest): boolean {
  return rest.join !== undefined;
}

/** What of `rest` one waits for who is no coroutine. */
export function cleanUpOf(rest: Rest | null): Rest | null {
  return joinRests(partsOf(rest).filter((part) => !isLock(part)));
}

/** What of `rest` is no clean-up. */
export function locksOf(rest: Rest | null): Rest | null {
  return joinRests(partsOf(rest).filter(isLock));
}

class JointRest implements Rest {
  readonly parts: readonly Rest[];

  constructor(parts: readonly Rest[]) {
    this.parts = parts;
  }

  park(waiter: Waiter): void {
    new Joint(waiter).stand(this.parts);
  }
  detain(waiter: Waiter, rests: readonly Rest[]): void {
    detain(waiter, rests);
  }
}

/** The place of one who waits for several: rests, or operations. */
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

  stand(rests: readonly { park(waiter: Waiter): void }[]): void {
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

/** One who may have to linger. */
interface Settled extends Waiter {
  /** It leaves with a parcel of which it has not heard. */
  restore?(parcel: unknown): Rest | null;
}

/**
 * The place of one that has been settled, and is not to go on before what was withdrawn for that has cleaned up. Its outcome
 * stands: what the clean-up fails with is reported. One that leaves, and must not go on before that either, waits for the rest.
 */
export class Lingering extends Joint {
  readonly #rests: Rest[] = [];

  override stand(rests: readonly Rest[]): void {
    this.#rests.push(...rests);
    super.stand(rests);
  }

  protected override hear(parcel: unknown): void {
    if (parcel instanceof Failure) reportUnhandled(parcel.error);
  }
  protected override get outcome(): unknown {
    return this.user.parcel;
  }

  override leave(settled: Settled): Rest | null {
    const { parcel } = settled;
    settled.parcel = undefined;
    super.leave(settled);
    return joinRests([...this.#rests, settled.restore?.(parcel) ?? null]);
  }
}

/** What is left of a source that was withdrawn, and whose `end` is still to come. */
export function restOf(end: { ready(): boolean; park(waiter: Waiter): void }): Rest | null {
  return end.ready() ? null : { park: (waiter) => end.park(waiter), detain };
}

/** What `detain` of every rest does: has `waiter` told when `rests`, of which it may be one, have cleaned up. */
export function detain(waiter: Waiter, rests: readonly Rest[]): void {
  const own = rests.map(cleanUpOf).filter((rest) => rest !== null);
  if (own.length === 0) waiter.tell();
  else new Lingering(waiter).stand(own);
}
