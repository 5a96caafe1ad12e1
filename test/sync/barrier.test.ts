import { describe, expect, it } from 'vitest';
import { type Barrier, barrier, BrokenBarrierError, channel, go, poll, select } from '../../src/index.ts';
import { WITHDRAWALS } from '../core/withdrawals.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { at, virtual } from '../virtual.ts';

describe.each(FORMS)('6.3 a barrier, by $form', ({ perform }) => {
  it('lets all go when the last one arrives, each with its place in the order of arrival', () => {
    const told = new Record();
    const b = barrier(3);
    perform(b.wait(), told.by('a'));
    perform(b.wait(), told.by('b'));
    check(b);
    expect([told.take(), b.waiting]).toEqual([[], 2]);
    perform(b.wait(), told.by('c'));
    check(b);
    expect(told.lines.sort()).toEqual(['a got 0', 'b got 1', 'c got 2']);
    expect(b.waiting).toBe(0);
  });

  it('begins the next round at once', () => {
    const told = new Record();
    const b = barrier(2);
    for (let i = 0; i < 3; i++) {
      perform(b.wait(), told.by('a'));
      perform(b.wait(), told.by('b'));
      check(b);
      expect(told.take().sort()).toEqual(['a got 0', 'b got 1']);
    }
    perform(b.wait(), told.by('a'));
    expect([told.take(), b.waiting]).toEqual([[], 1]);
  });

  it('lets a single party pass', () => {
    const told = new Record();
    const b = barrier(1);
    perform(b.wait(), told.by('a'));
    perform(b.wait(), told.by('b'));
    check(b);
    expect(told.lines).toEqual(['a got 0', 'b got 0']);
  });

  it('counts one less when one who waits is withdrawn, and those behind move up', () => {
    const told = new Record();
    const b = barrier(3);
    const withdraw = perform(b.wait(), told.by('a'));
    perform(b.wait(), told.by('b'));
    withdraw();
    check(b);
    expect([b.waiting, b.isBroken]).toEqual([1, false]);
    perform(b.wait(), told.by('c'));
    expect(told.take()).toEqual([]);
    perform(b.wait(), told.by('d'));
    check(b);
    expect(told.take().sort()).toEqual(['b got 0', 'c got 1', 'd got 2']);
  });

  it('fails those who wait when it is reset, and begins anew', () => {
    const told = new Record();
    const b = barrier(2);
    perform(b.wait(), told.by('a'));
    b.reset();
    check(b);
    expect([told.take(), b.waiting, b.isBroken]).toEqual([['a failed with BrokenBarrierError'], 0, false]);
    perform(b.wait(), told.by('b'));
    perform(b.wait(), told.by('c'));
    expect(told.take().sort()).toEqual(['b got 0', 'c got 1']);
  });

  it('fails those who wait, and all who come, when it is aborted', () => {
    const told = new Record();
    const b = barrier(2);
    perform(b.wait(), told.by('a'));
    b.abort();
    check(b);
    expect([told.take(), b.waiting, b.isBroken]).toEqual([['a failed with BrokenBarrierError'], 0, true]);
    perform(b.wait(), told.by('b'));
    perform(b.wait(), told.by('c'));
    check(b);
    expect(told.take()).toEqual(['b failed with BrokenBarrierError', 'c failed with BrokenBarrierError']);
  });

  it('stays broken, whatever is done to it', () => {
    const told = new Record();
    const b = barrier(2);
    b.abort();
    b.reset();
    b.abort();
    perform(b.wait(), told.by('a'));
    check(b);
    expect([told.lines, b.isBroken]).toEqual([['a failed with BrokenBarrierError'], true]);
  });

  it('is a case of a select: to lose takes the arrival back', () => {
    const told = new Record();
    const b = barrier(2);
    const c = channel<number>();
    perform(select({ all: b.wait(), c }), told.by('a'));
    c.trySend(1);
    check(b, c);
    expect([told.take(), b.waiting]).toEqual([['a got c=1'], 0]);
    perform(select({ all: b.wait(), c }), told.by('b'));
    perform(select({ c, all: b.wait() }), told.by('c'));
    check(b, c);
    expect(told.take().sort()).toEqual(['b got all=0', 'c got all=1']);
  });

  it('lets a select that stands there twice go once', () => {
    const told = new Record();
    const b = barrier(3);
    perform(b.wait(), told.by('a'));
    perform(select({ one: b.wait(), two: b.wait() }, { order: 'priority' }), told.by('b'));
    check(b);
    perform(b.wait(), told.by('c'));
    check(b);
    expect(told.lines.sort()).toEqual(['a got 0', 'b got one=1', 'c got 2']);
  });
});

