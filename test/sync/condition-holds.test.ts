// 6.2: a coroutine that waits for a condition holds the mutex when its `yield*` ends, by whatever.

import fc from 'fast-check';
import { type Observable, timeout, TimeoutError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  type Condition,
  condition,
  type Coroutine,
  coroutine,
  deferred,
  gather,
  go,
  type Mutex,
  mutex,
  type Operation,
  select,
  shield,
  sleep,
  until,
} from '../../src/index.ts';
import { check, Record, show } from '../record.ts';
import { runs } from '../random.ts';
import { at, frame, virtual } from '../virtual.ts';

/** Ways in which a coroutine can wait; none of them ends the wait. */
const WAYS: readonly [string, (wait: Operation<void>) => Operation<unknown>][] = [
  ['plain', (wait) => wait],
  ['behind map', (wait) => wait.map(() => 1)],
  ['behind withTimeout', (wait) => wait.withTimeout(1000)],
  ['behind withSignal', (wait) => wait.withSignal(new AbortController().signal)],
  ['behind both', (wait) => wait.withSignal(new AbortController().signal).withTimeout(1000).map(String)],
  ['behind both, the other way', (wait) => wait.map(String).withTimeout(1000).withSignal(new AbortController().signal)],
  ['as a case', (wait) => select({ idle: channel<number>(), wait })],
  ['as a case of a case', (wait) => select({ inner: select({ wait, idle: channel<number>() }).withTimeout(1000) })],
  ['in a coroutine of its own', (wait) => coroutine(() => waiting(wait))],
  ['behind until', (wait) => until(wait)],
  ['behind withRetry', (wait) => wait.withRetry({ attempts: 2 })],
  ['behind withRetry, as a case', (wait) => select({ wait: wait.withRetry({ attempts: 2 }), idle: channel<number>() })],
];

function* waiting(wait: Operation<unknown>): Coroutine<unknown> {
  return yield* wait;
}

/** What ends the wait in frame 10, and how a coroutine hears of it. */
const ENDINGS: readonly [string, (wait: Operation<unknown>) => Operation<unknown>, string][] = [
  ['a deadline', (wait) => wait.withTimeout(10), 'TimeoutError'],
  [
    'a signal',
    (wait) => {
      const controller = new AbortController();
      at(10, () => controller.abort('stop'));
      return wait.withSignal(controller.signal);
    },
    'stop',
  ],
  ['another case', (wait) => select({ wait, late: sleep(10) }), 'late=undefined'],
  [
    'another case, which fails',
    (wait) => select({ wait, late: until(deferred()).withTimeout(10), later: sleep(11) }),
    'TimeoutError',
  ],
  [
    'a case that comes with the signal of another',
    (wait) => {
      const controller = new AbortController();
      at(10, () => controller.abort('stop'));
      return select({ wait: wait.withSignal(controller.signal), other: sleep(20).withSignal(controller.signal) });
    },
    'stop',
  ],
  [
    'the lock itself, as a case that was in line',
    (wait) => select({ wait }).withTimeout(10).map(String),
    'TimeoutError',
  ],
];

interface World {
  readonly m: Mutex;
  readonly c: Condition;
  readonly told: Record;
}

function world(): World {
  const m = mutex({ name: 'm' });
  return { m, c: condition(m, { name: 'c' }), told: new Record() };
}

/** Holds the mutex from frame 3 to 30, unless somebody else has it. */
function* contender({ m, told }: World, meanwhile: () => void = () => undefined): Coroutine<void> {
  yield* sleep(3);
  yield* m.withLock(function* () {
    told.add(`other in ${frame()}`);
    meanwhile();
    yield* sleep(27);
    told.add(`other out ${frame()}`);
  });
}

const outcome = (told: Record, wait: () => Operation<unknown>): (() => Coroutine<void>) =>
  function* () {
    try {
      told.add(`${show(yield* wait())} in ${frame()}`);
    } catch (error) {
      told.add(`${show(error)} in ${frame()}`);
    } finally {
      told.add(`finally in ${frame()}`);
    }
  };

