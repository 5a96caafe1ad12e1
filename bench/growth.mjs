// How costs grow: linearly with the work, and not with what merely waits. Prints, as JSON, what one thing costs at each size,
// and the exponent of its growth: the slope of the line through the logarithms. 0: it costs the same at every size.
//
//   node bench/growth.mjs [--quick]

import { channel, go, mergeSelect, select, semaphore } from '../dist/bundle/index.js';

const quick = process.argv[2] === '--quick';
const ROUNDS = quick ? 3 : 7;

function* produce(numbers, n) {
  for (let i = 0; i < n; i++) yield* numbers.send(i);
}

function* consume(numbers, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* numbers.receive();
  return sum;
}

function* choose(cases, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* select(cases)).value;
  return sum;
}

function* consumeMerged(merged, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* merged.receive()).value;
  return sum;
}

function check(got, expected) {
  if (got !== expected) throw new Error(`gave ${got} instead of ${expected}`);
}

const sumBelow = (n) => (n * (n - 1)) / 2;
const powers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
const doublings = (from, to) => Array.from({ length: Math.log2(to / from) + 1 }, (_, i) => from * 2 ** i);

/** Nanoseconds of wall time: a run is one turn or a few, and too short for the clock of the CPU. */
async function timed(work) {
  const before = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - before);
}

/** Leaves the middle of a line of `size` until it is half as long, a thousand times at most; so often that it takes a while. */
async function cancelFromTheMiddle(size, join, leave) {
  const count = Math.min(size / 2, 1000);
  const first = Math.floor((size - count) / 2);
  let time = 0;
  let cancelled = 0;
  do {
    const line = join(size);
    time += await timed(() => {
      for (let i = first; i < first + count; i++) leave(line[i]);
    });
    cancelled += count;
    for (const one of line) leave(one);
  } while (cancelled < 10_000 && size < 100_000);
  return time / cancelled;
}

/** `n` items, one at a time, by way of a case among `size` idle ones. */
async function pastIdle(size, capacity, consumer, n) {
  const idle = Object.fromEntries(Array.from({ length: size }, (_, i) => [`idle${i}`, channel()]));
  const hot = channel(capacity);
  go(() => produce(hot, n));
  return (await timed(async () => check(await go(() => consumer({ ...idle, hot }, n)).promise(), sumBelow(n)))) / n;
}

/** Fewer where each costs more. */
const choices = (size) => Math.max(2000, Math.round((quick ? 2e5 : 1e6) / size));
/** So many that making the merge, which is O(sources), does not count. */
const MERGED = quick ? 50_000 : 500_000;

const SERIES = [
  {
    title: 'items through a channel of capacity 128',
    what: 'ns per item',
    by: 'items',
    sizes: powers(4, quick ? 6 : 7),
    async cost(n) {
      const numbers = channel(128);
      go(() => produce(numbers, n));
      return (await timed(async () => check(await go(() => consume(numbers, n)).promise(), sumBelow(n)))) / n;
    },
  },
  {
    title: 'items that are all buffered before the first is received',
    what: 'ns per item',
    by: 'items',
    sizes: powers(4, quick ? 6 : 7),
    async cost(n) {
      const numbers = channel(Infinity);
      return (
        (await timed(async () => {
          for (let i = 0; i < n; i++) numbers.trySend(i);
          check(await go(() => consume(numbers, n)).promise(), sumBelow(n));
        })) / n
      );
    },
  },
  {
    title: 'unsubscribing a receive from the middle of those that wait',
    what: 'ns per unsubscribe',
    by: 'waiters',
    sizes: powers(2, quick ? 5 : 6),
    cost(size) {
      const join = (size) => {
        const numbers = channel();
        return Array.from({ length: size }, () => numbers.receive().subscribe({ error: () => {} }));
      };
      return cancelFromTheMiddle(size, join, (subscription) => subscription.unsubscribe());
    },
  },
  {
    title: 'cancelling a task from the middle of those that wait for a semaphore',
    what: 'ns per cancel',
    by: 'waiters',
    sizes: powers(2, quick ? 5 : 6),
    cost(size) {
      const join = (size) => {
        const permits = semaphore(1);
        permits.tryAcquire();
        return Array.from({ length: size }, () =>
          go(function* () {
            yield* permits.acquire();
          }),
        );
      };
      return cancelFromTheMiddle(size, join, (task) => task.cancel());
    },
  },
  {
    title: 'select, one case ready and the others idle',
    what: 'ns per choice',
    by: 'idle cases',
    sizes: doublings(2, 512),
    cost: (size) => pastIdle(size, 128, choose, choices(size)),
  },
  {
    title: 'select, waiting with all cases until one is served',
    what: 'ns per choice',
    by: 'idle cases',
    sizes: doublings(2, 512),
    cost: (size) => pastIdle(size, 0, choose, choices(size)),
  },
  {
    title: 'mergeSelect, one source ready and the others idle',
    what: 'ns per item',
    by: 'idle sources',
    sizes: doublings(2, 512),
    cost: (size) => pastIdle(size, 128, (cases, n) => consumeMerged(mergeSelect(cases), n), MERGED),
  },
  {
    title: 'mergeSelect, waiting with all sources until one is served',
    what: 'ns per item',
    by: 'idle sources',
    sizes: doublings(2, 512),
    cost: (size) => pastIdle(size, 0, (cases, n) => consumeMerged(mergeSelect(cases), n), MERGED),
  },
];

/** The slope of the least-squares line through the logarithms. */
function exponent(points) {
  const logs = points.map(({ size, cost }) => [Math.log(size), Math.log(cost)]);
  const mean = (index) => logs.reduce((sum, log) => sum + log[index], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  return logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) / logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}

const median = (figures) => [...figures].sort((a, b) => a - b)[figures.length >> 1];

const series = [];
for (const { title, what, by, sizes, cost } of SERIES) {
  // The compiler learns first.
  for (let i = 0; i < 20; i++) await cost(sizes[0]);
  for (const size of sizes) await cost(size);
  const taken = new Map(sizes.map((size) => [size, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const size of sizes) {
      taken.get(size).push(await cost(size));
    }
  }
  const points = sizes.map((size) => ({ size, cost: median(taken.get(size)) }));
  series.push({ title, what, by, points, exponent: exponent(points) });
}
console.log(JSON.stringify(series));
