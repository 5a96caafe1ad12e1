// An Observable in and a subscriber out, with a channel of capacity 128 between them.

import { range } from 'rxjs';
import { channel, sendTo } from '../../dist/bundle/index.js';
import { Buffer, Loop, receive, send } from '../raw.mjs';

export const row = {
  place: 11,
  title: 'an Observable in, a subscriber out',
  what: 'item',
  aim: '2.5 × Subject.next',
  n: 500_000,
  expected: (n) => (n * (n - 1)) / 2,
  rxsluice(n) {
    const numbers = channel(128);
    let sum = 0;
    numbers.subscribe((value) => (sum += value));
    range(0, n)
      .pipe(sendTo(numbers, { close: true }))
      .subscribe();
    return sum;
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
