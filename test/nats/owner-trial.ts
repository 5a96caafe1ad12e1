// Updates of one owner by several connections, while servers fail; and whether there is one order of all that explains the
// answers. Rounds, since the checker searches: each begins when the one before has been answered.

import type { EngineOwner, Operation } from '../../src/index.ts';
import { natsEngine } from '../../src/nats/index.ts';
import { type Asked, type Call, explain } from '../models/linearizable.ts';
import { connectTo } from './connect.ts';
import type { NatsServer } from './server.ts';

export interface OwnerVerdict {
  /** Of each round: there is an order. */
  readonly explained: readonly boolean[];
  readonly figures: { readonly calls: number; readonly increments: number };
  /** The state of another owner, that was incremented so often. */
  readonly count: number;
}

const CLIENTS = 3;
const CALLS = 8;

export async function playOwner(
  servers: readonly NatsServer[],
  rounds: number,
  fault: (round: number) => Promise<void>,
): Promise<OwnerVerdict> {
  const replicas = servers.length === 3 ? 3 : 1;
  const connections = await Promise.all(
    Array.from({ length: CLIENTS }, (_, i) => connectTo(rotated(servers, i), { pingInterval: 500, noRandomize: true })),
  );
  const engines = connections.map((connection) => natsEngine(connection, { prefix: 'o', replicas }));
  const registers = engines.map((engine) => engine.owner('register', 0));
  const counters = engines.map((engine) => engine.owner('counter', 0));
  const explained: boolean[] = [];
  let moment = 0;
  let increments = 0;
  for (let round = 0; round < rounds; round++) {
    const calls: Call[] = [];
    const first = await registers[0]!.read().promise();
    const one = async (client: number): Promise<void> => {
      for (let i = 0; i < CALLS; i++) {
        const asked = askedOf(client * CALLS + i);
        const call: Call = { name: `${client}.${i}`, asked, since: ++moment, until: Infinity, answer: { is: 'open' } };
        calls.push(call);
        const value = await perform(registers[client]!, asked).promise();
        Object.assign(call, { until: ++moment, answer: { is: 'told', value } });
        const added = 5;
        await Promise.all(Array.from({ length: added }, () => counters[client]!.update((n) => n + 1).promise()));
        increments += added;
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
    };
    await Promise.all([fault(round), ...engines.map((_, client) => one(client))]);
    explained.push(explain(calls, [first], 'some') !== null);
  }
  const count = await counters[0]!.read().promise();
  for (const engine of engines) await engine.close().promise();
  for (const connection of connections) await connection.close();
  return { explained, figures: { calls: rounds * CLIENTS * CALLS, increments }, count };
}

function rotated(servers: readonly NatsServer[], by: number): string[] {
  return servers.map((_, i) => servers[(i + by) % servers.length]!.url);
}

function askedOf(n: number): Asked {
  const kinds: readonly Asked[] = [{ do: 'read' }, { do: 'update', by: n + 1 }, { do: 'modify', to: 1000 + n }];
  return kinds[Math.floor(Math.random() * 3)]!;
}

function perform(register: EngineOwner<number>, asked: Asked): Operation<number> {
  if (asked.do === 'update') return register.update((n) => n + asked.by);
  if (asked.do === 'modify') return register.modify((n) => [asked.to, n]);
  return register.read();
}
