// What a page does with threads; Node does the same. Each line says what came of it.

import { channel, forEach, go, sleep } from 'rxsluice';
import { inThread, portReceiver, portSender, thread, threadPool } from 'rxsluice/worker';

export async function failure(operation) {
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

async function collected(source) {
  const values = [];
  await forEach(source, (value) => void values.push(value)).promise();
  return values.join(' ');
}

/** `source`: the URL of `crunch.mjs`, or what makes its Worker. */
export async function program(source, broken) {
  const lines = [];
  const say = (what, outcome) => {
    lines.push(`${what}: ${outcome}`);
    globalThis.heard?.(what);
  };
  await ofAThread(say, source, broken);
  await ofAPool(say, source);
  await ofInThread(say);
  await ofPorts(say, source);
  return lines;
}

async function ofAThread(say, source, broken) {
  const there = thread(source);
  say('call', await there.call('add', [2, 3]).promise());
  const bytes = await there.call('fill', [5]).promise();
  say('moved', `${bytes instanceof Uint8Array} ${bytes.join('')}`);
  const given = new Uint8Array(3).fill(2);
  const sum3 = await there.call('sum', [given], { transfer: [given.buffer] }).promise();
  say('moved there', `${sum3} ${given.byteLength}`);

  const error = await failure(there.call('fails', []));
  say('error', `${error instanceof TypeError} ${error.message} ${error.cause instanceof RangeError}`);
  for (const kind of ['aggregate', 'dom', 'rxjs', 'ours', 'odd', 'text', 'round']) {
    const thrown = await failure(there.call('throws', [kind]));
    const { name, remoteName, message, errors, code, cause } = thrown;
    say(
      `thrown ${kind}`,
      [typeof thrown, name, remoteName, message, errors?.length, code, cause === thrown].join(', '),
    );
  }
  say('uncloneable result', (await failure(there.call('uncloneable', []))).name);
  say('uncloneable argument', (await failure(there.call('add', [() => 1, 2]))).name);

  for (const kind of ['promise', 'observable', 'channel', 'asyncGenerator', 'readable', 'coroutine', 'array']) {
    const last = await there.call('kind', [kind]).promise();
    say(`kind ${kind}`, `${last} of ${await collected(there.stream('kind', [kind], { window: 1 }))}`);
  }

  const stream = there.stream('count', [1000], { window: 4 });
  say('first', await stream.receive().promise());
  await sleep(100).promise();
  say('paced', (await there.call('made', []).promise()) <= 6);
  let sum = 0;
  await forEach(stream, (value) => void (sum += value)).promise();
  say('stream', sum);
  const left = there.stream('ticks', []);
  await left.receive().promise();
  left.cancel();
  await left.whenEnded().promise();
  say('stream cancelled, cleaned up', await there.call('made', []).promise());

  const task = go(function* () {
    yield* there.call('forever', []);
  });
  await there.call('add', [1, 1]).promise();
  await task.cancel().promise();
  say('cancelled, cleaned up', (await there.call('made', []).promise()) === -1);
  const listening = there.call('signalled', []).subscribe();
  await there.call('add', [1, 1]).promise();
  listening.unsubscribe();
  say('signal', await there.call('lastReason', []).promise());

  say('a thread of a thread', await there.call('nested', [1, 2]).promise());

  const other = failure(there.call('forever', []));
  const gone = await failure(there.call('crash', []));
  say('crash', `${gone.name} ${String(gone.cause?.message).includes('crashed')} ${(await other).name}`);
  say('afterwards', (await failure(there.call('add', [1, 1]))).name);
  say('broken script', (await failure(thread(broken).call('add', [1, 1]))).name);
  const ending = thread(source);
  const last = ending.call('add', [5, 5]).promise();
  await ending.close().promise();
  say('closed when idle', `${await last} ${(await failure(ending.call('add', [1, 1]))).name}`);
}

async function ofAPool(say, source) {
  const pool = threadPool(source, { size: 2 });
  const calls = Array.from({ length: 6 }, (_, i) => pool.call('add', [i, i]).promise());
  say('pool', (await Promise.all(calls)).join(' '));
  const spin = pool.call('spin', [], { killAfter: 50 }).subscribe();
  spin.unsubscribe();
  say('killed', await eventually(() => pool.active === 0));
  say('replaced', await pool.call('add', [4, 4]).promise());
  await pool.close().promise();
  say('closed', (await failure(pool.call('add', [1, 1]))).name);

  const brief = threadPool(source, { size: 1, idle: 20 });
  const mark = () => brief.call('mark', []).promise();
  say('the same thread', `${await mark()} ${await mark()}`);
  await sleep(300).promise();
  say('idle for long, another', await mark());
  const busy = failure(brief.call('forever', []));
  const waiting = failure(brief.call('add', [1, 1]));
  await brief.terminate().promise();
  say('terminated', `${(await busy).name} ${(await waiting).name} ${brief.active} ${brief.waiting}`);
}

async function ofInThread(say) {
  say('inThread', await inThread((a, b) => a * b, [6, 7]).promise());
  const methods = {
    async later(a) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return a;
    },
  };
  say('inThread of a method', await inThread(methods.later, [5]).promise());
  const thrown = await failure(
    inThread(() => {
      throw new RangeError('far', { cause: new DOMException('d', 'AbortError') });
    }, []),
  );
  say('inThread throws', `${thrown instanceof RangeError} ${thrown.message} ${thrown.cause.name}`);
  say('inThread uncloneable', (await failure(inThread(() => () => 1, []))).name);
  const spinning = go(function* () {
    yield* inThread(() => {
      for (;;);
    }, []).withTimeout(100);
  });
  say('inThread terminated', (await failure(spinning)).name);
}

