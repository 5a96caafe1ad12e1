// What is checked of arguments that are Node's: that they are what they should be, at the call that was wrong.

import { constants } from 'node:os';
import { describe } from '../base/errors.ts';
import { has } from '../core/async-iterator.ts';
import { isPullable, type Pullable } from '../core/pullable.ts';
import type { ReceiveChannel } from '../core/pullable.ts';

function reject(what: string, wanted: string, given: unknown): never {
  throw new TypeError(`${what} must be ${wanted}; got ${describe(given)}`);
}

export function checkEmitter(what: string, given: unknown): void {
  if (!has(given, 'on') || !has(given, 'off')) reject(`${what}: the emitter`, 'an EventEmitter', given);
}

export function checkReadable(what: string, given: unknown): void {
  if (!has(given, 'read') || !has(given, 'on') || !has(given, 'destroy'))
    reject(`${what}: the stream`, 'a Readable', given);
}

export function checkWritable(what: string, given: unknown): void {
  if (!has(given, 'write') || !has(given, 'end') || !has(given, 'on'))
    reject(`${what}: the stream`, 'a Writable', given);
}

/** Options as they count: their own keys. */
export function checkOptions<O extends object>(what: string, given: O): O {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    reject(`${what}: the options`, 'an object', given);
  return { ...given };
}

export function checkString(what: string, name: string, given: unknown): void {
  if (typeof given !== 'string' || given === '') reject(`${what}: ${name}`, 'a string that is not empty', given);
}

export function checkSwitch(what: string, name: string, given: unknown): void {
  if (given !== undefined && typeof given !== 'boolean') reject(`${what}: ${name}`, 'true or false', given);
}

/** What the system is given as text, which ends there at a NUL. */
export function checkSystemText(what: string, name: string, given: unknown): void {
  if (typeof given !== 'string' || given.includes('\0')) reject(`${what}: ${name}`, 'a string without NUL', given);
}

/** A number of milliseconds from 0 on, or Infinity. */
export function checkMs(what: string, name: string, given: unknown): void {
  if (typeof given !== 'number') reject(`${what}: ${name}`, 'a number of milliseconds', given);
  if (!(given >= 0)) throw new RangeError(`${what}: ${name} must be 0 ms or more; got ${given}`);
}

/** Signals that a process can listen for, on this system; at least one. */
export function checkSignals(what: string, names: readonly NodeJS.Signals[]): void {
  if (names.length === 0) throw new TypeError(`${what}: needs the name of a signal`);
  for (const name of names) {
    if (!Object.hasOwn(constants.signals, name)) throw new TypeError(`${what}: ${describe(name)} is no signal here`);
    if (name === 'SIGKILL' || name === 'SIGSTOP') throw new TypeError(`${what}: ${name} cannot be caught`);
  }
}

/** One of our channels, whose values can be pulled and given back. */
export function pullableOf<T>(what: string, given: ReceiveChannel<T>): Pullable<T> {
  if (!isPullable(given)) reject(`${what}: the source`, 'a channel of this library', given);
  return given as Pullable<T>;
}
