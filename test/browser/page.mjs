// The page: esbuild bundles it, and the threads as modules of their own beside it.

import { forEach, sleep } from 'rxsluice';
import { inThread, portReceiver, thread } from 'rxsluice/worker';
import { failure, program } from './program.mjs';

// Both forms: a URL, and what bundlers look for.
const url = new URL('./crunch.js', import.meta.url);
let made = 0;
const source = () => {
  made++;
  return new globalThis.Worker(new URL('./crunch.js', import.meta.url), { type: 'module' });
};

globalThis.run = async () => {
  const byUrl = await program(url, new URL('./missing.js', import.meta.url));
  const byFunction = await program(source, new URL('./missing.js', import.meta.url));
  return { byUrl, byFunction, made };
};

/** What only browsers have. */
globalThis.runHere = async () => {
  const lines = [];
  const say = (what, outcome) => {
    lines.push(`${what}: ${outcome}`);
    globalThis.heard?.(what);
  };

  const shared = () => new SharedWorker(new URL('./shared.js', import.meta.url), { type: 'module' }).port;
  const [one, other] = [thread(shared), thread(shared)];
  say('SharedWorker', await one.call('add', [2, 3]).promise());
  say('one for all', `${await one.call('calls', []).promise()} ${await other.call('calls', []).promise()}`);
  await one.terminate().promise();
  say('one leaves, the others stay', await other.call('calls', []).promise());

  const closing = new Worker(new URL('./closing.js', import.meta.url), { type: 'module' });
  const heard = [];
  const gone = await failure(forEach(portReceiver(closing, { heartbeat: 200 }), (value) => void heard.push(value)));
  say('a thread that closes itself', `${heard} ${gone.name}`);

  let ticks = 0;
  new BroadcastChannel('ticks').onmessage = () => ticks++;
  const ticking = thread(new URL('./ticking.js', import.meta.url));
  const canvas = new OffscreenCanvas(2, 3);
  const bitmap = await ticking.call('draw', [canvas], { transfer: [canvas] }).promise();
  say('canvas and bitmap', `${canvas.width} ${bitmap.width} ${bitmap.height}`);
  const { stream } = await ticking.call('lines', []).promise();
  say('a stream that is moved', await new Response(stream).text());
  say('crash', (await failure(ticking.call('crash', []))).cause.message.includes('crashed'));
  await sleep(50).promise();
  const before = ticks;
  await sleep(100).promise();
  say('a thread that has crashed is ended', `${before > 0} ${ticks === before}`);
  return lines;
};

/** Where a policy allows no thread that is made of text. */
globalThis.runStrictly = async () => [
  (await failure(inThread(() => 1, []))).name,
  await thread(url).call('add', [2, 3]).promise(),
];
