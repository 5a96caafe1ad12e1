// 14.1 On: bounded memory, weak references only; what is collected is gone from snapshots. Off: nothing is left.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { turn } from '../../src/core/turn.ts';
import { channel, go, mutex, queue, semaphore, sleep, stateOwner } from '../../src/index.ts';
import { inspect } from '../../src/inspect/index.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What a WeakRef was made of lives to the end of the job; what is collected is told of in another. */
async function heap(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
  }
  return process.memoryUsage().heapUsed;
}

const TASKS = 100_000;
const MEGABYTE = 2 ** 20;

/** Tasks that wait, are served, lock, ask an owner, and end. */
async function many(count: number): Promise<void> {
  const [there, lock, permits, owner] = [channel<number>(), mutex(), semaphore(2), stateOwner(0)];
  const clerk = go(function* () {
    for (;;) yield* there.receive();
  });
  for (let i = 0; i < count; i++) {
    go(function* () {
      yield* lock.lock();
      yield* there.send(i);
      yield* permits.withPermit(function* () {
        yield* owner.update((n) => n + 1);
      });
      lock.unlock();
    });
    if (i % 1000 === 0) await sleep(0).promise();
  }
  clerk.cancel();
}

describe('under inspection', () => {
  it('100 000 tasks that were made and are gone leave no memory', async () => {
    using inspector = inspect();
    await many(20_000);
    // The engine compiles, and keeps that, in a round or two; what is left of tasks is left in each.
    let grown = Infinity;
    for (let round = 0; round < 3 && grown >= MEGABYTE; round++) {
      const before = await heap();
      await many(TASKS);
      grown = (await heap()) - before;
    }
    expect(inspector.snapshot().tasks).toEqual([]);
    expect(grown).toBeLessThan(MEGABYTE);
  }, 120_000);

  it('what is forgotten while it waits is collected, and gone from snapshots', async () => {
    using inspector = inspect();
    const before = await heap();
    for (let i = 0; i < 10_000; i++) {
      const [forgotten, lock] = [channel<number>(), mutex()];
      lock.tryLock();
      go(() => forgotten.receive());
      go(() => lock.lock());
      queue<number>().lease().subscribe();
    }
    expect(inspector.snapshot().tasks).toHaveLength(20_000);
    expect(inspector.snapshot().places).toHaveLength(30_000);
    const after = await heap();
    const { tasks, places } = inspector.snapshot();
    // A few may still be in a register of the machine, or in code that is being compiled.
    expect(tasks.length).toBeLessThan(10);
    expect(places.length).toBeLessThan(10);
    expect(after - before).toBeLessThan(8 * MEGABYTE);
  }, 120_000);

  it('a lease that was forgotten is found', async () => {
    using inspector = inspect();
    const found: string[] = [];
    inspector.findings$.subscribe(({ kind, place }) => found.push(`${kind} at ${place ?? ''}`));
    const jobs = queue<number>({ name: 'jobs' });
    for (let i = 0; i < 3; i++) jobs.trySend(i);
    const settled = jobs.lease().subscribe((job) => job.ack());
    jobs.lease().subscribe();
    settled.unsubscribe();
    await heap();
    await heap();
    expect(found).toEqual(['stuckLease at jobs']);
  });
});

it('after the last stop nobody is told of anything, and places are as fast as they were not', () => {
  const [first, second] = [inspect(), inspect()];
  const watched = channel<number>(4);
  first.stop();
  first.stop();
  expect(turn.watch).not.toBeNull();
  second[Symbol.dispose]();
  expect(turn.watch).toBeNull();
  const seen: number[] = [];
  watched.subscribe((value) => seen.push(value));
  watched.trySend(1);
  expect(seen).toEqual([1]);
  expect([first.snapshot(), second.snapshot()]).toEqual([
    { tasks: [], places: [], cycles: [] },
    { tasks: [], places: [], cycles: [] },
  ]);
});
