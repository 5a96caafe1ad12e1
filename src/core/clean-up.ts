// The rest that most withdrawals leave: work of somebody's that cleans up.

import { Line } from '../base/line.ts';
import { Failure } from './outcome.ts';
import { detain } from './rest.ts';
import { reportUnhandled } from './unhandled.ts';
import { type Rest, serve, settleAll, Standing, type Waiter } from './waiter.ts';

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
    if (this.isOver) serve(waiter, undefined);
    else this.append(waiter);
  }

  detain(waiter: Waiter, rests: readonly Rest[]): void {
    detain(waiter, rests);
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
