import { ownHooks } from '../core/ambient.ts';
import { checkHooks, checkLimit, checkOneOf, ownOptions } from '../base/checks.ts';

/**
 * What a send does when the buffer is full and nobody waits to receive:
 * `suspend` waits for room; `dropOldest` evicts the oldest buffered value; `dropNewest` drops the value that is sent;
 * `fail` fails the send with `OverflowError`.
 */
export type Overflow = (typeof OVERFLOWS)[number];

/** Every policy. Whoever must know them all names them in a `switch`, so that a new one is a compile error there. */
export const OVERFLOWS = ['suspend', 'dropOldest', 'dropNewest', 'fail'] as const;

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
  /**
   * What a value weighs, a number > 0 (default 1 each): a value fits if the sum with it is at most `capacity`, or the buffer is
   * empty. Asked once a value, when it is accepted into the buffer; one that throws fails that send. Not with `conflateBy`.
   */
  weigh?: (value: T) => number;
  /**
   * A buffered value of equal key (as in a Map) is replaced where it stands, full or not, and the replaced one is `evicted`; with
   * `conflate` the two are merged instead, and `overflow` says what becomes of a value of another key. O(1). Needs capacity >= 1.
   */
  conflateBy?: (value: T) => unknown;
  /** With `overflow` unset: a full buffer's newest value becomes `conflate(newest, sent)`; never suspends. Needs capacity >= 1. */
  conflate?: (pending: T, sent: T) => T;
  /** Called exactly once for every value that was handed over and will never be received. */
  onUndelivered?: (value: T, reason: UndeliveredReason) => void;
  /** Shown by `toString()`, by errors and by deadlock reports. */
  name?: string;
}

/** What of the options is code of the user's. */
const HOOKS = ['conflate', 'conflateBy', 'weigh', 'onUndelivered'] as const;

/** Rejects nonsense where it was written; the options that count. `what` is the function that was called. */
export function checkOptions<O extends ChannelOptions<any>>(what: string, given: O): O {
  const options = ownOptions(what, given);
  const { capacity = 0, overflow, conflate, conflateBy, weigh } = options;
  checkLimit(what, 'capacity', capacity, 0);
  if (overflow !== undefined) checkOneOf(what, 'overflow', overflow, OVERFLOWS);
  checkHooks(what, options, ...HOOKS);
  if (weigh !== undefined && conflateBy !== undefined) {
    throw new TypeError(`${what}: weigh and conflateBy are two bounds, give one of them`);
  }
  if (conflate !== undefined && overflow !== undefined && conflateBy === undefined) {
    throw new TypeError(`${what}: conflate is a policy of its own, it cannot be combined with overflow: '${overflow}'`);
  }
  const replaces =
    conflateBy !== undefined
      ? 'conflateBy'
      : conflate !== undefined
        ? 'conflate'
        : overflow === 'dropOldest'
          ? overflow
          : undefined;
  if (capacity === 0 && replaces !== undefined)
    throw new RangeError(`${what}: ${replaces} replaces a buffered value, it needs capacity >= 1; got capacity 0`);
  return ownHooks<ChannelOptions<any>>(options, ...HOOKS) as O;
}
