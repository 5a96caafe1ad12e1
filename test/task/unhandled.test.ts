import { config, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, deferred, type Future, go, poll, select, sleep } from '../../src/index.ts';
import { Record } from '../record.ts';
import { at, frame, reportsOf } from '../virtual.ts';

const error = new Error('no');

/** Futures that have failed, or fail one millisecond later. */
const FAILED: readonly { what: string; fail: () => Future<unknown> }[] = [
  {
    what: 'a task that failed at once',
    fail: () =>
      go(function* () {
        throw error;
      }),
  },
  {
    what: 'a deferred that is rejected',
    fail: () => {
      const future = deferred<number>();
      future.reject(error);
      return future;
    },
  },
];
const FAILING: typeof FAILED = [
  {
    what: 'a task that fails later',
    fail: () =>
      go(function* () {
        yield* sleep(1);
        throw error;
      }),
  },
  {
    what: 'a deferred that is rejected later',
    fail: () => {
      const future = deferred<number>();
      at(1, () => future.reject(error));
      return future;
    },
  },
];

describe.each([...FAILED, ...FAILING])('4.4 the failure of $what', ({ fail }) => {
  it('is reported once when nobody observes it, in the next macrotask', () => {
    const frames: number[] = [];
    const reported = reportsOf(() => {
      const onUnhandledError = config.onUnhandledError!;
      config.onUnhandledError = (reason: unknown) => {
        frames.push(frame());
        onUnhandledError(reason);
      };
      const future = fail();
      // Asked for, it is not observed: nobody saw the failure.
      expect(future.status).toMatch(/rejected|pending/);
    });
    expect(reported).toEqual([error]);
    expect(frames).toHaveLength(1);
  });

  it.each<[string, (future: Future<unknown>) => unknown]>([
    ['subscribed', (future) => future.subscribe(new Record().by('subscriber'))],
    ['awaited', (future) => void future.promise().catch(() => undefined)],
    ['awaited by RxJS', (future) => void firstValueFrom(future).catch(() => undefined)],
    [
      'waited for by a coroutine',
      (future) =>
        go(function* () {
          try {
            yield* future;
          } catch {
            // Seen.
          }
        }),
    ],
    ['selected', (future) => select({ future, other: channel() }).subscribe(new Record().by('select'))],
    ['waited for, mapped', (future) => future.map(String).subscribe(new Record().by('mapped'))],
    ['waited for with a timeout', (future) => future.withTimeout(50).subscribe(new Record().by('limited'))],
  ])('is not reported when it was %s', (_, observe) => {
    const reported = reportsOf(() => {
      observe(fail());
    });
    expect(reported).toEqual([]);
  });
});

describe('4.4 the failure of a future', () => {
  it.each(FAILED)('is not reported when it was read: $what', ({ fail }) => {
    const reported = reportsOf(() => {
      const future = fail();
      expect(() => future.result()).toThrow(error);
    });
    expect(reported).toEqual([]);
  });

  it.each(FAILED)('is not reported when it was polled: $what', ({ fail }) => {
    const reported = reportsOf(() => {
      const future = fail();
      expect(() => poll(future)).toThrow(error);
    });
    expect(reported).toEqual([]);
  });

  it('is reported to the one who cancelled it neither: waiting for cancel() is not observing', () => {
    const told = new Record();
    const reported = reportsOf(() => {
      const task = go(function* () {
        try {
          yield* sleep(10);
        } finally {
          // eslint-disable-next-line no-unsafe-finally -- what is tested
          throw error;
        }
      });
      task.cancel().subscribe(told.by('cancel'));
    });
    expect(told.lines).toEqual(['cancel got undefined']);
    expect(reported).toEqual([error]);
  });

  it('nor is waiting for cancel() while it cleans up', () => {
    const told = new Record();
    const reported = reportsOf(() => {
      const task = go(function* () {
        try {
          yield* sleep(10);
        } finally {
          yield* sleep(1);
          // eslint-disable-next-line no-unsafe-finally -- what is tested
          throw error;
        }
      });
      task.cancel().subscribe(told.by('cancel'));
    });
    expect(told.lines).toEqual(['cancel got undefined']);
    expect(reported).toEqual([error]);
  });

  it.each(FAILING)('is not reported when somebody was subscribed and has left: $what', ({ fail }) => {
    const reported = reportsOf(() => {
      fail().subscribe(new Record().by('left')).unsubscribe();
    });
    expect(reported).toEqual([]);
  });

  it('is reported when it was observed too late', () => {
    const told = new Record();
    const reported = reportsOf(() => {
      const task = go(function* () {
        throw error;
      });
      at(1, () => task.subscribe(told.by('late')));
    });
    expect(told.lines).toEqual(['late failed with no']);
    expect(reported).toEqual([error]);
  });

  it('is no failure when it is a cancellation', () => {
    const reported = reportsOf(() => {
      go(sleep(5)).cancel();
      deferred().cancel();
    });
    expect(reported).toEqual([]);
  });

  it('is thrown in a macrotask when no hook is set', () => {
    const outer = config.onUnhandledError;
    expect(() =>
      reportsOf(() => {
        config.onUnhandledError = null;
        go(function* () {
          throw error;
        });
      }),
    ).toThrow(error);
    expect(config.onUnhandledError).toBe(outer);
  });

  it('is reported in real time, after microtasks have had their chance', async () => {
    const reported: unknown[] = [];
    const outer = config.onUnhandledError;
    const told = new Promise<void>((resolve) => {
      config.onUnhandledError = (reason: unknown): void => {
        reported.push(reason);
        resolve();
      };
    });
    try {
      const seen = go(function* () {
        throw new Error('seen');
      });
      await Promise.resolve();
      seen.subscribe(new Record().by('a microtask later'));
      go(function* () {
        throw error;
      });
      await told;
    } finally {
      config.onUnhandledError = outer;
    }
    expect(reported).toEqual([error]);
  });
});