describe('6.3 a barrier', () => {
  it.each(WITHDRAWALS)('counts no more one who is withdrawn by $how', ({ perform }) => {
    const told = new Record();
    const b = barrier(2);
    virtual(() => {
      perform(b.wait(), (index) => told.add(`withdrawn one got ${index}`));
      at(6, () => {
        check(b);
        told.add(`${b.waiting} waiting`);
        b.wait().subscribe(told.by('next'));
        b.wait().subscribe(told.by('last'));
      });
    });
    check(b);
    expect(told.lines).toEqual(['0 waiting', 'next got 0', 'last got 1']);
  });

  it('tells those who waited before the one that arrives last', () => {
    const told = new Record();
    const b = barrier(3);
    for (const name of ['a', 'b', 'c']) b.wait().subscribe(told.by(name));
    expect(told.lines).toEqual(['a got 0', 'b got 1', 'c got 2']);
  });

  it('lets a coroutine that arrives last go on before those it lets go', () => {
    const told = new Record();
    const b = barrier(2);
    for (const name of ['a', 'b']) {
      go(function* () {
        told.add(`${name} got ${yield* b.wait()}`);
      });
    }
    expect(told.lines).toEqual(['b got 1', 'a got 0']);
  });

  it('is in its next round when a callback looks at it', () => {
    const told = new Record();
    const b = barrier(2);
    b.wait().subscribe((index) => {
      told.add(`a got ${index}, ${b.waiting} waiting`);
      b.wait().subscribe(told.by('a again'));
    });
    b.wait().subscribe(told.by('b'));
    check(b);
    expect([told.take(), b.waiting]).toEqual([['a got 0, 0 waiting', 'b got 1'], 1]);
    b.wait().subscribe(told.by('c'));
    expect(told.take()).toEqual(['a again got 0', 'c got 1']);
  });

  it('may be aborted in a callback: those who were let go are', () => {
    const told = new Record();
    const b = barrier(2);
    b.wait().subscribe(() => {
      b.abort();
      told.add('a');
    });
    b.wait().subscribe(told.by('b'));
    check(b);
    expect([told.lines, b.isBroken]).toEqual([['a', 'b got 1'], true]);
  });

  it('rejects a promise with BrokenBarrierError, which names the barrier', async () => {
    const b = barrier(2, { name: 'phase' });
    const waiting = b.wait().promise();
    b.reset();
    await expect(waiting).rejects.toThrow(new BrokenBarrierError('phase'));
    await expect(waiting).rejects.toMatchObject({
      name: 'BrokenBarrierError',
      source: 'phase',
      message: 'phase is broken',
    });
  });

  it('is polled without arriving, unless one is all that lacks', () => {
    const b = barrier(2);
    expect(poll(b.wait())).toEqual({ ok: false, closed: false });
    expect(b.waiting).toBe(0);
    b.wait().subscribe();
    expect(poll(b.wait())).toEqual({ ok: true, value: 1 });
    b.abort();
    expect(() => poll(b.wait())).toThrow(BrokenBarrierError);
  });

  it('does nothing before it is subscribed', () => {
    const b = barrier(2);
    b.wait();
    expect(b.waiting).toBe(0);
  });

  it.each([0, -1, 1.5, NaN, Infinity, '2' as unknown as number])('cannot be made for %s parties', (parties) => {
    let made: Barrier | null = null;
    expect(() => {
      made = barrier(parties);
    }).toThrow(RangeError);
    expect(made).toBe(null);
  });

  it('says for how many it is, and how many wait', () => {
    const b = barrier(3, { name: 'phase' });
    b.wait().subscribe({ error: () => undefined });
    expect(title(b)).toBe('barrier phase (of 3, 1 waiting)');
    b.abort();
    expect(title(b)).toBe('barrier phase (broken)');
    expect(title(b.wait())).toBe('wait on phase');
    expect(title(barrier(2))).toMatch(/^barrier#\d+ \(of 2\)$/);
  });
});
