// Two event loops with a queue in and a queue out, as two asyncio loops in two threads have them. Whoever is slow slows the other,
// and the end of one, good or bad, is heard by the other.

import { Worker } from 'node:worker_threads';
import { channel, forEach, go, select } from 'rxsluice';
import { portReceiver, portSender } from 'rxsluice/worker';
import type { Done, Job } from './thread.ts';

function startLoop() {
  const worker = new Worker(new URL('./thread.ts', import.meta.url));
  const jobs = new MessageChannel();
  const results = new MessageChannel();
  const moved = [jobs.port2, results.port2];
  worker.postMessage(moved, moved as never);
  return {
    jobs: portSender<Job>(jobs.port1),
    results: portReceiver<Done>(results.port1, { window: 2 }),
    stop: () => worker.terminate(),
  };
}

const loop = startLoop();
await go(function* () {
  // Tagged results of the thread, and notes from here, in one line.
  const notes = channel<string>();
  go(function* () {
    for (const [i, name] of ['a', 'b', 'c'].entries()) yield* loop.jobs.send({ name, n: 20 + i });
    yield* notes.send('all jobs are sent');
    loop.jobs.close();
  });
  let isOpen = true;
  const seen: string[] = [];
  while (isOpen) {
    const got = yield* select({ done: loop.results.receiveResult(), notes });
    if (got.key === 'notes') seen.push(got.value);
    else if (got.value.ok) console.log(`${got.value.value.job}: ${got.value.value.result}`);
    else isOpen = false;
  }
  console.log(`${seen.join()}; both loops have ended`);
}).promise();

const failing = startLoop();
await go(function* () {
  yield* failing.jobs.send({ name: 'd', n: -1 });
  try {
    yield* forEach(failing.results, console.log);
  } catch (error) {
    console.log(`${(error as Error).name}: ${(error as Error).message}`);
  }
}).promise();

await Promise.all([loop.stop(), failing.stop()]);
