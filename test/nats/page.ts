// What the page of the browser test does: the engine over WebSocket, driven by the test through `globalThis`.

import { wsconnect } from '@nats-io/nats-core';
import { natsEngine } from '../../src/nats/index.ts';

async function play(url: string, killed: () => Promise<void>): Promise<unknown[]> {
  const connection = await wsconnect({
    servers: url,
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    waitOnFirstConnect: true,
  });
  const engine = natsEngine(connection, { prefix: 'web', ackWait: 2000 });
  const told: unknown[] = [];
  const statuses: string[] = [];
  engine.status$.subscribe((status) => statuses.push(status));
  const jobs = engine.queue<string>('jobs', { capacity: 10, maxAttempts: 2 });
  await jobs.send('a').promise();
  const first = await jobs.lease().promise();
  first.nack({ error: new RangeError('once') });
  const second = await jobs.lease().promise();
  told.push([second.value, second.attempt, second.id === first.id]);
  second.ack();
  await jobs.join().promise();
  const count = engine.owner('count', 0);
  await Promise.all(Array.from({ length: 50 }, () => count.update((n) => n + 1).promise()));
  told.push(await count.read().promise());
  await jobs.send('b').promise();
  await killed();
  // Over the connection that comes back.
  told.push(await count.update((n) => n + 1).promise());
  const again = await jobs.lease().promise();
  again.ack();
  await jobs.join().promise();
  told.push(again.value, statuses.includes('reconnecting'), statuses.at(-1));
  await engine.close().promise();
  await connection.close();
  return told;
}

Object.assign(globalThis, { play });
