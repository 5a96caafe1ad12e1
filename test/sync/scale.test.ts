// Very many of everything: what is left behind, and how deep the stack gets.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NEVER, of } from 'rxjs';
import { turn } from '../../src/core/turn.ts';
import {
  barrier,
  condition,
  type Coroutine,
  gate,
  go,
  latch,
  mutex,
  type Operation,
  select,
  semaphore,
} from '../../src/index.ts';
import { check } from '../record.ts';

const TIMES = 100_000;
const FEWER = TIMES / 10;

// The clock stands still: turns that go on for long are not cut.
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect([turn.depth, turn.ready.first, turn.duties.length, vi.getTimerCount()]).toEqual([0, null, 0, 0]);
  vi.useRealTimers();
});

describe('1.13 nothing is left behind by 100 000 who are withdrawn', () => {
  const s = semaphore(2);
  const m = mutex();
  const c = condition(m);
  const l = latch(1);
  const g = gate();
  const b = barrier(2);
  s.tryAcquire(2);
  const places: readonly [string, () => Operation<unknown>, () => number][] = [
    ['a semaphore', () => s.acquire(2), () => s.pool.line.count()],
    ['a latch', () => l.wait(), () => l.list.size],
    ['a gate', () => g.wait(), () => g.list.size],
    ['a barrier', () => b.wait(), () => b.waiting],
    [
      'a condition',
      () => {
        m.tryLock();
        return c.wait();
      },
      () => c.line.count() + m.permits.line.count(),
    ],
  ];

  it.each(places)('from the line of %s', (_, wait, waiting) => {
    for (let i = 0; i < TIMES; i++) wait().subscribe().unsubscribe();
    check(s, m, c, l, g, b);
    expect(waiting()).toBe(0);
  });

  it.each(places)('from all over the line of %s', (name, wait, waiting) => {
    const times = name === 'a barrier' ? 1 : TIMES;
    const all = Array.from({ length: times }, () => wait().subscribe());
    expect(waiting()).toBe(times);
    // 7919 is prime to the length: every one is reached, far from the last.
    for (let i = 0; i < times; i++) all[(i * 7919) % times]!.unsubscribe();
    check(s, m, c, l, g, b);
    expect(waiting()).toBe(0);
  });

  it.each(places)('from %s, having lost a select', (_, wait, waiting) => {
    const now = gate();
    for (let i = 0; i < FEWER; i++) {
      select({ wait: wait(), now: now.wait() }).subscribe();
      now.set();
      now.clear();
    }
    check(s, m, c, l, g, b, now);
    expect([waiting(), now.list.size]).toEqual([0, 0]);
  });

  it.each(places)('from %s, by a deadline that never comes', (_, wait, waiting) => {
    for (let i = 0; i < FEWER; i++) wait().withTimeout(1000).subscribe().unsubscribe();
    check(s, m, c, l, g, b);
    expect(waiting()).toBe(0);
  });

  it('from work under a permit', () => {
    const one = semaphore(1);
    for (let i = 0; i < FEWER; i++) {
      one.withPermit(NEVER).subscribe().unsubscribe();
      m.withLock(function* (): Coroutine<void> {
        yield* l.wait();
      })
        .subscribe()
        .unsubscribe();
    }
    check(one, m);
    expect([one.available, m.locked, l.list.size]).toEqual([1, false, 0]);
  });
});

describe('1.5 the stack does not grow with the number of those who wait', () => {
  it('when 100 000 are released at once', () => {
    const s = semaphore(TIMES);
    const g = gate();
    const b = barrier(2 * TIMES + 1);
    let told = 0;
    const note = (): void => {
      told++;
    };
    s.tryAcquire(TIMES);
    for (let i = 0; i < TIMES; i++) {
      s.acquire().subscribe(note);
      g.wait().subscribe(note);
      b.wait().subscribe(note);
      go(function* () {
        yield* b.wait();
        note();
      });
    }
    s.release(TIMES);
    expect(told).toBe(TIMES);
    g.set();
    expect(told).toBe(2 * TIMES);
    b.wait().subscribe(note);
    check(s, g, b);
    expect(told).toBe(4 * TIMES + 1);
  });

  it('when each of 100 000 releases in its callback', () => {
    const s = semaphore(1);
    const m = mutex();
    let told = 0;
    s.tryAcquire();
    m.tryLock();
    for (let i = 0; i < TIMES; i++) {
      s.acquire().subscribe(() => {
        told++;
        s.release();
      });
      m.lock().subscribe(() => {
        told++;
        m.unlock();
      });
    }
    s.release();
    m.unlock();
    check(s, m);
    expect([told, s.available, m.locked]).toEqual([2 * TIMES, 1, false]);
  });

  it('when 100 000 work under one permit, one after the other', () => {
    const s = semaphore(1);
    let told = 0;
    s.tryAcquire();
    for (let i = 0; i < TIMES; i++) s.withPermit(of(1)).subscribe(() => told++);
    for (let i = 0; i < FEWER; i++) {
      s.withPermit(function* (): Coroutine<number> {
        return 1;
      }).subscribe(() => told++);
    }
    s.release();
    check(s);
    expect([told, s.available]).toEqual([TIMES + FEWER, 1]);
  });

  it('when 100 000 large requests at the head are withdrawn one after the other, by those behind them', () => {
    const s = semaphore(2);
    let told = 0;
    s.tryAcquire();
    const large: { unsubscribe(): void }[] = [];
    for (let i = 0; i < TIMES; i++) {
      large.push(s.acquire(2).subscribe());
      s.acquire().subscribe(() => {
        told++;
        s.release();
        large[i + 1]?.unsubscribe();
      });
    }
    large[0]!.unsubscribe();
    check(s);
    expect([told, s.available]).toEqual([TIMES, 1]);
  });

  it('when two coroutines pass a mutex to and fro 100 000 times', () => {
    const m = mutex();
    let passed = 0;
    for (let i = 0; i < 2; i++) {
      go(function* () {
        for (let k = 0; k < TIMES; k++) {
          yield* m.lock();
          passed++;
          m.unlock();
        }
      });
    }
    check(m);
    expect(passed).toBe(2 * TIMES);
  });

  it('when two coroutines wake each other through conditions 100 000 times', () => {
    const m = mutex();
    const ping = condition(m);
    const pong = condition(m);
    let turns = 0;
    const player = (mine: typeof ping, other: typeof ping, parity: number) =>
      function* (): Coroutine<void> {
        yield* m.lock();
        while (turns < TIMES) {
          if (turns % 2 === parity) {
            turns++;
            other.notify();
          } else yield* mine.wait();
        }
        other.notify();
        m.unlock();
      };
    go(player(ping, pong, 0));
    go(player(pong, ping, 1));
    check(ping, pong);
    expect([turns, m.locked]).toEqual([TIMES, false]);
  });

  it('when 100 000 are notified at once, and each unlocks', () => {
    const m = mutex();
    const c = condition(m);
    let told = 0;
    for (let i = 0; i < TIMES; i++) {
      m.tryLock();
      c.wait().subscribe(() => {
        told++;
        m.unlock();
      });
    }
    m.tryLock();
    c.notifyAll();
    m.unlock();
    check(c);
    expect([told, m.locked]).toEqual([TIMES, false]);
  });
});
