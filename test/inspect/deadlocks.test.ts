// 14.2 A cycle is reported when every party of it can only be served by another of it.

import { describe, expect, it } from 'vitest';
import {
  channel,
  type Channel,
  condition,
  coroutine,
  deferred,
  gather,
  go,
  latch,
  mutex,
  type Operation,
  queue,
  select,
  semaphore,
  shield,
  sleep,
  stateOwner,
  taskGroup,
  taskScope,
  until,
  wait,
} from '../../src/index.ts';
import { inspect } from '../../src/inspect/index.ts';
import { at, virtual } from '../virtual.ts';
import { look } from './looking.ts';

/** The rings at the end, and what was told of them. */
function deadlocks(
  program: () => void,
  ms = 100,
): { cycles: readonly (readonly string[])[]; found: readonly string[] } {
  const { snapshot, found } = look(program, {}, ms);
  return { cycles: snapshot.cycles, found };
}

const NONE = { cycles: [], found: [] };

/** In how many ways one can wait for an operation in a task. */
const FORMS: readonly (readonly [string, <T>(operation: Operation<T>) => Operation<unknown>])[] = [
  ['yield*', (operation) => operation],
  ['map', (operation) => operation.map(() => 1)],
  ['select', (operation) => select({ only: operation })],
  ['gather', (operation) => gather([operation, sleep(1)])],
  ['withTimeout(Infinity)', (operation) => operation.withTimeout(Infinity)],
  ['withRetry', (operation) => operation.withRetry({ attempts: 2 })],
  [
    'a coroutine',
    (operation) =>
      coroutine(function* () {
        yield* operation;
      }),
  ],
  [
    'a group',
    (operation) =>
      taskGroup(function* () {
        yield* operation;
      }),
  ],
  ['shield', (operation) => shield(operation)],
];

describe('two locks in opposite order', () => {
  it.each(FORMS)('are a deadlock, found when the second waits, by %s', (_, form) => {
    const { cycles, found } = deadlocks(() => {
      const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
      go(
        function* () {
          yield* a.lock();
          yield* sleep(5);
          yield* form(b.lock());
        },
        { name: 'left' },
      );
      go(
        function* () {
          yield* b.lock();
          yield* sleep(7);
          yield* form(a.lock());
        },
        { name: 'right' },
      );
    });
    expect(cycles).toHaveLength(1);
    expect(cycles[0]!.filter((name) => ['left', 'right', 'a', 'b'].includes(name))).toEqual([
      'left',
      'b',
      'right',
      'a',
    ]);
    expect(found).toEqual(['frame 7: deadlock of left at b']);
  });

  it('are one by withLock too, in a task or without any', () => {
    const { cycles } = deadlocks(() => {
      const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
      a.withLock(function* () {
        yield* sleep(1);
        yield* b.lock();
      }).subscribe();
      b.withLock(function* () {
        yield* sleep(1);
        yield* a.withLock(function* () {
          yield* sleep(1);
        });
      }).subscribe();
    });
    expect(cycles).toEqual([['withLock of a', 'b', 'withLock of b', 'a']]);
  });

  it.each([0, 1])('are one where nobody but observers waits, and told once: after %i others', (others) => {
    const { cycles, found } = deadlocks(() => {
      for (let i = 0; i < others; i++) mutex();
      const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
      const both = (first: typeof a, second: typeof a): void => {
        first
          .withLock(() =>
            coroutine(function* () {
              yield* sleep(1);
            }),
          )
          .subscribe();
        first.withLock(() => second.lock()).subscribe();
      };
      both(a, b);
      both(b, a);
    });
    expect(cycles).toEqual([['a', 'b']]);
    expect(found).toEqual(['frame 1: deadlock at a']);
  });

  it('are none in one order, nor if one wait has a deadline, a signal, or another way out', () => {
    const inOrder = (form: <T>(operation: Operation<T>) => Operation<unknown>, reverse: boolean) => (): void => {
      const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
      go(function* () {
        yield* a.lock();
        yield* sleep(5);
        yield* form(b.lock());
        yield* sleep(1000);
      }).subscribe({ error: () => undefined });
      go(function* () {
        const [x, y] = reverse ? [b, a] : [a, b];
        yield* x.lock();
        yield* sleep(5);
        yield* y.lock();
      });
    };
    expect(deadlocks(inOrder((operation) => operation, false))).toEqual(NONE);
    expect(deadlocks(inOrder((operation) => operation.withTimeout(1000), true))).toEqual(NONE);
    expect(deadlocks(inOrder((operation) => operation.withSignal(new AbortController().signal), true))).toEqual(NONE);
    expect(deadlocks(inOrder((operation) => select({ operation, late: sleep(1000) }), true))).toEqual(NONE);
    expect(deadlocks(inOrder((operation) => select({ operation, other: deferred<void>() }), true))).toEqual(NONE);
  });

  it('are over when one of them is cancelled, and told of again when it comes again', () => {
    const { cycles, found } = deadlocks(() => {
      const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
      const right = () =>
        go(
          function* () {
            yield* b.lock();
            try {
              yield* sleep(1);
              yield* a.lock();
            } finally {
              b.unlock();
            }
          },
          { name: 'right' },
        );
      go(
        function* () {
          yield* a.lock();
          for (;;) {
            yield* sleep(10);
            yield* b.lock();
            b.unlock();
          }
        },
        { name: 'left' },
      );
      const first = right();
      at(20, () => first.cancel());
      at(25, () => right());
    });
    expect(cycles).toEqual([['left', 'b', 'right', 'a']]);
    expect(found).toEqual(['frame 10: deadlock of left at b', 'frame 30: deadlock of left at b']);
  });
});

