import { type Observable, of, range, Subject, Subscriber, Subscription, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  boundedBuffer,
  broadcast,
  channel,
  channelFrom,
  gate,
  OverflowError,
  type SendChannel,
  sendTo,
} from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';
import { Endless } from './endless.ts';

describe('2.14 sendTo', () => {
  it('sends in order, one at a time, and emits each value when it was accepted', () => {
    const told = new Record();
    const ch = channel<number>();
    of(1, 2, 3).pipe(sendTo(ch)).subscribe(told.all('a'));
    const waiting = [ch.statistics().waitingSenders];
    for (let i = 0; i < 3; i++) {
      told.add(JSON.stringify(ch.tryReceive()));
      waiting.push(ch.statistics().waitingSenders);
      check(ch);
    }
    expect(waiting).toEqual([1, 1, 1, 0]);
    expect(told.lines).toEqual([
      'a got 1',
      '{"ok":true,"value":1}',
      'a got 2',
      '{"ok":true,"value":2}',
      'a got 3',
      'a completed',
      '{"ok":true,"value":3}',
    ]);
  });

  it('goes on where a Subscriber written by hand throws, and that reaches the hook', () => {
    const ch = channel<number>(3);
    class Throwing extends Subscriber<number> {
      override next(value: number): void {
        throw new Error(`at ${value}`);
      }
    }
    const reported = reportsOf(() => {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- There are users who write one.
      of(1, 2).pipe(sendTo(ch)).subscribe(new Throwing());
    });
    expect([reported, ch.size]).toEqual([[new Error('at 1'), new Error('at 2')], 2]);
  });

  it('does not recurse', () => {
    const ch = channel<number>(Infinity);
    let emitted = 0;
    range(0, 100_000)
      .pipe(sendTo(ch))
      .subscribe(() => emitted++);
    const full = channel<number>();
    range(0, 100_000)
      .pipe(sendTo(full))
      .subscribe(() => emitted++);
    full.subscribe();
    expect([emitted, ch.size]).toEqual([200_000, 100_000]);
  });

  it.each([
    [0, 2],
    [2, 4],
  ])(
    'fails with OverflowError beyond maxBacklog %d, after what waits, and leaves the source at value %d',
    (maxBacklog, failing) => {
      const told = new Record();
      const source = new Subject<number>();
      const ch = channel<number>({ name: 'orders' });
      source
        .pipe(sendTo(ch, { maxBacklog }))
        .subscribe({ error: (error: unknown) => told.add((error as Error).message) });
      for (let n = 1; n < failing; n++) source.next(n);
      expect(told.lines).toEqual([]);
      source.next(failing);
      expect([source.observed, told.lines]).toEqual([false, []]);
      for (let n = 1; n < failing; n++) told.add(JSON.stringify(ch.tryReceive()));
      check(ch);
      const sent = Array.from({ length: failing - 1 }, (_, n) => `{"ok":true,"value":${n + 1}}`);
      expect(told.lines).toEqual([...sent.slice(0, -1), 'sendTo(orders) is full', ...sent.slice(-1)]);
    },
  );

  it('closes the channel when the source completes, once all were accepted, if it is to', () => {
    const told = new Record();
    const ch = channel<number>();
    of(1, 2)
      .pipe(sendTo(ch, { close: true }))
      .subscribe();
    const closed = [ch.isClosed];
    ch.subscribe(told.all('receiver'));
    closed.push(ch.isClosed);
    expect([closed, told.lines]).toEqual([
      [false, true],
      ['receiver got 1', 'receiver got 2', 'receiver completed'],
    ]);
  });

  it('closes the channel with the error when the source errs, if it is to', () => {
    const told = new Record();
    const ch = channel<number>();
    throwError(() => new Error('thrown'))
      .pipe(sendTo(ch as never, { close: true }))
      .subscribe(told.all('a'));
    ch.subscribe(told.all('receiver'));
    expect(told.lines).toEqual(['a failed with thrown', 'receiver failed with thrown']);
  });

  it.each([true, false])('errs after what waits, and then closes the channel, if it is to: %s', (close) => {
    const told = new Record();
    const source = new Subject<number>();
    const ch = channel<number>();
    source.pipe(sendTo(ch, { close })).subscribe(told.all('a'));
    for (const n of [1, 2, 3]) source.next(n);
    source.error(new Error('thrown'));
    const closed = [ch.isClosed];
    ch.subscribe(told.all('receiver'));
    check(ch);
    closed.push(ch.isClosed);
    expect([told.lines.filter((line) => line.startsWith('a')), closed]).toEqual([
      ['a got 1', 'a got 2', 'a got 3', 'a failed with thrown'],
      [false, close],
    ]);
    expect(told.lines.filter((line) => line.startsWith('r'))).toEqual([
      'receiver got 1',
      'receiver got 2',
      'receiver got 3',
      ...(close ? ['receiver failed with thrown'] : []),
    ]);
  });

  describe('reports what it took and did not send', () => {
    /** 1 is being sent, 2 and 3 stand behind it. Whose report it is: the channel's (`c`), or its own (`s`). */
    function waiting(told: Record) {
      const source = new Subject<number>();
      const ch = channel<number>({ onUndelivered: (value, reason) => told.add(`c ${value} ${reason}`) });
      const subscription = source
        .pipe(sendTo(ch, { onUndelivered: (value, reason) => told.add(`s ${value} ${reason}`) }))
        .subscribe(told.all('a'));
      for (const n of [1, 2, 3]) source.next(n);
      return { source, ch, subscription };
    }

    it('as cancelled when it is unsubscribed', () => {
      const told = new Record();
      const { ch, subscription } = waiting(told);
      subscription.unsubscribe();
      check(ch);
      expect(told.lines).toEqual(['c 1 withdrawn', 's 2 cancelled', 's 3 cancelled']);
    });

    it('as cancelled when the source had ended, and it is unsubscribed then', () => {
      const told = new Record();
      const { source, subscription } = waiting(told);
      source.error(new Error('thrown'));
      subscription.unsubscribe();
      expect(told.lines).toEqual(['c 1 withdrawn', 's 2 cancelled', 's 3 cancelled']);
    });

    it('as closed when the channel is closed: what was being sent still arrives, the next is the channel’s to report', () => {
      const told = new Record();
      const { ch } = waiting(told);
      ch.close();
      ch.tryReceive();
      check(ch);
      expect(told.lines).toEqual(['a got 1', 'c 2 closed', 'a failed with ClosedError', 's 3 closed']);
    });

    it('as closed when the channel is cancelled', () => {
      const told = new Record();
      const { ch } = waiting(told);
      ch.cancel('enough');
      check(ch);
      expect(told.lines.toSorted()).toEqual([
        'a failed with CancelledError(enough)',
        'c 1 cancelled',
        's 2 closed',
        's 3 closed',
      ]);
    });

    it('as cancelled when the channel overflows', () => {
      const told = new Record();
      const open = gate();
      const ch = channel<number>({ capacity: 1, overflow: 'fail', name: 'ch' });
      ch.trySend(0);
      const target = { send: (n: number) => (n === 1 ? open.wait() : ch.send(n)) } as unknown as SendChannel<number>;
      of(1, 2, 3)
        .pipe(sendTo(target, { onUndelivered: (value, reason) => told.add(`s ${value} ${reason}`) }))
        .subscribe(told.all('a'));
      open.set();
      expect(told.lines).toEqual(['a got 1', 'a failed with OverflowError', 's 3 cancelled']);
    });

    it('once each, of take(1), and nothing of what was sent', () => {
      const told = new Record();
      const ch = channel<number>();
      of(1, 2, 3)
        .pipe(sendTo(ch, { onUndelivered: (value, reason) => told.add(`${value} ${reason}`) }), take(1))
        .subscribe();
      ch.tryReceive();
      check(ch);
      expect([told.lines, ch.tryReceive()]).toEqual([['2 cancelled', '3 cancelled'], { ok: false, closed: false }]);
    });

    it('also when a report throws: that is reported, and the others are told', () => {
      const told = new Record();
      const reported = reportsOf(() => {
        const onUndelivered = (value: number): void => {
          told.add(String(value));
          throw new Error(`at ${value}`);
        };
        of(1, 2, 3).pipe(sendTo(channel(), { onUndelivered })).subscribe().unsubscribe();
      });
      expect([told.lines, reported]).toEqual([
        ['2', '3'],
        [new Error('at 2'), new Error('at 3')],
      ]);
    });

    it('withdraws a send whose receiver had the subscriber leave while it began', () => {
      const told = new Record();
      const b = broadcast<number>({ onUndelivered: (value, reason) => told.add(`b ${value} ${reason}`) });
      const slow = b.tap();
      let subscription = new Subscription();
      b.subscribe((n) => n === 1 && subscription.unsubscribe());
      const source = new Subject<number>();
      subscription = source
        .pipe(sendTo(b, { onUndelivered: (value, reason) => told.add(`s ${value} ${reason}`) }))
        .subscribe(told.all('a'));
      source.next(1);
      check(b);
      expect([told.lines, slow.tryReceive()]).toEqual([[], { ok: false, closed: false }]);
    });
  });

  it.each(['completes', 'errs'])('leaves the channel open when the source %s, unless told', (how) => {
    const ch = channel<number>(1);
    const source: Observable<number> = how === 'errs' ? throwError(() => new Error('thrown')) : of(1);
    source.pipe(sendTo(ch)).subscribe({ error: () => undefined });
    expect(ch.isClosed).toBe(false);
  });

  it('fails with ClosedError on a closed channel, and leaves the source', () => {
    const told = new Record();
    const source = new Subject<number>();
    const ch = channel<number>();
    ch.close();
    source.pipe(sendTo(ch)).subscribe(told.all('a'));
    source.next(1);
    expect([told.lines, source.observed]).toEqual([['a failed with ClosedError'], false]);
  });

  it('unsubscribed, withdraws what it was sending, and sends nothing more', () => {
    const ch = channel<number>();
    const subscription = of(1, 2).pipe(sendTo(ch)).subscribe();
    subscription.unsubscribe();
    check(ch);
    expect([ch.tryReceive(), ch.statistics().waitingSenders]).toEqual([{ ok: false, closed: false }, 0]);
  });

  it.each([
    [Infinity, 100_000, 99_999],
    [3, 3, 2],
  ])('what waits is sent in a loop, as long as somebody listens: take(%s)', (count, emitted, sent) => {
    const open = gate();
    const rest = channel<number>(Infinity);
    // The first send waits; all others are accepted at once.
    const target = { send: (n: number) => (n === 0 ? open.wait() : rest.send(n)) } as unknown as SendChannel<number>;
    let got = 0;
    range(0, 100_000)
      .pipe(sendTo(target), take(count))
      .subscribe(() => got++);
    open.set();
    expect([got, rest.size]).toEqual([emitted, sent]);
  });

  it('who leaves does not close the channel, though the source had completed', () => {
    const ch = channel<number>();
    of(1)
      .pipe(sendTo(ch, { close: true }), take(1))
      .subscribe();
    ch.tryReceive();
    expect(ch.isClosed).toBe(false);
  });

  it('asks a channel for the next value only when the last was accepted', () => {
    const from = channel<number>(5);
    const to = channel<number>();
    for (const n of [1, 2, 3]) from.trySend(n);
    from.pipe(sendTo(to)).subscribe();
    const sizes = [from.size];
    to.tryReceive();
    sizes.push(from.size);
    check(from, to);
    expect(sizes).toEqual([2, 1]);
  });

  it.each([-1, 0.5, NaN])('refuses maxBacklog %d, where it was written', (maxBacklog) => {
    expect(() => sendTo(channel(), { maxBacklog })).toThrow(RangeError);
  });

  it.each([0, 1, 3])('fails beyond maxBacklog %s, with the value that found no room', (maxBacklog) => {
    const errors: unknown[] = [];
    const source = new Subject<number>();
    const ch = channel<number>({ name: 'jobs' });
    source.pipe(sendTo(ch, { maxBacklog })).subscribe({ error: (error: unknown) => errors.push(error) });
    for (let n = 0; n <= maxBacklog; n++) source.next(n);
    const before = [...errors];
    source.next(99);
    for (let n = 0; n <= maxBacklog; n++) ch.tryReceive();
    expect([before, errors, source.observed]).toEqual([[], [new OverflowError('sendTo(jobs)', 99)], false]);
    expect(ch.statistics()).toMatchObject({ waitingSenders: 0, delivered: maxBacklog + 1 });
  });

  it.each([new Error('source'), 'text', undefined])(
    'close: true closes with the error %s: never as if nothing went wrong',
    (error) => {
      const causes: unknown[] = [];
      const ch = channel<number>();
      throwError(() => error)
        .pipe(sendTo(ch, { close: true }))
        .subscribe({ error: () => undefined });
      ch.subscribe({ error: (cause: unknown) => causes.push(cause) });
      expect(causes).toEqual([error ?? new Error('the source failed with undefined')]);
    },
  );

  it('pulls a source that can be pulled: one more when the last was accepted', () => {
    let asked = 0;
    const counted = {
      *[Symbol.iterator]() {
        while (asked < 100) yield asked++;
      },
    };
    const ch = channel<number>();
    channelFrom(counted).pipe(sendTo(ch)).subscribe();
    const before = asked;
    ch.tryReceive();
    expect([before, asked]).toEqual([1, 2]);
  });

  it('pulls a bounded buffer, which then has its own policy', () => {
    const source = new Subject<number>();
    const ch = channel<number>();
    source.pipe(boundedBuffer(1, { overflow: 'dropOldest' }), sendTo(ch, { maxBacklog: 0 })).subscribe();
    for (const n of [1, 2, 3]) source.next(n);
    expect([ch.tryReceive(), ch.tryReceive(), ch.tryReceive()]).toEqual([
      { ok: true, value: 1 },
      { ok: true, value: 3 },
      { ok: false, closed: false },
    ]);
  });

  it('what is sent from inside an emission comes after', () => {
    const source = new Subject<number>();
    const ch = channel<number>(10);
    source.pipe(sendTo(ch)).subscribe((n) => n < 5 && source.next(n + 1));
    source.next(1);
    const got: number[] = [];
    ch.subscribe((n) => got.push(n));
    expect(got).toEqual([1, 2, 3, 4, 5]);
  });

  it('a source without an end, all at once, is asked for 3 by take(3)', () => {
    const endless = new Endless();
    endless.values.pipe(sendTo(channel(Infinity)), take(3)).subscribe();
    expect(endless.asked).toBe(3);
  });
});
