import { MarbleError } from './marble-error.ts';
import type { Site } from './site.ts';

/** A body that is a generator function has not run, and whatever it expects would seem to hold. `what`: whose body it is. */
export function refuseGenerator(what: string, result: unknown, site: Site): void {
  if (!isGenerator(result)) return;
  throw new MarbleError(`${what} is a generator function, which nobody runs: give it to go`, site);
}

/** The same, and one that has not ended yet. */
export function refuseAsynchronous(what: string, result: unknown, site: Site, advice = ''): void {
  refuseGenerator(what, result, site);
  const promise = result as PromiseLike<unknown> | null | undefined;
  if (typeof promise?.then !== 'function') return;
  // It may fail later, for having been left alone; that has been said here.
  promise.then(undefined, () => undefined);
  throw new MarbleError(`${what} is asynchronous, and virtual time does not wait for promises${advice}`, site);
}

/** By what only generators have together: an assertion of chai, which a body may return, has a `throw` as well. */
function isGenerator(result: unknown): boolean {
  const made = result as Partial<Generator & AsyncGenerator> | null | undefined;
  const iterate = made?.[Symbol.iterator] ?? made?.[Symbol.asyncIterator];
  return typeof iterate === 'function' && typeof made?.throw === 'function';
}
