import { MarbleError } from './marble-error.ts';
import type { Site } from './site.ts';

/** @throws MarbleError that says `why`, if `result` is a promise: nobody would wait for it. */
export function refuseAsynchronous(result: unknown, why: string, site: Site): void {
  const promise = result as PromiseLike<unknown> | null | undefined;
  if (typeof promise?.then !== 'function') return;
  // It may fail later, for having been left alone; that has been said here.
  promise.then(undefined, () => undefined);
  throw new MarbleError(why, site);
}
