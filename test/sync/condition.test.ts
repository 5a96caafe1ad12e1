import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  type Condition,
  condition,
  coroutine,
  go,
  type Mutex,
  mutex,
  poll,
  select,
  sleep,
  stateOwner,
} from '../../src/index.ts';
import { WITHDRAWALS } from '../core/withdrawals.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';

function pair(): { m: Mutex; c: Condition } {
  const m = mutex({ name: 'm' });
  return { m, c: condition(m, { name: 'c' }) };
}

/** Locks, notifies, and unlocks. */
function notify(m: Mutex, c: Condition, count?: number): void {
  expect(m.tryLock()).toBe(true);
  c.notify(count);
  m.unlock();
}

describe.each(FORMS)('6.2 a condition, by $form', ({ form, perform }) => {
  it('releases the mutex while it waits, and holds it again when it completes', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    perform(c.wait(), told.by('a'));
    check(c);
    expect(m.locked).toBe(false);
    m.tryLock();
    c.notify();
    check(c);
    expect(told.take()).toEqual([]);
    m.unlock();
    check(c);
    expect([told.take(), m.locked]).toEqual([['a got undefined'], true]);
  });

  it('hands the mutex to whoever waits for it when it is released', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    m.lock().subscribe(told.by('next'));
    perform(c.wait(), told.by('a'));
    check(c);
    expect([told.take(), m.locked]).toEqual([['next got undefined'], true]);
  });

  it('notifies those who wait longest, as many as it is told', () => {
    const told = new Record();
    const { m, c } = pair();
    for (const name of ['a', 'b', 'c', 'd']) {
      m.tryLock();
      perform(c.wait(), told.by(name));
    }
    notify(m, c);
    check(c);
    expect(told.take()).toEqual(['a got undefined']);
    c.notify(2);
    m.unlock();
    expect(told.take()).toEqual(['b got undefined']);
    m.unlock();
    check(c);
    expect(told.take()).toEqual(['c got undefined']);
    m.unlock();
    expect([told.take(), m.locked]).toEqual([[], false]);
  });

  it('notifies all, who get the mutex one after the other', () => {
    const told = new Record();
    const { m, c } = pair();
    for (const name of ['a', 'b', 'c']) {
      m.tryLock();
      perform(c.wait(), told.by(name));
    }
    m.tryLock();
    c.notifyAll();
    check(c);
    for (const name of ['a', 'b', 'c']) {
      m.unlock();
      expect(told.take()).toEqual([`${name} got undefined`]);
    }
    m.unlock();
    expect(m.locked).toBe(false);
  });

  it('does not keep a notification for those who come later, however many were given', () => {
    const told = new Record();
    const { m, c } = pair();
    notify(m, c, Number.MAX_SAFE_INTEGER);
    m.tryLock();
    perform(c.wait(), told.by('a'));
    check(c);
    expect(told.lines).toEqual([]);
  });

  it('passes a notification on when the one it was given to is withdrawn in the same turn', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    const withdraw = perform(c.wait(), told.by('a'));
    m.tryLock();
    perform(c.wait(), told.by('b'));
    m.tryLock();
    go(function* () {
      c.notify();
      withdraw();
      m.unlock();
    });
    check(c);
    // A cancelled coroutine holds the mutex first, and goes without unlocking it.
    if (told.lines.length === 0) m.unlock();
    expect(told.lines).toEqual(['b got undefined']);
  });

  it('passes it on in a later turn too, while the mutex was not to be had', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    const withdraw = perform(c.wait(), told.by('a'));
    m.tryLock();
    perform(c.wait(), told.by('b'));
    m.tryLock();
    c.notify();
    withdraw();
    check(c);
    m.unlock();
    if (told.lines.length === 0) m.unlock();
    check(c);
    expect(told.lines).toEqual(['b got undefined']);
  });

  it('fails when it is performed without the mutex locked', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    const wait = c.wait();
    m.unlock();
    perform(wait, told.by('a'));
    check(c);
    expect([told.lines, m.locked]).toEqual([['a failed with RangeError'], false]);
  });

  it('is a case of a select, which releases the mutex; a coroutine has it again when another case is chosen', () => {
    const told = new Record();
    const { m, c } = pair();
    const ch = channel<number>();
    m.tryLock();
    perform(select({ changed: c.wait(), ch }), told.by('a'));
    expect(m.locked).toBe(false);
    ch.trySend(1);
    check(c, ch);
    const isCoroutine = form === 'a coroutine';
    expect([told.take(), m.locked]).toEqual([['a got ch=1'], isCoroutine]);
    if (!isCoroutine) m.tryLock();
    perform(select({ changed: c.wait(), ch }), told.by('b'));
    notify(m, c);
    check(c, ch);
    expect([told.take(), m.locked, ch.statistics().waitingReceivers]).toEqual([['b got changed=undefined'], true, 0]);
  });

  it('releases the mutex once for a select over two conditions of it', () => {
    const told = new Record();
    const { m, c } = pair();
    const other = condition(m);
    m.tryLock();
    m.lock().subscribe(told.by('next'));
    perform(select({ c: c.wait(), other: other.wait() }), told.by('a'));
    check(c, other);
    expect([told.take(), m.locked]).toEqual([['next got undefined'], true]);
    c.notify();
    other.notify();
    m.unlock();
    check(c, other);
    expect([told.take(), m.locked]).toEqual([['a got c=undefined'], true]);
    m.unlock();
    expect(m.locked).toBe(false);
  });

  it('keeps the mutex when another case of the select is ready', () => {
    const told = new Record();
    const { m, c } = pair();
    const ch = channel<number>(1);
    ch.trySend(1);
    m.tryLock();
    perform(select({ changed: c.wait(), ch }), told.by('a'));
    expect([told.lines, m.locked]).toEqual([['a got ch=1'], true]);
  });
});

