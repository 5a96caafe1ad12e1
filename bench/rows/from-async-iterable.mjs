// An async generator: every value is a promise, with a channel or without.

import { fromSource } from '../from-source.mjs';

async function* count(n) {
  for (let i = 0; i < n; i++) yield i;
}

export const row = fromSource({
  place: 14,
  kind: 'an async iterable',
  aim: '3 × no channel',
  n: 100_000,
  source: count,
  async bare(n) {
    let sum = 0;
    for await (const i of count(n)) sum += i;
    return sum;
  },
});
