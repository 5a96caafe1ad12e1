import { Failure } from './outcome.ts';
import type { Place, Rest, Waiter } from './waiter.ts';

/** What is left to clean up, as one: it has ended when all have, and fails with the first failure among them. */
export function joinRests(rests: readonly (Rest | null)[]): Rest | null {
  const open = rests.filter((rest) => rest !== null);
  if (open.length < 2) return open[0] ?? null;
  return { park: (waiter) => new Joint(waiter, open.length).stand(open) };
}

/** The place of one who waits for several rests. It is never left: nobody is cancelled again while it cleans up. */
class Joint implements Place {
  readonly #user: Waiter;
  #open: number;
  #parcel: unknown = undefined;

  constructor(user: Waiter, open: number) {
    this.#user = user;
    this.#open = open;
  }

  stand(rests: readonly Rest[]): void {
    this.#user.place = this;
    for (const rest of rests) rest.park(new Part(this));
  }

  ended(parcel: unknown): void {
    if (parcel instanceof Failure && this.#parcel === undefined) this.#parcel = parcel;
    if (--this.#open > 0) return;
    this.#user.place = null;
    this.#user.settle(this.#parcel);
  }

  tell(): void {
    if (this.#open === 0) this.#user.tell();
  }

  leave(): null {
    return null;
  }

  toString(): string {
    return `clean-up of ${this.#open}`;
  }
}

class Part implements Waiter {
  place: Place | null = null;
  before: Waiter | null = null;
  after: Waiter | null = null;
  parcel: unknown = undefined;
  readonly #joint: Joint;

  constructor(joint: Joint) {
    this.#joint = joint;
  }

  get quiet(): boolean {
    return false;
  }
  get asleep(): boolean {
    return false;
  }
  settle(parcel: unknown): void {
    this.#joint.ended(parcel);
  }
  tell(): void {
    this.#joint.tell();
  }
}
