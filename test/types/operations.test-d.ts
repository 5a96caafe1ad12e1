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
import { type Attempt, channel, deferred, go, type Operation, poll, select, sleep, until } from 'rxsluice';

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

describe('poll', () => {
  it('tells what it found by ok', () => {
    const found = poll(numbers.receive());
    expectTypeOf(found).toEqualTypeOf<Attempt<number>>();
    if (found.ok) expectTypeOf(found.value).toEqualTypeOf<number>();
    else expectTypeOf(found.closed).toEqualTypeOf<boolean>();
  });
});
