import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isCoroutine } from '../../src/core/is-coroutine.ts';
import { channel, type Coroutine, go, type ReceiveChannel } from '../../src/index.ts';

describe('what a function returned', () => {
  it('is the body of a coroutine if it is a generator', () => {
    function* body() {}
    expect(isCoroutine(body())).toBe(true);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a number', 1],
    ['a generator function', function* () {}],
    [
      'a function with the methods of a generator',
      Object.assign(() => 1, { throw: () => 1, [Symbol.iterator]: () => 1 }),
    ],
    ['an iterator', [][Symbol.iterator]()],
    ['what can throw and is not iterable', { throw: () => 1 }],
    ['an async generator', (async function* () {})()],
  ])('is none if it is %s', (_, made) => {
    expect(isCoroutine(made)).toBe(false);
  });
});

describe('a coroutine runs', () => {
  type Body = (ch: ReceiveChannel<string>) => Coroutine<string>;

  /** A generator function of its own each time. */
  function genuine(): Body {
    return function* (ch) {
      const first = yield* ch.receive();
      return `${first}, ${yield* ch.receive()}`;
    };
  }
  /** Whose `next` is its own, and notes each call. */
  function replaced(calls: unknown[], on: (body: Coroutine<string>) => object): Body {
    return (ch) => {
      const body = genuine()(ch);
      const next = body.next.bind(body);
      Object.assign(on(body), {
        next: (signal: unknown) => {
          calls.push('next');
          return next(signal);
        },
      });
      return body;
    };
  }
  const calls: unknown[] = [];

  it.each<[string, Body, number]>([
    ['a generator', genuine(), 0],
    ['a generator of another realm', runInNewContext(`(${String(genuine())})`) as Body, 0],
    ['a generator whose next was replaced', replaced(calls, (body) => body), 3],
    ['one whose prototype has a next', replaced(calls, (body) => Object.getPrototypeOf(body) as object), 3],
    [
      'what transpiled code makes of one',
      (ch) => {
        const body = genuine()(ch);
        const steps = { next: (signal: unknown) => body.next(signal), throw: (e: unknown) => body.throw(e) };
        const made = { ...steps, return: (value: string) => body.return(value), [Symbol.iterator]: () => made };
        return made as Coroutine<string>;
      },
      0,
    ],
  ])('%s', (_, body, times) => {
    calls.length = 0;
    const got: string[] = [];
    const ch = channel<string>();
    go(() => body(ch)).subscribe((value) => got.push(value));
    ch.trySend('a');
    expect(got).toEqual([]);
    ch.trySend('b');
    expect([got, calls.length]).toEqual([['a, b'], times]);
  });
});
