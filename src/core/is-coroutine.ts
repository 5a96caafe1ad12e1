import type { Coroutine } from './operation.ts';

/** Whether a function that was called returned the body of a coroutine, rather than something to subscribe to. */
export function isCoroutine(value: unknown): value is Coroutine<unknown> {
  const generator = value as Partial<Coroutine<unknown>> | null;
  return (
    typeof generator === 'object' &&
    typeof generator?.throw === 'function' &&
    typeof generator[Symbol.iterator] === 'function'
  );
}
