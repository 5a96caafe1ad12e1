// The parts of the engine on NATS that need no server.

import { headers, type MsgHdrs } from '@nats-io/nats-core';
import { describe, expect, it, vi } from 'vitest';
import { decodeError, encodeError, json } from '../../src/nats/codec.ts';
import { natsEngine, UnsafeServerError } from '../../src/nats/index.ts';
import { CODES, type JetStream, Refused } from '../../src/nats/jetstream.ts';
import { messageOf } from '../../src/nats/message.ts';
import { idOf, Sender } from '../../src/nats/sender.ts';
import { Preparation } from '../../src/nats/preparation.ts';
import { has, NO_SESSIONS, parseSessions, printSessions, withOperation } from '../../src/nats/sessions.ts';
import { checkServer } from '../../src/nats/version.ts';
import { Nobody, Unknown } from '../../src/nats/wire.ts';

describe('a server', () => {
  it.each<[string, string | undefined, boolean]>([
    ['2.9.10', undefined, false],
    ['2.10.26', undefined, false],
    ['2.10.27', undefined, true],
    ['2.10.27-beta.1', undefined, false],
    ['2.11.0', undefined, true],
    ['2.12.0-RC.1', undefined, true],
    ['3.0.0', undefined, true],
    ['v2.12.0', undefined, true],
    ['2.10.27', '', true],
    ['2.10.27', 'c', false],
    ['2.11.9', 'c', false],
    ['2.12.0-RC.1', 'c', false],
    ['2.12.0', 'c', true],
    ['2.15.1', 'c', true],
    ['unknown', undefined, false],
    ['', undefined, false],
  ])('of version %j in cluster %j is safe: %j', (version, cluster, safe) => {
    const check = (): void => checkServer({ version, cluster } as never);
    if (safe) expect(check).not.toThrow();
    else expect(check).toThrow(UnsafeServerError);
  });

  it('is refused at the call, with its version, and with what it takes', () => {
    const connection = { ...CONNECTION, info: { version: '2.9.10' } } as never;
    let error: unknown;
    try {
      natsEngine(connection);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ name: 'UnsafeServerError', version: '2.9.10' });
    expect((error as Error).message).toContain('2.10.27');
  });
});

const CONNECTION = {
  info: { version: '2.12.0' },
  isClosed: () => false,
  publish: () => undefined,
  request: () => new Promise(() => undefined),
  flush: () => Promise.resolve(),
  subscribe: () => ({ unsubscribe: () => undefined }),
  status: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
};

describe('natsEngine refuses at the call', () => {
  it.each<[string, unknown, object | null, typeof TypeError]>([
    ['what is no connection', {}, {}, TypeError],
    ['no connection', undefined, {}, TypeError],
    ['a connection that does not hear itself', { ...CONNECTION, options: { noEcho: true } }, {}, TypeError],
    ['options that are null', CONNECTION, null, TypeError],
    ['a prefix with a dot', CONNECTION, { prefix: 'a.b' }, TypeError],
    ['two replicas', CONNECTION, { replicas: 2 }, TypeError],
    ['an unknown storage', CONNECTION, { storage: 'tape' }, TypeError],
    ['ackWait 0', CONNECTION, { ackWait: 0 }, RangeError],
    ['ackWait NaN', CONNECTION, { ackWait: NaN }, RangeError],
    ['ackWait Infinity', CONNECTION, { ackWait: Infinity }, RangeError],
    ['create that is no boolean', CONNECTION, { create: 1 }, TypeError],
    ['half a codec', CONNECTION, { codec: { encode: () => new Uint8Array() } }, TypeError],
  ])('%s', (_, connection, options, Wrong) => {
    expect(() => natsEngine(connection as never, options as never)).toThrow(Wrong);
  });
});

describe('JSON', () => {
  it.each([undefined, null, 0, '', 'ü\u0000', [], { a: [1, { b: null }] }])('keeps %j', (value) => {
    expect(json.decode(json.encode(value))).toEqual(value);
  });

  it.each([() => undefined, Symbol('s'), 1n, circular()])('cannot encode %s', (value) => {
    expect(() => json.encode(value)).toThrow(TypeError);
  });

  it.each([[[0xff]], [[123]], [[0xc3, 0x28]]])('cannot decode %j', (bytes) => {
    expect(() => json.decode(Uint8Array.from(bytes))).toThrow();
  });
});

function circular(): object {
  const value: Record<string, unknown> = { toString: () => 'a circle' };
  value.self = value;
  return value;
}

