import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, go, poll, select, Semaphore, semaphore, sleep } from '../../src/index.ts';
import { WITHDRAWALS } from '../core/withdrawals.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { at, virtual } from '../virtual.ts';

/** A semaphore of which nothing is left. */
function taken(permits: number): Semaphore {
  const all = semaphore(permits, { name: 's' });
  all.tryAcquire(permits);
  return all;
}

describe.each(FORMS)('6.1 a semaphore, by $form', ({ perform }) => {
  it('gives permits at once while there are some', () => {
    const told = new Record();
    const s = semaphore(3);
    perform(s.acquire(), told.by('a'));
    perform(s.acquire(2), told.by('b'));
    check(s);
    expect(told.lines).toEqual(['a got undefined', 'b got undefined']);
    expect(s.available).toBe(0);
  });

  it('hands a released permit to the first in line, and it is never free in between', () => {
    const told = new Record();
    const s = taken(1);
    perform(s.acquire(), told.by('a'));
    perform(s.acquire(), told.by('b'));
    check(s);
    expect(told.take()).toEqual([]);
    s.release();
    check(s);
    expect(told.take()).toEqual(['a got undefined']);
    expect([s.available, s.tryAcquire()]).toEqual([0, false]);
    s.release();
    check(s);
    expect(told.take()).toEqual(['b got undefined']);
    s.release();
    expect(s.available).toBe(1);
  });

  it('serves as many as a release has permits for, in the order in which they came', () => {
    const told = new Record();
    const s = taken(5);
    for (const [name, count] of [
      ['a', 1],
      ['b', 2],
      ['c', 1],
      ['d', 2],
    ] as const)
      perform(s.acquire(count), told.by(name));
    s.release(4);
    check(s);
    expect(told.take()).toEqual(['a got undefined', 'b got undefined', 'c got undefined']);
    s.release(2);
    check(s);
    expect(told.take()).toEqual(['d got undefined']);
  });

  it('does not let small requests overtake a large one at the head', () => {
    const told = new Record();
    const s = taken(3);
    perform(s.acquire(3), told.by('large'));
    perform(s.acquire(), told.by('small'));
    s.release(2);
    check(s);
    expect(told.take()).toEqual([]);
    expect([s.available, s.tryAcquire()]).toEqual([2, false]);
    s.release();
    check(s);
    expect(told.take()).toEqual(['large got undefined']);
    s.release(3);
    expect(told.take()).toEqual(['small got undefined']);
    check(s);
  });

  it('lets those behind a large request go when that is withdrawn', () => {
    const told = new Record();
    const s = taken(3);
    const withdrawLarge = perform(s.acquire(3), told.by('large'));
    perform(s.acquire(), told.by('a'));
    perform(s.acquire(2), told.by('b'));
    perform(s.acquire(), told.by('c'));
    s.release(2);
    withdrawLarge();
    check(s);
    expect(told.take()).toEqual(['a got undefined']);
    s.release();
    check(s);
    expect(told.take()).toEqual(['b got undefined']);
    expect(title(s)).toBe('semaphore s (3/3 held, 1 waiting)');
  });

  it('takes nothing for one who is withdrawn from the middle of the line', () => {
    const told = new Record();
    const s = taken(2);
    perform(s.acquire(), told.by('a'));
    const withdraw = perform(s.acquire(), told.by('b'));
    perform(s.acquire(), told.by('c'));
    withdraw();
    check(s);
    s.release(2);
    check(s);
    expect(told.lines).toEqual(['a got undefined', 'c got undefined']);
    s.release(2);
    expect(s.available).toBe(2);
  });

  it('is a case of a select, which takes permits only if that case is chosen', () => {
    const told = new Record();
    const s = semaphore(2);
    const c = channel<number>(1);
    c.trySend(1);
    perform(select({ c, permit: s.acquire() }, { order: 'priority' }), told.by('a'));
    expect([told.take(), s.available]).toEqual([['a got c=1'], 2]);
    perform(select({ c, permit: s.acquire(2) }, { order: 'priority' }), told.by('b'));
    check(s, c);
    expect([told.take(), s.available]).toEqual([['b got permit=undefined'], 0]);
    perform(select({ c, permit: s.acquire() }), told.by('c'));
    c.trySend(2);
    check(s, c);
    expect([told.take(), title(s)]).toEqual([['c got c=2'], `${s.name} (2/2 held)`]);
    perform(select({ c, permit: s.acquire() }), told.by('d'));
    s.release();
    check(s, c);
    expect([told.take(), c.statistics().waitingReceivers]).toEqual([['d got permit=undefined'], 0]);
  });

  it('goes to one case of a select that waits for it twice', () => {
    const told = new Record();
    const s = taken(3);
    perform(select({ two: s.acquire(2), one: s.acquire() }, { order: 'priority' }), told.by('a'));
    perform(s.acquire(), told.by('b'));
    s.release(3);
    check(s);
    expect(told.lines).toEqual(['a got two=undefined', 'b got undefined']);
    expect(s.available).toBe(0);
  });
});

