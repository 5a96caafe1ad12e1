import type { Place, Waiter } from '../core/waiter.ts';

/** Who waits for several at once, by one part each. */
export interface Whole {
  /** Nobody is to hear of it when a part leaves. */
  readonly quiet: boolean;
  /** Part `index` was served. No user code runs. */
  served(index: number, parcel: unknown): void;
  /** The party that served it has come to its end: part `index` may tell. */
  told(index: number): void;
}

/** Waits for one of several. */
export class Part implements Waiter {
  place: Place | null = null;
  before: Waiter | null = null;
  after: Waiter | null = null;
  parcel: unknown = undefined;
  readonly #whole: Whole;
  readonly #index: number;

  constructor(whole: Whole, index: number) {
    this.#whole = whole;
    this.#index = index;
  }

  get quiet(): boolean {
    return this.#whole.quiet;
  }
  get asleep(): boolean {
    return false;
  }
  settle(parcel: unknown): void {
    this.#whole.served(this.#index, parcel);
  }
  tell(): void {
    this.#whole.told(this.#index);
  }
}
