// What a task that is blocked on receive weighs. Prints, as JSON, the bytes for each of so many, of each contender:
//
//   node bench/memory.mjs [--quick]
//
// Each contender has a process of its own, which is this file again, with its name: then all that it allocated is counted,
// after a collection of the garbage, and nothing else.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { channel, go } from '../dist/bundle/index.js';
import { peersOf, runOf } from './peers.mjs';
import { Buffer, Loop, receive } from './raw.mjs';

const [mode, contender] = process.argv.slice(2);
const n = mode === '--quick' ? 20_000 : 1_000_000;
/** Those that weigh much more are asked for fewer. */
const FEWER = { effection: 20 };

function* consume(numbers) {
  return yield* numbers.receive();
}

const contenders = [
  {
    name: 'rxsluice',
    run(n) {
      const numbers = channel();
      const tasks = new Array(n);
      for (let i = 0; i < n; i++) tasks[i] = go(() => consume(numbers));
      return [numbers, tasks];
    },
  },
  {
    name: 'raw yield*',
    run(n) {
      const loop = new Loop();
      const numbers = new Buffer(loop, 1);
      for (let i = 0; i < n; i++) loop.spawn(receive(numbers, 1, () => {}));
      loop.run();
      return numbers;
    },
  },
  {
    name: 'a promise',
    run(n) {
      const waiting = [];
      const wait = async () => await new Promise((resolve) => waiting.push(resolve));
      for (let i = 0; i < n; i++) void wait();
      return waiting;
    },
  },
  ...(await Promise.all(
    (await peersOf('blocked')).map(async (peer) => ({ ...peer, run: await runOf(peer, 'blocked') })),
  )),
];

async function weigh({ run, external }, n) {
  if (external) return run(n).got;
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const held = await run(n);
  await new Promise((resolve) => setTimeout(resolve, 50));
  globalThis.gc();
  const after = process.memoryUsage().heapUsed;
  // What is used below is not collected above.
  return held === undefined ? NaN : (after - before) / n;
}

if (contender === undefined) {
  const bytes = contenders.map(({ name }) => {
    const args = ['--expose-gc', '--max-old-space-size=6000', fileURLToPath(import.meta.url), mode ?? '', name];
    return { name, ...JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) };
  });
  console.log(JSON.stringify(bytes));
} else {
  const chosen = contenders.find(({ name }) => name === contender);
  const count = n / (FEWER[contender] ?? 1);
  console.log(JSON.stringify({ bytes: Math.round(await weigh(chosen, count)), n: count }));
  process.exit();
}
