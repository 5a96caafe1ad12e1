import { describe, expect, it } from 'vitest';
import {
  barrier,
  broadcast,
  channel,
  condition,
  gate,
  go,
  jobQueue,
  latch,
  mutex,
  queue,
  rateLimiter,
  select,
  semaphore,
  sleep,
  stateOwner,
  taskGroup,
  taskScope,
} from '../../src/index.ts';
import { inspect, type Inspector, type Snapshot, type TaskInfo } from '../../src/inspect/index.ts';
import { at, virtual } from '../virtual.ts';

/** In virtual time, under inspection until `ms`. */
function watched(program: (inspector: Inspector) => void, ms = 1000): void {
  virtual(() => {
    const inspector = inspect();
    program(inspector);
    at(ms, () => inspector.stop());
  });
}

/** `parent > name: state, what it waits for, for so long`. */
function lines({ tasks }: Snapshot): string[] {
  const named = (id: number | null): string => tasks.find((task) => task.id === id)?.name ?? '';
  return tasks.map(({ name, parent, state, waitingFor, forMs }: TaskInfo) => {
    const above = parent === null ? '' : `${named(parent)} > `;
    return `${above}${name.replace(/#\d+/, '#')}: ${state}${waitingFor === null ? '' : `, ${waitingFor}`}, ${forMs} ms`;
  });
}

describe('a snapshot of tasks', () => {
  it('has each with its parent, what it waits for, and since when', () => {
    watched((inspector) => {
      const orders = channel<number>({ name: 'orders' });
      go(
        function* () {
          go(() => orders.receive(), { name: 'child' });
          yield* sleep(3);
          yield* orders.send(1);
          yield* orders.receive();
        },
        { name: 'parent' },
      );
      at(2, () => {
        expect(lines(inspector.snapshot())).toEqual([
          'parent: waiting, sleep(3), 2 ms',
          'parent > child: waiting, receive on orders, 2 ms',
        ]);
      });
      at(10, () => {
        expect(lines(inspector.snapshot())).toEqual(['parent: waiting, receive on orders, 7 ms']);
      });
    });
  });

  it('has the members of a group below it, whoever started them, and those of one that is gone at the root', () => {
    watched((inspector) => {
      go(
        function* () {
          yield* taskGroup(
            function* (group) {
              group.go(
                function* () {
                  group.go(() => sleep(100), { name: 'second' });
                  go(() => sleep(100), { name: 'free' });
                  yield* sleep(50);
                },
                { name: 'first' },
              );
              yield* sleep(100);
            },
            { name: 'pair' },
          );
        },
        { name: 'main' },
      );
      at(10, () => {
        expect(lines(inspector.snapshot()).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
          'main',
          'main > pair',
          'pair > first',
          'pair > second',
          'first > free',
        ]);
      });
      at(60, () => {
        expect(lines(inspector.snapshot()).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
          'main',
          'main > pair',
          'pair > second',
          'free',
        ]);
      });
    });
  });

  it('is consistent inside of a callback, in the middle of a turn', () => {
    const seen: string[][] = [];
    watched((inspector) => {
      const look = (): void => void seen.push(lines(inspector.snapshot()));
      const orders = channel<number>({ name: 'orders' });
      go(
        function* () {
          yield* orders.receive();
          look();
          yield* sleep(1);
        },
        { name: 'receiver' },
      );
      go(
        function* () {
          look();
          yield* orders.send(1);
          look();
          yield* sleep(1);
        },
        { name: 'sender' },
      );
      const told = channel<number>({ name: 'told' });
      told.subscribe(look);
      go(() => told.send(1).map(() => sleep(1)), { name: 'teller' });
    });
    expect(seen).toEqual([
      ['receiver: waiting, receive on orders, 0 ms', 'sender: running, 0 ms'],
      ['receiver: ready, 0 ms', 'sender: running, 0 ms'],
      ['receiver: running, 0 ms', 'sender: waiting, sleep(1), 0 ms'],
      ['receiver: waiting, sleep(1), 0 ms', 'sender: waiting, sleep(1), 0 ms', 'teller: running, 0 ms'],
    ]);
  });

  it('tells who cleans up, and who is queued', () => {
    watched((inspector) => {
      const task = go(
        function* () {
          try {
            yield* sleep(100);
          } finally {
            yield* sleep(20);
          }
        },
        { name: 'cleaner' },
      );
      const scope = taskScope({ limit: 1, name: 'scope' });
      scope.go(() => sleep(100), { name: 'runs' });
      scope.go(() => sleep(100), { name: 'queued' });
      at(5, () => void task.cancel());
      at(10, () => {
        expect(lines(inspector.snapshot())).toEqual([
          'cleaner: cleaning, sleep(20), 5 ms',
          'runs: waiting, sleep(100), 10 ms',
          'queued: ready, 10 ms',
        ]);
      });
    });
  });

  it('has names and places escaped', () => {
    watched((inspector) => {
      const odd = channel<number>({ name: 'a\u001b[31m\u202eb' });
      go(() => odd.receive(), { name: 'x\ny' });
      const { tasks, places } = inspector.snapshot();
      expect([tasks[0]?.name, tasks[0]?.waitingFor]).toEqual(['x\\ny', 'receive on a\\x1b[31m\\u202eb']);
      expect(places[0]).toMatchObject({
        name: 'a\\x1b[31m\\u202eb',
        text: 'channel a\\x1b[31m\\u202eb (0/0, 1 receiving, open)',
      });
    });
  });

  it('says where each was started, if it is asked to', () => {
    virtual(() => {
      using inspector = inspect({ stacks: true });
      go(() => sleep(1));
      go(() =>
        taskGroup(function* (group) {
          group.go(() => sleep(1));
          yield* sleep(1);
        }),
      );
      const { tasks } = inspector.snapshot();
      expect(tasks).toHaveLength(4);
      for (const { startedAt } of tasks) expect(startedAt).toMatch(/snapshot\.test\.[tj]s:\d+:\d+\)?$/);
    });
  });

  it('knows nothing of what was made before, or after the last stop; nested calls share', () => {
    watched((outer) => {
      go(() => sleep(1), { name: 'seen' });
      const inner = inspect();
      expect(lines(inner.snapshot())).toEqual(lines(outer.snapshot()));
      inner.stop();
      expect(outer.snapshot().tasks).toHaveLength(1);
      outer.stop();
      expect(outer.snapshot()).toEqual({ tasks: [], places: [], cycles: [] });
      const next = inspect();
      expect(next.snapshot().tasks).toEqual([]);
      next.stop();
    });
  });
});

