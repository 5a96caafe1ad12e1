// Errors that belong to nobody who could be told.

import { config, Observable } from 'rxjs';
import { after } from './clock.ts';

/** Reports `error` as RxJS reports what no observer handles: through `config.onUnhandledError`, in a macrotask. */
export function reportUnhandled(error: unknown): void {
  new Observable((subscriber) => subscriber.error(error)).subscribe();
}

/** Reports `error` in the next macrotask, unless `forgiven` says by then that somebody has seen it. */
export function reportUnless(forgiven: () => boolean, error: unknown): void {
  after(0, () => {
    if (forgiven()) return;
    if (config.onUnhandledError === null) throw error;
    config.onUnhandledError(error);
  });
}
