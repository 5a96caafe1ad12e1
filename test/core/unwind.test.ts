import { NEVER, Observable, of, take } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  channel,
  type Coroutine,
  coroutine,
  forEach,
  go,
  jobQueue,
  mutex,
  queue,
  queueMap,
  select,
  semaphore,
  shield,
  sleep,
  stateOwner,
  type Task,
  taskGroup,
  taskScope,
  work,
} from '../../src/index.ts';
import { shared } from '../../src/core/shared.ts';
import { turn } from '../../src/core/turn.ts';
import { Record, show } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

const intrinsic = Object.getPrototypeOf(function* () {}.prototype) as Generator;
const descriptor = Object.getOwnPropertyDescriptor(intrinsic, 'return');

let told = new Record();
afterEach(() => {
  told = new Record();
  expect(Object.getOwnPropertyDescriptor(intrinsic, 'return')).toEqual(descriptor);
  expect([turn.depth, turn.current, turn.ready.first]).toEqual([0, null, null]);
});

function note(what: string): void {
  told.add(`${what} at ${frame()}`);
}

/** Waits; then its finally block waits. */
function* helper(name = 'helper', ms = 10): Coroutine<string> {
  try {
    yield* sleep(1000);
    return 'value';
  } finally {
    note(`${name} cleans up`);
    yield* sleep(ms);
    note(`${name} has cleaned up`);
  }
}

function outcome(task: Task<unknown>): string {
  try {
    return `${task.status} ${show(task.result())}`;
  } catch (error) {
    return `${task.status} ${show(error)}`;
  }
}

/** Starts `body`, cancels it at 3: how it ended, and what was reported. */
function cancelled(body: () => Coroutine<unknown>, cancelAt = 3): string {
  let task!: Task<unknown>;
  const reported = reportsOf(() => {
    task = go(body);
    task.subscribe({ error: () => undefined });
    at(cancelAt, () => task.cancel('stop').subscribe(() => note('cancelled')));
  });
  for (const error of reported) told.add(`reported ${show(error)}`);
  return outcome(task);
}

const CLEANED = ['helper cleans up at 3', 'helper has cleaned up at 13'];

