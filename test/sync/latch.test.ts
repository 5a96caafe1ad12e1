import { describe, expect, it } from 'vitest';
import { channel, go, latch, select, sleep } from '../../src/index.ts';
import { WITHDRAWALS } from '../core/withdrawals.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';

describe.each(FORMS)('a latch, by $form', ({ perform }) => {
  it('lets everybody go when the count comes to zero, in the order in which they came', () => {
    const told = new Record();
    const l = latch(3);
    for (const name of ['a', 'b']) perform(l.wait(), told.by(name));
    l.done();
    check(l);
    expect([told.take(), l.count]).toEqual([[], 2]);
    l.done(2);
    check(l);
    expect([told.take(), l.count]).toEqual([['a got undefined', 'b got undefined'], 0]);
  });

  it('lets pass at once at zero', () => {
    const told = new Record();
    perform(latch().wait(), told.by('a'));
    perform(latch(0).wait(), told.by('b'));
    expect(told.lines).toEqual(['a got undefined', 'b got undefined']);
  });

  it('makes wait again what is added after it came to zero', () => {
    const told = new Record();
    const l = latch();
    l.add(2);
    perform(l.wait(), told.by('a'));
    l.add();
    l.done(2);
    expect(told.take()).toEqual([]);
    l.done();
    expect(told.take()).toEqual(['a got undefined']);
    l.add();
    perform(l.wait(), told.by('b'));
    check(l);
    expect(told.take()).toEqual([]);
    l.done();
    check(l);
    expect(told.take()).toEqual(['b got undefined']);
  });

  it('forgets one who is withdrawn', () => {
    const told = new Record();
    const l = latch(1);
    const withdraw = perform(l.wait(), told.by('a'));
    perform(l.wait(), told.by('b'));
    withdraw();
    check(l);
    l.done();
    expect(told.lines).toEqual(['b got undefined']);
  });

  it('is a case of a select', () => {
    const told = new Record();
    const l = latch(1);
    const c = channel<number>();
    perform(select({ all: l.wait(), c }), told.by('a'));
    l.done();
    check(l, c);
    expect(told.lines).toEqual(['a got all=undefined']);
    expect(c.statistics().waitingReceivers).toBe(0);
  });
});

describe('a latch', () => {
  it.each(WITHDRAWALS)('keeps nothing of one who is withdrawn by $how', ({ perform }) => {
    const told = new Record();
    const l = latch(1, { name: 'l' });
    virtual(() => {
      perform(l.wait(), () => told.add('withdrawn one passed'));
      at(6, () => {
        check(l);
        told.add(title(l));
        l.done();
      });
    });
    expect(told.lines).toEqual(['latch l (count 1)']);
  });

  it('cannot be counted below zero: RangeError, and it stays as it is', () => {
    const told = new Record();
    const l = latch(2, { name: 'l' });
    l.wait().subscribe(told.by('a'));
    expect(() => l.done(3)).toThrow(new RangeError('l: 3 done, but the count is 2'));
    check(l);
    expect([l.count, told.lines]).toEqual([2, []]);
    expect(() => latch().done()).toThrow(RangeError);
  });

  it.each([-1, 1.5, NaN, Infinity, '1' as unknown as number])('%s is no count: RangeError', (count) => {
    const l = latch(2);
    expect(() => latch(count)).toThrow(RangeError);
    expect(() => l.add(count)).toThrow(RangeError);
    expect(() => l.done(count)).toThrow(RangeError);
    check(l);
    expect(l.count).toBe(2);
  });

  it('may be told of nothing to do, and of nothing done', () => {
    const told = new Record();
    const l = latch(1);
    l.wait().subscribe(told.by('a'));
    l.add(0);
    l.done(0);
    expect([l.count, told.lines]).toEqual([1, []]);
  });

  it('lets those go who waited at zero, though the first of them adds', () => {
    const told = new Record();
    const l = latch(1);
    l.wait().subscribe(() => {
      l.add();
      told.add('a');
      l.wait().subscribe(told.by('a again'));
    });
    l.wait().subscribe(told.by('b'));
    l.done();
    check(l);
    expect([told.lines, l.count]).toEqual([['a', 'b got undefined'], 1]);
  });

  it('waits for tasks, however they end', () => {
    const told = new Record();
    const l = latch();
    virtual(() => {
      for (const ms of [3, 1, 2]) {
        l.add();
        go(function* () {
          try {
            yield* sleep(ms);
          } finally {
            l.done();
          }
        });
      }
      l.wait().subscribe(() => told.add(`all done in ${frame()}`));
    });
    check(l);
    expect(told.lines).toEqual(['all done in 3']);
  });

  it('says what is left, and how many wait', () => {
    const l = latch(2, { name: 'uploads' });
    l.wait().subscribe();
    expect(title(l)).toBe('latch uploads (count 2, 1 waiting)');
    expect(title(l.wait())).toBe('wait on uploads');
    expect(title(latch())).toMatch(/^latch#\d+ \(count 0\)$/);
  });
});
