// The engine on NATS keeps the contract of engines, with a real server, two connections, and real time.

import { afterAll, beforeAll } from 'vitest';
import type { NatsConnection } from '@nats-io/nats-core';
import { type Operation, sleep } from '../../../src/index.ts';
import { natsEngine } from '../../../src/nats/index.ts';
import { engineContract } from '../../contracts/engine.ts';
import { connectTo } from '../connect.ts';
import { NatsServer } from '../server.ts';

let server: NatsServer;
let connections: readonly NatsConnection[];
let places = 0;

beforeAll(async () => {
  server = await NatsServer.start();
  connections = await Promise.all([connectTo(server.url), connectTo(server.url)]);
});
afterAll(async () => {
  for (const connection of connections) await connection.close();
  await server.stop();
});

const settle = (): Operation<void> => sleep(60);

engineContract('the engine on NATS', {
  make: () => {
    const prefix = `p${++places}`;
    const [one, other] = connections.map((connection) =>
      natsEngine(connection, { prefix, storage: 'memory', ackWait: 5000 }),
    );
    return [one!, other!];
  },
  settle,
  pass: (ms) => sleep(ms + 60),
  run: (body) => body(),
  differences: { releaseCounts: false, ownersConflate: true },
});
