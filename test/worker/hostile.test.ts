// What comes in over a port is somebody else's: whatever it is, it closes that port with an error, and touches nothing else.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portReceiver, portSender } from '../../src/worker/index.ts';
import { Malformed, parse } from '../../src/worker/wire.ts';
import { runs } from '../random.ts';
import { eventually, failure, like, pair, ports, settled } from './ports.ts';

const SENDER = ['rxsluice', 1, 'sender', true, 0];
const RECEIVER = ['rxsluice', 1, 'receiver', true, 4];

/** Messages of the protocol, and what is nearly that. */
const near = fc.oneof(
  fc.constantFrom<unknown[]>(
    SENDER,
    RECEIVER,
    ['ping'],
    ['pong'],
    ['value', 0, 1],
    ['end', 0],
    ['credit', 0, 1],
    ['done', 0],
  ),
  fc
    .tuple(
      fc.constantFrom(
        'rxsluice',
        'fault',
        'value',
        'credit',
        'end',
        'cancel',
        'done',
        'call',
        'result',
        'error',
        'ping',
      ),
      fc.constantFrom<unknown>(0, 1, -1, 1.5, NaN, 2 ** 53, '0', null),
      fc.constantFrom<unknown>(
        0,
        1,
        -1,
        Infinity,
        'sender',
        'receiver',
        {},
        { nodes: [] },
        { raw: 1 },
        { nodes: [{}] },
      ),
      fc.constantFrom<unknown>(true, [], [[]], { length: 1e9 }),
      fc.constantFrom<unknown>(0, 4, 1e9),
    )
    .chain((whole) => fc.nat(4).map((cut) => whole.slice(0, 1 + cut))),
);
const anything = fc.oneof(
  near,
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true }),
);

function post(port: { postMessage(message: unknown): void }, message: unknown): void {
  try {
    port.postMessage(message);
  } catch {
    // It cannot be cloned, so nobody can send it.
  }
}

