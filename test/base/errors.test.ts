import { describe as group, expect, it } from 'vitest';
import { CancelledError, ClosedError, describe, NotReadyError, OverflowError } from '../../src/base/errors.ts';

group('an error', () => {
  it.each<[string, () => Error, string]>([
    ['ClosedError', () => new ClosedError('orders'), 'orders is closed'],
    ['CancelledError', () => new CancelledError('orders'), 'orders was cancelled'],
    ['CancelledError', () => new CancelledError('orders', 'enough'), 'orders was cancelled: "enough"'],
    ['CancelledError', () => new CancelledError('orders', new Error('enough')), 'orders was cancelled: enough'],
    ['OverflowError', () => new OverflowError('orders', 1), 'orders is full'],
    [
      'NotReadyError',
      () => new NotReadyError('task#1'),
      'task#1 has no result yet: wait for it, or look at its status first',
    ],
  ])('names its kind and what it was about: %s, %#', (name, make, message) => {
    const error = make();
    expect([error.name, error.message]).toEqual([name, message]);
    expect(error).toBeInstanceOf(Error);
  });

  it('carries what its receiver needs', () => {
    const reason = {};
    const value = {};
    const cancelled = new CancelledError('orders', reason);
    const overflow = new OverflowError('orders', value);
    expect([cancelled.source, overflow.source, new ClosedError('orders').source]).toEqual([
      'orders',
      'orders',
      'orders',
    ]);
    expect(cancelled.reason).toBe(reason);
    expect(overflow.value).toBe(value);
  });
});

group('a value in a message', () => {
  class Order {
    number = 1;
  }
  it.each<[unknown, string]>([
    [1.5, '1.5'],
    [-0, '0'],
    [NaN, 'NaN'],
    [10n, '10'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    ['a "b"', '"a \\"b\\""'],
    [Symbol('s'), 'Symbol(s)'],
    [function named() {}, 'function named'],
    [new (class extends Function {})(), 'function anonymous'],
    [(() => () => {})(), 'a function'],
    [new TypeError('wrong'), 'wrong'],
    [new TypeError(), 'TypeError'],
    [new Order(), 'an instance of Order'],
    [[1, 2], 'an instance of Array'],
    [{ a: 1 }, 'an object'],
    [Object.create(null), 'an object'],
    [Object.create(Object.create(null) as object), 'an object'],
    [
      new (class {
        number = 1;
      })(),
      'an object',
    ],
  ])('%# reads %s as %s', (value, text) => {
    expect(describe(value)).toBe(text);
  });
});
