// What the tests of groups have run.

import { type Coroutine, sleep } from '../../src/index.ts';
import type { Record } from '../record.ts';
import { frame } from '../virtual.ts';

/** Works for `ms`, then cleans up for `cleaning`; tells when each ends. */
export function* job(told: Record, name: string, ms: number, cleaning = 0): Coroutine<string> {
  try {
    yield* sleep(ms);
    told.add(`${frame()} ${name} done`);
    return name;
  } finally {
    if (cleaning > 0) yield* sleep(cleaning);
    told.add(`${frame()} ${name} clean`);
  }
}

export function* failing(ms: number, error: unknown): Coroutine<never> {
  yield* sleep(ms);
  throw error;
}

export function raise(error: unknown): never {
  throw error;
}
