// Random scripts, with random withdrawal, against slow and obviously right twins. The seed is fixed.

import fc from 'fast-check';
import type { Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  channel,
  condition,
  type Coroutine,
  go,
  mutex,
  type Operation,
  select,
  semaphore,
  sleep,
} from '../../src/index.ts';
import { PermitsModel } from '../models/permits.ts';
import { check } from '../record.ts';
import { virtual } from '../virtual.ts';
import { runs } from '../random.ts';
import { expectEqual, expectIs } from '../quick.ts';

const RUNS = runs(400, 7);

/** Performs `operation` in one of several forms; what it returns withdraws it. */
const FORMS: readonly (<T>(operation: Operation<T>, got: (value: T) => void) => () => void)[] = [
  (operation, got) => {
    const waiting = operation.subscribe(got);
    return () => {
      waiting.unsubscribe();
    };
  },
  (operation, got) => {
    const waiting = operation.withTimeout(Infinity).map(got).subscribe();
    return () => {
      waiting.unsubscribe();
    };
  },
  (operation, got) => {
    const never = channel<never>();
    const waiting = select({ never, operation: operation.map(got) }).subscribe();
    return () => {
      waiting.unsubscribe();
    };
  },
  (operation, got) => {
    const controller = new AbortController();
    operation.withSignal(controller.signal).subscribe({ next: got, error: () => undefined });
    return () => {
      controller.abort();
    };
  },
];

const form = fc.nat({ max: FORMS.length - 1 });

describe('6.1 a semaphore under random scripts', () => {
  const PERMITS = 4;
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('acquire' as const), count: fc.integer({ min: 1, max: PERMITS }), form }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('try' as const), count: fc.integer({ min: 1, max: PERMITS }), form }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('release' as const), count: fc.integer({ min: 1, max: PERMITS }), form }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('withdraw' as const), count: fc.nat({ max: 9 }), form }) },
  );

  it('does what its model does: the same are served, in the same order, and no permit is lost', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const s = semaphore(PERMITS);
        const model = new PermitsModel(PERMITS);
        const served: number[] = [];
        const withdrawals: (() => void)[] = [];
        for (const { do: what, count, form: which } of steps) {
          if (what === 'acquire') {
            const id = withdrawals.length;
            model.acquire(id, count);
            withdrawals.push(FORMS[which]!(s.acquire(count), () => served.push(id)));
          } else if (what === 'try') {
            expectIs(s.tryAcquire(count), model.tryAcquire(count));
          } else if (what === 'release') {
            const held = PERMITS - model.free;
            if (count > held) expect(() => s.release(count)).toThrow(RangeError);
            else {
              model.release(count);
              s.release(count);
            }
          } else {
            const id = model.waiting[count] ?? 0;
            model.withdraw(id);
            withdrawals[id]?.();
          }
          check(s);
          expectEqual([s.available, served], [model.free, model.served]);
          expectIs(s.pool.line.size, model.waiting.length);
        }
      }),
      RUNS,
    );
  });

  it('conserves permits though callbacks acquire, release and withdraw as they like', () => {
    const act = fc.record({
      do: fc.constantFrom('release', 'acquire', 'withdraw', 'try', 'nothing'),
      pick: fc.nat({ max: 20 }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: PERMITS }), form, act), { minLength: 1, maxLength: 25 }),
        (acts) => {
          const s = semaphore(PERMITS);
          s.tryAcquire(PERMITS);
          let held = PERMITS;
          const asked: number[] = [];
          const told: number[] = [];
          const gone = new Set<number>();
          const withdrawals: (() => void)[] = [];
          const acquire = (count: number, which: number, then: () => void): void => {
            const id = withdrawals.length;
            withdrawals.push(() => undefined);
            asked.push(id);
            withdrawals[id] = FORMS[which]!(s.acquire(count), () => {
              held += count;
              told.push(id);
              then();
            });
          };
          const release = (count: number): void => {
            held -= count;
            s.release(count);
          };
          for (const [count, which, { do: what, pick }] of acts) {
            acquire(count, which, () => {
              if (what === 'release') release(count);
              else if (what === 'acquire') acquire(1, which, () => undefined);
              else if (what === 'try' && s.tryAcquire()) held++;
              else if (what === 'withdraw') {
                const id = pick % withdrawals.length;
                if (!told.includes(id)) gone.add(id);
                withdrawals[id]!();
              }
            });
          }
          // All is given back, a few at a time, until everybody who stayed has been served.
          for (let i = 0; held > 0 && i < 1000; i++) {
            release(1 + (i % held));
            check(s);
            expectIs(s.available + held, PERMITS);
          }
          // FIFO: those who were told are all who stayed, in the order in which they asked.
          expectEqual(
            told,
            asked.filter((id) => !gone.has(id)),
          );
          expectEqual([s.available, s.pool.line.first], [PERMITS, null]);
        },
      ),
      RUNS,
    );
  });
});

