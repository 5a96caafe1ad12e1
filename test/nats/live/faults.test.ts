// What must hold while servers, processes and connections fail. Short forms; `npm run nats -- --chaos` goes on for longer.

import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { NatsConnection } from '@nats-io/nats-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/index.ts';
import { natsEngine, UnsafeServerError } from '../../../src/nats/index.ts';
import { connectTo } from '../connect.ts';
import { playOwner } from '../owner-trial.ts';
import { Proxy } from '../proxy.ts';
import { NatsServer, startCluster } from '../server.ts';
import { Trial } from '../trial.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const act of cleanUp.splice(0).reverse()) await act();
});

async function started(...options: Parameters<typeof NatsServer.start>): Promise<NatsServer> {
  const server = await NatsServer.start(...options);
  cleanUp.push(() => server.stop());
  return server;
}

async function connected(...args: Parameters<typeof connectTo>): Promise<NatsConnection> {
  const connection = await connectTo(...args);
  cleanUp.push(() => connection.close());
  return connection;
}

function trial(...args: ConstructorParameters<typeof Trial>): Trial {
  const made = new Trial(...args);
  cleanUp.push(() => made.end());
  return made;
}

function source(file: string): string {
  return import.meta.resolve(`../../../src/${file}`);
}

const NOTHING_WRONG = { lost: [], late: [] };

