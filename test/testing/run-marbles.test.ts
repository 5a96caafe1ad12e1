import {
  NEVER,
  animationFrames,
  asapScheduler,
  asyncScheduler,
  concat,
  concatMap,
  delay,
  interval,
  map,
  observeOn,
  of,
  queueScheduler,
  repeat,
  scheduled,
  take,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import * as six from 'rxjs6';
import { describe, expect, it } from 'vitest';
import { channel, go, seedSelect, select, sleep } from '../../src/index.ts';
import { MarbleError, runMarbles } from '../../src/testing/index.ts';

const raise = (): never => {
  throw new Error('raised');
};
const virtual = (): boolean => asyncScheduler.now() < 1e9;

describe('a run', () => {
  it('returns what its body returns', () => {
    expect(runMarbles(() => 7)).toBe(7);
  });

  it('makes the schedulers of RxJS virtual, in the order of real ones', () => {
    const log: string[] = [];
    runMarbles(() => {
      asyncScheduler.schedule(() => log.push(`async 2 at ${asyncScheduler.now()}`), 2);
      asyncScheduler.schedule(() => log.push('async'));
      asapScheduler.schedule(() => log.push('asap'));
      queueScheduler.schedule(() => log.push('queue'));
    });
    expect(log).toEqual(['queue', 'asap', 'async', 'async 2 at 2']);
  });

  it('fires intervals as RxJS does: of those due together, the one that was set first', () => {
    const script = (log: string[]): void => {
      timer(3, 3)
        .pipe(take(2))
        .subscribe((n) => log.push(`three ${n}`));
      timer(2, 2)
        .pipe(take(3))
        .subscribe((n) => log.push(`two ${n}`));
      asyncScheduler.schedule(() => log.push('six'), 6);
    };
    const [ours, theirs]: [string[], string[]] = [[], []];
    runMarbles(() => script(ours));
    new TestScheduler(() => {}).run(() => script(theirs));
    expect(ours).toEqual(theirs);
  });

  it('paints when animate says so', () => {
    runMarbles(({ animate, expectObservable }) => {
      animate('--x--x-x');
      const elapsed = animationFrames().pipe(map((painted) => painted.elapsed));
      expectObservable(elapsed.pipe(take(2))).toBe('--a--(b|)', { a: 2, b: 5 });
    });
    expect(() => runMarbles(() => animationFrames().subscribe())).toThrow(/animate/);
  });

  it('makes the same fair choices every time, and others with another seed', () => {
    const choices = (seed?: number): string =>
      runMarbles(
        () => {
          const [a, b] = [channel<number>(64), channel<number>(64)];
          for (let i = 0; i < 64; i++) [a, b].forEach((ch) => ch.trySend(i));
          let keys = '';
          for (let i = 0; i < 32; i++) select({ a, b }).subscribe(({ key }) => (keys += key));
          return keys;
        },
        seed === undefined ? {} : { seed },
      );
    expect(choices()).toBe(choices());
    expect(choices(3)).toBe(choices(3));
    expect(choices(3)).not.toBe(choices(4));
    expect(choices()).toMatch(/ab|ba/);
  });

  it('flushes in the middle, and counts what is expected then from frame 0, as RxJS does', () => {
    runMarbles(({ cold, hot, flush, expectObservable }) => {
      expectObservable(cold('---a|')).toBe('---a|');
      flush();
      expect(asyncScheduler.now()).toBe(4);
      expectObservable(cold('-b|')).toBe('-----b|');
      expectObservable(hot('-c')).toBe('-----c');
    });
  });

  it('throws at a flush what does not hold', () => {
    let reached = false;
    expect(() =>
      runMarbles(({ cold, flush, expectObservable }) => {
        expectObservable(cold('a')).toBe('b');
        flush();
        reached = true;
      }),
    ).toThrow(MarbleError);
    expect(reached).toBe(false);
  });

  it('leaves the choices outside as they would have been', () => {
    const choices = (between: () => void): string => {
      const [a, b] = [channel<number>(64), channel<number>(64)];
      for (let i = 0; i < 64; i++) [a, b].forEach((ch) => ch.trySend(i));
      let keys = '';
      seedSelect(5);
      for (let i = 0; i < 32; i++) {
        select({ a, b }).subscribe(({ key }) => (keys += key));
        between();
      }
      return keys;
    };
    expect(choices(() => runMarbles(() => {}))).toBe(choices(() => {}));
  });

  it('stops time where something nobody handles was thrown', () => {
    const log: string[] = [];
    runMarbles(({ flush }) => {
      timer(1).subscribe(() => {
        throw new Error('mine');
      });
      timer(5).subscribe(() => log.push('later'));
      expect(flush).toThrow('mine');
    });
    expect(log).toEqual([]);
  });

  it('throws as it is what the body throws, and what nobody handles', () => {
    const error = new Error('mine');
    const thrown = (body: () => void): unknown => {
      try {
        runMarbles(body);
      } catch (caught) {
        return caught;
      }
      return undefined;
    };
    expect(
      thrown(() => {
        throw error;
      }),
    ).toBe(error);
    expect(thrown(() => void throwError(() => error).subscribe())).toBe(error);
    expect(
      thrown(
        () =>
          void go(function* () {
            throw error;
          }),
      ),
    ).toBe(error);
  });
});

describe('diagrams', () => {
  it('take durations, with and without a space behind', () => {
    runMarbles(({ cold, time, expectObservable }) => {
      expect(['5ms |', '5ms|', '--|', ' 1s (a|) ', '1.5s|', '2m |', '- 3ms -|', '|'].map(time)).toEqual([
        5, 5, 2, 1000, 1500, 120_000, 5, 0,
      ]);
      expectObservable(cold('a 5ms b 5ms')).toBe('a-----b');
      expectObservable(cold('5ms(ab)c|')).toBe('-----(ab)c|');
      expectObservable(cold('5msb')).toBe('-----b');
    });
  });

  it('take digits and letters that are no duration as marbles', () => {
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('a5m|').pipe(toArray())).toBe('---(x|)', { x: ['a', '5', 'm'] });
      expectObservable(of('1', 's').pipe(concatMap((v) => of(v).pipe(delay(1))))).toBe('-1(s|)');
    });
  });

  it('need a value for every letter once there are values', () => {
    expect(() => runMarbles(({ cold }) => cold('ab', { a: 1 }))).toThrow(/"b"/);
    expect(() => runMarbles(({ cold, expectObservable }) => expectObservable(cold('')).toBe('b', { a: 1 }))).toThrow(
      /"b"/,
    );
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold<number>('01|', [7, 8] as unknown as Record<string, number>)).toBe('ab|', { a: 7, b: 8 });
      expectObservable(cold('a|', { a: undefined })).toBe('b|', { b: undefined });
    });
  });

  it.each([
    ['cold', '^a'],
    ['cold', 'a!'],
    ['hot', 'a!'],
    ['hot', '^a^'],
    ['cold', '((a))'],
    ['cold', 'a)'],
    ['cold', '(a'],
  ] as const)('that make no sense are refused: %s(%j)', (kind, marbles) => {
    expect(() => runMarbles((kit) => kit[kind](marbles))).toThrow(`marbles "${marbles}"`);
  });

  it('of a time need an end', () => {
    expect(() => runMarbles(({ time }) => time('---'))).toThrow(/ends with/);
  });

  it('of a subscription hold nothing else', () => {
    expect(() => runMarbles(({ cold, expectObservable }) => expectObservable(cold('a'), '^a!'))).toThrow(/"a"/);
  });

  it('of a hot source are seen by those who subscribe in its first frame', () => {
    runMarbles(({ hot, expectObservable }) => {
      const source = hot('a-^b-c|');
      expectObservable(source).toBe('-b-c|');
      expectObservable(source, '--^').toBe('---c|');
      expectObservable(hot('a')).toBe('a');
    });
  });
});

