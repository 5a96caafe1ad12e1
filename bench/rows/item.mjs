// One producer, one consumer, a channel of capacity 128.

import { channel, go } from '../../dist/bundle/index.js';
import { Buffer, Loop, receive, send } from '../raw.mjs';

function* produce(numbers, n) {
  for (let i = 0; i < n; i++) yield* numbers.send(i);
  numbers.close();
}

function* consume(numbers, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* numbers.receive();
  return sum;
}

export const row = {
  place: 1,
  title: 'buffered 1→1',
  what: 'item',
  aim: 33,
  n: 1_000_000,
  expected: (n) => (n * (n - 1)) / 2,
  rxsluice(n) {
    const numbers = channel(128);
    go(() => produce(numbers, n));
    return go(() => consume(numbers, n)).promise();
  },
  raw(n) {
    const loop = new Loop();
    const numbers = new Buffer(loop, 128);
    let sum = 0;
    loop.spawn(send(numbers, 0, n));
    loop.spawn(receive(numbers, n, (part) => (sum += part)));
    loop.run();
    return sum;
  },
};
