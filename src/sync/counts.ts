import { describe } from '../base/errors.ts';

/** Rejects, at the call, a count that is no integer from `least` on. `what`: the name of the thing, and of what was asked of it. */
export function checkCount(what: string, count: unknown, least: 0 | 1 = 1): void {
  if (Number.isInteger(count) && (count as number) >= least) return;
  throw new RangeError(`${what}: the count must be an integer >= ${least}, got ${describe(count)}`);
}
