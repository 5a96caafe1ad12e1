// What a handler yields: 5.7, for `queueMap`, `work` and `jobQueue` alike.

import { config, concatMap, type Observable, of, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, type Coroutine, jobQueue, queue, queueMap, sleep, work } from '../../src/index.ts';
import { Record } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

type Handler = (value: string) => Generator<unknown, unknown>;

/** Handles the values `a` and `b`, one after the other. */
const PLACES: [string, (handler: Handler) => Observable<unknown>][] = [
  ['queueMap', (handler) => of('a', 'b').pipe(queueMap(handler as (value: string) => Coroutine<unknown>))],
  [
    'queueMap, in the order of its source',
    (handler) => of('a', 'b').pipe(queueMap(handler as (value: string) => Coroutine<unknown>, { order: 'source' })),
  ],
  [
    'work',
    (handler) => {
      const q = queue<string>({ maxAttempts: 1 });
      for (const value of ['a', 'b']) q.trySend(value);
      q.close();
      return work(q, handler as (value: string) => Coroutine<unknown>);
    },
  ],
  [
    'jobQueue',
    (handler) => {
      const jobs = jobQueue(handler as (value: string) => Coroutine<unknown>);
      return of('a', 'b').pipe(concatMap((value) => jobs.submit(value)));
    },
  ],
];

describe.each(PLACES)('5.7 a handler of %s', (place, handling) => {
  it('emits what it yields, and then no return value', () => {
    const told = new Record();
    handling(function* (name) {
      yield `${name}1`;
      yield `${name}2`;
      return 'the end';
    }).subscribe(told.all('x'));
    expect(told.lines).toEqual(['x got a1', 'x got a2', 'x got b1', 'x got b2', 'x completed']);
  });

  it('emits what it returns if it has yielded nothing', () => {
    const told = new Record();

    handling(function* (name) {
      return `${name} returned`;
    }).subscribe(told.all('x'));
    expect(told.lines).toEqual(['x got a returned', 'x got b returned', 'x completed']);
  });

  it('yields any value, an undefined, a promise and an operation too, and gets undefined for it', () => {
    const told = new Record();
    const values = [undefined, null, Promise.resolve(1), channel(), [1]];
    const got: unknown[] = [];
    handling(function* (name) {
      if (name === 'b') return 'b';
      for (const value of values) told.add(typeof (yield value));
      return 'unseen';
    }).subscribe((value) => got.push(value));
    expect(got).toEqual([...values, 'b']);
    expect(told.lines).toEqual(['undefined', 'undefined', 'undefined', 'undefined', 'undefined']);
  });

  it('emits each value when it yields it, also between its waits', () => {
    const told = new Record();
    virtual(() => {
      handling(function* (name) {
        yield `${name}1`;
        yield* sleep(2);
        yield `${name}2`;
        yield* sleep(1);
      }).subscribe((value) => told.add(`${frame()}: ${String(value)}`));
    });
    expect(told.lines).toEqual(['0: a1', '2: a2', '3: b1', '5: b2']);
  });

  it('runs no further than the value that was the last one wanted, but its finally blocks', () => {
    const told = new Record();
    handling(function* (name) {
      try {
        yield `${name}1`;
        told.add('never');
        yield `${name}2`;
      } finally {
        told.add('cleaned up');
      }
    })
      .pipe(take(1))
      .subscribe(told.all('x'));
    // That it completes before or after the teardown of its last inner source is left open.
    expect(told.lines.toSorted()).toEqual(['cleaned up', 'x completed', 'x got a1']);
  });

  it('emits nothing that it yields while it cleans up after it was given up', () => {
    const told = new Record();
    virtual(() => {
      const subscription = handling(function* (name) {
        try {
          yield* sleep(5);
        } finally {
          yield `${name} too late`;
          told.add('cleaned up');
        }
      }).subscribe(told.all('x'));
      at(1, () => subscription.unsubscribe());
    });
    expect(told.lines).toEqual(['cleaned up']);
  });

  it('fails with what it throws after it has yielded', () => {
    const told = new Record();
    handling(function* (name) {
      yield name;
      throw new Error('boom');
    }).subscribe(told.all('x'));
    expect(told.lines).toEqual(
      place === 'work' ? ['x got a', 'x got b', 'x completed'] : ['x got a', 'x failed with boom'],
    );
  });

  it('goes on when the one who is told throws', () => {
    const told = new Record();
    const reported = reportsOf(() => {
      handling(function* (name) {
        yield `${name}1`;
        yield `${name}2`;
      }).subscribe((value) => {
        told.add(String(value));
        throw new Error(`at ${String(value)}`);
      });
    });
    expect(told.lines).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(reported.map((error) => (error as Error).message)).toEqual(['at a1', 'at a2', 'at b1', 'at b2']);
    expect(config.onUnhandledError).toBeNull();
  });

  it('yields a hundred thousand values without recursion', () => {
    let count = 0;
    handling(function* () {
      for (let i = 0; i < 100_000; i++) yield i;
    }).subscribe(() => count++);
    expect(count).toBe(200_000);
  });
});

describe('5.7 and 9.1 a generator that yields values', () => {
  it('is to queueMap what it is to concatMap', () => {
    const told = { concatMap: new Record(), queueMap: new Record() };
    function* upTo(n: number): Generator<number, void> {
      for (let i = 1; i <= n; i++) yield i;
    }
    of(1, 2, 3).pipe(concatMap(upTo), take(5)).subscribe(told.concatMap.all('x'));
    of(1, 2, 3).pipe(queueMap(upTo), take(5)).subscribe(told.queueMap.all('x'));
    expect(told.queueMap.lines).toEqual(told.concatMap.lines);
  });

  it('gives a job its last value as the result', () => {
    const told: unknown[] = [];
    const jobs = jobQueue(function* (n: number): Generator<number, void> {
      yield n;
      yield n + 1;
    });
    jobs.outcomes$.subscribe((outcome) => told.push(outcome));
    jobs.submit(1).subscribe();
    expect(told).toEqual([{ status: 'done', input: 1, result: 2 }]);
  });

  it('may send what it yields to the channel that feeds it', () => {
    const told = new Record();
    const ch = channel<number>(Infinity);
    ch.trySend(3);
    ch.pipe(
      queueMap(function* (n: number): Generator<number, void> {
        if (n > 0) ch.trySend(n - 1);
        yield n;
        if (n === 0) ch.close();
      }),
    ).subscribe(told.all('x'));
    expect(told.lines).toEqual(['x got 3', 'x got 2', 'x got 1', 'x got 0', 'x completed']);
  });
});