async function ofPorts(say, source) {
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
  say('ports, later', `${(await failure(out.send(1))).name} ${out.trySend(1)}`);

  const pair = new globalThis.MessageChannel();
  const lost = { here: [], there: [] };
  const sender = portSender(pair.port1, { onUndelivered: (value) => lost.here.push(value) });
  const receiver = portReceiver(pair.port2, { window: 3, onUndelivered: (value) => lost.there.push(value) });
  for (const value of [1, 2, 3]) await sender.send(value).promise();
  say('no credit', sender.trySend(4));
  const waits = failure(sender.send(4));
  say('received', await receiver.receive().promise());
  receiver.cancel(new TypeError('enough'));
  const told = await waits;
  say('port cancelled', `${told.name} ${told.reason instanceof TypeError} ${lost.here} ${lost.there}`);

  const silent = new globalThis.MessageChannel();
  silent.port2.start();
  silent.port2.close();
  say('silence', (await failure(portReceiver(silent.port1, { heartbeat: 20 }).receive())).name);

  const there = thread(source);
  // Until it is loaded it gives no sign of life.
  await there.call('add', [1, 1]).promise();
  const between = new globalThis.MessageChannel();
  const made = there.call('produce', [between.port2], { transfer: [between.port2] }).promise();
  const paced = portReceiver(between.port1, { window: 2, heartbeat: 100 });
  say('a port of a thread', `${await collected(paced)}, ${await made}`);
  // Its heartbeat is answered by one who only waits; a thread that is gone answers no more.
  const lasting = new globalThis.MessageChannel();
  const idle = there
    .call('produce', [lasting.port2, Infinity], { transfer: [lasting.port2] })
    .subscribe({ error: () => undefined });
  const heard = portReceiver(lasting.port1, { heartbeat: 100 });
  await sleep(500).promise();
  say('idle, and alive', await heard.receive().promise());
  await there.terminate().promise();
  say('the port of a thread that is gone', (await failure(forEach(heard, () => undefined))).name);
  idle.unsubscribe();

  const [one, other] = [new BroadcastChannel('between two'), new BroadcastChannel('between two')];
  const sending = portSender(one);
  const values = channel(5);
  const reading = forEach(portReceiver(other), (value) => values.send(value)).promise();
  for (const value of ['a', 'b']) await sending.send(value).promise();
  sending.close();
  await reading;
  values.close();
  say('BroadcastChannel', await collected(values));
}
