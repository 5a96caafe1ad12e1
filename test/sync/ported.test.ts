// Behaviours that the tests of asyncio, x/sync and trio hold, beyond those that ours had already. See test/behaviours.md.

import { TimeoutError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  barrier,
  BrokenBarrierError,
  condition,
  type Coroutine,
  deferred,
  gate,
  go,
  latch,
  mutex,
  semaphore,
  sleep,
} from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { at, virtual } from '../virtual.ts';

// The clock stands still: a busy machine does not spend a turn's budget.
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('asyncio: Lock', () => {
  it('goes to the next in line when the first is cancelled in the turn in which the holder ends', () => {
    const told = new Record();
    const m = mutex();
    const work = function* (name: string, until: ReturnType<typeof deferred<void>> | null): Coroutine<void> {
      yield* m.lock();
      told.add(name);
      try {
        if (until !== null) yield* until;
      } finally {
        m.unlock();
      }
    };
    const end = deferred<void>();
    go(() => work('a', end));
    const b = go(() => work('b', null));
    go(() => work('c', null));
    go(function* () {
      end.resolve();
      b.cancel();
      check(m);
    });
    check(m);
    expect([told.lines, b.status, m.locked]).toEqual([['a', 'c'], 'cancelled', false]);
  });

  it('is taken once when a waiter is cancelled and the lock is released in one turn', () => {
    const m = mutex();
    let taken = 0;
    m.tryLock();
    const tasks = [1, 2, 3].map(() =>
      go(function* () {
        yield* m.lock();
        taken++;
      }),
    );
    go(function* () {
      tasks[0]!.cancel();
      m.unlock();
    });
    check(m);
    expect([taken, tasks.map(({ status }) => status)]).toEqual([1, ['cancelled', 'resolved', 'pending']]);
  });
});

describe('asyncio: Semaphore', () => {
  it('can be acquired after one who waited was cancelled by the one who released', () => {
    const s = semaphore(1);
    let entered = false;
    virtual(() => {
      go(function* () {
        yield* s.acquire();
        yield* sleep(0);
        s.release();
        second.cancel();
      });
      const second = go(function* () {
        yield* s.acquire();
        try {
          entered = true;
          yield* sleep(0);
        } finally {
          s.release();
        }
      });
      at(5, () => {
        check(s);
        expect(second.status).toBe('cancelled');
      });
    });
    // It had its permit when it was cancelled, and gives it back at its next wait.
    expect([entered, s.tryAcquire()]).toEqual([true, true]);
  });

  it('is served in the order of asking, also to those who ask again', () => {
    const told = new Record();
    const s = semaphore(1);
    virtual(() => {
      for (const name of ['a', 'b', 'c']) {
        go(function* () {
          for (const round of [1, 2]) {
            yield* s.acquire();
            told.add(`${name}${round}`);
            yield* sleep(10);
            s.release();
            check(s);
          }
        });
      }
    });
    expect(told.lines).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
  });

  it('puts one who releases and acquires again in the same turn behind those who wait', () => {
    const told = new Record();
    const s = semaphore(1);
    s.tryAcquire();
    const take = (name: string) =>
      function* (): Coroutine<void> {
        yield* s.acquire();
        told.add(name);
      };
    go(function* () {
      yield* take('first')();
      s.release();
      yield* take('first again')();
    });
    go(take('second'));
    s.release();
    expect(told.take()).toEqual(['first', 'second']);
    s.release();
    check(s);
    expect(told.take()).toEqual(['first again']);
  });
});

describe('asyncio: Condition', () => {
  it('is waited for until a predicate holds', () => {
    const told = new Record();
    const m = mutex();
    const c = condition(m);
    let ready = false;
    go(function* () {
      yield* m.lock();
      while (!ready) yield* c.wait();
      told.add('went on');
      m.unlock();
    });
    const notify = (): void => {
      m.tryLock();
      c.notify();
      m.unlock();
      check(c);
    };
    notify();
    expect(told.lines).toEqual([]);
    ready = true;
    notify();
    expect([told.lines, m.locked]).toEqual([['went on'], false]);
  });

  it('notifies no more than wait, however many it is told', () => {
    const told = new Record();
    const m = mutex();
    const c = condition(m);
    for (const name of ['a', 'b', 'c']) {
      go(function* () {
        yield* m.lock();
        yield* c.wait();
        told.add(name);
        m.unlock();
      });
    }
    m.tryLock();
    c.notify(1);
    c.notify(2048);
    m.unlock();
    check(c);
    expect([told.lines, m.locked]).toEqual([['a', 'b', 'c'], false]);
  });

  it('holds the mutex again when a wait has timed out', () => {
    const told = new Record();
    const m = mutex();
    const c = condition(m);
    virtual(() => {
      go(function* () {
        yield* m.lock();
        try {
          yield* c.wait().withTimeout(5);
        } catch (error) {
          told.add(error instanceof TimeoutError ? `late, ${m.locked ? 'locked' : 'released'}` : 'wrong');
        }
        m.unlock();
      });
    });
    check(c);
    expect([told.lines, m.locked]).toEqual([['late, locked'], false]);
  });
});