describe('6.2 one who is withdrawn from a condition', () => {
  const others = WITHDRAWALS.filter(({ how }) => how !== 'cancelling the coroutine that waits');

  it.each(others)('leaves the mutex released, by $how', ({ perform }) => {
    const told = new Record();
    const { m, c } = pair();
    virtual(() => {
      m.tryLock();
      perform(c.wait(), () => told.add('withdrawn one got it'));
      at(6, () => {
        check(c);
        told.add(`${title(c)}, ${title(m)}`);
        notify(m, c);
      });
    });
    expect(told.lines).toEqual(['condition c (m open), mutex m (open)']);
  });

  it.each(others)('leaves the line for the mutex, if it was notified, by $how', ({ perform }) => {
    const told = new Record();
    const { m, c } = pair();
    virtual(() => {
      m.tryLock();
      perform(c.wait(), () => told.add('withdrawn one got it'));
      at(1, () => {
        m.tryLock();
        c.notify();
      });
      at(6, () => {
        check(c);
        m.unlock();
        told.add(title(m));
      });
    });
    expect(told.lines).toEqual(['mutex m (open)']);
  });

  it('holds the mutex again before its finally runs, if it is a coroutine', () => {
    const told = new Record();
    const { m, c } = pair();
    virtual(() => {
      const task = go(function* () {
        yield* m.lock();
        try {
          yield* c.wait();
        } finally {
          told.add(`finally in ${frame()}, ${m.locked ? 'locked' : 'open'}`);
          m.unlock();
        }
      });
      at(1, () => m.lock().subscribe());
      at(2, () => {
        task.cancel().subscribe(() => told.add(`cancelled in ${frame()}`));
        check(c);
      });
      at(5, () => m.unlock());
    });
    check(c);
    expect(told.lines).toEqual(['finally in 5, locked', 'cancelled in 5']);
    expect(m.locked).toBe(false);
  });

  it('leaves it released if it is a step of a state owner, but to a coroutine that waits for that', () => {
    const told = new Record();
    const { m, c } = pair();
    const owner = stateOwner(0);
    const step = owner.update(() => c.wait().map(() => 1));
    m.tryLock();
    step.subscribe().unsubscribe();
    expect([m.locked, owner.pending]).toEqual([false, 0]);
    const task = go(function* () {
      yield* m.lock();
      try {
        yield* step;
      } finally {
        told.add(title(m));
        m.unlock();
      }
    });
    task.cancel();
    expect([...told.lines, task.status, m.locked, owner.pending]).toEqual(['mutex m (locked)', 'cancelled', false, 0]);
    check(m, c, owner);
  });

  it('holds it at once when nobody else does', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    const task = go(function* () {
      try {
        yield* c.wait();
      } finally {
        told.add(m.locked ? 'locked' : 'open');
        m.unlock();
      }
    });
    expect(m.locked).toBe(false);
    task.cancel();
    check(c);
    expect([told.lines, m.locked]).toEqual([['locked'], false]);
  });

  it('gets in line for it, behind those who wait already', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    const task = go(function* () {
      try {
        yield* c.wait();
      } finally {
        told.add('finally');
        m.unlock();
      }
    });
    m.tryLock();
    m.lock().subscribe(() => {
      told.add('before');
      m.unlock();
    });
    task.cancel();
    m.lock().subscribe(told.by('behind'));
    m.unlock();
    check(c);
    expect(told.lines).toEqual(['before', 'finally', 'behind got undefined']);
  });

  it.each([
    ['a deadline', (wait: () => ReturnType<Condition['wait']>) => wait().withTimeout(100)],
    ['a signal', (wait: () => ReturnType<Condition['wait']>) => wait().withSignal(new AbortController().signal)],
    ['a map', (wait: () => ReturnType<Condition['wait']>) => wait().map(() => 1)],
    ['a select', (wait: () => ReturnType<Condition['wait']>) => select({ changed: wait(), late: sleep(100) })],
    [
      'a select that waits for it twice',
      (wait: () => ReturnType<Condition['wait']>) => select({ one: wait(), two: wait() }),
    ],
    [
      'a coroutine of its own',
      (wait: () => ReturnType<Condition['wait']>) =>
        coroutine(function* () {
          yield* wait();
        }),
    ],
  ])('holds it also if the coroutine waits through %s', (_, through) => {
    const told = new Record();
    const { m, c } = pair();
    virtual(() => {
      m.tryLock();
      const task = go(function* () {
        try {
          yield* through(() => c.wait());
        } finally {
          told.add(m.locked ? 'locked' : 'open');
          m.unlock();
        }
      });
      check(c);
      expect(m.locked).toBe(false);
      at(1, () => {
        task.cancel().subscribe(() => told.add('cancelled'));
        check(c);
      });
    });
    check(c);
    expect(told.lines).toEqual(['locked', 'cancelled']);
    expect(m.locked).toBe(false);
  });

  it('holds it if it was notified, and in line for it, when it is cancelled; the notification passes on', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    const task = go(function* () {
      try {
        yield* c.wait();
      } finally {
        told.add('finally');
        m.unlock();
      }
    });
    m.tryLock();
    c.wait().subscribe(told.by('b'));
    m.tryLock();
    c.notify();
    task.cancel();
    check(c);
    expect(told.lines).toEqual([]);
    m.unlock();
    check(c);
    // The one that is passed the notification got in line first.
    expect(told.lines).toEqual(['b got undefined']);
    m.unlock();
    check(c);
    expect([told.lines, m.locked]).toEqual([['b got undefined', 'finally'], false]);
  });

  it('keeps the mutex, and goes on, if it was given it before it is cancelled', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    const task = go(function* () {
      try {
        yield* c.wait();
        told.add('goes on');
        yield* sleep(5);
        told.add('never');
      } finally {
        told.add('finally');
        m.unlock();
      }
    });
    go(function* () {
      m.tryLock();
      c.notify();
      m.unlock();
      task.cancel();
    });
    check(c);
    expect([told.lines, m.locked]).toEqual([['goes on', 'finally'], false]);
  });

  it('passes the notification on and unlocks when it leaves before it is told', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    const hasty = new Observable<never>(() => () => waiting.unsubscribe());
    const waiting = select({ changed: c.wait(), hasty }).subscribe(told.by('a'));
    m.tryLock();
    c.wait().subscribe(told.by('b'));
    notify(m, c);
    check(c);
    expect([told.lines, m.locked]).toEqual([['b got undefined'], true]);
  });

  it('is not notified, and costs no notification, when it has left before', () => {
    const told = new Record();
    const { m, c } = pair();
    m.tryLock();
    const waiting = c.wait().subscribe(told.by('a'));
    m.tryLock();
    c.wait().subscribe(told.by('b'));
    waiting.unsubscribe();
    notify(m, c);
    check(c);
    expect(told.lines).toEqual(['b got undefined']);
  });
});

