// Performing without waiting.

import { reject } from '../base/checks.ts';
import { inOwn } from './ambient.ts';
import { isOperation, type Operation } from './operation.ts';
import { enter, exit, turn } from './turn.ts';
import { Standing, withdraw } from './waiter.ts';

/** What a non-waiting attempt found. `closed` tells "nothing yet" from "nothing ever again". */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly closed: boolean };

export const NOT_NOW: Attempt<never> = /* @__PURE__ */ Object.freeze({ ok: false, closed: false });
export const CLOSED: Attempt<never> = /* @__PURE__ */ Object.freeze({ ok: false, closed: true });

/**
 * Performs `operation` only if it can commit now; otherwise leaves no trace. Never waits.
 *
 * Of an operation that has ended (a receive at the end of its channel, a send on a closed one): `{ ok: false, closed: true }`,
 * whatever the cause. What fails otherwise is thrown here.
 *
 * ![poll in marbles](../../marbles/core/poll.svg)
 *
 * @example
 * ```ts
 * const got = poll(orders.receive());
 * if (got.ok) ship(got.value);
 * else if (got.closed) goHome();
 * ```
 */
export function poll<T>(operation: Operation<T>): Attempt<T> {
  if (!isOperation(operation)) reject(TypeError, 'poll', 'operation', 'an operation', operation);
  return turn.ambient === null ? attempt(operation) : inOwn(() => attempt(operation));
}

/** In the context of whoever polls. */
function attempt<T>(operation: Operation<T>): Attempt<T> {
  if (operation.ended() !== null) return CLOSED;
  enter();
  try {
    let parcel: unknown;
    if (operation.ready()) parcel = operation.commit();
    else if (operation.effectful && !operation.wouldWait) {
      const probe = new Probe();
      operation.park(probe);
      if (!probe.settled) {
        withdraw(probe);
        return NOT_NOW;
      }
      parcel = probe.parcel;
    } else return NOT_NOW;
    const end = operation.ended();
    if (end !== null && end === parcel) return CLOSED;
    return { ok: true, value: operation.open(parcel) };
  } finally {
    exit();
  }
}

/** A waiter that does not wait. */
class Probe extends Standing {
  settled = false;

  override get quiet(): boolean {
    return true;
  }
  override settle(parcel: unknown): void {
    this.parcel = parcel;
    this.settled = true;
  }
  tell(): void {
    // Whoever polls is told by the return value.
  }
}
