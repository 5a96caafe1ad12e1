// Bad input is rejected at the call that was wrong, in one form: `queue: capacity must be an integer >= 0, or Infinity; got 1.5`.
// `whose` is the function that was called, or the thing; the name of a thing is spelled only for the message.

import { describe } from './errors.ts';
import { printable } from './printable.ts';

type Whose = string | { readonly name: string };

export function checkFunction(whose: Whose, what: string, given: unknown): void {
  if (typeof given !== 'function') reject(TypeError, whose, what, 'a function', given);
}

/** Each of `names` is a function, or left out. */
export function checkHooks<O extends object>(whose: Whose, options: O, ...names: (keyof O & string)[]): void {
  for (const name of names) if (options[name] !== undefined) checkFunction(whose, name, options[name]);
}

/** An integer from `least` on. */
export function checkCount(whose: Whose, what: string, given: unknown, least: 0 | 1): void {
  if (!isCount(given, least)) reject(RangeError, whose, what, `an integer >= ${least}`, given);
}

/** The same, or Infinity. */
export function checkLimit(whose: Whose, what: string, given: unknown, least: 0 | 1): void {
  if (given !== Infinity && !isCount(given, least))
    reject(RangeError, whose, what, `an integer >= ${least}, or Infinity`, given);
}

export function checkNumber(whose: Whose, what: string, given: unknown): void {
  if (typeof given !== 'number' || Number.isNaN(given)) reject(RangeError, whose, what, 'a number', given);
}

/** Has such a method. `wanted`: what it then is. */
export function checkMethod(whose: Whose, what: string, given: unknown, method: string, wanted: string): void {
  if (typeof (given as Record<string, unknown> | null | undefined)?.[method] !== 'function')
    reject(TypeError, whose, what, wanted, given);
}

export function checkSignal(whose: Whose, what: string, given: unknown): void {
  if (typeof (given as AbortSignal | null | undefined)?.aborted !== 'boolean')
    reject(TypeError, whose, what, 'an AbortSignal', given);
}

/** Milliseconds, >= 0, or Infinity. */
export function checkMs(whose: Whose, what: string, given: unknown): void {
  if (typeof given !== 'number' || !(given >= 0)) reject(RangeError, whose, what, 'a number of ms >= 0', given);
}

export function checkOneOf(whose: Whose, what: string, given: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(given as string)) reject(TypeError, whose, what, allowed.join(' or '), given);
}

export function checkObject(whose: Whose, what: string, given: unknown): void {
  if (typeof given !== 'object' || given === null) reject(TypeError, whose, what, 'an object', given);
}

/** Options as they count: their own keys. All may have a name, which is shown wherever the thing is: so it is made printable here. */
export function ownOptions<O extends object>(whose: Whose, given: O): O {
  if (Array.isArray(given)) reject(TypeError, whose, 'options', 'an object', given);
  checkObject(whose, 'options', given);
  const own: O & { name?: string } = { ...given };
  if (own.name !== undefined) own.name = printable(checkText(whose, 'name', own.name));
  return own;
}

export function checkArray(whose: Whose, what: string, given: unknown): void {
  if (!Array.isArray(given)) reject(TypeError, whose, what, 'an array', given);
}

export function checkText(whose: Whose, what: string, given: unknown): string {
  return typeof given === 'string' ? given : reject(TypeError, whose, what, 'a string', given);
}

/** A number, and neither NaN nor infinite. */
export function checkFinite(whose: Whose, what: string, given: unknown): void {
  if (!Number.isFinite(given)) reject(RangeError, whose, what, 'a finite number', given);
}

function isCount(given: unknown, least: number): boolean {
  return Number.isInteger(given) && (given as number) >= least;
}

export function reject(Wrong: ErrorConstructor, whose: Whose, what: string, wanted: string, given: unknown): never {
  const name = typeof whose === 'string' ? whose : whose.name;
  throw new Wrong(printable(`${name}: ${what} must be ${wanted}; got ${describe(given)}`));
}