describe('one who waits for itself', () => {
  it('at its own lock, permits, or end', () => {
    const { cycles } = deadlocks(() => {
      const [lock, permits] = [mutex({ name: 'lock' }), semaphore(2, { name: 'permits' })];
      go(
        function* () {
          yield* lock.lock();
          yield* lock.lock();
        },
        { name: 'twice' },
      );
      go(
        function* () {
          yield* permits.acquire(2);
          yield* permits.acquire();
        },
        { name: 'third' },
      );
      const own = go(
        function* (): Generator<never, void, unknown> {
          yield* sleep(1);
          yield* own;
        },
        { name: 'own' },
      );
    });
    expect(cycles).toEqual([['twice', 'lock'], ['third', 'permits'], ['own']]);
  });

  it('is none where somebody else has a permit, or may unlock', () => {
    expect(
      deadlocks(() => {
        const [permits, lock] = [semaphore(2), mutex()];
        go(function* () {
          yield* permits.acquire();
          yield* sleep(500);
          permits.release();
        });
        go(function* () {
          yield* permits.acquire();
          yield* permits.acquire();
        });
        lock.tryLock();
        go(function* () {
          yield* lock.lock();
        });
      }),
    ).toEqual(NONE);
  });

  it('through a coroutine that has ended, in whose name the lock was taken', () => {
    const { cycles } = deadlocks(() => {
      const lock = mutex({ name: 'lock' });
      const taken = coroutine(function* () {
        yield* sleep(1);
        yield* lock.lock();
      });
      go(
        function* () {
          yield* taken;
          yield* sleep(1);
          yield* lock.lock();
        },
        { name: 'both' },
      );
    });
    expect(cycles).toEqual([['both', 'lock']]);
  });
});

describe("an owner's step that waits for its own owner", () => {
  it.each(FORMS)('is a deadlock, by %s', (_, form) => {
    const { cycles, found } = deadlocks(() => {
      const owner = stateOwner(0, { name: 'owner' });
      go(
        () =>
          owner.update(function* (n) {
            yield* form(owner.read((state) => state));
            return n;
          }),
        { name: 'asker' },
      );
    });
    expect(cycles).toHaveLength(1);
    expect(cycles[0]).toContain('owner');
    expect(found).toHaveLength(1);
  });

  it('is one without any coroutine', () => {
    const { cycles } = deadlocks(() => {
      const owner = stateOwner(0, { name: 'owner' });
      owner.update(() => owner.read((state) => state)).subscribe();
    });
    expect(cycles).toEqual([['owner']]);
  });

  it('is one through another owner', () => {
    const { cycles } = deadlocks(() => {
      const [a, b] = [stateOwner(0, { name: 'a' }), stateOwner(0, { name: 'b' })];
      a.update(() => b.update(() => a.read((state) => state))).subscribe();
    });
    expect(cycles).toHaveLength(1);
    expect([...cycles[0]!].sort()).toEqual(['a', 'b']);
  });

  it('is none that waits for another owner, time or a promise', () => {
    expect(
      deadlocks(() => {
        const [a, b] = [stateOwner(0), stateOwner(0)];
        a.update(() => b.read((state) => state)).subscribe();
        a.update(function* (n) {
          yield* sleep(500);
          return n;
        }).subscribe();
        go(() => a.update(() => 1));
        b.update(() => new Promise<number>(() => undefined)).subscribe();
        go(() => b.read((state) => state));
      }),
    ).toEqual(NONE);
  });
});

