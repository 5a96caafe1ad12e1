// What the engine costs beside the bare client, on one server: `npm run nats -- --bench`. One process sends and settles so many
// values, 64 at a time; then several worker processes share a queue.
//
//   bare    js.publish, and consumer.fetch with ack(), which is not confirmed: what the client can do at best
//   bare+   the same with ackAck(), which is
//   engine  queue.send, and lease with ack, confirmed

import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { go, work } from '../../src/index.ts';
import { natsEngine } from '../../src/nats/index.ts';
import { connectTo } from './connect.ts';
import { NatsServer } from './server.ts';

const { values } = parseArgs({
  strict: false,
  options: { n: { type: 'string', default: '20000' }, worker: { type: 'string' }, prefix: { type: 'string' } },
});
const N = Number(values.n);
const WINDOW = 64;

async function timed(n: number, act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return Math.round((n / (performance.now() - start)) * 1000);
}

/** `each` so many times, in `WINDOW` lanes. */
function lanes(n: number, each: () => Promise<unknown>): Promise<unknown> {
  let left = n;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await each();
  };
  return Promise.all(Array.from({ length: WINDOW }, lane));
}

async function bare(connection: NatsConnection, confirmed: boolean): Promise<[number, number]> {
  const name = confirmed ? 'bare_confirmed' : 'bare';
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name, subjects: [name], retention: 'workqueue', storage: 'file' });
  await manager.consumers.add(name, { durable_name: 'workers', ack_policy: 'explicit', max_ack_pending: 1_000_000 });
  const js = jetstream(connection);
  const data = new TextEncoder().encode('{"url":"https://example.org/1"}');
  let id = 0;
  const send = await timed(N, () => lanes(N, () => js.publish(name, data, { msgID: String(++id) })));
  const consumer = await js.consumers.get(name, 'workers');
  const settle = await timed(N, async () => {
    for (let done = 0; done < N;) {
      const acks: Promise<unknown>[] = [];
      for await (const message of await consumer.fetch({ max_messages: WINDOW, expires: 1000 })) {
        done++;
        if (confirmed) acks.push(message.ackAck());
        else message.ack();
      }
      await Promise.all(acks);
    }
    await connection.flush();
  });
  return [send, settle];
}

async function engineOf(connection: NatsConnection): Promise<[number, number]> {
  const engine = natsEngine(connection, { prefix: 'e' });
  const queue = engine.queue<object>('jobs');
  await queue.unfinished().promise();
  const value = { url: 'https://example.org/1' };
  const send = await timed(N, () => lanes(N, () => queue.send(value).promise()));
  const settle = await timed(N, async () => {
    const working = work(queue, () => [], { concurrency: WINDOW }).subscribe();
    await queue.join().promise();
    working.unsubscribe();
  });
  await engine.close().promise();
  return [send, settle];
}

async function owner(connection: NatsConnection): Promise<number> {
  const engine = natsEngine(connection, { prefix: 'e' });
  const count = engine.owner('count', 0);
  await count.read().promise();
  const speed = await timed(N, () => lanes(N, () => count.update((n) => n + 1).promise()));
  await engine.close().promise();
  return speed;
}

async function latency(connection: NatsConnection): Promise<string> {
  const engine = natsEngine(connection, { prefix: 'l' });
  const queue = engine.queue<number>('jobs');
  const taken: number[] = [];
  go(function* () {
    for (;;) {
      const delivery = yield* queue.lease();
      taken.push(performance.now() - delivery.value);
      delivery.ack();
    }
  }).subscribe({ error: () => undefined });
  await queue.unfinished().promise();
  for (let i = 0; i < 500; i++) {
    await queue.send(performance.now()).promise();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await engine.close().promise();
  taken.sort((a, b) => a - b);
  return [0.5, 0.99].map((part) => taken[Math.floor(taken.length * part)]?.toFixed(2)).join(' ms, 99 %: ');
}

/** So many processes, each 16 at a time, each job of which takes a millisecond. */
async function processes(server: NatsServer, count: number): Promise<number> {
  const prefix = `w${count}`;
  const connection = await connectTo(server.url);
  const engine = natsEngine(connection, { prefix });
  const queue = engine.queue<number>('jobs');
  const jobs = N / 2;
  await lanes(jobs, () => queue.send(1).promise());
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [...process.execArgv, import.meta.filename, '--worker', server.url, '--prefix', prefix], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  await Promise.all(children.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))));
  const start = await queue.unfinished().promise();
  const speed = await timed(start, () => queue.join().promise());
  for (const child of children) child.kill('SIGKILL');
  await engine.close().promise();
  await connection.close();
  return speed;
}

if (values.worker !== undefined) {
  const engine = natsEngine(await connectTo(values.worker as string), { prefix: values.prefix as string });
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
  work(engine.queue('jobs'), pause, { concurrency: 16 }).subscribe();
  console.log('begun');
} else {
  const server = await NatsServer.start();
  const connection = await connectTo(server.url);
  const rows: [string, [number, number]][] = [
    ['bare client', await bare(connection, false)],
    ['bare client, acks confirmed', await bare(connection, true)],
    ['rxsluice/nats', await engineOf(connection)],
  ];
  console.log(`per second, ${N} values, window ${WINDOW}:`);
  for (const [what, [send, settle]] of rows)
    console.log(`  ${what.padEnd(30)} send ${send}, take and settle ${settle}`);
  console.log(`  ${'owner.update'.padEnd(30)} ${await owner(connection)}`);
  console.log(`  from send to lease, median ${await latency(connection)} ms`);
  for (const count of [1, 2, 4]) console.log(`  ${count} worker processes: ${await processes(server, count)} jobs`);
  await connection.close();
  await server.stop();
}