describe.each(WAYS)('6.2 a coroutine that waits for a condition, %s,', (way, through) => {
  it.each(ENDINGS)('holds the mutex again when %s ends it, which it hears of later', (_, end, expected) => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      go(function* () {
        yield* m.withLock(outcome(told, () => end(through(c.wait()))));
        told.add(`out ${frame()}`);
      });
      go(() => contender(here));
      at(4, () =>
        m.lock().subscribe(() => {
          told.add(`third in ${frame()}`);
          m.unlock();
        }),
      );
      at(11, () => check(m, c));
    });
    expect(told.lines).toEqual([
      ...['other in 3', 'other out 30', 'third in 30'],
      ...[`${expected} in 30`, 'finally in 30', 'out 30'],
    ]);
    check(m, c);
    expect([m.locked, c.line.size]).toEqual([false, 0]);
  });

  it('holds it at once when nobody else does', () => {
    const { m, c, told } = world();
    virtual(() => {
      go(function* () {
        yield* m.lock();
        try {
          yield* through(c.wait()).withTimeout(10);
        } catch {
          told.add(`${frame()}, ${m.locked ? 'locked' : 'open'}`);
        } finally {
          m.unlock();
        }
      });
      at(5, () => told.add(`5, ${m.locked ? 'locked' : 'open'}`));
    });
    expect([told.lines, m.locked]).toEqual([['5, open', '10, locked'], false]);
    check(m, c);
  });

  it('holds it before its finally runs, when it is cancelled', () => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      const task = go(() => m.withLock(outcome(told, () => through(c.wait()))));
      go(() => contender(here));
      at(10, () => task.cancel().subscribe(() => told.add(`cancelled in ${frame()}`)));
    });
    expect(told.lines).toEqual(['other in 3', 'other out 30', 'finally in 30', 'cancelled in 30']);
    check(m, c);
    expect(m.locked).toBe(false);
  });

  it('holds it before its finally runs, when it is cancelled after its deadline, and catches nothing', () => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      const task = go(() => m.withLock(outcome(told, () => through(c.wait()).withTimeout(10))));
      go(() => contender(here));
      at(20, () => task.cancel().subscribe(() => told.add(`cancelled in ${frame()}`)));
    });
    expect(told.lines).toEqual(['other in 3', 'other out 30', 'finally in 30', 'cancelled in 30']);
    check(m, c);
    expect([m.locked, c.line.size]).toEqual([false, 0]);
  });

  it('gets what another case gave it, though it is cancelled while it waits for the mutex', () => {
    const here = world();
    const { m, c, told } = here;
    const ch = channel<number>();
    virtual(() => {
      const task = go(() =>
        m.withLock(function* () {
          told.add(`${show(yield* select({ wait: through(c.wait()), ch }))} in ${frame()}`);
          yield* sleep(0);
          told.add('never');
        }),
      );
      go(() => contender(here));
      at(10, () => told.add(`sent ${ch.trySend(7)}`));
      at(20, () => task.cancel().subscribe(() => told.add(`cancelled in ${frame()}`)));
    });
    expect(told.lines).toEqual(['other in 3', 'sent true', 'other out 30', 'ch=7 in 30', 'cancelled in 30']);
    check(m, c);
    expect(m.locked).toBe(false);
  });

  it('goes on in its turn when it is notified', () => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      go(() => m.withLock(outcome(told, () => through(c.wait()).map(() => 'notified'))));
      go(() => contender(here, () => c.notify()));
    });
    expect(told.lines).toEqual(['other in 3', 'other out 30', 'notified in 30', 'finally in 30']);
    check(m, c);
    expect(m.locked).toBe(false);
  });

  it('passes a notification on that comes with its deadline, or is not used before it', () => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      go(() => m.withLock(outcome(told, () => through(c.wait()).withTimeout(10))));
      go(() => m.withLock(outcome(told, () => c.wait().map(() => 'notified'))));
      go(() => contender(here, () => c.notify()));
    });
    expect(told.lines).toEqual([
      ...['other in 3', 'other out 30'],
      ...['notified in 30', 'finally in 30'],
      ...['TimeoutError in 30', 'finally in 30'],
    ]);
    check(m, c);
    expect([way, m.locked]).toEqual([way, false]);
  });
});

