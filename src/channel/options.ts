import { checkHooks, checkLimit, checkOneOf } from '../base/checks.ts';

/**
 * What a send does when the buffer is full and nobody waits to receive:
 * `suspend` waits for room; `dropOldest` evicts the oldest buffered value; `dropNewest` drops the value that is sent;
 * `fail` fails the send with `OverflowError`.
 */
export type Overflow = 'suspend' | 'dropOldest' | 'dropNewest' | 'fail';

/**
 * Why a value that was given to `send` will not be received: `dropped` (it found the buffer full), `evicted` (a newer one
 * took its slot), `cancelled` (the channel was), `withdrawn` (its waiting send was), `closed` (sent to a closed channel).
 */
export type UndeliveredReason = 'dropped' | 'evicted' | 'cancelled' | 'withdrawn' | 'closed';

export interface ChannelOptions<T> {
  /** Slots of the buffer: 0 (default) is a rendezvous, `Infinity` is unbounded. Anything but an integer >= 0 or Infinity: RangeError. */
  capacity?: number;
  /** What a send does when the buffer is full and nobody waits (default `'suspend'`). */
  overflow?: Overflow;
  /** With `overflow` unset: a full buffer's newest value becomes `conflate(newest, sent)`; never suspends. Needs capacity >= 1. */
  conflate?: (pending: T, sent: T) => T;
  /** Called exactly once for every value that was handed over and will never be received. */
  onUndelivered?: (value: T, reason: UndeliveredReason) => void;
  /** Shown by `toString()`, by errors and by deadlock reports. */
  name?: string;
}

const POLICIES: readonly Overflow[] = ['suspend', 'dropOldest', 'dropNewest', 'fail'];

/** Rejects nonsense where it was written. `what` is the function that was called. */
export function checkOptions<T>(what: string, options: ChannelOptions<T>): void {
  const { capacity = 0, overflow, conflate } = options;
  checkLimit(what, 'capacity', capacity, 0);
  if (overflow !== undefined) checkOneOf(what, 'overflow', overflow, POLICIES);
  checkHooks(what, options, 'conflate', 'onUndelivered');
  if (conflate !== undefined && overflow !== undefined) {
    throw new TypeError(`${what}: conflate is a policy of its own, it cannot be combined with overflow: '${overflow}'`);
  }
  if (capacity === 0 && (overflow === 'dropOldest' || conflate !== undefined)) {
    throw new RangeError(
      `${what}: ${overflow ?? 'conflate'} replaces a buffered value, it needs capacity >= 1; got capacity 0`,
    );
  }
}
