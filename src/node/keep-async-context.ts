import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { type Capture, installAmbient } from '../core/ambient.ts';
import { shared } from '../core/shared.ts';

/**
 * Coroutines and handlers keep the AsyncLocalStorage context in which they were started, whoever wakes them.
 *
 * On from the first call of `main`, `serve` or `serveSockets`; call it yourself where only the core is used. It is for the whole
 * process, and stays; twice is one. What started before goes on as it did.
 *
 * The context is that at the start: a store that is entered (`enterWith`) inside a coroutine holds until its next wait. Use `run`
 * around what is to see it: a task of its own.
 *
 * @example
 * ```ts
 * const user = new AsyncLocalStorage<string>();
 * keepAsyncContext();
 * user.run('ada', () => go(function* () {
 *   yield* lock.lock();
 *   user.getStore(); // 'ada', whoever has unlocked it
 * }));
 * ```
 */
export function keepAsyncContext(): void {
  // Of the ESM and the CommonJS copy of the library, one is enough.
  const state = shared('asyncContext', () => ({ isKept: false }));
  if (state.isKept) return;
  state.isKept = true;
  installAmbient(storesLeak() ? captureOfOld : capture);
}

/** What `AsyncLocalStorage.snapshot()` does, which not every Node 20 has. */
const capture: Capture = () => {
  const resource = new AsyncResource('rxsluice');
  return (work) => resource.runInAsyncScope(work);
};

/** Runs in a copy each time, so that a store that is entered there is gone afterwards. */
const captureOfOld: Capture = () => {
  const resource = new AsyncResource('rxsluice');
  return (work) => resource.runInAsyncScope(() => new AsyncResource('rxsluice').runInAsyncScope(work));
};

/** Before Node 24 a store that is entered in a resource stays entered there. */
function storesLeak(): boolean {
  const store = new AsyncLocalStorage<boolean>();
  const resource = new AsyncResource('rxsluice');
  resource.runInAsyncScope(() => store.enterWith(true));
  const leaks = resource.runInAsyncScope(() => store.getStore()) === true;
  store.disable();
  return leaks;
}
