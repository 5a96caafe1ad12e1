import { concatMap, defer, EMPTY, Observable, of, timer } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ambients, type Capture, installAmbient, surroundings } from '../../src/core/ambient.ts';
import { turn } from '../../src/core/turn.ts';
import {
  broadcast,
  type Channel,
  channel,
  coroutine,
  type Coroutine,
  deferred,
  forEach,
  go,
  jobQueue,
  mutex,
  type Operation,
  poll,
  queue,
  queueMap,
  request,
  select,
  semaphore,
  shield,
  sleep,
  stateOwner,
  taskGroup,
  taskScope,
  until,
  work,
} from '../../src/index.ts';
import { Record, show } from '../record.ts';
import { at, virtual } from '../virtual.ts';

/** An ambient context as simple as can be: a variable. */
class Ambient {
  current = 'nobody';
  runs = 0;
  captures = 0;

  readonly capture: Capture = () => {
    this.captures++;
    const captured = this.current;
    return (work) => this.as(captured, work);
  };

  as<R>(who: string, work: () => R): R {
    const outer = this.current;
    this.current = who;
    this.runs++;
    try {
      return work();
    } finally {
      this.current = outer;
    }
  }
}

const ambient = new Ambient();
let uninstall: () => void;
let told: Record;

beforeEach(() => {
  ambient.current = 'nobody';
  uninstall = installAmbient(ambient.capture);
  told = new Record();
});
afterEach(() => {
  uninstall();
  expect([turn.ambient, ambients.installed]).toEqual([null, []]);
  // Nobody's leaks.
  expect(ambient.current).toBe('nobody');
});

/** Runs `body` in `who`'s context. */
function as<R>(who: string, body: () => R): R {
  return ambient.as(who, body);
}

/** Writes down in whose context we are. */
function note(what: string): void {
  told.add(`${what} as ${ambient.current}`);
}

describe('1.15 a coroutine runs in the context in which it was started', () => {
  it('whoever wakes it, at every wait', () => {
    const ch = channel<number>();
    as('a', () =>
      go(function* () {
        note('start');
        for (;;) note(`got ${yield* ch.receive()}`);
      }),
    );
    as('b', () => ch.trySend(1));
    ch.trySend(2);
    expect(told.lines).toEqual(['start as a', 'got 1 as a', 'got 2 as a']);
  });

  it('also if it starts later than it was asked to, from inside a turn', () => {
    as('a', () =>
      go(function* () {
        as('b', () =>
          go(function* () {
            note('inner');
          }),
        );
        note('outer');
        yield* sleep(0);
      }),
    ).cancel();
    expect(told.lines).toEqual(['outer as a', 'inner as b']);
  });

  it('in its finally blocks too, whoever cancels it, and behind their waits', () => {
    virtual(() => {
      const task = as('a', () =>
        go(function* () {
          try {
            yield* sleep(10);
          } finally {
            note('clean-up');
            yield* sleep(1);
            note('cleaned up');
          }
        }),
      );
      as('b', () => task.cancel());
    });
    expect(told.lines).toEqual(['clean-up as a', 'cleaned up as a']);
  });

  it('when it was cut by the budget and goes on from a macrotask', async () => {
    const { budget } = turn;
    turn.budget = 0;
    const left = as('a', () =>
      go(function* () {
        for (let i = 0; i < 10_000; i++) yield* of1();
        note('end');
      }),
    );
    turn.budget = budget;
    await left.promise();
    expect(told.lines).toEqual(['end as a']);
  });

  function* of1(): Coroutine<void> {
    yield* deferredOf1;
  }
  const deferredOf1 = (() => {
    const one = deferred<void>();
    one.resolve();
    return one;
  })();

  it.each<[string, (body: () => Coroutine<void>) => void]>([
    ['go', (body) => void go(body)],
    ['coroutine', (body) => void coroutine(body).subscribe()],
    ['taskGroup', (body) => void taskGroup(body).subscribe()],
    ['a child of a group', (body) => void taskGroup((group) => (group.go(body), EMPTY)).subscribe()],
    ['a child of a scope that belongs to somebody else', (body) => void scope.go(body)],
    ['a queued child', (body) => void narrow.go(body)],
    ['forEach', (body) => void forEach(one(), body).subscribe()],
    ['shield', (body) => void shield(coroutine(body)).subscribe()],
    ['a case of a select', (body) => void select({ body: coroutine(body) }).subscribe()],
    ['withTimeout', (body) => void coroutine(body).withTimeout(1000).subscribe()],
    ['withLock', (body) => void mutex().withLock(body).subscribe()],
    ['withPermit', (body) => void semaphore(1).withPermit(body).subscribe()],
    ['queueMap', (body) => void of(1).pipe(queueMap(body)).subscribe()],
    ['work', (body) => void work(filled(), body).subscribe()],
    ['jobQueue', (body) => void jobQueue(body).submit(1).subscribe()],
    ['an update', (body) => void stateOwner<unknown>(0).update(body).subscribe()],
    ['tell', (body) => stateOwner<unknown>(0).tell(body)],
  ])('by %s', (_, start) => {
    virtual(() => {
      scope = as('somebody', () => taskScope());
      narrow = as('somebody', () => taskScope({ limit: 1 }));
      as('another', () => narrow.go(() => timer(5)));
      const wake = channel<number>();
      as('a', () =>
        start(function* () {
          note('start');
          yield* wake.receive();
          note('went on');
        }),
      );
      at(10, () => as('b', () => wake.trySend(1)));
    });
    expect(told.lines).toEqual(['start as a', 'went on as a']);
  });
  let scope = taskScope();
  let narrow = taskScope();

  function one(): Channel<number> {
    const ch = channel<number>(1);
    ch.trySend(1);
    return ch;
  }
  function filled(): ReturnType<typeof queue<number>> {
    const q = queue<number>();
    q.trySend(1);
    return q;
  }
});

