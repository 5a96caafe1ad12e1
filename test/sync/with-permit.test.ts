import { concat, defer, EMPTY, finalize, from, NEVER, Observable, of, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  condition,
  type Coroutine,
  coroutine,
  deferred,
  gather,
  go,
  mutex,
  select,
  semaphore,
  sleep,
  withPermit,
} from '../../src/index.ts';
import { runMarbles } from '../../src/testing/index.ts';
import { check, Record, title } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

describe('6.1 withPermit', () => {
  it('holds the permit from the subscription to the end of an observable', () => {
    const told = new Record();
    const s = semaphore(1);
    const work = new Subject<number>();
    const held = s.withPermit(work);
    expect(s.available).toBe(1);
    held.subscribe(told.all('a'));
    check(s);
    expect(s.available).toBe(0);
    work.next(1);
    work.next(2);
    expect(s.available).toBe(0);
    work.complete();
    check(s);
    expect(s.available).toBe(1);
    expect(told.lines).toEqual(['a got 1', 'a got 2', 'a completed']);
  });

  it('ends a turn of its own when the work ends: a coroutine that waited for the permit has run by then', () => {
    const told = new Record();
    const s = semaphore(1);
    const work = new Subject<number>();
    s.withPermit(work).subscribe(told.all('a'));
    for (const name of ['b', 'c']) {
      go(function* () {
        yield* s.acquire();
        told.add(`${name} acquired`);
        s.release();
      });
    }
    work.complete();
    told.add('completed');
    check(s);
    expect(told.lines).toEqual(['a completed', 'b acquired', 'c acquired', 'completed']);
  });

  it.each([
    ['an observable', of(1, 2)],
    ['an array', [1, 2]],
    ['a function that returns an observable', (): Observable<number> => of(1, 2)],
    ['a function that returns an array', (): number[] => [1, 2]],
  ])('takes %s for work', (_, work) => {
    const told = new Record();
    const s = semaphore(2);
    s.withPermit(work, 2).subscribe(told.all('a'));
    check(s);
    expect(told.lines).toEqual(['a got 1', 'a got 2', 'a completed']);
    expect(s.available).toBe(2);
  });

  it('takes a promise for work, or a function that returns one', async () => {
    const s = semaphore(1);
    const told = new Record();
    const first = new Promise((resolve) => {
      s.withPermit(Promise.resolve(1)).subscribe({ next: told.by('a').next, complete: () => resolve(undefined) });
    });
    expect(s.available).toBe(0);
    const second = new Promise((resolve) => {
      s.withPermit(() => Promise.resolve(2)).subscribe({ next: told.by('b').next, complete: () => resolve(undefined) });
    });
    await first;
    await second;
    check(s);
    expect(told.lines).toEqual(['a got 1', 'b got 2']);
    expect(s.available).toBe(1);
  });

  it('runs a coroutine, and emits what it returns, once', () => {
    const told = new Record();
    const s = semaphore(1);
    virtual(() => {
      s.withPermit(function* () {
        yield* sleep(3);
        told.add(`available ${s.available}`);
        return [1, 2];
      }).subscribe(told.all('a'));
    });
    check(s);
    expect(told.lines).toEqual(['available 0', 'a got [1,2]', 'a completed']);
    expect(s.available).toBe(1);
  });

  it('performs an operation, and emits its value', () => {
    const told = new Record();
    const s = semaphore(1);
    const d = deferred<number>();
    s.withPermit(d).subscribe(told.all('a'));
    s.withPermit(() => d.map((value) => value + 1)).subscribe(told.all('b'));
    expect(title(s)).toMatch(/1\/1 held, 1 waiting/);
    d.resolve(1);
    check(s);
    expect(told.lines).toEqual(['a got 1', 'b got 2', 'b completed', 'a completed']);
    expect(s.available).toBe(1);
  });

  it('calls the function for each subscription, and not before it has the permit', () => {
    const told = new Record();
    const s = semaphore(1);
    s.tryAcquire();
    let calls = 0;
    const held = s.withPermit(() => of(++calls));
    held.subscribe(told.by('a'));
    held.subscribe(told.by('b'));
    expect(calls).toBe(0);
    s.release();
    check(s);
    expect(told.lines).toEqual(['a got 1', 'b got 2']);
  });

  it('holds as many permits as it is told', () => {
    const s = semaphore(3);
    const held = s.withPermit(NEVER, 2).subscribe();
    expect(s.available).toBe(1);
    held.unsubscribe();
    check(s);
    expect(s.available).toBe(3);
  });

  it('has released when the subscriber hears of the end, and not when it hears of a value', () => {
    const seen: unknown[] = [];
    const s = semaphore(1);
    const note = { next: () => seen.push(s.available), complete: () => seen.push(s.available) };
    s.withPermit(of(1)).subscribe(note);
    s.withPermit(function* (): Coroutine<number> {
      return 1;
    }).subscribe(note);
    s.withPermit(sleep(0).map(() => 1))
      .subscribe()
      .unsubscribe();
    s.withPermit(throwError(() => new Error('no'))).subscribe({ error: () => seen.push(s.available) });
    expect(seen).toEqual([0, 1, 0, 1, 1]);
  });

  it.each([
    ['the work fails', (): Observable<never> => throwError(() => new Error('no'))],
    [
      'the function throws',
      (): Observable<never> => {
        throw new Error('no');
      },
    ],
    [
      'the coroutine throws',
      function* (): Coroutine<never> {
        throw new Error('no');
      },
    ],
    ['the operation fails', (): Observable<void> => sleep(5).withTimeout(0)],
  ])('releases and fails when %s', (_, work) => {
    const told = new Record();
    const s = semaphore(1);
    s.withPermit(work).subscribe(told.all('a'));
    check(s);
    expect(told.lines).toEqual([expect.stringMatching(/^a failed with (no|TimeoutError)$/)]);
    expect(s.available).toBe(1);
  });

  it('fails when the function returns what cannot be subscribed', () => {
    const told = new Record();
    const s = semaphore(1);
    s.withPermit((() => 5) as unknown as () => number[]).subscribe(told.all('a'));
    check(s);
    expect(told.lines).toEqual(['a failed with TypeError']);
    expect(s.available).toBe(1);
  });

  it('rejects at the call what is no work', () => {
    const s = semaphore(1, { name: 's' });
    expect(() => s.withPermit(5 as unknown as number[])).toThrow(/^withPermit of s: work must be an observable input/);
    expect(() => mutex().withLock(null as unknown as number[])).toThrow(TypeError);
    expect(s.available).toBe(1);
  });

  it('withdraws from the line when it is unsubscribed there, and nothing is called', () => {
    const told = new Record();
    const s = semaphore(1);
    s.tryAcquire();
    const waiting = s
      .withPermit(() => {
        told.add('called');
        return EMPTY;
      })
      .subscribe();
    s.acquire().subscribe(told.by('behind'));
    waiting.unsubscribe();
    s.release();
    check(s);
    expect(told.lines).toEqual(['behind got undefined']);
  });

  it('unsubscribes from the work and releases, in that order, when it is unsubscribed', () => {
    const told = new Record();
    const s = semaphore(1);
    const work = NEVER.pipe(finalize(() => told.add(`torn down, ${s.available} left`)));
    const held = s.withPermit(work).subscribe(told.all('a'));
    held.unsubscribe();
    check(s);
    told.add(`${s.available} left`);
    expect(told.lines).toEqual(['torn down, 0 left', '1 left']);
  });

  it('takes nothing for an operation that is its work, when that is withdrawn', () => {
    const s = semaphore(1);
    const other = semaphore(1);
    other.tryAcquire();
    s.withPermit(other.acquire()).subscribe().unsubscribe();
    check(s, other);
    expect([s.available, other.available]).toEqual([1, 0]);
  });

  it('gives back what its work has taken, when the subscriber leaves before it is told', () => {
    const s = semaphore(1);
    const ch = channel<number>(1);
    // The teardown of the case that loses runs when the value is taken already, and before anybody is told.
    const hasty = new Observable<never>(() => () => held.unsubscribe());
    const held = s.withPermit(select({ value: ch.receive(), hasty })).subscribe();
    ch.trySend(1);
    check(s, ch);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 1 });
    expect(s.available).toBe(1);
  });

  it('stops a synchronous source in the middle', () => {
    let made = 0;
    const source = new Observable<number>((subscriber) => {
      while (!subscriber.closed && made < 10) subscriber.next(++made);
    });
    const told = new Record();
    const s = semaphore(1);
    source.pipe(withPermit(s), take(3)).subscribe(told.all('a'));
    check(s);
    expect([made, s.available]).toEqual([3, 1]);
    expect(told.lines).toEqual(['a got 1', 'a got 2', 'a got 3', 'a completed']);
  });

  it('does nothing for one who has left before it is subscribed', () => {
    const s = semaphore(1);
    let called = false;
    const held = s.withPermit(() => {
      called = true;
      return EMPTY;
    });
    const leaving = defer(() => {
      subscription.unsubscribe();
      return held;
    });
    const trigger = new Subject<number>();
    const subscription = concat(trigger, leaving).subscribe();
    trigger.complete();
    check(s);
    expect([called, s.available]).toEqual([false, 1]);
  });
});