describe('6.1 a mutex under coroutines that are cancelled at random', () => {
  it('is held by one at a time, served in order, and open in the end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ start: fc.nat({ max: 10 }), work: fc.nat({ max: 4 }), cancel: fc.nat({ max: 25 }) }), {
          maxLength: 15,
        }),
        (workers) => {
          const m = mutex();
          let inside = 0;
          const began: number[] = [];
          const asked: number[] = [];
          virtual(() => {
            workers.forEach(({ start, work, cancel }, id) => {
              const task = go(function* (): Coroutine<void> {
                yield* sleep(start);
                asked.push(id);
                yield* m.lock();
                began.push(id);
                expectIs(++inside, 1);
                try {
                  yield* sleep(work);
                } finally {
                  inside--;
                  m.unlock();
                  check(m);
                }
              });
              sleep(cancel).subscribe(() => {
                task.cancel();
                check(m);
              });
            });
          });
          expectEqual([inside, m.locked], [0, false]);
          expectEqual(
            began,
            asked.filter((id) => began.includes(id)),
          );
        },
      ),
      RUNS,
    );
  });
});

describe('6.2 a condition under coroutines that are cancelled, and waits that are withdrawn, at random', () => {
  it('loses no notification: as many go on as were notified and stayed', () => {
    const step = fc.record({
      do: fc.constantFrom('wait', 'wait', 'notify', 'notify two', 'withdraw', 'cancel', 'notify and withdraw'),
      pick: fc.nat({ max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const m = mutex();
        const c = condition(m);
        const waiting: number[] = [];
        const wentOn: number[] = [];
        const expected: number[] = [];
        const leave: (() => void)[] = [];
        const notify = (count: number, meanwhile: () => void): void => {
          expectIs(m.tryLock(), true);
          c.notify(count);
          check(c);
          meanwhile();
          check(c);
          m.unlock();
        };
        const goOn = (id: number) => (): void => {
          wentOn.push(id);
          m.unlock();
        };
        for (const { do: what, pick } of steps) {
          if (what === 'wait') {
            const id = leave.length;
            waiting.push(id);
            if (pick % 2 === 0) {
              m.tryLock();
              const subscription: Subscription = c.wait().subscribe(goOn(id));
              leave.push(() => {
                subscription.unsubscribe();
              });
            } else {
              const task = go(function* () {
                yield* m.lock();
                let waited = false;
                try {
                  yield* c.wait();
                  waited = true;
                } finally {
                  expectIs(m.locked, true);
                  if (waited) wentOn.push(id);
                  m.unlock();
                }
              });
              leave.push(() => {
                task.cancel();
              });
            }
          } else if (what === 'notify' || what === 'notify two') {
            const count = what === 'notify' ? 1 : 2;
            expected.push(...waiting.splice(0, count));
            notify(count, () => undefined);
          } else if (what === 'notify and withdraw') {
            // The one who is notified leaves before the mutex is unlocked: the next one has its notification.
            const first = waiting.shift();
            expected.push(...waiting.splice(0, first === undefined ? 0 : 1));
            notify(1, () => {
              if (first !== undefined) leave[first]!();
            });
          } else {
            const id = waiting[pick % Math.max(1, waiting.length)];
            if (id !== undefined) {
              waiting.splice(waiting.indexOf(id), 1);
              leave[id]!();
            }
          }
          check(c);
          expectIs(m.locked, false);
          expectEqual([wentOn.slice().sort(), c.line.size], [expected.slice().sort(), waiting.length]);
        }
      }),
      RUNS,
    );
  });
});

describe('6.3 a barrier under random arrivals and withdrawals', () => {
  it('lets each round go when so many wait, with indices in order of arrival', () => {
    const step = fc.record({
      do: fc.constantFrom('arrive', 'arrive', 'arrive', 'withdraw', 'reset'),
      pick: fc.nat({ max: 9 }),
      form,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), (parties, steps) => {
        const b = barrier(parties);
        let round: number[] = [];
        const got = new Map<number, number>();
        const expected = new Map<number, number>();
        const leave: (() => void)[] = [];
        for (const { do: what, pick, form: which } of steps) {
          if (what === 'arrive') {
            const id = leave.length;
            round.push(id);
            if (round.length === parties) {
              round.forEach((one, index) => expected.set(one, index));
              round = [];
            }
            leave.push(FORMS[which]!(b.wait(), (index) => got.set(id, index)));
          } else if (what === 'withdraw') {
            const id = round.splice(pick % Math.max(1, round.length), 1)[0];
            if (id !== undefined) leave[id]!();
          } else if (round.length === 0) {
            b.reset();
          }
          check(b);
          expectIs(b.waiting, round.length);
          expectEqual(got, expected);
        }
      }),
      RUNS,
    );
  });
});
