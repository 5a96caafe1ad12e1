// A pool of two threads on work that computes, 16 calls at a time.

import { threadPool } from '../../dist/bundle/worker.js';
import { crunch, startThread, sumOfCalls } from '../threads.mjs';

let ours;
let pool;

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
    return sumOfCalls(n, 16, (i) => ours.call('crunch', [i]).promise());
  },
  others: {
    async piscina(n) {
      const { default: Piscina } = await import('piscina');
      const filename = new globalThis.URL('../threads.mjs', import.meta.url).href;
      pool ??= new Piscina({ filename, minThreads: 2, maxThreads: 2 });
      return sumOfCalls(n, 16, (i) => pool.run({ what: 'crunch', args: [i] }));
    },
  },
};
