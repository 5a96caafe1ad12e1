// The forms in which one can wait for an operation, each as an operation made of it. Unsubscribing withdraws all of them.

import { coroutine, type Operation, select } from '../../src/index.ts';

export interface Way {
  readonly way: string;
  readonly of: <T>(operation: Operation<T>) => Operation<T>;
}

export const WAYS: readonly Way[] = [
  { way: 'a subscription', of: (operation) => operation },
  {
    way: 'a coroutine',
    of: (operation) =>
      coroutine(function* () {
        return yield* operation;
      }),
  },
  { way: 'a select', of: (operation) => select({ operation }).map(({ value }) => value as never) },
  { way: 'withTimeout', of: (operation) => operation.withTimeout(1000) },
  { way: 'withSignal', of: (operation) => operation.withSignal(new AbortController().signal) },
];