describe('6.1 the clean-up of work under a permit', () => {
  it.each([
    ['a coroutine', (work: () => Coroutine<void>) => work],
    ['an operation', (work: () => Coroutine<void>) => coroutine(work)],
    ['a function that returns an operation', (work: () => Coroutine<void>) => () => coroutine(work)],
  ])('keeps it until the waiting finally block of %s has run', (_, as) => {
    const told = new Record();
    const s = semaphore(1);
    virtual(() => {
      const held = s
        .withPermit(
          as(function* () {
            try {
              yield* sleep(100);
            } finally {
              yield* sleep(5);
              told.add(`cleaned up in ${frame()}, ${s.available} left`);
            }
          }),
        )
        .subscribe(told.all('a'));
      s.acquire().subscribe(() => told.add(`next in ${frame()}`));
      at(3, () => held.unsubscribe());
      at(4, () => check(s));
    });
    check(s);
    expect(told.lines).toEqual(['cleaned up in 8, 0 left', 'next in 8']);
  });

  it('keeps it until a synchronous source has returned its teardown, and that has run', () => {
    const told = new Record();
    const s = semaphore(1);
    const source = new Observable<number>((subscriber) => {
      subscriber.next(1);
      subscriber.complete();
      return () => told.add(`torn down, ${s.available} left`);
    });
    s.withPermit(source).subscribe(told.all('a'));
    s.withPermit(source).pipe(take(1)).subscribe(told.all('b'));
    check(s);
    expect(told.lines).toEqual([
      ...['a got 1', 'torn down, 0 left', 'a completed'],
      ...['b got 1', 'b completed', 'torn down, 0 left'],
    ]);
    expect(s.available).toBe(1);
  });

  it('reports what it fails with after unsubscribing, and releases', () => {
    const s = semaphore(2);
    const reported = reportsOf(() => {
      const failing = function* (): Coroutine<void> {
        try {
          yield* sleep(100);
        } finally {
          yield* sleep(0).map(() => {
            throw new Error('clean-up failed');
          });
        }
      };
      s.withPermit(failing).subscribe().unsubscribe();
      check(s);
      s.withPermit(coroutine(failing)).subscribe().unsubscribe();
      check(s);
      expect(s.available).toBe(0);
    });
    check(s);
    expect(s.available).toBe(2);
    expect(reported).toEqual([new Error('clean-up failed'), new Error('clean-up failed')]);
  });

  it('releases though a teardown throws', () => {
    const s = semaphore(1);
    const reported = reportsOf(() => {
      const source = new Observable<never>(() => () => {
        throw new Error('teardown failed');
      });
      s.withPermit(source).subscribe().unsubscribe();
    });
    check(s);
    expect(reported).toEqual([expect.objectContaining({ errors: [new Error('teardown failed')] })]);
    expect(s.available).toBe(1);
  });

  it('runs when the coroutine around it is cancelled', () => {
    const told = new Record();
    const s = semaphore(1);
    const task = go(() => s.withPermit(NEVER.pipe(finalize(() => told.add('torn down')))));
    expect(s.available).toBe(0);
    task.cancel();
    check(s);
    expect([told.lines, s.available]).toEqual([['torn down'], 1]);
  });

  it('reports that the work itself has released, as its failure', () => {
    const told = new Record();
    const s = semaphore(1, { name: 's' });
    s.withPermit(() => {
      s.release();
      return of(undefined);
    }).subscribe(told.all('a'));
    check(s);
    expect(told.lines).toEqual(['a got undefined', 'a failed with RangeError']);
  });
});

