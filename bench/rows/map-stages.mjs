// Three stages, each a coroutine that maps what it receives, over channels of capacity 64.

import { channel, go } from '../../dist/bundle/index.js';
import { Buffer, Loop, receive, send } from '../raw.mjs';

function* produce(numbers, n) {
  for (let i = 0; i < n; i++) yield* numbers.send(i);
}

function* map(source, target, n) {
  for (let i = 0; i < n; i++) yield* target.send((yield* source.receive()) + 1);
}

function* consume(numbers, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* numbers.receive();
  return sum;
}

function* rawMap(source, target, n) {
  for (let i = 0; i < n; i++) {
    while (source.empty) yield* source.value();
    const value = source.shift() + 1;
    while (target.full) yield* target.room();
    target.push(value);
  }
}

export const row = {
  place: 8,
  title: '3 map stages over capacity 64',
  what: 'item',
  aim: 120,
  n: 300_000,
  expected: (n) => (n * (n - 1)) / 2 + 3 * n,
  rxsluice(n) {
    const line = Array.from({ length: 4 }, () => channel(64));
    go(() => produce(line[0], n));
    for (let i = 0; i < 3; i++) go(() => map(line[i], line[i + 1], n));
    return go(() => consume(line[3], n)).promise();
  },
  raw(n) {
    const loop = new Loop();
    const line = Array.from({ length: 4 }, () => new Buffer(loop, 64));
    let sum = 0;
    loop.spawn(send(line[0], 0, n));
    for (let i = 0; i < 3; i++) loop.spawn(rawMap(line[i], line[i + 1], n));
    loop.spawn(receive(line[3], n, (all) => (sum = all)));
    loop.run();
    return sum;
  },
};