describe('6.2 a coroutine whose gather of a wait fails holds the mutex again', () => {
  it('before the wait has come', () => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      go(() => m.withLock(outcome(told, () => gather([c.wait().map(String), sleep(100).withTimeout(10)]))));
      go(() => contender(here));
    });
    expect(told.lines).toEqual(['other in 3', 'other out 30', 'TimeoutError in 30', 'finally in 30']);
    check(m, c);
    expect([m.locked, c.line.size]).toEqual([false, 0]);
  });

  /** Each has what the wait gave, and waits on. */
  const AFTER: readonly [string, (wait: Operation<unknown>) => Operation<unknown>][] = [
    ['plain', (wait) => gather([wait, sleep(100)])],
    ['behind map', (wait) => gather([wait.map(String), sleep(100)]).map(String)],
    ['in a gather', (wait) => gather([gather([wait, sleep(1)]), sleep(100)])],
    ['in a select', (wait) => gather([select({ wait, idle: channel<number>() }), sleep(100)])],
    ['behind shield', (wait) => gather([shield(wait), sleep(100)])],
    ['beside a failure', (wait) => gather([wait, sleep(100).withTimeout(10)])],
    ['behind withRetry', (wait) => gather([wait, sleep(100)]).withRetry({ attempts: 2 })],
    ['as a case', (wait) => select({ all: gather([wait, sleep(100)]), idle: channel<number>() })],
  ];
  const LATE: readonly [string, (all: Operation<unknown>) => Operation<unknown>][] = [
    ['a deadline', (all) => all.withTimeout(10)],
    ['another case', (all) => select({ all, late: sleep(10) })],
    ['a cancel', (all) => all],
  ];

  it.each(LATE.flatMap((late) => AFTER.map((after) => [late[0], after[0], late[1], after[1]] as const)))(
    'though %s comes when it has been notified, %s',
    (ending, name, late, of) => {
      const { m, c, told } = world();
      virtual(() => {
        const task = go(() => m.withLock(outcome(told, () => late(of(c.wait())))));
        go(() => m.withLock(outcome(told, () => c.wait().map(() => 'passed on'))));
        at(1, () => m.withLock(() => (c.notify(), [])).subscribe());
        at(9, () => m.lock().subscribe(() => told.add(`third in ${frame()}`)));
        if (ending === 'a cancel') at(10, () => task.cancel());
        at(20, () => m.unlock());
      });
      // What the gather has failed with by then is lost on nobody.
      const heard = { 'a deadline': 'TimeoutError', 'another case': 'late=undefined', 'a cancel': null }[ending];
      const last = heard ?? (name === 'beside a failure' ? 'TimeoutError' : null);
      expect(told.lines).toEqual([
        ...['third in 10', 'passed on in 20', 'finally in 20'],
        ...(last === null ? [] : [`${last} in 20`]),
        'finally in 20',
      ]);
      check(m, c);
      expect([m.locked, c.line.size]).toEqual([false, 0]);
    },
  );
});

