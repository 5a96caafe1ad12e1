// Virtual time for unit tests: RxJS's own, so that these tests do not stand on the testing kit, which is tested by itself.

import { asyncScheduler, config } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

/** Calls `act` in the frame `ms` from now. */
export function at(ms: number, act: () => void): void {
  asyncScheduler.schedule(act, ms);
}

/** The frame in which we are. */
export function frame(): number {
  return asyncScheduler.now();
}

/** Runs `body` in virtual time, then all that it set going: the last frame in which something happened. */
export function virtual(body: () => void): number {
  return new TestScheduler(() => undefined).run(({ flush }) => {
    body();
    flush();
    return frame();
  });
}

/** Runs `body` in virtual time: what was reported to `config.onUnhandledError`. */
export function reportsOf(body: (reported: unknown[]) => void): unknown[] {
  const reported: unknown[] = [];
  const outer = config.onUnhandledError;
  config.onUnhandledError = (error: unknown): void => {
    reported.push(error);
  };
  try {
    virtual(() => body(reported));
  } finally {
    config.onUnhandledError = outer;
  }
  return reported;
}
