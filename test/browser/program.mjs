// What a page does with threads; Node does the same. Each line says what came of it.

import { forEach, go, sleep } from 'rxsluice';
import { inThread, portReceiver, portSender, thread, threadPool } from 'rxsluice/worker';

async function failure(operation) {
  try {
    await operation.promise();
  } catch (error) {
    return error;
  }
  return new Error('it did not fail');
}

async function eventually(condition) {
  for (let i = 0; i < 1000; i++) {
    if (await condition()) return true;
    await sleep(5).promise();
  }
  return false;
}

/** `source`: the URL of `crunch.mjs`, or what makes its Worker. */
export async function program(source, broken) {
  const lines = [];
  const say = (what, outcome) => {
    lines.push(`${what}: ${outcome}`);
    globalThis.heard?.(what);
  };

  const there = thread(source);
  say('call', await there.call('add', [2, 3]).promise());
  const bytes = await there.call('fill', [5]).promise();
  say('moved', `${bytes instanceof Uint8Array} ${bytes.join('')}`);
  const error = await failure(there.call('fails', []));
  say('error', `${error instanceof TypeError} ${error.message} ${error.cause instanceof RangeError}`);

  const stream = there.stream('count', [1000], { window: 4 });
  say('first', await stream.receive().promise());
  await sleep(100).promise();
  say('paced', (await there.call('made', []).promise()) <= 6);
  let sum = 0;
  await forEach(stream, (value) => void (sum += value)).promise();
  say('stream', sum);

  const task = go(function* () {
    yield* there.call('forever', []);
  });
  await there.call('add', [1, 1]).promise();
  await task.cancel().promise();
  say('cancelled, cleaned up', (await there.call('made', []).promise()) === -1);

  const gone = await failure(there.call('crash', []));
  say('crash', `${gone.name} ${String(gone.cause?.message).includes('crashed')}`);
  say('afterwards', (await failure(there.call('add', [1, 1]))).name);
  say('broken script', (await failure(thread(broken).call('add', [1, 1]))).name);

  const pool = threadPool(source, { size: 2 });
  const calls = Array.from({ length: 6 }, (_, i) => pool.call('add', [i, i]).promise());
  say('pool', (await Promise.all(calls)).join(' '));
  const spin = pool.call('spin', [], { killAfter: 50 }).subscribe();
  spin.unsubscribe();
  say('killed', await eventually(() => pool.active === 0));
  say('replaced', await pool.call('add', [4, 4]).promise());
  await pool.close().promise();
  say('closed', (await failure(pool.call('add', [1, 1]))).name);

  say('inThread', await inThread((a, b) => a * b, [6, 7]).promise());

  const { port1, port2 } = new globalThis.MessageChannel();
  const out = portSender(port1, { heartbeat: 50 });
  const into = portReceiver(port2, { window: 2, heartbeat: 50 });
  go(function* () {
    for (let i = 0; i < 5; i++) yield* out.send(i);
    out.close(new RangeError('that was all'));
  });
  const got = [];
  const end = await failure(forEach(into, (value) => void got.push(value)));
  say('ports', `${got.join('')} ${end instanceof RangeError}`);

  const silent = new globalThis.MessageChannel();
  silent.port2.start();
  silent.port2.close();
  say('silence', (await failure(portReceiver(silent.port1, { heartbeat: 20 }).receive())).name);
  return lines;
}
