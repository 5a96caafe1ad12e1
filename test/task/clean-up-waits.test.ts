// 1.14, 4.2, 4.6, 5.6: what a withdrawal leaves to clean up is waited for by whoever must not go on before it.

import { map, NEVER, Observable, of, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  type Coroutine,
  coroutine,
  flow,
  forEach,
  gather,
  go,
  jobQueue,
  mutex,
  type Operation,
  queue,
  queueMap,
  select,
  semaphore,
  shield,
  singleFlight,
  sleep,
  stateOwner,
  taskGroup,
  type TaskGroupError,
  taskScope,
  until,
  withPermit,
  work,
} from '../../src/index.ts';
import { Record, show } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

/** Never ends by itself, and cleans up for 7 ms. */
function* slow(told: Record, name = 'clean'): Coroutine<never> {
  try {
    yield* sleep(Infinity);
  } finally {
    yield* sleep(7);
    told.add(`${frame()} ${name}`);
  }
  throw new Error('unreachable');
}

/** A queue with values in it. */
function filled(...values: number[]): ReturnType<typeof queue<number>> {
  const q = queue<number>();
  for (const value of values) q.trySend(value);
  return q;
}

/** What runs `slow`, each as an operation. */
const SOURCES: readonly [string, (told: Record) => Operation<unknown>][] = [
  ['a coroutine', (told) => coroutine(() => slow(told))],
  ['a coroutine in a coroutine', (told) => coroutine(() => wrapped(coroutine(() => slow(told))))],
  ['a helper of a coroutine', (told) => coroutine(() => wrapped({ [Symbol.iterator]: () => slow(told) } as never))],
  ['a group', (told) => taskGroup(() => slow(told))],
  [
    'the child of a group',
    (told) =>
      taskGroup(function* (group) {
        group.go(() => slow(told));
        yield* sleep(Infinity);
      }),
  ],
  ['a gather', (told) => gather([coroutine(() => slow(told)), sleep(Infinity)])],
  ['a select', (told) => select({ slow: coroutine(() => slow(told)), idle: channel<number>() })],
  ['withPermit', (told) => semaphore(1).withPermit(() => slow(told))],
  ['withLock', (told) => mutex().withLock(() => slow(told))],
  ['withPermit of an operation', (told) => semaphore(1).withPermit((() => coroutine(() => slow(told))) as never)],
  ['withPermit in withLock', (told) => mutex().withLock((() => semaphore(1).withPermit(() => slow(told))) as never)],
  ['a step of an owner', (told) => stateOwner<unknown>(0).update(() => slow(told))],
  ['forEach', (told) => forEach(filled(1), () => slow(told))],
  ['until(a coroutine)', (told) => until(coroutine(() => slow(told)))],
  ['until(withPermit(body))', (told) => until(semaphore(1).withPermit(() => slow(told)))],
  ['until(withPermit(operation))', (told) => until(semaphore(1).withPermit(coroutine(() => slow(told))))],
  ['until(work(queue, body))', (told) => until(work(filled(1), () => slow(told)))],
  ['until(work(queue, operation))', (told) => until(work(filled(1), () => coroutine(() => slow(told))))],
  ['until(queueMap(body))', (told) => until(of(1).pipe(queueMap(() => slow(told))))],
  ['until(queueMap(operation))', (told) => until(of(1).pipe(queueMap(() => coroutine(() => slow(told)))))],
  [
    'until(queueMap(withPermit))',
    (told) => until(of(1).pipe(queueMap(() => semaphore(1).withPermit(() => slow(told))))),
  ],
  ['until(flow(body))', (told) => until(flow(() => slow(told)))],
  ['until(queueMap of flow)', (told) => until(flow(() => slow(told)).pipe(queueMap((x) => of(x))))],
  ['a load of singleFlight', (told) => singleFlight(() => slow(told))('key')],
  ['withRetry', (told) => coroutine(() => slow(told)).withRetry({ attempts: 2 })],
  ['until(a job)', (told) => until(jobQueue(() => slow(told)).submit(1))],
  ['until(work of queueMap)', (told) => until(work(filled(1), () => of(1).pipe(queueMap(() => slow(told)))))],
  [
    'until(two operators of ours)',
    (told) =>
      until(
        work(filled(1), () => slow(told)).pipe(
          withPermit(semaphore(1)),
          queueMap((x) => of(x)),
        ),
      ),
  ],
];

