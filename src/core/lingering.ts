import { Failure } from './outcome.ts';
import { reportUnhandled } from './unhandled.ts';
import { partyOf, type Place, type Rest, Standing, type Waiter } from './waiter.ts';

/**
 * The place of a coroutine that has been settled, and is not to go on before what was withdrawn for that has cleaned up. Its
 * outcome stands: what the clean-up fails with is reported. One that is cancelled here (only if it lost nothing by that) waits
 * for the rest of the clean-up, as one that is cancelled anywhere else.
 */
export class Lingering implements Place, Rest {
  /** Null once it was cancelled here. */
  #settled: Waiter | null;
  /** Who waits instead, then. */
  #heir: Waiter | null = null;
  #open = 0;
  #failure: Failure | undefined = undefined;

  constructor(settled: Waiter) {
    this.#settled = settled;
    settled.place = this;
  }

  get party(): object {
    return partyOf((this.#settled ?? this.#heir) as Waiter);
  }

  add(rest: Rest): void {
    this.#open++;
    rest.park(new LingeringPart(this));
  }

  ended(parcel: unknown): void {
    this.#open--;
    const waiter = this.#settled ?? this.#heir;
    if (parcel instanceof Failure) {
      if (this.#settled === null && this.#failure === undefined) this.#failure = parcel;
      else reportUnhandled(parcel.error);
    }
    if (this.#open > 0 || waiter === null) return;
    waiter.place = null;
    waiter.settle(this.#settled === null ? this.#failure : waiter.parcel);
  }

  leave(waiter: Waiter): Rest {
    waiter.place = null;
    waiter.parcel = undefined;
    this.#settled = null;
    return this;
  }

  park(waiter: Waiter): void {
    this.#heir = waiter;
    waiter.place = this;
  }

  toString(): string {
    return `the clean-up of ${this.#open}`;
  }
}

class LingeringPart extends Standing {
  readonly #lingering: Lingering;

  constructor(lingering: Lingering) {
    super();
    this.#lingering = lingering;
  }

  get party(): object {
    return this.#lingering.party;
  }
  override settle(parcel: unknown): void {
    this.#lingering.ended(parcel);
  }
  tell(): void {
    // A coroutine learns of it when it runs.
  }
}