describe('channels', () => {
  it.each<[string, (c: Channel<number>) => Operation<unknown>]>([
    ['send', (c) => c.send(1)],
    ['a select of both ends', (c) => select({ out: c.send(1), in: c.receive() })],
    [
      'a select of both ends in a coroutine',
      (c) =>
        coroutine(function* () {
          yield* select({ in: c.receive(), out: c.send(1) });
        }),
    ],
  ])('a rendezvous with oneself is a deadlock, by %s; and none while anybody else may come', (_, meet) => {
    const program = (comes: boolean) => (): void => {
      const c = channel<number>({ name: 'c' });
      go(() => meet(c), { name: 'alone' });
      if (comes)
        go(function* () {
          yield* sleep(5);
          yield* c.receive();
        });
    };
    const { cycles, found } = deadlocks(program(false));
    expect(found).toEqual(['frame 0: deadlock of alone at c']);
    expect(cycles).toEqual([expect.arrayContaining(['alone', 'c'])]);
    expect(deadlocks(program(true))).toEqual(NONE);
  });

  it('two that send to each other first are a deadlock', () => {
    const { cycles } = deadlocks(() => {
      const [c, d] = [channel<number>({ name: 'c' }), channel<number>({ name: 'd' })];
      go(
        function* () {
          yield* c.send(1);
          yield* d.receive();
        },
        { name: 'one' },
      );
      go(
        function* () {
          yield* d.send(1);
          yield* c.receive();
        },
        { name: 'two' },
      );
    });
    expect(cycles).toEqual([['one', 'c', 'two', 'd']]);
  });

  it('a full channel whose only receiver waits to send to it is a deadlock', () => {
    const { cycles, found } = deadlocks(() => {
      const jobs = channel<number>({ name: 'jobs', capacity: 2 });
      jobs.trySend(1);
      jobs.trySend(2);
      go(
        function* () {
          for (;;) {
            yield* jobs.receive();
            yield* sleep(3);
            yield* jobs.send(3);
            yield* jobs.send(4);
          }
        },
        { name: 'worker' },
      );
    });
    expect(cycles).toEqual([['worker', 'jobs']]);
    expect(found).toEqual(['frame 3: deadlock of worker at jobs']);
  });

  it('it is none with a second receiver that is busy, a subscriber, or plain code that receives', () => {
    const busy = (others: (jobs: ReturnType<typeof channel<number>>) => void) => () => {
      const jobs = channel<number>({ capacity: 2 });
      jobs.trySend(1);
      jobs.trySend(2);
      go(function* () {
        yield* jobs.receive();
        yield* sleep(3);
        yield* jobs.send(3);
        yield* jobs.send(4);
        yield* jobs.send(5);
      });
      others(jobs);
    };
    expect(
      deadlocks(
        busy((jobs) => {
          go(function* () {
            yield* jobs.receive();
            jobs.trySend(9);
            yield* sleep(900);
          });
        }),
      ),
    ).toEqual(NONE);
    expect(
      deadlocks(
        busy((jobs) => {
          jobs.tryReceive();
          jobs.trySend(7);
        }),
      ),
    ).toEqual(NONE);
    expect(
      deadlocks(
        busy((jobs) => {
          jobs.receive().subscribe();
          jobs.trySend(7);
        }),
      ),
    ).toEqual(NONE);
  });

  it('is none before the other end has been seen, if any other task could come', () => {
    expect(
      deadlocks(() => {
        const [c, d] = [channel<number>(), channel<number>(1)];
        go(function* () {
          yield* c.send(1);
        });
        go(function* () {
          yield* sleep(500);
          yield* c.receive();
        });
        d.trySend(1);
        go(function* () {
          yield* d.send(2);
        });
      }),
    ).toEqual(NONE);
  });

  it('is none where one waits to receive what nobody has sent yet', () => {
    expect(
      deadlocks(() => {
        const [c, d] = [channel<number>(), channel<number>(1)];
        go(() => c.receive());
        go(function* () {
          yield* d.send(1);
          yield* d.receive();
          yield* d.receive();
        });
        go(() => select({ c, d }));
      }).cycles,
    ).toEqual([]);
  });

  it('two that receive from each other are a deadlock, unless somebody else has sent there', () => {
    const talk = (prompt: 'from outside' | 'by one of them') => () => {
      const [to, from] = [channel<number>({ name: 'to', capacity: 1 }), channel<number>({ name: 'from', capacity: 1 })];
      if (prompt === 'from outside') to.trySend(0);
      go(
        function* () {
          yield* to.send(1);
          for (;;) yield* from.receive();
        },
        { name: 'asks' },
      );
      go(
        function* () {
          yield* to.receive();
          yield* from.send(1);
          for (;;) yield* to.receive();
        },
        { name: 'answers' },
      );
    };
    expect(deadlocks(talk('by one of them')).cycles).toEqual([['asks', 'from', 'answers', 'to']]);
    expect(deadlocks(talk('from outside'))).toEqual(NONE);
  });
});

