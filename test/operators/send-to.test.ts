import { from, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { boundedBuffer, channel, channelFrom, OverflowError, sendTo } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { Endless } from './endless.ts';

describe('2.14 sendTo', () => {
  it('sends in order, one at a time, and emits each value when it was accepted', () => {
    const told = new Record();
    const ch = channel<number>(1);
    from([1, 2, 3]).pipe(sendTo(ch)).subscribe(told.all('out'));
    told.add(`${ch.statistics().waitingSenders} waits`);
    ch.subscribe((n) => told.add(`received ${n}`));
    check(ch);
    expect(told.lines).toEqual([
      'out got 1',
      '1 waits',
      'out got 2',
      'received 1',
      'out got 3',
      'out completed',
      'received 2',
      'received 3',
    ]);
  });

  it.each([-1, 1.5, NaN])('maxBacklog %s is a RangeError at the call', (maxBacklog) => {
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
    expect([before, errors, source.observed]).toEqual([[], [new OverflowError('sendTo(jobs)', 99)], false]);
    expect(ch.statistics().waitingSenders).toBe(0);
  });

  it('errs when the channel is closed, and when it was', () => {
    const told = new Record();
    const ch = channel<number>();
    const source = new Subject<number>();
    source.pipe(sendTo(ch)).subscribe(told.all('waiting'));
    source.next(1);
    ch.cancel('why');
    from([1]).pipe(sendTo(ch)).subscribe(told.all('late'));
    expect([told.lines, source.observed]).toEqual([
      ['waiting failed with CancelledError(why)', 'late failed with ClosedError'],
      false,
    ]);
  });

  it('errs with the error of the source at once, and withdraws what waits', () => {
    const told = new Record();
    const ch = channel<number>();
    const source = new Subject<number>();
    source.pipe(sendTo(ch)).subscribe(told.all('out'));
    for (const n of [1, 2]) source.next(n);
    source.error(new Error('source'));
    expect([told.lines, ch.statistics().waitingSenders, ch.isClosed]).toEqual([['out failed with source'], 0, false]);
  });

  it.each([
    [
      'closes the channel with the source, after what waits',
      { close: true },
      ['got 1', 'got 2', 'failed with ClosedError'],
    ],
    ['leaves it open unless told', {}, ['got 1', 'got 2']],
  ])('%s', (_, options, expected) => {
    const told = new Record();
    const ch = channel<number>();
    from([1, 2]).pipe(sendTo(ch, options)).subscribe();
    for (let n = 0; n < 3; n++) ch.receive().subscribe(told.by(''));
    expect(told.lines.map((line) => line.trim())).toEqual(expected);
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

  it('withdraws the value that is being sent when the consumer leaves', () => {
    const ch = channel<number>();
    const subscription = from([1, 2]).pipe(sendTo(ch)).subscribe();
    subscription.unsubscribe();
    expect([ch.statistics().waitingSenders, ch.tryReceive()]).toEqual([0, { ok: false, closed: false }]);
  });

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

  it('does not recurse: 100 000 values that wait, then are received at once', () => {
    const ch = channel<number>();
    let accepted = 0;
    let received = 0;
    from(Array.from({ length: 100_000 }, (_, n) => n))
      .pipe(sendTo(ch))
      .subscribe(() => accepted++);
    ch.subscribe(() => received++);
    expect([accepted, received]).toEqual([100_000, 100_000]);
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