function* wrapped(operation: Operation<unknown>): Coroutine<unknown> {
  return yield* operation;
}

/** Derived, and nothing else. */
const DERIVATIONS: readonly [string, (operation: Operation<unknown>) => Operation<unknown>][] = [
  ['itself', (operation) => operation],
  ['map', (operation) => operation.map(String)],
  ['withTimeout', (operation) => operation.withTimeout(1000)],
  ['withSignal', (operation) => operation.withSignal(new AbortController().signal)],
  ['map, withTimeout and withSignal', (operation) => operation.map(String).withTimeout(1000).withSignal(idle())],
  ['a select', (operation) => select({ idle: channel<number>(), operation })],
  ['until', (operation) => until(operation)],
];

function idle(): AbortSignal {
  return new AbortController().signal;
}

/** What withdraws it in frame 5, and what is heard. */
const ENDINGS: readonly [string, string, (operation: Operation<unknown>) => Operation<unknown>][] = [
  ['a deadline', 'TimeoutError', (operation) => operation.withTimeout(5)],
  ['a signal', 'stop', (operation) => operation.withSignal(aborting())],
  ['another case', 'late=undefined', (operation) => select({ operation, late: sleep(5) })],
  ['a case that fails', 'TimeoutError', (operation) => select({ operation, late: sleep(9).withTimeout(5) })],
];

function aborting(): AbortSignal {
  const controller = new AbortController();
  at(5, () => controller.abort(new Error('stop')));
  return controller.signal;
}

describe.each(SOURCES)('1.14 the clean-up of %s', (_, source) => {
  it.each(DERIVATIONS.flatMap(([by, derive]) => ENDINGS.map((ending) => [by, derive, ...ending] as const)))(
    'by %s, %#: a coroutine hears of the end after it, an observer at once',
    (_by, derive, _ending, heard, end) => {
      const told = new Record();
      virtual(() => {
        go(function* () {
          try {
            told.add(`${show(yield* end(derive(source(told))))} in ${frame()}`);
          } catch (error) {
            told.add(`${show(error)} in ${frame()}`);
          }
        });
      });
      expect(told.lines).toEqual(['12 clean', `${heard} in 12`]);
      told.take();
      virtual(() => {
        const hear = (what: unknown): void => told.add(`${show(what)} in ${frame()}`);
        end(derive(source(told))).subscribe({ next: hear, error: hear });
      });
      expect(told.lines).toEqual([`${heard} in 5`, '12 clean']);
    },
  );

  it.each(DERIVATIONS)('4.6 by %s: is waited for by one who is cancelled, a group and a scope', (_by, derive) => {
    const told = new Record();
    virtual(() => {
      const task = go(derive(source(told)));
      at(5, () => task.cancel().subscribe(() => told.add(`${frame()} ${task.status}`)));
    });
    expect(told.take()).toEqual(['12 clean', '12 cancelled']);
    virtual(() => {
      taskGroup(function* (group) {
        group.go(derive(source(told)));
        yield* sleep(5);
        throw new Error('no');
      }).subscribe({ error: (error: unknown) => told.add(`${frame()} ${show((error as TaskGroupError).errors)}`) });
    });
    expect(told.take()).toEqual(['12 clean', '12 [{}]']);
    virtual(() => {
      const scope = taskScope();
      scope.go(derive(source(told)));
      at(5, () => {
        scope.cancel();
        scope.close().subscribe({ error: () => told.add(`${frame()} closed`) });
      });
    });
    expect(told.lines).toEqual(['12 clean', '12 closed']);
  });

  it('that has ended before the gather which it is a part of is not waited for again', () => {
    const told = new Record();
    virtual(() => {
      go(function* () {
        yield* gather([select({ operation: source(told), late: sleep(5) }), sleep(20)]);
        told.add(`20 in ${frame()}`);
      });
    });
    expect(told.lines).toEqual(['12 clean', '20 in 20']);
  });

  it('cannot be passed on by an operator of RxJS: a coroutine hears at once', () => {
    const told = new Record();
    virtual(() => {
      go(function* () {
        try {
          yield* until(source(told).pipe(map(String))).withTimeout(5);
        } catch (error) {
          told.add(`${show(error)} in ${frame()}`);
        }
      });
    });
    expect(told.lines).toEqual(['TimeoutError in 5', '12 clean']);
  });
});

