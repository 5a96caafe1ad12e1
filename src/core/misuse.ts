// What an operation says to code that iterates it by other means than `yield*` in a coroutine.

import { turn } from './turn.ts';
import { type Awaited, type Running, withdraw } from './waiter.ts';

export function misplaced(): TypeError {
  return new TypeError(
    'an operation is iterable by yield* in a coroutine only; elsewhere subscribe to it, or await its promise()',
  );
}

/**
 * The running coroutine waits, and yet its code runs: it iterates the generator that waits, for `operation`, by a `for…of` or a
 * spread. Withdraws it, gives back what it has got, and makes the error.
 */
export function misused(fiber: Running, operation: Awaited<unknown> | null = null): TypeError {
  const isServed = (fiber.place as unknown) === turn.ready;
  withdraw(fiber);
  const parcel = fiber.take();
  if (isServed && parcel !== undefined) operation?.restore(parcel);
  return new TypeError('a generator that waits is run by yield* only; for-of, spread and destructuring cannot wait');
}