describe('equality', () => {
  const holds = (expected: unknown, received: unknown): boolean => {
    try {
      runMarbles(({ expectObservable }) => {
        expectObservable(of(received)).toBe('(x|)', { x: expected });
      });
      return true;
    } catch {
      return false;
    }
  };
  class Point {
    readonly x: number;
    constructor(x: number) {
      this.x = x;
    }
  }
  class Tagged extends Point {
    readonly [Symbol.toStringTag] = 'Tagged';
  }
  const task = new Promise(() => {});
  const loop = (): object => {
    const made: { self?: object } = {};
    made.self = made;
    return made;
  };

  it.each([
    [NaN, NaN],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
    [new Point(1), new Point(1)],
    [
      new Map([
        ['a', { n: 1 }],
        ['b', { n: 2 }],
      ]),
      new Map([
        ['b', { n: 2 }],
        ['a', { n: 1 }],
      ]),
    ],
    [new Set([1, 2]), new Set([2, 1])],
    [new Set([{ n: 1 }]), new Set([{ n: 1 }])],
    [new Date(5), new Date(5)],
    [/a/g, /a/g],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
    [new DataView(new Uint8Array([1, 2]).buffer, 1), new DataView(new Uint8Array([1, 2]).buffer, 1)],
    [Object(1), Object(1)],
    [new URL('https://example.org/a'), new URL('https://example.org/a')],
    [new Tagged(1), new Tagged(1)],
    [Object.create(null), {}],
    [task, task],
    [loop(), loop()],
    [expect.any(Number), 3],
    [
      { id: expect.any(Number), tags: expect.arrayContaining(['x']) },
      { id: 3, tags: ['x', 'y'] },
    ],
    [Object.assign(new Error('m', { cause: 1 }), { extra: 1 }), new Error('m', { cause: 1 })],
  ])('holds between %o and %o', (a, b) => {
    expect(holds(a, b)).toBe(true);
  });

  it.each([
    [0, -0],
    [1, '1'],
    [null, undefined],
    [{ a: 1 }, { a: 1, b: undefined }],
    [
      { a: 1, b: 2 },
      { a: 1, c: 2 },
    ],
    [
      [1, 2],
      [1, 2, 3],
    ],
    [new Point(1), { x: 1 }],
    [new Map([['a', 1]]), new Map([['a', 2]])],
    [new Set([1]), new Set([2])],
    [new Set([1]), new Set([1, 2])],
    [new Date(5), new Date(6)],
    [/a/g, /a/],
    [new Uint8Array([1]), new Uint8Array([2])],
    [new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
    [new DataView(new Uint8Array([1, 2]).buffer), new DataView(new Uint8Array([1, 2]).buffer, 1)],
    [Object(1), Object(2)],
    [new URL('https://example.org/a'), new URL('https://example.org/b')],
    [new Tagged(1), new Tagged(2)],
    [new Blob(), new Blob()],
    [new Point(1), Object.create(new Point(1))],
    [Promise.resolve(1), Promise.resolve(1)],
    [of(1), of(1)],
    [expect.any(Number), 'x'],
    [new TypeError('m'), new Error('m')],
    [new Error('m'), new Error('n')],
    [new Error('m', { cause: 1 }), new Error('m', { cause: 2 })],
    [() => 1, () => 1],
  ])('does not hold between %o and %o', (a, b) => {
    expect(holds(a, b)).toBe(false);
  });

  it('compares inner sources by what they emit, and leaves channels alone when they are values', () => {
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(of(0).pipe(map(() => cold('-a|')))).toBe('(x|)', { x: cold('-a|') });
      const ch = channel<number>(1);
      ch.trySend(1);
      expectObservable(of(ch)).toBe('(c|)', { c: ch });
      expectObservable(timer(1).pipe(map(() => ch.size))).toBe('-(n|)', { n: 1 });
      expectObservable(cold('--a')).toEqual(concat(timer(2).pipe(map(() => 'a')), NEVER) as never);
    });
  });
});

