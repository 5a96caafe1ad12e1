// What the user says of a named thing, checked at the call: the rules are those of the strictest engine, so that a program
// that runs in memory runs on a cluster.

import { checkHooks, checkLimit } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { checkSpan } from '../queue/options.ts';
import type { EngineQueueOptions } from './engine.ts';

const LONGEST = 200;
// eslint-disable-next-line no-control-regex -- those are what it must not have
const FORBIDDEN = /[\s.*>/\\\u0000-\u001f\u007f-\u009f]/;

/** A name is part of a stream's name, of a subject and of a path. */
export function checkName(what: string, name: unknown): asserts name is string {
  const wrong = typeof name !== 'string' || name === '' || FORBIDDEN.test(name) || !isShort(name);
  if (!wrong) return;
  throw new TypeError(
    `${what}: a name is 1 to ${LONGEST} bytes without white space, control characters and . * > / \\; got ${describe(name)}`,
  );
}

function isShort(name: string): boolean {
  return new TextEncoder().encode(name).length <= LONGEST && !/\p{Surrogate}/u.test(name);
}

/** What a handle may leave out is undefined; null or a number in its place is a mistake. */
export function checkBag(what: string, options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  throw new TypeError(`${what}: options must be an object; got ${describe(options)}`);
}

export function checkEngineQueueOptions<T>(options: EngineQueueOptions<T>): void {
  checkBag('engine.queue', options);
  const { capacity = Infinity, maxAttempts = Infinity, leaseMs = Infinity } = options;
  checkLimit('engine.queue', 'capacity', capacity, 1);
  checkLimit('engine.queue', 'maxAttempts', maxAttempts, 1);
  checkSpan('engine.queue', 'leaseMs', leaseMs);
  checkHooks('engine.queue', options, 'onDeadLetter');
}

/** What `said` says must be what `is`. */
export function checkSame<O extends object>(what: string, name: string, is: O, said: Partial<O>): void {
  for (const key of Object.keys(said) as (keyof O & string)[]) {
    if (said[key] === undefined || !(key in is) || Object.is(said[key], is[key])) continue;
    throw new TypeError(
      `${what}: ${name} is there already, with ${key} ${describe(is[key])}; a handle of it cannot have ${describe(said[key])}`,
    );
  }
}