describe('6.2 a select over one mutex', () => {
  it.each([
    ['two conditions', (m: Mutex, c: Condition) => select({ a: c.wait(), b: condition(m).wait() })],
    ['one condition twice', (_: Mutex, c: Condition) => select({ a: c.wait(), b: c.wait() })],
    [
      'a condition, and a select of it',
      (_: Mutex, c: Condition) => select({ a: c.wait(), b: select({ c: c.wait() }) }),
    ],
    ['a condition and its lock', (m: Mutex, c: Condition) => select({ a: c.wait(), b: m.lock() })],
  ])('of %s holds it once, notified or late', (_, of) => {
    for (const late of [true, false]) {
      const here = world();
      const { m, c, told } = here;
      virtual(() => {
        go(() => m.withLock(outcome(told, () => (late ? of(m, c).withTimeout(10) : of(m, c)).map(() => 'won'))));
        go(() => contender(here, () => late || c.notifyAll()));
        at(40, () => {
          check(m, c);
          if (c.line.size > 0) m.withLock(() => (c.notifyAll(), [])).subscribe();
        });
      });
      expect(told.lines).toContainEqual(expect.stringMatching(/^(won|TimeoutError) in \d+$/));
      expect([m.locked, c.line.size]).toEqual([false, 0]);
      check(m, c);
    }
  });

  it('that is settled at once by another case keeps it', () => {
    const { m, c, told } = world();
    m.lock().subscribe(() => undefined);
    go(function* () {
      const found = yield* select({
        wait: c.wait(),
        now: coroutine(function* () {
          return 1;
        }),
      });
      told.add(`${show(found)}, ${m.locked ? 'locked' : 'open'}`);
      m.unlock();
    });
    check(m, c);
    expect([told.lines, m.locked]).toEqual([['now=1, locked'], false]);
  });
});

describe('6.2 a coroutine that tries again to wait for a condition', () => {
  const LAST: readonly [string, (tried: Operation<unknown>) => Operation<unknown>][] = [
    ['plain', (tried) => tried],
    ['behind until', (tried) => until(tried)],
    ['behind map, until and withTimeout', (tried) => until(tried.map(String)).withTimeout(1000)],
  ];

  it.each(LAST)('holds the mutex when the last wait has been withdrawn, %s', (_, through) => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      go(() =>
        m.withLock(
          outcome(told, () =>
            through(select({ wait: c.wait(), late: sleep(10).withTimeout(9) }).withRetry({ attempts: 1 })),
          ),
        ),
      );
      go(() => contender(here));
      at(20, () => check(m, c));
    });
    expect(told.lines).toEqual(['other in 3', 'other out 30', 'TimeoutError in 30', 'finally in 30']);
    expect(m.locked).toBe(false);
  });

  it.each(LAST)('has it back before it waits anew, and takes it from nobody: %s', (_, through) => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      go(() =>
        m.withLock(
          outcome(told, () =>
            through(
              c
                .wait()
                .withTimeout(10)
                .withRetry({ attempts: 2, backoff: () => 1 }),
            ),
          ),
        ),
      );
      go(() => contender(here, () => at(3, () => told.add(`${frame()}, ${m.locked ? 'locked' : 'open'}`))));
      at(11, () => told.add(`${frame()}, ${m.locked ? 'locked' : 'open'}`));
      at(35, () => told.add(`${frame()}, ${m.locked ? 'locked' : 'open'}`));
    });
    expect(told.lines).toEqual([
      ...['other in 3', '6, locked', '11, locked', 'other out 30', '35, open'],
      ...['TimeoutError in 40', 'finally in 40'],
    ]);
    check(m, c);
    expect([m.locked, c.line.size]).toEqual([false, 0]);
  });

  it.each([11, 20])('holds it before its finally, when it is cancelled between two waits, in %i', (when) => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      const task = go(() =>
        m.withLock(
          outcome(told, () =>
            c
              .wait()
              .withTimeout(10)
              .withRetry({ attempts: 2, backoff: () => 5 }),
          ),
        ),
      );
      go(() => contender(here));
      at(when, () => task.cancel().subscribe(() => told.add(`cancelled in ${frame()}`)));
    });
    expect(told.lines).toEqual(['other in 3', 'other out 30', 'finally in 30', 'cancelled in 30']);
    check(m, c);
    expect(m.locked).toBe(false);
  });

  it('leaves it released, as an observer whose last wait has been withdrawn', () => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      m.tryLock();
      c.wait()
        .withTimeout(10)
        .withRetry({ attempts: 1 })
        .subscribe({ error: () => told.add(`${frame()}, ${m.locked ? 'locked' : 'open'}`) });
    });
    expect(told.lines).toEqual(['10, open']);
  });
});

