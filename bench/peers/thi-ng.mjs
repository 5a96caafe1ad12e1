// @thi.ng/csp: channels whose reads and writes are promises. The smallest buffer holds one value: there is no rendezvous.
// "Polling first" is the fast way that its documentation offers: what is there at once is not waited for.

import { channel, merge, select } from '@thi.ng/csp';

async function produce(numbers, from, to) {
  for (let i = from; i < to; i++) await numbers.write(i);
}

async function consume(numbers, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await numbers.read();
  return sum;
}

async function offer(numbers, from, to) {
  for (let i = from; i < to; i++) if (!numbers.offer(i)) await numbers.write(i);
}

async function poll(numbers, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += numbers.poll() ?? (await numbers.read());
  return sum;
}

/** From `sources` producers by way of one channel to as many consumers. */
async function through(numbers, n, sources, produce, consume) {
  const share = n / sources;
  const consumers = [];
  for (let i = 0; i < sources; i++) {
    void produce(numbers, i * share, (i + 1) * share);
    consumers.push(consume(numbers, share));
  }
  return (await Promise.all(consumers)).reduce((sum, part) => sum + part);
}

async function answer(there, back, n) {
  for (let i = 0; i < n; i++) await back.write((await there.read()) + 1);
}

async function map(source, target, n) {
  for (let i = 0; i < n; i++) await target.write((await source.read()) + 1);
}

async function count(numbers) {
  for (let i = 2; await numbers.write(i); i++);
}

async function filter(source, target, prime) {
  for (;;) {
    const number = await source.read();
    if (number === undefined) return;
    if (number % prime !== 0) await target.write(number);
  }
}

export const peers = {
  'thi.ng/csp': {
    item: (n) => through(channel(128), n, 1, produce, consume),
    'four-to-four': (n) => through(channel(64), n, 4, produce, consume),
    async 'round-trip'(n) {
      const there = channel();
      const back = channel();
      void answer(there, back, n);
      let sum = 0;
      for (let i = 0; i < n; i++) {
        await there.write(i);
        sum += await back.read();
      }
      return sum;
    },
    async select(n) {
      const channels = [0, 1, 2, 3].map(() => channel(64));
      const share = n / 4;
      channels.forEach((numbers, i) => void produce(numbers, i * share, (i + 1) * share));
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (await select(...channels))[0];
      return sum;
    },
    'merge-select'(n) {
      const hot = channel(128);
      const idle = Array.from({ length: 64 }, () => channel(128));
      void produce(hot, 0, n);
      return consume(merge([...idle, hot]), n);
    },
    /** No more than 1024 may wait at one channel. */
    blocked: (n) =>
      Array.from({ length: n / 1000 }, () => {
        const numbers = channel();
        for (let i = 0; i < 1000; i++) void consume(numbers, 1);
        return numbers;
      }),
    async sieve(n) {
      const all = [channel()];
      void count(all[0]);
      let prime = 0;
      for (let i = 0; i < n; i++) {
        prime = await all[i].read();
        all.push(channel());
        void filter(all[i], all[i + 1], prime);
      }
      for (const numbers of all) numbers.close();
      return prime;
    },
    'map-stages'(n) {
      const line = Array.from({ length: 4 }, () => channel(64));
      void produce(line[0], 0, n);
      for (let i = 0; i < 3; i++) void map(line[i], line[i + 1], n);
      return consume(line[3], n);
    },
  },
  'thi.ng/csp, polling first': {
    item: (n) => through(channel(128), n, 1, offer, poll),
    'four-to-four': (n) => through(channel(64), n, 4, offer, poll),
  },
};
