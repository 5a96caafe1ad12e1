// A coroutine starts a task that waits for one value, sends it that, and waits for its end.

import { channel, go } from '../../dist/bundle/index.js';
import { Loop } from '../raw.mjs';

function* receiveOne(numbers) {
  return yield* numbers.receive();
}

function* spawnAndJoin(n) {
  const numbers = channel();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const task = go(() => receiveOne(numbers));
    yield* numbers.send(i);
    sum += yield* task;
  }
  return sum;
}

/** A place for one value, and the outcome of a generator. */
class Slot {
  value = 0;
  given = false;
  waiting = [];
}

function give(loop, slot, value) {
  slot.value = value;
  slot.given = true;
  loop.wake(slot.waiting);
}

function* take(loop, slot) {
  while (!slot.given) yield* loop.wait(slot.waiting);
  slot.given = false;
  return slot.value;
}

function* rawReceiveOne(loop, numbers, job) {
  give(loop, job, yield* take(loop, numbers));
}

function* rawSpawnAndJoin(loop, n, done) {
  const numbers = new Slot();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const job = new Slot();
    loop.spawn(rawReceiveOne(loop, numbers, job));
    give(loop, numbers, i);
    sum += yield* take(loop, job);
  }
  done(sum);
}

export const row = {
  place: 6.1,
  title: 'spawn, one receive, and join',
  what: 'task',
  aim: '1.5 × raw yield*',
  n: 200_000,
  expected: (n) => (n * (n - 1)) / 2,
  rxsluice: (n) => go(() => spawnAndJoin(n)).promise(),
  raw(n) {
    const loop = new Loop();
    let sum = 0;
    loop.spawn(rawSpawnAndJoin(loop, n, (all) => (sum = all)));
    loop.run();
    return sum;
  },
};
