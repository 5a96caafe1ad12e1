// js-csp: core.async in JavaScript; a process is a generator that yields what it waits for.

import csp from 'js-csp';

function* produce(numbers, from, to) {
  for (let i = from; i < to; i++) yield csp.put(numbers, i);
}

function* consume(numbers, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield csp.take(numbers);
  return sum;
}

/** What a process returns, as a promise. */
const run = (process, args) => new Promise((resolve) => csp.takeAsync(csp.go(process, args), resolve));

function* sumOf(processes) {
  let sum = 0;
  for (const process of processes) sum += yield csp.take(process);
  return sum;
}

function* ask(there, back, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    yield csp.put(there, i);
    sum += yield csp.take(back);
  }
  return sum;
}

function* answer(there, back, n) {
  for (let i = 0; i < n; i++) yield csp.put(back, (yield csp.take(there)) + 1);
}

function* choose(channels, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield csp.alts(channels)).value;
  return sum;
}

function* map(source, target, n) {
  for (let i = 0; i < n; i++) yield csp.put(target, (yield csp.take(source)) + 1);
}

// eslint-disable-next-line require-yield -- It never waits, and is a process.
function* one() {
  return 1;
}

function* spawnAndJoin(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield csp.take(csp.go(one));
  return sum;
}

function* count(numbers) {
  for (let i = 2; yield csp.put(numbers, i); i++);
}

function* filter(source, target, prime) {
  for (;;) {
    const number = yield csp.take(source);
    if (number === csp.CLOSED) return;
    if (number % prime !== 0) yield csp.put(target, number);
  }
}

function* primes(n) {
  const all = [csp.chan()];
  csp.go(count, [all[0]]);
  let prime = 0;
  for (let i = 0; i < n; i++) {
    prime = yield csp.take(all[i]);
    all.push(csp.chan());
    csp.go(filter, [all[i], all[i + 1], prime]);
  }
  for (const numbers of all) numbers.close();
  return prime;
}

const FOUR = [0, 1, 2, 3];

export const peers = {
  'js-csp': {
    item(n) {
      const numbers = csp.chan(128);
      csp.go(produce, [numbers, 0, n]);
      return run(consume, [numbers, n]);
    },
    'four-to-four'(n) {
      const numbers = csp.chan(64);
      const share = n / 4;
      for (const i of FOUR) csp.go(produce, [numbers, i * share, (i + 1) * share]);
      return run(sumOf, [FOUR.map(() => csp.go(consume, [numbers, share]))]);
    },
    'round-trip'(n) {
      const there = csp.chan();
      const back = csp.chan();
      csp.go(answer, [there, back, n]);
      return run(ask, [there, back, n]);
    },
    select(n) {
      const channels = FOUR.map(() => csp.chan(64));
      const share = n / 4;
      channels.forEach((numbers, i) => csp.go(produce, [numbers, i * share, (i + 1) * share]));
      return run(choose, [channels, n]);
    },
    'merge-select'(n) {
      const hot = csp.chan(128);
      const idle = Array.from({ length: 64 }, () => csp.chan(128));
      csp.go(produce, [hot, 0, n]);
      return run(choose, [[...idle, hot], n]);
    },
    /** No more than 1024 may wait at one channel. */
    blocked: (n) =>
      Array.from({ length: n / 1000 }, () => {
        const numbers = csp.chan();
        for (let i = 0; i < 1000; i++) csp.go(consume, [numbers, 1]);
        return numbers;
      }),
    spawn: (n) => run(spawnAndJoin, [n]),
    sieve: (n) => run(primes, [n]),
    'map-stages'(n) {
      const line = Array.from({ length: 4 }, () => csp.chan(64));
      csp.go(produce, [line[0], 0, n]);
      for (let i = 0; i < 3; i++) csp.go(map, [line[i], line[i + 1], n]);
      return run(consume, [line[3], n]);
    },
  },
};
