// Buffers that more bounds than the number of their values: `weigh` and `conflateBy`. The random scripts of
// `channel-model.test.ts` hold the rest; here is what they cannot say.

import { describe, expect, it } from 'vitest';
import {
  broadcast,
  type Channel,
  channel,
  channelFrom,
  type ChannelOptions,
  go,
  OverflowError,
  poll,
  queue,
  select,
  toAsyncIterable,
} from '../../src/index.ts';
import { NEVER, Subject, takeUntil } from 'rxjs';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';

const size = (text: string): number => text.length;
const first = (text: string): string | undefined => text[0];

describe('weigh', () => {
  it.each(FORMS)('2.16 is asked once a value, however long it waits: $form', ({ perform }) => {
    const asked: string[] = [];
    const told = new Record();
    const ch = channel<string>({ capacity: 4, weigh: (text) => (asked.push(text), text.length) });
    for (const text of ['aa', 'bbb', 'c', 'dddddd']) perform(ch.send(text), told.by(text));
    check(ch);
    expect([told.take(), asked, ch.size]).toEqual([['aa got undefined'], ['aa', 'bbb'], 1]);
    for (let i = 0; i < 4; i++) {
      ch.tryReceive();
      check(ch);
    }
    expect(told.lines).toEqual(['bbb got undefined', 'c got undefined', 'dddddd got undefined']);
    expect(asked).toEqual(['aa', 'bbb', 'c', 'dddddd']);
  });

  it('2.16 accepts one that is heavier than the capacity into an empty buffer, and nothing beside it', () => {
    const ch = channel({ capacity: 3, weigh: size });
    expect([ch.trySend('aaaaa'), ch.trySend('b'), ch.size]).toEqual([true, false, 1]);
    ch.tryReceive();
    expect([ch.trySend('a'), ch.trySend('bbb'), ch.trySend('bb'), ch.trySend('c')]).toEqual([true, false, true, false]);
    check(ch);
  });

  it('2.16 lets several in where a heavy one leaves, and nobody overtakes', () => {
    const told = new Record();
    const ch = channel({ capacity: 4, weigh: size });
    ch.trySend('aaaa');
    for (const text of ['b', 'ccc', 'dd', 'e']) ch.send(text).subscribe(told.by(text));
    ch.tryReceive();
    check(ch);
    // e would fit beside nothing: d, which does not fit, is before it.
    expect(told.take()).toEqual(['b got undefined', 'ccc got undefined']);
    expect(ch.statistics()).toMatchObject({ buffered: 2, waitingSenders: 2, peakBuffered: 2 });
  });

  it.each(FORMS)('2.16 lets those go who stood behind one that is withdrawn: $form', ({ perform }) => {
    const told = new Record();
    const ch = channel({ capacity: 4, weigh: size });
    ch.trySend('aaa');
    const leave = perform(ch.send('bb'), told.by('bb'));
    perform(ch.send('c'), told.by('c'));
    expect(told.take()).toEqual([]);
    leave();
    check(ch);
    expect(told.take()).toContain('c got undefined');
  });

  it('2.16 evicts until the value fits, and all of them for one that is too heavy', () => {
    const lost: string[] = [];
    const ch = channel<string>({
      capacity: 4,
      weigh: size,
      overflow: 'dropOldest',
      onUndelivered: (text, reason) => lost.push(`${text} ${reason}`),
    });
    for (const text of ['a', 'b', 'cc', 'ddd']) expect(ch.trySend(text)).toBe(true);
    expect(lost.splice(0)).toEqual(['a evicted', 'b evicted', 'cc evicted']);
    ch.trySend('eeeeeeee');
    check(ch);
    expect(lost).toEqual(['ddd evicted']);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 'eeeeeeee' });
    expect(ch.statistics()).toMatchObject({ sent: 5, delivered: 1, undelivered: 4, buffered: 0 });
  });

  it('drops, fails and merges like any other bound', () => {
    const make = (more: ChannelOptions<string>) => channel<string>({ capacity: 3, weigh: size, ...more });
    const dropping = make({ overflow: 'dropNewest' });
    const failing = make({ overflow: 'fail' });
    const merging = make({ conflate: (pending, sent) => pending + sent });
    for (const ch of [dropping, failing, merging]) ch.trySend('aa');
    expect([dropping.trySend('bb'), failing.trySend('bb'), merging.trySend('bb')]).toEqual([false, false, true]);
    expect(() => poll(failing.send('bb'))).toThrow(OverflowError);
    expect([dropping, failing, merging].map((ch) => ch.tryReceive())).toEqual(
      ['aa', 'aa', 'aabb'].map((value) => ({ ok: true, value })),
    );
    check(dropping, failing, merging);
    // What was merged weighed four, and is gone.
    expect(merging.trySend('ccc')).toBe(true);
  });

  it.each(FORMS)('that throws fails that send, and nothing else: $form', ({ perform }) => {
    const told = new Record();
    const ch = channel<string>({
      capacity: 2,
      weigh: (text) => {
        if (text === 'x') throw new Error('no scales');
        return text.length;
      },
    });
    for (const text of ['a', 'x', 'bb', 'x', 'c']) perform(ch.send(text), told.by(text));
    expect(told.take()).toEqual(['a got undefined', 'x failed with no scales']);
    for (let i = 0; i < 3; i++) {
      ch.tryReceive();
      check(ch);
    }
    expect(told.take().sort()).toEqual(['bb got undefined', 'c got undefined', 'x failed with no scales']);
    expect(ch.statistics()).toMatchObject({ sent: 3, delivered: 3, undelivered: 0 });
  });

  it.each([0, -1, NaN, '1', undefined])('that answers %s fails that send with a RangeError that says so', (weight) => {
    const ch = channel<string>({ capacity: 2, weigh: () => weight as number });
    expect(() => poll(ch.send('a'))).toThrow(/weigh: a value must weigh more than 0; got/);
    expect(reportsOf(() => expect(ch.trySend('a')).toBe(false))).toEqual([expect.any(RangeError)]);
  });

  it('that calls the channel finds it in order', () => {
    const told = new Record();
    const ch = channel<string>({
      capacity: 2,
      weigh: (text) => {
        if (text === 'close') ch.close();
        if (text === 'take') ch.receive().subscribe(told.by('receiver'));
        if (text === 'fill') ch.trySend('ff');
        return text.length;
      },
    });
    ch.send('take').subscribe(told.by('take'));
    ch.send('fill').subscribe(told.by('fill'));
    check(ch);
    expect(told.take()).toEqual(['receiver got take', 'take got undefined']);
    ch.tryReceive();
    ch.tryReceive();
    ch.send('close').subscribe(told.by('close'));
    check(ch);
    expect(told.lines).toEqual(['fill got undefined', 'close failed with ClosedError']);
  });

  it.each([
    ['unsubscribes the send', 1, () => undefined, ['b withdrawn'], 1],
    ['unsubscribes the send and closes', 1, (ch: Channel<string>) => ch.close(), ['b closed'], 1],
    ['unsubscribes the send and cancels', 4, (ch: Channel<string>) => ch.cancel(), ['a cancelled', 'b closed'], 0],
    ['unsubscribes the send, which is in', 4, () => undefined, [], 2],
  ])('that %s leaves nothing that waits, and says what is lost', (_, capacity, meddle, reports, left) => {
    const stop = new Subject<void>();
    const lost: string[] = [];
    const ch: Channel<string> = channel<string>({
      capacity,
      weigh: (text) => {
        if (text === 'b') {
          stop.next();
          meddle(ch);
        }
        return 1;
      },
      onUndelivered: (text, reason) => lost.push(`${text} ${reason}`),
    });
    ch.trySend('a');
    ch.send('b').pipe(takeUntil(stop)).subscribe();
    check(ch);
    expect([lost, ch.size, ch.statistics().waitingSenders]).toEqual([reports, left, 0]);
  });

  it('weighs nothing at a rendezvous, and does not bound an infinite buffer', () => {
    const rendezvous = channel({ weigh: size });
    expect(rendezvous.trySend('a')).toBe(false);
    const told = new Record();
    rendezvous.send('a').subscribe(told.by('a'));
    expect(rendezvous.tryReceive()).toEqual({ ok: true, value: 'a' });
    const endless = channel({ capacity: Infinity, weigh: () => Infinity });
    expect([endless.trySend('a'), endless.trySend('b')]).toEqual([true, true]);
    check(rendezvous, endless);
  });

  it('is shown', () => {
    const ch = channel({ capacity: 9, weigh: size, name: 'bytes' });
    ch.trySend('aaa');
    expect(String(ch)).toBe('channel bytes (1 weighing 3/9, open)');
  });

  it('takes back what its receiver did not hear of, with its weight; a newer one of its key takes its place', () => {
    const lost: string[] = [];
    const stop = new Subject<void>();
    const heavy = channel({ capacity: 3, weigh: size });
    heavy.trySend('aa');
    // It waited, and so is told first: that the one who met it is let go.
    heavy.send('bb').subscribe(() => stop.next());
    heavy.receive().pipe(takeUntil(stop)).subscribe();
    check(heavy);
    expect([heavy.trySend('c'), poll(heavy.receiveMany(9))]).toEqual([false, { ok: true, value: ['aa', 'bb'] }]);

    const keyed = channel<string>({ capacity: 2, conflateBy: first, onUndelivered: (text) => lost.push(text) });
    for (const text of ['a1', 'c1']) keyed.trySend(text);
    keyed.send('b1').subscribe(() => {
      stop.next();
      keyed.tryReceive();
      keyed.trySend('a2');
    });
    keyed.receive().pipe(takeUntil(stop)).subscribe();
    check(keyed);
    expect([lost, poll(keyed.receiveMany(9))]).toEqual([['a1'], { ok: true, value: ['a2', 'b1'] }]);
    expect(keyed.statistics()).toMatchObject({ sent: 4, delivered: 3, undelivered: 1 });
  });

  it('bounds a queue, in whatever order values leave, and what comes back', () => {
    const jobs = queue<string>({ capacity: 4, weigh: size, order: (a, b) => a.length - b.length });
    expect(['ccc', 'a', 'bb'].map((text) => jobs.trySend(text))).toEqual([true, true, false]);
    const delivery = poll(jobs.lease());
    expect(delivery).toMatchObject({ ok: true, value: { value: 'a' } });
    expect(jobs.trySend('d')).toBe(true);
    if (delivery.ok) delivery.value.nack();
    check(jobs);
    // Over its capacity now: what was leased comes back all the same.
    expect([jobs.size, jobs.trySend('e')]).toEqual([3, false]);
    expect(poll(jobs.receiveMany(9))).toEqual({ ok: true, value: ['a', 'd', 'ccc'] });
    check(jobs);
    expect(jobs.trySend('eeee')).toBe(true);
  });

  it('bounds each tap by itself', () => {
    const prices = broadcast<string>({ capacity: 3, weigh: size });
    const [a, b] = [prices.tap(), prices.tap({ capacity: 9 })];
    const told = new Record();
    for (const text of ['aa', 'bb']) prices.send(text).subscribe(told.by(text));
    check(prices);
    expect(told.take()).toEqual(['aa got undefined']);
    expect(prices.trySend('c')).toBe(false);
    a.tryReceive();
    check(prices);
    expect(told.take()).toEqual(['bb got undefined']);
    expect([poll(a.receiveMany(9)), poll(b.receiveMany(9))]).toEqual([
      { ok: true, value: ['bb'] },
      { ok: true, value: ['aa', 'bb'] },
    ]);
  });
});

