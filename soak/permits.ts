import type { Random } from '../src/base/random.ts';
import { type Deferred, deferred, go, mutex, semaphore, type Task } from '../src/index.ts';
import type { Program } from './program.ts';

const PERMITS = 4;
const counts = { programs: 0, steps: 0, tasks: 0, cancels: 0 };

/** Tasks that hold the permits of one semaphore, and some of them a mutex, are cancelled wherever they are. */
export const permits: Program = {
  name: 'permits',
  counts,
  run(random: Random, steps: number): void {
    counts.programs++;
    const shared = semaphore(PERMITS);
    const lock = mutex();
    const beats: Deferred<void>[] = [];
    const tasks: Task<void>[] = [];
    let held = 0;
    let locked = 0;

    function look(): void {
      if (held + shared.available !== PERMITS) throw new Error(`${held} held, ${shared.available} free of ${PERMITS}`);
      if (locked !== (lock.locked ? 1 : 0)) throw new Error(`${locked} in a mutex that is ${String(lock.locked)}`);
    }

    function start(count: number): void {
      counts.tasks++;
      const beat = deferred<void>();
      beats.push(beat);
      tasks.push(
        go(function* () {
          yield* shared.acquire(count);
          held += count;
          try {
            yield* lock.lock();
            locked++;
            try {
              yield* beat;
            } finally {
              locked--;
              lock.unlock();
            }
          } finally {
            held -= count;
            shared.release(count);
          }
        }),
      );
    }

    for (let step = 0; step < steps; step++) {
      counts.steps++;
      const what = random.below(10);
      if (what < 4) start(1 + random.below(PERMITS));
      else if (what < 8 && beats.length > 0) beats.splice(random.below(beats.length), 1)[0]?.resolve();
      else if (tasks.length > 0) {
        counts.cancels++;
        tasks[random.below(tasks.length)]?.cancel();
      }
      look();
    }
    for (const beat of beats) beat.resolve();
    look();
    if (held > 0 || tasks.some(({ status }) => status === 'pending')) throw new Error(`${held} permits are still held`);
  },
};
