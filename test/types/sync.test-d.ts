import { from, mergeMap, type Observable, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Barrier,
  barrier,
  BrokenBarrierError,
  type Condition,
  condition,
  type Coroutine,
  type Gate,
  gate,
  go,
  type Latch,
  latch,
  type Mutex,
  mutex,
  type Operation,
  RateLimiter,
  rateLimiter,
  select,
  Semaphore,
  semaphore,
  sleep,
  type Task,
  withPermit,
} from 'rxsluice';

const s = semaphore(2);
const m = mutex();

describe('what is made', () => {
  it('is the class of that name, by function or by new', () => {
    expectTypeOf(s).toEqualTypeOf<Semaphore>();
    expectTypeOf(m).toEqualTypeOf<Mutex>();
    expectTypeOf(gate()).toEqualTypeOf<Gate>();
    expectTypeOf(condition(m)).toEqualTypeOf<Condition>();
    expectTypeOf(barrier(2)).toEqualTypeOf<Barrier>();
    expectTypeOf(latch()).toEqualTypeOf<Latch>();
    expectTypeOf(new Semaphore(1, { name: 's' })).toEqualTypeOf<Semaphore>();
    expectTypeOf(new BrokenBarrierError('b')).toExtend<Error>();
  });

  it('can be named, and needs what it cannot do without', () => {
    mutex({ name: 'm' });
    // @ts-expect-error how many permits?
    semaphore();
    // @ts-expect-error of which mutex?
    condition();
    // @ts-expect-error for how many?
    barrier();
    // @ts-expect-error only its own methods change it
    s.available = 2;
    // @ts-expect-error only its own methods change it
    m.locked = false;
  });
});

describe('what is waited for', () => {
  it('is an operation', () => {
    expectTypeOf(s.acquire()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(s.acquire(2)).toEqualTypeOf<Operation<void>>();
    expectTypeOf(m.lock()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(gate().wait()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(condition(m).wait()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(latch(1).wait()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(barrier(1).wait()).toEqualTypeOf<Operation<number>>();
  });

  it('is waited for in a coroutine, and selected', () => {
    const task = go(function* () {
      yield* m.lock();
      return yield* barrier(1).wait();
    });
    expectTypeOf(task).toEqualTypeOf<Task<number>>();
    const chosen = select({ place: barrier(1).wait(), permit: s.acquire() });
    expectTypeOf(chosen).toExtend<
      Operation<{ readonly key: 'place'; readonly value: number } | { readonly key: 'permit'; readonly value: void }>
    >();
  });
});

describe('a rate limiter', () => {
  it('is a class, by function or by new, of a count and milliseconds', () => {
    const limit = rateLimiter(10, 1000);
    expectTypeOf(limit).toEqualTypeOf<RateLimiter>();
    expectTypeOf(new RateLimiter(10, 1000)).toEqualTypeOf<RateLimiter>();
    // @ts-expect-error per how long?
    rateLimiter(10);
    // @ts-expect-error only its own methods change it
    limit.waiting = 0;
  });

  it('is waited for, or asked', () => {
    const limit = rateLimiter(10, 1000);
    expectTypeOf(limit.acquire()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(limit.acquire(3)).toEqualTypeOf<Operation<void>>();
    expectTypeOf(limit.tryAcquire()).toEqualTypeOf<boolean>();
    expectTypeOf(limit.tryAcquire(3)).toEqualTypeOf<boolean>();
    expectTypeOf(limit.waiting).toEqualTypeOf<number>();
    // A start is not given back.
    expectTypeOf(limit).not.toHaveProperty('release');
  });
});

describe('what is set at run time', () => {
  it('is the number of permits, and a gate for those who wait', () => {
    s.permits = 0;
    expectTypeOf(s.permits).toEqualTypeOf<number>();
    expectTypeOf(s.waiting).toEqualTypeOf<number>();
    expectTypeOf<Gate['pulse']>().toEqualTypeOf<() => void>();
    // @ts-expect-error who waits comes and goes by itself
    s.waiting = 0;
  });
});

describe('work under a permit', () => {
  it('gives what the work gives, whatever it is', () => {
    expectTypeOf(s.withPermit(of(1, 2))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(s.withPermit([1, 2], 2)).toEqualTypeOf<Observable<number>>();
    expectTypeOf(s.withPermit(Promise.resolve('a'))).toEqualTypeOf<Observable<string>>();
    expectTypeOf(s.withPermit(sleep(1))).toEqualTypeOf<Observable<void>>();
    expectTypeOf(s.withPermit(() => Promise.resolve('a'))).toEqualTypeOf<Observable<string>>();
    expectTypeOf(s.withPermit(() => of('a'))).toEqualTypeOf<Observable<string>>();
    expectTypeOf(m.withLock(() => of(1))).toEqualTypeOf<Observable<number>>();
  });

  it('is an operation too where it is that of a coroutine', () => {
    function* work(): Coroutine<boolean> {
      yield* sleep(1);
      return true;
    }
    expectTypeOf(s.withPermit(work)).toEqualTypeOf<Operation<boolean>>();
    expectTypeOf(s.withPermit(work, 2)).toEqualTypeOf<Operation<boolean>>();
    expectTypeOf(m.withLock(work)).toEqualTypeOf<Operation<boolean>>();
    expectTypeOf(m.withLock(work).promise()).toEqualTypeOf<Promise<boolean>>();
    expectTypeOf(from(m.withLock(work))).toEqualTypeOf<Observable<boolean>>();
  });

  it('keeps the type of the source, as an operator', () => {
    expectTypeOf(of(1).pipe(withPermit(s))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(of(1).pipe(mergeMap((n) => of(String(n)).pipe(withPermit(s, 2))))).toEqualTypeOf<Observable<string>>();
  });

  it('is no mutex, where permits are counted', () => {
    // @ts-expect-error a mutex has no permits: use withLock
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- that is what is tested
    withPermit(m);
  });
});
