import { describe, expect, it } from 'vitest';
import {
  channel,
  type Coroutine,
  coroutine,
  deferred,
  go,
  type Operation,
  select,
  sleep,
  until,
} from '../../src/index.ts';
import { Fiber, type FiberOwner } from '../../src/core/fiber.ts';
import { of } from 'rxjs';
import { enter, exit } from '../../src/core/turn.ts';
import { check, Record, show, title } from '../record.ts';

describe('an operation that is iterated by anything but yield* in a coroutine', () => {
  const WAYS: readonly [string, (operation: Operation<unknown>) => unknown][] = [
    ['spread', (operation) => [...operation]],
    ['Array.from', (operation) => Array.from(operation)],
    [
      'for-of',
      (operation) => {
        for (const value of operation) return value;
        return undefined;
      },
    ],
    [
      'destructuring',
      (operation) => {
        const [value] = operation;
        return value;
      },
    ],
    ['new Set', (operation) => new Set(operation)],
  ];
  const OPERATIONS: readonly [string, () => { operation: Operation<unknown>; untouched: () => void }][] = [
    [
      'a receive that is ready',
      () => {
        const c = channel<number>(1);
        c.trySend(1);
        return { operation: c.receive(), untouched: () => expect(c.size).toBe(1) };
      },
    ],
    [
      'a receive that is not ready',
      () => {
        const c = channel<number>();
        return { operation: c.receive(), untouched: () => expect(c.statistics().waitingReceivers).toBe(0) };
      },
    ],
    [
      'a send that is ready',
      () => {
        const c = channel<number>(1);
        return { operation: c.send(1), untouched: () => expect(c.size).toBe(0) };
      },
    ],
    [
      'a select',
      () => {
        const c = channel<number>(1);
        c.trySend(1);
        return { operation: select({ c }), untouched: () => expect(c.size).toBe(1) };
      },
    ],
    [
      'a mapped receive',
      () => {
        const c = channel<number>(1);
        c.trySend(1);
        return { operation: c.receive().map(String), untouched: () => expect(c.size).toBe(1) };
      },
    ],
    [
      'a coroutine',
      () => {
        let runs = 0;
        const operation = coroutine(function* () {
          runs++;
        });
        return { operation, untouched: () => expect(runs).toBe(0) };
      },
    ],
  ];
  const CASES = WAYS.flatMap(([way, iterate]) => OPERATIONS.map(([what, make]) => ({ way, what, iterate, make })));

  it.each(CASES)('throws TypeError and touches nothing, outside: $way, $what', ({ iterate, make }) => {
    const { operation, untouched } = make();
    expect(() => iterate(operation)).toThrow(TypeError);
    expect(() => iterate(operation)).toThrow('yield*');
    untouched();
  });

  it.each(CASES)('throws TypeError and touches nothing, inside: $way, $what', ({ iterate, make }) => {
    const { operation, untouched } = make();
    let caught: unknown;
    const task = go(function* () {
      try {
        iterate(operation);
      } catch (error) {
        caught = error;
      }
      return yield* until(of('went on'));
    });
    expect(caught).toBeInstanceOf(TypeError);
    expect(task.result()).toBe('went on');
    untouched();
  });

  it('throws TypeError for yield* in a generator that no coroutine runs', () => {
    const c = channel<number>(1);
    c.trySend(1);
    function* stray(): Coroutine<number> {
      return yield* c.receive();
    }
    expect(() => stray().next()).toThrow(TypeError);
    expect(c.size).toBe(1);
  });

  it('throws TypeError for yield* in an observer that a coroutine calls', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(1);
    b.trySend(1);
    a.receive().subscribe(() => {
      try {
        told.add(`spread ${[...b.receive()].length}`);
      } catch (error) {
        told.add((error as Error).name);
      }
    });
    go(function* () {
      yield* a.send(1);
      told.add('went on');
    });
    check(a, b);
    expect(told.lines).toEqual(['TypeError', 'went on']);
    expect(b.size).toBe(1);
  });
});

