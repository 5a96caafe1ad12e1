// A generator, pulled value by value.

import { fromSource } from '../from-source.mjs';

function* count(n) {
  for (let i = 0; i < n; i++) yield i;
}

export const row = fromSource({
  place: 13,
  kind: 'an iterable',
  aim: 60,
  n: 500_000,
  source: count,
  bare(n) {
    let sum = 0;
    for (const i of count(n)) sum += i;
    return sum;
  },
});
