// The one test that waits for real time: what it asks is that the host gets its chance. What it measures is how much this
// process has worked until then, so that others on a busy machine do not count.

import { defer, type Observable, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { channel, go, jobQueue, queue, sleep, work } from '../../src/index.ts';
import { turn } from '../../src/core/turn.ts';

/** Milliseconds of work until a timer of 1 ms fires, beside what `start` starts; what that returns ends it. */
async function delayBeside(start: () => () => void): Promise<number> {
  const begun = process.cpuUsage();
  const fired = new Promise<number>((resolve) => {
    setTimeout(() => {
      const { user, system } = process.cpuUsage(begun);
      resolve((user + system) / 1000);
    }, 1);
  });
  const end = start();
  const delay = await fired;
  end();
  return delay;
}

/** The best of three: compiling, too, is work. */
async function best(start: () => () => void): Promise<number> {
  const delays: number[] = [];
  for (let i = 0; i < 3; i++) delays.push(await delayBeside(start));
  return Math.min(...delays);
}

describe('1.6 a timer of 1 ms fires soon', () => {
  it('beside an endless ping-pong', async () => {
    const delay = await best(() => {
      const there = channel<number>();
      const back = channel<number>();
      const ping = go(function* () {
        for (let n = 0; ; n++) {
          yield* there.send(n);
          yield* back.receive();
        }
      });
      const pong = go(function* () {
        for (;;) yield* back.send(yield* there.receive());
      });
      return () => {
        ping.cancel();
        pong.cancel();
      };
    });
    expect(delay).toBeLessThan(50);
  });

  it('beside a coroutine that spins on what is ready', async () => {
    const delay = await best(() => {
      const ch = channel<number>(1);
      const task = go(function* () {
        for (;;) {
          yield* ch.send(1);
          yield* ch.receive();
        }
      });
      return () => {
        task.cancel();
      };
    });
    expect(delay).toBeLessThan(50);
  });

  it('beside coroutines that start each other without end', async () => {
    const delay = await best(() => {
      let over = false;
      const start = (): void => {
        go(function* () {
          if (!over) start();
        });
      };
      start();
      return () => {
        over = true;
      };
    });
    expect(delay).toBeLessThan(50);
  });

  it('of the library itself, too', async () => {
    let slept = false;
    const ch = channel<number>(1);
    const spinning = go(function* () {
      while (!slept) {
        yield* ch.send(1);
        yield* ch.receive();
      }
      return 'saw it';
    });
    sleep(1).subscribe(() => {
      slept = true;
    });
    expect(await spinning.promise()).toBe('saw it');
  });

  it('and an ended ping-pong leaves nothing that is ready, or asked for', async () => {
    await new Promise(setImmediate);
    expect([turn.ready.first, turn.resuming]).toEqual([null, false]);
  });
});

describe('1.6 a timer of 1 ms fires soon beside what the library drives by itself', () => {
  const FAILING: readonly [string, () => never | Promise<never> | Observable<never>][] = [
    ['throws', () => fail()],
    ['fails', () => throwError(() => new Error('boom'))],
    ['rejects', () => Promise.reject(new Error('boom'))],
  ];
  const CREWS = FAILING.flatMap(([how, handler]) => [1, 2].map((concurrency) => ({ how, handler, concurrency })));

  it.each(CREWS)('work of $concurrency whose handler $how at once, for ever', async ({ handler, concurrency }) => {
    const delay = await best(() => {
      const values = queue<number>();
      values.trySend(1);
      const subscription = work(values, handler, { concurrency }).subscribe();
      return () => {
        subscription.unsubscribe();
        expect(values.size).toBe(1);
      };
    });
    expect(delay).toBeLessThan(50);
  });
  function fail(): never {
    throw new Error('boom');
  }

  it.each<[string, () => Promise<number> | ReturnType<typeof defer>]>([
    ['at once', () => defer(() => [1])],
    ['in a microtask', () => Promise.resolve(1)],
  ])('jobs that submit the next, and end %s', async (_, handler) => {
    const delay = await best(() => {
      let goesOn = true;
      const jobs = jobQueue((n: number) => {
        if (goesOn) jobs.submit(n + 1).subscribe();
        return handler();
      });
      jobs.submit(1).subscribe();
      return () => {
        goesOn = false;
      };
    });
    expect(delay).toBeLessThan(50);
  });

  it.each([-3_600_000, -1])(
    'an endless ping-pong while the time of day goes back by %s ms at every look',
    async (step) => {
      const now = vi.spyOn(Date, 'now');
      let time = 1e12;
      now.mockImplementation(() => (time += step));
      try {
        const delay = await best(() => {
          const there = channel<number>();
          const ping = go(function* () {
            for (;;) yield* there.send(1);
          });
          const pong = go(function* () {
            for (;;) yield* there.receive();
          });
          return () => {
            ping.cancel();
            pong.cancel();
          };
        });
        expect(delay).toBeLessThan(50);
      } finally {
        now.mockRestore();
      }
    },
  );
});
