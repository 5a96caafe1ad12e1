// Queues with something in them, and what is lent of it.

import { type Delivery, poll, queue, type Queue, type QueueOptions } from '../../src/index.ts';

/** A queue that holds `values`. */
export function filled<T>(values: readonly T[], options: QueueOptions<T> = {}): Queue<T> {
  const q = queue<T>({ name: 'q', ...options });
  for (const value of values) q.trySend(value);
  return q;
}

/** What can be leased now. */
export function leased<T>(q: Queue<T>): Delivery<T> {
  const attempt = poll(q.lease());
  if (!attempt.ok) throw new Error('nothing to lease');
  return attempt.value;
}
