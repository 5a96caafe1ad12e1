import { Line } from '../base/line.ts';
import { Failure } from './outcome.ts';
import { reportUnhandled } from './unhandled.ts';
import { type Place, type Rest, settleAll, Standing, type Waiter, unlent, withdraw } from './waiter.ts';

/** Several that come to an end, as one: it has ended when all have, and fails with the first failure among them. */
export function joinRests(rests: readonly (Rest | null)[]): Rest | null {
  // One rest may be that of several: of all who waited for conditions of one mutex, which can be had only once.
  const open = [...new Set(rests)].filter((rest) => rest !== null);
  if (open.length < 2) return open[0] ?? null;
  const joint: Rest = {
    park: (waiter) => new Joint(waiter, open.length).stand(open),
    unlent(held) {
      const left = open.map((rest) => unlent(rest, held));
      return left.every((rest, i) => rest === open[i]) ? joint : joinRests(left);
    },
  };
  return joint;
}

/** The place of one who waits for several. */
class Joint implements Place {
  readonly #user: Waiter;
  #open: number;
  #parcel: unknown = undefined;
  readonly #parts: JointWaiter[] = [];

  constructor(user: Waiter, open: number) {
    this.#user = user;
    this.#open = open;
  }

  stand(rests: readonly Rest[]): void {
    this.#user.place = this;
    for (const rest of rests) {
      const part = new JointWaiter(this);
      this.#parts.push(part);
      rest.park(part);
    }
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

  leave(waiter: Waiter): null {
    waiter.place = null;
    for (const part of this.#parts) withdraw(part);
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

  override settle(parcel: unknown): void {
    this.#joint.ended(parcel);
  }
  tell(): void {
    this.#joint.tell();
  }
}

/** The clean-up of `whose` work: those who must not go on before it has ended wait here. */
export class CleanUp extends Line<Waiter> implements Rest {
  readonly #whose: { readonly name: string };

  constructor(whose: { readonly name: string }) {
    super();
    this.#whose = whose;
  }

  park(waiter: Waiter): void {
    this.append(waiter);
  }

  /** A failure is that of those who wait, else it belongs to nobody. */
  end(parcel: unknown): void {
    if (this.first !== null) settleAll(this, parcel);
    else if (parcel instanceof Failure) reportUnhandled(parcel.error);
  }

  override toString(): string {
    return `the clean-up of ${this.#whose.name}`;
  }
}
