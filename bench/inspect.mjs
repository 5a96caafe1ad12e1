// What looking on costs. Prints JSON.
//
//   node bench/inspect.mjs [--quick]
//
//   off       nobody inspects: each hook of the core is one test of a null
//   no hooks  a copy of what was built, in which there are none: off is to be within 1 % of it
//   on        an inspector is on: everything is recorded
//
// They take turns, round by round, in an order that is drawn anew. What off costs is the median of the rounds' own ratios: a machine
// that is busy for a while is busy for both.

import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { URL } from 'node:url';
import * as built from '../dist/bundle/index.js';
import { inspect } from '../dist/bundle/inspect.js';
import { Random } from './random.mjs';

const quick = process.argv[2] === '--quick';
const ROUNDS = quick ? 25 : 101;
const N = 1e5;

/** A copy without hooks, beside the dependencies of the one that was built. */
async function loadWithoutHooks() {
  const copy = new URL('../node_modules/.bench-without-hooks/', import.meta.url);
  await rm(copy, { recursive: true, force: true });
  await cp(new URL('../dist/bundle/', import.meta.url), copy, { recursive: true });
  let counted = 0;
  for (const file of await readdir(copy)) {
    if (!file.endsWith('.js')) continue;
    const text = await readFile(new URL(file, copy), 'utf8');
    const without = text.replace(/turn\.watch\?\.\w+(?:\?\.)?\((?:[^()]|\([^()]*\))*\)/g, () => (counted++, 'void 0'));
    // The process has one turn: that of the copy is its own.
    await writeFile(new URL(file, copy), without.replaceAll('rxsluice.$', 'rxsluice-without-hooks.$'));
  }
  await writeFile(new URL('package.json', copy), '{ "type": "module" }');
  if (counted < 15) throw new Error(`found ${counted} hooks to take out`);
  const loaded = await import(new URL('index.js', copy));
  await rm(copy, { recursive: true });
  return loaded;
}

// eslint-disable-next-line require-yield -- It never waits, and is a coroutine.
function* one() {
  return 1;
}

function rowsOf({ channel, go, stateOwner }) {
  const pass = (capacity) => async (n) => {
    const numbers = channel(capacity);
    go(function* () {
      for (let i = 0; i < n; i++) yield* numbers.send(1);
    });
    return go(function* () {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += yield* numbers.receive();
      return sum;
    }).promise();
  };
  return {
    'buffered 1→1, item': pass(128),
    'a wait (rendezvous)': pass(0),
    'a task (spawn and join)': (n) =>
      go(function* () {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += yield* go(one);
        return sum;
      }).promise(),
    'a channel made': async (n) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += channel(1).capacity;
      return sum;
    },
    'an owner updated': async (n) => {
      const owner = stateOwner(0);
      for (let i = 0; i < n; i++) owner.update((state) => state + 1).subscribe();
      return owner.value;
    },
  };
}

/** CPU nanoseconds per item. */
async function once(row, n) {
  const before = process.cpuUsage();
  const sum = await row(n);
  const { user, system } = process.cpuUsage(before);
  if (sum !== n) throw new Error(`gave ${sum}`);
  return ((user + system) * 1000) / n;
}

async function inspected(row, n) {
  const inspector = inspect();
  try {
    return await once(row, n);
  } finally {
    inspector.stop();
  }
}

const ours = rowsOf(built);
const bare = rowsOf(await loadWithoutHooks());
const median = (figures) => [...figures].sort((a, b) => a - b)[figures.length >> 1];
const random = new Random(1);

/** In turns, in an order that is drawn anew. */
async function compare(ways) {
  const taken = Object.keys(ways).map((way) => ({ way, times: [] }));
  for (let round = -3; round < ROUNDS; round++) {
    const order = taken.map((each) => ({ each, at: random.below(1_000_000) })).sort((a, b) => a.at - b.at);
    for (const { each } of order) {
      const time = await ways[each.way]();
      if (round >= 0) each.times.push(time);
    }
  }
  const [first, second] = taken;
  const ratios = second === undefined ? [] : first.times.map((time, round) => time / second.times[round]);
  return { ways: taken.map(({ way, times }) => ({ way, cpu: median(times) })), ratio: median(ratios) };
}

const titles = Object.keys(ours);
const off = {};
// First without any inspection: what that does to the compiler is not to slow the others.
for (const title of titles)
  off[title] = await compare({
    off: () => once(ours[title], N),
    'no hooks': () => once(bare[title], N),
  });
const rows = [];
for (const title of titles)
  rows.push({
    title,
    ways: [...off[title].ways, ...(await compare({ on: () => inspected(ours[title], N / 10) })).ways],
    ratio: off[title].ratio,
  });
console.log(JSON.stringify(rows));
process.exit();
