import { describe, expect, it } from 'vitest';
import { channel, go, mutex, poll, select, sleep } from '../../src/index.ts';
import { WITHDRAWALS } from '../core/withdrawals.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { at, virtual } from '../virtual.ts';

describe.each(FORMS)('6.1 a mutex, by $form', ({ perform }) => {
  it('is locked by one at a time, in the order in which they came', () => {
    const told = new Record();
    const m = mutex();
    for (const name of ['a', 'b', 'c']) perform(m.lock(), told.by(name));
    check(m);
    expect([told.take(), m.locked]).toEqual([['a got undefined'], true]);
    m.unlock();
    check(m);
    expect([told.take(), m.locked]).toEqual([['b got undefined'], true]);
    m.unlock();
    m.unlock();
    check(m);
    expect([told.take(), m.locked]).toEqual([['c got undefined'], false]);
  });

  it('is not to be had by tryLock between an unlock and the next in line', () => {
    const told = new Record();
    const m = mutex();
    expect(m.tryLock()).toBe(true);
    perform(m.lock(), told.by('a'));
    m.unlock();
    expect(m.tryLock()).toBe(false);
    check(m);
    expect(told.lines).toEqual(['a got undefined']);
  });

  it('passes over one who was withdrawn', () => {
    const told = new Record();
    const m = mutex();
    m.tryLock();
    const withdraw = perform(m.lock(), told.by('a'));
    perform(m.lock(), told.by('b'));
    withdraw();
    check(m);
    m.unlock();
    check(m);
    expect(told.lines).toEqual(['b got undefined']);
  });

  it('is a case of a select', () => {
    const told = new Record();
    const m = mutex();
    const c = channel<number>();
    m.tryLock();
    perform(select({ lock: m.lock(), c }), told.by('a'));
    c.trySend(1);
    check(m, c);
    expect(told.take()).toEqual(['a got c=1']);
    perform(select({ lock: m.lock(), c }), told.by('b'));
    m.unlock();
    check(m, c);
    expect([told.take(), m.locked]).toEqual([['b got lock=undefined'], true]);
  });
});

describe('6.1 a lock, whichever way the one who wants it is withdrawn', () => {
  it.each(WITHDRAWALS)('is not taken by $how', ({ perform }) => {
    const told = new Record();
    const m = mutex();
    m.tryLock();
    virtual(() => {
      perform(m.lock(), () => told.add('withdrawn one got it'));
      m.lock().subscribe(told.by('behind'));
      at(6, () => {
        check(m);
        m.unlock();
        check(m);
      });
    });
    expect(told.lines).toEqual(['behind got undefined']);
    expect(m.locked).toBe(true);
  });
});

describe('6.1 a mutex', () => {
  it('cannot be unlocked when it is not locked: RangeError, and it stays open', () => {
    const m = mutex({ name: 'm' });
    expect(() => m.unlock()).toThrow(new RangeError('m: unlock of 1, but 0 of 1 are held'));
    check(m);
    expect(m.locked).toBe(false);
    m.tryLock();
    m.unlock();
    expect(() => m.unlock()).toThrow(RangeError);
  });

  it('is not reentrant', () => {
    const m = mutex();
    expect(poll(m.lock()).ok).toBe(true);
    expect(poll(m.lock())).toEqual({ ok: false, closed: false });
    check(m);
  });

  it('counts as locked in a callback that has unlocked it while somebody waits', () => {
    const m = mutex();
    const seen: unknown[] = [];
    m.tryLock();
    m.lock().subscribe(() => {
      m.unlock();
      seen.push(m.locked, m.tryLock());
    });
    m.lock().subscribe(() => seen.push('next'));
    m.unlock();
    check(m);
    expect(seen).toEqual([true, false, 'next']);
  });

  it('is unlocked by the finally block of a coroutine that is cancelled', () => {
    const told = new Record();
    const m = mutex();
    virtual(() => {
      const task = go(function* () {
        yield* m.lock();
        try {
          yield* sleep(10);
        } finally {
          m.unlock();
        }
      });
      m.lock().subscribe(told.by('next'));
      at(3, () => {
        task.cancel();
        check(m);
        told.add('cancelled');
      });
    });
    expect(told.lines).toEqual(['next got undefined', 'cancelled']);
  });

  it('keeps a critical section to one coroutine at a time, however they interleave', () => {
    const m = mutex();
    let inside = 0;
    let most = 0;
    let runs = 0;
    virtual(() => {
      for (let i = 0; i < 20; i++) {
        go(function* () {
          for (let k = 0; k < 10; k++) {
            yield* m.lock();
            most = Math.max(most, ++inside);
            yield* sleep((i * 7 + k) % 3);
            inside--;
            runs++;
            m.unlock();
            check(m);
          }
        });
      }
    });
    expect([most, runs, m.locked]).toEqual([1, 200, false]);
  });

  it('says how it is, and how many wait', () => {
    const m = mutex({ name: 'file' });
    expect(title(m)).toBe('mutex file (open)');
    m.tryLock();
    expect(title(m)).toBe('mutex file (locked)');
    m.lock().subscribe();
    expect(title(m)).toBe('mutex file (locked, 1 waiting)');
    expect(title(m.lock())).toBe('lock on file');
    expect(title(mutex())).toMatch(/^mutex#\d+ \(open\)$/);
  });
});
