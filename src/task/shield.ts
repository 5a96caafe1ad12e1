import { describe } from '../base/errors.ts';
import { isOperation, Operation } from '../core/operation.ts';
import type { End } from '../core/outcome.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { type Place, type Rest, Standing, type Waiter } from '../core/waiter.ts';

/**
 * Runs `operation` to its end, whatever happens to those who wait for it.
 *
 * ```
 * subscribe    ^---!          the one who waited has left
 * operation    x------|       goes on
 * ```
 *
 * Emits what the operation does, and fails as it does. Unsubscribing, a timeout, losing a select, or cancelling the coroutine
 * that waits does not withdraw it: that one goes on at once, and the operation goes on without it; its value is lost then, and
 * its failure is reported through `config.onUnhandledError`. Each subscription performs the operation anew.
 *
 * A `finally` block that was waiting already when its task is cancelled is cut there; what it waits for by `shield` is not.
 * Do not shield what takes a value from others (a receive, a lock): nobody would be there to use it.
 *
 * ![shield in marbles](../../marbles/task/shield.svg)
 *
 * @example
 * ```ts
 * try {
 *   yield* serve(connection);
 * } finally {
 *   yield* shield(goodbye(connection));
 * }
 * ```
 *
 * After asyncio.shield.
 */
export function shield<T>(operation: Operation<T>): Operation<T> {
  if (!isOperation(operation))
    throw new TypeError(`shield: needs an operation (see until); got ${describe(operation)}`);
  return new Shield<T>(operation);
}

class Shield<T> extends Operation<T> {
  readonly #operation: Operation<T>;

  constructor(operation: Operation<T>) {
    super();
    this.#operation = operation;
  }

  ready(): boolean {
    return this.#operation.ready();
  }
  commit(): unknown {
    return this.#operation.commit();
  }
  override get effectful(): boolean {
    return this.#operation.effectful;
  }
  override get wouldWait(): boolean {
    return this.#operation.wouldWait;
  }
  override ended(): End | null {
    return this.#operation.ended();
  }
  override restore(parcel: unknown): Rest | null {
    return this.#operation.restore(parcel);
  }
  park(waiter: Waiter): void {
    const stand = new StandIn(this.#operation, waiter);
    waiter.place = stand;
    this.#operation.park(stand);
  }
  override open(parcel: unknown): T {
    return this.#operation.open(parcel);
  }

  override toString(): string {
    return 'shield';
  }
}

/** Waits in its user's stead, and goes on waiting when that one leaves. */
class StandIn extends Standing implements Place {
  readonly #operation: Operation<unknown>;
  /** Null once it has left, or was told. */
  #user: Waiter | null;

  constructor(operation: Operation<unknown>, user: Waiter) {
    super();
    this.#operation = operation;
    this.#user = user;
  }

  override settle(parcel: unknown): void {
    const user = this.#user;
    if (user === null) {
      this.parcel = parcel;
      return;
    }
    user.place = null;
    user.settle(parcel);
  }

  override linger(rest: Rest): void {
    this.#user?.linger(rest);
  }

  tell(): void {
    const user = this.#user;
    this.#user = null;
    if (user !== null) user.tell();
    else this.#look();
  }

  /** Nobody is there any more: only a failure is of interest. */
  #look(): void {
    try {
      this.#operation.open(this.parcel);
    } catch (error) {
      reportUnhandled(error);
    }
  }

  leave(waiter: Waiter): null {
    waiter.place = null;
    this.#user = null;
    return null;
  }

  override toString(): string {
    return String(this.place);
  }
}