describe('an error that crosses', () => {
  it('keeps its name and its message, whatever is in them', () => {
    const message = 'line\r\nbreak: 100 % ü 🙂';
    const error = decodeError(encodeError(new RangeError(message))) as Error;
    expect([error instanceof Error, error.name, error.message]).toEqual([true, 'RangeError', message]);
    expect(encodeError(new RangeError(message))).toMatch(/^[\x21-\x7e]*$/);
  });

  it.each(['text', 5, null, { code: 1 }])('that is %j is the same there', (value) => {
    expect(decodeError(encodeError(value))).toEqual(value);
  });

  it('that cannot be encoded is described; one that cannot be read is one, too', () => {
    expect(decodeError(encodeError(circular()))).toBeInstanceOf(Error);
    expect(decodeError('%')).toBeInstanceOf(Error);
  });
});

describe('a message', () => {
  const from = (reply: string, id?: string) => {
    const head = headers();
    if (id !== undefined) head.set('Nats-Msg-Id', id);
    return messageOf({ reply, data: new Uint8Array(), headers: head } as never);
  };

  it('says its attempt and its number, also behind a domain and an account', () => {
    expect(from('$JS.ACK.s.c.3.17.20.1700000000.0')).toMatchObject({ attempt: 3, seq: 17, delivered: 20 });
    expect(from('$JS.ACK.d.acc.s.c.3.17.20.1700000000.0.rnd')).toMatchObject({ attempt: 3, seq: 17, delivered: 20 });
  });

  it('is none, if it cannot be acked', () => {
    expect([from(''), from('_INBOX.1')]).toEqual([null, null]);
  });

  it('has the id of its value, whichever try it was; without one, its number', () => {
    expect(
      [from('$JS.ACK.s.c.1.5.1.0.0', 'a.1'), from('$JS.ACK.s.c.1.5.1.0.0', 'a.1#2.x')].map((one) => one?.id),
    ).toEqual(['a.1', 'a.1']);
    expect([from('$JS.ACK.s.c.1.5.1.0.0')?.id, idOf('b')]).toEqual(['5', 'b']);
  });
});

