// Sources that are not of our RxJS, or that do not call the very observer they were given: 9.6, wherever one is taken.

import { createRequire } from 'node:module';
import type * as rxjs from 'rxjs';
import { lastValueFrom, Observable, type ObservableInput, type Subscriber, toArray } from 'rxjs';
import { Observable as Observable6, type Subscriber as Subscriber6 } from 'rxjs6';
import { map as map6 } from 'rxjs6/operators';
import { describe, expect, it } from 'vitest';
import {
  abortSignalFrom,
  boundedBuffer,
  channel,
  channelFrom,
  type Coroutine,
  go,
  jobQueue,
  mutex,
  poll,
  queue,
  queueMap,
  select,
  semaphore,
  sendTo,
  shield,
  stateOwner,
  takeUntilAborted,
  Task,
  taskGroup,
  toAsyncIterable,
  until,
  withPermit,
  work,
} from '../../src/index.ts';
import { reportsOf } from '../virtual.ts';

/** What a source does with the observer that it is given. */
type Produce = (observer: Pick<Subscriber<number>, 'next' | 'error' | 'complete' | 'add'>) => void;

/** Loads RxJS once more. */
function anotherRxJS(): typeof rxjs {
  const require = createRequire(import.meta.url);
  const kept = Object.entries(require.cache).filter(([path]) => /[\\/]node_modules[\\/]rxjs[\\/]/.test(path));
  for (const [path] of kept) Reflect.deleteProperty(require.cache, path);
  const other = require('rxjs') as typeof rxjs;
  for (const [path, module] of kept) require.cache[path] = module;
  return other;
}

const { Observable: OtherObservable, take: otherTake } = anotherRxJS();

type Source = ObservableInput<number> & Observable<number>;

const KINDS: [string, (produce: Produce, torn: () => void) => Source][] = [
  [
    'derives from its observer',
    (produce, torn) =>
      new Observable((observer) => {
        produce(Object.create(observer) as Subscriber<number>);
        return torn;
      }),
  ],
  [
    'proxies its observer',
    (produce, torn) =>
      new Observable((observer) => {
        produce(new Proxy(observer, {}));
        return torn;
      }),
  ],
  [
    'is of RxJS 6',
    (produce, torn) =>
      new Observable6<number>((observer: Subscriber6<number>) => {
        produce(observer);
        return torn;
      }) as unknown as Source,
  ],
  [
    'went through an operator of RxJS 6',
    (produce, torn) =>
      new Observable6<number>((observer: Subscriber6<number>) => {
        produce(observer);
        return torn;
      }).pipe(map6((n) => n)) as unknown as Source,
  ],
  [
    'is of another copy of RxJS 7',
    (produce, torn) =>
      new OtherObservable<number>((observer) => {
        produce(observer);
        return torn;
      }).pipe(otherTake(9)),
  ],
];

/** Everything that takes a source, as an observable of what it makes of the values. */
const PLACES: [string, (source: Source) => Observable<unknown>, unknown[]][] = [
  ['until', (source) => until(source), [1]],
  ['shield', (source) => shield(until(source)), [1]],
  ['go', (source) => go(source), [2]],
  ['go, of a function', (source) => go(() => source), [2]],
  ['taskGroup', (source) => taskGroup(() => source), [2]],
  ['a case of select', (source) => select({ a: source }), [{ key: 'a', value: 1 }]],
  [
    'poll of a select',
    (source) => new Observable((to) => to.next(poll(select({ a: source })))),
    [{ ok: true, value: { key: 'a', value: 1 } }],
  ],
  ['queueMap’s inner source', (source) => channelOf(0).pipe(queueMap(() => source)), [1, 2]],
  [
    'queueMap, in the order of its source',
    (source) => channelOf(0).pipe(queueMap(() => source, { order: 'source' })),
    [1, 2],
  ],
  ['queueMap’s own source', (source) => source.pipe(queueMap((n) => [n])), [1, 2]],
  ['sendTo', (source) => source.pipe(sendTo(channel<number>(9))), [1, 2]],
  ['boundedBuffer', (source) => source.pipe(boundedBuffer(1, { overflow: 'fail' })), [1, 2]],
  [
    'boundedBuffer, pulled',
    (source) =>
      source.pipe(
        boundedBuffer(2, { overflow: 'fail' }),
        queueMap((n) => [n]),
      ),
    [1, 2],
  ],
  ['takeUntilAborted', (source) => source.pipe(takeUntilAborted(new AbortController().signal)), [1, 2]],
  ['withPermit', (source) => source.pipe(withPermit(semaphore(1))), [1, 2]],
  ['Semaphore.withPermit', (source) => semaphore(1).withPermit(() => source), [1, 2]],
  ['withLock', (source) => mutex().withLock(source), [1, 2]],
  ['channelFrom', (source) => channelFrom(source, { capacity: Infinity }), [1, 2]],
  ['work', (source) => work(queueOf(0), () => source), [1, 2]],
  ['jobQueue', (source) => jobQueue(() => source).submit(0), [1, 2]],
  ['an owner’s step', (source) => stateOwner(0).update(() => source), [2]],
];

