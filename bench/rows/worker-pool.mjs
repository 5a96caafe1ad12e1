// A pool of two threads on work that computes, 16 calls at a time.

import { threadPool } from '../../dist/bundle/worker.js';
import { crunch, startThread } from '../threads.mjs';

let ours;
let pool;

async function bySixteen(n, call) {
  let next = 0;
  let sum = 0;
  const worker = async () => {
    while (next < n) {
      const got = await call(next++);
      sum += got;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return sum;
}

export const row = {
  place: 34,
  title: 'A pool of two threads on work that computes',
  what: 'job',
  aim: 'what piscina takes',
  n: 1_000,
  needs: 'piscina',
  expected(n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += crunch(i);
    return sum;
  },
  rxsluice(n) {
    ours ??= threadPool(() => startThread('rxsluice'), { size: 2 });
    return bySixteen(n, (i) => ours.call('crunch', [i]).promise());
  },
  others: {
    async piscina(n) {
      const { default: Piscina } = await import('piscina');
      const filename = new globalThis.URL('../threads.mjs', import.meta.url).href;
      pool ??= new Piscina({ filename, minThreads: 2, maxThreads: 2 });
      return bySixteen(n, (i) => pool.run({ what: 'crunch', args: [i] }));
    },
  },
};
