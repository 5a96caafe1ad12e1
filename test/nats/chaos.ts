// The long form: servers and workers are killed at random while producers and workers go on, and leaders are stopped and killed
// under an owner, for `--minutes` (default 10). Ends with figures; fails at the first thing that was lost, came after it was
// confirmed to be done, or cannot be explained by one order.

import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { natsEngine } from '../../src/nats/index.ts';
import { connectTo } from './connect.ts';
import { playOwner } from './owner-trial.ts';
import { Proxy } from './proxy.ts';
import { NatsServer, startCluster } from './server.ts';
import { type Actor, Trial } from './trial.ts';

const { values } = parseArgs({
  options: { chaos: { type: 'boolean' }, minutes: { type: 'string', default: '10' } },
});
const end = performance.now() + Number(values.minutes) * 60_000;
const totals: Record<string, number> = {};

function add(figures: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(figures)) totals[what] = (totals[what] ?? 0) + count;
}

function between(least: number, most: number): number {
  return least + Math.random() * (most - least);
}

/** Ten kills of one server, and every other time one of a worker, under load. */
async function killServer(): Promise<void> {
  const server = await NatsServer.start();
  const trial = new Trial({ servers: [server.url], prefix: 'k', ackWait: 1500, rate: 2 });
  try {
    const producers = await trial.add('producer', 2);
    let workers = await trial.add('worker', 3);
    for (let kill = 0; kill < 10; kill++) {
      await pause(between(300, 2000));
      await server.kill();
      await pause(between(0, 500));
      await server.start();
      if (kill % 2 === 0) {
        await workers[0]?.kill();
        workers = [...workers.slice(1), ...(await trial.add('worker', 1))];
        add({ 'workers killed': 1 });
      }
    }
    for (const producer of producers) await producer.stop();
    await trial.join();
    const { lost, late, figures } = trial.verdict();
    add({ ...figures, 'servers killed': 10 });
    if (lost.length + late.length > 0) throw new Error(`lost ${lost.join()}; late ${late.join()}`);
  } finally {
    await trial.end();
    await server.stop();
  }
}

/** A queue that is always full, on three replicas, one of which is killed. */
async function fillCluster(): Promise<void> {
  const servers = await startCluster();
  const urls = servers.map(({ url }) => url);
  const trial = new Trial({ servers: urls, prefix: 'f', capacity: 20, replicas: 3, rate: 0, ackWait: 3000 });
  try {
    await elected(urls);
    const producers = await trial.add('producer', 2);
    await trial.add('worker', 2);
    for (const server of servers) {
      await pause(between(1000, 3000));
      await server.kill();
      await pause(between(200, 1500));
      await server.start();
      await pause(3000);
    }
    for (const producer of producers) await producer.stop();
    await trial.join();
    const { lost, late, figures } = trial.verdict();
    add({ ...figures, 'servers of clusters killed': 3 });
    if (lost.length + late.length > 0) throw new Error(`lost ${lost.join()}; late ${late.join()}`);
  } finally {
    await trial.end();
    for (const server of servers) await server.stop();
  }
}

/** A server whose connections are cut, and go dark for longer than `ackWait`, under load. */
async function loseConnections(): Promise<void> {
  const server = await NatsServer.start();
  const proxies = [await Proxy.to(server.port), await Proxy.to(server.port)] as const;
  const options = { prefix: 'c', ackWait: 1500, rate: 2, capacity: 200, slack: 8000 };
  const trial = new Trial({ servers: [server.url], ...options });
  try {
    const producers: Actor[] = [];
    for (const { url } of proxies) {
      producers.push(...(await trial.add('producer', 1, [url])));
      await trial.add('worker', 2, [url]);
    }
    for (let fault = 0; fault < 8; fault++) {
      const proxy = proxies[fault % 2] as Proxy;
      await pause(between(300, 2000));
      if (Math.random() < 0.5) proxy.cut();
      else {
        proxy.blackhole();
        await pause(between(500, 6000));
        proxy.heal();
      }
    }
    for (const producer of producers) await producer.stop();
    await trial.join();
    const { lost, late, figures } = trial.verdict();
    add({ ...figures, 'connections lost': 8 });
    if (lost.length + late.length > 0) throw new Error(`lost ${lost.join()}; late ${late.join()}`);
  } finally {
    await trial.end();
    for (const proxy of proxies) await proxy.close();
    await server.stop();
  }
}

async function shakeOwner(): Promise<void> {
  const servers = await startCluster();
  try {
    await elected(servers.map(({ url }) => url));
    const { explained, figures, count } = await playOwner(servers, 6, async () => {
      const server = servers[Math.floor(between(0, 3))] as NatsServer;
      if (Math.random() < 0.5) {
        server.signal('SIGSTOP');
        await pause(between(500, 4000));
        server.signal('SIGCONT');
      } else {
        await server.kill();
        await pause(between(100, 1500));
        await server.start();
      }
    });
    add({ 'owner calls': figures.calls, 'owner increments': figures.increments, 'owner rounds': explained.length });
    if (explained.includes(false)) throw new Error('there is no order that explains what was answered');
    if (count !== figures.increments) throw new Error(`${figures.increments} increments make ${count}`);
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function elected(urls: readonly string[]): Promise<void> {
  const connection = await connectTo(urls);
  const engine = natsEngine(connection, { prefix: 'probe', replicas: 3 });
  while (!(await engine.queue('probe').send(1).withTimeout(20_000).promise().then(() => true, () => false))) await pause(200); // prettier-ignore
  await engine.close().promise();
  await connection.close();
}

const TRIALS = [killServer, loseConnections, fillCluster, shakeOwner];
for (let i = 0; i === 0 || performance.now() < end; i++) {
  await (TRIALS[i % TRIALS.length] as () => Promise<void>)();
  console.log(JSON.stringify(totals));
}
console.log('nothing was lost, nothing came after it was confirmed to be done, and one order explains every answer');
