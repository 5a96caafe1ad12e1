import fc from 'fast-check';
import { asyncScheduler, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { gather, poll, rateLimiter, select, sleep, until } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { runs } from '../random.ts';
import { at, frame, virtual } from '../virtual.ts';

describe('a rate limiter', () => {
  it.each(FORMS)('6.4 the k-th start comes no earlier than per after the (k - count)-th: $form', ({ perform }) => {
    virtual(() => {
      const told = new Record();
      const api = rateLimiter(2, 10);
      for (const ms of [0, 0, 3, 7, 8, 40]) {
        at(ms, () => {
          perform(
            api.acquire().map(() => `asked at ${ms}, starts at ${frame()}`),
            told.by(''),
          );
          check(api);
        });
      }
      at(100, () =>
        expect(told.lines.map((line) => line.slice(5))).toEqual([
          'asked at 0, starts at 0',
          'asked at 0, starts at 0',
          'asked at 3, starts at 10',
          'asked at 7, starts at 10',
          'asked at 8, starts at 20',
          'asked at 40, starts at 40',
        ]),
      );
    });
  });

  it('6.4 lets no window have more, where a bucket would let twice as many through around its refill', () => {
    virtual(() => {
      const starts: number[] = [];
      const api = rateLimiter(3, 10);
      const ask = () => api.acquire().subscribe(() => starts.push(frame()));
      at(9, () => [1, 2, 3].forEach(ask));
      at(11, () => [1, 2, 3].forEach(ask));
      at(50, () => expect(starts).toEqual([9, 9, 9, 19, 19, 19]));
    });
  });

  it.each(FORMS)('6.4 withdrawn waiters use nothing up, and those behind a large one go on: $form', ({ perform }) => {
    virtual(() => {
      const told = new Record();
      const api = rateLimiter(2, 10);
      api.tryAcquire();
      const leave = perform(api.acquire(2), told.by('two'));
      perform(api.acquire(), told.by('one'));
      check(api);
      expect([told.take(), api.waiting, api.tryAcquire()]).toEqual([[], 2, false]);
      at(1, () => {
        leave();
        check(api);
        expect(told.take().filter((line) => line.startsWith('one'))).toEqual(['one got undefined']);
      });
      at(20, () => expect([api.tryAcquire(2), api.tryAcquire()]).toEqual([true, false]));
    });
  });

  it('starts several together, and is asked as a case of select and by poll', () => {
    virtual(() => {
      const told = new Record();
      const api = rateLimiter(3, 10);
      expect([poll(api.acquire(2)).ok, poll(api.acquire(2)).ok, api.tryAcquire()]).toEqual([true, false, true]);
      select({ started: api.acquire(3), late: sleep(5) }).subscribe(told.by('first'));
      select({ started: api.acquire(3), late: sleep(50) }).subscribe(told.by('second'));
      at(60, () => expect(told.lines).toEqual(['first got late=undefined', 'second got started=undefined']));
    });
  });

  it('runs nothing while nobody waits, and leaves no timer when the last has left', () => {
    const last = virtual(() => {
      const api = rateLimiter(1, 1000);
      api.tryAcquire();
      const waiting = api.acquire().subscribe();
      check(api);
      waiting.unsubscribe();
      check(api);
    });
    expect(last).toBe(0);
  });

  it('with per Infinity starts count times, and never again', () => {
    const last = virtual(() => {
      const told = new Record();
      const once = rateLimiter(1, Infinity);
      once.acquire().subscribe(told.by('first'));
      once.acquire().subscribe(told.by('second'));
      at(1e9, () => expect(told.lines).toEqual(['first got undefined']));
    });
    expect(last).toBe(1e9);
  });

  it('goes on from where it was when the clock is set back', () => {
    const { now } = asyncScheduler;
    let back = 0;
    asyncScheduler.now = () => now() - back;
    try {
      const api = rateLimiter(2, 1000);
      expect([api.tryAcquire(), api.tryAcquire(), api.tryAcquire()]).toEqual([true, true, false]);
      back = 3_600_000;
      expect(api.tryAcquire()).toBe(false);
      // A second later, on the clock that was set back.
      back -= 1001;
      expect([api.tryAcquire(), api.tryAcquire(), api.tryAcquire()]).toEqual([true, true, false]);
      check(api);
    } finally {
      asyncScheduler.now = now;
    }
  });

  it('serves 100 000 who wait, each of whom asks again in its callback, without deep stacks', () => {
    const api = rateLimiter(1, 1);
    let starts = 0;
    const last = virtual(() => {
      for (let i = 0; i < 1000; i++) api.acquire().subscribe(() => starts++);
    });
    expect([starts, last]).toEqual([1000, 999]);
    const wide = rateLimiter(200_000, 1);
    let wides = 0;
    const again = (): void => {
      if (++wides < 100_000) wide.acquire().subscribe(() => undefined);
    };
    virtual(() => {
      wide.tryAcquire(200_000);
      for (let i = 0; i < 100_000; i++) wide.acquire().subscribe(again);
    });
    expect(wides).toBe(100_000);
  });

  it('gives a start back that nobody heard of', () => {
    virtual(() => {
      const told = new Record();
      const api = rateLimiter(1, 10);
      gather([api.acquire(), until(throwError(() => new Error('no')))]).subscribe(told.by('gather'));
      check(api);
      expect([told.lines, api.tryAcquire()]).toEqual([['gather failed with no'], true]);
    });
  });

  it('is shown', () => {
    const api = rateLimiter(2, 1000, { name: 'api' });
    api.tryAcquire(2);
    const waiting = api.acquire().subscribe();
    expect([String(api), title(api.acquire())]).toEqual([
      'rateLimiter api (2/2 in 1000 ms, 1 waiting)',
      'acquire on api',
    ]);
    waiting.unsubscribe();
  });

  it.each([
    [() => rateLimiter(0, 1), /^rateLimiter: count must be an integer >= 1; got 0/],
    [() => rateLimiter(Infinity, 1), /^rateLimiter: count/],
    [() => rateLimiter(1.5, 1), /^rateLimiter: count/],
    [() => rateLimiter(1, 0), /^rateLimiter: per must be more than 0 ms; got 0/],
    [() => rateLimiter(1, NaN), /^rateLimiter: per/],
    [() => rateLimiter(1, '5' as never), /^rateLimiter: per/],
    [() => rateLimiter(2, 1, { name: 'api' }).acquire(3), /^api: acquire of 3, but at most 2 may start in 1 ms/],
    [() => rateLimiter(2, 1, { name: 'api' }).tryAcquire(3), /^api: tryAcquire of 3/],
    [() => rateLimiter(2, 1, { name: 'api' }).acquire(0), /^api: acquire: the count must be an integer >= 1; got 0/],
    [() => rateLimiter(2, 1, { name: 'api' }).tryAcquire(NaN), /^api: tryAcquire: the count/],
  ])('refuses nonsense at the call: %s', (call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });

  it('does what its model does, under random scripts: no window has more, nobody overtakes, all are as early as can be', () => {
    const step = fc.oneof(
      fc.record({ does: fc.constant('acquire' as const), n: fc.nat(2), wait: fc.nat(4), form: fc.nat(1) }),
      fc.record({
        does: fc.constantFrom('try' as const, 'withdraw' as const),
        n: fc.nat(2),
        wait: fc.nat(9),
        form: fc.nat(1),
      }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(step),
        (count, per, steps) => {
          virtual(() => {
            const api = rateLimiter(count, per);
            const starts: { id: number; at: number; n: number }[] = [];
            const asked: { id: number; at: number; n: number; left: number }[] = [];
            const leaves: (() => void)[] = [];
            let time = 0;
            for (const [id, { does, n, wait, form }] of steps.entries()) {
              time += wait;
              at(time, () => {
                if (does === 'acquire') {
                  asked.push({ id, at: frame(), n: n + 1, left: Infinity });
                  leaves[id] = FORMS[form]!.perform(api.acquire(n + 1), {
                    next: () => starts.push({ id, at: frame(), n: n + 1 }),
                    error: () => undefined,
                    complete: () => undefined,
                  });
                } else if (does === 'try') {
                  const got = api.tryAcquire(n + 1);
                  if (got) {
                    asked.push({ id, at: frame(), n: n + 1, left: Infinity });
                    starts.push({ id, at: frame(), n: n + 1 });
                  }
                } else {
                  const waiting = asked.filter(
                    (one) => !starts.some(({ id }) => id === one.id) && one.left === Infinity,
                  );
                  const chosen = waiting[n % Math.max(1, waiting.length)];
                  if (chosen !== undefined) {
                    chosen.left = frame();
                    leaves[chosen.id]?.();
                  }
                }
                check(api);
              });
            }
            at(time + 1000, () => {
              check(api);
              const served = asked.filter(({ left }) => left === Infinity);
              // Of those that start in one frame, observers are told before coroutines.
              starts.sort((a, b) => a.id - b.id);
              expect(starts.map(({ id }) => id)).toEqual(served.map(({ id }) => id));
              expect(starts.every((start, i) => i === 0 || start.at >= starts[i - 1]!.at)).toBe(true);
              // Slow and obviously right: each start as one event, in order.
              const events = starts.flatMap((start) => Array.from({ length: start.n }, () => start.at));
              for (let k = count; k < events.length; k++)
                expect(events[k]! - events[k - count]!).toBeGreaterThanOrEqual(per);
              // As early as can be, where nobody left who stood before.
              if (asked.some(({ left }) => left !== Infinity)) return;
              let before = 0;
              let done = 0;
              for (const [i, one] of served.entries()) {
                done += one.n;
                const bound = done > count ? events[done - 1 - count]! + per : 0;
                const earliest = Math.max(one.at, before, bound);
                expect(starts[i]!.at).toBe(earliest);
                before = earliest;
              }
            });
          });
        },
      ),
      runs(300),
    );
  });
});