describe('1.14 a coroutine that waits for the clean-up behind its outcome', () => {
  /** Settled in frame 5 by `end`, and told in 12. */
  const run = (
    end: (slow: Operation<never>) => Operation<unknown>,
    meanwhile: (cancel: () => void) => void,
  ): string[] => {
    const told = new Record();
    virtual(() => {
      const task = go(function* () {
        try {
          const value = show(yield* end(coroutine(() => slow(told))));
          told.add(`${frame()} ${value}`);
          yield* sleep(0);
          told.add(`${frame()} goes on`);
        } catch (error) {
          told.add(`${frame()} caught ${show(error)}`);
          yield* sleep(0);
          told.add(`${frame()} goes on`);
        } finally {
          told.add(`${frame()} finally`);
        }
      });
      task.observe();
      meanwhile(() => task.cancel().subscribe(() => told.add(`${frame()} ${task.status}`)));
    });
    return told.lines;
  };

  it('gets a value, though it is cancelled meanwhile, and is cancelled at its next wait', () => {
    const ch = channel<number>();
    const lines = run(
      (operation) => select({ operation, ch }),
      (cancel) => {
        at(5, () => ch.trySend(1));
        at(8, cancel);
      },
    );
    expect(lines).toEqual(['12 clean', '12 ch=1', '12 finally', '12 cancelled']);
  });

  it('catches nothing when it is cancelled after its deadline: it waited when the cancel came', () => {
    const lines = run(
      (operation) => operation.withTimeout(5),
      (cancel) => at(8, cancel),
    );
    expect(lines).toEqual(['12 clean', '12 finally', '12 cancelled']);
  });

  it('the same after a case that failed', () => {
    const lines = run(
      (operation) => select({ operation, late: select({ never: channel<number>() }).withTimeout(5) }).map(String),
      (cancel) => at(8, cancel),
    );
    expect(lines).toEqual(['12 clean', '12 finally', '12 cancelled']);
  });

  it('hears of the first of two limits: the second finds that it is over', () => {
    const controller = new AbortController();
    const lines = run(
      (operation) => operation.withTimeout(5).withSignal(controller.signal).withTimeout(9),
      () => at(7, () => controller.abort('late')),
    );
    expect(lines).toEqual(['12 clean', '12 caught TimeoutError', '12 goes on', '12 finally']);
  });

  it('of an outer and an inner deadline at one moment hears of the outer', () => {
    const controller = new AbortController();
    const lines = run(
      (operation) =>
        operation
          .withSignal(controller.signal)
          .map(() => 1)
          .withTimeout(5),
      () => at(5, () => controller.abort('inner')),
    );
    expect(lines).toEqual(['12 clean', '12 caught TimeoutError', '12 goes on', '12 finally']);
  });

  it('waits for all that was withdrawn, in selects of selects', () => {
    const told = new Record();
    virtual(() => {
      go(function* () {
        const found = yield* select({
          a: select({ x: coroutine(() => slow(told, 'x')), y: sleep(5) }),
          b: select({ z: coroutine(() => slow(told, 'z')), w: coroutine(() => slow(told, 'w')).withTimeout(100) }),
        });
        told.add(`${frame()} ${found.key}`);
      });
    });
    expect(told.lines).toEqual(['12 z', '12 w', '12 x', '12 a']);
  });

  it('waits for what a part of a gather has had withdrawn, not for what the gather withdraws', () => {
    const told = new Record();
    virtual(() => {
      go(function* () {
        yield* gather([select({ x: coroutine(() => slow(told, 'x')), y: sleep(5) }), sleep(6)]);
        told.add(`${frame()} gathered`);
        try {
          yield* gather([coroutine(() => slow(told, 'withdrawn')), sleep(1).map(fail)]);
        } catch {
          told.add(`${frame()} failed`);
        }
      });
    });
    expect(told.lines).toEqual(['12 x', '12 gathered', '13 failed', '20 withdrawn']);
  });

  it('goes on at once when the clean-up has ended before it would hear', () => {
    const told = new Record();
    virtual(() => {
      go(function* () {
        yield* gather([select({ x: coroutine(() => slow(told, 'x')), y: sleep(5) }), sleep(30)]);
        told.add(`${frame()} gathered`);
      });
    });
    expect(told.lines).toEqual(['12 x', '30 gathered']);
  });

  it('hears of its own outcome though the clean-up fails, which is reported', () => {
    const told = new Record();
    const failing = coroutine(function* () {
      try {
        yield* sleep(Infinity);
      } finally {
        yield* sleep(7).map(fail);
      }
    });
    const reports = reportsOf(() => {
      go(function* () {
        try {
          yield* failing.withTimeout(5);
        } catch (error) {
          told.add(`${frame()} ${show(error)}`);
        }
        const { key } = yield* select({ failing, late: sleep(5) });
        told.add(`${frame()} ${key}`);
      });
    });
    expect(told.lines).toEqual(['12 TimeoutError', '24 late']);
    expect(reports).toEqual([new Error('no'), new Error('no')]);
  });

  it.each<[string, (wait: Operation<unknown>, failing: Operation<unknown>) => Operation<unknown>]>([
    ['a case', (wait, failing) => select({ wait, failing })],
    ['a case of a case', (wait, failing) => select({ all: select({ wait, failing }).withTimeout(100) })],
    ['a case behind until', (wait, failing) => select({ wait, failing: until(failing) })],
    ['a case behind withRetry', (wait, failing) => select({ wait, failing: failing.withRetry({ attempts: 1 }) })],
  ])('hears of the error of %s, which is lost on nobody, though it is cancelled meanwhile', (_, waits) => {
    const told = new Record();
    const reports = reportsOf(() => {
      const task = go(function* () {
        try {
          yield* waits(
            coroutine(() => slow(told)),
            until(timer(5).pipe(map(fail))),
          );
        } catch (error) {
          told.add(`${frame()} ${show(error)}`);
          throw error;
        }
      });
      task.subscribe(told.by('task'));
      at(8, () => task.cancel());
    });
    expect([told.lines, reports]).toEqual([['12 clean', '12 no', 'task failed with no'], []]);
  });

  it('fails with what the clean-up fails with when it is cancelled meanwhile', () => {
    const told = new Record();
    const failing = coroutine(function* () {
      try {
        yield* sleep(Infinity);
      } finally {
        yield* sleep(7).map(fail);
      }
    });
    const reports = reportsOf(() => {
      const task = go(() => wrapped(failing.withTimeout(5)));
      task.subscribe(told.by('task'));
      at(8, () => task.cancel());
    });
    expect([told.lines, reports]).toEqual([['task failed with no'], []]);
  });

  it('is not kept by what is shielded', () => {
    const told = new Record();
    virtual(() => {
      const task = go(() => wrapped(shield(coroutine(() => slow(told))).withTimeout(5)));
      task.subscribe({ error: (error: unknown) => told.add(`${frame()} ${show(error)}`) });
    });
    expect(told.lines).toEqual(['5 TimeoutError']);
  });

  it('learns of a deadline that has passed already when the clean-up has ended', () => {
    const told = new Record();
    virtual(() => {
      go(function* () {
        try {
          yield* coroutine(() => slow(told)).withTimeout(0);
        } catch (error) {
          told.add(`${frame()} ${show(error)}`);
        }
      });
    });
    expect(told.lines).toEqual(['7 clean', '7 TimeoutError']);
  });

  it('waits for the rest of a source of which it has the first value', () => {
    const told = new Record();
    virtual(() => {
      go(function* () {
        const source = of(1, 2).pipe(
          queueMap((x): Coroutine<number> | Observable<number> => (x === 1 ? slow(told) : of(x)), { concurrency: 2 }),
        );
        const value = yield* until(source);
        told.add(`${frame()} ${value}`);
      });
    });
    expect(told.lines).toEqual(['7 clean', '7 2']);
  });
});

