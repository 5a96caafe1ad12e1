// A million values of a thousand keys: of each key only the latest is kept. All are taken when half of them have come, and at
// the end. The same with ten keys, and with a hundred thousand, since a value shall cost the same however many there are.

import { channel } from '../../dist/bundle/index.js';

/** Of what has come since `from` until `to`, the latest of each key: are it these? */
function areLatest(values, keys, from, to) {
  const first = Math.max(from, to - keys);
  let sum = 0;
  for (const { value } of values) sum += value;
  return values.length === to - first && sum === ((to - first) * (first + to - 1)) / 2;
}

/** `open` gives a way to put a value, and one to take all that is there. */
function conflate(n, keys, open) {
  const { put, takeAll } = open(keys);
  for (let from = 0; from < n; from += n / 2) {
    const to = from + n / 2;
    for (let value = from; value < to; value++) put({ key: value % keys, value });
    if (!areLatest(takeAll(), keys, from, to)) return 'not the latest';
  }
  return n;
}

function byChannel(keys) {
  const latest = channel({ capacity: keys, conflateBy: ({ key }) => key });
  return {
    put: (tick) => latest.trySend(tick),
    takeAll() {
      let all = [];
      latest.receiveMany(Infinity).subscribe((values) => (all = values));
      return all;
    },
  };
}

function byMap() {
  const latest = new Map();
  return {
    put: (tick) => latest.set(tick.key, tick),
    takeAll() {
      const all = [...latest.values()];
      latest.clear();
      return all;
    },
  };
}

export const row = {
  place: 16.3,
  title: 'the latest of each of 1 000 keys',
  what: 'value',
  aim: '3 × a Map by hand',
  n: 1_000_000,
  expected: (n) => n,
  rxsluice: (n) => conflate(n, 1000, byChannel),
  others: {
    '10 keys': (n) => conflate(n, 10, byChannel),
    '100 000 keys': (n) => conflate(n, 100_000, byChannel),
    'a Map by hand': (n) => conflate(n, 1000, byMap),
    'a Map by hand, 100 000 keys': (n) => conflate(n, 100_000, byMap),
  },
};