describe('tasks and groups', () => {
  it('tasks that wait for each other are a deadlock, by wait and gather too', () => {
    const { cycles } = deadlocks(() => {
      const first = go(
        function* (): Generator<never, void, unknown> {
          yield* sleep(1);
          yield* wait([second]);
        },
        { name: 'first' },
      );
      const second = go(
        function* (): Generator<never, void, unknown> {
          yield* sleep(2);
          yield* gather([first]);
        },
        { name: 'second' },
      );
    });
    expect(cycles).toEqual([['first', 'second']]);
  });

  it('a wait for the first of several, or with a timeout, is none', () => {
    expect(
      deadlocks(() => {
        const first = go(function* (): Generator<never, void, unknown> {
          yield* sleep(1);
          yield* wait([second, third], { until: 'first' });
        });
        const second = go(function* (): Generator<never, void, unknown> {
          yield* sleep(2);
          yield* first;
        });
        const third = go(() => sleep(500));
        const fourth = go(function* (): Generator<never, void, unknown> {
          yield* sleep(1);
          yield* wait([fourth], { timeout: 500 });
        });
      }),
    ).toEqual(NONE);
  });

  it('a child that waits for what its group holds is a deadlock', () => {
    const { cycles } = deadlocks(() => {
      const lock = mutex({ name: 'lock' });
      go(
        function* () {
          yield* lock.lock();
          yield* taskGroup(function* (group) {
            group.go(
              function* () {
                yield* sleep(1);
                yield* lock.lock();
              },
              { name: 'child' },
            );
            yield* sleep(0);
          });
        },
        { name: 'parent' },
      );
    });
    expect(cycles).toEqual([['parent', 'child', 'lock']]);
  });

  it("a child that waits for its scope's end is a deadlock", () => {
    const { cycles } = deadlocks(() => {
      const scope = taskScope({ name: 'scope' });
      scope.go(
        function* () {
          yield* sleep(1);
          yield* scope.close();
        },
        { name: 'child' },
      );
    });
    expect(cycles).toEqual([['child']]);
  });

  it('what waits for time, a promise, a gate, a latch, a condition or a deferred is none', () => {
    expect(
      deadlocks(() => {
        const [lock, count, later] = [mutex(), latch(1), deferred<void>()];
        const changed = condition(lock);
        go(() => sleep(500));
        go(() => until(new Promise(() => undefined)));
        go(() => count.wait());
        go(() => later);
        go(function* () {
          yield* lock.lock();
          yield* changed.wait();
        });
        go(() => queue<number>().join());
      }),
    ).toEqual(NONE);
  });

  it('who merely waits for a ring is not part of it', () => {
    const { cycles } = deadlocks(() => {
      const lock = mutex({ name: 'lock' });
      const twice = go(
        function* () {
          yield* lock.lock();
          yield* lock.lock();
        },
        { name: 'twice' },
      );
      go(() => twice, { name: 'behind' });
      go(() => lock.lock(), { name: 'behind too' });
    });
    expect(cycles).toEqual([['twice', 'lock']]);
  });
});

it('a ring of a thousand is found, by a loop', () => {
  virtual(() => {
    const inspector = inspect();
    const locks = Array.from({ length: 1000 }, (_, i) => mutex({ name: `lock ${i}` }));
    locks.forEach((lock, i) => {
      go(function* () {
        yield* lock.lock();
        yield* sleep(1);
        yield* locks[(i + 1) % locks.length]!.lock();
      });
    });
    const found: string[] = [];
    inspector.findings$.subscribe(({ kind }) => found.push(kind));
    at(2, () => {
      expect(found).toEqual(['deadlock']);
      expect(inspector.snapshot().cycles[0]).toHaveLength(2000);
      inspector.stop();
    });
  });
});
