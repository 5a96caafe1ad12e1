// 11.4: all of a channel into a stream; either side's death ends the other.

import { createServer, get, type IncomingMessage } from 'node:http';
import { connect, createServer as createNetServer, type Socket } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Channel, channel, channelFrom, go, poll, sleep } from '../../src/index.ts';
import { fromReadable, pump, write } from '../../src/node/index.ts';
import { Random } from '../../src/base/random.ts';
import { Record } from '../record.ts';
import { all, listeners, listening, pause, settled, until } from './real.ts';

class Sink extends Writable {
  readonly taken: unknown[] = [];
  readonly #delay: (() => number) | null;
  constructor(highWaterMark = 2, delay: (() => number) | null = null) {
    super({ objectMode: true, highWaterMark });
    this.#delay = delay;
  }
  override _write(chunk: unknown, _encoding: string, callback: () => void): void {
    this.taken.push(chunk);
    const ms = this.#delay?.() ?? 0;
    if (ms === 0) callback();
    else setTimeout(callback, ms);
  }
}

/** Takes a chunk and is never done with it. */
const stuck = (highWaterMark = 2): Writable =>
  new Writable({ objectMode: true, highWaterMark, write: () => undefined });

function numbers(n: number, capacity = 2): Channel<number> {
  const source = channel<number>(capacity);
  go(function* () {
    for (let i = 0; i < n; i++) yield* source.send(i);
    source.close();
  }).subscribe({ error: () => undefined });
  return source;
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('pump', () => {
  it('moves all, in order, and completes when everything is flushed', async () => {
    const sink = new Sink(2, () => 1);
    await pump(numbers(20), sink).promise();
    expect([sink.taken, sink.writableFinished]).toEqual([count(20), true]);
    await settled();
    expect(listeners(sink)).toEqual({});
  });

  it('takes nothing while the stream is full: what is under way is bounded', async () => {
    const source = numbers(100);
    const sink = stuck(3);
    pump(source, sink).subscribe({ error: () => undefined });
    await settled();
    // Three in the stream, two in the buffer; the sixth waits to be sent.
    expect([sink.writableLength, source.size, source.statistics().delivered]).toEqual([3, 2, 3]);
    source.cancel();
    await settled();
  });

  it('stops the producer of a client that reads nothing, counted in bytes', async () => {
    const chunk = Buffer.alloc(65_536);
    let made = 0;
    const server = createServer((_request, response) => {
      const source = channel<Buffer>(2);
      go(function* () {
        for (;;) {
          yield* source.send(chunk);
          made += chunk.length;
        }
      }).subscribe({ error: () => undefined });
      pump(source, response).subscribe({ error: () => undefined });
    });
    const port = await listening(server);
    const response = await new Promise<IncomingMessage>((resolve) => get({ port, host: '127.0.0.1' }, resolve));
    response.on('error', () => undefined).pause();
    let before = -1;
    while (made !== before) {
      before = made;
      await pause(100);
    }
    // The buffers of the system, at both ends, are what is between.
    expect(made).toBeLessThan(20_000_000);
    response.destroy();
    server.close();
    server.closeAllConnections();
  });

  it('destroys the stream with the cause of its source, which is its failure', async () => {
    const source = channel<number>(3);
    const cause = new Error('source');
    const sink = new Sink();
    const done = pump(source, sink).promise();
    source.trySend(1);
    source.close(cause);
    await expect(done).rejects.toBe(cause);
    expect([sink.taken, sink.errored, sink.destroyed]).toEqual([[1], cause, true]);
    await settled();
    expect(listeners(sink)).toEqual({});
  });

  it.each(['idle', 'full'])('cancels its source when the stream dies, %s', async (how) => {
    for (const error of [new Error('stream'), undefined]) {
      const lost: number[] = [];
      const source = channel<number>({ capacity: 2, onUndelivered: (value) => lost.push(value) });
      const sink = how === 'idle' ? new Sink() : stuck(1);
      const told = new Record();
      pump(source, sink).subscribe(told.by('pump'));
      if (how === 'full') for (let i = 0; i < 3; i++) source.trySend(i);
      await settled();
      sink.destroy(error);
      await settled();
      expect([told.lines, source.isClosed]).toEqual([
        [`pump failed with ${error?.message ?? 'The stream was destroyed'}`],
        true,
      ]);
      expect(lost).toEqual(how === 'full' ? [1, 2] : []);
      expect(listeners(sink)).toEqual({});
    }
  });

  it('withdrawn, cancels its source and destroys the stream; what was not written is reported', async () => {
    for (const sink of [new Sink(), stuck(1)]) {
      const lost: number[] = [];
      const source = channel<number>({ capacity: 2, onUndelivered: (value) => lost.push(value) });
      const pumping = pump(source, sink).subscribe();
      if (!(sink instanceof Sink)) for (let i = 0; i < 3; i++) source.trySend(i);
      pumping.unsubscribe();
      expect([source.isClosed, sink.destroyed, lost]).toEqual([true, true, sink instanceof Sink ? [] : [1, 2]]);
      await settled();
      expect(listeners(sink)).toEqual({});
    }
  });

  it('destroys a full stream when its source is cancelled, or ends with a cause, without waiting for room', async () => {
    for (const how of ['cancelled', 'closed']) {
      const source = channel<number>(3);
      const sink = stuck(1);
      const done = pump(source, sink).promise();
      source.trySend(1);
      await settled();
      expect(sink.writableNeedDrain).toBe(true);
      if (how === 'cancelled') source.cancel(how);
      else source.close(new Error(how));
      await expect(done).rejects.toThrow(how);
      expect(sink.destroyed).toBe(true);
      await settled();
    }
  });

  it('fails when somebody else ends the stream', async () => {
    const source = channel<number>();
    const sink = new Sink();
    const done = pump(source, sink).promise();
    sink.end();
    await expect(done).rejects.toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
    expect(source.isClosed).toBe(true);
  });

  it('fails at once, and cancels its source, when the stream is dead already', async () => {
    for (const sink of [new Sink().destroy(), new Sink().end()]) {
      const source = channel<number>();
      await expect(pump(source, sink).promise()).rejects.toThrow();
      expect(source.isClosed).toBe(true);
      await settled();
    }
  });

  it('fails for what a stream cannot write', async () => {
    for (const wrong of [null, 1, {}]) {
      const source = channelFrom<unknown>(['a', wrong, 'b']);
      const stream = new PassThrough().resume();
      await expect(pump(source, stream).promise()).rejects.toThrow(TypeError);
      expect(stream.destroyed).toBe(true);
    }
  });

  it('polled, does nothing', () => {
    const source = channel<number>(1);
    const sink = new Sink();
    expect(poll(pump(source, sink))).toEqual({ ok: false, closed: false });
    expect([source.isClosed, sink.destroyed]).toEqual([false, false]);
  });

  it('shares a full stream with others who write, and hands over no more than one at a time', async () => {
    const sink = new Sink(1, () => 1);
    const longest: number[] = [];
    const original = sink.write.bind(sink);
    sink.write = ((...args: [unknown]) => {
      longest.push(sink.writableLength);
      return original(...args);
    }) as typeof sink.write;
    const done = pump(numbers(20), sink, { end: false }).promise();
    for (let i = 0; i < 20; i++) write(sink, `other ${i}`).subscribe();
    await done;
    await until(() => sink.taken.length === 40);
    expect(sink.taken.filter((value) => typeof value === 'number')).toEqual(count(20));
    expect(Math.max(...longest)).toBe(0);
  });

  describe('with end: false', () => {
    it('leaves the stream open, and completes when the last write has been taken', async () => {
      const sink = new Sink(4, () => 1);
      await pump(numbers(5), sink, { end: false }).promise();
      expect([sink.taken, sink.writableEnded, sink.writableLength]).toEqual([count(5), false, 0]);
      await pump(numbers(1), sink, { end: false }).promise();
      await pump(channelFrom<number>([]), sink, { end: false }).promise();
      expect([sink.taken.length, listeners(sink)]).toEqual([6, {}]);
    });

    it('leaves it open whatever happens to its source, and when it is withdrawn', async () => {
      const sink = new Sink();
      const failing = channel<number>();
      failing.close(new Error('source'));
      await expect(pump(failing, sink, { end: false }).promise()).rejects.toThrow('source');
      const cancelled = channel<number>();
      const done = pump(cancelled, sink, { end: false }).promise();
      cancelled.cancel('reason');
      await expect(done).rejects.toMatchObject({ reason: 'reason' });
      const source = channel<number>();
      pump(source, sink, { end: false }).subscribe().unsubscribe();
      expect([sink.destroyed, source.isClosed, listeners(sink)]).toEqual([false, true, {}]);
    });

    it('fails, and cancels its source, when the stream dies', async () => {
      const source = channel<number>();
      const sink = new Sink();
      const done = pump(source, sink, { end: false }).promise();
      sink.destroy();
      await expect(done).rejects.toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
      expect(source.isClosed).toBe(true);
    });
  });

  it('fails at the call for what is no channel, or no stream', () => {
    for (const wrong of [null, [1], new PassThrough()])
      expect(() => pump(wrong as never, new Sink())).toThrow(TypeError);
    for (const wrong of [null, {}, 1]) expect(() => pump(channel(), wrong as never)).toThrow(TypeError);
    expect(() => pump(channel(), new Sink(), null as never)).toThrow(TypeError);
  });

  it('gives timers a chance beside a source and a stream that never wait', async () => {
    const endless = channelFrom(
      (function* () {
        for (;;) yield 1;
      })(),
    );
    const sink = new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() });
    const pumping = pump(endless, sink).subscribe({ error: () => undefined });
    await pause(5);
    pumping.unsubscribe();
    expect(sink.destroyed).toBe(true);
  });
});

