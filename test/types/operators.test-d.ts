import { type MonoTypeOperatorFunction, type Observable, of, type OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  abortSignalFrom,
  boundedBuffer,
  channel,
  channelFrom,
  queueMap,
  type QueueMapOptions,
  type ReceiveChannel,
  sendTo,
  sleep,
  takeUntilAborted,
  toAsyncIterable,
  toReadableStream,
} from 'rxsluice';

const numbers = channel<number>(3);

describe('channelFrom', () => {
  it('gives what a stream, an iterable, a promise or an observable brings', () => {
    expectTypeOf(channelFrom(new ReadableStream<Uint8Array>())).toEqualTypeOf<ReceiveChannel<Uint8Array>>();
    expectTypeOf(channelFrom([1])).toEqualTypeOf<ReceiveChannel<number>>();
    expectTypeOf(channelFrom(Promise.resolve('a'))).toEqualTypeOf<ReceiveChannel<string>>();
    expectTypeOf(channelFrom(of(1), { capacity: Infinity })).toEqualTypeOf<ReceiveChannel<number>>();
  });
});

describe('queueMap', () => {
  it('emits what inner sources of any kind emit', () => {
    const observables = numbers.pipe(queueMap((n) => of(String(n))));
    expectTypeOf(observables).toEqualTypeOf<Observable<string>>();
    expectTypeOf(numbers.pipe(queueMap((n) => Promise.resolve(n > 1)))).toEqualTypeOf<Observable<boolean>>();
    expectTypeOf(numbers.pipe(queueMap((n) => [n, n]))).toEqualTypeOf<Observable<number>>();
    const coroutines = numbers.pipe(
      queueMap(function* (n) {
        yield* sleep(n);
        return 'done';
      }),
    );
    expectTypeOf(coroutines).toEqualTypeOf<Observable<string>>();
    const generators = numbers.pipe(
      queueMap(function* (n) {
        yield n;
        yield* sleep(n);
        yield String(n);
      }),
    );
    expectTypeOf(generators).toEqualTypeOf<Observable<string | number>>();
  });

  it('tells a projection its index and a signal, and options the type of the value', () => {
    numbers.pipe(
      queueMap((_, { index, signal }) => {
        expectTypeOf(index).toEqualTypeOf<number>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        return [];
      }),
    );
    expectTypeOf<QueueMapOptions<number>['key']>().toEqualTypeOf<((value: number) => unknown) | undefined>();
  });

  it('takes no policy that it does not know', () => {
    // @ts-expect-error its source cannot be made to wait
    expectTypeOf(queueMap).toBeCallableWith(() => [], { overflow: 'suspend' });
  });
});

describe('the other operators', () => {
  it('leave the type as it is', () => {
    expectTypeOf(sendTo(numbers)).toEqualTypeOf<MonoTypeOperatorFunction<number>>();
    const undelivered = sendTo(numbers, {
      maxBacklog: 10,
      close: true,
      onUndelivered: (value) => expectTypeOf(value).toEqualTypeOf<number>(),
    });
    expectTypeOf(of(1).pipe(undelivered)).toEqualTypeOf<Observable<number>>();
    expectTypeOf(boundedBuffer<number>(1, { overflow: 'fail' })).toEqualTypeOf<OperatorFunction<number, number>>();
    const signal = abortSignalFrom(of(1));
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(numbers.pipe(takeUntilAborted(signal))).toEqualTypeOf<Observable<number>>();
  });

  it('lead out', () => {
    expectTypeOf(toAsyncIterable(numbers)).toEqualTypeOf<AsyncIterableIterator<number>>();
    expectTypeOf(toReadableStream(numbers)).toEqualTypeOf<ReadableStream<number>>();
  });

  it('want a policy for a buffer', () => {
    // @ts-expect-error which of its values is lost?
    expectTypeOf(boundedBuffer).toBeCallableWith(1);
  });
});
