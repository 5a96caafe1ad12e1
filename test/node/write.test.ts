// 11.3: writing when there is room; ending.

import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { channel, go, poll, select, sleep } from '../../src/index.ts';
import { end, write } from '../../src/node/index.ts';
import { outletOf } from '../../src/node/outlet.ts';
import { FORMS } from '../forms.ts';
import { Record } from '../record.ts';
import { listeners, pause, settled } from './real.ts';

/** A stream with room for one, that takes a chunk when told to. */
class Slow extends Writable {
  readonly taken: string[] = [];
  #callback: (() => void) | null = null;
  constructor(highWaterMark = 1) {
    super({ objectMode: true, highWaterMark });
  }
  override _write(chunk: unknown, _encoding: string, callback: () => void): void {
    this.taken.push(String(chunk));
    this.#callback = callback;
  }
  /** Is done with what it took last. */
  async next(): Promise<void> {
    const callback = this.#callback;
    this.#callback = null;
    callback?.();
    await settled();
    outletOf(this).check();
  }
}

describe('write', () => {
  it('commits at once while there is room, then one after the other, first come first served', async () => {
    const told = new Record();
    const writable = new Slow();
    for (const [i, { perform }] of [...FORMS, ...FORMS].entries()) perform(write(writable, i), told.by(`write ${i}`));
    expect([writable.taken, told.take()]).toEqual([['0'], ['write 0 got undefined']]);
    for (let i = 1; i < 4; i++) {
      await writable.next();
      expect([writable.taken.at(-1), told.take(), writable.writableLength]).toEqual([
        `${i}`,
        [`write ${i} got undefined`],
        1,
      ]);
    }
    expect(listeners(writable)).toEqual({});
  });

  it('has one listener for each event however many wait, and none when all have left', async () => {
    const writable = new Slow();
    writable.write('first');
    const waiting = Array.from({ length: 20 }, () => write(writable, 1).subscribe());
    expect(listeners(writable)).toEqual({ drain: 1, error: 1, close: 1, finish: 1 });
    for (const one of waiting) one.unsubscribe();
    expect(listeners(writable)).toEqual({});
    await writable.next();
    expect(writable.taken).toEqual(['first']);
  });

  it('is paced by a stream that does not say whether it is full, as a response of HTTP/2', async () => {
    const silent = (highWaterMark: number): Slow =>
      Object.defineProperty(new Slow(highWaterMark), 'writableNeedDrain', { value: undefined });
    const told = new Record();
    const writable = silent(2);
    for (let i = 0; i < 4; i++) write(writable, i).subscribe(told.by(`write ${i}`));
    expect(told.take()).toEqual(['write 0 got undefined', 'write 1 got undefined']);
    await writable.next();
    expect(told.take()).toEqual([]);
    await writable.next();
    expect(told.take()).toEqual(['write 2 got undefined', 'write 3 got undefined']);
    await write(silent(0), 'at once').promise();
  });

  it('is ready in a select when there is room, and not otherwise', async () => {
    const writable = new Slow();
    expect(poll(write(writable, 'a'))).toEqual({ ok: true, value: undefined });
    expect(poll(write(writable, 'b'))).toEqual({ ok: false, closed: false });
    const told = new Record();
    select({ c: write(writable, 'c'), d: write(writable, 'd') }, { order: 'priority' }).subscribe(told.by('select'));
    select({ late: sleep(1), e: write(writable, 'e') }).subscribe(told.by('other'));
    await pause(20);
    expect(told.take()).toEqual(['other got late=undefined']);
    await writable.next();
    await writable.next();
    expect([writable.taken, told.lines]).toEqual([['a', 'c'], ['select got c=undefined']]);
    expect(listeners(writable)).toEqual({});
  });

  it('withdrawn has written nothing, and lets those behind it go', async () => {
    for (const { perform } of FORMS) {
      const told = new Record();
      const writable = new Slow();
      writable.write('first');
      const withdraw = perform(write(writable, 'withdrawn'), told.by('withdrawn'));
      perform(write(writable, 'next'), told.by('next'));
      withdraw();
      await writable.next();
      expect([writable.taken, told.lines]).toEqual([['first', 'next'], ['next got undefined']]);
    }
  });

  it('does not let a newcomer overtake those who wait', async () => {
    const writable = new Slow();
    const told = new Record();
    writable.write('first');
    write(writable, 'second').subscribe(() => write(writable, 'fourth').subscribe(told.by('fourth')));
    write(writable, 'third').subscribe(told.by('third'));
    for (let i = 0; i < 4; i++) await writable.next();
    expect(writable.taken).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it.each([
    ['errs', (w: Writable, e: Error) => void w.destroy(e), 'boom'],
    ['is destroyed', (w: Writable) => void w.destroy(), 'The stream was destroyed'],
  ])('fails all who wait, once each, when the stream %s', async (_how, act, expected) => {
    const told = new Record();
    const writable = new Slow();
    writable.write('first');
    for (const { form, perform } of FORMS) perform(write(writable, form), told.by(form));
    end(writable).subscribe(told.by('end'));
    act(writable, new Error('boom'));
    write(writable, 1).subscribe(told.by('late'));
    expect(told.take()).toEqual([`late failed with ${expected}`]);
    await settled();
    expect(told.lines).toEqual([
      `a subscription failed with ${expected}`,
      `end failed with ${expected}`,
      `a coroutine failed with ${expected}`,
    ]);
    expect(listeners(writable)).toEqual({});
    await expect(write(writable, 1).promise()).rejects.toThrow(expected);
  });

  it('fails with the codes that Node uses', async () => {
    const destroyed = new PassThrough().destroy();
    await expect(write(destroyed, 'a').promise()).rejects.toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
    await expect(end(destroyed).promise()).rejects.toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
    const ended = new PassThrough().end();
    await expect(write(ended, 'a').promise()).rejects.toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
    const failed = new PassThrough().on('error', () => undefined);
    failed.destroy(new Error('mine'));
    await expect(write(failed, 'a').promise()).rejects.toThrow('mine');
  });

  it('tells those who wait that somebody else has ended the stream', async () => {
    const writable = new Slow();
    const told = new Record();
    writable.write('first');
    write(writable, 'second').subscribe(told.by('second'));
    writable.end();
    for (let i = 0; i < 2; i++) await writable.next();
    expect([told.lines, writable.taken, listeners(writable)]).toEqual([
      ['second failed with write after end'],
      ['first'],
      {},
    ]);
  });

  it('loses no other case of a select to what the stream does while it writes', async () => {
    const ch = channel<string>();
    const writable = new Slow();
    writable.write('first');
    const told = new Record();
    select({ written: write(writable, 'second'), ch }).subscribe(told.by('select'));
    // The stream's own code sends what the same select waits for.
    const original = writable._write.bind(writable);
    writable._write = (...args) => {
      expect(ch.trySend('meanwhile')).toBe(false);
      original(...args);
    };
    await writable.next();
    expect(told.lines).toEqual(['select got written=undefined']);
  });

  it('serves 20 000 who wait, without recursion', async () => {
    let taken = 0;
    const writable = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        taken++;
        setImmediate(done);
      },
    });
    let done = 0;
    for (let i = 0; i < 20_000; i++) write(writable, i).subscribe(() => done++);
    await end(writable).promise();
    expect([taken, done]).toEqual([20_000, 20_000]);
  });

  it('fails at the call for what is no stream, and for what it cannot write', () => {
    const bytes = new PassThrough();
    for (const wrong of [null, undefined, {}, 1]) expect(() => write(wrong as never, 'a')).toThrow(TypeError);
    for (const wrong of [null, undefined, {}, 1, true]) expect(() => write(bytes, wrong)).toThrow(TypeError);
    expect(() => write(new PassThrough({ objectMode: true }), null)).toThrow(TypeError);
    expect(() => write(bytes, 'a', 'klingon' as never)).toThrow(TypeError);
    expect(() => end(null as never)).toThrow(TypeError);
    expect(poll(write(bytes, '616263', 'hex'))).toEqual({ ok: true, value: undefined });
    expect(String(bytes.read())).toBe('abc');
  });
});