describe('4.2 a cancel unwinds every generator', () => {
  it('behind a helper whose finally block waits no statement runs', () => {
    const end = cancelled(function* () {
      yield* helper();
      note('charged');
      yield* sleep(50);
      note('more');
    });
    expect(end).toBe('cancelled CancelledError(stop)');
    expect(told.lines).toEqual([...CLEANED, 'cancelled at 13']);
  });

  it('an endless loop over one ends', () => {
    cancelled(function* () {
      for (;;) yield* helper();
    });
    expect(told.lines).toEqual([...CLEANED, 'cancelled at 13']);
  });

  it.each([1, 2, 3, 10, 2000])('%s of them, innermost first, each when the one inside has ended', (depth) => {
    function* nest(n: number): Coroutine<void> {
      try {
        if (n === depth) yield* sleep(1000);
        else yield* nest(n + 1);
        note('went on');
      } catch {
        note('caught');
      } finally {
        yield* sleep(1);
        if (n <= 10) note(`${n}`);
      }
    }
    expect(cancelled(() => nest(1))).toBe('cancelled CancelledError(stop)');
    const expected = [];
    for (let n = Math.min(depth, 10); n >= 1; n--) expected.push(`${n} at ${3 + depth - n + 1}`);
    expect(told.lines).toEqual([...expected, `cancelled at ${3 + depth}`]);
  });

  it('whose finally blocks do not wait, too', () => {
    cancelled(function* () {
      try {
        yield* helper('inner', 0);
      } finally {
        note('outer');
      }
    });
    expect(told.lines).toEqual(['inner cleans up at 3', 'inner has cleaned up at 3', 'outer at 3', 'cancelled at 3']);
  });

  it('that wait in several finally blocks, of one generator and of several', () => {
    function* inner(): Coroutine<void> {
      try {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(1);
          note('first');
        }
      } finally {
        yield* sleep(1);
        note('second');
      }
    }
    cancelled(function* () {
      try {
        yield* inner();
      } finally {
        yield* sleep(1);
        note('third');
        yield* sleep(1);
        note('fourth');
      }
    });
    expect(told.lines).toEqual(['first at 4', 'second at 5', 'third at 6', 'fourth at 7', 'cancelled at 7']);
  });

  it('a finally block may delegate: what it runs is run to its end, its statements too', () => {
    function* tidy(): Coroutine<void> {
      try {
        yield* sleep(1);
        note('tidied');
      } finally {
        yield* sleep(1);
      }
      note('tidy');
    }
    function* inner(): Coroutine<void> {
      try {
        yield* sleep(1000);
      } finally {
        yield* tidy();
        note('inner');
      }
    }
    cancelled(function* () {
      try {
        yield* inner();
        note('went on');
      } finally {
        yield* tidy();
        note('outer');
      }
    });
    expect(told.lines).toEqual([
      'tidied at 4',
      'tidy at 5',
      'inner at 5',
      'tidied at 6',
      'tidy at 7',
      'outer at 7',
      'cancelled at 7',
    ]);
  });

  it('a helper that fails in its finally block: no catch around it sees that, and it is the failure of the task', () => {
    function* failing(name: string): Coroutine<void> {
      try {
        yield* sleep(1000);
      } finally {
        yield* sleep(1);
        // eslint-disable-next-line no-unsafe-finally -- a clean-up that fails is what is tested
        throw new Error(name);
      }
    }
    const end = cancelled(function* () {
      try {
        try {
          yield* failing('inner');
        } catch {
          note('caught');
        } finally {
          note('finally');
        }
      } finally {
        yield* sleep(1);
        // eslint-disable-next-line no-unsafe-finally -- the same
        throw new Error('outer');
      }
    });
    expect(end).toBe('rejected inner');
    expect(told.lines).toEqual(['finally at 4', 'cancelled at 5', 'reported outer']);
  });

  it('an error that all of them pass on is one error', () => {
    const boom = new Error('boom');
    function* nest(n: number): Coroutine<void> {
      try {
        if (n === 0) yield* sleep(1000);
        else yield* nest(n - 1);
      } finally {
        yield* sleep(1);
        // eslint-disable-next-line no-unsafe-finally -- a clean-up that fails is what is tested
        throw boom;
      }
    }
    expect(cancelled(() => nest(3))).toBe('rejected boom');
    expect(told.lines).toEqual(['cancelled at 7']);
  });

  it("what a helper's finally block returns or breaks is swallowed in there, and nowhere else", () => {
    function* swallowing(): Coroutine<string> {
      for (;;) {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(1);
          // eslint-disable-next-line no-unsafe-finally -- what the language does is tested
          break;
        }
      }
      note('behind the break');
      yield* sleep(1);
      return 'kept going';
    }
    const end = cancelled(function* () {
      try {
        note(yield* swallowing());
      } finally {
        note('finally');
        // eslint-disable-next-line no-unsafe-finally -- the same
        return 'whatever';
      }
    });
    expect(end).toBe('cancelled CancelledError(stop)');
    expect(told.lines).toEqual(['behind the break at 4', 'finally at 5', 'cancelled at 5']);
  });

  it('a finally block that was waiting already is cut there, and those around it run', () => {
    function* inner(): Coroutine<void> {
      try {
        yield* sleep(1);
      } finally {
        note('inner begins');
        yield* sleep(1000);
        note('never');
      }
    }
    cancelled(function* () {
      try {
        yield* inner();
        note('never');
      } finally {
        yield* sleep(1);
        note('outer');
      }
    });
    expect(told.lines).toEqual(['inner begins at 1', 'outer at 4', 'cancelled at 4']);
  });

  it('a second cancel while they clean up changes nothing', () => {
    virtual(() => {
      const task = go(function* () {
        try {
          yield* helper();
        } finally {
          yield* helper2();
        }
      });
      function* helper2(): Coroutine<void> {
        yield* sleep(10);
        note('second');
      }
      for (const ms of [3, 4, 13, 14]) at(ms, () => task.cancel(ms));
    });
    expect(told.lines).toEqual([...CLEANED, 'second at 23']);
  });

  it('one that cancels itself, at its next wait, in whatever helper that is', () => {
    function* inner(task: Task<void>): Coroutine<void> {
      try {
        task.cancel();
        note('goes on');
        yield* sleep(0);
        note('never');
      } finally {
        yield* sleep(1);
        note('inner');
      }
    }
    virtual(() => {
      const task: Task<void> = go(function* () {
        yield* sleep(1);
        try {
          yield* inner(task);
          note('never');
        } finally {
          note('outer');
        }
      });
    });
    expect(told.lines).toEqual(['goes on at 1', 'inner at 2', 'outer at 2']);
  });

  it('one that was settled and is cancelled before it runs gets its value, and is cancelled at its next wait', () => {
    const ch = channel<number>();
    virtual(() => {
      function* inner(): Coroutine<void> {
        try {
          for (;;) note(`got ${yield* ch.receive()}`);
        } finally {
          yield* sleep(1);
          note('inner');
        }
      }
      const task = go(function* () {
        yield* inner();
        note('never');
      });
      go(function* () {
        ch.trySend(1);
        task.cancel();
      });
    });
    expect(told.lines).toEqual(['got 1 at 0', 'inner at 1']);
    expect(ch.receivers.first).toBe(null);
  });

  it('one that waits for a coroutine: the clean-up of that comes first, and its failure is that of the task', () => {
    const end = cancelled(function* () {
      function* inner(): Coroutine<void> {
        try {
          yield* coroutine(function* () {
            try {
              yield* helper();
            } finally {
              // eslint-disable-next-line no-unsafe-finally -- a clean-up that fails is what is tested
              throw new Error('boom');
            }
          });
        } catch {
          note('caught');
        } finally {
          note('inner');
          yield* sleep(1);
        }
      }
      try {
        yield* inner();
      } finally {
        note('outer');
      }
    });
    expect(end).toBe('rejected boom');
    expect(told.lines).toEqual([...CLEANED, 'inner at 13', 'outer at 14', 'cancelled at 14']);
  });

  it('a plain yield in a finally block is a TypeError there, and the failure', () => {
    const end = cancelled(function* () {
      try {
        yield* (function* (): Coroutine<void> {
          try {
            yield* sleep(1000);
          } finally {
            yield* sleep(1);
            yield undefined as never;
          }
        })();
      } finally {
        note('outer');
      }
    });
    expect(end).toBe('rejected TypeError');
    expect(told.lines).toEqual(['outer at 4', 'cancelled at 4']);
  });
});

