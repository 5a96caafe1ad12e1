import { Failure } from './outcome.ts';
import { Joint, joinRests } from './rest.ts';
import { reportUnhandled } from './unhandled.ts';
import type { Rest, Waiter } from './waiter.ts';

/** One who may have to linger. */
interface Settled extends Waiter {
  /** It leaves with a parcel of which it has not heard. */
  restore?(parcel: unknown): void;
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
    settled.restore?.(parcel);
    return joinRests(this.#rests);
  }
}
