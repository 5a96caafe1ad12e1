// A connection that may do no more than docs/cluster.md names can do what it says there, and nothing else.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NatsConnection } from '@nats-io/nats-core';
import { config, of } from 'rxjs';
import { sleep } from '../../../src/index.ts';
import { natsEngine, type NatsEngine } from '../../../src/nats/index.ts';
import { connectTo } from '../connect.ts';
import { NatsServer } from '../server.ts';

const MAY = [
  ...['shop.Q.orders', '$JS.API.STREAM.INFO.shop_Q_orders'],
  ...['$JS.API.CONSUMER.MSG.NEXT.shop_Q_orders.workers', '$JS.ACK.shop_Q_orders.>'],
  '$JS.API.CONSUMER.INFO.shop_Q_orders.workers',
  ...[
    'shop.S.cart',
    '$JS.API.STREAM.MSG.GET.shop_S_cart',
    '$JS.API.CONSUMER.CREATE.shop_S_cart.>',
    '$JS.FC.shop_S_cart.>',
  ],
  ...[
    '$JS.API.STREAM.INFO.shop_T_news',
    '$JS.API.CONSUMER.CREATE.shop_T_news.>',
    '$JS.FC.shop_T_news.>',
    'shop.T.news',
  ],
  ...['shop.C.thumb', 'shop.E.C.thumb'],
];

let server: NatsServer;
const connections: NatsConnection[] = [];
const refused: string[] = [];
let owner: NatsEngine;
let page: NatsEngine;

beforeAll(async () => {
  server = await NatsServer.start({
    config: `authorization { users: [
      { user: owner, password: o },
      { user: page, password: p, permissions: {
        publish: ${JSON.stringify(MAY)}, subscribe: ["_INBOX_page.>", "shop.T.gossip"] } }
    ] }`,
  });
  const all = await connectTo(server.url, { user: 'owner', pass: 'o' });
  const some = await connectTo(server.url, { user: 'page', pass: 'p', inboxPrefix: '_INBOX_page' });
  connections.push(all, some);
  void (async () => {
    for await (const event of some.status()) if (event.type === 'error') refused.push(String(event.error));
  })();
  owner = natsEngine(all, { prefix: 'shop' });
  page = natsEngine(some, { prefix: 'shop', create: false });
  await owner.queue('orders').unfinished().promise();
  await owner.owner('cart', 0).read().promise();
  await owner.topic<number>('news', { replay: 1 }).send(1).promise();
  owner.serve<number, number>('thumb', (n) => of(n + 1)).subscribe();
  await sleep(100).promise();
});
afterAll(async () => {
  for (const engine of [page, owner]) await engine.close().promise();
  for (const connection of connections) await connection.close();
  await server.stop();
});

describe('a page with the permissions that are documented', () => {
  it('sends to a queue, works on it, and joins', async () => {
    const orders = page.queue<string>('orders');
    await orders.send('a').promise();
    const delivery = await orders.lease().promise();
    delivery.ack();
    await orders.join().promise();
    expect([delivery.value, await owner.queue('orders').unfinished().promise()]).toEqual(['a', 0]);
  });

  it('updates an owner, and sees it change', async () => {
    const cart = page.owner('cart', 0);
    const seen: number[] = [];
    cart.subscribe((n) => seen.push(n));
    await cart.update((n) => n + 1).promise();
    await owner
      .owner('cart', 0)
      .update((n) => n + 1)
      .promise();
    await sleep(200).promise();
    expect([await cart.read().promise(), seen.at(-1)]).toEqual([2, 2]);
  });

  it('hears topics, and calls', async () => {
    const seen: unknown[] = [];
    page.topic<number>('news', { replay: 1 }).subscribe((n) => seen.push(n));
    page.topic<string>('gossip').subscribe((text) => seen.push(text));
    await sleep(200).promise();
    await owner.topic<number>('news', { replay: 1 }).send(2).promise();
    await owner.topic<string>('gossip').send('psst').promise();
    await sleep(200).promise();
    expect(seen).toEqual([1, 2, 'psst']);
    expect(await page.call<number, number>('thumb')(1).promise()).toBe(2);
  });

  it('was refused nothing by that', () => {
    expect(refused).toEqual([]);
  });

  it('is refused all else, and told so at once', async () => {
    await expect(page.queue('other').send(1).promise()).rejects.toThrow(/permissions violation/i);
    await expect(page.topic('other').send(1).promise()).resolves.toBeUndefined();
    expect(refused.length).toBeGreaterThan(0);
  });

  it('is told at once that it may not work on a queue, or not close it, which then is open', async () => {
    await expect(page.queue('other').lease().promise()).rejects.toThrow(/permissions violation/i);
    const orders = page.queue('orders');
    const { onUnhandledError } = config;
    const reported: unknown[] = [];
    config.onUnhandledError = (error) => reported.push(error);
    orders.close();
    while (reported.length === 0) await sleep(10).promise();
    config.onUnhandledError = onUnhandledError;
    await orders.send('b').promise();
    expect(String(reported)).toMatch(/permissions violation/i);
  });
});

it('a connection that may not hear its own inbox is told so at once, by all that it asks', async () => {
  const deaf = await connectTo(server.url, { user: 'page', pass: 'p' });
  connections.push(deaf);
  const engine = natsEngine(deaf, { prefix: 'shop', create: false });
  const asked = [engine.queue('orders').send('a'), engine.queue('orders').lease(), engine.call('thumb')(1)];
  const outcomes = await Promise.allSettled(asked.map((one) => one.promise()));
  expect(outcomes.map((one) => one.status === 'rejected' && (one.reason as Error).name)).toEqual(
    Array.from({ length: 3 }, () => 'PermissionViolationError'),
  );
  await engine.close().promise();
});