describe('6.1 a permit, whichever way its acquirer is withdrawn', () => {
  it.each(WITHDRAWALS)('is not taken by $how', ({ perform }) => {
    const told = new Record();
    const s = taken(2);
    virtual(() => {
      perform(s.acquire(2), () => told.add('withdrawn one got it'));
      s.acquire().subscribe(told.by('behind'));
      at(4, () => s.release());
      at(5, () => check(s));
      at(6, () => {
        check(s);
        told.add(title(s));
        s.release();
      });
    });
    check(s);
    expect(told.lines).toEqual(['behind got undefined', 'semaphore s (2/2 held)']);
    expect(s.available).toBe(1);
  });
});

describe('6.1 a semaphore in its other forms', () => {
  it('rejects the promise of one that is aborted, and takes nothing for it', async () => {
    const s = taken(1);
    const controller = new AbortController();
    const aborted = s.acquire().promise({ signal: controller.signal });
    const kept = s.acquire().promise();
    controller.abort('enough');
    await expect(aborted).rejects.toBe('enough');
    s.release();
    await expect(kept).resolves.toBeUndefined();
    check(s);
    expect(title(s)).toBe('semaphore s (1/1 held)');
  });

  it('is polled without a trace where it would have to wait', () => {
    const s = semaphore(2);
    expect(poll(s.acquire(2))).toEqual({ ok: true, value: undefined });
    expect(poll(s.acquire())).toEqual({ ok: false, closed: false });
    check(s);
    expect(title(s)).toBe(`${s.name} (2/2 held)`);
  });

  it('does nothing before it is subscribed, and acquires anew each time', () => {
    const s = semaphore(2);
    const acquire = s.acquire();
    expect(s.available).toBe(2);
    acquire.subscribe();
    acquire.subscribe();
    check(s);
    expect(s.available).toBe(0);
  });

  it('gives the permits back to the line when its subscriber leaves before it is told', () => {
    const told = new Record();
    const s = taken(3);
    // The teardown of the case that loses runs when the permit is given already, and before anybody is told.
    const hasty = new Observable<never>(() => () => waiting.unsubscribe());
    const waiting = select({ permits: s.acquire(3), hasty }).subscribe(told.by('first'));
    s.acquire(2).subscribe(told.by('second'));
    s.release(3);
    check(s);
    expect(told.lines).toEqual(['second got undefined']);
    expect(s.available).toBe(1);
    s.release(2);
    expect(s.available).toBe(3);
  });

  it('runs those it serves in the order in which they came, observers before coroutines', () => {
    const told = new Record();
    const s = taken(3);
    go(function* () {
      yield* s.acquire();
      told.add('coroutine');
    });
    s.acquire().subscribe(told.by('observer'));
    s.acquire().subscribe(told.by('another'));
    s.release(3);
    check(s);
    expect(told.lines).toEqual(['observer got undefined', 'another got undefined', 'coroutine']);
  });

  it('keeps a permit for a coroutine that is cancelled after it was given, until that gives it back', () => {
    const told = new Record();
    const s = taken(1);
    const task = go(function* () {
      yield* s.acquire();
      try {
        yield* sleep(0);
      } finally {
        told.add('released');
        s.release();
      }
    });
    s.acquire().subscribe(() => {
      told.add('second');
      s.release();
    });
    go(function* () {
      s.release();
      task.cancel();
      told.add(`available ${s.available}`);
    });
    check(s);
    expect(told.lines).toEqual(['available 0', 'released', 'second']);
    expect([s.available, task.status]).toEqual([1, 'cancelled']);
  });
});

