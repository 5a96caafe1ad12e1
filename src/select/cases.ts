// What can be a case of a select, and what it stands for.

import { from, type Observable, type ObservableInput } from 'rxjs';
import { describe } from '../base/errors.ts';
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

/** The operation a case stands for, or null: it is an observable or a promise, which is asked only when nothing is ready. */
export function operationOf(selectCase: NonNullable<Exclude<SelectCase, false>>): Operation<unknown> | null {
  if (typeof (selectCase as ReceiveChannel<unknown>).receive === 'function') {
    return (selectCase as ReceiveChannel<unknown>).receive();
  }
  return isOperation(selectCase) ? selectCase : null;
}

/** The first value of an observable or a promise. */
export class Input extends Until<unknown> {
  constructor(key: string, input: ObservableInput<unknown>) {
    super(inputOf(key, input));
  }
}

function inputOf(key: string, input: ObservableInput<unknown>): Observable<unknown> {
  try {
    return from(input);
  } catch {
    throw new TypeError(
      `select: case ${key} must be an operation, a channel or an observable input; got ${describe(input)}`,
    );
  }
}

/** Rejects nonsense where it was written: no case on, a case that cannot be one, an unknown option. */
export function checkSelect(cases: SelectCases, options: SelectOptions): void {
  const { order = 'fair', onClosed = 'fail' } = options;
  if (order !== 'fair' && order !== 'priority')
    throw new TypeError(`select: order must be fair or priority; got ${describe(order)}`);
  if (onClosed !== 'fail' && onClosed !== 'skip')
    throw new TypeError(`select: onClosed must be fail or skip; got ${describe(onClosed)}`);
  let on = false;
  for (const key in cases) {
    const selectCase = cases[key];
    if (!isOn(selectCase)) continue;
    on = true;
    if (operationOf(selectCase) === null) inputOf(key, selectCase as ObservableInput<unknown>);
  }
  if (!on) throw new TypeError('select: no case is on; it would wait for ever');
}

/** Falsy cases are off. */
export function isOn(selectCase: SelectCase): selectCase is NonNullable<Exclude<SelectCase, false>> {
  return selectCase !== null && selectCase !== undefined && selectCase !== false;
}
