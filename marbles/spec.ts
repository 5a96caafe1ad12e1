// The form of a marble spec: named rows in, an operation or an operator, named rows out. A spec is a test, and a picture.
//
//   inputs    diagrams; each is given to `run` as a cold source of its letters (hot, if it has a `^`)
//   run       makes the outputs: streams, or gauges, which are numbers read at the end of each frame
//   outputs   what they must be. `values` says what letters stand for, if not for themselves; `error` what `#` does
//
// A value `b dropped`, of a letter and what it was lost by, is drawn as a `b` that is struck through; `b done` as a `b`.
//
// An operation is performed at each marble of an input by `perform`; its row shows what each performance came to.

import { isObservable, Observable } from 'rxjs';
import type { MarbleKit } from '../src/testing/marble-kit.ts';

export interface Spec {
  /** A sentence about behaviour. */
  readonly title: string;
  /** What it is a spec of, by the names of the public API: `sleep`, `Channel.send`. */
  readonly of: readonly string[];
  /** The operation, or the operator, as it is written in the picture. */
  readonly drawn: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly run: (inputs: Record<string, Observable<string>>, kit: MarbleKit) => Readonly<Record<string, Output>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly error?: unknown;
  /** When outputs are subscribed and unsubscribed, if not from the first frame to the end: `^---!`. */
  readonly during?: Readonly<Record<string, string>>;
  /** When inputs must have been subscribed, one diagram per subscription; inputs that are not named are not asked. */
  readonly subscribed?: Readonly<Record<string, string | string[]>>;
}

export type Output = Observable<unknown> | Gauge;

/** A number over time. */
export class Gauge {
  readonly read: () => number;

  constructor(read: () => number) {
    this.read = read;
  }
}

interface Typed<I extends string, O extends string> extends Omit<
  Spec,
  'inputs' | 'run' | 'outputs' | 'during' | 'subscribed'
> {
  readonly inputs: Readonly<Record<I, string>>;
  readonly run: (inputs: Record<I, Observable<string>>, kit: MarbleKit) => Readonly<Record<NoInfer<O>, Output>>;
  readonly outputs: Readonly<Record<O, string>>;
  readonly during?: Readonly<Partial<Record<O, string>>>;
  readonly subscribed?: Readonly<Partial<Record<I, string | string[]>>>;
}

/** Holds the rows of a spec against each other: an output without a diagram does not compile. */
export function spec<const I extends string, const O extends string>(spec: Typed<I, O>): Spec {
  return spec as unknown as Spec;
}

export function gauge(read: () => number): Gauge {
  return new Gauge(read);
}

/**
 * Calls `act` at each marble, and emits what comes of it: the value; if there is none, the letter that it began with; or
 * the error, for one failure does not end a row of many performances. Unsubscribing withdraws all that wait.
 */
export function perform<V>(calls: Observable<V>, act: (value: V) => unknown): Observable<unknown> {
  return new Observable((subscriber) => {
    const emit = (call: V, result: unknown): void => subscriber.next(result === undefined ? call : result);
    const perform = (call: V): void => {
      const result = act(call);
      if (!isObservable(result)) {
        emit(call, result);
        return;
      }
      subscriber.add(
        result.subscribe({
          next: (value) => emit(call, value),
          error: (error: unknown) => emit(call, error),
        }),
      );
    };
    subscriber.add(
      calls.subscribe((call) => {
        try {
          perform(call);
        } catch (error) {
          emit(call, error);
        }
      }),
    );
  });
}
