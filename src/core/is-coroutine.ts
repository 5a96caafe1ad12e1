// What a body is: told, and resumed, without asking it for a method where that is dear.
//
// Each generator function gives its generators a prototype, and so a hidden class, of their own. Where a body is written in
// place, `go(function* () { … })`, that is a new one each time, and each look-up of a method of it misses the engine's caches: half
// a microsecond, as much as all else that a coroutine costs. What all generators inherit from is asked instead.

import type { Coroutine } from './operation.ts';

const intrinsic = /* @__PURE__ */ Object.getPrototypeOf(function* () {}.prototype) as Coroutine<unknown>;
// eslint-disable-next-line @typescript-eslint/unbound-method -- It is called with the generator that is meant.
const native = intrinsic.next;

// eslint-disable-next-line @typescript-eslint/unbound-method -- It is called with what may be inherited from. The engine makes a loop of it.
const inherits = Object.prototype.isPrototypeOf;

/** What the last two inherited from. Many of one function follow each other, or of two by turns, and a look is dearer than the caches. */
let lastRun: object | null = null;
let lastButOne: object | null = null;

/** Whether a function that was called returned the body of a coroutine, rather than something to subscribe to. */
export function isCoroutine(value: unknown): value is Coroutine<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  if (inherits.call(intrinsic, value)) return true;
  const generator = value as Partial<Coroutine<unknown>>;
  return typeof generator.throw === 'function' && typeof generator[Symbol.iterator] === 'function';
}

/** Whether the caches do not know it, and it is a generator as the language makes them, whose `next` nobody has replaced. */
export function isStrange(body: object): boolean {
  const prototype = prototypeOf(body);
  if (prototype === null || prototype === lastRun || prototype === lastButOne || prototypeOf(prototype) !== intrinsic)
    return false;
  lastButOne = lastRun;
  lastRun = prototype;
  return !Object.hasOwn(body, 'next') && !Object.hasOwn(prototype, 'next');
}

/** Calls the body's `next`. `strange`: it is known to be what `isStrange` says. */
export function resume(body: Coroutine<unknown>, strange: boolean, signal: unknown): IteratorResult<never, unknown> {
  return strange ? native.call(body, signal) : body.next(signal);
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null;
}