describe('a message', () => {
  it.each([
    [undefined, 'it said undefined, which is no message'],
    [{ 0: 'ping', length: 1 }, 'it said an object, which is no message'],
    [[], 'it sent a message of an unknown kind, undefined'],
    [['constructor', 0], 'it sent a message of an unknown kind, "constructor"'],
    [['value', 0], 'it sent a malformed message of kind value'],
    [['value', -1, 1], 'it sent a malformed message of kind value'],
    [['credit', 0, 0], 'it sent a malformed message of kind credit'],
    [['credit', 0, 0.5], 'it sent a malformed message of kind credit'],
    [['call', 1, 'name', {}, 0], 'it sent a malformed message of kind call'],
    [['rxsluice', 1, 'king', false, 1], 'it sent a malformed message of kind rxsluice'],
    [
      ['rxsluice', 2, 'whatever'],
      'the two sides are of different versions of rxsluice/worker: its protocol is 2, ours is 1',
    ],
  ])('%o is refused', (message, why) => {
    expect(() => parse(message)).toThrow(new Malformed(why));
  });

  it('whatever it is, is parsed or refused', () => {
    fc.assert(
      fc.property(anything, (data) => {
        try {
          expect(Array.isArray(parse(data))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }),
      runs(2000),
    );
  });
});

describe('a peer of another version', () => {
  it('is refused with an error that says so, and hears of it', async () => {
    const [one, other] = ports();
    const into = portReceiver(like(one));
    const heard: unknown[] = [];
    other.on('message', (message) => heard.push(message));
    other.postMessage(['rxsluice', 2, 'sender', false, 0, 'more']);
    const why = 'the two sides are of different versions of rxsluice/worker: its protocol is 2, ours is 1';
    expect(await failure(into.receive())).toMatchObject({
      name: 'ProtocolError',
      message: expect.stringMatching(
        new RegExp(`^portReceiver#\\d+: the other side does not keep to the protocol: ${why}$`),
      ),
    });
    await settled();
    expect(heard).toEqual([
      ['rxsluice', 1, 'receiver', false, 16],
      ['fault', why],
    ]);
  });

  it('that refuses us is believed', async () => {
    const [one, other] = ports();
    const out = portSender(like(one));
    other.postMessage(['fault', 'you are too old']);
    expect(await failure(out.send(1))).toMatchObject({
      message: expect.stringMatching(/^portSender#\d+: the other side has refused us: you are too old$/),
    });
  });
});

describe('two of a kind', () => {
  it('at the ends of one port fail, both with an error that says so', async () => {
    const [one, other] = ports();
    const left = portSender(like(one));
    const right = portSender(like(other));
    const message = expect.stringContaining('a sender is at one end of the port, and a sender at the other');
    expect(await failure(left.send(1))).toMatchObject({ message });
    expect(await failure(right.send(1))).toMatchObject({ name: expect.stringMatching(/ProtocolError|PeerGoneError/) });
  });
});

describe('what no receiver believes', () => {
  it.each<[string, unknown[][]]>([
    ['a value before a hello', [['value', 0, 1]]],
    ['more values than it granted', [SENDER, ['value', 0, 1, 2, 3, 4, 5]]],
    ['more than it granted, bit by bit', [SENDER, ['value', 0, 1, 2], ['value', 0, 1, 2], ['value', 0, 1]]],
    ['an array of very many holes', [SENDER, Object.assign(['value', 0], { length: 4_000_000_000 })]],
    ['the value of a call', [SENDER, ['value', 1, 1]]],
    ['a credit', [SENDER, ['credit', 0, 1]]],
    ['an error that is none', [SENDER, ['end', 0, { nodes: [{ type: 'TypeError' }] }]]],
    ['an error that refers to what is not there', [SENDER, ['end', 0, { nodes: [node({ cause: { at: 7 } })] }]]],
    ['a sender with a window', [['rxsluice', 1, 'sender', true, 4]]],
  ])('%s', async (_, messages) => {
    const [one, other] = ports();
    const into = portReceiver<number>(like(one), { window: 4 }) as ReturnType<typeof portReceiver> & { check(): void };
    let closed = false;
    // A port that does not listen does not hear of its end.
    other.on('message', () => undefined).on('close', () => (closed = true));
    for (const message of messages) other.postMessage(message);
    await eventually(() => closed);
    into.check();
    // What came before it is received.
    while (into.tryReceive().ok);
    expect(await failure(into.receive())).toMatchObject({ name: 'ProtocolError' });
  });
});

describe('values after the end', () => {
  it('are not received, and close the port; the end stays what it was', async () => {
    const [one, other] = ports();
    const into = portReceiver<number>(like(one));
    let closed = false;
    other.on('message', () => undefined).on('close', () => (closed = true));
    for (const message of [SENDER, ['value', 0, 1], ['end', 0, { raw: 'cause' }], ['value', 0, 2]])
      other.postMessage(message);
    await eventually(() => closed);
    expect(into.tryReceive()).toEqual({ ok: true, value: 1 });
    expect(await failure(into.receive())).toBe('cause');
  });
});

describe('what no sender believes', () => {
  it.each<[string, unknown[][]]>([
    ['a credit before a hello', [['credit', 0, 1]]],
    ['a credit for what was not sent', [RECEIVER, ['credit', 0, 3]]],
    ['that more was taken than was sent', [RECEIVER, ['cancel', 0, 3]]],
    ['that all is done before its end', [RECEIVER, ['done', 0]]],
    ['a value', [RECEIVER, ['value', 0, 1]]],
    ['a receiver without a window', [['rxsluice', 1, 'receiver', true, 0]]],
  ])('%s', async (_, messages) => {
    const [one, other] = ports();
    const out = portSender<number>(like(one));
    out.send(1).subscribe({ error: () => undefined });
    out.send(2).subscribe({ error: () => undefined });
    let closed = false;
    // A port that does not listen does not hear of its end.
    other.on('message', () => undefined).on('close', () => (closed = true));
    for (const message of messages) other.postMessage(message);
    await eventually(() => closed);
    expect(await failure(out.send(3))).toMatchObject({ name: 'ProtocolError' });
    expect(out.trySend(4)).toBe(false);
  });
});

describe('anything at all', () => {
  it('leaves another port of the same thread as it is, and ends its own in order', async () => {
    const { out, into, check } = pair<number>(4);
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { maxLength: 8 }), fc.boolean(), async (messages, greets) => {
        const [one, other] = ports();
        const [two, another] = ports();
        const victim = portReceiver<number>(like(one), { window: 4 }) as typeof into;
        const second = portSender<number>(like(two)) as typeof out;
        second.send(1).subscribe({ error: () => undefined });
        if (greets) {
          other.postMessage(SENDER);
          another.postMessage(RECEIVER);
        }
        for (const message of messages) {
          post(other, message);
          post(another, message);
        }
        await out.send(7).promise();
        expect(await into.receive().promise()).toBe(7);
        check();
        victim.check();
        second.check();
        other.close();
        another.close();
        victim.cancel();
        await settled();
        expect(second.isClosed).toBe(true);
      }),
      runs(60),
    );
  });
});

function node(more: object): object {
  return { type: 'Error', name: 'Error', message: '', stack: '', own: [], ...more };
}
