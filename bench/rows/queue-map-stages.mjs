// Three stages of queueMap, each of which pulls from the channel before it, and sends into the next.

import { concatMap, of, range } from 'rxjs';
import { channel, go, queueMap, sendTo } from '../../dist/bundle/index.js';

function* produce(numbers, n) {
  for (let i = 0; i < n; i++) yield* numbers.send(i);
  numbers.close();
}

const plusOne = (value) => of(value + 1);

export const row = {
  place: 16,
  title: '3 stages of queueMap that pull',
  what: 'item',
  aim: '3 × concatMap, which cannot pull,',
  n: 100_000,
  expected: (n) => (n * (n - 1)) / 2 + 3 * n,
  rxsluice(n) {
    const first = channel(64);
    let stage = first;
    for (let i = 0; i < 2; i++) {
      const next = channel(64);
      stage.pipe(queueMap(plusOne), sendTo(next, { close: true })).subscribe();
      stage = next;
    }
    let sum = 0;
    const done = new Promise((resolve, reject) => {
      stage
        .pipe(queueMap(plusOne))
        .subscribe({ next: (value) => (sum += value), error: reject, complete: () => resolve(sum) });
    });
    go(() => produce(first, n));
    return done;
  },
  others: {
    concatMap(n) {
      let sum = 0;
      range(0, n)
        .pipe(concatMap(plusOne), concatMap(plusOne), concatMap(plusOne))
        .subscribe((value) => (sum += value));
      return sum;
    },
  },
};
