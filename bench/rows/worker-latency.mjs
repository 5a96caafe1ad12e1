// One call after the other: there and back.

import { thread } from '../../dist/bundle/worker.js';
import { go } from '../../dist/bundle/index.js';
import { startThread } from '../threads.mjs';

let ours;
let theirs;
let pool;

async function oneByOne(n, call) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const got = await call(i);
    sum += got;
  }
  return sum;
}

export const row = {
  place: 33,
  title: 'One call after the other',
  what: 'call',
  aim: 'ahead of piscina and comlink',
  n: 5_000,
  needs: 'piscina',
  expected: (n) => (n * (n - 1)) / 2 + n,
  rxsluice(n) {
    ours ??= thread(() => startThread('rxsluice'));
    return go(function* () {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += yield* ours.call('add', [i, 1]);
      return sum;
    }).promise();
  },
  others: {
    async comlink(n) {
      const { wrap } = await import('comlink');
      const { default: endpoint } = await import('comlink/dist/esm/node-adapter.mjs');
      theirs ??= wrap(endpoint(startThread('comlink')));
      return oneByOne(n, (i) => theirs.add(i, 1));
    },
    async piscina(n) {
      const { default: Piscina } = await import('piscina');
      const filename = new globalThis.URL('../threads.mjs', import.meta.url).href;
      pool ??= new Piscina({ filename, minThreads: 1, maxThreads: 1 });
      return oneByOne(n, (i) => pool.run({ what: 'add', args: [i, 1] }));
    },
  },
};
