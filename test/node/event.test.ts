// 11.5: events of emitters; signals.

import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ClosedError, go, poll, select } from '../../src/index.ts';
import { event, events, signals } from '../../src/node/index.ts';
import { FORMS } from '../forms.ts';
import { Record } from '../record.ts';
import { listeners, pause, program, settled } from './real.ts';

describe('event', () => {
  it('waits for the next one, in every form, in the order of asking', () => {
    const emitter = new EventEmitter();
    const told = new Record();
    emitter.emit('x', 0);
    for (const { form, perform } of [...FORMS, ...FORMS]) perform(event(emitter, 'x'), told.by(form));
    event(emitter, 'y').subscribe(told.by('other'));
    emitter.emit('x', 1, 'a');
    expect(told.take()).toEqual([
      'a subscription got [1,"a"]',
      'a subscription got [1,"a"]',
      'a coroutine got [1,"a"]',
      'a coroutine got [1,"a"]',
    ]);
    emitter.emit('x', 2);
    emitter.emit('y');
    expect([told.lines, listeners(emitter)]).toEqual([['other got []'], {}]);
  });

  it('has one listener for each event however many wait, and none when all have left', () => {
    const emitter = new EventEmitter();
    const waiting = Array.from({ length: 50 }, (_, i) =>
      event(emitter, 'x', i % 2 === 0 ? { close: 'close' } : {}).subscribe(),
    );
    const others = Array.from({ length: 50 }, () => event(emitter, 'y').subscribe());
    expect(listeners(emitter)).toEqual({ x: 1, y: 1, error: 1, close: 1 });
    for (const [i, one] of waiting.entries()) if (i % 2 === 0) one.unsubscribe();
    expect(listeners(emitter)).toEqual({ x: 1, y: 1, error: 1 });
    for (const one of [...waiting, ...others]) one.unsubscribe();
    expect(listeners(emitter)).toEqual({});
  });

  it('hears again, for all who wait, once somebody asks after all listeners were taken off the emitter', () => {
    const emitter = new EventEmitter();
    const told = new Record();
    event(emitter, 'x', { close: 'end' }).subscribe(told.by('first'));
    emitter.removeAllListeners();
    event(emitter, 'x', { close: 'end' }).subscribe(told.by('second'));
    expect(listeners(emitter)).toEqual({ x: 1, error: 1, end: 1 });
    emitter.emit('x', 1);
    expect([told.take(), listeners(emitter)]).toEqual([['first got [1]', 'second got [1]'], {}]);
    // While it emits, too.
    emitter.once('x', () => emitter.removeAllListeners('x'));
    event(emitter, 'x').subscribe(told.by('third'));
    emitter.emit('x', 2);
    expect([told.lines, listeners(emitter)]).toEqual([['third got [2]'], {}]);
  });

  it('tells many names of one emitter apart, and leaves none behind', () => {
    const emitter = new EventEmitter();
    const told = new Record();
    const names = Array.from({ length: 30 }, (_, i) => `x${i}`);
    emitter.setMaxListeners(1);
    const waiting = names.map((name) => event(emitter, name).subscribe(told.by(name)));
    const twice = events(emitter, 'x3', { capacity: Infinity });
    expect(listeners(emitter)).toEqual({ ...Object.fromEntries(names.map((name) => [name, 1])), error: 1 });
    for (const i of [29, 3, 8, 9]) emitter.emit(`x${i}`, i);
    expect(told.lines).toEqual([29, 3, 8, 9].map((i) => `x${i} got [${i}]`));
    expect(twice.tryReceive()).toEqual({ ok: true, value: [3] });
    for (const one of waiting) one.unsubscribe();
    expect(listeners(emitter)).toEqual({ x3: 1, error: 1 });
    twice.cancel();
    expect(listeners(emitter)).toEqual({});
  });

  it('fails with an error event; of error itself it is a value', () => {
    const emitter = new EventEmitter();
    const told = new Record();
    for (const { form, perform } of FORMS) perform(event(emitter, 'x'), told.by(form));
    event(emitter, 'error').subscribe(told.by('of error'));
    expect(listeners(emitter)).toEqual({ x: 1, error: 1 });
    const error = new Error('boom');
    emitter.emit('error', error);
    expect(told.lines).toEqual([
      'a subscription failed with boom',
      'of error got [{}]',
      'a coroutine failed with boom',
    ]);
    expect(listeners(emitter)).toEqual({});
    expect(() => emitter.emit('error', error)).toThrow(error);
  });

  it('fails with ClosedError at the event that is named as the last, for those who named it', () => {
    const emitter = new EventEmitter();
    const told = new Record();
    event(emitter, 'x', { close: 'close' }).subscribe(told.by('a'));
    event(emitter, 'x').subscribe(told.by('b'));
    event(emitter, 'x', { close: 'end' }).subscribe(told.by('c'));
    event(emitter, 'close', { close: 'close' }).subscribe(told.by('d'));
    emitter.emit('close');
    expect(told.take()).toEqual(['a failed with ClosedError', 'd got []']);
    emitter.emit('end');
    emitter.emit('x', 1);
    expect([told.lines, listeners(emitter)]).toEqual([['c failed with ClosedError', 'b got [1]'], {}]);
  });

  it('hears the error of a stream that is about to close, though the stream says that it is closed', async () => {
    const stream = new PassThrough();
    stream.destroy(new Error('mine'));
    const told = new Record();
    event(stream, 'data', { close: 'close' }).subscribe(told.by('data'));
    await settled();
    expect(told.take()).toEqual(['data failed with mine']);
    event(stream, 'data', { close: 'close' }).subscribe(told.by('late'));
    await settled();
    expect([told.lines, listeners(stream)]).toEqual([['late failed with ClosedError'], {}]);
  });

  it('leaves nothing when another case of a select wins, or a deadline', async () => {
    const emitter = new EventEmitter();
    const told = new Record();
    select({ x: event(emitter, 'x'), y: event(emitter, 'y') }).subscribe(told.by('select'));
    expect(poll(event(emitter, 'x'))).toEqual({ ok: false, closed: false });
    event(emitter, 'x').withTimeout(5).subscribe(told.by('deadline'));
    emitter.emit('y', 1);
    expect(listeners(emitter)).toEqual({ x: 1, error: 1 });
    await pause(20);
    expect([told.lines, listeners(emitter)]).toEqual([['select got y=[1]', 'deadline failed with TimeoutError'], {}]);
  });

  it('does not tell one that comes while others are told', () => {
    const emitter = new EventEmitter();
    const told = new Record();
    event(emitter, 'x').subscribe(() => event(emitter, 'x').subscribe(told.by('second')));
    emitter.emit('x', 1);
    expect(told.take()).toEqual([]);
    emitter.emit('x', 2);
    expect(told.lines).toEqual(['second got [2]']);
  });

  it('loses no event to a coroutine that asks for the next in the same turn', () => {
    const emitter = new EventEmitter();
    const got: unknown[] = [];
    go(function* () {
      for (;;) got.push(...(yield* event(emitter, 'x')));
    });
    for (let i = 0; i < 100; i++) emitter.emit('x', i);
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('fails at the call for what is no emitter, or no name', () => {
    for (const wrong of [null, undefined, {}, 'x']) expect(() => event(wrong as never, 'x')).toThrow(TypeError);
    for (const wrong of [null, undefined, 1])
      expect(() => event(new EventEmitter(), wrong as never)).toThrow(TypeError);
    expect(() => event(new EventEmitter(), 'x', null as never)).toThrow(TypeError);
    expect(() => event(new EventEmitter(), 'x', { close: 1 as never })).toThrow(TypeError);
  });
});

describe('events', () => {
  it('brings every one from now on, until the one that is named as the end', () => {
    const emitter = new EventEmitter();
    const told = new Record();
    emitter.emit('x', 0);
    const channel = events<[number]>(emitter, 'x', { capacity: Infinity, end: 'end' });
    for (let i = 1; i < 4; i++) emitter.emit('x', i);
    expect(listeners(emitter)).toEqual({ x: 1, error: 1, end: 1 });
    emitter.emit('end');
    emitter.emit('x', 4);
    channel.subscribe(told.all('channel'));
    expect(told.lines).toEqual(['channel got [1]', 'channel got [2]', 'channel got [3]', 'channel completed']);
    expect(listeners(emitter)).toEqual({});
  });

  it('ends with an error as its cause, after what came before; of error itself it brings values', () => {
    const emitter = new EventEmitter();
    const told = new Record();
    events(emitter, 'x', { capacity: Infinity }).subscribe(told.all('x'));
    events<[Error]>(emitter, 'error', { capacity: Infinity }).subscribe(([error]) =>
      told.add(`error ${error.message}`),
    );
    emitter.emit('x', 1);
    emitter.emit('error', new Error('boom'));
    emitter.emit('error', new Error('again'));
    expect(told.lines).toEqual(['x got [1]', 'x failed with boom', 'error boom', 'error again']);
    expect(listeners(emitter)).toEqual({ error: 1 });
  });

  it('takes its listeners off when it is cancelled, and when it fails because it is full', () => {
    const emitter = new EventEmitter();
    events(emitter, 'x', { capacity: Infinity }).cancel();
    const full = events(emitter, 'x', { capacity: 1, overflow: 'fail' });
    emitter.emit('x', 1);
    expect(listeners(emitter)).toEqual({ x: 1, error: 1 });
    emitter.emit('x', 2);
    expect(listeners(emitter)).toEqual({});
    expect(full.tryReceive()).toEqual({ ok: true, value: [1] });
  });

  it('needs room without bound, or a policy that loses', () => {
    const emitter = new EventEmitter();
    for (const options of [{}, { capacity: 3 }]) expect(() => events(emitter, 'x', options)).toThrow(TypeError);
    expect(() => events(emitter, 'x', undefined as never)).toThrow(TypeError);
    expect(listeners(emitter)).toEqual({});
    expect(() => events(emitter, 'x', { capacity: 1, overflow: 'dropOldest' })).not.toThrow();
  });

  it('ends on a stream that has closed before', async () => {
    const stream = new PassThrough().destroy();
    await settled();
    const channel = events(stream, 'data', { capacity: Infinity, end: 'close' });
    await settled();
    await expect(channel.receive().promise()).rejects.toThrow(ClosedError);
    expect(listeners(stream)).toEqual({});
  });
});

describe('signals', () => {
  it('brings all of them while it is held; cancelled, they have their usual effect again', async () => {
    const { stdout, stderr, signal } = await program(`
      const held = signals('SIGHUP', 'SIGUSR2', 'SIGHUP');
      const keep = setInterval(() => {}, 1000);
      for (const name of ['SIGHUP', 'SIGUSR2', 'SIGHUP']) {
        process.kill(process.pid, name);
        console.log(await held.receive().promise());
      }
      held.cancel();
      console.log(process.listenerCount('SIGHUP'), process.listenerCount('SIGUSR2'));
      process.kill(process.pid, 'SIGHUP');
    `);
    expect({ stdout, stderr, signal }).toEqual({
      stdout: 'SIGHUP\nSIGUSR2\nSIGHUP\n0 0\n',
      stderr: '',
      signal: 'SIGHUP',
    });
  });

  it('does not keep the process alive, and rejects what is no signal, or cannot be caught', async () => {
    const { code, stderr } = await program(`signals('SIGHUP').subscribe();`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const wrong of ['SIGNOT', 'SIGKILL', 'SIGSTOP', undefined, 1])
      expect(() => signals(wrong as never)).toThrow(TypeError);
    expect(() => signals()).toThrow(TypeError);
  });
});
