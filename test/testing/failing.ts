// Tests that fail, each in a way of its own. What they print is in `golden/`.

import {
  asapScheduler,
  concatMap,
  delay,
  from,
  interval,
  map,
  mergeMap,
  observeOn,
  of,
  range,
  repeat,
  take,
  throwError,
  timer,
} from 'rxjs';
import { expect } from 'vitest';
import { channel, coroutine, go, sleep } from '../../src/index.ts';
import { explore, marbleMatchers, runMarbles } from '../../src/testing/index.ts';

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as it is declared there
  interface Matchers<T = any> {
    toEmit(marbles: string, values?: Record<string, unknown>, error?: unknown): T;
  }
}
expect.extend(marbleMatchers);

function* forever(): Generator<number> {
  for (let i = 0; ; i++) yield i;
}

export const failing: Record<string, () => unknown> = {
  'a value that is late': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('--a-b-c|')).toBe('--ab--c|');
    }),

  'a value that differs': () =>
    runMarbles(({ cold, expectObservable }) => {
      const values = { a: { id: 1, tags: ['x', 'y'] }, b: { id: 2, tags: [] } };
      expectObservable(cold('-a-b|', values)).toBe('-a-b|', { ...values, b: { id: 2, tags: ['z'] } });
    }),

  'values that are missing, and that nobody expected': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a--c-d-|')).toBe('-a-bc---|');
    }),

  'a value that was lost, so that the next one came in its place': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('-b')).toBe('-a-b');
    }),

  'values in the wrong order within one frame': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('--(ba|)')).toBe('--(ab|)');
    }),

  'long idle times': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-b-|').pipe(delay(990))).toBe('-a 999ms b-|');
    }),

  'an error where a completion was expected': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-#', undefined, new TypeError('no such user'))).toBe('-a-|');
    }),

  'another error, for its cause': () =>
    runMarbles(({ expectObservable }) => {
      const failed = throwError(() => new Error('failed', { cause: 'network' }));
      expectObservable(failed).toBe('#', undefined, new Error('failed', { cause: 'disk' }));
    }),

  'a source that goes on too long': () =>
    runMarbles(({ expectObservable }) => {
      expectObservable(interval(1).pipe(take(500))).toBe('-0-', { 0: 0 });
    }),

  'inner sources': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(of(0).pipe(map(() => cold('a-b|')))).toBe('(x|)', { x: cold('a--b|') });
    }),

  'two streams that should be equal': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(timer(3).pipe(map(() => ({ n: 1 })))).toEqual(cold('---(a|)', { a: { n: 2 } }));
    }),

  subscriptions: () =>
    runMarbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('--a|');
      expectObservable(cold('xy').pipe(concatMap(() => source))).toBe('--a--a');
      expectSubscriptions(source.subscriptions).toBe(['^--!', '----^--!']);
    }),

  'several expectations at once': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('a')).toBe('-a');
      expectObservable(cold('b')).toBe('b');
      expectObservable(cold('c')).toBe('c|');
    }),

  'an expectation that was begun and not finished': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('a'));
    }),

  'a matcher, plain and with not': () =>
    runMarbles(({ cold }) => {
      expect(cold('-a|', { a: 7 })).toEmit('-x|', { x: expect.any(String) });
      expect(cold('-a|')).not.toEmit('-a|');
    }),

  'a source that does not end': () =>
    runMarbles(({ expectObservable }) => {
      expectObservable(interval(7)).toBe('7ms a', { a: 0 });
    }),

  'a source of the body that does not end': () =>
    runMarbles(() => {
      interval(7).subscribe();
    }),

  'an endless loop in one frame': () =>
    runMarbles(() => {
      interval(0).subscribe();
    }),

  'a source that is asked again and again in one frame': () =>
    runMarbles(() => {
      of(1).pipe(observeOn(asapScheduler), repeat()).subscribe();
    }),

  'a source that emits for ever at once': () =>
    runMarbles(({ cold, expectObservable }) => {
      const ever = cold('--a|').pipe(mergeMap(() => from(forever())));
      expectObservable(ever.pipe(map(() => 'a'))).toBe('--a');
    }),

  'more values in one frame than can be drawn': () =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('--(a|)').pipe(mergeMap(() => range(0, 300)))).toBe('--(ab|)');
    }),

  'errors of two classes that look the same': () =>
    runMarbles(({ cold, expectObservable }) => {
      class Lost extends Error {}
      class Late extends Error {}
      expectObservable(cold('#', undefined, new Lost('no'))).toBe('#', undefined, new Late('no'));
    }),

  'more than the frames that were asked for': () =>
    runMarbles(({ cold }) => cold('90ms a 20ms b|').subscribe(), { maxFrames: 100 }),

  'an asynchronous body': () => runMarbles(async () => {}),

  'a letter without a value': () => runMarbles(({ cold }) => cold('-a-b|', { a: 1 })),

  'an open group': () => runMarbles(({ cold }) => cold('-(ab-|')),

  'a run that is not idle': () =>
    runMarbles(({ expectIdle }) => {
      const jobs = channel<string>({ name: 'jobs' });
      const results = channel<string>({ name: 'results', capacity: 1 });
      go(
        function* () {
          yield* sleep(3);
          yield* jobs.receive();
        },
        { name: 'worker' },
      );
      go(
        function* () {
          yield* results.send('a');
          yield* coroutine(function* () {
            yield* results.send('b');
          });
        },
        { name: 'writer' },
      );
      jobs.receive().subscribe();
      expectIdle();
    }),

  'a lost update, explored': () =>
    explore(({ flush }) => {
      let total = 0;
      const turns = channel<string>({ name: 'turns', capacity: 2 });
      for (const name of ['a', 'b']) {
        go(
          function* () {
            yield* sleep(1);
            const read = total;
            yield* turns.send(name);
            if (name === 'b') yield* sleep(0);
            total = read + 1;
          },
          { name },
        );
      }
      flush();
      expect(total).toBe(2);
    }),

  'a deadlock, explored': () =>
    explore(() => {
      const [left, right] = ['left', 'right'].map((name) => channel<string>({ name, capacity: 1 })) as [Fork, Fork];
      left.trySend('fork');
      right.trySend('fork');
      eat('ada', left, right);
      eat('bob', right, left);
    }),
};

type Fork = ReturnType<typeof channel<string>>;

/** Takes one fork after the other, and puts both back. */
function eat(name: string, first: Fork, second: Fork): void {
  go(
    function* () {
      yield* sleep(1);
      const one = yield* first.receive();
      yield* sleep(name === 'ada' ? 0 : 1);
      const other = yield* second.receive();
      first.trySend(one);
      second.trySend(other);
    },
    { name },
  );
}