describe('6.2 a condition', () => {
  it('needs the mutex locked: wait, notify and notifyAll are RangeErrors at the call without', () => {
    const { m, c } = pair();
    expect(() => c.wait()).toThrow(new RangeError('c: wait without m locked'));
    expect(() => c.notify()).toThrow(new RangeError('c: notify without m locked'));
    expect(() => c.notifyAll()).toThrow(new RangeError('c: notifyAll without m locked'));
    check(c);
    expect(m.locked).toBe(false);
  });

  it.each([0, -1, 1.5, NaN, Infinity, '1' as unknown as number])(
    'rejects to notify %s, and notifies nobody',
    (count) => {
      const told = new Record();
      const { m, c } = pair();
      m.tryLock();
      c.wait().subscribe(told.by('a'));
      m.tryLock();
      expect(() => c.notify(count)).toThrow(RangeError);
      m.unlock();
      check(c);
      expect(told.lines).toEqual([]);
    },
  );

  it('needs a mutex', () => {
    expect(() => condition(null as unknown as Mutex)).toThrow(new TypeError('condition: it needs a mutex, got null'));
    expect(() => condition({} as unknown as Mutex)).toThrow('condition: it needs a mutex, got an object');
  });

  it('does nothing before it is performed, and nothing when it is polled', () => {
    const { m, c } = pair();
    m.tryLock();
    const wait = c.wait();
    expect(m.locked).toBe(true);
    expect(poll(wait)).toEqual({ ok: false, closed: false });
    check(c);
    expect(m.locked).toBe(true);
  });

  it('does not release what the user released while the select took its places', () => {
    const { m, c } = pair();
    m.tryLock();
    const hasty = new Observable<never>(() => m.unlock());
    select({ changed: c.wait(), hasty }).subscribe();
    check(c);
    expect(m.locked).toBe(false);
  });

  it('resolves a promise holding the mutex', async () => {
    const { m, c } = pair();
    m.tryLock();
    const changed = c.wait().promise();
    notify(m, c);
    await changed;
    expect(m.locked).toBe(true);
  });

  it('makes a bounded buffer of a mutex, with coroutines that check again', () => {
    const m = mutex();
    const notEmpty = condition(m);
    const notFull = condition(m);
    const buffer: number[] = [];
    const got: number[] = [];
    virtual(() => {
      go(function* () {
        for (let i = 0; i < 50; i++) {
          yield* m.lock();
          while (buffer.length === 3) yield* notFull.wait();
          buffer.push(i);
          notEmpty.notify();
          m.unlock();
          if (i % 7 === 0) yield* sleep(1);
        }
      });
      for (let reader = 0; reader < 2; reader++) {
        go(function* () {
          while (got.length < 50) {
            yield* m.lock();
            while (buffer.length === 0 && got.length < 50) yield* notEmpty.wait();
            const value = buffer.shift();
            if (value !== undefined) got.push(value);
            notFull.notify();
            if (got.length === 50) notEmpty.notifyAll();
            m.unlock();
            check(notEmpty, notFull);
          }
        });
      }
    });
    expect(got).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(m.locked).toBe(false);
  });

  it('says how its mutex is, and how many wait; those who were notified wait for the mutex', () => {
    const { m, c } = pair();
    m.tryLock();
    const task = go(
      function* () {
        yield* c.wait();
      },
      { name: 'worker' },
    );
    expect(title(c)).toBe('condition c (m open, 1 waiting)');
    expect(title(task)).toBe('worker, waiting: wait on c');
    m.tryLock();
    expect(title(c.wait())).toBe('wait on c');
    c.notify();
    expect(title(c)).toBe('condition c (m locked)');
    expect(title(task)).toBe('worker, waiting: lock on m');
    expect(title(condition(m))).toMatch(/^condition#\d+ \(m locked\)$/);
  });
});
