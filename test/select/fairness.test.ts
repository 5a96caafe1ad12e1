import { defer, NEVER } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  channel,
  channelFrom,
  coroutine,
  deferred,
  gate,
  mergeSelect,
  type Operation,
  produce,
  queue,
  type ReceiveChannel,
  seedSelect,
  select,
  type SelectOptions,
  semaphore,
  sleep,
  trySelect,
} from '../../src/index.ts';
import { chance } from '../../src/core/chance.ts';
import { check } from '../record.ts';

afterEach(() => seedSelect(1));

/** How often each key was chosen in `draws` choices among cases that are all ready, every time. */
function tally(keys: readonly string[], draws: number, choose: () => string): Map<string, number> {
  const counts = new Map(keys.map((key) => [key, 0]));
  for (let i = 0; i < draws; i++) {
    const key = choose();
    counts.set(key, counts.get(key)! + 1);
  }
  return counts;
}

/** Pearson's statistic of counts that should be equal. */
function chiSquare(counts: Map<string, number>): number {
  const values = [...counts.values()];
  const expected = values.reduce((sum, count) => sum + count, 0) / values.length;
  return values.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** The values that chi-square exceeds once in a million, by degrees of freedom: with a fixed seed it is a matter of once. */
const BOUND: Readonly<Record<number, number>> = { 1: 23.9, 2: 27.6, 4: 33.4, 6: 38.3 };

/** Endless sources: each time one gives its value, it gets a new one. */
function endless(keys: readonly string[]): Record<string, ReturnType<typeof channel<number>>> {
  return Object.fromEntries(
    keys.map((key) => {
      const c = channel<number>(Infinity);
      for (let i = 0; i < 30_000; i++) c.trySend(i);
      return [key, c];
    }),
  );
}

const CHOICES = [
  {
    what: 'select',
    chooser: (keys: readonly string[]) => {
      const fair = select(endless(keys));
      return (): string => {
        let chosen = '';
        fair.subscribe(({ key }) => (chosen = key));
        return chosen;
      };
    },
  },
  {
    what: 'trySelect',
    chooser: (keys: readonly string[]) => {
      const sources = endless(keys);
      return (): string => trySelect(sources)!.key;
    },
  },
  {
    what: 'mergeSelect',
    chooser: (keys: readonly string[]) => {
      const merged = mergeSelect(endless(keys));
      return (): string => {
        const got = merged.tryReceive();
        return got.ok ? got.value.key : '';
      };
    },
  },
];

describe.each(CHOICES)('3.3 $what', ({ chooser }) => {
  it.each([[['a', 'b']], [['a', 'b', 'c']], [['a', 'b', 'c', 'd', 'e']], [['a', 'b', 'c', 'd', 'e', 'f', 'g']]])(
    'chooses among %j with equal probability',
    (keys) => {
      seedSelect(7);
      const counts = tally(keys, 20_000, chooser(keys));
      expect(chiSquare(counts)).toBeLessThan(BOUND[keys.length - 1]!);
    },
  );

  it.each([
    [['a', 'b'], 30.7],
    [['a', 'b', 'c'], 42.7],
  ] as const)(
    'chooses among %j without a pattern: what comes next does not depend on what came last',
    (keys, bound) => {
      seedSelect(7);
      const choose = chooser(keys);
      let last = choose();
      const possible = keys.flatMap((key) => keys.map((other) => key + other));
      const pairs = tally(possible, 20_000, () => {
        const next = choose();
        const pair = last + next;
        last = next;
        return pair;
      });
      expect(chiSquare(pairs)).toBeLessThan(bound);
    },
  );

  it('makes the same choices from the same seed', () => {
    const keys = ['a', 'b', 'c'];
    const run = (seed: number): string[] => {
      seedSelect(seed);
      const choose = chooser(keys);
      return Array.from({ length: 40 }, choose);
    };
    expect(run(3)).toEqual(run(3));
    expect(run(4)).not.toEqual(run(3));
  });
});

describe('3.3 a fair select', () => {
  it('chooses only among the cases that are ready', () => {
    seedSelect(5);
    const a = channel<number>();
    const b = channel<number>(Infinity);
    const c = channel<number>();
    const d = channel<number>(Infinity);
    for (let i = 0; i < 20_000; i++) b.trySend(i);
    const counts = tally(['b', 'd'], 20_000, () => trySelect({ a, b, off: null, c, d: d.send(1) })!.key);
    expect(chiSquare(counts)).toBeLessThan(BOUND[1]!);
  });

  it('counts each case, also of the same channel', () => {
    seedSelect(5);
    const a = channel<number>(Infinity);
    const b = channel<number>(Infinity);
    for (let i = 0; i < 20_000; i++) {
      a.trySend(i);
      b.trySend(i);
    }
    const counts = tally(['one', 'two', 'b'], 15_000, () => trySelect({ one: a, two: a, b })!.key);
    expect(chiSquare(counts)).toBeLessThan(BOUND[2]!);
  });

  it('draws nothing where there is no choice, so that the next choice stays the same', () => {
    const run = (between: () => void): string[] => {
      seedSelect(9);
      const choose = CHOICES[1]!.chooser(['a', 'b', 'c']);
      return Array.from({ length: 40 }, () => {
        between();
        return choose();
      });
    };
    const one = channel<number>(Infinity);
    const single = (): void => {
      one.trySend(1);
      trySelect({ one, other: channel() });
      trySelect({ other: channel() });
    };
    expect(run(single)).toEqual(run(() => undefined));
  });
});

describe('3.3 a select by priority', () => {
  it('takes the first listed that is ready, every time', () => {
    const { a, b, c } = endless(['a', 'b', 'c']);
    const keys = Array.from({ length: 50 }, () => trySelect({ idle: channel(), b, a, c }, { order: 'priority' })!.key);
    expect(new Set(keys)).toEqual(new Set(['b']));
  });

  it('draws nothing', () => {
    const sources = endless(['a', 'b']);
    const fair = CHOICES[1]!.chooser(['a', 'b', 'c']);
    seedSelect(9);
    const expected = Array.from({ length: 20 }, fair);
    seedSelect(9);
    const found = Array.from({ length: 20 }, () => {
      trySelect(sources, { order: 'priority' });
      return fair();
    });
    expect(found).toEqual(expected);
  });
});

describe('3.3 seedSelect', () => {
  it.each([NaN, Infinity, -Infinity])('rejects %s', (seed) => {
    expect(() => seedSelect(seed)).toThrow(RangeError);
    expect(() => seedSelect(seed)).toThrow(String(seed));
  });

  it('takes 0 and negative numbers', () => {
    for (const seed of [0, -1]) {
      seedSelect(seed);
      const counts = tally(['a', 'b'], 10_000, CHOICES[1]!.chooser(['a', 'b']));
      expect(chiSquare(counts)).toBeLessThan(BOUND[1]!);
    }
  });
});

describe('3.8 a fair select that waits, with several cases on one place,', () => {
  type Keyed = Record<'a' | 'b' | 'c', Operation<unknown> | ReceiveChannel<unknown>>;

  /** Cases on one place, and what serves one of them. */
  const PLACES: [string, () => { cases: Keyed; serve: () => void }][] = [
    [
      'receives on a channel',
      () => {
        const ch = channel<number>();
        return { cases: { a: ch, b: ch, c: ch.receive() }, serve: () => ch.trySend(1) };
      },
    ],
    [
      'receives that were mapped, and receiveResult',
      () => {
        const ch = channel<number>();
        const cases = { a: ch.receive().map(String), b: ch.receiveResult(), c: ch.receive().map(Number) };
        return { cases, serve: () => ch.trySend(1) };
      },
    ],
    [
      'receives with time limits and signals',
      () => {
        const ch = channel<number>();
        const { signal } = new AbortController();
        const cases = {
          a: ch.receive().withTimeout(Infinity),
          b: ch.receive().withSignal(signal),
          c: ch.receive().withSignal(signal).withTimeout(Infinity),
        };
        return { cases, serve: () => ch.trySend(1) };
      },
    ],
    [
      'sends on a channel',
      () => {
        const ch = channel<number>();
        return { cases: { a: ch.send(1), b: ch.send(2), c: ch.send(3) }, serve: () => ch.tryReceive() };
      },
    ],
    [
      'acquires of a semaphore',
      () => {
        const permits = semaphore(1);
        permits.tryAcquire();
        const acquire = () => permits.acquire();
        return { cases: { a: acquire(), b: acquire(), c: acquire() }, serve: () => permits.release() };
      },
    ],
    [
      'waits at a gate',
      () => {
        const open = gate();
        return { cases: { a: open.wait(), b: open.wait(), c: open.wait() }, serve: () => open.set() };
      },
    ],
    [
      'waits for a future',
      () => {
        const future = deferred<number>();
        return { cases: { a: future, b: future, c: future.map(String) }, serve: () => future.resolve(1) };
      },
    ],
    [
      'leases of a queue',
      () => {
        const q = queue<number>();
        return { cases: { a: q.lease(), b: q.receive(), c: q.lease() }, serve: () => q.trySend(1) };
      },
    ],
    [
      'receives on a channel, some of them cases of a select that is a case',
      () => {
        const [ch, other] = [channel<number>(), channel<number>()];
        const cases = {
          a: select({ ch, other, twin: ch }),
          b: ch,
          c: select({ inner: select({ other, ch }) }).withTimeout(Infinity),
        };
        return { cases, serve: () => ch.trySend(1) };
      },
    ],
    [
      'receives on two channels, which meet in a select that is a case',
      () => {
        const [ch, other] = [channel<number>(), channel<number>()];
        const cases = { a: ch, b: select({ ch, other }), c: select({ other, x: ch.receive() }) };
        return { cases, serve: () => ch.trySend(1) };
      },
    ],
    [
      'receives on a channel that pulls when it is asked',
      () => {
        const ch = channelFrom([1, 2, 3]);
        return { cases: { a: ch, b: ch, c: ch }, serve: () => undefined };
      },
    ],
    [
      'receives on an idle producer, each in its own way',
      () => {
        const ones = produce<number>(function* (out) {
          yield* out.send(1);
        });
        const cases = {
          a: ones.receive().map(String),
          b: select({ ones }).withTimeout(Infinity),
          c: ones.receiveMany(2),
        };
        return { cases, serve: () => undefined };
      },
    ],
    [
      'receives on channels of their own that answer when they are asked',
      () => {
        const cases = {
          a: channelFrom([1]),
          b: mergeSelect({ x: channelFrom([2]) }),
          c: channelFrom([3]).receiveResult(),
        };
        return { cases, serve: () => undefined };
      },
    ],
    [
      'receives that something serves which a later case starts',
      () => {
        const ch = channel<number>();
        const sends = defer(() => (ch.trySend(1), NEVER));
        return { cases: { a: ch, b: ch.receive().map(String), c: ch.receiveResult(), sends }, serve: () => undefined };
      },
    ],
  ];

  it.each(PLACES)('gives each of them the same chance: %s', (_, make) => {
    seedSelect(7);
    const counts = tally(['a', 'b', 'c'], 3000, () => {
      const { cases, serve } = make();
      let chosen = '';
      select(cases).subscribe(({ key }) => (chosen = key));
      serve();
      return chosen;
    });
    expect(chiSquare(counts)).toBeLessThan(BOUND[2]!);
  });

  it.each(PLACES)('draws the same for the same seed, and with priority takes the first listed: %s', (_, make) => {
    const keysOf = (options: SelectOptions): string[] =>
      Array.from({ length: 20 }, () => {
        const { cases, serve } = make();
        let chosen = '';
        select(cases, options).subscribe(({ key }) => (chosen = key));
        serve();
        return chosen;
      });
    const drawn = [1, 2].map(() => {
      seedSelect(3);
      return keysOf({});
    });
    expect(drawn[0]).toEqual(drawn[1]);
    expect(new Set(drawn[0]).size).toBe(3);
    expect(new Set(keysOf({ order: 'priority' }))).toEqual(new Set(['a']));
  });

  it('leaves each of its places in order for those who came before and after', () => {
    const told: string[] = [];
    const ch = channel<number>();
    const other = channel<number>();
    ch.receive().subscribe((n) => told.push(`before ${n}`));
    select({ a: ch, x: other, b: ch, y: other, z: other }).subscribe(({ value }) => told.push(`select ${value}`));
    ch.receive().subscribe((n) => told.push(`after ${n}`));
    for (const n of [1, 2, 3, 4]) {
      ch.trySend(n);
      check(ch, other);
    }
    expect(told).toEqual(['before 1', 'select 2', 'after 3']);
    expect([other.statistics().waitingReceivers, other.trySend(1)]).toEqual([0, false]);
  });

  it('starts nothing anew of what it has started, where a select that is a case meets another case', () => {
    const ch = channel<number>();
    let begun = 0;
    const counted = coroutine(function* () {
      begun++;
      yield* sleep(Infinity);
    });
    const told: string[] = [];
    select({ a: select({ ch, counted }), b: ch, c: select({ ch }) }).subscribe(({ key }) => told.push(key));
    check(ch);
    ch.trySend(1);
    expect([begun, told.length, ch.trySend(2)]).toEqual([1, 1, false]);
  });

  it('draws once for two cases on one place', () => {
    const ch = channel<number>();
    seedSelect(5);
    const [, next] = [chance.below(2), chance.below(1000)];
    seedSelect(5);
    select({ a: ch, b: ch }).subscribe().unsubscribe();
    expect(chance.below(1000)).toBe(next);
  });

  it('leaves off what a later case switches off as it gets in line', () => {
    const told: unknown[] = [];
    const [ch, other] = [channel<number>(), channel<number>()];
    const closes = defer(() => (ch.close(), NEVER));
    const cases = { a: ch, b: ch, c: other, d: other, closes };
    select(cases, { onClosed: 'skip' }).subscribe(({ value }) => told.push(value));
    check(ch, other);
    other.trySend(1);
    expect(told).toEqual([1]);
  });

  it('draws nothing where each of its cases stands alone', () => {
    const [a, b] = [channel<number>(), channel<number>()];
    seedSelect(5);
    const first = chance.below(1000);
    seedSelect(5);
    select({ a, b, c: a.send(1), d: deferred() })
      .subscribe()
      .unsubscribe();
    expect(chance.below(1000)).toBe(first);
  });
});
