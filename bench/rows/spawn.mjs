// A coroutine starts a task that ends at once, and waits for it.

import { go } from '../../dist/bundle/index.js';
import { Loop } from '../raw.mjs';

// eslint-disable-next-line require-yield -- It never waits, and is a coroutine.
function* one() {
  return 1;
}

function* spawnAndJoin(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* go(one);
  return sum;
}

/** The outcome of a generator, and who waits for it. */
class Job {
  ended = false;
  value = 0;
  waiting = [];
}

// eslint-disable-next-line require-yield -- As above.
function* rawOne(loop, job) {
  job.value = 1;
  job.ended = true;
  loop.wake(job.waiting);
}

function* rawSpawnAndJoin(loop, n, done) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const job = new Job();
    loop.spawn(rawOne(loop, job));
    while (!job.ended) yield* loop.wait(job.waiting);
    sum += job.value;
  }
  done(sum);
}

export const row = {
  place: 6,
  title: 'spawn and join',
  what: 'task',
  aim: 300,
  n: 200_000,
  expected: (n) => n,
  rxsluice(n) {
    return go(() => spawnAndJoin(n)).promise();
  },
  raw(n) {
    const loop = new Loop();
    let sum = 0;
    loop.spawn(rawSpawnAndJoin(loop, n, (all) => (sum = all)));
    loop.run();
    return sum;
  },
};