function fail(): never {
  throw new Error('no');
}

describe('1.14 those who act for others go on when all has cleaned up', () => {
  const late = (told: Record): Operation<unknown> => coroutine(() => slow(told)).withTimeout(5);

  it('a semaphore: the permit is back, and the subscriber told, after it', () => {
    const told = new Record();
    virtual(() => {
      const s = semaphore(1);
      s.withPermit(() => late(told)).subscribe({ error: (error: unknown) => told.add(`${frame()} ${show(error)}`) });
      s.acquire().subscribe(() => told.add(`${frame()} next`));
    });
    expect(told.lines).toEqual(['12 clean', '12 next', '12 TimeoutError']);
  });

  it('and also when it is left meanwhile', () => {
    const told = new Record();
    virtual(() => {
      const s = semaphore(1);
      const held = s.withPermit(() => late(told)).subscribe(told.all('it'));
      s.acquire().subscribe(() => told.add(`${frame()} next`));
      at(8, () => held.unsubscribe());
    });
    expect(told.lines).toEqual(['12 clean', '12 next']);
  });

  it('an owner: the next request is served after it, though the asker has left', () => {
    for (const leaves of [false, true]) {
      const told = new Record();
      virtual(() => {
        const owner = stateOwner<unknown>(0);
        const asking = owner
          .update(() => late(told))
          .subscribe({ error: (error: unknown) => told.add(`${frame()} ${show(error)}`) });
        owner.update(() => 2).subscribe(() => told.add(`${frame()} next`));
        if (leaves) at(8, () => asking.unsubscribe());
      });
      expect(told.lines).toEqual(['12 clean', ...(leaves ? [] : ['12 TimeoutError']), '12 next']);
    }
  });

  it('5.6 work: nacks and leases the next after it', () => {
    const told = new Record();
    virtual(() => {
      const q = queue<number>({ maxAttempts: 2, onDeadLetter: () => told.add(`${frame()} dead`) });
      q.trySend(1);
      q.close();
      work(q, () => late(told)).subscribe({ complete: () => told.add(`${frame()} done`) });
    });
    expect(told.lines).toEqual(['12 clean', '24 clean', '24 dead', '24 done']);
  });

  it('5.6 work with a value that has come: it is emitted, and acked, after it', () => {
    const told = new Record();
    virtual(() => {
      const q = filled(1);
      q.join().subscribe(() => told.add(`${frame()} settled`));
      const late5 = (): Operation<unknown> => select({ slow: coroutine(() => slow(told)), late: sleep(5) });
      work(q, late5).subscribe((value) => told.add(`${frame()} ${show(value)}`));
    });
    expect(told.lines).toEqual(['12 clean', '12 late=undefined', '12 settled']);
  });
});

