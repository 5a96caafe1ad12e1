// One consumer of a merge of 65 channels, 64 of which say nothing.

import { channel, go, mergeSelect } from '../../dist/bundle/index.js';
import { Buffer, Loop, receive, send } from '../raw.mjs';

function* produce(numbers, n) {
  for (let i = 0; i < n; i++) yield* numbers.send(i);
}

function* consume(merged, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* merged.receive()).value;
  return sum;
}

export const row = {
  place: 5,
  title: '64 idle channels and a hot one',
  what: 'item',
  aim: 60,
  n: 400_000,
  expected: (n) => (n * (n - 1)) / 2,
  rxsluice(n) {
    const hot = channel(128);
    const idle = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`idle${i}`, channel(128)]));
    go(() => produce(hot, n));
    return go(() => consume(mergeSelect({ ...idle, hot }), n)).promise();
  },
  /** All 65 share the line of those who receive. */
  raw(n) {
    const loop = new Loop();
    const receivers = [];
    const buffers = Array.from({ length: 65 }, () => new Buffer(loop, 128, receivers));
    let sum = 0;
    loop.spawn(send(buffers[64], 0, n));
    loop.spawn(receive(buffers[64], n, (all) => (sum = all)));
    loop.run();
    return sum;
  },
};