describe('conflateBy', () => {
  it('2.16 replaces a value of equal key where it stands, full or not, and reports the old one', () => {
    const lost: string[] = [];
    const ch = channel<string>({
      capacity: 2,
      conflateBy: first,
      onUndelivered: (text, reason) => lost.push(`${text} ${reason}`),
    });
    expect(['a1', 'b1', 'a2', 'c1', 'b2'].map((text) => ch.trySend(text))).toEqual([true, true, true, false, true]);
    check(ch);
    expect(lost).toEqual(['a1 evicted', 'b1 evicted']);
    expect(poll(ch.receiveMany(9))).toEqual({ ok: true, value: ['a2', 'b2'] });
    expect(ch.statistics()).toMatchObject({ sent: 4, delivered: 2, undelivered: 2 });
  });

  it.each([
    ['NaN', NaN, NaN, 1],
    ['0 and -0', 0, -0, 1],
    ['1 and "1"', 1, '1', 2],
    ['undefined', undefined, undefined, 1],
  ])('2.16 compares keys as in a Map: %s', (_, a, b, size) => {
    const ch = channel<unknown>({ capacity: 9, conflateBy: (value) => value });
    ch.trySend(a);
    ch.trySend(b);
    check(ch);
    expect(ch.size).toBe(size);
  });

  it('2.16 lets a send of a buffered key wait its turn behind those who wait, and replaces when it moves in', () => {
    const told = new Record();
    const ch = channel<string>({ capacity: 1, conflateBy: first });
    ch.trySend('a1');
    for (const text of ['b1', 'a2', 'b2', 'c1']) ch.send(text).subscribe(told.by(text));
    check(ch);
    expect([told.take(), ch.statistics().waitingSenders]).toEqual([[], 4]);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 'a1' });
    check(ch);
    expect(told.take()).toEqual(['b1 got undefined']);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 'b1' });
    // a2 moves in; b2, which is next, finds no b to replace.
    expect(told.take()).toEqual(['a2 got undefined']);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 'a2' });
    expect([told.take(), ch.tryReceive(), told.take()]).toEqual([
      ['b2 got undefined'],
      { ok: true, value: 'b2' },
      ['c1 got undefined'],
    ]);
    check(ch);
  });

  it('2.16 merges equal keys only, with `conflate`, and `overflow` says what becomes of others', () => {
    const ch = channel<string>({
      capacity: 2,
      conflateBy: first,
      conflate: (pending, sent) => `${pending}+${sent}`,
      overflow: 'dropOldest',
    });
    for (const text of ['a1', 'b1', 'a2', 'c1', 'c2']) ch.trySend(text);
    check(ch);
    expect(poll(ch.receiveMany(9))).toEqual({ ok: true, value: ['b1', 'c1+c2'] });
    expect(ch.statistics()).toMatchObject({ sent: 5, delivered: 2, undelivered: 3 });
  });

  it.each(FORMS)('whose key, or merge, throws fails that send, and the buffer is as it was: $form', ({ perform }) => {
    const told = new Record();
    const ch = channel<string>({
      capacity: 1,
      conflateBy: (text) => {
        if (text === 'x') throw new Error('no key');
        return 1;
      },
      conflate: (pending, sent) => {
        if (sent === 'y') throw new Error('no merge');
        return pending + sent;
      },
    });
    for (const text of ['a', 'x', 'y', 'b']) perform(ch.send(text), told.by(text));
    check(ch);
    expect(told.lines).toEqual([
      'a got undefined',
      'x failed with no key',
      'y failed with no merge',
      'b got undefined',
    ]);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 'ab' });
  });

  it('commits a select that waited when its send can replace, once', () => {
    const told = new Record();
    const ch = channel<string>({ capacity: 1, conflateBy: first });
    const other = channel<string>();
    ch.trySend('a1');
    ch.send('b1').subscribe(told.by('b1'));
    go(function* () {
      const { key } = yield* select({ sent: ch.send('b2'), got: other });
      told.add(key);
    });
    ch.tryReceive();
    check(ch, other);
    expect(told.lines).toEqual(['b1 got undefined', 'sent']);
    expect([ch.tryReceive(), other.trySend('late')]).toEqual([{ ok: true, value: 'b2' }, false]);
  });

  it('still moves in those who waited when it is closed, and merges them', () => {
    const told = new Record();
    const ch = channel<string>({ capacity: 1, conflateBy: first, conflate: (pending, sent) => pending + sent });
    ch.trySend('a');
    for (const text of ['b', 'b', 'c']) ch.send(text).subscribe(told.by(text));
    ch.close();
    expect([ch.tryReceive(), ch.tryReceive(), ch.tryReceive(), ch.tryReceive()]).toEqual([
      { ok: true, value: 'a' },
      { ok: true, value: 'bb' },
      { ok: true, value: 'c' },
      { ok: false, closed: true },
    ]);
    expect(told.lines).toEqual(['b got undefined', 'b got undefined', 'c got undefined']);
  });

  it.each([
    [undefined, 'b, a2', ['a1 evicted']],
    [(pending: string, sent: string) => `${pending}+${sent}`, 'b, a1+a2', []],
  ])('lets what comes back give way to what is newer', (conflate, left, reports) => {
    const lost: string[] = [];
    const jobs = queue<string>({
      conflateBy: first,
      ...(conflate === undefined ? {} : { conflate }),
      onUndelivered: (text, reason) => lost.push(`${text} ${reason}`),
    });
    jobs.trySend('a1');
    const delivery = poll(jobs.lease());
    for (const text of ['b', 'a2']) jobs.trySend(text);
    if (delivery.ok) delivery.value.nack();
    check(jobs);
    const values = poll(jobs.receiveMany(9));
    expect(values.ok ? [...values.value].reverse().join(', ') : '').toBe(left);
    expect([lost, jobs.unfinished]).toEqual([reports, 2]);
  });

  it('takes the place that the order gives it, merged with what is newer', () => {
    const jobs = queue<string>({ conflateBy: first, conflate: (a, b) => a + b, order: (a, b) => a.length - b.length });
    jobs.trySend('a1');
    const delivery = poll(jobs.lease());
    for (const text of ['bbb', 'a2', 'cccccc']) jobs.trySend(text);
    if (delivery.ok) delivery.value.nack();
    check(jobs);
    expect(poll(jobs.receiveMany(9))).toEqual({ ok: true, value: ['bbb', 'a1a2', 'cccccc'] });
  });

  it('re-ranks what is replaced where the order is one of values', () => {
    const jobs = queue<string>({ conflateBy: first, order: (a, b) => a.length - b.length });
    for (const text of ['a', 'bb', 'a__']) jobs.trySend(text);
    check(jobs);
    expect(poll(jobs.receiveMany(9))).toEqual({ ok: true, value: ['bb', 'a__'] });
  });

  it('is a policy of each tap', () => {
    const prices = broadcast<string>({ capacity: 4 });
    const latest = prices.tap({ conflateBy: first });
    const all = prices.tap();
    for (const text of ['a1', 'b1', 'a2']) prices.trySend(text);
    check(prices);
    expect([poll(latest.receiveMany(9)), poll(all.receiveMany(9))]).toEqual([
      { ok: true, value: ['a2', 'b1'] },
      { ok: true, value: ['a1', 'b1', 'a2'] },
    ]);
  });
});