describe('6.1 withLock', () => {
  it('lets one at a time work, in the order in which they came', () => {
    const told = new Record();
    const m = mutex();
    virtual(() => {
      for (const name of ['a', 'b', 'c']) {
        m.withLock(function* () {
          told.add(`${name} begins in ${frame()}`);
          yield* sleep(2);
          return name;
        }).subscribe(told.by(name));
      }
      at(3, () => check(m));
    });
    check(m);
    expect(told.lines).toEqual([
      ...['a begins in 0', 'a got a'],
      ...['b begins in 2', 'b got b'],
      ...['c begins in 4', 'c got c'],
    ]);
    expect(m.locked).toBe(false);
  });

  it('is unlocked when unsubscribed', () => {
    const m = mutex({ name: 'm' });
    const held = m.withLock(NEVER).subscribe();
    expect(m.locked).toBe(true);
    held.unsubscribe();
    check(m);
    expect(m.locked).toBe(false);
  });
});

describe('6.2 work that waits for a condition, and is given up,', () => {
  it('leaves the mutex released that it held', () => {
    const told = new Record();
    const reports = reportsOf(() => {
      const lock = mutex();
      const changed = condition(lock);
      const waiting = lock.withLock(() => changed.wait()).subscribe(told.all('waits'));
      expect([lock.locked, String(changed)]).toEqual([false, expect.stringContaining('1 waiting')]);
      waiting.unsubscribe();
      expect([lock.locked, String(changed)]).toEqual([false, expect.not.stringContaining('waiting')]);
      check(lock, changed);
    });
    expect([told.lines, reports]).toEqual([[], []]);
  });

  it('has the mutex in its turn, and gives it back, where somebody else holds it', () => {
    const told = new Record();
    const reports = reportsOf(() => {
      const lock = mutex();
      const changed = condition(lock);
      const waiting = lock.withLock(() => changed.wait()).subscribe();
      lock.lock().subscribe(told.by('other'));
      waiting.unsubscribe();
      lock.lock().subscribe(told.by('next'));
      expect(lock.locked).toBe(true);
      told.add('unlock');
      lock.unlock();
      lock.unlock();
      expect(lock.locked).toBe(false);
      check(lock, changed);
    });
    expect([told.lines, reports]).toEqual([['other got undefined', 'unlock', 'next got undefined'], []]);
  });

  it('leaves a mutex released that it did not hold, and waits for the clean-up beside', () => {
    const told = new Record();
    const lock = mutex();
    const changed = condition(lock);
    const s = semaphore(1);
    const cleaning = coroutine(function* () {
      try {
        yield* deferred();
      } finally {
        yield* sleep(2);
        told.add('clean');
      }
    });
    virtual(() => {
      lock.tryLock();
      const one = s.withPermit(changed.wait()).subscribe();
      one.unsubscribe();
      expect([lock.locked, s.available]).toEqual([false, 1]);
      lock.tryLock();
      const other = s.withPermit(gather([changed.wait(), cleaning])).subscribe();
      other.unsubscribe();
      expect([lock.locked, s.available]).toEqual([false, 0]);
      s.acquire().subscribe(told.by('next'));
    });
    expect(told.lines).toEqual(['clean', 'next got undefined']);
    check(lock, changed, s);
  });
});

