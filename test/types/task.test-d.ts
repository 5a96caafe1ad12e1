import { type Observable, of, switchMap } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  channel,
  coroutine,
  type Coroutine,
  type Deferred,
  deferred,
  forEach,
  type Future,
  type FutureStatus,
  go,
  type Operation,
  sleep,
  type Task,
  type TaskContext,
  until,
} from 'rxsluice';

const numbers = channel<number>(3);

describe('a coroutine', () => {
  it('infers what its waits yield, and what it returns', () => {
    const task = go(function* () {
      const n = yield* numbers.receive();
      expectTypeOf(n).toEqualTypeOf<number>();
      expectTypeOf(yield* sleep(1)).toEqualTypeOf<void>();
      expectTypeOf(yield* go(of('x'))).toEqualTypeOf<string | undefined>();
      return n * 2;
    });
    expectTypeOf(task).toEqualTypeOf<Task<number>>();
    expectTypeOf(task.promise()).toEqualTypeOf<Promise<number>>();
    expectTypeOf(
      coroutine(function* ({ signal }) {
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        return yield* until(of(1));
      }),
    ).toEqualTypeOf<Operation<number>>();
  });

  it('may be written as a function with a type', () => {
    function* twice(): Coroutine<number> {
      return (yield* numbers.receive()) + (yield* numbers.receive());
    }
    expectTypeOf(coroutine(twice)).toEqualTypeOf<Operation<number>>();
    expectTypeOf(go(twice)).toEqualTypeOf<Task<number>>();
  });

  it('does not wait with a plain yield', () => {
    // @ts-expect-error a plain yield is not a wait
    go(function* () {
      yield 5;
    });
    // @ts-expect-error not of an operation either
    go(function* () {
      yield sleep(1);
    });
    // @ts-expect-error nor in a coroutine that is not run yet
    coroutine(function* () {
      yield sleep(1);
    });
  });
});

describe('go', () => {
  it('resolves with what the work ends with', () => {
    expectTypeOf(go(of(1))).toEqualTypeOf<Task<number | undefined>>();
    expectTypeOf(go(() => of('x'))).toEqualTypeOf<Task<string | undefined>>();
    expectTypeOf(go(numbers)).toEqualTypeOf<Task<number | undefined>>();
    expectTypeOf(go(async () => Promise.resolve(3))).toEqualTypeOf<Task<number>>();
    expectTypeOf(go(Promise.resolve(3))).toEqualTypeOf<Task<number>>();
    expectTypeOf(go(numbers.receive())).toEqualTypeOf<Task<number>>();
    expectTypeOf(go(numbers.send(1))).toEqualTypeOf<Task<void>>();
    expectTypeOf(
      go(
        (async function* () {
          yield await Promise.resolve(1);
        })(),
      ),
    ).toEqualTypeOf<Task<number | undefined>>();
  });

  it('tells the work its name and its signal', () => {
    go(function* (context) {
      expectTypeOf(context).toEqualTypeOf<TaskContext>();
    });
  });

  it('is an observable of the result', () => {
    expectTypeOf(
      of(1).pipe(
        switchMap(() =>
          go(function* () {
            return 'x';
          }),
        ),
      ),
    ).toEqualTypeOf<Observable<string>>();
  });
});

describe('a future', () => {
  it('has a status, a result, and can be waited for', () => {
    expectTypeOf(deferred<number>()).toEqualTypeOf<Deferred<number>>();
    expectTypeOf(deferred<number>()).toExtend<Future<number>>();
    expectTypeOf(go(numbers.receive())).toExtend<Future<number>>();
    expectTypeOf<Future<number>['status']>().toEqualTypeOf<FutureStatus>();
    expectTypeOf(deferred<number>().result()).toEqualTypeOf<number>();
    expectTypeOf(go(numbers.receive()).cancel('enough')).toEqualTypeOf<Operation<void>>();
    expectTypeOf<Deferred<number>['resolve']>().parameters.toEqualTypeOf<[value: number]>();
  });
});

describe('forEach', () => {
  it('gives its body the values of the channel', () => {
    const loop = forEach(numbers, (value) => {
      expectTypeOf(value).toEqualTypeOf<number>();
    });
    expectTypeOf(loop).toEqualTypeOf<Operation<void>>();
    forEach(numbers, function* (value) {
      expectTypeOf(value).toEqualTypeOf<number>();
      yield* sleep(value);
    });
  });
});