describe('a coroutine delegates', () => {
  it('to a generator with yield*, which waits on its behalf', () => {
    const told = new Record();
    const a = channel<number>();
    function* twice(): Coroutine<number> {
      return (yield* a.receive()) + (yield* a.receive());
    }
    go(function* () {
      told.add(`sum ${yield* twice()}`);
    });
    a.trySend(1);
    a.trySend(2);
    check(a);
    expect(told.lines).toEqual(['sum 3']);
  });

  it('to a coroutine, whose waits are not its own: both can be cancelled apart', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    go(function* () {
      const found = yield* select({
        inner: coroutine(function* () {
          return yield* a.receive();
        }),
        b,
      });
      told.add(show(found));
      told.add(`then ${yield* a.receive()}`);
    });
    b.trySend(1);
    a.trySend(2);
    check(a, b);
    expect(told.lines).toEqual(['b=1', 'then 2']);
  });

  it('and is the running one again when a coroutine that it runs inside of itself has stopped', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    go(function* () {
      coroutine(function* () {
        told.add(`inner ${yield* b.receive()}`);
      }).subscribe();
      told.add(`outer ${yield* a.receive()}`);
    });
    a.trySend(1);
    b.trySend(2);
    check(a, b);
    expect(told.lines).toEqual(['outer 1', 'inner 2']);
  });
});

describe('a fiber', () => {
  /** An owner that writes down how its fiber ends. */
  function owner(told: Record, body: () => Coroutine<unknown>): FiberOwner {
    return {
      name: 'fiber',
      begin: body,
      resolved: (value) => told.add(`resolved ${show(value)}`),
      failed: (error) => told.add(`failed ${show(error)}`),
      stopped: () => told.add('stopped'),
    };
  }
  const run = (fiber: Fiber): void => {
    enter();
    fiber.start();
    exit();
  };
  const cancel = (fiber: Fiber): void => {
    enter();
    fiber.cancel();
    exit();
  };

  it('tells its owner once how it ended', () => {
    const told = new Record();
    run(
      new Fiber(
        owner(told, function* () {
          return 1;
        }),
      ),
    );
    run(
      new Fiber(
        owner(told, function* () {
          throw new Error('no');
        }),
      ),
    );
    const fiber = new Fiber(
      owner(told, function* () {
        yield* deferred<void>();
      }),
    );
    run(fiber);
    cancel(fiber);
    cancel(fiber);
    expect(told.lines).toEqual(['resolved 1', 'failed no', 'stopped']);
  });

  it('fails when its body cannot be made', () => {
    const told = new Record();
    run(
      new Fiber(
        owner(told, () => {
          throw new Error('no body');
        }),
      ),
    );
    expect(told.lines).toEqual(['failed no body']);
  });

  it('waits at one place, and at none once it was served, cancelled, or has ended', () => {
    const told = new Record();
    const gates = [deferred<void>(), deferred<void>()];
    const fiber = new Fiber(
      owner(told, function* () {
        for (const gate of gates) yield* gate;
      }),
    );
    expect(fiber.place).toBeNull();
    run(fiber);
    expect(String(fiber.place)).toBe(`the end of ${gates[0]!.name}`);
    gates[0]!.resolve();
    expect(String(fiber.place)).toBe(`the end of ${gates[1]!.name}`);
    cancel(fiber);
    expect([fiber.place, fiber.before, fiber.after]).toEqual([null, null, null]);
    check(...gates);
    expect(told.lines).toEqual(['stopped']);
  });

  it('keeps nothing that it was given', () => {
    const a = channel<object>();
    const fiber = new Fiber(
      owner(new Record(), function* () {
        yield* a.receive();
        yield* sleep(0).map(() => undefined);
      }),
    );
    run(fiber);
    a.trySend({});
    expect(fiber.parcel).toBeUndefined();
    cancel(fiber);
    expect(fiber.parcel).toBeUndefined();
  });

  it('says what it does: ready, running, waiting, ended', () => {
    const told = new Record();
    const gate = deferred<void>();
    const fiber: Fiber = new Fiber(
      owner(told, function* () {
        told.add(title(fiber));
        yield* gate;
      }),
    );
    enter();
    fiber.start();
    told.add(title(fiber));
    exit();
    told.add(title(fiber));
    gate.resolve();
    told.add(title(fiber));
    expect(told.lines).toEqual([
      'fiber, ready',
      'fiber, running',
      `fiber, waiting: the end of ${gate.name}`,
      'resolved undefined',
      'fiber, ended',
    ]);
  });

  it('never runs its body when it is cancelled before it starts, in line or not', () => {
    const told = new Record();
    const body = function* (): Coroutine<void> {
      told.add('ran');
    };
    const never = new Fiber(owner(told, body));
    cancel(never);
    const inLine = new Fiber(owner(told, body));
    enter();
    inLine.start();
    inLine.cancel();
    exit();
    expect(told.lines).toEqual(['stopped', 'stopped']);
    expect([never.ended, inLine.ended]).toEqual([true, true]);
  });
});
