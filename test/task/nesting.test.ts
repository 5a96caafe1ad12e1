import { describe, expect, it } from 'vitest';
import {
  channel,
  coroutine,
  type Coroutine,
  go,
  type Operation,
  sleep,
  taskGroup,
  taskScope,
} from '../../src/index.ts';
import { turn } from '../../src/core/turn.ts';
import { reportsOf, virtual } from '../virtual.ts';

const DEPTH = 10_000;

type Leaf = () => Coroutine<unknown>;

/** Operations inside each other, `DEPTH` deep, around `leaf`. Each counts its clean-up. */
const NESTS: readonly [string, (leaf: Leaf, n: number) => Operation<unknown>][] = [
  ['coroutines', (leaf, n) => coroutine(() => around(n, leaf, coroutineNest))],
  ['groups', (leaf, n) => taskGroup(() => around(n, leaf, groupNest))],
  [
    'children of groups',
    (leaf, n) =>
      taskGroup(function* (group) {
        if (n > 0) group.go(() => childNest(leaf, n - 1));
        else group.go(leaf);
        cleanedUp++;
      }),
  ],
  [
    'scopes',
    (leaf, n) =>
      coroutine(function* () {
        const scope = taskScope();
        scope.go(n > 0 ? scopeNest(leaf, n - 1) : coroutine(leaf));
        try {
          yield* scope.close();
        } finally {
          scope.unsubscribe();
          cleanedUp++;
        }
      }),
  ],
];
const [coroutineNest, groupNest, childNest, scopeNest] = NESTS.map(([, nest]) => nest) as [
  (typeof NESTS)[0][1],
  (typeof NESTS)[0][1],
  (typeof NESTS)[0][1],
  (typeof NESTS)[0][1],
];
let cleanedUp = 0;

function* around(n: number, leaf: Leaf, nest: (typeof NESTS)[0][1]): Coroutine<unknown> {
  try {
    return yield* n > 0 ? nest(leaf, n - 1) : coroutine(leaf);
  } finally {
    cleanedUp++;
  }
}

describe('1.16 nesting is not data', () => {
  it.each(NESTS)('10 000 %s inside each other end without recursion', (_, nest) => {
    cleanedUp = 0;
    let end = '';
    virtual(() =>
      nest(function* () {
        yield* sleep(1);
      }, DEPTH - 1).subscribe({ error: (error: unknown) => (end = String(error)), complete: () => (end = 'ended') }),
    );
    expect([end, cleanedUp]).toEqual(['ended', DEPTH]);
  });

  it.each(NESTS)('10 000 %s fail without recursion', (_, nest) => {
    cleanedUp = 0;
    let end: unknown = null;
    const reported = reportsOf(() =>
      nest(function* () {
        yield* sleep(1);
        throw new Error('boom');
      }, DEPTH - 1).subscribe({ error: (error: unknown) => (end = error) }),
    );
    let depth = 0;
    for (; end instanceof AggregateError || (end as { errors?: unknown }).errors !== undefined; depth++)
      [end] = (end as { errors: unknown[] }).errors;
    expect((end as Error).message).toBe('boom');
    expect(cleanedUp).toBe(DEPTH);
    expect(reported).toEqual([]);
  });

  it.each(NESTS)('10 000 %s are cancelled without recursion, and leave nothing waiting', (_, nest) => {
    cleanedUp = 0;
    const ch = channel<number>();
    let atOnce: unknown = null;
    let end = '';
    virtual(() => {
      const task = go(nest(() => receives(ch), DEPTH - 1));
      go(function* () {
        yield* sleep(5);
        // From inside a turn, nothing else has run when `cancel` returns.
        const cancelled = task.cancel();
        atOnce = ch.receivers.first;
        yield* cancelled;
        end = task.status;
      });
    });
    expect([atOnce === null || NESTS.findIndex(([, each]) => each === nest) >= 2, end]).toEqual([true, 'cancelled']);
    expect(ch.receivers.first).toBe(null);
    expect([turn.starting, turn.cancelling]).toEqual([0, 0]);
  });
  function* receives(ch: ReturnType<typeof channel<number>>): Coroutine<number> {
    return yield* ch.receive();
  }

  it.each([10, 63, 64, 65, 66, 130, 500])('%s coroutines clean up one after the other, innermost first', (depth) => {
    const order: number[] = [];
    function* nest(n: number): Coroutine<void> {
      try {
        if (n === depth) yield* sleep(1000);
        else yield* coroutine(() => nest(n + 1));
      } finally {
        yield* sleep(1);
        order.push(n);
      }
    }
    const end = virtual(() => {
      const task = go(() => nest(1));
      go(function* () {
        yield* sleep(1);
        task.cancel();
      });
    });
    expect(order).toEqual(Array.from({ length: depth }, (_, i) => depth - i));
    expect(end).toBe(depth + 1);
  });

  it.each([10, 100, 500])('%s groups cancel their children in the order in which they started', (depth) => {
    const order: string[] = [];
    function* child(name: string): Coroutine<void> {
      try {
        yield* sleep(1000);
      } finally {
        order.push(name);
      }
    }
    const nest = (n: number): Operation<unknown> =>
      taskGroup(function* (group) {
        if (n === depth) for (const name of ['a', 'b', 'c']) group.go(() => child(name));
        else yield* nest(n + 1);
      });
    virtual(() => {
      const task = go(nest(1));
      go(function* () {
        yield* sleep(1);
        task.cancel();
      });
    });
    expect(order).toEqual(['a', 'b', 'c']);
  });
});