describe('nested runs', () => {
  it('have clocks of their own, also inside of a timer, and the outer one stays virtual', () => {
    const log: string[] = [];
    runMarbles(({ expectObservable }) => {
      asapScheduler.schedule(() => log.push('outer asap'));
      timer(7).subscribe(() => log.push(`outer timer at ${asyncScheduler.now()}`));
      const inner = (): void =>
        runMarbles((kit) => {
          timer(3).subscribe(() => log.push(`inner timer at ${asyncScheduler.now()}`));
          asapScheduler.schedule(() => log.push('inner asap'));
          kit.expectObservable(scheduled([1], asapScheduler).pipe(delay(2))).toBe('--(a|)', { a: 1 });
        });
      inner();
      expect(virtual()).toBe(true);
      expectObservable(timer(5).pipe(map(inner), observeOn(asapScheduler))).toBe('-----(u|)', { u: undefined });
    });
    expect(log).toEqual([
      ...['inner asap', 'inner timer at 3', 'outer asap'],
      ...['inner asap', 'inner timer at 3', 'outer timer at 7'],
    ]);
    expect(virtual()).toBe(false);
  });

  it('that fail leave nothing behind', () => {
    runMarbles(({ expectObservable }) => {
      expect(() =>
        runMarbles(() => {
          timer(1).subscribe(() => expect.unreachable());
          asapScheduler.schedule(() => expect.unreachable());
          throw new Error('inner');
        }),
      ).toThrow('inner');
      expectObservable(scheduled(['a'], asapScheduler).pipe(delay(2))).toBe('--(a|)');
    });
    expect(() =>
      runMarbles(() => {
        asapScheduler.schedule(() => expect.unreachable());
        throw new Error('outer');
      }),
    ).toThrow('outer');
    expect(virtual()).toBe(false);
    expect(new TestScheduler(() => {}).createTime('-|')).toBe(10);
  });

  it('have turns of their own: inside of a coroutine, the inner coroutines run', () => {
    const log: string[] = [];
    runMarbles(() => {
      go(function* () {
        yield* sleep(1);
        runMarbles(() => {
          go(function* () {
            yield* sleep(1);
            log.push('inner');
          });
        });
        log.push('outer');
      });
    });
    expect(log).toEqual(['inner', 'outer']);
  });

  it('do not run the coroutines of the outer one', () => {
    const log: string[] = [];
    runMarbles(() => {
      go(function* () {
        go(function* () {
          log.push('outer');
        });
        runMarbles(() => {
          go(function* () {
            log.push('inner');
          });
        });
      });
    });
    expect(log).toEqual(['inner', 'outer']);
  });

  it('may be plain ones of RxJS', () => {
    runMarbles(({ expectObservable }) => {
      new TestScheduler(() => {}).run(() => {});
      expectObservable(timer(3)).toBe('---(a|)', { a: 0 });
    });
  });

  it('may be plain ones of RxJS, inside of whatever happens, and what is around them stays virtual', () => {
    runMarbles(({ cold, flush, expectObservable, expectIdle }) => {
      const log: string[] = [];
      const plain = (): void => {
        const outside = asyncScheduler.now();
        new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run((inner) => {
          inner.expectObservable(inner.cold('-a|').pipe(delay(2))).toBe('---(a|)');
          inner.animate('--x');
          animationFrames()
            .pipe(take(1))
            .subscribe(() => log.push(`painted at ${asyncScheduler.now()}`));
          runMarbles((deeper) => deeper.expectObservable(timer(2)).toBe('--(a|)', { a: 0 }));
          interval(3)
            .pipe(take(2))
            .subscribe(() => log.push(`ticked at ${asyncScheduler.now()}`));
        });
        expect(asyncScheduler.now()).toBe(outside);
        expect(() => new TestScheduler(() => {}).run(() => raise())).toThrow('raised');
        asapScheduler.schedule(() => log.push(`soon, at ${asyncScheduler.now()}`));
        timer(1).subscribe(() => log.push(`later, at ${asyncScheduler.now()}`));
      };
      plain();
      flush();
      expect(log).toEqual(['painted at 2', 'ticked at 3', 'ticked at 6', 'soon, at 0', 'later, at 1']);
      timer(1).subscribe(plain);
      timer(2).subscribe(() => {
        runMarbles(({ expectObservable: inside }) => {
          timer(1).subscribe(plain);
          inside(timer(2).pipe(delay(2))).toBe('----(a|)', { a: 0 });
        });
        expect(asyncScheduler.now()).toBe(3);
      });
      expectObservable(cold('--a--b|').pipe(delay(3))).toBe('------a--(b|)');
      go(function* () {
        for (let i = 0; i < 5; i++) yield* sleep(1);
        plain();
        yield* sleep(1);
        expect(asyncScheduler.now()).toBe(7);
      });
      expectIdle();
    });
    expect(virtual()).toBe(false);
  });
});

