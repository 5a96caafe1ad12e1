// What is sent is received: 2.1 to 2.4.

import { NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, type Channel } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';

describe.each(FORMS)('2.1 capacity 0, waited for by $form', ({ perform }) => {
  it('does not complete a send alone', () => {
    const told = new Record();
    const ch = channel<number>();
    perform(ch.send(1), told.by('send'));
    check(ch);
    expect(told.take()).toEqual([]);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 1 });
    check(ch);
    expect(told.take()).toEqual(['send got undefined']);
  });

  it('does not complete a receive alone', () => {
    const told = new Record();
    const ch = channel<number>();
    perform(ch.receive(), told.by('receive'));
    check(ch);
    expect(told.take()).toEqual([]);
    expect(ch.trySend(1)).toBe(true);
    check(ch);
    expect(told.take()).toEqual(['receive got 1']);
  });
});

describe.each(FORMS)('2.1 capacity n, waited for by $form', ({ perform }) => {
  it.each([1, 2, 7])('lets %d sends complete alone, and the next one wait', (capacity) => {
    const told = new Record();
    const ch = channel<number>(capacity);
    for (let n = 0; n <= capacity; n++) {
      perform(ch.send(n), told.by(`send ${n}`));
      check(ch);
    }
    expect(told.lines).toEqual(Array.from({ length: capacity }, (_, n) => `send ${n} got undefined`));
    expect(ch.statistics()).toMatchObject({ buffered: capacity, waitingSenders: 1, sent: capacity });
  });

  it('without bound never lets one wait', () => {
    const told = new Record();
    const ch = channel<number>(Infinity);
    for (let n = 0; n < 1000; n++) perform(ch.send(n), told.by('send'));
    check(ch);
    expect([told.lines.length, ch.size]).toEqual([1000, 1000]);
  });

  it('gives out values in send order, the buffer before waiting senders', () => {
    const told = new Record();
    const ch = channel<number>(2);
    for (const n of [1, 2, 3, 4]) perform(ch.send(n), told.by(`send ${n}`));
    told.take();
    const received = [1, 2, 3, 4, 5].map(() => {
      const attempt = ch.tryReceive();
      check(ch);
      return attempt.ok ? attempt.value : 'none';
    });
    expect(received).toEqual([1, 2, 3, 4, 'none']);
    expect(told.lines).toEqual(['send 3 got undefined', 'send 4 got undefined']);
  });

  it('moves the value of the first waiting send in as a receive frees the slot, and completes it in that step', () => {
    const told = new Record();
    const ch = channel<number>(1);
    for (const n of [1, 2, 3]) perform(ch.send(n), told.by(`send ${n}`));
    told.take();
    ch.tryReceive();
    check(ch);
    told.add(`${ch.size} buffered, ${ch.statistics().waitingSenders} waiting`);
    expect(told.lines).toEqual(['send 2 got undefined', '1 buffered, 1 waiting']);
  });

  it('hands a value past the empty buffer to one who waits', () => {
    const told = new Record();
    const ch = channel<number>(3);
    perform(ch.receive(), told.by('receive'));
    perform(ch.send(1), told.by('send'));
    check(ch);
    expect([...told.lines].sort()).toEqual(['receive got 1', 'send got undefined']);
    expect(ch.statistics()).toMatchObject({ buffered: 0, peakBuffered: 0, delivered: 1 });
  });
});

describe('2.2 an ordinary value', () => {
  const values: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['false', false],
    ['NaN', NaN],
    ['an error', new Error('a value')],
    ['a promise', Promise.resolve(1)],
    ['a rejected promise', Promise.reject(new Error('nobody asks'))],
    ['an observable', of(1)],
    ['an observable that never emits', NEVER],
    ['a channel', channel()],
    ['an operation', channel().receive()],
    ['an attempt that reads as the end', Object.freeze({ ok: false, closed: true })],
    ['a notification', { kind: 'C' }],
    ['a function', () => 1],
    ['an array', [1]],
  ];
  (values[6]![1] as Promise<unknown>).catch(() => undefined);

  it.each(values)('is %s, through the buffer', (_, value) => {
    const ch = channel<unknown>(1);
    ch.trySend(value);
    check(ch);
    const attempt = ch.tryReceive();
    check(ch);
    expect(attempt.ok && Object.is(attempt.value, value)).toBe(true);
  });

  it.each(values)('is %s, hand to hand, in every form of waiting', (_, value) => {
    const got: unknown[] = [];
    const ch = channel<unknown>();
    const observer = { next: (v: unknown) => got.push(v), error: () => undefined, complete: () => undefined };
    for (const { perform } of FORMS) {
      perform(ch.receive(), observer);
      expect(ch.trySend(value)).toBe(true);
      perform(ch.send(value), { ...observer, next: () => undefined });
      perform(
        ch.receiveResult().map((attempt) => attempt.ok && attempt.value),
        observer,
      );
      check(ch);
    }
    const subscription = ch.subscribe((v) => got.push(v));
    ch.trySend(value);
    subscription.unsubscribe();
    check(ch);
    expect(got.map((v) => Object.is(v, value))).toEqual([true, true, true, true, true]);
  });

  it('conflated, too: undefined is merged like any other', () => {
    const merges: unknown[] = [];
    const ch = channel<unknown>({ capacity: 1, conflate: (...pair) => void merges.push(pair) });
    for (const value of [undefined, null, 1]) ch.trySend(value);
    check(ch);
    expect(merges).toEqual([
      [undefined, null],
      [undefined, 1],
    ]);
    expect(ch.tryReceive()).toEqual({ ok: true, value: undefined });
  });
});