describe('1.15 what is no coroutine runs in its own context too', () => {
  it('a promise function, an observable, an operation as work of a task: they are called where the task starts', () => {
    virtual(() => {
      const group = as('somebody', () => taskScope({ limit: 1 }));
      group.go(() => timer(1));
      as('a', () => {
        group.go(() => (note('function'), of(1)));
        group.go(defer(() => (note('observable'), of(1))));
        group.go(
          coroutine(function* () {
            note('operation');
          }),
        );
      });
    });
    expect(told.lines).toEqual(['function as a', 'observable as a', 'operation as a']);
  });

  it('what until subscribes to, as the fallback of a coroutine that was woken by another', () => {
    const ch = channel<number>();
    as('a', () =>
      go(function* () {
        yield* ch.receive();
        yield* until(defer(() => (note('subscribed'), of(1))));
      }),
    );
    as('b', () => ch.trySend(1));
    expect(told.lines).toEqual(['subscribed as a']);
  });

  it("an observer of an operation, and what is mapped: the subscriber's", () => {
    const ch = channel<number>();
    as('a', () =>
      ch
        .receive()
        .map((n) => (note('map'), n))
        .subscribe({ next: () => note('next'), complete: () => note('complete') }),
    );
    as('b', () => ch.receive().subscribe(() => note('next')));
    as('c', () => ch.trySend(1));
    as('c', () => ch.trySend(2));
    expect(told.lines).toEqual(['map as a', 'next as a', 'complete as a', 'next as b']);
  });

  it("an observer that is told of a failure: the subscriber's", () => {
    const ch = channel<number>();
    as('a', () => ch.receive().subscribe({ error: () => note('error') }));
    as('b', () => ch.close());
    expect(told.lines).toEqual(['error as a']);
  });

  it("observers of channels, of taps and of owners: their subscribers'", () => {
    const ch = channel<number>();
    const news = broadcast<number>();
    const owner = stateOwner(0);
    as('a', () => ch.subscribe({ next: () => note('channel'), complete: () => note('end of the channel') }));
    as('b', () => news.subscribe(() => note('tap')));
    as('c', () => owner.subscribe({ next: () => note('owner'), complete: () => note('end of the owner') }));
    as('d', () => owner.when((n) => (note(`when ${n}`), n > 0)).subscribe(() => note('matched')));
    as('e', () => {
      ch.trySend(1);
      news.trySend(1);
      owner.write(1).subscribe();
      ch.close();
      owner.complete();
    });
    expect(told.lines).toEqual([
      'owner as c',
      'when 0 as d',
      'channel as a',
      'tap as b',
      'owner as c',
      'when 1 as d',
      'matched as d',
      'end of the channel as a',
      'end of the owner as c',
    ]);
  });

  it('a child error is told in the context of whoever made the group', () => {
    virtual(() => {
      const scope = as('a', () => taskScope({ onChildError: (error) => note(show(error)) }));
      as('b', () =>
        scope.go(function* () {
          yield* sleep(1);
          throw new Error('boom');
        }),
      );
    });
    expect(told.lines).toEqual(['boom as a']);
  });
});

