// A channel over a port, on real ports.

import type { MessagePort } from 'node:worker_threads';
import { config, Subscription } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CancelledError, channel, ClosedError, forEach, go, poll, select, sleep, trySelect } from '../../src/index.ts';
import {
  PeerGoneError,
  type PortLike,
  portReceiver,
  portSender,
  type PortSender,
  RemoteError,
} from '../../src/worker/index.ts';
import { FORMS } from '../forms.ts';
import { Record, title } from '../record.ts';
import { eventually, failure, like, pair, ports, settled } from './ports.ts';

const record = new Record();
const reported: unknown[] = [];

beforeEach(() => {
  record.take();
  reported.length = 0;
  config.onUnhandledError = (error: unknown) => reported.push(error);
});
afterEach(() => {
  config.onUnhandledError = null;
});

describe('values over a port', () => {
  it('arrive in the order of sending, and then comes the end', async () => {
    const { out, into } = pair<number>(3);
    into.subscribe(record.all('receiver'));
    go(function* () {
      for (let i = 0; i < 5; i++) yield* out.send(i);
      out.close();
    });
    await into.whenEnded().promise();
    expect(record.take()).toEqual([...[0, 1, 2, 3, 4].map((i) => `receiver got ${i}`), 'receiver completed']);
  });

  it('are ordinary values, whatever they are: undefined, null, errors, and what looks like a message', async () => {
    const { out, into } = pair<unknown>();
    const values = [undefined, null, 0, '', NaN, ['end', 0], ['fault', 'x'], { then: 1 }, new Map([[1, { a: [2] }]])];
    const got: unknown[] = [];
    into.subscribe((value) => got.push(value));
    for (const value of values) await out.send(value).promise();
    await settled();
    expect(got).toEqual(values);
  });

  it('are those of the moment of the send, whatever becomes of the object afterwards', async () => {
    const { out, into } = pair<{ n: number }>();
    await settled();
    const value = { n: 1 };
    go(function* () {
      yield* out.send(value);
      value.n = 2;
      yield* out.send(value);
    });
    expect([await into.receive().promise(), await into.receive().promise()]).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('go to one receiver each, and who waits longest is served first', async () => {
    const { out, into } = pair<number>();
    for (const name of ['a', 'b', 'c']) into.receive().subscribe(record.by(name));
    await settled();
    for (const i of [1, 2, 3]) out.trySend(i);
    await settled();
    expect(record.take()).toEqual(['a got 1', 'b got 2', 'c got 3']);
  });

  it('can be received in every way', async () => {
    const { out, into } = pair<number>();
    await settled();
    for (let i = 1; i <= 6; i++) out.trySend(i);
    await settled();
    expect(into.tryReceive()).toEqual({ ok: true, value: 1 });
    expect(poll(into.receive())).toEqual({ ok: true, value: 2 });
    expect(await into.receiveResult().promise()).toEqual({ ok: true, value: 3 });
    expect(await go(() => select({ into })).promise()).toEqual({ key: 'into', value: 4 });
    expect(trySelect({ into })).toEqual({ key: 'into', value: 5 });
    for await (const value of into) {
      expect(value).toBe(6);
      break;
    }
    expect(into.tryReceive()).toEqual({ ok: false, closed: false });
  });

  it('move what is listed, at the commit', async () => {
    const { out, into } = pair<ArrayBuffer>(1);
    const first = new ArrayBuffer(8);
    const second = new ArrayBuffer(8);
    await out.send(first, [first]).promise();
    const waiting = out.send(second, [second]).subscribe();
    await settled();
    expect([first.byteLength, second.byteLength]).toEqual([0, 8]);
    expect((await into.receive().promise()).byteLength).toBe(8);
    await settled();
    expect([second.byteLength, waiting.closed]).toEqual([0, true]);
  });
});

describe('what cannot be cloned', () => {
  it('fails its own send, with a DataCloneError; those before and after it arrive', async () => {
    const { out, into, check } = pair<unknown>();
    const task = go(function* () {
      yield* out.send(1);
      try {
        yield* out.send(() => 2);
      } catch (error) {
        record.add((error as Error).name);
      }
      yield* out.send(3);
    });
    await task.promise();
    check();
    expect(record.take()).toEqual(['DataCloneError']);
    expect([await into.receive().promise(), await into.receive().promise()]).toEqual([1, 3]);
  });

  it('leaves transferables where they are', async () => {
    const { out, into } = pair<unknown>();
    const buffer = new ArrayBuffer(8);
    const error = await failure(out.send({ buffer, f: () => 1 }, [buffer]));
    expect([(error as Error).name, buffer.byteLength]).toEqual(['DataCloneError', 8]);
    await out.send('next').promise();
    expect(await into.receive().promise()).toBe('next');
  });

  it('fails a send that waited, when its turn comes, and the next one has the room', async () => {
    const { out, into, check } = pair<unknown>(1);
    await out.send(1).promise();
    out.send(() => 2).subscribe({ error: (error: unknown) => record.add((error as Error).name) });
    out.send(3).subscribe(record.by('third'));
    expect(await into.receive().promise()).toBe(1);
    await settled();
    check();
    expect(record.take()).toEqual(['DataCloneError', 'third got undefined']);
    expect(await into.receive().promise()).toBe(3);
  });

  it('is refused by trySend, which reports it and never throws', async () => {
    const { out } = pair<unknown>();
    await settled();
    expect(out.trySend(() => 1)).toBe(false);
    await eventually(() => reported.length === 1);
    expect(reported).toEqual([expect.objectContaining({ name: 'DataCloneError' })]);
  });

  it('is, of a wrong list of transferables, refused at the call', () => {
    const { out } = pair<number>();
    expect(() => out.send(1, 5 as never)).toThrow(/^portSender#\d+: send: transfer must be an array; got 5$/);
  });
});

describe('the window', () => {
  it.each([
    [1, [1, 1, 1, 1, 1, 1]],
    [2, [1, 1, 1, 1, 1, 1]],
    // Half of an odd window is rounded up.
    [3, [0, 2, 0, 2, 0, 2]],
    [4, [0, 2, 0, 2, 0, 2]],
    [5, [0, 0, 3, 0, 0, 3]],
  ])('of %i is granted anew by halves', async (window, granted) => {
    const { out, into, check } = pair<number>(window);
    let sent = 0;
    go(function* () {
      for (;;) {
        yield* out.send(sent);
        sent++;
      }
    });
    await settled();
    expect(sent).toBe(window);
    const more: number[] = [];
    for (let i = 0; i < 6; i++) {
      const before = sent;
      expect(await into.receive().promise()).toBe(i);
      await settled();
      check();
      more.push(sent - before);
    }
    expect(more).toEqual(granted);
  });

  it('is 16 unless told', async () => {
    const { out } = pair<number>();
    await settled();
    let sent = 0;
    while (out.trySend(sent)) sent++;
    expect(sent).toBe(16);
  });

  it('has no room before the receiver is there: trySend is false, a send waits', async () => {
    const [one, other] = ports();
    const out = portSender<number>(like(one));
    expect(out.trySend(1)).toBe(false);
    out.send(2).subscribe(record.by('sender'));
    await settled();
    expect(record.take()).toEqual([]);
    const into = portReceiver<number>(like(other));
    expect(await into.receive().promise()).toBe(2);
    expect(record.take()).toEqual(['sender got undefined']);
  });

  it('works whichever side comes first', async () => {
    const [one, other] = ports();
    const into = portReceiver<number>(like(other));
    await settled();
    const out = portSender<number>(like(one));
    await out.send(1).promise();
    expect(await into.receive().promise()).toBe(1);
  });

  it('is not exceeded by what is given back, because who took it had left before being told', async () => {
    const { out, into, check } = pair<number>(2);
    // Both are settled by one message; the first to be told unsubscribes the second.
    const second = new Subscription();
    into.receiveResult().subscribe(() => second.unsubscribe());
    second.add(into.receive().subscribe(() => record.add('never')));
    await settled();
    go(function* () {
      yield* out.send(1);
      yield* out.send(2);
    });
    await settled();
    check();
    expect(into.tryReceive()).toEqual({ ok: true, value: 2 });
    await settled();
    check();
    expect(record.take()).toEqual([]);
  });

  it('posts what a run of a coroutine sends in one message', async () => {
    const [one, other] = ports();
    const out = portSender<number>(like(one));
    portReceiver<number>(like(other), { window: 100 });
    await settled();
    const post = vi.spyOn(one, 'postMessage');
    go(function* () {
      for (let i = 0; i < 50; i++) yield* out.send(i);
      yield* out.send({ a: { deep: 1 } } as never);
      yield* out.send(51);
    });
    expect(post.mock.calls.map(([message]) => (message as unknown[]).length - 2)).toEqual([51, 1]);
  });
});

describe.each(FORMS)('a send by $form', ({ perform }) => {
  it('waits for room, and is posted when it is granted', async () => {
    const { out, into, check } = pair<number>(1);
    await out.send(1).promise();
    perform(out.send(2), record.by('sender'));
    await settled();
    expect(record.take()).toEqual([]);
    expect(into.tryReceive()).toEqual({ ok: true, value: 1 });
    await settled();
    check();
    expect(record.take()).toEqual(['sender got undefined']);
  });

  it('that is withdrawn posts nothing, and reports nothing', async () => {
    const lost: unknown[] = [];
    const { out, into, check } = pair<number>(1, { onUndelivered: (value) => lost.push(value) });
    await out.send(1).promise();
    const withdraw = perform(out.send(2), record.by('sender'));
    out.send(3).subscribe();
    withdraw();
    check();
    expect([await into.receive().promise(), await into.receive().promise()]).toEqual([1, 3]);
    expect([record.take(), lost]).toEqual([[], []]);
  });

  it('that waits when the receiver is cancelled fails with CancelledError, and its reason', async () => {
    const { out, into } = pair<number>(1);
    await out.send(1).promise();
    perform(out.send(2), record.by('sender'));
    into.cancel('enough');
    await settled();
    expect(record.take()).toEqual(['sender failed with CancelledError(enough)']);
  });

  it('that waits when the other side goes fails with PeerGoneError', async () => {
    const { out, receiving } = pair<number>(1);
    await out.send(1).promise();
    perform(out.send(2), record.by('sender'));
    receiving.close();
    await eventually(() => record.lines.length > 0);
    expect(record.take()).toEqual(['sender failed with PeerGoneError']);
  });
});

describe('a send in a select', () => {
  it('is posted if it wins, and not if it loses', async () => {
    const { out, into } = pair<number>(1);
    const other = channel<string>();
    await settled();
    expect(await select({ send: out.send(1), other }).promise()).toEqual({ key: 'send', value: undefined });
    const waiting = select({ send: out.send(2), other }).promise();
    await other.send('x').promise();
    expect(await waiting).toEqual({ key: 'other', value: 'x' });
    expect(into.tryReceive()).toEqual({ ok: false, closed: false });
    expect(await into.receive().promise()).toBe(1);
    await settled();
    expect(into.tryReceive()).toEqual({ ok: false, closed: false });
  });

  it('times out without a trace', async () => {
    const { out, into } = pair<number>(1);
    await out.send(1).promise();
    expect(await failure(out.send(2).withTimeout(5))).toMatchObject({ name: 'TimeoutError' });
    await into.receive().promise();
    await settled();
    expect(into.tryReceive()).toEqual({ ok: false, closed: false });
  });

  it('on a closed port fails the select, and poll finds it closed', async () => {
    const { out } = pair<number>();
    out.close();
    expect(poll(out.send(1))).toEqual({ ok: false, closed: true });
    expect(await failure(select({ send: out.send(1) }))).toBeInstanceOf(ClosedError);
  });
});

describe('close', () => {
  it('lets what is under way, and who waits, come first', async () => {
    const { out, into, check } = pair<number>(2);
    await settled();
    for (const i of [1, 2, 3, 4]) out.send(i).subscribe(record.by(`send ${i}`));
    expect([out.isClosed, out.close(), out.close(), out.isClosed]).toEqual([false, true, false, true]);
    check();
    expect(record.take()).toEqual(['send 1 got undefined', 'send 2 got undefined']);
    expect(await failure(out.send(5))).toBeInstanceOf(ClosedError);
    expect(out.trySend(5)).toBe(false);
    into.subscribe(record.all('receiver'));
    await into.whenEnded().promise();
    await settled();
    check();
    const lines = record.take();
    expect(lines.filter((line) => line.startsWith('receiver'))).toEqual([
      ...[1, 2, 3, 4].map((i) => `receiver got ${i}`),
      'receiver completed',
    ]);
    expect(lines.filter((line) => line.startsWith('send'))).toEqual(['send 3 got undefined', 'send 4 got undefined']);
  });

  it('is heard when the last who waited is withdrawn', async () => {
    const { out, into } = pair<number>(1);
    await out.send(1).promise();
    const waiting = out.send(2).subscribe();
    out.close();
    waiting.unsubscribe();
    expect(await into.receive().promise()).toBe(1);
    expect(await into.receiveResult().promise()).toEqual({ ok: false, closed: true });
    expect(await failure(into.receive())).toBeInstanceOf(ClosedError);
    expect(into.tryReceive()).toEqual({ ok: false, closed: true });
  });

  it('with a cause: it comes after the last value, one object for everybody', async () => {
    const { out, into } = pair<number>();
    await out.send(1).promise();
    out.close(new RangeError('too far', { cause: 'wind' }));
    expect(await into.receive().promise()).toBe(1);
    const first = await failure(into.receive());
    expect(first).toBeInstanceOf(RangeError);
    expect(first).toMatchObject({ message: 'too far', cause: 'wind' });
    expect(await failure(into.receiveResult())).toBe(first);
    expect(into.tryReceive()).toEqual({ ok: false, closed: true });
  });

  it('with a cause that is no error gives it as it is, and one that cannot be cloned as an error that says so', async () => {
    const one = pair<number>();
    one.out.close({ code: 5 });
    expect(await failure(one.into.receive())).toEqual({ code: 5 });
    const other = pair<number>();
    other.out.close(() => 1);
    expect(await failure(other.into.receive())).toBeInstanceOf(RemoteError);
  });

  it('tells those who wait for it, at both ends', async () => {
    const { out, into } = pair<number>();
    out.whenClosed().subscribe(record.by('closed'));
    into.whenEnded().subscribe(record.by('ended'));
    into.receiveResult().subscribe(record.by('receiver'));
    out.close();
    expect(record.take()).toEqual(['closed got undefined']);
    await settled();
    expect(record.take()).toEqual(['receiver got {"ok":false,"closed":true}', 'ended got undefined']);
    out.whenClosed().subscribe(record.by('late'));
    expect(record.take()).toEqual(['late got undefined']);
  });

  it('closes both ports when all was taken', async () => {
    const { out, into, sending, receiving } = pair<number>();
    const closed: string[] = [];
    sending.on('close', () => closed.push('sending'));
    receiving.on('close', () => closed.push('receiving'));
    await out.send(1).promise();
    out.close();
    await settled();
    expect(closed).toEqual([]);
    await into.receive().promise();
    await eventually(() => closed.length === 2);
  });
});

describe('cancel', () => {
  it('reports what has arrived and what is under way, at both ends, once', async () => {
    const lost: unknown[] = [];
    const { out, into, check } = pair<number>(
      4,
      { onUndelivered: (value, reason) => lost.push(['sender', value, reason]) },
      { onUndelivered: (value, reason) => lost.push(['receiver', value, reason]) },
    );
    await settled();
    for (const i of [1, 2, 3]) out.trySend(i);
    expect(await into.receive().promise()).toBe(1);
    await settled();
    out.trySend(4);
    expect(into.cancel('enough')).toBe(true);
    expect(into.cancel()).toBe(false);
    check();
    expect(lost).toEqual([2, 3].map((value) => ['receiver', value, 'cancelled']));
    lost.length = 0;
    await settled();
    expect(lost.map((entry) => JSON.stringify(entry)).sort()).toEqual(
      [...[2, 3, 4].map((value) => ['sender', value, 'cancelled']), ['receiver', 4, 'cancelled']]
        .map((entry) => JSON.stringify(entry))
        .sort(),
    );
    expect(out.isClosed).toBe(true);
    expect(await failure(out.send(5))).toBeInstanceOf(ClosedError);
    expect(await failure(into.receive())).toEqual(
      new CancelledError((into as never as { name: string }).name, 'enough'),
    );
  });

  it('ends whatever waits there, and completes whenClosed and whenEnded', async () => {
    const { out, into } = pair<number>();
    into.receive().subscribe(record.by('receiver'));
    into.subscribe(record.all('subscriber'));
    into.whenEnded().subscribe(record.by('ended'));
    out.whenClosed().subscribe(record.by('closed'));
    into.cancel();
    expect(record.take()).toEqual([
      'receiver failed with CancelledError(undefined)',
      'subscriber failed with CancelledError(undefined)',
      'ended got undefined',
    ]);
    await settled();
    expect(record.take()).toEqual(['closed got undefined']);
  });

  it('after the end, before it is drained: wins over the cause, and the sender hears of its losses', async () => {
    const lost: unknown[] = [];
    const { out, into } = pair<number>(4, { onUndelivered: (value) => lost.push(value) });
    await out.send(1).promise();
    await out.send(2).promise();
    out.close('cause');
    await settled();
    expect(await into.receive().promise()).toBe(1);
    expect(into.cancel('why')).toBe(true);
    expect(await failure(into.receive())).toBeInstanceOf(CancelledError);
    await settled();
    expect(lost).toEqual([2]);
  });

  it('closes both ports', async () => {
    const { into, sending, receiving } = pair<number>();
    const closed: string[] = [];
    sending.on('close', () => closed.push('sending'));
    receiving.on('close', () => closed.push('receiving'));
    await settled();
    into.cancel();
    await eventually(() => closed.length === 2);
  });

  it('throws what the first report threw, when everybody was served, and reports the others', async () => {
    const lost: unknown[] = [];
    const onUndelivered = (value: number): void => {
      lost.push(value);
      throw new Error(`lost ${value}`);
    };
    const { out, into } = pair<number>(4, {}, { onUndelivered });
    await settled();
    for (const i of [1, 2, 3]) out.trySend(i);
    await settled();
    into.whenEnded().subscribe(record.by('ended'));
    expect(() => into.cancel()).toThrow('lost 1');
    expect([record.take(), lost]).toEqual([['ended got undefined'], [1, 2, 3]]);
    await eventually(() => reported.length === 2);
    expect(reported).toEqual([new Error('lost 2'), new Error('lost 3')]);
  });
});

describe('the death of the other side', () => {
  it('of the sender: what had arrived is still received, then everything fails with PeerGoneError', async () => {
    const { out, into, sending } = pair<number>();
    await settled();
    out.trySend(1);
    out.trySend(2);
    sending.close();
    await settled();
    expect(into.tryReceive()).toEqual({ ok: true, value: 1 });
    into.subscribe(record.all('receiver'));
    expect(record.take()).toEqual(['receiver got 2', 'receiver failed with PeerGoneError']);
    expect(await failure(into.receive())).toBeInstanceOf(PeerGoneError);
    expect(await failure(into.receiveResult())).toBeInstanceOf(PeerGoneError);
    expect(into.tryReceive()).toEqual({ ok: false, closed: true });
    await into.whenEnded().promise();
  });

  it('of the receiver: sends fail, now and later, and what was not taken is reported', async () => {
    const lost: unknown[] = [];
    const { out, receiving } = pair<number>(2, { onUndelivered: (value, reason) => lost.push([value, reason]) });
    await settled();
    for (const i of [1, 2, 3]) out.send(i).subscribe(record.by(`send ${i}`));
    out.whenClosed().subscribe(record.by('closed'));
    receiving.close();
    await eventually(() => out.isClosed);
    expect(record.take()).toEqual([
      ...['send 1 got undefined', 'send 2 got undefined'],
      ...['send 3 failed with PeerGoneError', 'closed got undefined'],
    ]);
    expect(lost).toEqual([1, 2].map((value) => [value, 'cancelled']));
    expect(await failure(out.send(4))).toBeInstanceOf(PeerGoneError);
    expect([out.trySend(5), out.close()]).toEqual([false, false]);
  });

  it('is known of a port that was closed, at either end, before anybody listened', async () => {
    for (const closer of [0, 1]) {
      const both = ports();
      const more = ports();
      both[closer]?.close();
      more[closer]?.close();
      await settled();
      expect(await failure(portSender(like(both[0])).send(1))).toBeInstanceOf(PeerGoneError);
      expect(await failure(portReceiver(like(both[1])).receive())).toBeInstanceOf(PeerGoneError);
      // In the turn in which it was made, nothing is told yet.
      const out = portSender<number>(like(more[0]));
      out.send(1).subscribe(record.by('send'));
      expect(record.take()).toEqual([]);
      await eventually(() => record.lines.length > 0);
      expect(record.take()).toEqual(['send failed with PeerGoneError']);
    }
  });

  it('is not suspected of ports that nothing holds on to', async () => {
    const [one, other] = ports();
    one.unref();
    other.unref();
    const out = portSender<number>(like(one));
    const into = portReceiver<number>(like(other));
    await Promise.all([out.send(1).promise(), into.receive().promise()]);
    out.close();
    expect(await failure(into.receive())).toMatchObject({ name: 'ClosedError' });
  });

  it('is found out by the heartbeat: after three signs that are not answered, and no sooner', async () => {
    const [one, other] = ports();
    let pings = 0;
    other.on('message', (message: unknown[]) => {
      if (message[0] === 'ping') pings++;
    });
    const out = portSender<number>(like(one), { heartbeat: 20 });
    expect(await failure(out.send(1))).toBeInstanceOf(PeerGoneError);
    expect(pings).toBe(3);
  });

  it('is not suspected of one who answers, however idle, and whether or not it has a heartbeat itself', async () => {
    const { out, into } = pair<number>(2, { heartbeat: 5 });
    await sleep(100).promise();
    await out.send(1).promise();
    expect(await into.receive().promise()).toBe(1);
  });
});

describe('a port', () => {
  it('has one use', () => {
    const [one] = ports();
    portSender(like(one));
    expect(() => portSender(like(one))).toThrow(TypeError);
    expect(() => portReceiver(like(one))).toThrow('portReceiver: this port is in use, or was: a port has one use');
  });

  it.each([null, undefined, 5, {}, { postMessage: 1 }, { postMessage: () => 1 }])('is not %o', (port) => {
    expect(() => portSender(port as never)).toThrow(
      /^portSender: the port must be a MessagePort, a Worker or the like/,
    );
    expect(() => portReceiver(port as never)).toThrow(TypeError);
  });

  it.each([
    ['portReceiver', { window: 0 }, RangeError],
    ['portReceiver', { window: 1.5 }, RangeError],
    ['portReceiver', { window: Infinity }, RangeError],
    ['portReceiver', { window: '1' }, RangeError],
    ['portReceiver', { heartbeat: 0 }, RangeError],
    ['portSender', { heartbeat: NaN }, RangeError],
    ['portSender', { heartbeat: '5' }, RangeError],
    ['portSender', { name: 5 }, TypeError],
    ['portSender', [], TypeError],
    ['portReceiver', [], TypeError],
    ['portSender', { onUndelivered: 5 }, TypeError],
    ['portReceiver', { onUndelivered: {} }, TypeError],
    ['portSender', null, TypeError],
    ['portReceiver', 16, TypeError],
  ])('of %s is refused options like %o, at the call', (what, options, Wrong) => {
    const make = what === 'portSender' ? portSender : portReceiver;
    const [one] = ports();
    expect(() => make(like(one), options as never)).toThrow(Wrong);
    // And it is still to be used.
    make(like(one));
  });

  it('prints itself', async () => {
    const { out, into } = pair<number>(1, { name: 'work' }, { name: 'work' });
    await out.send(1).promise();
    const waiting = out.send(2).subscribe();
    await settled();
    expect(title(out)).toBe('portSender work (1/1 under way, 1 sending, open)');
    expect(title(into)).toBe('portReceiver work (1/1, open)');
    waiting.unsubscribe();
    into.cancel();
    await settled();
    expect(title(out)).toBe('portSender work (0/1 under way, over)');
    expect(title(into)).toBe('portReceiver work (0/1, cancelled)');
    expect(title(pair().into.receive())).toMatch(/^receive on portReceiver#\d+$/);
    expect(title(pair().out.send(1))).toMatch(/^send on portSender#\d+$/);
  });

  it('of the web works the same: EventTarget alone', async () => {
    const [one, other] = ports();
    const web = (port: MessagePort): object => ({
      postMessage: (message: unknown, transfer?: []) => port.postMessage(message, transfer),
      addEventListener: port.addEventListener.bind(port),
      removeEventListener: port.removeEventListener.bind(port),
      start: () => port.start(),
      close: () => port.close(),
    });
    const out = portSender<number>(like(web(one)));
    const into = portReceiver<number>(like(web(other)));
    go(function* () {
      for (const i of [1, 2, 3]) yield* out.send(i);
      out.close();
    });
    const got: number[] = [];
    await forEach(into, (value) => {
      got.push(value);
    }).promise();
    expect(got).toEqual([1, 2, 3]);
  });

  it('may be a BroadcastChannel between two, though it forgets what nobody heard', async () => {
    const name = 'rxsluice test';
    const one = new BroadcastChannel(name);
    const out = portSender<number>(like(one));
    await settled();
    const other = new BroadcastChannel(name);
    const into = portReceiver<number>(like(other));
    go(function* () {
      for (const i of [1, 2, 3]) yield* out.send(i);
      out.close();
    });
    const got: number[] = [];
    await forEach(into, (value) => {
      got.push(value);
    }).promise();
    expect(got).toEqual([1, 2, 3]);
  });

  it('may be a BroadcastChannel that its owner closes: who sends, waits, cancels, or counts on a heartbeat hears of that', async () => {
    const closed = (): PortLike => {
      const port = new BroadcastChannel('rxsluice test, closed');
      queueMicrotask(() => port.close());
      return like(port);
    };
    const out = portSender<number>(closed(), { heartbeat: 5 });
    expect(await failure(out.send(1))).toMatchObject({ name: 'PeerGoneError', cause: { name: 'InvalidStateError' } });
    const into = portReceiver<number>(closed(), { heartbeat: 5 });
    expect(await failure(into.receive())).toBeInstanceOf(PeerGoneError);
    const silent = portReceiver<number>(closed());
    const waiting = failure(silent.receive());
    await Promise.resolve();
    silent.cancel();
    expect(await waiting).toBeInstanceOf(CancelledError);
    const before = closed();
    await Promise.resolve();
    expect(await failure(portReceiver<number>(before).receive())).toBeInstanceOf(PeerGoneError);
  });

  it('fails a send alone of which a getter throws what a closed port would', async () => {
    const { out, into } = pair<unknown>();
    const trap = {
      get value(): never {
        throw new DOMException('of the getter', 'InvalidStateError');
      },
    };
    const failed = failure(out.send(trap));
    const sent = out.send(1).promise();
    expect(await into.receive().promise()).toBe(1);
    await sent;
    expect(await failed).toMatchObject({ message: 'of the getter' });
  });
});

it('only own keys of options count, and a name is shown with its control characters escaped', async () => {
  const inherited = Object.create({ window: 0, heartbeat: -1, name: 5 }) as object;
  const [one, other] = ports();
  const out = portSender<number>(like(one), inherited);
  const into = portReceiver<number>(like(other), inherited);
  await Promise.all([out.send(1).promise(), into.receive().promise()]);
  const [steering] = ports();
  const named = portSender(like(steering), { name: 'a\u001b[31mb' }) as PortSender<unknown> & { toString(): string };
  expect(named.toString()).toContain('a\\x1b[31mb');
});