describe('an echo over a socket', () => {
  it('brings back every byte, past FIN, at every pace', async () => {
    const server = createNetServer({ allowHalfOpen: true }, (socket) => {
      pump(fromReadable<Buffer>(socket), socket).subscribe({ error: () => undefined });
    });
    const port = await listening(server);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const data = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => i % 251));
    socket.end(data);
    expect(Buffer.compare(Buffer.concat(await all<Buffer>(socket)), data)).toBe(0);
    server.close();
  });

  it('dies with either side', async () => {
    const told = new Record();
    const sockets: Socket[] = [];
    const server = createNetServer((socket) => {
      sockets.push(socket);
      pump(fromReadable<Buffer>(socket), socket).subscribe(told.by('echo'));
    });
    const port = await listening(server);
    const client = connect(port, '127.0.0.1').on('error', () => undefined);
    client.write('x');
    await new Promise((resolve) => client.once('data', resolve));
    client.resetAndDestroy();
    await until(() => told.lines.length > 0);
    expect([told.lines.length, sockets[0]?.destroyed]).toEqual([1, true]);
    server.close();
  });
});

describe('a random script', () => {
  it.each([1, 2, 3, 4])(
    'of 100 000 chunks with pauses, cancels and destroys keeps order and loses nothing unsaid (seed %i)',
    async (seed) => {
      const random = new Random(seed);
      for (let sent = 0; sent < 25_000;) {
        const n = random.below(4000);
        const lost: number[] = [];
        const source = channel<number>({
          capacity: random.below(5),
          onUndelivered: (value, reason) => reason === 'cancelled' && lost.push(value),
        });
        const sink = new Sink(1 + random.below(4), () => (random.below(200) === 0 ? 1 : 0));
        let given = 0;
        const producer = go(function* () {
          for (let i = 0; i < n; i++) {
            given = i + 1;
            yield* source.send(i);
            if (random.below(500) === 0) yield* sleep(1);
          }
          source.close();
        });
        producer.subscribe({ error: () => undefined });
        const ending = random.below(4);
        const when = random.below(20);
        const pumping = pump(source, sink);
        const ended = new Promise<void>((resolve) => {
          const running = pumping.subscribe({ complete: resolve, error: () => resolve() });
          if (ending === 3) return;
          setTimeout(() => {
            if (ending === 0) source.cancel();
            else if (ending === 1) sink.destroy();
            else running.unsubscribe();
            resolve();
          }, when);
        });
        await ended;
        await settled();
        const written = sink.taken.length + (sink.writableLength > 0 ? sink.writableLength : 0);
        expect(sink.taken).toEqual(count(sink.taken.length));
        lost.sort((a, b) => a - b);
        expect(lost).toEqual(lost.map((_, i) => (lost[0] ?? 0) + i));
        const { delivered, undelivered, sent: accepted } = source.statistics();
        expect(accepted).toBe(delivered + undelivered);
        if (!sink.destroyed || sink.writableFinished) expect(written).toBe(n);
        // The last one that was begun may have come too late to be accepted: that is another reason.
        if (lost.length > 0) {
          expect(lost[0]).toBe(delivered);
          expect([given - 1, given - 2]).toContain(lost.at(-1));
        }
        expect(listeners(sink)).toEqual({});
        sent += n;
      }
    },
  );
});