describe('the limit of frames', () => {
  it('is ten thousand, or what diagrams and single delays ask for', () => {
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('20s a|')).toBe('20s a|');
    });
    runMarbles(({ expectObservable }) => {
      const late = timer(60_000).pipe(delay(60_000), take(1));
      expectObservable(late.pipe(map(() => asyncScheduler.now()))).toBe('2m (a|)', { a: 120_000 });
    });
    expect(() => runMarbles(() => void interval(1).subscribe())).toThrow(/frame 10000 has passed/);
    expect(() => runMarbles(() => void timer(101).subscribe(), { maxFrames: 100 })).toThrow(/frame 100 has passed/);
    runMarbles(() => void timer(100).subscribe(), { maxFrames: 100 });
  });

  it('holds for what a loop does with what ends', () => {
    expect(() => runMarbles(({ cold }) => void cold('a-|').pipe(repeat()).subscribe())).toThrow(/cold\('a-\|'\)/);
  });

  it('does not count what happens in one frame, as long as that ends', () => {
    let left = 20_000;
    const again = (): void => {
      if (left-- > 0) asapScheduler.schedule(again);
    };
    runMarbles(again);
    expect(left).toBe(-1);
  });
});

it('an asynchronous body is refused, and its failure is not reported a second time', () => {
  expect(() => runMarbles(() => Promise.reject(new Error('later')))).toThrow(/runMarblesAsync/);
});

it('an Observable may be of another RxJS', () => {
  runMarbles(({ expectObservable }) => {
    expectObservable(six.of('a', 'b') as never).toBe('(ab|)');
    expectObservable(of('a', 'b')).toEqual(six.of('a', 'b') as never);
  });
});

it('what is no Observable is refused where it is expected', () => {
  expect(() => runMarbles(({ expectObservable }) => expectObservable(7 as never))).toThrow(TypeError);
});
