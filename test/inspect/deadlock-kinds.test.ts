// Semantics 14.2, kind by kind: a cycle is reported when every party of it can only be served by another of it, and at no other time.

import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type Channel,
  channel,
  gather,
  go,
  type Mutex,
  mutex,
  select,
  semaphore,
  shield,
  sleep,
  stateOwner,
  type Task,
  taskGroup,
  taskScope,
  until,
} from '../../src/index.ts';
import { type Finding, inspect, type Snapshot } from '../../src/inspect/index.ts';
import { at, virtual } from '../virtual.ts';

interface Seen {
  readonly findings: readonly Finding[];
  readonly snapshot: Snapshot;
}

/** What is seen of `program` after 100 ms. */
function seen(program: () => void): Seen {
  const findings: Finding[] = [];
  let snapshot: Snapshot = { tasks: [], places: [], cycles: [] };
  virtual(() => {
    const inspector = inspect();
    inspector.findings$.subscribe((finding) => findings.push(finding));
    program();
    at(100, () => {
      snapshot = inspector.snapshot();
      inspector.stop();
    });
  });
  return { findings: findings.filter(({ kind }) => kind === 'deadlock'), snapshot };
}

function task(name: string, body: () => Generator<never, unknown>): Task<unknown> {
  const started = go<unknown>(body as never, { name });
  started.subscribe({ error: () => undefined });
  return started;
}

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
};

describe('a deadlock', () => {
  it.each(Object.entries(DEADLOCKS))('is found: %s', (_kind, { program, parties }) => {
    const { findings, snapshot } = seen(program);
    expect(findings, 'once').toHaveLength(1);
    expect(snapshot.cycles, 'and it is in the snapshot').toHaveLength(1);
    for (const party of parties) {
      expect(findings[0]?.message).toContain(party);
      expect(snapshot.cycles[0]?.join()).toContain(party);
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
};

describe('no deadlock', () => {
  it.each(Object.entries(NONE))('is %s', (_kind, program) => {
    const { findings, snapshot } = seen(program);
    expect([findings, snapshot.cycles]).toEqual([[], []]);
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
