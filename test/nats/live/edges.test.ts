// What the contract cannot say, since it is about bytes, other processes' options, and servers.

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { NatsConnection } from '@nats-io/nats-core';
import { type DeadLetter, sleep, work } from '../../../src/index.ts';
import { natsEngine, type NatsEngine, type NatsOptions } from '../../../src/nats/index.ts';
import { connectTo } from '../connect.ts';
import { NatsServer } from '../server.ts';

let server: NatsServer;
let connection: NatsConnection;
const engines: NatsEngine[] = [];
let places = 0;

beforeAll(async () => {
  server = await NatsServer.start();
  connection = await connectTo(server.url);
});
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close().promise();
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

function engineOn(options: NatsOptions = {}, on = connection): NatsEngine {
  const engine = natsEngine(on, { prefix: `e${++places}`, storage: 'memory', ackWait: 1000, ...options });
  engines.push(engine);
  return engine;
}

it('a value that cannot be encoded, or is too large, fails its own send', async () => {
  const jobs = engineOn().queue<unknown>('jobs');
  const sends = [1n, 'x'.repeat(2_000_000), 'fine'].map((value) => jobs.send(value).promise());
  const outcomes = await Promise.allSettled(sends);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(await jobs.unfinished().promise()).toBe(1);
});

it('a value that cannot be decoded is a dead letter, with its bytes, and stops nobody', async () => {
  const engine = engineOn({ prefix: 'bytes' });
  const jobs = engine.queue<string>('jobs');
  await jobs.unfinished().promise();
  await connection.request('bytes.Q.jobs', Uint8Array.of(0xff, 1));
  await jobs.send('fine').promise();
  const delivery = await jobs.lease().promise();
  delivery.ack();
  const letter = await jobs.deadLetters().receive().promise();
  expect([delivery.value, [...(letter.value as unknown as Uint8Array)], letter.attempts]).toEqual([
    'fine',
    [0xff, 1],
    1,
  ]);
  await jobs.join().promise();
});

it('a value whose worker died at its last attempt is a dead letter', async () => {
  const doomed = await connectTo(server.url);
  const lost = natsEngine(doomed, { prefix: 'last', storage: 'memory', ackWait: 500 });
  const told: DeadLetter<string>[] = [];
  const engine = engineOn({ prefix: 'last', ackWait: 500 });
  const jobs = engine.queue<string>('jobs', { maxAttempts: 1, onDeadLetter: (letter) => told.push(letter) });
  await jobs.send('a').promise();
  await lost.queue<string>('jobs').lease().promise();
  await doomed.close();
  const none = jobs.lease().promise().catch(String);
  await jobs.join().promise();
  const letter = await jobs.deadLetters().receive().promise();
  expect([letter.value, letter.attempts, (letter.error as Error).name]).toEqual(['a', 1, 'TimeoutError']);
  expect(told.map(({ value }) => value)).toEqual(['a']);
  await engine.close().promise();
  expect(await none).toContain('Cancelled');
});

it('what a handle does not say it takes from what is there, and what it says must be so', async () => {
  const [first, second, third] = [{}, {}, {}].map(() => engineOn({ prefix: 'options' })) as [
    NatsEngine,
    NatsEngine,
    NatsEngine,
  ];
  await first.queue('jobs', { capacity: 2, maxAttempts: 1 }).send('a').promise();
  const mute = second.queue('jobs');
  (await mute.lease().promise()).nack({ error: 'no' });
  await mute.join().promise();
  await expect(third.queue('jobs', { capacity: 3 }).send('b').promise()).rejects.toThrow(TypeError);
  await first.topic('news', { replay: 1 }).send(1).promise();
  await expect(second.topic('news', { replay: 2 }).send(1).promise()).rejects.toThrow(TypeError);
});

it('a value given back at its last attempt is not a dead letter, whoever gets it', async () => {
  const [one, other] = [engineOn({ prefix: 'unused' }), engineOn({ prefix: 'unused' })];
  const jobs = one.queue<string>('jobs', { maxAttempts: 1 });
  await jobs.send('a').promise();
  await other.queue('jobs').unfinished().promise();
  (await jobs.lease().promise()).release!();
  const again = await other.queue<string>('jobs').lease().promise();
  expect([again.value, again.attempt]).toEqual(['a', 1]);
});

it('work stopped in the middle gives back what it pulled ahead, at no cost of attempts', async () => {
  const [one, other] = [engineOn({ prefix: 'ahead' }), engineOn({ prefix: 'ahead' })];
  const jobs = one.queue<number>('jobs', { maxAttempts: 1 });
  await Promise.all(Array.from({ length: 400 }, (_, n) => jobs.send(n).promise()));
  const done = new Set<number>();
  const working = work(jobs, (n) => [n], { concurrency: 4 }).subscribe((n) => {
    done.add(n);
    if (done.size === 200) working.unsubscribe();
  });
  const theirs = other.queue<number>('jobs');
  await theirs.unfinished().promise();
  while (done.size < 200) await sleep(10).promise();
  const rest = work(theirs, (n) => [n], { concurrency: 4 }).subscribe((n) => done.add(n));
  await theirs.join().promise();
  rest.unsubscribe();
  expect(done.size).toBe(400);
});

