// Semantics 14.2, kind by kind: a cycle is reported when every party of it can only be served by another of it, and at no other time.

import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  type Channel,
  channel,
  coroutine,
  forEach,
  gather,
  latch,
  type Mutex,
  mutex,
  type Operation,
  select,
  semaphore,
  shield,
  singleFlight,
  sleep,
  stateOwner,
  type Task,
  taskGroup,
  taskScope,
  until,
  wait,
} from '../../src/index.ts';
import { type Finding, inspect } from '../../src/inspect/index.ts';
import { at, virtual } from '../virtual.ts';
import { seen, task } from './stuck.ts';

/** Two that take what the other has: each `first`, and 5 ms later `second`. */
function crossed(take: (from: 'a' | 'b') => Generator<never, unknown>): void {
  task('one', function* () {
    yield* take('a');
    yield* sleep(5);
    yield* take('b');
  });
  task('two', function* () {
    yield* take('b');
    yield* sleep(5);
    yield* take('a');
  });
}

const DEADLOCKS: Record<string, { program: () => void; parties: string[] }> = {
  'two locks in opposite order': {
    parties: ['one', 'two', 'a', 'b'],
    program: () => {
      const locks = { a: mutex({ name: 'a' }), b: mutex({ name: 'b' }) };
      crossed(function* (name) {
        yield* locks[name].lock();
      });
    },
  },
  'two locks in opposite order, by withLock': {
    parties: ['a', 'b'],
    program: () => {
      const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
      for (const [name, outer, inner] of [
        ['one', a, b],
        ['two', b, a],
      ] as const)
        task(name, function* () {
          yield* outer.withLock(function* () {
            yield* sleep(5);
            yield* inner.withLock(function* () {
              yield* sleep(1);
            });
          });
        });
    },
  },
  'a ring of three locks': {
    parties: ['t0', 't1', 't2', 'm0', 'm1', 'm2'],
    program: () => {
      const locks = [0, 1, 2].map((i) => mutex({ name: `m${i}` }));
      for (const [i, lock] of locks.entries())
        task(`t${i}`, function* () {
          yield* lock.lock();
          yield* sleep(5);
          yield* (locks[(i + 1) % 3] as Mutex).lock();
        });
    },
  },
  'a lock that its holder locks again': {
    parties: ['one', 'a'],
    program: () => {
      const a = mutex({ name: 'a' });
      task('one', function* () {
        yield* a.lock();
        yield* a.lock();
      });
    },
  },
  'a step that waits for its own owner': {
    parties: ['sum'],
    program: () => {
      const owner = stateOwner(0, { name: 'sum' });
      task('one', function* () {
        yield* owner.update(() => owner.update((n) => n + 1));
      });
    },
  },
  'the steps of two owners that ask each other': {
    parties: ['left', 'right'],
    program: () => {
      const left = stateOwner(0, { name: 'left' });
      const right = stateOwner(0, { name: 'right' });
      task('one', function* () {
        yield* left.update(function* (n) {
          yield* sleep(5);
          return n + (yield* right.update((m) => m + 1));
        });
      });
      task('two', function* () {
        yield* right.update(function* (n) {
          yield* sleep(5);
          return n + (yield* left.update((m) => m + 1));
        });
      });
    },
  },
  'a rendezvous with oneself': {
    parties: ['one', 'c'],
    program: () => {
      const c: Channel<number> = channel({ name: 'c' });
      task('other', function* () {
        yield* c.send(0);
      });
      task('one', function* () {
        yield* c.receive();
        yield* c.send(1);
        yield* c.receive();
      });
    },
  },
  'a full channel whose only receiver waits to send to it': {
    parties: ['one', 'c'],
    program: () => {
      const c = channel<number>({ capacity: 1, name: 'c' });
      task('one', function* () {
        yield* c.send(0);
        for (;;) {
          const n = yield* c.receive();
          yield* c.send(n + 1);
          yield* c.send(n + 2);
        }
      });
    },
  },
  'two tasks that wait for each other to end': {
    parties: ['one', 'two'],
    program: () => {
      const one: Task<unknown> = task('one', function* () {
        yield* sleep(1);
        yield* two;
      });
      const two: Task<unknown> = task('two', function* () {
        yield* one;
      });
    },
  },
  'a task that waits for itself': {
    parties: ['one'],
    program: () => {
      const one: Task<unknown> = task('one', function* () {
        yield* sleep(1);
        yield* one;
      });
    },
  },
  'a child that waits for the one that waits for its group': {
    parties: ['parent', 'child'],
    program: () => {
      const parent: Task<unknown> = task('parent', function* () {
        yield* taskGroup(function* (group) {
          group.go(
            function* () {
              yield* sleep(1);
              yield* parent;
            },
            { name: 'child' },
          );
          yield* sleep(5);
        });
      });
    },
  },
  'a child that wants the lock of the one that waits for its group': {
    parties: ['parent', 'child', 'a'],
    program: () => {
      const a = mutex({ name: 'a' });
      task('parent', function* () {
        yield* a.lock();
        yield* taskGroup(function* (group) {
          group.go(
            function* () {
              yield* a.lock();
            },
            { name: 'child' },
          );
          yield* sleep(5);
        });
        a.unlock();
      });
    },
  },
  'a scope whose closing waits for a child that waits for who closes it': {
    parties: ['closer', 'child'],
    program: () => {
      const scope = taskScope({ name: 'scope' });
      const closer = task('closer', function* () {
        yield* sleep(5);
        yield* scope.close();
      });
      scope
        .go(
          function* () {
            yield* closer;
          },
          { name: 'child' },
        )
        .subscribe({ error: () => undefined });
    },
  },
  'a permit that its holder takes again, by withPermit': {
    parties: ['withPermit', 's'],
    program: () => {
      const s = semaphore(1, { name: 's' });
      task('one', function* () {
        yield* s.withPermit(function* () {
          yield* s.withPermit(function* () {
            yield* sleep(1);
          });
        });
      });
    },
  },
  'two permits, of which two tasks hold one each and want another': {
    parties: ['one', 's'],
    program: () => {
      const s = semaphore(2, { name: 's' });
      for (const name of ['one', 'two'])
        task(name, function* () {
          yield* s.acquire();
          yield* sleep(1);
          yield* s.acquire();
        });
    },
  },
  'a load that asks for itself': {
    parties: ['singleFlight'],
    program: () => {
      const load: (key: string) => Operation<unknown> = singleFlight((key: string) =>
        coroutine(function* () {
          yield* sleep(1);
          return yield* load(key);
        }),
      );
      task('one', function* () {
        yield* load('x');
      });
    },
  },
  'a child that closes its own scope': {
    parties: ['child'],
    program: () => {
      const scope = taskScope({ name: 'scope' });
      const child = scope.go(
        function* () {
          yield* sleep(1);
          yield* scope.close();
        },
        { name: 'child' },
      );
      child.subscribe({ error: () => undefined });
    },
  },
  'two that both send first, and have never met': {
    parties: ['one', 'two', 'a', 'b'],
    program: () => {
      const [a, b] = [channel<number>({ name: 'a' }), channel<number>({ name: 'b' })];
      task('one', function* () {
        yield* a.send(1);
        yield* b.receive();
      });
      task('two', function* () {
        yield* b.send(2);
        yield* a.receive();
      });
    },
  },
  'a body that sends to the full channel whose values it is for': {
    parties: ['one', 'c'],
    program: () => {
      const c = channel<number>({ capacity: 1, name: 'c' });
      c.trySend(0);
      task('one', function* () {
        yield* forEach(c, function* (n) {
          yield* c.send(n + 1);
          yield* c.send(n + 2);
        });
      });
    },
  },
  'a step that waits for a task that asks its owner': {
    parties: ['inner', 'sum'],
    program: () => {
      const owner = stateOwner(0, { name: 'sum' });
      task('one', function* () {
        yield* owner.update(function* (n) {
          yield* sleep(1);
          yield* task('inner', function* () {
            yield* owner.update((m) => m + 1);
          });
          return n;
        });
      });
    },
  },
  'a lock behind map': {
    parties: ['one', 'a'],
    program: () => {
      const a = mutex({ name: 'a' });
      task('one', function* () {
        yield* a.lock();
        yield* a.lock().map(() => 1);
      });
    },
  },
  ...among('gather', (lock) => gather([lock, sleep(1)])),
  ...among('a select, all of whose cases are stuck', (lock, own) => select({ lock, own })),
  'tasks that are waited for by wait': {
    parties: ['one', 'two'],
    program: () => {
      const one: Task<unknown> = task('one', function* () {
        yield* sleep(1);
        yield* wait([two]);
      });
      const two: Task<unknown> = task('two', function* () {
        yield* one;
      });
    },
  },
};