/** What is cancelled at 3; then nothing may be told but the clean-up. */
type Body = () => Coroutine<void>;

function* body(): Coroutine<void> {
  for (;;) {
    yield* helper();
    note('went on');
  }
}

describe('4.2 whoever cancels', () => {
  it.each<[string, (make: Body) => void]>([
    ['a task', (make) => cancelAt3(go(make))],
    ['a child by itself', (make) => taskGroup((group) => (cancelAt3(group.go(make)), NEVER)).subscribe()],
    ['a group that fails', (make) => failingGroup(make).subscribe({ error: () => note('failed') })],
    ['a group that is cancelled', (make) => cancelledGroup(make).subscribe({ error: () => undefined })],
    ['a scope that is unsubscribed', (make) => unsubscribedScope(make)],
    [
      'withTimeout',
      (make) =>
        coroutine(make)
          .withTimeout(3)
          .subscribe({ error: () => undefined }),
    ],
    ['withTimeout in a coroutine', (make) => swallowed(coroutine(make).withTimeout(3))],
    [
      'withSignal',
      (make) =>
        coroutine(make)
          .withSignal(signalAt3())
          .subscribe({ error: () => undefined }),
    ],
    ['a select that chose another case', (make) => select({ a: coroutine(make), b: sleep(3) }).subscribe()],
    ['unsubscribing from a coroutine', (make) => unsubscribeAt3(coroutine(make).subscribe())],
    ['unsubscribing from a group', (make) => unsubscribeAt3(taskGroup(make).subscribe())],
    ['the one who waits for it', (make) => cancelAt3(go(() => waiting(make)))],
    ['unsubscribing from forEach', (make) => unsubscribeAt3(forEach(three(), make).subscribe())],
    ['unsubscribing from work', (make) => unsubscribeAt3(work(threeJobs(), make).subscribe())],
    ['the timeout of work', (make) => unsubscribeAt3(work(threeJobs(), make, { timeout: 3 }).subscribe())],
    ['unsubscribing from a job', (make) => unsubscribeAt3(jobQueue(make).submit(1).subscribe())],
    ['cancelling a job queue', (make) => cancelledJobs(make)],
    ['unsubscribing from queueMap', (make) => unsubscribeAt3(of(1).pipe(queueMap(make)).subscribe())],
    ['queueMap that switches', (make) => switching(make)],
    ['withdrawing an update', (make) => unsubscribeAt3(stateOwner<unknown>(0).update(make).subscribe())],
    ['cancelling an owner', (make) => cancelledOwner(make)],
    ['unsubscribing from withLock', (make) => unsubscribeAt3(mutex().withLock(make).subscribe())],
    ['unsubscribing from withPermit', (make) => unsubscribeAt3(semaphore(1).withPermit(make).subscribe())],
  ])('by %s: the body ends, and nothing runs but its clean-up', (_, start) => {
    const reported = reportsOf(() => start(body));
    expect(told.lines.filter((line) => !line.startsWith('failed'))).toEqual(CLEANED);
    expect(reported).toEqual([]);
  });

  it('4.6 a group that fails ends when the helpers of its children have cleaned up', () => {
    virtual(() => {
      failingGroup(body).subscribe({ error: () => note('failed') });
    });
    expect(told.lines).toEqual([...CLEANED, 'failed at 13']);
  });

  it('6.1 a lock is held until the helpers have cleaned up', () => {
    virtual(() => {
      const lock = mutex();
      unsubscribeAt3(lock.withLock(body).subscribe());
      lock.lock().subscribe(() => note('locked'));
    });
    expect(told.lines).toEqual([...CLEANED, 'locked at 13']);
  });

  it('forEach receives nothing more', () => {
    const ch = three();
    virtual(() => unsubscribeAt3(forEach(ch, helperOf).subscribe()));
    expect(told.lines).toEqual(CLEANED);
    expect(ch.size).toBe(2);
  });

  function* helperOf(): Coroutine<void> {
    yield* helper();
  }
  function* waiting(make: Body): Coroutine<void> {
    yield* coroutine(make);
    note('went on');
  }
  function cancelAt3(task: Task<unknown>): void {
    at(3, () => task.cancel());
  }
  function unsubscribeAt3(subscription: { unsubscribe(): void }): void {
    at(3, () => subscription.unsubscribe());
  }
  function swallowed(operation: { promise(): unknown } & Iterable<never>): void {
    go(function* () {
      try {
        yield* operation;
      } catch {
        // It has timed out.
      }
    });
  }
  function signalAt3(): AbortSignal {
    const controller = new AbortController();
    at(3, () => controller.abort());
    return controller.signal;
  }
  function failingGroup(make: Body): ReturnType<typeof taskGroup<void>> {
    return taskGroup(function* (group) {
      group.go(make);
      yield* sleep(3);
      throw new Error('boom');
    });
  }
  function cancelledGroup(make: Body): ReturnType<typeof taskGroup<void>> {
    return taskGroup(function* (group) {
      group.go(make);
      yield* sleep(3);
      group.cancel();
    });
  }
  function unsubscribedScope(make: Body): void {
    const scope = taskScope();
    scope.go(make);
    unsubscribeAt3(scope);
  }
  function three(): ReturnType<typeof channel<number>> {
    const ch = channel<number>(3);
    for (const n of [1, 2, 3]) ch.trySend(n);
    return ch;
  }
  function threeJobs(): ReturnType<typeof queue<number>> {
    const jobs = queue<number>({ maxAttempts: 1, onDeadLetter: () => undefined });
    jobs.trySend(1);
    return jobs;
  }
  function cancelledJobs(make: Body): void {
    const jobs = jobQueue(make);
    jobs.submit(1).subscribe({ error: () => undefined });
    at(3, () => jobs.cancel());
  }
  function switching(make: Body): void {
    let first = true;
    const source = new Observable<number>((subscriber) => {
      subscriber.next(1);
      at(3, () => subscriber.next(2));
    });
    source
      .pipe(
        queueMap(
          () => {
            if (!first) return NEVER;
            first = false;
            return make();
          },
          { capacity: 0, overflow: 'switch' },
        ),
      )
      .subscribe();
  }
  function cancelledOwner(make: Body): void {
    const owner = stateOwner<unknown>(0);
    owner.update(make).subscribe({ error: () => undefined });
    at(3, () => owner.cancel());
  }

  it('what is shielded in a helper goes on', () => {
    virtual(() => {
      const task = go(function* () {
        yield* (function* (): Coroutine<void> {
          yield* shield(coroutine(() => helper('shielded')));
        })();
        note('never');
      });
      at(3, () => task.cancel());
      at(2000, () => note('later'));
    });
    expect(told.lines).toEqual(['shielded cleans up at 1000', 'shielded has cleaned up at 1010', 'later at 2000']);
  });
});

