import { describe, expect, it } from 'vitest';
import { isCoroutine } from '../../src/core/is-coroutine.ts';

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