describe('the table of sessions', () => {
  it('says of each writer which operation was its last', () => {
    const one = withOperation(NO_SESSIONS, 'a', 1, 1000);
    const two = withOperation(one, 'b', 7, 2000);
    expect([has(two, 'a', 1), has(two, 'a', 2), has(two, 'b', 7), has(one, 'b', 7)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(parseSessions(printSessions(two))).toEqual(two);
    expect(parseSessions('')).toEqual(NO_SESSIONS);
  });

  it('forgets writers that have been silent for ten minutes', () => {
    const one = withOperation(NO_SESSIONS, 'a', 1, 0);
    expect([599_999, 600_001].map((now) => has(withOperation(one, 'b', 1, now), 'a', 1))).toEqual([true, false]);
  });
});

/** Not all: what others in this process have left behind goes on in real time. */
const FAKED: Parameters<typeof vi.useFakeTimers>[0] = { toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] };

/** What the server says to each try: an answer, or a failure. */
type Say = { seq: number; duplicate: boolean } | Error;

const OK = { seq: 1, duplicate: false };
const KNOWN = { seq: 1, duplicate: true };
const OF_NOTHING = { seq: 0, duplicate: true };
const full = new Refused('s', CODES.full, 'full');
const inProcess = new Refused('s', CODES.inProcess, 'in process');

/** The ids with which one value is tried, when the server says that. */
async function tries(says: readonly Say[], look = (): Promise<void> => Promise.resolve()): Promise<string[]> {
  vi.useFakeTimers(FAKED);
  try {
    const ids: string[] = [];
    let at = 0;
    const publish = (_subject: string, _data: Uint8Array, head: MsgHdrs): Promise<Say> => {
      ids.push(head.get('Nats-Msg-Id'));
      const say = says[Math.min(at++, says.length - 1)] as Say;
      return say instanceof Error ? Promise.reject(say) : Promise.resolve(say);
    };
    const jet = { publish, wire: { up: () => Promise.resolve() } } as unknown as JetStream;
    const sent = new Sender(jet, 's', look).send({ id: 'v', data: new Uint8Array(), isOver: false });
    const outcome = sent.then(
      () => 'stored',
      (error: unknown) => (error as Error).message,
    );
    await vi.advanceTimersByTimeAsync(30_000);
    ids.push(await outcome);
    return ids;
  } finally {
    vi.useRealTimers();
  }
}

describe('a send', () => {
  it('is done when it is stored, also by an earlier try', async () => {
    expect(await tries([OK])).toEqual(['v', 'stored']);
    expect(await tries([new Unknown(''), KNOWN])).toEqual(['v', 'v', 'stored']);
  });

  it('keeps its id while nobody knows whether a try was stored', async () => {
    expect(await tries([new Unknown(''), new Nobody(''), new Refused('s', 10008, 'no leader'), OK])).toEqual([
      ...['v', 'v', 'v', 'v'],
      'stored',
    ]);
  });

  it('takes another id after each refusal, and is of the same value all the same', async () => {
    const [first, second, third, end] = await tries([full, full, OK]);
    expect([first, idOf(second!), idOf(third!), end]).toEqual(['v', 'v', 'v', 'stored']);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('does not take a duplicate of nothing for stored: after a second of it, it takes another id', async () => {
    const ids = await tries([...Array.from({ length: 7 }, () => OF_NOTHING), OK]);
    expect([ids[0], ids[1], ids.at(-1)]).toEqual(['v', 'v', 'stored']);
    expect(ids.slice(0, -1).some((id) => id !== 'v' && idOf(id) === 'v')).toBe(true);
  });

  it('waits for a try that is in process, and after a second takes another id', async () => {
    const ids = await tries([...Array.from({ length: 7 }, () => inProcess), OK]);
    expect([ids[0], ids[1], ids.at(-1)]).toEqual(['v', 'v', 'stored']);
    expect(ids.slice(0, -1).some((id) => id !== 'v' && idOf(id) === 'v')).toBe(true);
  });

  it('fails with what is certain never to go well, and with what it finds when nobody answers', async () => {
    expect(await tries([new Error('too large')])).toEqual(['v', 'too large']);
    expect(await tries([new Nobody('')], () => Promise.reject(new Error('closed')))).toEqual(['v', 'closed']);
  });
});

it('a send ends with its connection', async () => {
  const wire = { up: () => Promise.resolve(), status: 'closed' };
  const jet = { publish: () => Promise.reject(new Unknown('closed')), wire } as unknown as JetStream;
  const sent = new Sender(jet, 's', () => Promise.resolve()).send({ id: 'v', data: new Uint8Array(), isOver: false });
  await expect(sent).rejects.toThrow('closed');
});

describe('what has to be there', () => {
  it('is made once, when it is first needed, and again when it has gone', async () => {
    let made = 0;
    const preparation = new Preparation(() => {
      made++;
      return Promise.resolve();
    });
    await Promise.all([preparation.done(), preparation.done()]);
    const counts = [made];
    await Promise.all([preparation.again(), preparation.again(), preparation.done()]);
    counts.push(made);
    preparation.forget();
    await preparation.done();
    expect([...counts, made]).toEqual([1, 2, 3]);
  });

  it('that could not be made fails those who wait, and is tried again by who comes next', async () => {
    const says = ['no', 'yes'];
    const preparation = new Preparation(async () => {
      await Promise.resolve();
      if (says.shift() === 'no') throw new Error('no');
    });
    const outcomes = await Promise.allSettled([preparation.done(), preparation.again(), preparation.done()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await preparation.done();
  });
});

describe('sends to what is full', () => {
  it('are stored in the order in which they were asked, and one of them asks at a time', async () => {
    vi.useFakeTimers(FAKED);
    try {
      const stored: string[] = [];
      let room = 1;
      let asking = 0;
      let most = 0;
      const publish = async (_s: string, _d: Uint8Array, head: MsgHdrs): Promise<Say> => {
        most = Math.max(most, ++asking);
        await Promise.resolve();
        asking--;
        if (room === 0) throw full;
        room--;
        stored.push(idOf(head.get('Nats-Msg-Id')));
        return OK;
      };
      const jet = { publish, wire: { up: () => Promise.resolve() } } as unknown as JetStream;
      const sender = new Sender(jet, 's', () => Promise.resolve());
      const over = { c: false };
      const send = (id: 'a' | 'b' | 'c' | 'd') =>
        sender.send({
          id,
          data: new Uint8Array(),
          get isOver() {
            return id === 'c' && over.c;
          },
        });
      await send('a');
      const sent = [send('b'), vi.advanceTimersByTimeAsync(5).then(() => [send('c'), send('d')])];
      await vi.advanceTimersByTimeAsync(500);
      over.c = true;
      for (let i = 0; i < 2; i++) {
        room++;
        await vi.advanceTimersByTimeAsync(300);
      }
      await Promise.all(sent);
      expect([stored, most]).toEqual([['a', 'b', 'd'], 1]);
    } finally {
      vi.useRealTimers();
    }
  });
});