describe('a user whose callbacks change their mind', () => {
  it('what comes back and cannot be weighed any more is back all the same; what was thrown is reported', () => {
    let throwing = false;
    const reported = reportsOf(() => {
      const jobs = queue<string>({
        capacity: 4,
        weigh: (text) => {
          if (throwing) throw new Error('no scales');
          return text.length;
        },
      });
      jobs.trySend('aaa');
      const delivery = poll(jobs.lease());
      throwing = true;
      if (delivery.ok) delivery.value.nack();
      check(jobs);
      expect(poll(jobs.receiveMany(9))).toEqual({ ok: true, value: ['aaa'] });
    });
    expect(reported).toEqual([new Error('no scales')]);
  });

  it('a merge that throws when an older value comes back leaves the newer one, and is reported', () => {
    const reported = reportsOf(() => {
      const jobs = queue<string>({
        conflateBy: first,
        conflate: () => {
          throw new Error('no merge');
        },
      });
      jobs.trySend('a1');
      const delivery = poll(jobs.lease());
      jobs.trySend('a2');
      if (delivery.ok) delivery.value.nack();
      check(jobs);
      expect(poll(jobs.receiveMany(9))).toEqual({ ok: true, value: ['a2'] });
    });
    expect(reported).toEqual([new Error('no merge')]);
  });

  it('a merge that takes what it is to be merged with finds the value sent anew', () => {
    const taken: unknown[] = [];
    const keyed = channel<string>({
      capacity: 2,
      conflateBy: first,
      conflate: (pending, sent) => {
        taken.push(keyed.tryReceive());
        return pending + sent;
      },
    });
    keyed.trySend('a1');
    keyed.trySend('a2');
    check(keyed);
    expect([taken, keyed.tryReceive()]).toEqual([[{ ok: true, value: 'a1' }], { ok: true, value: 'a2' }]);

    const heavy = channel<string>({
      capacity: 2,
      weigh: size,
      conflate: (pending, sent) => {
        heavy.tryReceive();
        return pending + sent;
      },
    });
    heavy.trySend('aa');
    heavy.trySend('b');
    check(heavy);
    expect(heavy.tryReceive()).toEqual({ ok: true, value: 'b' });
  });

  it('a merge that takes what is newer when an older value comes back finds that one come back anew', () => {
    const taken: unknown[] = [];
    const jobs = queue<string>({
      conflateBy: first,
      conflate: (pending, sent) => {
        taken.push(jobs.tryReceive());
        return pending + sent;
      },
    });
    jobs.trySend('a1');
    const delivery = poll(jobs.lease());
    jobs.trySend('a2');
    if (delivery.ok) delivery.value.nack();
    check(jobs);
    expect([taken, poll(jobs.receiveMany(9))]).toEqual([[{ ok: true, value: 'a2' }], { ok: true, value: ['a1'] }]);
  });

  it('a key that throws when a value comes back has a place of its own', () => {
    let throwing = false;
    const reported = reportsOf(() => {
      const jobs = queue<string>({
        conflateBy: (text) => {
          if (throwing) throw new Error('no key');
          return text[0];
        },
      });
      jobs.trySend('a1');
      const delivery = poll(jobs.lease());
      throwing = true;
      if (delivery.ok) delivery.value.nack();
      check(jobs);
      expect(jobs.size).toBe(1);
    });
    expect(reported).toEqual([new Error('no key')]);
  });
});

