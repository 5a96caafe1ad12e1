// The one test that waits for real time: what it asks is that the host gets its chance. What it measures is how much this
// process has worked until then, so that others on a busy machine do not count.

import { describe, expect, it } from 'vitest';
import { channel, go, sleep } from '../../src/index.ts';
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
