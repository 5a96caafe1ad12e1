// 11.1: what a Readable brings, as a channel.

import { connect, createServer } from 'node:net';
import { Duplex, PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { forEach, go, poll, type ReceiveChannel, select } from '../../src/index.ts';
import { fromReadable } from '../../src/node/index.ts';
import { check, Record } from '../record.ts';
import { listeners, listening, pause, program, settled, until } from './real.ts';

async function received<T>(channel: ReceiveChannel<T>): Promise<T[]> {
  const values: T[] = [];
  await forEach(channel, (value) => void values.push(value)).promise();
  return values;
}

/** A stream that counts what it was asked for. */
class Counting extends Readable {
  asked = 0;
  constructor(highWaterMark: number) {
    super({ objectMode: true, highWaterMark });
  }
  override _read(): void {
    this.push(this.asked++);
  }
}

describe('fromReadable', () => {
  it('brings every value in order, then ends; nothing is left on the stream', async () => {
    const stream = Readable.from([1, undefined, 'a', 0, false]);
    expect(await received(fromReadable<unknown>(stream))).toEqual([1, undefined, 'a', 0, false]);
    await settled();
    expect(listeners(stream)).toEqual({});
  });

  it('brings bytes, and strings where the stream decodes them', async () => {
    const bytes = new PassThrough();
    bytes.end(Buffer.from('grüße'));
    expect(Buffer.concat(await received(fromReadable<Buffer>(bytes))).toString()).toBe('grüße');
    const text = new PassThrough({ encoding: 'utf8' });
    text.end('grüße');
    expect((await received(fromReadable<string>(text))).join('')).toBe('grüße');
  });

  it.each([0, 1, 3])(
    'at capacity %i reads no more ahead than that, beyond what the stream keeps itself',
    async (capacity) => {
      const stream = new Counting(2);
      const channel = fromReadable<number>(stream, { capacity });
      await pause(20);
      expect(stream.asked).toBe(capacity === 0 ? 0 : 2 + capacity);
      expect(stream.readableFlowing ?? false).toBe(false);
      expect(await channel.receive().promise()).toBe(0);
      await pause(20);
      expect(stream.asked).toBe(1 + 2 + capacity);
      channel.cancel();
    },
  );

  it('counts bytes where the capacity is in bytes, and fails with what weighing throws', async () => {
    const stream = new PassThrough({ highWaterMark: 16 });
    const channel = fromReadable<Buffer>(stream, { capacity: 10, weigh: (chunk) => chunk.length });
    for (let i = 0; i < 6; i++) {
      stream.write('123456');
      await settled();
    }
    // One fits, one waits for room; the others are still the stream's.
    expect([channel, stream.readableLength > 0].map(String)).toEqual([
      expect.stringContaining('1 weighing 6/10'),
      'true',
    ]);
    stream.end();
    expect(Buffer.concat(await received(channel)).toString()).toBe('123456'.repeat(6));
    const cause = new Error('too heavy');
    const failing = new PassThrough();
    const weighed = fromReadable<Buffer>(failing, {
      capacity: 10,
      weigh: () => {
        throw cause;
      },
    });
    failing.write('1');
    await settled();
    expect(failing.destroyed).toBe(true);
    await expect(weighed.receive().promise()).rejects.toBe(cause);
  });

  it('keeps an error that comes before anybody asks for the first receiver: it is no uncaught exception', async () => {
    const stream = new PassThrough();
    const channel = fromReadable(stream);
    const cause = new Error('early');
    stream.destroy(cause);
    await settled();
    await expect(channel.receive().promise()).rejects.toBe(cause);
    expect(listeners(stream)).toEqual({});
  });

  it('has the cause come after what it had taken before', async () => {
    const stream = new PassThrough({ objectMode: true });
    const channel = fromReadable<number>(stream);
    stream.write(1);
    await settled();
    stream.destroy(new Error('late'));
    await settled();
    const told = new Record();
    for (let i = 0; i < 2; i++) channel.receive().subscribe(told.by('receive'));
    expect(told.lines).toEqual(['receive got 1', 'receive failed with late']);
  });

  it('calls a stream that was destroyed before its end closed too early', async () => {
    for (const capacity of [0, 1]) {
      const stream = new PassThrough();
      const channel = fromReadable(stream, { capacity });
      stream.destroy();
      await expect(channel.receive().promise()).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    }
  });

  it.each([
    ['ended', (s: PassThrough) => s.end().resume(), 'ClosedError'],
    ['destroyed', (s: PassThrough) => s.destroy(), 'Premature close'],
    ['failed', (s: PassThrough) => s.on('error', () => undefined).destroy(new Error('gone')), 'gone'],
  ])('finds at once that a stream is %s, just now or long ago', async (_how, act, expected) => {
    for (const long of [false, true]) {
      const stream = new PassThrough();
      act(stream);
      if (long) await pause(5);
      const channel = fromReadable(stream);
      const error: unknown = await channel
        .receive()
        .promise()
        .catch((thrown: unknown) => thrown);
      expect(`${(error as Error).name} ${(error as Error).message}`).toContain(expected);
      await settled();
      expect(stream.listenerCount('close')).toBe(0);
    }
  });

  it('destroys the stream when it is cancelled, idle or not, and reports what it had taken', async () => {
    const lost: unknown[] = [];
    const idle = new PassThrough();
    const told = new Record();
    const channel = fromReadable(idle);
    channel.receive().subscribe(told.by('receive'));
    expect(channel.cancel('enough')).toBe(true);
    expect([idle.destroyed, told.lines]).toEqual([true, ['receive failed with CancelledError(enough)']]);
    const busy = new Counting(2);
    const full = fromReadable<number>(busy, {
      capacity: 2,
      onUndelivered: (value, reason) => lost.push([value, reason]),
    });
    await settled();
    full.cancel();
    expect([busy.destroyed, lost]).toEqual([
      true,
      [
        [0, 'cancelled'],
        [1, 'cancelled'],
      ],
    ]);
    await settled();
    expect([listeners(idle), listeners(busy)]).toMatchObject([{}, {}]);
    expect(idle.listenerCount('error') + busy.listenerCount('error')).toBe(0);
  });

  it('destroys a stream that has been read to its end and is still open, while values are left', async () => {
    const half = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    const stays = new Readable({ objectMode: true, autoDestroy: false, read: () => undefined });
    for (const stream of [half, stays]) {
      const lost: unknown[] = [];
      stream.push('a');
      stream.push(null);
      const channel = fromReadable(stream, { capacity: 2, onUndelivered: (value) => void lost.push(String(value)) });
      await settled();
      expect([stream.readableEnded, stream.destroyed]).toEqual([true, false]);
      expect(channel.cancel()).toBe(true);
      expect([stream.destroyed, lost]).toEqual([true, ['a']]);
      await settled();
      expect(listeners(stream)).toEqual({});
    }
  });

  it('leaves a stream alone that has ended, when all of it was received', async () => {
    const half = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    half.push(null);
    const channel = fromReadable(half);
    await channel.whenEnded().promise();
    expect([channel.cancel(), half.destroyed]).toEqual([false, false]);
    half.destroy();
  });

  it('has nobody hear of an error of a stream that was cancelled', async () => {
    const stream = new Readable({ read: () => undefined, destroy: (_error, done) => done(new Error('of destroying')) });
    fromReadable(stream).cancel();
    await settled();
    expect(stream.errored).toMatchObject({ message: 'of destroying' });
  });

  it('does not end, and takes no more, when a loop over it is left', async () => {
    const channel = fromReadable<number>(Readable.from([1, 2, 3, 4]));
    for await (const value of channel) if (value === 2) break;
    expect(await received(channel)).toEqual([3, 4]);
  });

  it('gives each value to one receiver, in every form of waiting', async () => {
    const stream = new PassThrough({ objectMode: true });
    const channel = fromReadable<string>(stream, { capacity: 0 });
    const told = new Record();
    channel.receive().subscribe(told.by('subscription'));
    go(function* () {
      told.by('coroutine').next(yield* channel.receive());
    });
    select({ channel }).subscribe(told.by('select'));
    const promise = channel.receive().promise();
    check(channel);
    expect(poll(channel.receive())).toEqual({ ok: false, closed: false });
    for (const value of 'abcd') stream.write(value);
    expect(await promise).toBe('d');
    expect(told.lines).toEqual(['subscription got a', 'select got channel=c', 'coroutine got b']);
    channel.cancel();
  });

  it('learns of the end also while its buffer is full', async () => {
    const channel = fromReadable<number>(Readable.from([1]));
    await until(() => (channel as unknown as { isClosed: boolean }).isClosed);
    expect(channel.tryReceive()).toEqual({ ok: true, value: 1 });
    expect(channel.tryReceive()).toEqual({ ok: false, closed: true });
  });

  it('brings a whole socket, and reports a reset as the cause', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('hello', () => socket.resetAndDestroy());
    });
    const port = await listening(server);
    const channel = fromReadable<Buffer>(connect(port, '127.0.0.1'));
    const error: unknown = await received(channel).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    server.close();
  });

  it('moves 100 000 chunks in order, past pauses', async () => {
    const stream = Readable.from(
      (function* () {
        for (let i = 0; i < 100_000; i++) yield i;
      })(),
    );
    const channel = fromReadable<number>(stream, { capacity: 3 });
    let next = 0;
    await forEach(channel, (value) => {
      expect(value).toBe(next++);
    }).promise();
    expect(next).toBe(100_000);
  });

  it('fails at the call for what is no stream', () => {
    for (const wrong of [null, undefined, 1, {}, [1]]) expect(() => fromReadable(wrong as never)).toThrow(TypeError);
    expect(() => fromReadable(new PassThrough(), { capacity: -1 })).toThrow(RangeError);
    expect(() => fromReadable(new PassThrough(), null as never)).toThrow(TypeError);
  });

  it('leaves no handle: a process with an idle stream that was cancelled ends', async () => {
    const { code, stderr, stdout } = await program(`
      import { connect, createServer } from 'node:net';
      const server = createServer().listen(0, () => {
        const socket = connect(server.address().port);
        const channel = fromReadable(socket);
        socket.on('connect', () => { channel.cancel(); server.close(); });
        server.on('connection', (s) => s.resume().on('error', () => {}).on('close', () => console.log(process.getActiveResourcesInfo().filter((r) => r.startsWith('TCP')).length)));
      });
    `);
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: '', stdout: '0\n' });
  });
});