describe('1.3, 1.8 a callback of one who is given a permit', () => {
  it('finds the permits of all who are served after it gone already', () => {
    const told = new Record();
    const s = taken(4);
    s.acquire().subscribe(() => told.add(`${s.available} left, one more: ${s.tryAcquire()}`));
    s.acquire(2).subscribe(told.by('b'));
    s.release(4);
    check(s);
    expect(told.lines).toEqual(['1 left, one more: false', 'b got undefined']);
    expect(s.available).toBe(1);
  });

  it('may withdraw the next in line, whose permits go to the one behind', () => {
    const told = new Record();
    const s = taken(2);
    s.acquire().subscribe(() => {
      b.unsubscribe();
      told.add(`a; ${s.available} left`);
    });
    const b = s.acquire().subscribe(told.by('b'));
    s.acquire().subscribe(told.by('c'));
    s.release(2);
    check(s);
    expect(told.lines).toEqual(['a; 0 left', 'c got undefined']);
    s.release(2);
    expect(s.available).toBe(2);
  });

  it('may withdraw everybody behind it, and then has what they left', () => {
    const s = taken(2);
    const seen: unknown[] = [];
    s.acquire().subscribe(() => {
      b.unsubscribe();
      seen.push(s.available, s.tryAcquire());
    });
    const b = s.acquire().subscribe();
    s.release(2);
    check(s);
    expect(seen).toEqual([1, true]);
    expect(s.available).toBe(0);
  });

  it('may release at once, and the next one is told when it returns', () => {
    const told = new Record();
    const s = taken(1);
    s.acquire().subscribe(() => {
      told.add('a begins');
      s.release();
      told.add(`a ends, ${s.available} left`);
    });
    s.acquire().subscribe(told.by('b'));
    s.release();
    check(s);
    expect(told.lines).toEqual(['a begins', 'a ends, 0 left', 'b got undefined']);
  });

  it('gets in line behind those who wait when it acquires again', () => {
    const told = new Record();
    const s = taken(1);
    s.acquire().subscribe(() => {
      told.add('a');
      s.acquire().subscribe(told.by('a again'));
      s.release();
    });
    s.acquire().subscribe(() => {
      told.add('b');
      s.release();
    });
    s.release();
    check(s);
    expect(told.lines).toEqual(['a', 'b', 'a again got undefined']);
  });

  it('keeps nobody waiting when it throws', () => {
    const told = new Record();
    const s = taken(2);
    virtual(() => {
      s.acquire()
        .map(() => {
          throw new Error('a throws');
        })
        .subscribe(told.by('a'));
      s.acquire().subscribe(told.by('b'));
      s.release(2);
    });
    check(s);
    expect(told.lines).toEqual(['a failed with a throws', 'b got undefined']);
  });
});

describe('6.1 wrong counts', () => {
  const wrong = [0, -1, 1.5, NaN, Infinity, '1' as unknown as number];

  it.each(wrong)('%s is a RangeError at the call, and changes nothing', (count) => {
    const s = semaphore(3, { name: 's' });
    s.tryAcquire(2);
    expect(() => s.acquire(count)).toThrow(RangeError);
    expect(() => s.tryAcquire(count)).toThrow(RangeError);
    expect(() => s.release(count)).toThrow(RangeError);
    expect(() => s.withPermit([1], count)).toThrow(RangeError);
    check(s);
    expect(title(s)).toBe('semaphore s (2/3 held)');
  });

  it('are those of more permits than there are', () => {
    const s = semaphore(3, { name: 's' });
    expect(() => s.acquire(4)).toThrow(new RangeError('s: acquire of 4, but there are 3'));
    expect(() => s.tryAcquire(4)).toThrow(new RangeError('s: tryAcquire of 4, but there are 3'));
    expect(() => s.withPermit([1], 4)).toThrow(RangeError);
  });

  it('are those of releasing more than were acquired', () => {
    const s = semaphore(3, { name: 's' });
    expect(() => s.release()).toThrow(new RangeError('s: release of 1, but 0 of 3 are held'));
    s.tryAcquire(2);
    expect(() => s.release(3)).toThrow(new RangeError('s: release of 3, but 2 of 3 are held'));
    check(s);
    expect(s.available).toBe(1);
    s.release(2);
    expect(s.available).toBe(3);
  });

  it.each([-1, 1.5, NaN, -Infinity, '2' as unknown as number])('%s permits cannot be made', (permits) => {
    expect(() => semaphore(permits)).toThrow(RangeError);
    expect(() => new Semaphore(permits)).toThrow(/permits must be an integer >= 0, or Infinity; got/);
  });

  it('do not include the permits of an endless semaphore', () => {
    const s = semaphore(Infinity, { name: 's' });
    expect(s.tryAcquire(1000)).toBe(true);
    expect(s.available).toBe(Infinity);
    expect(() => s.release(1001)).toThrow(RangeError);
    s.release(1000);
    check(s);
    expect(title(s)).toBe('semaphore s (0/Infinity held)');
  });
});

