import { describe as group, expect, it } from 'vitest';
import {
  CancelledError,
  ClosedError,
  describe,
  NotReadyError,
  OverflowError,
  TaskGroupError,
} from '../../src/base/errors.ts';

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

group('the trace of an error', () => {
  const limitOf = () => Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? 'none';

  /** With Node's limit of frames for the length of `work` being `limit`; undefined: with none. */
  function withLimit(limit: PropertyDescriptor | undefined, work: () => void): void {
    const before = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor;
    Reflect.deleteProperty(Error, 'stackTraceLimit');
    if (limit !== undefined) Object.defineProperty(Error, 'stackTraceLimit', { ...limit, configurable: true });
    try {
      work();
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', before);
    }
  }

  it('is not collected for a cancel, and is for all others', () => {
    expect(new CancelledError('orders', 'enough').stack).toBe('CancelledError: orders was cancelled: "enough"');
    for (const error of [new ClosedError('orders'), new OverflowError('orders', 1), new Error('after a cancel')]) {
      expect(error.stack).toContain('errors.test.ts');
    }
  });

  it.each<[string, PropertyDescriptor | undefined]>([
    ['3', { value: 3, writable: true }],
    ['0', { value: 0, writable: true }],
    ['Infinity', { value: Infinity, writable: true, enumerable: true }],
    ['none', undefined],
    ['nothing that can be written', { value: 3, writable: false }],
  ])('leaves the limit of frames as it is where that is %s', (_, limit) => {
    withLimit(limit, () => {
      const before = limitOf();
      const { message } = new CancelledError('orders');
      expect([message, limitOf()]).toEqual(['orders was cancelled', before]);
    });
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

  it("of a group says whose each failure is: the body's, unless told", () => {
    const errors = [new Error('a'), new Error('b')];
    expect(new TaskGroupError(errors).tasks).toEqual([null, null]);
    expect(new TaskGroupError(errors, 'two', ['child', null]).tasks).toEqual(['child', null]);
  });
});