describe('the engine on NATS', () => {
  it('loses nothing that was acknowledged, and delivers nothing after a confirmed ack, while its server is killed', async () => {
    const server = await started();
    const played = trial({ servers: [server.url], prefix: 'k', ackWait: 1000 });
    const producers = await played.add('producer', 2);
    await played.add('worker', 3);
    for (let i = 0; i < 3; i++) {
      await pause(700);
      await server.kill();
      await pause(150);
      await server.start();
    }
    await pause(700);
    for (const producer of producers) await producer.stop();
    await played.join();
    const { figures, ...wrong } = played.verdict();
    expect(wrong).toEqual(NOTHING_WRONG);
    expect(figures.sent).toBeGreaterThan(100);
    expect(figures.handled).toBeGreaterThanOrEqual(figures.sent!);
  });

  it('delivers again what a killed worker had, and keeps what a killed producer was told is sent', async () => {
    const server = await started();
    const played = trial({ servers: [server.url], prefix: 'w', ackWait: 500 });
    const [doomed, producer] = await played.add('producer', 2);
    const [victim] = await played.add('worker', 2);
    await pause(500);
    await victim!.kill();
    await doomed!.kill();
    await pause(300);
    await producer!.stop();
    await played.join();
    const { figures, ...wrong } = played.verdict();
    expect(wrong).toEqual(NOTHING_WRONG);
    expect(figures.sent).toBeGreaterThan(50);
  });

  it('takes the work from a connection that is dark for longer than ackWait, and takes a late ack for one', async () => {
    const server = await started();
    const proxy = await Proxy.to(server.port);
    cleanUp.push(() => proxy.close());
    const options = { prefix: 'd', ackWait: 1000 };
    const dark = natsEngine(await connected(proxy.url, { pingInterval: 300 }), options);
    const bright = natsEngine(await connected(server.url), options);
    const seen: string[] = [];
    dark.status$.subscribe((status) => seen.push(status));
    const queue = bright.queue<string>('jobs');
    await queue.send('a').promise();
    const first = await dark.queue<string>('jobs').lease().promise();
    // Signs of life keep it, for longer than ackWait.
    await pause(1500);
    expect(await queue.lease().withTimeout(10).promise().catch(String)).toContain('Timeout');
    proxy.blackhole();
    const second = await queue.lease().withTimeout(8000).promise();
    expect([second.value, second.id === first.id]).toEqual(['a', true]);
    second.ack();
    first.ack();
    const sent = dark.queue<string>('jobs').send('b').promise();
    await pause(800);
    proxy.heal();
    await sent;
    const b = await queue.lease().promise();
    b.ack();
    await dark.queue('jobs').join().withTimeout(10_000).promise();
    expect(b.value).toBe('b');
    expect([seen[0], seen.includes('reconnecting'), seen.at(-1)]).toEqual(['connected', true, 'connected']);
    for (const engine of [dark, bright]) await engine.close().promise();
  });

  it('keeps every put of a queue that is always full, on three replicas, each stored once', async () => {
    const servers = await startCluster();
    for (const server of servers) cleanUp.push(() => server.stop());
    const urls = servers.map(({ url }) => url);
    await ready(urls);
    const played = trial({ servers: urls, prefix: 'f', capacity: 10, replicas: 3, rate: 0, ackWait: 5000 });
    const producers = await played.add('producer', 2);
    await played.add('worker', 2);
    await pause(4000);
    for (const producer of producers) await producer.stop();
    await played.join();
    const { figures, ...wrong } = played.verdict();
    expect(wrong).toEqual(NOTHING_WRONG);
    expect(figures.sent).toBeGreaterThan(100);
    // Nothing failed: so nothing was stored twice, or came again.
    expect([figures.handled, figures.deliveries]).toEqual([figures.sent, figures.sent]);
  });

  it('has one order of all updates of an owner, while a leader is stopped and another killed', async () => {
    const servers = await startCluster();
    for (const server of servers) cleanUp.push(() => server.stop());
    const urls = servers.map(({ url }) => url);
    await ready(urls);
    const { figures, explained, count } = await playOwner(servers, 3, async (round) => {
      const server = servers[round % servers.length]!;
      if (round % 2 === 0) {
        server.signal('SIGSTOP');
        await pause(1500);
        server.signal('SIGCONT');
      } else {
        await server.kill();
        await pause(500);
        await server.start();
      }
    });
    expect(explained).toEqual([true, true, true]);
    expect(count).toEqual(figures.increments);
  });

  it('refuses a server that loses what it acknowledged, unless told that nobody minds', async () => {
    const old = await started({ suite: 'bookworm' });
    const connection = await connected(old.url);
    expect(() => natsEngine(connection)).toThrow(UnsafeServerError);
    const engine: Engine = natsEngine(connection, { allowUnsafeServer: true });
    await engine.queue('jobs').send(1).promise();
    await engine.close().promise();
    const clustered = await started({
      cluster: { name: 'c', server: 's', port: -1, routes: [] },
      jetstream: false,
    });
    const other = await connected(clustered.url);
    expect(() => natsEngine(other)).toThrow(/2\.10\.27.*2\.12\.0/);
  });

  it('says so where there is no JetStream, and where a stream is missing that it may not make', async () => {
    const server = await started({ jetstream: false });
    const engine = natsEngine(await connected(server.url));
    await expect(engine.queue('jobs').send(1).promise()).rejects.toThrow(/JetStream/);
    await engine.close().promise();
  });

  it('ends with its connection: who waits fails, and nothing is left that keeps the process alive', async () => {
    const server = await started();
    const connection = await connectTo(server.url);
    const engine = natsEngine(connection);
    const lease = engine.queue('jobs').lease().promise();
    await pause(200);
    await connection.close();
    await expect(lease).rejects.toMatchObject({ name: 'CancelledError' });
    await expect(engine.queue('jobs').send(1).promise()).rejects.toMatchObject({ name: 'ClosedError' });
    await engine.close().promise();
  });

  it('keeps no process alive once it is closed, whatever waited, or was on its way to be a dead letter', async () => {
    const server = await started();
    const script = `
      import { natsEngine } from '${source('nats/index.ts')}';
      import { connectTo } from '${import.meta.resolve('../connect.ts')}';
      const connection = await connectTo('${server.url}');
      const engine = natsEngine(connection);
      const jobs = engine.queue('jobs', { maxAttempts: 1 });
      for (const n of [1, 2]) await jobs.send(n).promise();
      (await jobs.lease().promise()).nack();
      await jobs.deadLetters().receive().promise();
      const last = await jobs.lease().promise();
      void jobs.lease().promise().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
      process.kill(${server.pid});
      while ((await new Promise((resolve) => engine.status$.subscribe(resolve))) === 'connected')
        await new Promise((resolve) => setTimeout(resolve, 20));
      last.nack();
      await engine.close().promise();
      await connection.close();
      const at = performance.now();
      process.on('exit', () => console.log(Math.round(performance.now() - at)));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { timeout: 50_000, cwd: import.meta.dirname },
    );
    expect(Number(stdout)).toBeLessThan(2000);
  });

  it('closes in the dark, too, within seconds', async () => {
    const server = await started();
    const proxy = await Proxy.to(server.port);
    cleanUp.push(() => proxy.close());
    const engine = natsEngine(await connected(proxy.url, { pingInterval: 100_000 }), { ackWait: 500 });
    engine.serve('slow', () => [1]).subscribe();
    await engine.queue('jobs').send(1).promise();
    await engine.queue('jobs').lease().promise();
    proxy.blackhole();
    await engine.close().withTimeout(30_000).promise();
  });

  it('goes on after its server has forgotten streams that were kept in memory', async () => {
    const server = await started();
    const engine = natsEngine(await connected(server.url), { storage: 'memory' });
    cleanUp.push(() => engine.close().promise());
    const [jobs, news, count] = [
      engine.queue<number>('jobs'),
      engine.topic<number>('news', { replay: 1 }),
      engine.owner('count', 0),
    ];
    await jobs.send(1).promise();
    await news.send(1).promise();
    await count.read().promise();
    await server.kill();
    await server.start();
    const next = jobs.lease().promise();
    await news.send(2).promise();
    await jobs.send(2).promise();
    await expect(count.read().promise()).rejects.toThrow('any more');
    expect([(await next).value, await count.read().promise()]).toEqual([2, 0]);
  });
});

/** Resolves when the servers have chosen who leads. */
async function ready(urls: readonly string[]): Promise<void> {
  const connection = await connectTo(urls);
  const engine = natsEngine(connection, { prefix: 'probe', replicas: 3 });
  for (;;) {
    try {
      await engine.queue('probe').send(1).withTimeout(20_000).promise();
      break;
    } catch {
      await pause(200);
    }
  }
  await engine.close().promise();
  await connection.close();
}
