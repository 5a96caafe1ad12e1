// Rows that many specs have.

import { config, ReplaySubject } from 'rxjs';
import type { UndeliveredReason } from '../src/index.ts';

/** What `onUndelivered` is told: `a evicted`. */
export function losses(): {
  readonly undelivered: ReplaySubject<string>;
  readonly onUndelivered: (value: string, reason: UndeliveredReason) => void;
} {
  const undelivered = new ReplaySubject<string>(Infinity);
  return { undelivered, onUndelivered: (value, reason) => undelivered.next(`${value} ${reason}`) };
}

/** The one error of this run that reaches `config.onUnhandledError`. */
export function unhandled(): ReplaySubject<unknown> {
  const errors = new ReplaySubject<unknown>(Infinity);
  const outer = config.onUnhandledError;
  config.onUnhandledError = (error) => {
    config.onUnhandledError = outer;
    errors.next(error);
  };
  return errors;
}
