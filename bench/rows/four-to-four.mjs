// Four producers and four consumers share a channel of capacity 64.

import { channel, go } from '../../dist/bundle/index.js';
import { Buffer, Loop, receive, send } from '../raw.mjs';

function* produce(numbers, from, to) {
  for (let i = from; i < to; i++) yield* numbers.send(i);
}

function* consume(numbers, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* numbers.receive();
  return sum;
}

function* sumOf(tasks) {
  let sum = 0;
  for (const task of tasks) sum += yield* task;
  return sum;
}

const FOUR = [0, 1, 2, 3];

export const row = {
  place: 3,
  title: '4→4 through capacity 64',
  what: 'item',
  aim: 33,
  n: 1_000_000,
  expected: (n) => (n * (n - 1)) / 2,
  rxsluice(n) {
    const numbers = channel(64);
    const share = n / 4;
    for (const i of FOUR) go(() => produce(numbers, i * share, (i + 1) * share));
    const consumers = FOUR.map(() => go(() => consume(numbers, share)));
    return go(() => sumOf(consumers)).promise();
  },
  raw(n) {
    const loop = new Loop();
    const numbers = new Buffer(loop, 64);
    const share = n / 4;
    let sum = 0;
    for (const i of FOUR) loop.spawn(send(numbers, i * share, (i + 1) * share));
    for (let i = 0; i < 4; i++) loop.spawn(receive(numbers, share, (part) => (sum += part)));
    loop.run();
    return sum;
  },
};
