// Errors that cross: as what they are, where both sides know what that is.

import fc from 'fast-check';
import { EmptyError, TimeoutError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  BrokenBarrierError,
  CancelledError,
  ClosedError,
  NotReadyError,
  OverflowError,
  StaleDeliveryError,
  TaskGroupError,
} from '../../src/index.ts';
import { PeerGoneError, RemoteError } from '../../src/worker/index.ts';
import { pack, unpack } from '../../src/worker/thrown.ts';
import { Malformed } from '../../src/worker/wire.ts';
import { runs } from '../random.ts';

/** There. */
function crossed(thrown: unknown): unknown {
  return unpack(structuredClone(pack(thrown)));
}

describe('an error', () => {
  it.each<Error>([
    new Error('a'),
    new TypeError('b'),
    new RangeError('c'),
    new SyntaxError('d'),
    new ReferenceError('e'),
    new EvalError('f'),
    new URIError('g'),
    new AggregateError([new Error('1'), new TypeError('2')], 'h'),
    new ClosedError('orders'),
    new CancelledError('orders', 'why'),
    new CancelledError('orders', new RangeError('why')),
    new OverflowError('orders', { id: 5 }),
    new BrokenBarrierError('barrier'),
    new NotReadyError('task'),
    new StaleDeliveryError('queue', 'was acked'),
    new TaskGroupError([new Error('1'), new TaskGroupError([new ClosedError('x')], 'inner')], 'outer'),
    new PeerGoneError('thread', 3),
    new RemoteError('Odd', 'odd'),
    new TimeoutError(),
    new EmptyError(),
    new DOMException('stop', 'AbortError'),
  ])('of a class that both sides have arrives as that: %o', (error) => {
    const there = crossed(error) as Error;
    expect(Object.getPrototypeOf(there)).toBe(Object.getPrototypeOf(error));
    expect(there).toBeInstanceOf(Error);
    expect([there.name, there.message, there.stack]).toEqual([error.name, error.message, error.stack]);
    expect(there).toEqual(error);
  });

  it('of another class arrives as a RemoteError with its name, message, stack, cause and own properties', () => {
    class OddError extends TypeError {
      override readonly name = 'OddError';
      readonly code = 5;
      readonly details = { deep: [new Map([[1, 2]])] };
      readonly because = new RangeError('inner');
      readonly callback = (): number => 1;
      get broken(): never {
        throw new Error('never read');
      }
    }
    const error = new OddError('odd', { cause: new ClosedError('x') });
    Object.assign(error, { [Symbol('s')]: 1 });
    Object.defineProperty(error, 'trap', {
      enumerable: true,
      get: () => {
        throw new Error('a getter');
      },
    });
    const there = crossed(error) as RemoteError & OddError;
    expect(there).toBeInstanceOf(RemoteError);
    expect([there.name, there.remoteName, there.message, there.stack]).toEqual([
      'RemoteError',
      'OddError',
      'odd',
      error.stack,
    ]);
    expect(there.cause).toEqual(new ClosedError('x'));
    expect(there.cause).toBeInstanceOf(ClosedError);
    expect(there.because).toBeInstanceOf(RangeError);
    expect([there.code, there.details, 'callback' in there]).toEqual([5, error.details, false]);
    expect(Object.getOwnPropertySymbols(there)).toEqual([]);
  });

  it('of a class that forgot its name goes by the name of its class', () => {
    class Nameless extends Error {}
    expect((crossed(new Nameless('x')) as RemoteError).remoteName).toBe('Nameless');
    expect((crossed(Object.assign(new Nameless('x'), { name: 'Named' })) as RemoteError).remoteName).toBe('Named');
  });

  it('that crosses twice keeps the name that it had at first', () => {
    class OddError extends Error {
      override readonly name = 'OddError';
    }
    expect((crossed(crossed(new OddError('x'))) as RemoteError).remoteName).toBe('OddError');
  });

  it('of a class of the user that has the name of another is not taken for it', () => {
    class TimeoutError extends Error {
      override readonly name = 'TimeoutError';
    }
    expect(crossed(new TimeoutError('mine'))).toMatchObject({ name: 'RemoteError', remoteName: 'TimeoutError' });
  });

  it('may refer to itself, and have a very long line of causes', () => {
    const error: Error & { self?: unknown } = new Error('round');
    error.self = error;
    error.cause = error;
    const there = crossed(error) as typeof error;
    expect([there.self, there.cause]).toEqual([there, there]);
    let last = new Error('0');
    for (let i = 1; i <= 20_000; i++) last = new Error(String(i), { cause: last });
    expect(crossed(last)).toMatchObject({ message: '20000', cause: { message: '19999' } });
  });

  it('of more properties and inner errors than can be sent along arrives with as many as can', () => {
    const many = Array.from({ length: 3000 }, (_, i) => [`key${i}`, i] as const);
    const there = crossed(Object.assign(new Error('wide'), Object.fromEntries(many))) as Error;
    expect([there.message, Object.keys(there)]).toEqual(['wide', many.slice(0, 1000).map(([key]) => key)]);
    const errors = many.map(([key]) => new Error(key));
    expect((crossed(new AggregateError(errors, 'many')) as AggregateError).errors).toHaveLength(1000);
  });

  it('keeps what was not cloneable out, and is none the worse for it', () => {
    const error = new Error('x', { cause: () => 1 });
    expect((crossed(error) as Error).cause).toMatchObject({ name: 'RemoteError', remoteName: 'DataCloneError' });
  });
});

describe('what is no error', () => {
  it.each([undefined, null, 5, 'text', { code: 5 }, [1, 2], new Map([[1, 2]])])('arrives as it is: %o', (value) => {
    expect(crossed(value)).toEqual(value);
  });

  it.each([() => 1, Symbol('s'), { f: () => 1 }])(
    'and cannot be cloned, arrives as an error that says what it was',
    (value) => {
      expect(crossed(value)).toMatchObject({
        name: 'RemoteError',
        message: expect.stringMatching(/cannot be cloned$/),
      });
    },
  );
});

describe('what pretends to be an error', () => {
  it('sets no prototype, whatever its keys', () => {
    const nodes = [{ type: 'Error', name: 'E', message: 'm', stack: 's', own: [['__proto__', { raw: { bad: 1 } }]] }];
    const there = unpack({ nodes }) as Error & { bad?: number };
    expect([there.bad, Object.getPrototypeOf(there)]).toEqual([undefined, Error.prototype]);
  });

  it('is an error, or is refused', () => {
    const part = fc.oneof(fc.record({ raw: fc.anything() }), fc.record({ at: fc.integer() }), fc.anything());
    const node = fc.record(
      {
        type: fc.constantFrom('Error', 'TypeError', 'RemoteError', 'DOMException', '__proto__', 5),
        name: fc.oneof(fc.string(), fc.anything()),
        message: fc.string(),
        stack: fc.string(),
        own: fc.oneof(fc.array(fc.tuple(fc.string(), part)), fc.anything()),
        cause: part,
        errors: fc.oneof(fc.array(part), fc.anything()),
      },
      { requiredKeys: ['type', 'message', 'stack'] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.record({ nodes: fc.array(node) }), fc.anything()), (packed) => {
        try {
          unpack(packed);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }),
      runs(2000),
    );
  });
});