describe('5.6 a delivery is settled, and given back, when its handler has cleaned up', () => {
  it('so that no other worker begins before, when it is unsubscribed', () => {
    const told = new Record();
    virtual(() => {
      const q = filled(1, 2, 3);
      const first = work(q, (value) => slow(told, `clean ${value}`), { concurrency: 2 }).subscribe();
      at(5, () => first.unsubscribe());
      at(6, () => {
        const take = (value: number, { attempt }: { attempt: number }): Observable<never> => {
          told.add(`${frame()} begins ${value}, ${attempt}`);
          return NEVER;
        };
        work(q, take, { concurrency: 3 }).subscribe();
      });
    });
    expect(told.lines).toEqual(['6 begins 3, 1', ...['12 clean 1', '12 begins 1, 1', '12 clean 2', '12 begins 2, 1']]);
  });

  it('at its time by `timeout`, which counts as an attempt, also when it is unsubscribed after that', () => {
    for (const leaves of [false, true]) {
      const told = new Record();
      virtual(() => {
        const q = filled(1);
        const first = work(q, () => slow(told), { timeout: 5 }).subscribe();
        at(leaves ? 8 : 12, () => first.unsubscribe());
        at(11, () => told.add(`${frame()} ${q.size} waiting`));
        at(20, () => q.lease().subscribe(({ attempt }) => told.add(`${frame()} attempt ${attempt}`)));
      });
      expect(told.lines).toEqual(['11 0 waiting', '12 clean', '20 attempt 2']);
    }
  });

  it.each([[[3, 9, 6]], [[3, 6, 9]], [[9, 6, 3]], [[6, 3, 9]], [[0, 3, 0]], [[3, 0, 3]]])(
    'to their places by arrival, though they come back one by one, after %j ms',
    (times) => {
      const told = new Record();
      virtual(() => {
        const q = filled(1, 2, 3, 4);
        const body = function* (value: number): Coroutine<void> {
          try {
            yield* sleep(Infinity);
          } finally {
            const ms = times[value - 1] ?? 0;
            if (ms > 0) yield* sleep(ms);
          }
        };
        const first = work(q, body, { concurrency: 3 }).subscribe();
        at(5, () => first.unsubscribe());
        at(20, () => {
          for (let got = q.tryReceive(); got.ok; got = q.tryReceive()) told.add(String(got.value));
        });
      });
      expect(told.lines).toEqual(['1', '2', '3', '4']);
    },
  );

  it('and is waited for by a coroutine that goes away with the worker', () => {
    const told = new Record();
    virtual(() => {
      const q = filled(1, 2);
      const task = go(work(q, (value) => slow(told, `clean ${value}`), { concurrency: 2 }));
      at(5, () =>
        task.cancel().subscribe(() => {
          told.add(`${frame()} ended, ${q.size} waiting`);
        }),
      );
    });
    expect(told.lines).toEqual(['12 clean 1', '12 clean 2', '12 ended, 2 waiting']);
  });

  it('gives back what could not be nacked after it was left', () => {
    const reports = reportsOf(() => {
      const q = filled(1);
      const backoff = (): number => fail();
      const first = work(q, () => slow(new Record()), { timeout: 5, backoff }).subscribe({ error: fail });
      at(8, () => first.unsubscribe());
      at(20, () => expect([q.size, q.unfinished]).toEqual([1, 1]));
    });
    expect(reports).toEqual([new Error('no')]);
  });
});