describe('6.2 a select over several conditions of one mutex', () => {
  const CASES: readonly [string, (c: Condition, d: Condition) => Operation<unknown>][] = [
    ['withRetry', (c, d) => select({ c: c.wait().withRetry({ attempts: 2 }), d: d.wait().withRetry({ attempts: 2 }) })],
    ['until', (c, d) => select({ c: until(c.wait()), d: until(d.wait()) })],
    ['a select', (c, d) => select({ x: select({ c: c.wait().withRetry({ attempts: 2 }), d: d.wait() }), e: d.wait() })],
    ['the parts of a gather', (c, d) => gather([until(c.wait()), until(d.wait())])],
  ];

  it.each(CASES)('behind %s releases it once, and not what another has got meanwhile', (_, wait) => {
    const { m, c, told } = world();
    const d = condition(m);
    const inside = new Set<string>();
    const section = (name: string): Operation<void> =>
      m.withLock(function* () {
        inside.add(name);
        told.add(`${[...inside].join('+')} in ${frame()}`);
        yield* sleep(5);
        inside.delete(name);
      });
    virtual(() => {
      go(() =>
        m.withLock(function* () {
          yield* sleep(1);
          try {
            yield* wait(c, d).withTimeout(2);
          } catch {
            inside.add('first');
            told.add(`${[...inside].join('+')} in ${frame()}`);
          }
        }),
      );
      go(section('second'));
      go(section('third'));
    });
    expect(told.lines).toEqual(['second in 1', 'third in 6', 'first in 11']);
    expect(m.locked).toBe(false);
    check(m, c, d);
  });
});

describe('6.1 withLock unlocks what its own work holds', () => {
  it.each([
    ['an operation', (c: Condition) => (): Observable<unknown> => c.wait().withTimeout(10)],
    ['an observable', (c: Condition) => (): Observable<unknown> => c.wait().pipe(timeout(10))],
    ['a case', (c: Condition) => (): Observable<unknown> => select({ wait: c.wait(), late: sleep(10) })],
  ])('and not what another has when %s that waited for a condition has left that', (_, work) => {
    const here = world();
    const { m, c, told } = here;
    virtual(() => {
      m.withLock(work(c)).subscribe({ next: () => told.add(`ended ${frame()}`), error: told.by('work').error });
      go(() => contender(here));
      at(20, () => told.add(m.locked ? 'locked' : 'open'));
    });
    expect(told.lines).toEqual([
      'other in 3',
      expect.stringMatching(/^(ended 10|work failed with TimeoutError)$/),
      ...['locked', 'other out 30'],
    ]);
    check(m, c);
    expect(m.locked).toBe(false);
  });

  it('when it is notified, whatever its work is', () => {
    for (const work of [
      (c: Condition) => (): Operation<void> => c.wait(),
      (c: Condition) => () => c.wait().pipe(timeout(1000)),
      (c: Condition) => () => gather([c.wait()]),
      (c: Condition) => () => waiting(c.wait()),
      (c: Condition) => () => waiting(coroutine(() => waiting(c.wait()))),
    ]) {
      const here = world();
      const { m, c, told } = here;
      virtual(() => {
        m.withLock(work(c)).subscribe({ complete: () => told.add(`ended ${frame()}`) });
        go(() => contender(here, () => c.notify()));
      });
      expect(told.lines).toEqual(['other in 3', 'other out 30', 'ended 30']);
      check(m, c);
      expect(m.locked).toBe(false);
    }
  });

  it('and not what another has locked when the work itself has unlocked', () => {
    const { m, told } = world();
    virtual(() => {
      m.withLock(function* () {
        m.unlock();
        yield* sleep(5);
      }).subscribe(told.all('work'));
      m.lock().subscribe(() => told.add('other has it'));
      at(6, () => told.add(m.locked ? 'locked' : 'open'));
      at(7, () => m.unlock());
    });
    expect([told.lines, m.locked]).toEqual([['other has it', 'work got undefined', 'work completed', 'locked'], false]);
  });

  it('also when its work has unlocked, and locked again', () => {
    for (const lock of [
      (m: Mutex) => m.lock(),
      (m: Mutex) => m.lock().withTimeout(100),
      (m: Mutex) => select({ m: m.lock() }),
    ]) {
      const here = world();
      const { m, told } = here;
      virtual(() => {
        m.withLock(function* () {
          m.unlock();
          yield* sleep(5);
          yield* lock(m);
          told.add(`again ${frame()}`);
        }).subscribe(told.all('work'));
        go(() => contender(here));
      });
      expect(told.lines).toEqual(['other in 3', 'other out 30', 'again 30', 'work got undefined', 'work completed']);
      check(m);
      expect(m.locked).toBe(false);
    }
  });
});