describe('2.3 trySend never lies', () => {
  it('suspending: true if accepted, false if full', () => {
    const ch = channel<number>(1);
    expect([ch.trySend(1), ch.trySend(2)]).toEqual([true, false]);
    check(ch);
    expect([ch.tryReceive(), ch.tryReceive()]).toEqual([
      { ok: true, value: 1 },
      { ok: false, closed: false },
    ]);
  });

  it('false does not count as sent', () => {
    const ch = channel<number>({ capacity: 1, overflow: 'fail' });
    ch.trySend(1);
    expect(ch.trySend(2)).toBe(false);
    expect(ch.statistics()).toMatchObject({ sent: 1, undelivered: 0 });
  });

  it('dropOldest: true, by evicting the oldest', () => {
    const ch = channel<number>({ capacity: 2, overflow: 'dropOldest' });
    expect([1, 2, 3].map((n) => ch.trySend(n))).toEqual([true, true, true]);
    check(ch);
    expect(values(ch)).toEqual([2, 3]);
  });

  it('dropNewest: false when dropped', () => {
    const ch = channel<number>({ capacity: 2, overflow: 'dropNewest' });
    expect([1, 2, 3].map((n) => ch.trySend(n))).toEqual([true, true, false]);
    check(ch);
    expect(values(ch)).toEqual([1, 2]);
  });

  it('closed: false, whatever the policy', () => {
    const channels = [
      channel<number>(1),
      channel<number>({ capacity: 1, overflow: 'dropOldest' }),
      channel<number>({ capacity: 1, overflow: 'dropNewest' }),
      channel<number>({ capacity: 1, overflow: 'fail' }),
      channel<number>({ capacity: 1, conflate: (_, sent) => sent }),
    ];
    for (const ch of channels) ch.close();
    expect(channels.map((ch) => ch.trySend(1))).toEqual(channels.map(() => false));
    expect(channels.map((ch) => ch.statistics().sent)).toEqual(channels.map(() => 0));
  });

  it.each(['dropNewest', 'fail'] as const)(
    'overflow %s does not apply while a receiver waits, at capacity 0',
    (overflow) => {
      const told = new Record();
      const ch = channel<number>({ overflow });
      ch.receive().subscribe(told.by('receive'));
      expect([ch.trySend(1), ch.trySend(2)]).toEqual([true, false]);
      check(ch);
      expect(told.lines).toEqual(['receive got 1']);
    },
  );

  it.each(FORMS)('the policies for a send that is waited for by $form', ({ perform }) => {
    const told = new Record();
    for (const overflow of ['dropOldest', 'dropNewest', 'fail'] as const) {
      const ch = channel<number>({ capacity: 1, overflow });
      perform(ch.send(1), told.by(overflow));
      perform(ch.send(2), told.by(overflow));
      check(ch);
      told.add(`then ${values(ch).join()}`);
    }
    expect(told.lines).toEqual([
      'dropOldest got undefined',
      'dropOldest got undefined',
      'then 2',
      'dropNewest got undefined',
      'dropNewest got undefined',
      'then 1',
      'fail got undefined',
      'fail failed with OverflowError',
      'then 1',
    ]);
  });

  it('the OverflowError names the channel and carries the value', () => {
    const value = {};
    const errors: unknown[] = [];
    const ch = channel<object>({ overflow: 'fail', name: 'orders' });
    ch.send(value).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([expect.objectContaining({ name: 'OverflowError', source: 'orders', value })]);
    expect((errors[0] as { value: unknown }).value).toBe(value);
  });
});

