// 11.2: a Readable that takes from a channel.

import { PassThrough, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { type Channel, channel, channelFrom, queue } from '../../src/index.ts';
import { toReadable } from '../../src/node/index.ts';
import { all, listeners, pause, settled } from './real.ts';

function filled(values: readonly unknown[], lost: unknown[] = []): Channel<unknown> {
  const made = channel<unknown>({
    capacity: Infinity,
    onUndelivered: (value, reason) => lost.push(`${String(value)} ${reason}`),
  });
  for (const value of values) made.trySend(value);
  return made;
}

describe('toReadable', () => {
  it('brings every value in order, then ends', async () => {
    const source = filled([1, 'a', undefined, 0]);
    source.close();
    expect(await all(toReadable(source))).toEqual([1, 'a', undefined, 0]);
    expect(await all(toReadable(channelFrom([1, 2, 3])))).toEqual([1, 2, 3]);
  });

  it('brings bytes where it is told that they are', async () => {
    const source = filled(['ab', '', Buffer.from('cd')]);
    source.close();
    expect(Buffer.concat(await all<Buffer>(toReadable(source, { objectMode: false }))).toString()).toBe('abcd');
  });

  it.each([1, 3])(
    'takes nothing before it is read, and holds at most its highWaterMark of %i',
    async (highWaterMark) => {
      const source = filled([1, 2, 3, 4, 5, 6]);
      const stream = toReadable(source, { highWaterMark });
      await settled();
      expect(source.size).toBe(6);
      await new Promise((resolve) => stream.once('readable', resolve));
      await settled();
      expect(source.size).toBe(6 - highWaterMark);
      expect(stream.read()).toBe(1);
      await settled();
      expect(source.size).toBe(5 - highWaterMark);
      stream.on('error', () => undefined).destroy();
    },
  );

  it('fails with the cause of its source, after what came before', async () => {
    const source = filled([1]);
    const cause = new Error('source');
    source.close(cause);
    const stream = toReadable(source);
    const got: unknown[] = [];
    stream.on('data', (value) => got.push(value));
    const error = await new Promise((resolve) => stream.on('error', resolve));
    expect([error, got]).toEqual([cause, [1]]);
  });

  it('fails with TypeError for null, which would be its end, and cancels its source', async () => {
    const source = filled([null, 1]);
    await expect(all(toReadable(source))).rejects.toThrow(TypeError);
    expect(source.isClosed).toBe(true);
  });

  it('cancels its source when it is destroyed, idle or not; what it holds is reported once, in order', async () => {
    for (const reading of [false, true]) {
      const lost: unknown[] = [];
      const source = filled([1, 2, 3, 4, 5], lost);
      const stream = toReadable(source, { highWaterMark: 3 });
      if (reading) {
        await new Promise((resolve) => stream.once('readable', resolve));
        expect(stream.read()).toBe(1);
        await settled();
      }
      const reason = new Error('enough');
      stream.on('error', () => undefined).destroy(reason);
      const left = reading ? [2, 3, 4, 5] : [1, 2, 3, 4, 5];
      expect([lost, source.isClosed]).toEqual([left.map((n) => `${n} cancelled`), true]);
      const { sent, delivered, undelivered } = source.statistics();
      expect([sent, delivered + undelivered]).toEqual([5, 5]);
      await expect(source.receive().promise()).rejects.toMatchObject({ reason });
    }
  });

  it('reports what it holds also when its source has ended by itself', async () => {
    const lost: unknown[] = [];
    const source = filled([1, 2], lost);
    const stream = toReadable(source, { highWaterMark: 5 });
    source.close();
    await new Promise((resolve) => stream.once('readable', resolve));
    await settled();
    expect(source.size).toBe(0);
    stream.on('error', () => undefined).destroy();
    expect(lost).toEqual(['1 cancelled', '2 cancelled']);
  });

  it('of bytes reports whole values: one that was read in part has been received', async () => {
    const lost: unknown[] = [];
    const source = filled(['abc', 'def', 'ghi'], lost);
    const stream = toReadable(source, { objectMode: false });
    await new Promise((resolve) => stream.once('readable', resolve));
    await settled();
    expect(String(stream.read(4))).toBe('abcd');
    stream.on('error', () => undefined).destroy();
    expect(lost).toEqual(['ghi cancelled']);
  });

  it('errs when it is destroyed without an error before it was read to its end', async () => {
    const stream = toReadable(channel());
    const failed = new Promise((resolve) => stream.once('error', resolve));
    stream.destroy();
    expect(await failed).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  });

  it('is no uncaught exception where a loop over it is left', async () => {
    const source = filled([1, 2, 3]);
    for await (const value of toReadable(source)) if (value === 1) break;
    await settled();
    expect(source.isClosed).toBe(true);
  });

  describe('in a pipeline', () => {
    it('ends when the other side dies while it is idle', async () => {
      const source = channel();
      const writable = new PassThrough();
      const piped = pipeline(toReadable(source), writable);
      await settled();
      writable.destroy(new Error('died'));
      await expect(piped).rejects.toThrow('died');
      expect(source.isClosed).toBe(true);
    });

    it('ends when it is destroyed, or its source cancelled, while it is idle', async () => {
      for (const act of ['destroy', 'cancel']) {
        const source = channel();
        const stream = toReadable(source);
        const writable = new PassThrough();
        const piped = pipeline(stream, writable);
        await settled();
        if (act === 'destroy') stream.destroy();
        else source.cancel('reason');
        await expect(piped).rejects.toMatchObject(
          act === 'destroy' ? { code: 'ERR_STREAM_PREMATURE_CLOSE' } : { reason: 'reason' },
        );
        expect([writable.destroyed, source.isClosed]).toEqual([true, true]);
      }
    });

    it('ends when its source is cancelled while the other side takes nothing', async () => {
      const source = filled([1, 2, 3, 4, 5]);
      const writable = new Writable({ objectMode: true, highWaterMark: 1, write: () => undefined });
      const piped = pipeline(toReadable(source), writable);
      await pause(5);
      source.cancel('reason');
      await expect(piped).rejects.toMatchObject({ reason: 'reason' });
    });
  });

  it('leaves nothing behind at its source', async () => {
    const source = filled([1]);
    const stream = toReadable(source);
    expect(stream.once('readable', () => undefined)).toBe(stream);
    await settled();
    stream.on('error', () => undefined).destroy();
    await settled();
    expect(source.statistics()).toMatchObject({ waitingReceivers: 0, buffered: 0 });
    expect(listeners(stream)).not.toHaveProperty('data');
  });

  it('takes from a queue as from any channel, and rejects what is none', () => {
    expect(() => toReadable(queue())).not.toThrow();
    for (const wrong of [null, undefined, [1], new PassThrough()])
      expect(() => toReadable(wrong as never)).toThrow(TypeError);
    expect(() => toReadable(channel(), null as never)).toThrow(TypeError);
  });
});
