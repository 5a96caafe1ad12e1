// What is copied by us is what would have been cloned, or it is not copied.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatCopy, NOT_FLAT } from '../../src/worker/flat.ts';
import { runs } from '../random.ts';
import { failure, pair } from './ports.ts';

describe('a copy', () => {
  it.each([1, 'a', null, undefined, 5n, {}, { a: 1, b: 'x' }, [], [1, undefined, null]])(
    'of %o is its clone',
    (value) => {
      expect(flatCopy(value)).toStrictEqual(structuredClone(value));
    },
  );

  it('is another object', () => {
    const [object, array] = [{ a: 1 }, [1]];
    expect([flatCopy(object) === object, flatCopy(array) === array]).toEqual([false, false]);
  });

  it.each<[string, unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['an object in an object', { a: {} }],
    ['an object with a function', { a: () => 1 }],
    ['an array in an array', [[]]],
    ['holes', Object.assign([], { length: 2 })],
    ['an array with a name', Object.assign([1], { name: 2 })],
    [
      'a getter',
      {
        get a() {
          return 1;
        },
      },
    ],
    ['an own __proto__', JSON.parse('{"__proto__": 1}')],
    ['a date', new Date(0)],
    ['an error', new Error('x')],
    ['a map', new Map()],
    ['bytes', new Uint8Array(2)],
    [
      'an object of a class',
      new (class A {
        a = 1;
      })(),
    ],
    ['an object without a prototype', Object.create(null)],
    ['a proxy of an object', new Proxy({ a: 1 }, {})],
    ['a proxy of an array', new Proxy([1], {})],
    ['much', Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, i]))],
  ])('is not made of %s', (_, value) => {
    expect(flatCopy(value)).toBe(NOT_FLAT);
  });

  it('of anything is its clone, if it is made at all', () => {
    const flat = fc.oneof(fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string())), fc.array(fc.integer()));
    const any = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSparseArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(fc.oneof(flat, any), (value) => {
        const copy = flatCopy(value);
        if (copy !== NOT_FLAT) expect(copy).toStrictEqual(structuredClone(value));
      }),
      runs(2000),
    );
  });
});

describe('a proxy', () => {
  it('cannot be sent, whatever it stands for', async () => {
    const { out } = pair<unknown>();
    expect(await failure(out.send(new Proxy({ a: 1 }, {})))).toMatchObject({ name: 'DataCloneError' });
  });
});
