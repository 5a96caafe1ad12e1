import { describe, expect, it } from 'vitest';
import { show } from '../../src/testing/show.ts';

describe('10.2 a value in a picture', () => {
  class Order {
    readonly id = 1;
  }
  const itself: Record<string, unknown> = {};
  itself['self'] = itself;

  it.each<[unknown, string]>([
    ["it's", "'it\\'s'"],
    ['a\\b\nc', "'a\\\\b\\nc'"],
    [1, '1'],
    [-0, '-0'],
    [10n, '10n'],
    [true, 'true'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('s'), 'Symbol(s)'],
    [function named() {}, 'function named'],
    [(() => () => {})(), 'a function'],
    [new RangeError('far'), 'RangeError: far'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(NaN), 'Invalid Date'],
    [/a+/g, '/a+/g'],
    [{}, '{}'],
    [Object.create(null), '{}'],
    [new Order(), 'Order { id: 1 }'],
    [
      new (class {
        a = 1;
      })(),
      '{ a: 1 }',
    ],
    [[1, [2]], '[1, [2]]'],
    [new Map([['a', 1]]), "Map [['a', 1]]"],
    [new Set([1]), 'Set [1]'],
    [new Uint8Array([7]), 'Uint8Array { 0: 7 }'],
    [[[[[1]]]], '[[[[…]]]]'],
    [{ a: { b: { c: { d: 1 } } } }, '{ a: { b: { c: {…} } } }'],
    [itself, '{ self: (itself) }'],
    [expect.any(Number), 'Any<Number>'],
    [{ toString: () => 5 }, '5'],
  ])('%# reads %s', (value, text) => {
    expect(show(value)).toBe(text);
  });

  it('is said not to be shown where it throws', () => {
    const odd = {
      toString: (): string => {
        throw new Error('not now');
      },
    };
    expect([show(odd), show([odd])]).toEqual(Array(2).fill('an object that cannot be shown'));
  });

  it('is cut where it is long', () => {
    expect(show('x'.repeat(100))).toBe(`'${'x'.repeat(70)}…`);
  });
});