describe('a semaphore, for a person', () => {
  it('says what is held, and how many wait', () => {
    const s = taken(2);
    expect(title(s)).toBe('semaphore s (2/2 held)');
    s.acquire().subscribe();
    s.acquire().subscribe();
    expect(title(s)).toBe('semaphore s (2/2 held, 2 waiting)');
    expect(title(s.acquire())).toBe('acquire on s');
  });

  it('is called by kind and number without a name', () => {
    expect(title(semaphore(1))).toMatch(/^semaphore#\d+ \(0\/1 held\)$/);
  });

  it('is named by a coroutine that waits for it', () => {
    const s = taken(1);
    const task = go(
      function* () {
        yield* s.acquire();
      },
      { name: 'worker' },
    );
    expect(title(task)).toBe('worker, waiting: acquire on s');
  });
});

describe('6.4 permits that are set', () => {
  it.each(FORMS)('more go to those who wait longest, at once: $form', ({ perform }) => {
    const told = new Record();
    const s = semaphore(0);
    for (const name of ['a', 'b', 'c']) perform(s.acquire(), told.by(name));
    expect([told.take(), s.available, s.waiting, s.tryAcquire()]).toEqual([[], 0, 3, false]);
    s.permits = 2;
    check(s);
    expect([told.take(), s.permits, s.available, s.waiting]).toEqual([['a got undefined', 'b got undefined'], 2, 0, 1]);
  });

  it('of fewer, those that are given back are taken away until it fits', () => {
    const s = semaphore(3);
    s.tryAcquire(3);
    s.permits = 1;
    check(s);
    expect([s.available, s.tryAcquire()]).toEqual([0, false]);
    s.release(2);
    check(s);
    expect([s.available, s.tryAcquire()]).toEqual([0, false]);
    s.release();
    expect([s.available, s.tryAcquire(), s.tryAcquire()]).toEqual([1, true, false]);
    // One is out; no more were acquired than that.
    expect(() => s.release(2)).toThrow(RangeError);
  });

  it('who waits for more than there are left waits until there are more again', () => {
    const told = new Record();
    const s = semaphore(3);
    s.tryAcquire();
    s.acquire(3).subscribe(told.by('three'));
    s.permits = 2;
    s.release();
    check(s);
    expect([told.take(), s.waiting]).toEqual([[], 1]);
    expect(() => s.acquire(3)).toThrow(/acquire of 3, but there are 2/);
    s.permits = 3;
    expect(told.take()).toEqual(['three got undefined']);
  });

  it('while there are none at all, any request waits', () => {
    const told = new Record();
    const s = semaphore(0);
    s.acquire(5).subscribe(told.by('five'));
    expect(s.tryAcquire(9)).toBe(false);
    s.permits = Infinity;
    check(s);
    expect([told.lines, s.available]).toEqual([['five got undefined'], Infinity]);
  });

  it.each([-1, 1.5, NaN, '2', null])('anything but a count is a RangeError, and nothing has changed: %s', (permits) => {
    const s = semaphore(2, { name: 's' });
    expect(() => (s.permits = permits as number)).toThrow(/^s: permits must be an integer >= 0, or Infinity; got/);
    expect(s.permits).toBe(2);
  });
});
