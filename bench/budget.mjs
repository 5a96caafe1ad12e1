// What it costs that a turn looks at the clock, to give the host a chance every ten milliseconds. Prints JSON.
//
//   node bench/budget.mjs [--quick]
//
//   as it is         every run burns fuel, looks at the clock now and then, and gives way every 10 ms
//   never gives way  the same, with a budget without end
//   virtual time     inside of `TestScheduler.run`, where the clock stands still: looks are few, and nothing gives way
//   no fuel at all   a copy of what was built, in which nothing is counted

import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { URL } from 'node:url';
import { TestScheduler } from 'rxjs/testing';
import * as built from '../dist/bundle/index.js';

const quick = process.argv[2] === '--quick';
const ROUNDS = quick ? 5 : 31;
const N = quick ? 1e5 : 1e6;
const turn = globalThis[Symbol.for('rxsluice.turn')];

/** A copy without fuel, beside the dependencies of the one that was built. */
async function loadWithoutFuel() {
  const copy = new URL('../node_modules/.bench-without-fuel/', import.meta.url);
  await rm(copy, { recursive: true, force: true });
  await cp(new URL('../dist/bundle/', import.meta.url), copy, { recursive: true });
  let counted = 0;
  for (const file of await readdir(copy)) {
    if (!file.endsWith('.js')) continue;
    const text = await readFile(new URL(file, copy), 'utf8');
    const without = text.replace(/--turn\.fuel < 0/g, () => (counted++, 'false'));
    await writeFile(new URL(file, copy), without);
  }
  await writeFile(new URL('package.json', copy), '{ "type": "module" }');
  // As many as there are in `src`: the loop of turns, the step of an operation, and those written out for speed.
  if (counted < 2) throw new Error('found no fuel to take out');
  const loaded = await import(new URL('index.js', copy));
  await rm(copy, { recursive: true });
  return loaded;
}

function rowsOf({ channel, go }) {
  function* produce(numbers) {
    for (let i = 0; i < N; i++) yield* numbers.send(i);
  }
  function* consume(numbers) {
    let sum = 0;
    for (let i = 0; i < N; i++) sum += yield* numbers.receive();
    return sum;
  }
  const through = (capacity) => (ended) => {
    const numbers = channel(capacity);
    go(() => produce(numbers));
    go(() => consume(numbers)).subscribe(ended);
  };
  return { 'buffered 1→1': through(128), rendezvous: through(0) };
}

/** CPU nanoseconds per item. */
async function once(row) {
  const before = process.cpuUsage();
  const sum = await new Promise((resolve) => row(resolve));
  const { user, system } = process.cpuUsage(before);
  if (sum !== (N * (N - 1)) / 2) throw new Error(`gave ${sum}`);
  return ((user + system) * 1000) / N;
}

async function withoutEnd(row) {
  turn.budget = Infinity;
  try {
    return await once(row);
  } finally {
    turn.budget = 10;
  }
}

const virtual = (row) => once((ended) => new TestScheduler(() => {}).run(() => row(ended)));

const ours = rowsOf(built);
const bare = rowsOf(await loadWithoutFuel());
const ways = {
  'as it is': (name) => once(ours[name]),
  'never gives way': (name) => withoutEnd(ours[name]),
  'virtual time': (name) => virtual(ours[name]),
  'no fuel at all': (name) => once(bare[name]),
};

const median = (figures) => [...figures].sort((a, b) => a - b)[figures.length >> 1];

const rows = [];
for (const title of Object.keys(ours)) {
  const taken = Object.keys(ways).map((way) => [way, []]);
  for (let round = -2; round < ROUNDS; round++) {
    for (const [way, times] of taken) {
      const time = await ways[way](title);
      if (round >= 0) times.push(time);
    }
  }
  rows.push({ title, ways: taken.map(([way, times]) => ({ way, cpu: median(times) })) });
}
console.log(JSON.stringify(rows));
process.exit();
