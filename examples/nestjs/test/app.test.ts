// The whole application over loopback: node --test.

import 'reflect-metadata';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { App } from '../src/app.js';
import { Mails } from '../src/mails.js';
import { Ticks } from '../src/ticks.js';

let app: INestApplication;
let port: number;
let tcp: number;

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const found = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return found;
}

before(async () => {
  tcp = await freePort();
  app = await NestFactory.create(App, { logger: ['error'] });
  app.connectMicroservice<MicroserviceOptions>({ transport: Transport.TCP, options: { host: '127.0.0.1', port: tcp } });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as AddressInfo).port;
});

after(() => app.close());

const ask = async (path: string, method = 'GET'): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}${path}`, { method })).text();

test('one state behind two controllers loses no change', async () => {
  await Promise.all(Array.from({ length: 50 }, () => ask('/add/2', 'POST')));
  assert.equal(await ask('/count'), '100');
});

test('a microservice handler is a coroutine', async () => {
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port: tcp } });
  const sums = [1, 2, 3].map((n) => firstValueFrom(client.send<number>('sum', [n, 10, 100])));
  assert.deepEqual(await Promise.all(sums), [111, 112, 113]);
  client.close();
});

test('events are paced by their client, all arrive in order, and the producer ends with it', async () => {
  const ticks = app.get(Ticks);
  const response = await new Promise<IncomingMessage>((resolve) =>
    get({ port, host: '127.0.0.1', path: '/ticks', agent: false }, resolve),
  );
  response.on('error', () => undefined).pause();
  let made = -1;
  while (made !== ticks.made) {
    made = ticks.made;
    await pause(200);
  }
  assert.ok(made > 0 && made < 20_000, `${made} were made for a client that reads nothing`);
  // It reads on, and goes on getting what comes.
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > 1500 * made) break;
  }
  const numbers = [...text.matchAll(/"number":(\d+),/g)].map(([, number]) => Number(number));
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => i),
  );
  assert.ok(ticks.made > made);
  while (ticks.running > 0) await pause(5);
});

test('what was accepted is done before the application has ended', async () => {
  const mails = app.get(Mails);
  await Promise.all(Array.from({ length: 10 }, (_, i) => ask(`/mails/${i}`, 'POST')));
  assert.ok(mails.sent.length < 10);
  await app.close();
  assert.equal(mails.sent.length, 10);
});
