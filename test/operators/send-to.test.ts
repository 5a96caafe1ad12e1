import { type Observable, of, range, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, sendTo } from '../../src/index.ts';
import { check, Record } from '../record.ts';

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
  ])('fails with OverflowError beyond maxBacklog %d: at value %d', (maxBacklog, failing) => {
    const told = new Record();
    const source = new Subject<number>();
    const ch = channel<number>({ name: 'orders' });
    source
      .pipe(sendTo(ch, { maxBacklog }))
      .subscribe({ error: (error: unknown) => told.add((error as Error).message) });
    for (let n = 1; n < failing; n++) source.next(n);
    expect(told.lines).toEqual([]);
    source.next(failing);
    expect(told.lines).toEqual(['sendTo(orders) is full']);
    check(ch);
    expect([source.observed, ch.statistics().waitingSenders]).toEqual([false, 0]);
  });

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
});
