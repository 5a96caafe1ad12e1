// What real time has left running, and goes on and on, does not get into a virtual run, and goes on behind it.

import { throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { channel, go, jobQueue, queue, sleep, work } from '../../src/index.ts';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';
import { frame } from '../virtual.ts';

/** Each goes on without end, and calls `step` each time. What it returns ends it. */
const SPINNERS: [string, (step: () => void) => () => void][] = [
  [
    'a coroutine that spins on what is ready',
    (step) => {
      const ch = channel<number>(1);
      const task = go(function* () {
        for (;;) {
          step();
          yield* ch.send(1);
          yield* ch.receive();
        }
      });
      return () => void task.cancel();
    },
  ],
  [
    'a ping-pong',
    (step) => {
      const ch = channel<number>();
      const ping = go(function* () {
        for (;;) yield* ch.send(1);
      });
      const pong = go(function* () {
        for (;;) {
          step();
          yield* ch.receive();
        }
      });
      return () => {
        ping.cancel();
        pong.cancel();
      };
    },
  ],
  [
    'coroutines that start each other',
    (step) => {
      let over = false;
      const start = (): void => {
        step();
        go(function* () {
          if (!over) start();
        });
      };
      start();
      return () => void (over = true);
    },
  ],
  [
    'work whose handler fails at once',
    (step) => {
      const jobs = queue<number>();
      jobs.send(1).subscribe();
      const working = work(jobs, () => {
        step();
        return throwError(() => new Error('at once'));
      }).subscribe();
      return () => working.unsubscribe();
    },
  ],
  [
    'a job that submits the next',
    (step) => {
      const jobs = jobQueue(function* (n: number) {
        step();
        jobs.start(n + 1);
      });
      jobs.start(0);
      return () => jobs.cancel();
    },
  ],
];

/** Three frames with coroutines that wait for each other: what they say, and when. */
function story(told: string[]): void {
  const ch = channel<number>();
  go(function* () {
    for (let n = 1; n <= 2; n++) {
      yield* sleep(1);
      yield* ch.send(n);
      told.push(`sent ${n} at ${frame()}`);
    }
    ch.close();
  });
  go(function* () {
    for (;;) told.push(`got ${yield* ch.receive()} at ${frame()}`);
  }).subscribe({ error: () => told.push(`the end at ${frame()}`) });
}
const TOLD = ['sent 1 at 1', 'got 1 at 1', 'sent 2 at 2', 'got 2 at 2', 'the end at 2'];

const RUNS: [string, (told: string[]) => void | Promise<void>][] = [
  ["RxJS's TestScheduler", (told) => new TestScheduler(() => undefined).run(() => story(told))],
  ['runMarbles', (told) => runMarbles(() => story(told))],
  [
    'runMarblesAsync',
    (told) =>
      runMarblesAsync(async () => {
        story(told);
        await sleep(3).promise();
        // More than a macrotask of real time would take.
        for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      }),
  ],
];

describe.each(SPINNERS)('beside %s', (_, spin) => {
  it.each(RUNS)('10.3 a run of %s stays virtual, and real time comes back', async (__, run) => {
    let steps = 0;
    const told: string[] = [];
    const end = spin(() => steps++);
    const before = steps;
    await run(told);
    const after = steps;
    // The spinner goes on.
    while (steps === after) await new Promise((resolve) => setTimeout(resolve, 1));
    end();
    expect([told, after - before, before > 0]).toEqual([TOLD, 0, true]);
  });
});

it('10.3 runs that come one after another let it go on in between', async () => {
  let steps = 0;
  const told: string[] = [];
  const [, spin] = SPINNERS[0]!;
  const end = spin(() => steps++);
  for (const [, run] of RUNS) {
    await run(told);
    const after = steps;
    while (steps === after) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  end();
  expect(told).toEqual(RUNS.flatMap(() => TOLD));
});
