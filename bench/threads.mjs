// The threads of the rows `worker-…`: one script for every contender, told by `workerData` whose it is.

import { URL } from 'node:url';
import { parentPort, Worker, workerData } from 'node:worker_threads';

const role = workerData?.role;

/** Starts such a thread. */
export function startThread(whose) {
  return new Worker(new URL(import.meta.url), { workerData: { role: whose } });
}

/** What `n` calls give together, `atOnce` of them at a time. */
export async function sumOfCalls(n, atOnce, call) {
  let next = 0;
  let sum = 0;
  const worker = async () => {
    while (next < n) {
      const got = await call(next++);
      sum += got;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return sum;
}

export const add = (a, b) => a + b;

/** What a pool is for. */
export function crunch(n) {
  let sum = 0;
  for (let i = 0; i < 200_000; i++) sum += (i ^ n) % 7;
  return sum;
}

if (role === 'rxsluice') {
  const { expose } = await import('../dist/bundle/worker.js');
  expose({ add, crunch });
} else if (role === 'comlink') {
  const { expose } = await import('comlink');
  const { default: endpoint } = await import('comlink/dist/esm/node-adapter.mjs');
  expose({ add, crunch }, endpoint(parentPort));
} else if (role === 'bare') {
  // What comes is summed up, and told when it ends.
  let sum = 0;
  parentPort.on('message', (value) => {
    if (value === null) {
      parentPort.postMessage(sum);
      sum = 0;
    } else sum += value.n;
  });
} else if (role === 'port') {
  const { forEach } = await import('../dist/bundle/index.js');
  const { portReceiver } = await import('../dist/bundle/worker.js');
  parentPort.on('message', ([port, window]) => {
    let sum = 0;
    const values = portReceiver(port, { window });
    forEach(values, ({ n }) => void (sum += n)).subscribe(() => parentPort.postMessage(sum));
  });
}

/** A piscina calls what a script exports. */
export default ({ what, args }) => (what === 'add' ? add(...args) : crunch(...args));