describe('4.6 queueMap', () => {
  it('passes on the clean-up of those that gave way before it was left', () => {
    const told = new Record();
    virtual(() => {
      const source = new Observable<number>((subscriber) => {
        subscriber.next(1);
        at(3, () => subscriber.next(2));
      });
      const task = go(source.pipe(queueMap((x) => slow(told, `clean ${x}`), { capacity: 0, overflow: 'switch' })));
      at(5, () => task.cancel().subscribe(() => told.add(`${frame()} ended`)));
    });
    expect(told.lines).toEqual(['10 clean 1', '12 clean 2', '12 ended']);
  });

  it('passes it on when it completes, and when it fails', () => {
    const told = new Record();
    const switching = (last: () => Observable<number>): Observable<number> =>
      new Observable<number>((subscriber) => {
        subscriber.next(1);
        at(3, () => {
          subscriber.next(2);
          subscriber.complete();
        });
      }).pipe(queueMap((x) => (x === 1 ? slow(told) : last()), { capacity: 0, overflow: 'switch' }));
    virtual(() => {
      taskGroup(function* (group) {
        group.go(switching(() => of(2)));
        yield* sleep(0);
      }).subscribe(() => told.add(`${frame()} ended`));
    });
    expect(told.take()).toEqual(['10 clean', '10 ended']);
    virtual(() => {
      switching(() => of(2)).subscribe({ complete: () => told.add(`${frame()} completed`) });
    });
    expect(told.take()).toEqual(['3 completed', '10 clean']);
    virtual(() => {
      go(switching(() => new Observable((subscriber) => subscriber.error(new Error('no'))))).subscribe({
        error: () => told.add(`${frame()} failed`),
      });
    });
    expect(told.lines).toEqual(['10 clean', '10 failed']);
  });

  it('keeps nothing of a clean-up that has ended', () => {
    const told = new Record();
    virtual(() => {
      const source = new Observable<number>((subscriber) => {
        for (let i = 0; i < 100; i++) at(i, () => subscriber.next(i));
        at(150, () => subscriber.complete());
      });
      const body = function* (): Coroutine<void> {
        try {
          yield* sleep(Infinity);
        } finally {
          yield* sleep(2);
        }
      };
      const task = go(source.pipe(queueMap(body, { capacity: 0, overflow: 'switch' })));
      at(140, () => task.cancel().subscribe(() => told.add(`${frame()} ended`)));
    });
    expect(told.lines).toEqual(['142 ended']);
  });
});