/** Two locks in opposite order, the second of one of them behind something. */
function among(
  name: string,
  wrap: (lock: Operation<void>, own: Operation<void>) => Operation<unknown>,
): Record<string, { program: () => void; parties: string[] }> {
  const program = (): void => {
    const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
    task('one', function* () {
      yield* a.lock();
      yield* sleep(5);
      yield* wrap(b.lock(), a.lock());
    });
    task('two', function* () {
      yield* b.lock();
      yield* sleep(5);
      yield* a.lock();
    });
  };
  return { [`two locks in opposite order, among ${name}`]: { program, parties: ['one', 'a'] } };
}

describe('a deadlock', () => {
  it.each(Object.entries(DEADLOCKS))('is found: %s', (_kind, { program, parties }) => {
    const { findings, cycles } = seen(program);
    expect(findings, 'once').toHaveLength(1);
    expect(cycles, 'and it is in the snapshot').toHaveLength(1);
    for (const party of parties) {
      expect(findings[0]?.message).toContain(party);
      expect(cycles[0]?.join()).toContain(party);
    }
  });
});

const NONE: Record<string, () => void> = {
  'two locks in opposite order, one with a deadline': () => {
    const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
    task('one', function* () {
      yield* a.lock();
      yield* sleep(5);
      yield* b.lock().withTimeout(1000);
    });
    task('two', function* () {
      yield* b.lock();
      yield* sleep(5);
      yield* a.lock();
    });
  },
  'two locks in opposite order, one with a signal': () => {
    const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
    const { signal } = new AbortController();
    task('one', function* () {
      yield* a.lock();
      yield* sleep(5);
      yield* b.lock().withSignal(signal);
    });
    task('two', function* () {
      yield* b.lock();
      yield* sleep(5);
      yield* a.lock();
    });
  },
  'two locks in opposite order, one in a select with a timer': () => {
    const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
    task('one', function* () {
      yield* a.lock();
      yield* sleep(5);
      yield* select({ lock: b.lock(), late: sleep(1000) });
    });
    task('two', function* () {
      yield* b.lock();
      yield* sleep(5);
      yield* a.lock();
    });
  },
  'two locks in opposite order, one in a select with an observable': () => {
    const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
    task('one', function* () {
      yield* a.lock();
      yield* sleep(5);
      yield* select({ lock: b.lock(), other: NEVER });
    });
    task('two', function* () {
      yield* b.lock();
      yield* sleep(5);
      yield* a.lock();
    });
  },
  'two locks in opposite order, a moment apart': () => {
    const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
    for (const [name, first, second, ms] of [
      ['one', a, b, 0],
      ['two', b, a, 10],
    ] as const)
      task(name, function* () {
        yield* sleep(ms);
        yield* first.lock();
        yield* sleep(5);
        yield* second.lock();
        first.unlock();
        second.unlock();
      });
  },
  'a lock whose holder sleeps': () => {
    const a = mutex({ name: 'a' });
    task('one', function* () {
      yield* a.lock();
      yield* sleep(1_000_000);
    });
    task('two', function* () {
      yield* a.lock();
    });
  },
  'a lock that is held by nobody who waits': () => {
    const a = mutex({ name: 'a' });
    a.tryLock();
    task('one', function* () {
      yield* a.lock();
    });
  },
  'a holder that waits for a promise': () => {
    const a = mutex({ name: 'a' });
    task('one', function* () {
      yield* a.lock();
      yield* until(new Promise(() => undefined));
    });
    task('two', function* () {
      yield* a.lock();
    });
  },
  'a receiver that nobody has sent to yet': () => {
    const c = channel<number>({ name: 'c' });
    task('one', function* () {
      yield* c.receive();
    });
  },
  'a ping-pong': () => {
    const [a, b] = [channel<number>({ name: 'a' }), channel<number>({ name: 'b' })];
    task('one', function* () {
      for (let i = 0; i < 10; i++) {
        yield* a.send(i);
        yield* b.receive();
      }
    });
    task('two', function* () {
      for (let i = 0; i < 10; i++) {
        yield* a.receive();
        yield* sleep(1);
        yield* b.send(i);
      }
    });
  },
  'a full channel with another receiver, who is busy': () => {
    const c = channel<number>({ capacity: 1, name: 'c' });
    task('other', function* () {
      for (;;) {
        yield* c.receive();
        yield* sleep(1000);
      }
    });
    task('one', function* () {
      yield* sleep(1);
      for (let n = 0; n < 5; n++) {
        yield* c.send(n);
        c.tryReceive();
        yield* c.send(n);
      }
    });
  },
  'a permit of several': () => {
    const s = semaphore(2, { name: 's' });
    task('other', function* () {
      yield* s.acquire();
      yield* sleep(1000);
      s.release();
    });
    task('one', function* () {
      yield* s.acquire();
      yield* s.acquire();
    });
  },
  'an owner whose step takes its time': () => {
    const owner = stateOwner(0, { name: 'sum' });
    task('one', function* () {
      yield* owner.update(function* (n) {
        yield* sleep(1000);
        return n + 1;
      });
    });
    task('two', function* () {
      yield* owner.update((n) => n + 1);
    });
  },
  'a step that tells its own owner': () => {
    const owner = stateOwner(0, { name: 'sum' });
    task('one', function* () {
      yield* owner.update((n) => {
        owner.update((m) => m + 1).subscribe();
        return n + 1;
      });
    });
  },
  'a task that waits for one that sleeps': () => {
    const one = task('one', function* () {
      yield* sleep(1000);
    });
    task('two', function* () {
      yield* one;
    });
    task('three', function* () {
      yield* gather([one, shield(one)]);
    });
  },
  'a group whose children sleep': () => {
    task('parent', function* () {
      yield* taskGroup(function* (group) {
        group.go(() => sleep(1000), { name: 'child' });
        yield* sleep(1);
      });
    });
  },
  'a wait for tasks with a deadline': () => {
    const one: Task<unknown> = task('one', function* () {
      yield* sleep(1);
      yield* wait([two], { timeout: 1000 });
    });
    const two: Task<unknown> = task('two', function* () {
      yield* one;
    });
  },
  'a wait for the first of two tasks, of which one will end': () => {
    const one: Task<unknown> = task('one', function* () {
      yield* sleep(1);
      yield* wait([two, sleeper], { until: 'first' });
    });
    const two: Task<unknown> = task('two', function* () {
      yield* one;
    });
    const sleeper = task('sleeper', function* () {
      yield* sleep(1000);
    });
  },
  'a lock that is tried again and again': () => {
    const a = mutex({ name: 'a' });
    task('one', function* () {
      yield* a.lock();
      yield* a.lock().withTimeout(10).withRetry({ attempts: 20 });
    });
  },
  'a lock whose holder has ended, and which somebody else unlocks': () => {
    const a = mutex({ name: 'a' });
    task('one', function* () {
      yield* a.lock();
    });
    task('two', function* () {
      yield* sleep(1);
      yield* a.lock();
    });
    at(50, () => {
      a.unlock();
    });
  },
  'a barrier, or a latch, for which somebody may come': () => {
    const [meeting, start] = [barrier(2), latch(1)];
    task('one', function* () {
      yield* meeting.wait();
    });
    task('two', function* () {
      yield* start.wait();
    });
  },
  'a sender whose receiver will be plain code': () => {
    const c = channel<number>({ name: 'c' });
    task('one', function* () {
      yield* c.send(1);
    });
    task('two', function* () {
      yield* sleep(70);
    });
    at(60, () => void c.tryReceive());
  },
  'a pipeline that comes to its end': () => {
    const c = channel<number>({ capacity: 1, name: 'c' });
    task('one', function* () {
      for (let i = 0; i < 10; i++) yield* c.send(i);
      c.close();
    });
    task('two', function* () {
      yield* forEach(c, function* () {
        yield* sleep(1);
      });
    });
  },
};

describe('no deadlock', () => {
  it.each(Object.entries(NONE))('is %s', (_kind, program) => {
    const { findings, cycles } = seen(program);
    expect([findings, cycles]).toEqual([[], []]);
  });
});

it('is told again when it comes again, and not while it lasts', () => {
  const findings: Finding[] = [];
  virtual(() => {
    const inspector = inspect();
    inspector.findings$.subscribe((finding) => findings.push(finding));
    const a = mutex({ name: 'a' });
    const program = (): Task<unknown> =>
      task('one', function* () {
        yield* a.lock();
        try {
          yield* a.lock();
        } finally {
          a.unlock();
        }
      });
    const first = program();
    at(10, () => {
      expect(inspector.snapshot().cycles).toHaveLength(1);
      first.cancel();
      expect(inspector.snapshot().cycles).toEqual([]);
    });
    at(20, () => void program());
    at(30, () => {
      inspector.stop();
    });
  });
  expect(findings.map(({ kind }) => kind)).toEqual(['deadlock', 'deadlock']);
});