describe('options that contradict each other', () => {
  it.each<[string, ChannelOptions<string>, RegExp]>([
    [
      'weigh with conflateBy',
      { capacity: 1, weigh: size, conflateBy: first },
      /^TypeError: channel: weigh and conflateBy/,
    ],
    ['conflateBy without capacity', { conflateBy: first }, /^RangeError: channel: conflateBy .*capacity >= 1/],
    ['conflate with overflow', { capacity: 1, conflate: (a) => a, overflow: 'fail' }, /^TypeError: channel: conflate/],
    ['weigh that is none', { capacity: 1, weigh: 5 as never }, /^TypeError: channel: weigh must be a function; got 5/],
    [
      'conflateBy that is none',
      { capacity: 1, conflateBy: 'id' as never },
      /^TypeError: channel: conflateBy must be a/,
    ],
  ])('are refused: %s', (_, options, message) => {
    const said = (make: () => unknown): string => {
      try {
        return String(make());
      } catch (error) {
        return String(error);
      }
    };
    expect(said(() => channel(options))).toMatch(message);
  });

  it('a source that pushes needs more than one value per key: keys that are new would have to wait', () => {
    expect(() => channelFrom(NEVER, { capacity: 2, conflateBy: first, conflate: (a) => a })).toThrow(TypeError);
    expect(() => channelFrom(NEVER, { capacity: 2, conflateBy: first, overflow: 'dropOldest' }).cancel()).not.toThrow();
    expect(() => toAsyncIterable(NEVER, { capacity: 2, conflateBy: first })).toThrow(TypeError);
  });
});
