// A channel is closed, and all who wait to receive from it hear of that: as an error.

import { channel } from '../../dist/bundle/index.js';

export const row = {
  place: 6.3,
  title: 'close a channel with 1 000 000 receivers',
  what: 'receiver',
  aim: 1000,
  n: 1_000_000,
  expected: (n) => n,
  rxsluice(n) {
    const numbers = channel();
    const receive = numbers.receive();
    let failed = 0;
    const observer = { error: () => failed++ };
    for (let i = 0; i < n; i++) receive.subscribe(observer);
    numbers.close();
    return failed;
  },
  others: {
    'rxsluice, only subscribed'(n) {
      const receive = channel().receive();
      const observer = { error: () => undefined };
      for (let i = 0; i < n; i++) receive.subscribe(observer);
      return n;
    },
  },
};