describe('asyncio: Barrier', () => {
  const PARTIES = 5;

  it('lets the same tasks through twice, each time with every place taken once', () => {
    const b = barrier(PARTIES);
    const first: number[] = [];
    const second: number[] = [];
    for (let i = 0; i < PARTIES; i++) {
      go(function* () {
        first.push(yield* b.wait());
        second.push(yield* b.wait());
      });
    }
    check(b);
    expect([first.sort(), second.sort(), b.waiting]).toEqual([[0, 1, 2, 3, 4], [0, 1, 2, 3, 4], 0]);
  });

  it('does not hold up those of the last round by some who wait for the next already', () => {
    const b = barrier(PARTIES);
    const others = barrier(PARTIES - 2);
    let again = 2;
    const tasks = Array.from({ length: PARTIES }, () =>
      go(function* () {
        yield* b.wait();
        if (again > 0) {
          again--;
          yield* b.wait();
          return;
        }
        yield* others.wait();
        yield* b.wait();
      }),
    );
    check(b, others);
    expect(tasks.map(({ status }) => status)).toEqual(Array.from({ length: PARTIES }, () => 'resolved'));
  });

  it('differs where it is reset, or aborted, by one who was let go: the others were let go as well', () => {
    for (const end of ['reset', 'abort'] as const) {
      const told = new Record();
      const b = barrier(3);
      for (const name of ['a', 'b', 'c']) {
        go(function* () {
          const place = yield* b.wait();
          told.add(`${name} ${place}`);
          if (place === 0) b[end]();
        });
      }
      check(b);
      expect([told.lines.sort(), b.isBroken]).toEqual([['a 0', 'b 1', 'c 2'], end === 'abort']);
    }
  });

  it('is waited for again by those whom a reset has failed', () => {
    const told = new Record();
    const b = barrier(3);
    for (const name of ['a', 'b']) {
      go(function* () {
        try {
          yield* b.wait();
        } catch (error) {
          told.add(error instanceof BrokenBarrierError ? `${name} reset` : 'wrong');
        }
        told.add(`${name} ${yield* b.wait()}`);
      });
    }
    b.reset();
    check(b);
    expect([told.take(), b.waiting]).toEqual([['a reset', 'b reset'], 2]);
    b.wait().subscribe();
    expect(told.take()).toEqual(['a 0', 'b 1']);
  });

  it('fails all who wait when one of the parties gives up and aborts', () => {
    const b = barrier(PARTIES);
    const broken: string[] = [];
    for (let i = 0; i < PARTIES; i++) {
      go(function* () {
        const place = yield* b.wait();
        if (place === 2) {
          b.abort();
          return;
        }
        try {
          yield* b.wait();
        } catch (error) {
          broken.push((error as Error).name);
        }
      });
    }
    check(b);
    expect([broken.length, new Set(broken), b.isBroken]).toEqual([PARTIES - 1, new Set(['BrokenBarrierError']), true]);
  });
});

describe('x/sync: Weighted', () => {
  it('serves requests of all sizes, over and over, and has all its permits in the end', () => {
    const n = 6;
    const s = semaphore(n);
    let loops = 0;
    virtual(() => {
      for (let size = 1; size <= n; size++) {
        go(function* () {
          for (let i = 0; i < 200; i++) {
            yield* s.acquire(size);
            yield* sleep((size * 13 + i) % 4);
            s.release(size);
            check(s);
            loops++;
          }
        });
      }
    });
    expect([loops, s.available]).toEqual([n * 200, n]);
  });

  it('does not starve a large request by small ones that come and go for ever', () => {
    const n = 8;
    const s = semaphore(n);
    const over = latch(n);
    let running = true;
    virtual(() => {
      for (let i = 0; i < n; i++) {
        go(function* () {
          yield* s.acquire();
          while (running) {
            yield* sleep(1);
            s.release();
            yield* s.acquire();
          }
          s.release();
          over.done();
        });
      }
      go(function* () {
        yield* s.acquire(n);
        running = false;
        s.release(n);
      });
    });
    check(s, over);
    expect([over.count, s.available]).toEqual([0, n]);
  });

  it('lets small requests go when the large one before them gives up', () => {
    const told = new Record();
    const s = semaphore(10);
    s.tryAcquire();
    virtual(() => {
      s.acquire(10).withTimeout(300).subscribe(told.by('large'));
      at(100, () => {
        s.acquire().subscribe(told.by('small'));
      });
    });
    check(s);
    expect(told.lines).toEqual(['large failed with TimeoutError', 'small got undefined']);
  });
});

describe('trio', () => {
  it('Condition: notified waiters stand in the line of the lock', () => {
    const m = mutex({ name: 'm' });
    const c = condition(m, { name: 'c' });
    for (let i = 0; i < 3; i++) {
      go(function* () {
        yield* m.lock();
        yield* c.wait();
        m.unlock();
      });
    }
    m.tryLock();
    c.notify(2);
    check(c);
    expect([c.toString(), m.toString()]).toEqual(['condition c (m locked, 1 waiting)', 'mutex m (locked, 2 waiting)']);
  });

  it('Lock: workers that queue again and again take turns', () => {
    const m = mutex();
    const order: number[] = [];
    virtual(() => {
      for (let i = 0; i < 3; i++) {
        go(function* () {
          for (let k = 0; k < 5; k++) {
            yield* m.lock();
            order.push(i);
            yield* sleep(0);
            m.unlock();
          }
        });
      }
    });
    check(m);
    expect(order).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });

  it('Event: one that is set passes at once, and wakes all who slept', () => {
    const told = new Record();
    const g = gate();
    for (const name of ['a', 'b']) {
      go(function* () {
        told.add(`${name} sleeps`);
        yield* g.wait();
        told.add(`${name} woke`);
      });
    }
    g.set();
    check(g);
    expect(told.lines).toEqual(['a sleeps', 'b sleeps', 'a woke', 'b woke']);
  });
});