describe("1.15 a job's handler runs in the context of whoever submitted it", () => {
  const HANDLERS: readonly [string, (n: number) => Observable<number> | Coroutine<number> | Promise<number>][] = [
    ['a coroutine', coroutineHandler],
    ['an observable', (n) => defer(() => (note(`subscribed ${n}`), timer(1).pipe(concatMap(() => of(n)))))],
  ];
  function* coroutineHandler(n: number): Coroutine<number> {
    note(`subscribed ${n}`);
    yield* sleep(1);
    return n;
  }

  it.each(HANDLERS)('%s, whoever made room for it; so do its subscribers', (_, handler) => {
    virtual(() => {
      const jobs = as('somebody', () => jobQueue((n: number) => (note(`handler ${n}`), handler(n))));
      as('a', () => jobs.submit(1).subscribe((n) => note(`result ${n}`)));
      as('b', () => jobs.submit(2).subscribe((n) => note(`result ${n}`)));
    });
    expect(told.lines).toEqual([
      'handler 1 as a',
      'subscribed 1 as a',
      'result 1 as a',
      'handler 2 as b',
      'subscribed 2 as b',
      'result 2 as b',
    ]);
  });
});

describe('1.15 handlers of work and queueMap run in the context of their subscriber', () => {
  it('work: whoever sends, and whoever frees the place', () => {
    virtual(() => {
      const q = queue<number>({ maxAttempts: 1, onDeadLetter: () => undefined });
      as('a', () =>
        work(
          q,
          (n) => {
            note(`handler ${n}`);
            return defer(() => {
              note(`subscribed ${n}`);
              if (n === 3) throw new Error('boom');
              return timer(1);
            });
          },
          { backoff: (attempt) => (note(`backoff ${attempt}`), 1) },
        ).subscribe(),
      );
      as('b', () => q.trySend(1));
      as('c', () => q.trySend(2));
      as('c', () => q.trySend(3));
    });
    expect(told.lines).toEqual([
      'handler 1 as a',
      'subscribed 1 as a',
      'handler 2 as a',
      'subscribed 2 as a',
      'handler 3 as a',
      'subscribed 3 as a',
      'backoff 1 as a',
    ]);
  });

  it('work: what timed out backs off there too', () => {
    virtual(() => {
      const q = queue<number>({ maxAttempts: 1, onDeadLetter: () => undefined });
      as('a', () =>
        work(q, () => new Promise<number>(() => undefined), {
          timeout: 5,
          backoff: (attempt) => (note(`backoff ${attempt}`), 1),
        }).subscribe(),
      );
      as('b', () => q.trySend(1));
    });
    expect(told.lines).toEqual(['backoff 1 as a']);
  });

  it.each<['push' | 'pull']>([['push'], ['pull']])('queueMap, key included: %s', (how) => {
    virtual(() => {
      const ch = channel<number>(10);
      const source = how === 'pull' ? ch : new Observable<number>((subscriber) => ch.subscribe(subscriber));
      as('a', () =>
        source
          .pipe(
            queueMap(
              (n) => {
                note(`project ${n}`);
                return defer(() => (note(`subscribed ${n}`), timer(1)));
              },
              { key: (n) => (note(`key ${n}`), n % 2) },
            ),
          )
          .subscribe(),
      );
      as('b', () => ch.trySend(1));
      as('c', () => ch.trySend(2));
      at(10, () => ch.close());
    });
    expect(told.lines.filter((line) => !line.endsWith('as a'))).toEqual([]);
    expect(told.lines.length).toBe(6);
  });
});