describe('end', () => {
  it('completes when everything is flushed, after those who wait to write', async () => {
    const told = new Record();
    const writable = new Slow();
    writable.write('first');
    write(writable, 'second').subscribe(told.by('second'));
    end(writable).subscribe(told.by('end'));
    expect(writable.writableEnded).toBe(false);
    await writable.next();
    expect([told.take(), writable.writableEnded]).toEqual([['second got undefined'], false]);
    await writable.next();
    expect([told.lines, writable.taken, listeners(writable)]).toEqual([['end got undefined'], ['first', 'second'], {}]);
    end(writable).subscribe(told.by('again'));
    expect(told.lines).toContain('again got undefined');
  });

  it('completes for all who ask, in every form', async () => {
    const writable = new PassThrough().resume();
    const told = new Record();
    for (const { form, perform } of FORMS) perform(end(writable), told.by(form));
    await end(writable).promise();
    expect(told.lines).toEqual(['a subscription got undefined', 'a coroutine got undefined']);
  });

  it('withdrawn before its turn ends nothing; polled, it does nothing either', async () => {
    const writable = new Slow();
    writable.write('first');
    write(writable, 'second').subscribe();
    end(writable).subscribe().unsubscribe();
    expect(poll(end(writable))).toEqual({ ok: false, closed: false });
    await writable.next();
    await writable.next();
    expect([writable.taken, writable.writableEnded, listeners(writable)]).toEqual([['first', 'second'], false, {}]);
  });

  it('fails with ERR_STREAM_DESTROYED when the stream is destroyed before everything is flushed', async () => {
    const writable = new Slow();
    writable.write('first');
    const ending = end(writable).promise();
    writable.destroy();
    await expect(ending).rejects.toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
    await expect(write(writable, 'late').promise()).rejects.toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
    expect(listeners(writable)).toEqual({});
  });

  it('is a step of a coroutine like any other', async () => {
    const writable = new PassThrough();
    const done = go(function* () {
      for (const part of ['a', 'b', 'c']) yield* write(writable, part);
      yield* end(writable);
    });
    expect(String(writable.read())).toBe('abc');
    await done.promise();
  });
});
