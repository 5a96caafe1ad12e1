import {
  concatMap,
  firstValueFrom,
  forkJoin,
  from,
  lastValueFrom,
  merge,
  mergeMap,
  type Observable,
  type ObservedValueOf,
  of,
  race,
  switchMap,
  takeUntil,
  timer,
  zip,
} from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Attempt,
  channel,
  coroutine,
  deferred,
  go,
  type Operation,
  poll,
  type RetryOptions,
  select,
  sleep,
  until,
} from 'rxsluice';

const numbers = channel<number>(3);
const words = channel<string>({ capacity: 1, overflow: 'dropOldest' });

describe('an operation, although it is iterable, is an observable of its value', () => {
  it('in every position of RxJS that infers it', () => {
    expectTypeOf<ObservedValueOf<Operation<number>>>().toEqualTypeOf<number>();
    expectTypeOf(of(1).pipe(mergeMap(() => numbers.receive()))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(of(1).pipe(concatMap((v) => numbers.send(v)))).toEqualTypeOf<Observable<void>>();
    expectTypeOf(of(1).pipe(switchMap(() => words.receive()))).toEqualTypeOf<Observable<string>>();
    expectTypeOf(from(numbers.receive())).toEqualTypeOf<Observable<number>>();
    expectTypeOf(forkJoin([numbers.receive(), sleep(1)])).toEqualTypeOf<Observable<[number, void]>>();
    expectTypeOf(forkJoin({ n: numbers.receive(), w: words.receive() })).toEqualTypeOf<
      Observable<{ n: number; w: string }>
    >();
    expectTypeOf(zip(numbers.receive(), words.receive())).toEqualTypeOf<Observable<[number, string]>>();
    expectTypeOf(race(numbers.receive(), words.receive())).toEqualTypeOf<Observable<number | string>>();
    expectTypeOf(merge(numbers, words.receive())).toEqualTypeOf<Observable<number | string>>();
    expectTypeOf(numbers.receive().pipe(takeUntil(timer(5)))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(of(1).pipe(takeUntil(numbers.receive()))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(firstValueFrom(numbers.receive())).toEqualTypeOf<Promise<number>>();
    expectTypeOf(lastValueFrom(select({ n: numbers }))).toEqualTypeOf<
      Promise<{ readonly key: 'n'; readonly value: number }>
    >();
  });

  it('of one type, whatever it is derived from', () => {
    expectTypeOf(numbers.receive().map(String)).toEqualTypeOf<Operation<string>>();
    expectTypeOf(numbers.receive().withTimeout(1)).toEqualTypeOf<Operation<number>>();
    expectTypeOf(numbers.receive().withRetry({ attempts: 3 })).toEqualTypeOf<Operation<number>>();
    expectTypeOf(numbers.receive().withSignal(AbortSignal.abort())).toEqualTypeOf<Operation<number>>();
    expectTypeOf(numbers.receive().promise()).toEqualTypeOf<Promise<number>>();
    expectTypeOf(until(of('x'))).toEqualTypeOf<Operation<string>>();
    expectTypeOf(until(Promise.resolve(1))).toEqualTypeOf<Operation<number>>();
    expectTypeOf(until([1, 2])).toEqualTypeOf<Operation<number>>();
    expectTypeOf(sleep(1)).toEqualTypeOf<Operation<void>>();
    expectTypeOf(deferred<number>()).toExtend<Operation<number>>();
  });

  it('and is not thenable', () => {
    expectTypeOf(numbers.receive()).not.toHaveProperty('then');
    expectTypeOf(go(numbers.receive())).not.toHaveProperty('then');
  });
});

describe('withRetry', () => {
  it('keeps the type of what it tries, and can be waited for, selected and mapped', () => {
    const loading = coroutine(function* () {
      yield* sleep(1);
      return 'x';
    }).withRetry({ backoff: (attempt) => 100 * 2 ** attempt });
    expectTypeOf(loading).toEqualTypeOf<Operation<string>>();
    expectTypeOf(loading.withTimeout(5).map((text) => text.length)).toEqualTypeOf<Operation<number>>();
    expectTypeOf(go(loading).result()).toEqualTypeOf<string>();
    expectTypeOf(select({ loading })).toExtend<Operation<{ readonly key: 'loading'; readonly value: string }>>();
  });

  it('tells its hooks the attempt, and an error of which nothing is known', () => {
    sleep(1).withRetry({
      attempts: 5,
      within: 60_000,
      backoff: (attempt, error) => {
        expectTypeOf(attempt).toEqualTypeOf<number>();
        expectTypeOf(error).toEqualTypeOf<unknown>();
        return attempt;
      },
      when: (error) => {
        expectTypeOf(error).toEqualTypeOf<unknown>();
        return error instanceof TypeError;
      },
    });
    expectTypeOf<RetryOptions>().toEqualTypeOf<{
      attempts?: number;
      backoff?: (attempt: number, error: unknown) => number;
      when?: (error: unknown) => boolean;
      within?: number;
    }>();
  });

  it('wants options, and milliseconds', () => {
    // @ts-expect-error what is a retry?
    sleep(1).withRetry();
    // @ts-expect-error options have names
    sleep(1).withRetry(3);
    // @ts-expect-error a backoff is a number of milliseconds
    sleep(1).withRetry({ backoff: () => sleep(5) });
  });
});

describe('poll', () => {
  it('tells what it found by ok', () => {
    const found = poll(numbers.receive());
    expectTypeOf(found).toEqualTypeOf<Attempt<number>>();
    if (found.ok) expectTypeOf(found.value).toEqualTypeOf<number>();
    else expectTypeOf(found.closed).toEqualTypeOf<boolean>();
  });
});