describe("1.15 an owner's step runs in the context of whoever asked", () => {
  it('in whatever way it was asked, and whoever made way for it', () => {
    virtual(() => {
      const owner = as('somebody', () => stateOwner(0, { equal: (a, b) => (note('equal'), a === b) }));
      const ask = (n: number): ((state: number) => Observable<number>) => {
        return () => (note(`step ${n}`), defer(() => (note(`subscribed ${n}`), timer(1).pipe(concatMap(() => of(n))))));
      };
      as('a', () => owner.update(ask(1)).subscribe(() => note('answer 1')));
      as('b', () =>
        go(function* () {
          yield* owner.modify(() => (note('step 2'), [2, 'two'] as const));
          note('answer 2');
        }),
      );
      as('c', () => owner.tell(ask(3)));
      as('d', () => owner.read((n) => (note('read'), n)).subscribe(() => note('answer 4')));
      as('e', () => {
        const asked = request.update<number>(() => (note('step 5'), 5));
        owner.next(asked);
        asked.response.subscribe(() => note('answer 5'));
      });
      at(9, () => told.add('later'));
    });
    const later = told.lines.indexOf('later');
    expect(told.lines.slice(0, later)).toEqual([
      'step 1 as a',
      'subscribed 1 as a',
      'equal as a',
      'answer 1 as a',
      'step 2 as b',
      'equal as b',
      'step 3 as c',
      'subscribed 3 as c',
      'answer 2 as b',
      'equal as c',
      'read as d',
      'answer 4 as d',
      'step 5 as e',
      'equal as e',
      'answer 5 as e',
    ]);
  });

  it('also if it is served at once, and polled', () => {
    const owner = as('somebody', () => stateOwner(0));
    const before = ambient.runs;
    as('a', () => poll(owner.read(() => note('read'))));
    expect(told.lines).toEqual(['read as a']);
    // Entered anew: what it is for may be more than a name (Angular's `untracked`).
    expect(ambient.runs).toBeGreaterThan(before + 1);
  });
});

describe('1.15 work under a permit runs in the context of whoever asked for it', () => {
  type Held = Operation<number>;
  function withPermitOf(permits: ReturnType<typeof semaphore>): Held {
    // Typed as what it is for generators only.
    return permits.withPermit(() => {
      note('function');
      return defer(() => (note('subscribed'), of(1))) as never;
    });
  }
  it.each<[string, (held: Held) => unknown]>([
    ['subscribe', (held) => held.subscribe()],
    [
      'yield*',
      (held) =>
        go(function* () {
          yield* held;
        }),
    ],
    ['promise', (held) => held.promise()],
    ['select', (held) => select({ held }).subscribe()],
    ['until', (held) => until(held).subscribe()],
    ['withTimeout', (held) => held.withTimeout(100).subscribe()],
  ])('by %s, whoever releases the permit', (_, perform) => {
    const permits = semaphore(1);
    expect(permits.tryAcquire()).toBe(true);
    as('a', () => perform(withPermitOf(permits)));
    as('b', () => permits.release());
    expect(told.lines).toEqual(['function as a', 'subscribed as a']);
  });
});

describe('the hook', () => {
  it('is null when off: nothing is captured', () => {
    uninstall();
    expect([turn.ambient, surroundings()]).toEqual([null, null]);
    const { captures, runs } = ambient;
    const ch = channel<number>();
    const task = as('a', () =>
      go(function* () {
        note(`got ${yield* ch.receive()}`);
      }),
    );
    as('b', () => ch.trySend(1));
    expect(told.lines).toEqual(['got 1 as b']);
    expect([ambient.captures, ambient.runs]).toEqual([captures, runs + 2]);
    expect(task.status).toBe('resolved');
  });

  it('composes: the first installed is the outermost; each may be removed by itself', () => {
    const other = new Ambient();
    const order: string[] = [];
    const removeOther = installAmbient(other.capture);
    const removeOrder = installAmbient(() => (body) => {
      order.push(`${ambient.current} ${other.current}`);
      return body();
    });
    const ch = channel<number>();
    const start = (who: string): unknown =>
      as(who, () =>
        other.as(who.toUpperCase(), () =>
          go(function* () {
            yield* ch.receive();
            told.add(`${ambient.current} ${other.current}`);
          }),
        ),
      );
    start('a');
    order.length = 0;
    ch.trySend(1);
    expect(order).toEqual(['a A']);
    removeOrder();
    // What was captured before stays whole.
    start('b');
    removeOther();
    start('c');
    ch.trySend(2);
    ch.trySend(3);
    removeOther();
    expect(told.lines).toEqual(['a A', 'b B', 'c nobody']);
  });

  it('installed twice by the same function is removed one at a time', () => {
    const again = installAmbient(ambient.capture);
    again();
    again();
    expect(ambients.installed.length).toBe(1);
    const undo = installAmbient(ambient.capture);
    undo();
  });

  it('what a body throws passes through it', () => {
    const task = as('a', () =>
      go(function* () {
        throw new Error('boom');
      }),
    );
    expect(() => task.result()).toThrow('boom');
  });
});