it('a codec of one’s own is used for values, states and answers', async () => {
  const codec = {
    encode: (value: unknown): Uint8Array => new TextEncoder().encode(`<${String(value)}>`),
    decode: (data: Uint8Array): unknown => new TextDecoder().decode(data).slice(1, -1),
  };
  const engine = engineOn({ codec });
  await engine.queue('jobs').send(1n).promise();
  const { value } = await engine.queue('jobs').lease().promise();
  engine.serve<string, string>('twice', (text) => [text + text]).subscribe();
  await sleep(50).promise();
  const answer = await engine.call('twice')('ab').promise();
  expect([value, answer, await engine.owner<unknown>('o', 7).read().promise()]).toEqual(['1', 'abab', '7']);
});

it('a call whose server has gone without a word fails when it gives no sign of life', async () => {
  const doomed = await connectTo(server.url);
  const lost = natsEngine(doomed, { prefix: 'gone', ackWait: 300 });
  lost.serve('slow', () => sleep(60_000)).subscribe();
  const engine = engineOn({ prefix: 'gone', ackWait: 300 });
  await sleep(100).promise();
  const call = engine
    .call('slow')(1)
    .promise()
    .catch((error: unknown) => (error as Error).name);
  // Signs of life keep it, for longer than that.
  await sleep(900).promise();
  await doomed.close();
  expect(await call).toBe('CancelledError');
});

it('a queue that is closed stays closed for who comes later, and says why', async () => {
  const one = engineOn({ prefix: 'later' }).queue('jobs');
  one.close(new RangeError('over'));
  await one.whenClosed().promise();
  const later = engineOn({ prefix: 'later' }).queue('jobs');
  await expect(later.send(1).promise()).rejects.toMatchObject({ name: 'ClosedError' });
  await expect(later.lease().promise()).rejects.toMatchObject({ name: 'RangeError', message: 'over' });
  await later.whenClosed().promise();
});

it('a stream that was deleted is made anew by whoever asks next, and those who waited for what was in it are told', async () => {
  const engine = engineOn({ prefix: 'gone' });
  const api = (what: string): Promise<unknown> => connection.request(`$JS.API.${what}`, '');
  const jobs = engine.queue<string>('jobs');
  await jobs.send('a').promise();
  const delivery = await jobs.lease().promise();
  const joined = jobs.join().promise().catch(String);
  const next = jobs.lease().promise();
  await api('STREAM.DELETE.gone_Q_jobs');
  expect(await joined).toContain('there is no stream gone_Q_jobs any more');
  await jobs.send('b').promise();
  expect((await next).value).toBe('b');
  // Its number is that of the message of before.
  expect(() => delivery.ack()).toThrow(/released/);
  (await next).ack();
  await jobs.send('c').promise();
  await api('CONSUMER.DELETE.gone_Q_jobs.workers');
  (await jobs.lease().promise()).ack();
  await jobs.join().promise();
});

it('an owner whose stream was deleted fails once, and begins again as its initial state; a topic goes on', async () => {
  const engine = engineOn({ prefix: 'gone2' });
  const api = (what: string): Promise<unknown> => connection.request(`$JS.API.${what}`, '');
  const count = engine.owner('count', 0);
  const seen: number[] = [];
  count.subscribe((n) => seen.push(n));
  for (let i = 0; i < 3; i++) await count.update((n) => n + 1).promise();
  const news = engine.topic<number>('news', { replay: 5 });
  const heard: number[] = [];
  news.subscribe((n) => heard.push(n));
  for (const n of [1, 2, 3]) await news.send(n).promise();
  await sleep(100).promise();
  for (const stream of ['gone2_S_count', 'gone2_T_news']) await api(`STREAM.DELETE.${stream}`);
  await expect(count.read().promise()).rejects.toThrow('there is no stream gone2_S_count any more');
  expect(await count.update((n) => n + 10).promise()).toBe(10);
  await news.send(4).promise();
  for (let i = 0; i < 100 && (heard.length < 4 || seen.length < 5); i++) await sleep(100).promise();
  expect([seen, heard]).toEqual([
    [0, 1, 2, 3, 10],
    [1, 2, 3, 4],
  ]);
});

it('what cannot be stored by an owner fails those who asked for it, and nobody beside them', async () => {
  const count = engineOn().owner<unknown>('count', 0);
  const more = (n: unknown): unknown => (n as number) + 1;
  const steps = [more, () => 1n, more, () => 'x'.repeat(2_000_000), more];
  const outcomes = await Promise.allSettled(steps.map((step) => count.update(step).promise()));
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, false, true]);
  expect(await count.read().promise()).toBe(3);
});

it('a connection that is being drained ends those who wait, and throws at nobody', async () => {
  const own = await connectTo(server.url);
  const engine = natsEngine(own, { prefix: 'drained', storage: 'memory', ackWait: 300 });
  const jobs = engine.queue('jobs');
  await jobs.unfinished().promise();
  const thrown: unknown[] = [];
  const note = (error: unknown): unknown => thrown.push(error);
  process.on('unhandledRejection', note);
  const asked = [jobs.lease(), jobs.lease(), jobs.join()].map((one) => one.promise());
  const drained = own.drain();
  asked.push(jobs.lease().promise(), jobs.send(1).promise());
  const outcomes = await Promise.allSettled(asked);
  await drained;
  await sleep(10).promise();
  process.off('unhandledRejection', note);
  expect(thrown).toEqual([]);
  expect(outcomes.slice(0, 2).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
