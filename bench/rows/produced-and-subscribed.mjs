// A coroutine in and a subscriber out, with a channel of capacity 128 between them.

import { channel, go } from '../../dist/bundle/index.js';
import { Buffer, Loop, receive, send } from '../raw.mjs';

function* produce(numbers, n) {
  for (let i = 0; i < n; i++) yield* numbers.send(i);
  numbers.close();
}

export const row = {
  place: 12,
  title: 'a coroutine in, a subscriber out',
  what: 'item',
  aim: '2.5 × Subject.next',
  n: 500_000,
  expected: (n) => (n * (n - 1)) / 2,
  rxsluice(n) {
    const numbers = channel(128);
    let sum = 0;
    go(() => produce(numbers, n));
    return new Promise((resolve, reject) => {
      numbers.subscribe({ next: (value) => (sum += value), error: reject, complete: () => resolve(sum) });
    });
  },
  raw(n) {
    const loop = new Loop();
    const numbers = new Buffer(loop, 128);
    let sum = 0;
    loop.spawn(send(numbers, 0, n));
    loop.spawn(receive(numbers, n, (all) => (sum = all)));
    loop.run();
    return sum;
  },
};