describe('10.5 work that never ends', () => {
  it('is named, beside the one who waits for its permit', () => {
    const run = (): void =>
      runMarbles(({ expectIdle }) => {
        const s = semaphore(1, { name: 'db' });
        s.withPermit(NEVER).subscribe();
        go(s.acquire(), { name: 'one' });
        expectIdle();
      });
    expect(run).toThrow(/one: acquire on db, since frame 0\n.*an observer: an observable, since frame 0/);
  });
});

describe('the operator withPermit', () => {
  it('limits how many sources are subscribed at a time', () => {
    const s = semaphore(2);
    let active = 0;
    let most = 0;
    const told = new Record();
    virtual(() => {
      for (let i = 0; i < 6; i++) {
        defer(() => {
          most = Math.max(most, ++active);
          return sleep(i + 1).map(() => i);
        })
          .pipe(
            finalize(() => active--),
            withPermit(s),
          )
          .subscribe(told.by('x'));
      }
      at(2, () => check(s));
    });
    check(s);
    expect([most, active, s.available]).toEqual([2, 0, 2]);
    expect(told.lines).toEqual([0, 1, 2, 3, 4, 5].map((i) => `x got ${i}`));
  });

  it('rejects a wrong count where it was written', () => {
    const s = semaphore(2);
    expect(() => withPermit(s, 3)).toThrow(RangeError);
    expect(() => withPermit(s, 0)).toThrow(RangeError);
    expect(s.available).toBe(2);
  });

  it('acquires for each subscription anew, as many as it is told', () => {
    const s = semaphore(4);
    const limited = NEVER.pipe(withPermit(s, 2));
    const first = limited.subscribe();
    const second = limited.subscribe();
    expect(s.available).toBe(0);
    first.unsubscribe();
    second.unsubscribe();
    check(s);
    expect(s.available).toBe(4);
  });

  it('passes a failure on', () => {
    const told = new Record();
    const s = semaphore(1);
    concat(
      from([1]),
      throwError(() => new Error('no')),
    )
      .pipe(withPermit(s))
      .subscribe(told.all('a'));
    check(s);
    expect(told.lines).toEqual(['a got 1', 'a failed with no']);
    expect(s.available).toBe(1);
  });
});
