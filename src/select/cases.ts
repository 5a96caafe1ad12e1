// What can be a case of a select, and what it stands for.

import type { ObservableInput } from 'rxjs';
import { checkOneOf, ownOptions, reject } from '../base/checks.ts';
import { isOperation, type Operation } from '../core/operation.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { Until } from '../core/until.ts';

/** What can be a case. A ReceiveChannel stands for its `receive()`. A falsy case is switched off. */
export type SelectCase = Operation<any> | ReceiveChannel<any> | ObservableInput<any> | null | undefined | false;
export type SelectCases = Readonly<Record<string, SelectCase>>;
type CaseValue<C> =
  C extends Operation<infer T>
    ? T
    : C extends ReceiveChannel<infer T>
      ? T
      : C extends ObservableInput<infer T>
        ? T
        : never;
/** A union discriminated by `key`. */
export type Selected<C extends SelectCases> = {
  [K in keyof C & string]: C[K] extends null | undefined | false
    ? never
    : { readonly key: K; readonly value: CaseValue<NonNullable<Exclude<C[K], false>>> };
}[keyof C & string];

export interface SelectOptions {
  /** Which of several ready cases wins: chance from a seeded generator (default), or the first listed. */
  order?: 'fair' | 'priority';
  /** A closed channel's case fails the select (default), or is switched off. */
  onClosed?: 'fail' | 'skip';
}

/** The first value of an observable or a promise. Its completion switches the case off. */
export class Input extends Until<unknown> {}

/** The operation that a case of `what` stands for. Rejects, where it was written, what cannot be a case. */
export function operationOf(
  what: string,
  key: string,
  selectCase: NonNullable<Exclude<SelectCase, false>>,
): Operation<unknown> {
  if (typeof (selectCase as ReceiveChannel<unknown>).receive === 'function') {
    return (selectCase as ReceiveChannel<unknown>).receive();
  }
  return isOperation(selectCase) ? selectCase : inputOf(what, key, selectCase as ObservableInput<unknown>);
}

function inputOf(what: string, key: string, input: ObservableInput<unknown>): Input {
  try {
    return new Input(input);
  } catch {
    reject(TypeError, what, `case ${key}`, 'an operation, a channel or an observable input', input);
  }
}

/** Falsy cases are off. */
export function isOn(selectCase: SelectCase): selectCase is NonNullable<Exclude<SelectCase, false>> {
  return Boolean(selectCase);
}

/** Rejects unknown options; those that count. `what` is the function that was called. */
export function checkOptions(what: string, given: SelectOptions): SelectOptions {
  const options = ownOptions(what, given);
  const { order = 'fair', onClosed = 'fail' } = options;
  checkOneOf(what, 'order', order, ['fair', 'priority']);
  checkOneOf(what, 'onClosed', onClosed, ['fail', 'skip']);
  return options;
}
