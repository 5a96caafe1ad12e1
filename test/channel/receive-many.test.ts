import { Subject, takeUntil } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, channelFrom, ClosedError, mergeSelect, poll, queue, select } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';

describe('receiveMany', () => {
  it.each(FORMS)('2.17 takes what is buffered and what waits to be sent, in one commit: $form', ({ perform }) => {
    const told = new Record();
    const ch = channel<number>(2);
    for (const n of [1, 2, 3, 4, 5]) perform(ch.send(n), told.by(`send ${n}`));
    told.take();
    perform(ch.receiveMany(4), told.by('many'));
    check(ch);
    expect([...told.take()].sort()).toEqual([
      'many got [1,2,3,4]',
      'send 3 got undefined',
      'send 4 got undefined',
      'send 5 got undefined',
    ]);
    expect(ch.statistics()).toMatchObject({ delivered: 4, buffered: 1, waitingSenders: 0 });
  });

  it('2.17 tells those who waited to send when all is taken: what they send next is not in it', () => {
    const told = new Record();
    const ch = channel<number>();
    for (const n of [1, 2])
      ch.send(n).subscribe(() => {
        told.add(`sent ${n}`);
        ch.send(n + 10).subscribe();
      });
    ch.receiveMany(9).subscribe(told.by('many'));
    check(ch);
    expect(told.lines).toEqual(['sent 1', 'sent 2', 'many got [1,2]']);
    expect(ch.statistics().waitingSenders).toBe(2);
  });

  it.each(FORMS)('2.17 stands in line like any receiver, and then has one value: $form', ({ perform }) => {
    const told = new Record();
    const ch = channel<unknown>();
    perform(ch.receive(), told.by('one'));
    perform(ch.receiveMany(9), told.by('many'));
    for (const value of ['a', ['b']]) ch.trySend(value);
    check(ch);
    expect(told.lines).toEqual(['one got a', 'many got [["b"]]']);
  });

  it.each(FORMS)('2.17 fails at the end as receive does, after the last values: $form', ({ perform }) => {
    const told = new Record();
    const [closed, failed] = [channel<number>(4), channel<number>(4)];
    for (const ch of [closed, failed]) ch.trySend(1);
    closed.close();
    failed.close(new Error('why'));
    for (const ch of [closed, failed, closed, failed]) perform(ch.receiveMany(9), told.by('many'));
    expect(told.lines).toEqual([
      'many got [1]',
      'many got [1]',
      'many failed with ClosedError',
      'many failed with why',
    ]);
    expect(poll(closed.receiveMany(1))).toEqual({ ok: false, closed: true });
  });

  it('withdrawn, has taken nothing; as a case that loses, neither', () => {
    const told = new Record();
    const [ch, other] = [channel<number>(4), channel<number>(4)];
    ch.receiveMany(2).subscribe(told.by('many')).unsubscribe();
    for (const n of [1, 2, 3]) ch.trySend(n);
    other.trySend(9);
    select({ other, many: ch.receiveMany(9) }, { order: 'priority' }).subscribe(told.by('select'));
    expect([told.lines, ch.size]).toEqual([['select got other=9'], 3]);
  });

  it.each([
    [0, []],
    [1, ['waiting got 1']],
    [2, ['waiting got 1', 'waiting got 2']],
  ])('gives all of it back, in order, when its receiver was let go by a sender it met: %i wait', (count, first) => {
    const told = new Record();
    const ch = channel<number>(2);
    const stop = new Subject<void>();
    for (const n of [1, 2]) ch.trySend(n);
    ch.send(3).subscribe(() => {
      stop.next();
      // They came later, and wait: for the buffer is empty.
      for (let i = 0; i < count; i++) ch.receive().subscribe(told.by('waiting'));
    });
    ch.receiveMany(3).pipe(takeUntil(stop)).subscribe(told.by('many'));
    check(ch);
    expect(told.lines).toEqual(first);
    expect(poll(ch.receiveMany(9))).toEqual({ ok: true, value: [1, 2, 3].slice(count) });
  });

  it('of a source without a buffer: as long as it is ready', () => {
    const [a, b] = [channel<number>(4), channel<number>(4)];
    for (const n of [1, 2]) a.trySend(n);
    b.trySend(3);
    const merged = mergeSelect({ a, b }, { order: 'priority' });
    const got = poll(merged.receiveMany(9));
    expect(got.ok ? got.value.map(({ value }) => value) : []).toEqual([1, 2, 3]);
    expect(poll(channelFrom([1, 2, 3], { capacity: 2 }).receiveMany(9))).toMatchObject({ ok: true });
  });

  it('of an endless source takes what is there, and comes back', () => {
    const naturals = (function* () {
      for (let n = 0; ; n++) yield n;
    })();
    expect(poll(channelFrom(naturals, { capacity: 3 }).receiveMany(Infinity))).toEqual({ ok: true, value: [0, 1, 2] });
  });

  it('counts each value of a queue for taskDone', () => {
    const jobs = queue<number>();
    for (const n of [1, 2, 3]) jobs.trySend(n);
    poll(jobs.receiveMany(2));
    jobs.taskDone();
    jobs.taskDone();
    expect(() => jobs.taskDone()).toThrow(RangeError);
    expect(jobs.unfinished).toBe(1);
  });

  it.each([0, -1, 1.5, NaN, '3', null, undefined])('refuses a max of %s at the call', (max) => {
    expect(() => channel().receiveMany(max as number)).toThrow(
      /^receiveMany: max must be an integer >= 1, or Infinity/,
    );
  });
});

describe('whenClosed', () => {
  it.each(FORMS)('completes when no more is accepted, drained or not: $form', ({ perform }) => {
    const told = new Record();
    const [closed, cancelled] = [channel<number>(2), channel<number>(2)];
    for (const ch of [closed, cancelled]) {
      ch.trySend(1);
      perform(ch.whenClosed(), told.by('waiting'));
    }
    closed.close(new Error('why'));
    cancelled.cancel();
    check(closed, cancelled);
    expect(told.take()).toEqual(['waiting got undefined', 'waiting got undefined']);
    perform(closed.whenClosed(), told.by('late'));
    expect([told.take(), closed.size]).toEqual([['late got undefined'], 1]);
    expect(() => closed.receiveMany(0)).toThrow(RangeError);
  });

  it('withdrawn, leaves nobody behind; as a case of select it tells producers', () => {
    const told = new Record();
    const ch = channel<number>(1);
    ch.whenClosed().subscribe(told.by('gone')).unsubscribe();
    ch.trySend(1);
    select({ sent: ch.send(2), closed: ch.whenClosed() }).subscribe(told.by('producer'));
    ch.close();
    expect(told.lines).toEqual(['producer got closed=undefined']);
    expect(ch.statistics().waitingSenders).toBe(0);
    expect(() => poll(ch.send(1))).not.toThrow(ClosedError);
  });
});