describe('6.1 withPermit and withLock of a function', () => {
  const both = [
    ['withPermit', <T>(body: () => Coroutine<T>) => semaphore(1).withPermit(body)],
    ['withLock', <T>(body: () => Coroutine<T>) => mutex().withLock(body)],
  ] as const;

  it.each(both)('%s: subscribed, emit what the work emits; else give the last value', async (_, held) => {
    const many = held<number>((() => of(1, 2, 3)) as never);
    const none = held<number>((() => of()) as never);
    const told = new Record();
    many.subscribe(told.all('it'));
    none.subscribe(told.all('none'));
    go(function* () {
      told.add(`yield* ${yield* many} ${show(yield* none)}`);
      told.add(`select ${show(yield* select({ many }))}`);
      told.add(`map ${yield* many.map((x) => x * 10)}`);
    });
    many.map((x) => x * 10).subscribe(told.by('mapped'));
    expect(told.lines).toEqual([
      ...['it got 1', 'it got 2', 'it got 3', 'it completed', 'none completed'],
      ...['yield* 3 undefined', 'select many=3', 'map 30', 'mapped got 30'],
    ]);
    expect([await many.promise(), await many.promise({ signal: idle() }), await none.promise()]).toEqual([
      3,
      3,
      undefined,
    ]);
  });

  it.each(both)('%s: emits all also where a handler, a projection or other work returns it', (_, held) => {
    const many = held((() => of(1, 2)) as never);
    const told = new Record();
    work(filled(1), () => many).subscribe(told.by('work'));
    of(0)
      .pipe(queueMap(() => many))
      .subscribe(told.by('queueMap'));
    semaphore(1)
      .withPermit(() => many)
      .subscribe(told.by('withPermit'));
    jobQueue(() => many)
      .submit(0)
      .subscribe(told.by('job'));
    expect(told.lines).toEqual(
      ['work', 'queueMap', 'withPermit', 'job'].flatMap((name) => [`${name} got 1`, `${name} got 2`]),
    );
  });

  it('as a case that is withdrawn in line leaves it, and as one that has lost has released after its clean-up', () => {
    const told = new Record();
    virtual(() => {
      const s = semaphore(1);
      s.tryAcquire();
      go(function* () {
        yield* select({ held: s.withPermit(() => slow(told)), late: sleep(2) });
        told.add(`${frame()} ${s.waiting} in line`);
        s.release();
        yield* select({ held: s.withPermit(() => slow(told)), late: sleep(2) });
        told.add(`${frame()} ${s.available} free`);
      });
      at(7, () => told.add(`${frame()} ${s.available} free`));
    });
    expect(told.lines).toEqual(['2 0 in line', '7 0 free', '11 clean', '11 1 free']);
  });

  it('gives back what it was given when it is withdrawn before it hears of it', () => {
    const s = semaphore(2);
    const m = mutex();
    for (const [take, give, held, free] of [
      [() => s.tryAcquire(2), () => s.release(2), s.withPermit(() => slow(new Record())), () => s.available === 2],
      [() => m.tryLock(), () => m.unlock(), m.withLock(() => slow(new Record())), () => !m.locked],
    ] as const) {
      const told = new Record();
      virtual(() => {
        take();
        // Both are served by one release; the first to be told has the second withdrawn.
        const first = held.subscribe();
        const second = select({ held }).subscribe();
        at(1, () => {
          give();
          second.unsubscribe();
          first.unsubscribe();
        });
        at(20, () => told.add(String(free())));
      });
      expect(told.lines).toEqual(['true']);
    }
  });

  it('is polled without starting anything while it would wait', () => {
    const s = semaphore(1);
    s.tryAcquire();
    let called = 0;
    const held = s.withPermit(function* () {
      called++;
    });
    go(function* () {
      yield* select({ held, now: sleep(0) });
    }).cancel();
    expect([called, s.waiting]).toEqual([0, 0]);
  });
});
