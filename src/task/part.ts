import { type Rest, Standing } from '../core/waiter.ts';

/** Who waits for several at once, by one part each. */
export interface Whole {
  /** Nobody is to hear of it when a part leaves. */
  readonly quiet: boolean;
  /** Part `index` was served. No user code runs. */
  served(index: number, parcel: unknown): void;
  /** The party that served it has come to its end: part `index` may tell. */
  told(index: number): void;
  /** What part `index` has had withdrawn still cleans up. */
  lingers?(rest: Rest): void;
  /** Who waits, where a part that waits no longer is withdrawn with the whole: for those who look on. */
  readonly user?: object;
}

/** Waits for one of several. */
export class Part extends Standing {
  readonly #whole: Whole;
  readonly #index: number;

  constructor(whole: Whole, index: number) {
    super();
    this.#whole = whole;
    this.#index = index;
  }

  override get quiet(): boolean {
    return this.#whole.quiet;
  }
  /** @internal For those who look on: in whose stead. */
  get asker(): object | null {
    return this.#whole.user ?? null;
  }
  override settle(parcel: unknown): void {
    this.#whole.served(this.#index, parcel);
  }
  override linger(rest: Rest): void {
    this.#whole.lingers?.(rest);
  }
  tell(): void {
    this.#whole.told(this.#index);
  }
}