describe('6.2 conditions under random scripts', () => {
  const RUNS = runs(300, 11);
  const worker = fc.record({
    start: fc.nat({ max: 12 }),
    way: fc.nat({ max: WAYS.length - 1 }),
    end: fc.constantFrom('notified', 'deadline', 'signal', 'case', 'cancel', 'cancel late'),
    at: fc.nat({ max: 30 }),
    work: fc.nat({ max: 4 }),
    explicit: fc.boolean(),
  });
  const notifier = fc.record({
    start: fc.nat({ max: 40 }),
    hold: fc.nat({ max: 6 }),
    count: fc.integer({ min: 1, max: 3 }),
  });

  it('one at a time is inside, all get through, and no notification is lost on one who is gone', () => {
    fc.assert(
      fc.property(fc.array(worker, { maxLength: 8 }), fc.array(notifier, { maxLength: 8 }), (workers, notifiers) => {
        const m = mutex();
        const c = condition(m);
        let inside = 0;
        let begun = 0;
        let ended = 0;
        const enter = (): void => expect(++inside).toBe(1);
        const exit = (): void => {
          inside--;
        };
        virtual(() => {
          for (const { start, way, end, at: when, work, explicit } of workers) {
            const body = function* (): Coroutine<void> {
              enter();
              begun++;
              let waits = false;
              try {
                yield* sleep(work);
                let wait = WAYS[way]![1](c.wait());
                if (end === 'deadline' || end === 'cancel late') wait = wait.withTimeout(when);
                if (end === 'case') wait = select({ wait, late: sleep(when) });
                if (end === 'signal') {
                  const controller = new AbortController();
                  at(when, () => controller.abort(new TimeoutError()));
                  wait = wait.withSignal(controller.signal);
                }
                exit();
                waits = true;
                yield* wait;
                waits = false;
                enter();
                yield* sleep(work);
              } catch (error) {
                if (!(error instanceof TimeoutError)) throw error;
              } finally {
                if (waits) enter();
                check(m, c);
                exit();
                ended++;
              }
            };
            at(start, () => {
              const task = go(function* () {
                if (!explicit) {
                  yield* m.withLock(body);
                  return;
                }
                yield* m.lock();
                try {
                  yield* coroutine(body);
                } finally {
                  m.unlock();
                }
              });
              if (end === 'cancel' || end === 'cancel late') at(when + 5, () => task.cancel());
            });
          }
          for (const { start, hold, count } of notifiers) {
            at(start, () => {
              go(() =>
                m.withLock(function* () {
                  enter();
                  c.notify(count);
                  yield* sleep(hold);
                  check(m, c);
                  exit();
                }),
              );
            });
          }
          for (let late = 100; late < 110; late++) {
            at(late, () => m.withLock(() => (c.notifyAll(), [])).subscribe());
          }
        });
        expect([inside, m.locked, m.permits.line.first, c.line.first]).toEqual([0, false, null, null]);
        expect(ended).toBe(begun);
        check(m, c);
      }),
      RUNS,
    );
  });
});
