// Calls of one thread, 64 at a time: what a call costs, both sides together.

import { gather, go } from '../../dist/bundle/index.js';
import { thread } from '../../dist/bundle/worker.js';
import { startThread, sumOfCalls } from '../threads.mjs';

const AT_ONCE = 64;
let ours;
let theirs;
let pool;

export const row = {
  place: 32,
  title: 'Calls of a thread, 64 at once',
  what: 'call',
  aim: 'ahead of piscina and comlink',
  n: 20_000,
  needs: 'piscina',
  expected: (n) => (n * (n - 1)) / 2 + n,
  async rxsluice(n) {
    ours ??= thread(() => startThread('rxsluice'));
    let next = 0;
    let sum = 0;
    function* worker() {
      while (next < n) {
        const got = yield* ours.call('add', [next++, 1]);
        sum += got;
      }
    }
    await gather(Array.from({ length: AT_ONCE }, () => go(worker))).promise();
    return sum;
  },
  others: {
    async comlink(n) {
      const { wrap } = await import('comlink');
      const { default: endpoint } = await import('comlink/dist/esm/node-adapter.mjs');
      theirs ??= wrap(endpoint(startThread('comlink')));
      return sumOfCalls(n, AT_ONCE, (i) => theirs.add(i, 1));
    },
    async piscina(n) {
      const { default: Piscina } = await import('piscina');
      const filename = new globalThis.URL('../threads.mjs', import.meta.url).href;
      pool ??= new Piscina({ filename, minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: AT_ONCE });
      return sumOfCalls(n, AT_ONCE, (i) => pool.run({ what: 'add', args: [i, 1] }));
    },
  },
};
