import { type Rest, Standing } from './waiter.ts';

/**
 * A waiter that acts for others: it holds permits for what it waits for, has to settle a delivery, or serves one request at a
 * time. So it hears of an outcome when what was withdrawn for that has cleaned up: until then it can be withdrawn.
 */
export abstract class Patient extends Standing {
  #rests: Rest[] | null = null;

  override linger(rest: Rest): void {
    (this.#rests ??= []).push(rest);
  }

  tell(): void {
    const rests = this.#rests;
    this.#rests = null;
    if (rests === null) this.proceed();
    else rests[0]?.detain(this, rests);
  }

  /** It has its parcel, and nothing is left that cleans up. */
  abstract proceed(): void;
  /** It is withdrawn with a parcel of which it has not heard. */
  abstract restore(parcel: unknown): Rest | null;
}