describe('2.4 conflate', () => {
  it('replaces the newest buffered value, and only when full', () => {
    const ch = channel<string>({ capacity: 2, conflate: (pending, sent) => `${pending}+${sent}` });
    expect(['a', 'b', 'c', 'd'].map((s) => ch.trySend(s))).toEqual([true, true, true, true]);
    check(ch);
    expect(values(ch)).toEqual(['a', 'b+c+d']);
  });

  it('is not asked while a receiver waits', () => {
    const told = new Record();
    const ch = channel<string>({ capacity: 1, conflate: () => 'merged' });
    ch.receive().subscribe(told.by('receive'));
    ch.trySend('a');
    check(ch);
    expect(told.lines).toEqual(['receive got a']);
  });

  it('never lets a send wait', () => {
    const told = new Record();
    const ch = channel<string>({ capacity: 1, conflate: (_, sent) => sent });
    for (const s of ['a', 'b', 'c']) ch.send(s).subscribe(told.by(s));
    expect(told.lines).toEqual(['a got undefined', 'b got undefined', 'c got undefined']);
  });

  it.each(FORMS)('that throws fails that send, and the buffer is unchanged: $form', ({ perform }) => {
    const told = new Record();
    const ch = channel<string>({
      capacity: 1,
      conflate: () => {
        throw new Error('thrown');
      },
    });
    perform(ch.send('a'), told.by('a'));
    const before = ch.statistics();
    perform(ch.send('b'), told.by('b'));
    check(ch);
    expect(told.lines).toEqual(['a got undefined', 'b failed with thrown']);
    expect(ch.statistics()).toEqual(before);
    expect(values(ch)).toEqual(['a']);
  });

  it('that throws in a trySend gives false, and reaches the hook', () => {
    const thrown = new Error('thrown');
    const reported = reportsOf(() => {
      const ch = channel<string>({
        capacity: 1,
        conflate: () => {
          throw thrown;
        },
      });
      expect([ch.trySend('a'), ch.trySend('b')]).toEqual([true, false]);
      expect(values(ch)).toEqual(['a']);
    });
    expect(reported).toEqual([thrown]);
  });

  it('that receives what is pending leaves it received, and only the other buffered', () => {
    const ch: Channel<string> = channel<string>({
      capacity: 1,
      conflate: (pending, sent) => {
        ch.tryReceive();
        return `${pending}+${sent}`;
      },
    });
    for (const s of ['a', 'b']) ch.trySend(s);
    check(ch);
    expect(ch.statistics()).toMatchObject({ sent: 2, delivered: 1, buffered: 1, undelivered: 0, peakBuffered: 1 });
    expect(values(ch)).toEqual(['b']);
  });

  it('that cancels the channel fails the send, whose value is reported', () => {
    const told = new Record();
    const ch: Channel<string> = channel<string>({
      capacity: 1,
      conflate: (_, sent) => {
        ch.cancel();
        return sent;
      },
      onUndelivered: (value, reason) => told.add(`${value} ${reason}`),
    });
    ch.trySend('a');
    ch.send('b').subscribe(told.by('b'));
    check(ch);
    expect(told.lines).toEqual(['a cancelled', 'b closed', 'b failed with ClosedError']);
  });

  it('that closes the channel fails the send', () => {
    const told = new Record();
    const ch: Channel<string> = channel<string>({
      capacity: 1,
      conflate: (_, sent) => {
        ch.close();
        return sent;
      },
    });
    ch.trySend('a');
    ch.send('b').subscribe(told.by('b'));
    check(ch);
    expect([told.lines, values(ch)]).toEqual([['b failed with ClosedError'], ['a']]);
  });

  it('that sends merges that first, and loses nothing', () => {
    let sends = true;
    const ch: Channel<string> = channel<string>({
      capacity: 1,
      conflate: (pending, sent) => {
        if (sends) {
          sends = false;
          ch.trySend('x');
        }
        return `${pending}+${sent}`;
      },
    });
    for (const s of ['a', 'b']) ch.trySend(s);
    check(ch);
    const { sent, delivered, buffered, undelivered } = ch.statistics();
    expect(sent).toBe(delivered + buffered + undelivered);
    expect(values(ch)).toEqual(['a+x+b']);
  });

  it.each<[string, (ch: Channel<string>) => void, string[]]>([
    [
      'receives one, and merges two others,',
      (ch) => {
        ch.tryReceive();
        for (const s of ['x', 'y']) ch.trySend(s);
      },
      ['b', 'x+y+c'],
    ],
    [
      // As a lease that is released does.
      'receives three, one of which comes back,',
      (ch) => {
        for (let i = 0; i < 2; i++) ch.tryReceive();
        ch.trySend('x');
        ch.tryReceive();
        ch.restore('x');
      },
      ['x', 'c'],
    ],
  ])('that %s merges into what is the newest then', (_, meddle, left) => {
    let once = true;
    const ch: Channel<string> = channel<string>({
      capacity: 2,
      conflate: (pending, sent) => {
        if (once) {
          once = false;
          meddle(ch);
        }
        return `${pending}+${sent}`;
      },
    });
    for (const s of ['a', 'b', 'c']) ch.trySend(s);
    check(ch);
    const { sent, delivered, buffered, undelivered } = ch.statistics();
    expect(sent).toBe(delivered + buffered + undelivered);
    expect(values(ch)).toEqual(left);
  });
});

function values<T>(ch: Channel<T>): T[] {
  const all: T[] = [];
  for (let next = ch.tryReceive(); next.ok; next = ch.tryReceive()) all.push(next.value);
  return all;
}