describe('where generators cannot be looked into', () => {
  const probe = shared<{ reported: boolean }>('probe', () => ({ reported: false }));
  afterEach(() => {
    probe.reported = false;
  });

  /** As a transpiled one: what it inherits from is its own. */
  function foreign<T>(generator: Coroutine<T>): Coroutine<T> {
    return {
      next: (signal?: unknown) => generator.next(signal),
      return: (value?: unknown) => generator.return(value as T),
      throw: (error?: unknown) => generator.throw(error),
      [Symbol.iterator]() {
        return this;
      },
    } as unknown as Coroutine<T>;
  }

  it('a body that is no real generator unwinds as the language has it, and what it swallows is reported once', () => {
    const swallows = function* (): Coroutine<void> {
      yield* helper();
      note('swallowed');
    };
    expect(cancelled(() => foreign(swallows()))).toBe('cancelled CancelledError(stop)');
    expect(told.take()).toEqual([...CLEANED, 'swallowed at 13', 'cancelled at 13', 'reported TypeError']);
    cancelled(() => foreign(swallows()));
    expect(told.lines).toEqual([...CLEANED, 'swallowed at 13', 'cancelled at 13']);
  });

  it('one that swallows nothing is not reported', () => {
    cancelled(() => foreign(helper()));
    expect(told.take()).toEqual([...CLEANED, 'cancelled at 13']);
    cancelled(() => foreign(atOnce()));
    expect(told.lines).toEqual(['at once at 3', 'cancelled at 3']);
    function* atOnce(): Coroutine<void> {
      yield* (function* (): Coroutine<void> {
        try {
          yield* sleep(1000);
        } finally {
          note('at once');
        }
      })();
    }
  });

  it('a foreign one in the middle that passes return on is unwound like any other', () => {
    cancelled(function* () {
      try {
        yield* foreign(helper());
        note('never');
      } finally {
        yield* sleep(1);
        note('outer');
      }
    });
    expect(told.lines).toEqual([...CLEANED, 'outer at 14', 'cancelled at 14']);
  });

  it('one in the middle that has no return is left, and the one around it returns', () => {
    cancelled(function* () {
      try {
        yield* {
          [Symbol.iterator]: () => ({ next: () => sleep(1000)[Symbol.iterator]().next(undefined) }),
        } as Iterable<never>;
      } finally {
        yield* sleep(1);
        note('outer');
      }
    });
    expect(told.lines).toEqual(['outer at 4', 'cancelled at 4']);
  });

  it('frozen intrinsics: the same', () => {
    // A property that cannot be written, as `Object.freeze` leaves it.
    Object.defineProperty(intrinsic, 'return', { ...descriptor, writable: false });
    try {
      expect(
        cancelled(function* () {
          yield* helper();
          note('swallowed');
        }),
      ).toBe('cancelled CancelledError(stop)');
    } finally {
      Object.defineProperty(intrinsic, 'return', descriptor as PropertyDescriptor);
    }
    expect(told.lines).toEqual([...CLEANED, 'swallowed at 13', 'cancelled at 13', 'reported TypeError']);
  });
});

