import { describe, expect, it } from 'vitest';
import { channel, type Channel, channelFrom, go, select, sleep } from '../../src/index.ts';
import { DeadlockError, explore, ExploreError, type MarbleKit, runMarbles } from '../../src/testing/index.ts';

function failure(program: (kit: MarbleKit) => void, options?: { seed?: number }): ExploreError {
  try {
    explore(program, options);
  } catch (error) {
    if (error instanceof ExploreError) return error;
  }
  throw new Error('it does not fail');
}

/** Three tasks that become ready together, in a turn. */
function race(told: (order: string) => void) {
  return ({ flush }: MarbleKit): void => {
    const start = channel<never>();
    let order = '';
    for (const name of 'abc') {
      go(
        function* () {
          yield* start.whenEnded();
          order += name;
        },
        { name },
      );
    }
    start.close();
    flush();
    told(order);
  };
}

describe('explore', () => {
  it('runs a program without choices once', () => {
    let runs = 0;
    expect(
      explore(() => {
        runs++;
      }),
    ).toBe(1);
    expect(runs).toBe(1);
  });

  it('goes through all orders of ready tasks, each once, beginning with the usual one', () => {
    const orders: string[] = [];
    expect(explore(race((order) => orders.push(order)))).toBe(6);
    expect(orders[0]).toBe('abc');
    expect([...new Set(orders)].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  });

  it('goes through all orders of timers that are due together', () => {
    const orders = new Set<string>();
    const count = explore(({ flush }) => {
      let order = '';
      for (const name of 'abc') sleep(1).subscribe(() => (order += name));
      sleep(2).subscribe(() => (order += 'd'));
      flush();
      orders.add(order);
    });
    expect(count).toBe(6);
    expect(orders.size).toBe(6);
    expect([...orders].every((order) => order.endsWith('d'))).toBe(true);
  });

  it("varies select's choices", () => {
    const seen = new Set<string>();
    expect(
      explore(() => {
        const [a, b, c] = Array.from({ length: 3 }, () => channel<number>(1)) as [
          Channel<number>,
          Channel<number>,
          Channel<number>,
        ];
        for (const ch of [a, b, c]) ch.trySend(1);
        select({ a, b, c }).subscribe(({ key }) => seen.add(key));
      }),
    ).toBe(3);
    expect([...seen].sort()).toEqual(['a', 'b', 'c']);
  });

  it('finds an order that fails, names its seed, shows it, and replays exactly that one', () => {
    const program = race((order) => expect(order).not.toBe('cab'));
    const error = failure(program);
    expect(error.cause).toMatchObject({ name: 'AssertionError' });
    expect(error.message).toContain(`{ seed: ${error.seed} }`);
    expect(error.message).toContain('frame 0: c, of 3\n  frame 0: a, of 2');
    let runs = 0;
    const replayed = failure(
      race((order) => {
        runs++;
        expect(order).toBe('abc');
      }),
      { seed: error.seed },
    );
    expect(runs).toBe(1);
    expect(replayed.message).toContain("expected 'cab'");
    expect(
      explore(
        race(() => {}),
        { seed: error.seed },
      ),
    ).toBe(1);
  });

  it('reaches by chance what a search in order would not', () => {
    const program = ({ flush }: MarbleKit): void => {
      const order: number[] = [];
      for (let i = 0; i < 12; i++) sleep(1).subscribe(() => order.push(i));
      flush();
      expect(order[0]).not.toBe(11);
    };
    const error = failure(program);
    expect(error.seed).toBeGreaterThanOrEqual(2 ** 32);
    expect(failure(program, { seed: error.seed }).message.slice(12)).toBe(
      error.message.replace(/^schedule \d+/, 'schedule 1').slice(12),
    );
  });

  it('finds deadlocks, and says who waits on what', () => {
    const error = failure(() => {
      const ch = channel<string>({ name: 'ch' });
      go(
        function* () {
          yield* ch.receive();
        },
        { name: 'reader' },
      );
    });
    expect(error.cause).toBeInstanceOf(DeadlockError);
    expect((error.cause as DeadlockError).blocked).toEqual(['reader: receive on ch, since frame 0']);
    expect(explore(() => void channel().receive().subscribe())).toBe(1);
  });

  it('finds what only one order of two forks shows', () => {
    const error = failure(() => {
      const forks = ['left', 'right'].map((name) => channel<string>({ name, capacity: 1 })) as [
        Channel<string>,
        Channel<string>,
      ];
      for (const fork of forks) fork.trySend('fork');
      const eat = (name: string, [first, second]: readonly Channel<string>[]): void => {
        go(
          function* () {
            yield* sleep(1);
            yield* first!.receive();
            yield* sleep(1);
            yield* second!.receive();
            for (const fork of forks) fork.trySend('fork');
          },
          { name },
        );
      };
      eat('ada', forks);
      eat('bob', [...forks].reverse());
    });
    expect((error.cause as DeadlockError).blocked).toHaveLength(2);
  });

  it('names the case that it drew of those that answer only when they are asked', () => {
    const program = (): void => {
      select({ a: channelFrom(['a']), b: channelFrom(['b']), c: channelFrom(['c']) }).subscribe(({ key }) => {
        if (key === 'b') throw new Error('b was asked');
      });
    };
    expect(() => explore(program)).toThrow(/case 2, of 3/);
  });

  it('tries as many schedules as it is told, always the same', () => {
    const orders = (): string[] => {
      const seen: string[] = [];
      const program = ({ flush }: MarbleKit): void => {
        let order = '';
        for (const name of 'abcdefghij') sleep(1).subscribe(() => (order += name));
        flush();
        seen.push(order);
      };
      expect(explore(program, { schedules: 40 })).toBeGreaterThan(35);
      return seen;
    };
    expect(orders()).toHaveLength(40);
    expect(orders()).toEqual(orders());
    expect(() => explore(() => {}, { schedules: 0 })).toThrow(RangeError);
  });

  it('tries a thousand schedules of ten tasks within a few seconds of work', () => {
    const program = (): void => {
      const ch = channel<number>(1);
      for (let i = 0; i < 5; i++) {
        go(function* () {
          for (let j = 0; j < 5; j++) {
            yield* sleep(1);
            yield* ch.send(j);
          }
        });
        go(function* () {
          for (let j = 0; j < 5; j++) yield* ch.receive();
        });
      }
    };
    const start = process.cpuUsage();
    expect(explore(program)).toBeGreaterThan(900);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(10);
  });

  it('leaves chance and turns as they were, also for runs inside', () => {
    explore(() => {
      runMarbles(({ expectObservable }) => {
        expectObservable(sleep(1)).toBe('-(a|)', { a: undefined });
      });
    });
    const [a, b] = [channel<number>(1), channel<number>(1)];
    a.trySend(1);
    b.trySend(1);
    select({ a, b }).subscribe();
    expect(a.size + b.size).toBe(1);
  });
});