describe('a snapshot of places', () => {
  it('has each with its kind, name and text, in the order in which they were made', () => {
    watched((inspector) => {
      const lock = mutex({ name: 'lock' });
      const all = [
        lock,
        channel<number>({ name: 'ch', capacity: 3 }),
        queue<number>({ name: 'q' }),
        broadcast<number>({ name: 'b' }),
        semaphore(2, { name: 's' }),
        gate({ name: 'g' }),
        condition(lock, { name: 'c' }),
        barrier(2, { name: 'bar' }),
        latch(1, { name: 'l' }),
        rateLimiter(1, 10, { name: 'rl' }),
        stateOwner(0, { name: 'o' }),
        jobQueue(() => [1], { name: 'jobs' }),
        taskScope({ name: 'scope' }),
      ];
      const { places } = inspector.snapshot();
      expect(places.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
        ...[
          'mutex lock',
          'channel ch',
          'queue q',
          'broadcast b',
          'semaphore s',
          'gate g',
          'condition c',
          'barrier bar',
        ],
        ...['latch l', 'rateLimiter rl', 'stateOwner o', 'jobQueue jobs', 'scope scope'],
      ]);
      expect(places.map(({ text }) => text)).toEqual(all.map(String));
      expect(places.every(({ waiting }) => waiting.length === 0)).toBe(true);
    });
  });

  it('has the ids of the tasks that wait there, by whatever they wait', () => {
    watched((inspector) => {
      const [orders, lock, owner] = [
        channel<number>({ name: 'orders' }),
        mutex({ name: 'lock' }),
        stateOwner(0, { name: 'owner' }),
      ];
      lock.tryLock();
      go(() => orders.receive());
      go(() => select({ orders, lock: lock.lock() }));
      go(() =>
        orders
          .receive()
          .withTimeout(500)
          .map(() => sleep(1)),
      ).subscribe({ error: () => undefined });
      go(() =>
        owner.update(function* (n) {
          yield* sleep(500);
          return n;
        }),
      );
      go(() => owner.read((n) => n));
      const { tasks, places } = inspector.snapshot();
      const numbered = (name: string): number[] =>
        (places.find((place) => place.name === name)?.waiting ?? []).map((id) =>
          tasks.findIndex((task) => task.id === id),
        );
      expect([numbered('orders'), numbered('lock'), numbered('owner')]).toEqual([[0, 1, 2], [1], [3, 5]]);
    });
  });
});
