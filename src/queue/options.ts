import { checkHooks, checkLimit, ownOptions } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { ownHooks } from '../core/ambient.ts';
import { type ChannelOptions, checkOptions } from '../channel/options.ts';
import type { Order } from './entries.ts';

/** A value that is given up: it was delivered `attempts` times, and came back with `error` the last time. */
export interface DeadLetter<T> {
  readonly value: T;
  readonly attempts: number;
  /** What the last delivery was nacked with; a `TimeoutError`, if its lease ran out. */
  readonly error: unknown;
}

export interface QueueOptions<T> extends ChannelOptions<T> {
  /** `fifo` (default), `lifo`, or a comparison: least first, equals in order of arrival. */
  order?: Order<T>;
  /** Milliseconds, more than 0: a leased value that is not settled in time comes back (default Infinity: never). */
  leaseMs?: number;
  /** Deliveries of one value before it becomes a dead letter (default Infinity). */
  maxAttempts?: number;
  /** Called once for each value that is given up, after its last delivery has come back. */
  onDeadLetter?: (letter: DeadLetter<T>) => void;
}

export function checkOrder(what: string, order: unknown): void {
  if (order === undefined || order === 'fifo' || order === 'lifo' || typeof order === 'function') return;
  throw new TypeError(`${what}: order must be fifo, lifo or a comparison; got ${describe(order)}`);
}

/** For all that may take so many milliseconds. */
export function checkSpan(what: string, option: string, ms: unknown): void {
  if (typeof ms === 'number' && ms > 0) return;
  throw new RangeError(`${what}: ${option} must be more than 0 ms; got ${describe(ms)}`);
}

/** Rejects nonsense where it was written; the options that count. */
export function checkQueueOptions<T>(given: QueueOptions<T>): QueueOptions<T> & { readonly capacity: number } {
  const { capacity = Infinity, ...others } = ownOptions('queue', given);
  const options = checkOptions('queue', { ...others, capacity });
  const { order, leaseMs = Infinity, maxAttempts = Infinity } = options;
  if (capacity === 0) {
    throw new RangeError('queue: a queue keeps what waits, it needs capacity >= 1; for a rendezvous use channel(0)');
  }
  checkOrder('queue', order);
  checkSpan('queue', 'leaseMs', leaseMs);
  checkLimit('queue', 'maxAttempts', maxAttempts, 1);
  checkHooks('queue', options, 'onDeadLetter');
  return ownHooks(options, 'order', 'onDeadLetter');
}