function channelOf(value: number): Observable<number> {
  const ch = channel<number>(1);
  ch.trySend(value);
  ch.close();
  return ch;
}

function queueOf(value: number) {
  const q = queue<number>();
  q.trySend(value);
  q.close();
  return q;
}

describe.each(KINDS)('9.6 a source that %s', (_kind, make) => {
  it.each(PLACES)('gives its values to %s', (_place, take, values) => {
    const got: unknown[] = [];
    const source = make(
      (observer) => {
        observer.next(1);
        observer.next(2);
        observer.complete();
      },
      () => undefined,
    );
    take(source).subscribe((value) => got.push(value));
    expect(got).toEqual(values);
  });

  it.each(PLACES.filter(([place]) => place !== 'work'))('fails %s with its own error', (_place, take) => {
    const failure = new Error('its own');
    const source = make(
      (observer) => observer.error(failure),
      () => undefined,
    );
    const errors: unknown[] = [];
    const reported = reportsOf(() => {
      try {
        take(source).subscribe({ error: (error: unknown) => errors.push(error) });
      } catch (error) {
        errors.push(error);
      }
    });
    const flat = errors.map((error) => (error instanceof AggregateError ? (error.errors[0] as unknown) : error));
    expect([flat, reported]).toEqual([[failure], []]);
  });

  it.each(PLACES.filter(([place]) => !/^(poll|shield)|^boundedBuffer$/.test(place)))(
    'is unsubscribed by one who leaves %s',
    (place, take) => {
      let torn = 0;
      let added = 0;
      const source = make(
        (observer) => observer.add(() => added++),
        () => torn++,
      );
      const taken = take(source);
      const subscription = taken.subscribe({ error: () => undefined });
      if (taken instanceof Task) taken.cancel();
      if (place === 'channelFrom') (taken as ReturnType<typeof channelFrom>).cancel();
      subscription.unsubscribe();
      expect([torn, added]).toEqual([1, 1]);
    },
  );

  it('gives its values to a loop, and is unsubscribed by a break', async () => {
    let torn = 0;
    const source = make(
      (observer) => {
        observer.next(1);
        observer.next(2);
      },
      () => torn++,
    );
    const got: number[] = [];
    for await (const value of toAsyncIterable(source)) if (got.push(value) === 2) break;
    expect([got, torn]).toEqual([[1, 2], 1]);
  });

  it('aborts a signal', () => {
    const source = make(
      (observer) => observer.next(1),
      () => undefined,
    );
    const { aborted, reason } = abortSignalFrom(source) as { aborted: boolean; reason: unknown };
    expect([aborted, reason]).toEqual([true, 1]);
  });

  it('is what withSignal, in a select of a coroutine, waits for', async () => {
    let emit = (): void => undefined;
    const source = make(
      (observer) => {
        emit = () => observer.next(7);
      },
      () => undefined,
    );
    const task = go(function* (): Coroutine<number> {
      return (yield* select({ a: source, never: channel<number>() })).value;
    });
    emit();
    expect(await task.promise()).toBe(7);
  });

  it('stands before our operators and RxJS’s', async () => {
    const source = make(
      (observer) => {
        observer.next(1);
        observer.next(2);
        observer.complete();
      },
      () => undefined,
    );
    const made = source.pipe(
      queueMap((n) => [n, n]),
      toArray(),
    );
    expect(await lastValueFrom(made)).toEqual([1, 1, 2, 2]);
  });
});