describe('4.2 a helper that is iterated by anything but yield* in a coroutine', () => {
  function* waits(): Coroutine<void> {
    try {
      for (;;) yield* sleep(10);
    } finally {
      told.add('cleaned up');
    }
  }
  it.each<[string, (helper: Coroutine<void>) => unknown]>([
    ['spread', (generator) => [...generator]],
    ['Array.from', (generator) => Array.from(generator)],
    ['new Set', (generator) => new Set(generator)],
    ['destructuring', ([first]) => first],
    [
      'for-of',
      (generator) => {
        let rounds = 0;
        for (const nothing of generator) rounds += [nothing].length;
        return rounds;
      },
    ],
    [
      'for-of that is left',
      (generator) => {
        for (const nothing of generator) return nothing;
        return 0;
      },
    ],
  ])('throws TypeError, and leaves nothing waiting: %s', (_, iterate) => {
    const end = virtual(() => {
      const task = go(function* () {
        try {
          iterate(waits());
        } catch (error) {
          told.add(show(error));
        }
        yield* sleep(1);
        note('went on');
      });
      task.subscribe({ error: (error: unknown) => told.add(show(error)) });
    });
    expect(told.lines).toEqual(['cleaned up', 'TypeError', 'went on at 1']);
    expect(end).toBe(1);
  });

  it('gives back what it was served meanwhile', () => {
    const ch = channel<number>();
    function* receives(): Coroutine<void> {
      for (;;) yield* ch.receive();
    }
    const task = go(function* () {
      for (const nothing of receives()) ch.trySend([nothing].length);
    });
    expect(outcome(task)).toBe('rejected TypeError');
    expect(ch.tryReceive()).toEqual({ ok: true, value: 1 });
  });

  it('also where the budget cuts it', () => {
    const { budget } = turn;
    turn.budget = 0;
    const gate = channel<number>(1);
    function* endless(): Coroutine<void> {
      for (;;) {
        yield* gate.send(1);
        yield* gate.receive();
      }
    }
    const task = go(function* () {
      for (const nothing of endless()) told.add(show(nothing));
    });
    turn.budget = budget;
    expect(outcome(task)).toBe('rejected TypeError');
  });

  it('a coroutine that ends while it waits, by a next that nobody should have called, leaves nothing behind', () => {
    const ch = channel<number>();
    const task = go(function* () {
      ch.receive()[Symbol.iterator]().next(undefined);
      return 'done';
    });
    expect(outcome(task)).toBe('resolved done');
    expect(ch.receivers.first).toBe(null);
  });
});

describe('4.2 a handler that is cancelled at a plain yield', () => {
  it('unwinds its helpers too, and may leave other generators as it cleans up', () => {
    function* numbers(): Generator<number> {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        told.add('numbers closed');
      }
    }
    function* yields(): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        const [first] = numbers();
        told.add(`cleaned up ${first}`);
      }
    }
    function* handler(): Generator<number, void> {
      try {
        yield* yields();
        told.add('went on');
      } finally {
        told.add('outer');
      }
    }
    virtual(() => {
      of(1)
        .pipe(queueMap(handler as () => never), take(2))
        .subscribe((n) => told.add(`got ${String(n)}`));
    });
    expect(told.lines).toEqual(['got 1', 'got 1', 'cleaned up 0', 'numbers closed', 'outer']);
  });
});
