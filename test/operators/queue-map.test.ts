import fc from 'fast-check';
import {
  concat,
  defer,
  EMPTY,
  finalize,
  from,
  NEVER,
  Observable,
  of,
  type OperatorFunction,
  Subject,
  Subscriber,
  Subscription,
  switchMap,
  take,
  throwError,
  type UnsubscriptionError,
} from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { channel, go, OverflowError, queueMap, type QueueMapOptions, sleep } from '../../src/index.ts';
import { turn } from '../../src/core/turn.ts';
import { Record, title } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { Endless } from './endless.ts';
import { InnerSources } from './inner-sources.ts';
import { runs } from '../random.ts';

/** A subject, what becomes of its values, and one list of all that happens. */
function flatten(options: QueueMapOptions<string> = {}) {
  const inners = new InnerSources();
  const source = new Subject<string>();
  const { onUndelivered } = inners;
  const subscription = source
    .pipe(queueMap(inners.project, { onUndelivered, ...options }))
    .subscribe(inners.all('out'));
  const send = (...values: string[]): void => {
    for (const value of values) source.next(value);
  };
  return { inners, source, subscription, send };
}

describe('9.2 wrong numbers and words', () => {
  it.each([0, -1, 1.5, NaN, '2'])('concurrency %s is a RangeError at the call', (concurrency) => {
    expect(() => queueMap(() => EMPTY, { concurrency: concurrency as number })).toThrow(RangeError);
  });
  it.each([-1, 1.5, NaN, '2'])('capacity %s is a RangeError at the call', (capacity) => {
    expect(() => queueMap(() => EMPTY, { capacity: capacity as number })).toThrow(RangeError);
  });
  it('dropOldest at capacity 0 is a RangeError at the call', () => {
    expect(() => queueMap(() => EMPTY, { capacity: 0, overflow: 'dropOldest' })).toThrow(RangeError);
  });
  it.each([
    ['project', () => queueMap('x' as never)],
    ['overflow', () => queueMap(() => EMPTY, { overflow: 'suspend' as never })],
    ['order', () => queueMap(() => EMPTY, { order: 'random' as never })],
    ['key', () => queueMap(() => EMPTY, { key: 'id' as never })],
    ['onUndelivered', () => queueMap(() => EMPTY, { onUndelivered: 5 as never })],
  ])('a wrong %s is a TypeError at the call', (word, call) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(word);
  });
});

describe('9.2 places', () => {
  it.each([
    [1, 'start a'],
    [2, 'start a,start b'],
    [Infinity, 'start a,start b,start c'],
  ])('with concurrency %s, so many run', (concurrency, started) => {
    const { inners, send } = flatten({ concurrency });
    send('a', 'b', 'c');
    expect(inners.lines.join()).toBe(started);
  });

  it('are taken in order of arrival, as others are done', () => {
    const { inners, source, send } = flatten({ concurrency: 2 });
    send('a', 'b', 'c', 'd');
    source.complete();
    for (const name of ['b', 'a', 'd', 'c']) {
      inners.emit(name);
      inners.end(name);
    }
    expect(inners.lines).toEqual([
      'start a',
      'start b',
      'out got b',
      'start c',
      'out got a',
      'start d',
      'out got d',
      'out got c',
      'out completed',
    ]);
  });

  it.each(['fail', 'dropNewest', 'switch'] as const)('with capacity 0 and %s, nothing waits', (overflow) => {
    const { inners, send } = flatten({ capacity: 0, overflow });
    send('a', 'b');
    expect(inners.lines).toEqual(
      {
        fail: ['start a', 'b dropped', 'out failed with OverflowError'],
        dropNewest: ['start a', 'b dropped'],
        switch: ['start a', 'start b'],
      }[overflow],
    );
  });

  it('complete when source, waiting and running have ended, and not before', () => {
    const { inners, source, send } = flatten();
    send('a', 'b');
    source.complete();
    inners.end('a');
    expect(inners.take()).toEqual(['start a', 'start b']);
    inners.end('b');
    expect(inners.take()).toEqual(['out completed']);
  });

  it('that are free while others start: what is sent from inside of project comes after those who wait', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    const project = (value: string): Observable<string> => {
      if (value === 'c') {
        inners.end('b');
        source.next('e');
      }
      return inners.project(value);
    };
    source.pipe(queueMap(project, { concurrency: 2 })).subscribe();
    for (const value of ['a', 'b', 'c', 'd']) source.next(value);
    inners.end('a', 'c');
    expect(inners.lines).toEqual(['a', 'b', 'c', 'd', 'e'].map((value) => `start ${value}`));
  });

  it('are free when the last one is torn down, and not before', () => {
    const told = new Record();
    const ends = new Subject<void>();
    const project = (value: string): Observable<string> =>
      new Observable((subscriber) => {
        told.add(`start ${value}`);
        subscriber.add(() => {
          // As an operator may do that has ended already.
          subscriber.unsubscribe();
          told.add(`torn down ${value}`);
        });
        subscriber.add(ends.subscribe(() => subscriber.complete()));
      });
    from(['a', 'b']).pipe(queueMap(project)).subscribe();
    ends.next();
    expect(told.lines).toEqual(['start a', 'torn down a', 'start b']);
  });

  it('number the values that are projected, not those that are lost', () => {
    const seen: string[] = [];
    const source = new Subject<string>();
    const free = new Subject<void>();
    const options = { capacity: 0, overflow: 'dropNewest' } as const;
    source
      .pipe(queueMap((value, { index }) => (seen.push(`${value}${index}`), free.pipe(take(1))), options))
      .subscribe();
    for (const value of ['a', 'b']) source.next(value);
    free.next();
    source.next('c');
    expect(seen).toEqual(['a0', 'c1']);
  });
});

describe('9.2, 9.5 overflow', () => {
  const full = { concurrency: 1, capacity: 2 } as const;

  it('fail: reports the one that overflowed, then those that waited; the error carries the value', () => {
    const errors: unknown[] = [];
    const source = new Subject<string>();
    const inners = new InnerSources();
    const { onUndelivered } = inners;
    source
      .pipe(queueMap(inners.project, { ...full, onUndelivered }))
      .subscribe({ error: (error: unknown) => errors.push(error) });
    for (const value of ['a', 'b', 'c', 'd', 'e']) source.next(value);
    expect(inners.lines).toEqual(['start a', 'd dropped', 'b cancelled', 'c cancelled']);
    expect(errors).toEqual([new OverflowError('queueMap', 'd')]);
    expect(source.observed).toBe(false);
  });

  it.each([
    ['dropOldest', ['start a', 'b evicted', 'c evicted', 'start d', 'start e', 'out completed']],
    ['dropNewest', ['start a', 'd dropped', 'e dropped', 'start b', 'start c', 'out completed']],
    ['switch', ['start a', 'start b', 'start c', 'start d', 'start e', 'out completed']],
  ] as const)('%s loses what it says, reports each once, and goes on', (overflow, expected) => {
    const { inners, source, send } = flatten({ ...full, overflow });
    send('a', 'b', 'c', 'd', 'e');
    source.complete();
    while (inners.running > 0) inners.endFirst();
    expect(inners.lines).toEqual(expected);
  });

  it('a report that throws goes to onUnhandledError, and nobody else suffers', () => {
    const inners = new InnerSources();
    const reported = reportsOf(() => {
      const source = new Subject<string>();
      const options: QueueMapOptions<string> = {
        capacity: 1,
        overflow: 'dropOldest',
        onUndelivered: (value, reason) => {
          inners.onUndelivered(value, reason);
          throw new Error(`report of ${value}`);
        },
      };
      const subscription = source.pipe(queueMap(inners.project, options)).subscribe(inners.all('out'));
      for (const value of ['a', 'b', 'c', 'd']) source.next(value);
      inners.end('a');
      source.next('e');
      subscription.unsubscribe();
    });
    expect(inners.lines).toEqual(['start a', 'b evicted', 'c evicted', 'start d', 'e cancelled']);
    expect(reported.map(String)).toEqual(['b', 'c', 'e'].map((value) => `Error: report of ${value}`));
  });

  it('a report that feeds the source again starts nothing once the consumer has left', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    const options: QueueMapOptions<string> = {
      onUndelivered: (value, reason) => {
        inners.onUndelivered(value, reason);
        source.next(`${value}!`);
      },
    };
    const subscription = source.pipe(queueMap(inners.project, options)).subscribe(inners.all('out'));
    for (const value of ['a', 'b', 'c']) source.next(value);
    subscription.unsubscribe();
    expect(inners.lines).toEqual(['start a', 'b cancelled', 'c cancelled']);
  });
});

describe('9.2 key', () => {
  const key = (value: string): string => value.charAt(0);

  it('keeps the order within a key, and lets others pass', () => {
    const { inners, send } = flatten({ concurrency: 2, key });
    send('a1', 'a2', 'a3', 'b1', 'b2');
    inners.add('-');
    inners.end('b1', 'a1', 'b2', 'a2');
    expect(inners.lines).toEqual(['start a1', 'start b1', '-', 'start b2', 'start a2', 'start a3']);
  });

  it('is not blocked by a hot one, however much of it waits', () => {
    const { inners, send } = flatten({ concurrency: 2, key });
    send('a1');
    for (let n = 2; n < 100; n++) send(`a${n}`);
    send('b1', 'c1');
    inners.end('b1');
    expect(inners.lines).toEqual(['start a1', 'start b1', 'start c1']);
  });

  it('keeps one place for all that wait: dropOldest evicts the oldest, whatever its key', () => {
    const { inners, send } = flatten({ concurrency: 2, capacity: 2, overflow: 'dropOldest', key });
    send('a1', 'b1', 'a2', 'b2', 'a3', 'c1');
    inners.end('a1', 'b1', 'a3', 'c1');
    expect(inners.lines).toEqual(['start a1', 'start b1', 'a2 evicted', 'b2 evicted', 'start a3', 'start c1']);
  });

  it('may be anything, also undefined and NaN', () => {
    const { inners, send } = flatten({ concurrency: 9, key: (value) => ({ u: undefined, n: NaN })[value.charAt(0)] });
    send('u1', 'u2', 'n1', 'n2');
    inners.end('u1', 'n1');
    expect(inners.lines).toEqual(['start u1', 'start n1', 'start u2', 'start n2']);
  });

  it('when it makes the consumer leave: the value is reported, and not projected', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    const { onUndelivered } = inners;
    const subscription: Subscription = source
      .pipe(queueMap(inners.project, { key: () => subscription.unsubscribe(), onUndelivered }))
      .subscribe(inners.all('out'));
    source.next('a');
    expect(inners.lines).toEqual(['a cancelled']);
  });

  it('when it throws, errs, and reports the value that has none', () => {
    const { inners, send } = flatten({
      key: (value) => {
        if (value === 'c') throw new Error('key');
      },
    });
    send('a', 'b', 'c', 'd');
    expect(inners.lines).toEqual(['start a', 'c cancelled', 'out failed with key', 'b cancelled']);
  });

  it('when it is a random one: never two of a key, never more than concurrency, per key in order, nothing lost', () => {
    const script = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(script, fc.integer({ min: 1, max: 4 }), (values, concurrency) => {
        const { inners, source, send } = flatten({ concurrency, key });
        const busiest = (): number => new Set(inners.names.match(/[abc]/g)).size;
        for (const [n, [letter, ends]] of values.entries()) {
          send(`${letter}${n}`);
          if (ends) inners.endFirst();
          expect(busiest()).toBe(inners.running);
          // A place is free only when nobody waits who could have it.
          const waiting = values.slice(0, n + 1).filter(([own], i) => !inners.lines.includes(`start ${own}${i}`));
          if (inners.running < concurrency) expect(waiting.every(([own]) => inners.names.includes(own))).toBe(true);
        }
        source.complete();
        while (inners.running > 0) inners.endFirst();
        const started = inners.lines.filter((line) => line.startsWith('start'));
        for (const letter of ['a', 'b', 'c']) {
          const sent = values.flatMap(([own], n) => (own === letter ? [`start ${own}${n}`] : []));
          expect(started.filter((line) => line.startsWith(`start ${letter}`))).toEqual(sent);
        }
        expect([inners.mostRunning <= concurrency, inners.lines.at(-1)]).toEqual([true, 'out completed']);
      }),
      runs(300),
    );
  });
});

describe("9.3 order: 'source'", () => {
  const order = 'source' as const;

  it('emits the first live, and keeps the others until it is their turn', () => {
    const { inners, send } = flatten({ concurrency: 3, order });
    send('a', 'b', 'c');
    inners.take();
    for (const name of ['b', 'a', 'c', 'b', 'a']) inners.emit(name);
    expect(inners.take()).toEqual(['out got a', 'out got a']);
    inners.end('c', 'a');
    // `b` is live now; `c` has ended, and waits.
    expect(inners.take()).toEqual(['out got b', 'out got b']);
    inners.emit('b', 'b3');
    inners.end('b');
    expect(inners.take()).toEqual(['out got b3', 'out got c']);
  });

  it('runs ahead by no more than concurrency: one that is done keeps its place until it was emitted', () => {
    const { inners, send } = flatten({ concurrency: 2, order });
    send('a', 'b', 'c', 'd');
    inners.end('b');
    expect(inners.take()).toEqual(['start a', 'start b']);
    inners.end('a');
    expect(inners.take()).toEqual(['start c', 'start d']);
  });

  it('errs at once with the error of any, and what was kept is not emitted', () => {
    const { inners, send } = flatten({ concurrency: 3, order });
    send('a', 'b', 'c', 'd');
    inners.emit('b');
    inners.fail('c');
    expect(inners.lines.slice(3)).toEqual(['out failed with c failed', 'd cancelled']);
  });

  it('lets the next of a key start while the results of the last one wait', () => {
    const { inners, send } = flatten({ concurrency: 3, order, key: (value) => value.charAt(0) });
    send('a1', 'b1', 'b2', 'a2');
    inners.emit('b1');
    inners.end('b1');
    inners.emit('b2');
    inners.end('b2', 'a1');
    expect(inners.lines).toEqual(['start a1', 'start b1', 'start b2', 'start a2', 'out got b1', 'out got b2']);
  });

  it('a value that waits for its key comes before the later ones that started meanwhile', () => {
    const { inners, source, send } = flatten({ concurrency: 3, order, key: (value) => value.charAt(0) });
    send('a1', 'a2', 'b1', 'c1', 'b2');
    inners.emit('b1');
    inners.end('b1', 'c1');
    expect(inners.take()).toEqual(['start a1', 'start b1', 'start c1']);
    inners.end('a1');
    expect(inners.take()).toEqual(['start a2']);
    inners.emit('a2');
    inners.end('a2');
    expect(inners.take()).toEqual(['out got a2', 'start b2', 'out got b1']);
    source.complete();
    inners.emit('b2');
    inners.end('b2');
    expect(inners.take()).toEqual(['out got b2', 'out completed']);
  });

  it('a value that waits for its key comes first also when all that run are synchronous', () => {
    const got: string[] = [];
    const holding = new Subject<never>();
    const work = (value: string): Observable<string> => (value === 'a1' ? concat(of('a1'), holding) : of(value));
    of('a1', 'a2', 'b1', 'a3', 'b2')
      .pipe(queueMap(work, { concurrency: 2, order, key: (value) => value.charAt(0) }))
      .subscribe({ next: (value) => got.push(value), complete: () => got.push('end') });
    expect(got).toEqual(['a1']);
    holding.complete();
    expect(got).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'end']);
  });

  it('one that ends synchronously as soon as it has a place emits before its error, as with concatMap', () => {
    const got: string[] = [];
    const holding = new Subject<string>();
    of('a', 'b')
      .pipe(
        queueMap(
          (value) =>
            value === 'a'
              ? holding
              : concat(
                  of('b'),
                  throwError(() => new Error('failed')),
                ),
          { order },
        ),
      )
      .subscribe({ next: (value) => got.push(value), error: (error: unknown) => got.push(String(error)) });
    holding.complete();
    expect(got).toEqual(['b', 'Error: failed']);
  });

  it('one that has completed keeps its place until it is torn down', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    const tearDown = (): void => {
      inners.end('b');
      inners.add('a torn down');
    };
    const project = (value: string): Observable<string> =>
      value === 'a' ? inners.project(value).pipe(finalize(tearDown)) : inners.project(value);
    source.pipe(queueMap(project, { concurrency: 2, order })).subscribe(inners.all('out'));
    for (const value of ['a', 'b', 'c', 'd']) source.next(value);
    inners.emit('b');
    inners.end('a');
    expect(inners.lines).toEqual(['start a', 'start b', 'a torn down', 'start c', 'out got b', 'start d']);
  });

  it('what an inner source adds while its kept results are emitted comes after them', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    const got: string[] = [];
    source.pipe(queueMap(inners.project, { concurrency: 2, order })).subscribe((value) => {
      got.push(value);
      if (value === 'b1') inners.emit('b', 'b3');
    });
    for (const value of ['a', 'b']) source.next(value);
    for (const value of ['b1', 'b2']) inners.emit('b', value);
    inners.end('a');
    expect(got).toEqual(['b1', 'b2', 'b3']);
  });

  it('what is sent from inside an emission does not overtake those who wait', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    source.pipe(queueMap(inners.project, { concurrency: 2, order })).subscribe((value) => {
      if (value === 'b') source.next('d');
    });
    for (const value of ['a', 'b', 'c']) source.next(value);
    inners.emit('b');
    inners.end('a', 'b');
    expect(inners.lines).toEqual(['start a', 'start b', 'start c', 'start d']);
  });

  it('gives the results of random inner sources in the order of their source values', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 });
    fc.assert(
      fc.property(delays, fc.integer({ min: 1, max: 4 }), (times, concurrency) => {
        const got: number[] = [];
        let running = 0;
        let most = 0;
        virtual(() => {
          const work = (ms: number, index: number) =>
            defer(() => {
              most = Math.max(most, ++running);
              return concat(of(index), ms === 0 ? EMPTY : sleep(ms).map(() => index));
            }).pipe(finalize(() => running--));
          from(times)
            .pipe(queueMap((ms, { index }) => work(ms, index), { concurrency, order }))
            .subscribe((value) => got.push(value));
        });
        expect(got).toEqual(times.flatMap((ms, index) => (ms === 0 ? [index] : [index, index])));
        expect(most).toBeLessThanOrEqual(concurrency);
      }),
      runs(300),
    );
  });

  it('what is sent from inside an emission and makes the emitting one give way: it stops, and places are kept', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    source
      .pipe(queueMap(inners.project, { concurrency: 2, capacity: 0, overflow: 'switch', order }))
      .subscribe((value) => {
        inners.add(`out got ${value}`);
        if (value !== 'b1') return;
        source.next('c');
        source.next('d');
      });
    source.next('a');
    source.next('b');
    for (const value of ['b1', 'b2']) inners.emit('b', value);
    inners.end('b', 'a');
    expect(inners.lines).toEqual(['start a', 'start b', 'out got b1', 'start c', 'start d']);
    source.next('e');
    // `e` needs the place of `c`: two run, not three.
    expect([inners.names, inners.mostRunning]).toEqual(['de', 2]);
  });
});

describe("9.4 overflow: 'switch'", () => {
  const overflow = 'switch' as const;

  it('beyond concurrency n, the oldest gives way', () => {
    const { inners, send } = flatten({ concurrency: 2, capacity: 0, overflow });
    const names = ['a', 'b', 'c', 'd'].map((value) => (send(value), inners.names));
    expect(names).toEqual(['a', 'ab', 'bc', 'cd']);
  });

  it('beyond capacity, the one that waits longest starts, and the new one waits', () => {
    const { inners, send } = flatten({ concurrency: 2, capacity: 2, overflow });
    send('a', 'b', 'c', 'd');
    const names = ['e', 'f'].map((value) => (send(value), inners.names));
    inners.end('c', 'd', 'e', 'f');
    expect([names, inners.lines.filter((line) => !line.startsWith('start'))]).toEqual([['bc', 'cd'], []]);
    expect(inners.lines.at(-1)).toBe('start f');
  });

  it('nobody gives way while a place is free for one who waits', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    const project = (value: string): Observable<string> => {
      if (value === 'c') {
        inners.end('b');
        for (const late of ['e', 'f']) source.next(late);
      }
      return inners.project(value);
    };
    source.pipe(queueMap(project, { concurrency: 2, capacity: 2, overflow })).subscribe();
    for (const value of ['a', 'b', 'c', 'd']) source.next(value);
    inners.end('a');
    expect(inners.names).toBe('cd');
  });

  it('completes when the source has completed inside of a switch, and nothing runs any more', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    const project = (value: string): Observable<string> => {
      if (value === 'a') return inners.project(value);
      source.complete();
      return EMPTY;
    };
    source.pipe(queueMap(project, { capacity: 1, overflow })).subscribe(inners.all('out'));
    for (const value of ['a', 'b', 'c']) source.next(value);
    expect(inners.lines).toEqual(['start a', 'out completed']);
  });

  it('with key, the running one of that key gives way', () => {
    const { inners, send } = flatten({ concurrency: 2, capacity: 0, overflow, key: (value) => value.charAt(0) });
    send('a1', 'b1');
    const names = ['b2', 'a2', 'c1'].map((value) => (send(value), inners.names));
    // `c` is of no key that runs: the oldest gives way.
    expect(names).toEqual(['a1b2', 'b2a2', 'a2c1']);
  });

  describe('when the clean-up of the one that gives way feeds the source', () => {
    /** `a` is running; as it gives way to `b`, it sends `from a`. */
    function feeding(flatten: (project: (value: string) => Observable<string>) => OperatorFunction<string, string>) {
      const inners = new InnerSources();
      const source = new Subject<string>();
      const project = (value: string): Observable<string> =>
        inners.project(value).pipe(finalize(() => value === 'a' && source.next('from a')));
      source.pipe(flatten(project)).subscribe(inners.all('out'));
      for (const value of ['a', 'b']) source.next(value);
      return { inners, source };
    }

    it('what it sends is the newest, and has the place; the one it gave way to is reported', () => {
      const lost = new InnerSources();
      const { inners, source } = feeding((project) =>
        queueMap(project, { capacity: 0, overflow, onUndelivered: lost.onUndelivered }),
      );
      expect([inners.lines, lost.lines]).toEqual([['start a', 'start from a'], ['b evicted']]);
      source.next('c');
      expect([inners.names, inners.mostRunning]).toEqual(['c', 1]);
    });

    it("while RxJS's switchMap runs both, and never leaves the one that was fed", () => {
      const { inners, source } = feeding((project) => switchMap(project));
      source.next('c');
      expect([inners.lines, inners.names]).toEqual([['start a', 'start from a', 'start b', 'start c'], 'from ac']);
    });

    it('with a second place, both run', () => {
      const inners = new InnerSources();
      const source = new Subject<string>();
      const project = (value: string): Observable<string> =>
        inners.project(value).pipe(finalize(() => value === 'a' && source.next('z')));
      source.pipe(queueMap(project, { concurrency: 2, capacity: 1, overflow })).subscribe(inners.all('out'));
      for (const value of ['a', 'b', 'c', 'd']) source.next(value);
      // `z` finds `c` before it, and waits; `d` has no place beside it.
      expect([inners.names, inners.mostRunning]).toEqual(['bc', 2]);
    });
  });

  it('when the clean-up of the one that gives way makes the consumer leave, the new one is reported, and not projected', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    const { onUndelivered } = inners;
    const project = (value: string): Observable<string> =>
      inners.project(value).pipe(finalize(() => subscription.unsubscribe()));
    const subscription = source
      .pipe(queueMap(project, { capacity: 0, overflow, onUndelivered }))
      .subscribe(inners.all('out'));
    for (const value of ['a', 'b']) source.next(value);
    expect(inners.lines).toEqual(['start a', 'b cancelled']);
  });
});

describe('9.4 signal', () => {
  it('is one and the same, and aborts when the inner source is given up, not when it completes', () => {
    const signals: AbortSignal[] = [];
    const inners = new InnerSources();
    const source = new Subject<string>();
    const options = { capacity: 0, overflow: 'switch' } as const;
    const subscription = source
      .pipe(
        queueMap((value, context) => {
          expect(context.signal).toBe(context.signal);
          signals.push(context.signal);
          return inners.project(value);
        }, options),
      )
      .subscribe();
    const aborted = (): boolean[] => signals.map((signal) => signal.aborted);
    source.next('a');
    inners.end('a');
    for (const value of ['b', 'c']) source.next(value);
    expect(aborted()).toEqual([false, true, false]);
    subscription.unsubscribe();
    expect(aborted()).toEqual([false, true, true]);
  });

  it('aborts when another inner source fails, and stays quiet in the one that failed', () => {
    const signals: AbortSignal[] = [];
    const inners = new InnerSources();
    from(['a', 'b'])
      .pipe(queueMap((value, { signal }) => (signals.push(signal), inners.project(value)), { concurrency: 2 }))
      .subscribe({ error: () => undefined });
    inners.fail('a');
    expect(signals.map((signal) => signal.aborted)).toEqual([false, true]);
  });

  it('asked for late, has aborted already', () => {
    const contexts: { readonly signal: AbortSignal }[] = [];
    of('a')
      .pipe(queueMap((_, context) => (contexts.push(context), NEVER)))
      .subscribe()
      .unsubscribe();
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  it('asked for after the inner source has completed, or failed, has not aborted', () => {
    const contexts: { readonly signal: AbortSignal }[] = [];
    const inners = new InnerSources();
    from(['a', 'b'])
      .pipe(queueMap((value, context) => (contexts.push(context), inners.project(value))))
      .subscribe({ error: () => undefined });
    inners.end('a');
    inners.fail('b');
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  it('is not made when nobody asks', () => {
    const Original = globalThis.AbortController;
    let made = 0;
    globalThis.AbortController = class extends Original {
      constructor() {
        super();
        made++;
      }
    };
    try {
      of('a')
        .pipe(queueMap(() => NEVER))
        .subscribe()
        .unsubscribe();
    } finally {
      globalThis.AbortController = Original;
    }
    expect(made).toBe(0);
  });
});

describe('9.4 project', () => {
  it('may return an observable, an array, another iterable, a promise or a coroutine', async () => {
    const told = new Record();
    const done = new Promise<void>((resolve) => {
      of(0, 1, 2, 3, 4)
        .pipe(
          queueMap((n) => {
            if (n === 0) return of('observable');
            if (n === 1) return ['array'];
            if (n === 2) return new Set(['set', 'of two']);
            if (n === 3) return Promise.resolve('promise');
            return (function* () {
              return yield* sleep(0).map(() => 'coroutine');
            })();
          }),
        )
        .subscribe({ ...told.all('out'), complete: resolve });
    });
    await done;
    expect(told.lines).toEqual(
      ['observable', 'array', 'set', 'of two', 'promise', 'coroutine'].map((v) => `out got ${v}`),
    );
  });

  it('that returns a coroutine: it emits once, and is cancelled, clean-up and all, when it is given up', () => {
    const told = new Record();
    virtual(() => {
      const subscription = of('a', 'b')
        .pipe(
          queueMap(function* (value) {
            try {
              yield* sleep(10);
              return value;
            } finally {
              told.add(`clean up ${value} at ${frame()}`);
            }
          }),
        )
        .subscribe(told.all('out'));
      at(15, () => subscription.unsubscribe());
    });
    expect(told.lines).toEqual(['clean up a at 10', 'out got a', 'clean up b at 15']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('failed');
      },
    ],
    ['returns what fails at once', () => throwError(() => new Error('failed'))],
    [
      'returns a coroutine that throws',
      function* () {
        throw new Error('failed');
      },
    ],
  ])('that %s errs at once, and gives up the others', (_, failing) => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    const { onUndelivered } = inners;
    source
      .pipe(
        queueMap((value) => (value === 'b' ? (failing() as never) : inners.project(value)), {
          concurrency: 2,
          onUndelivered,
        }),
      )
      .subscribe(inners.all('out'));
    for (const value of ['a', 'b', 'c']) source.next(value);
    expect([inners.lines, inners.running, source.observed]).toEqual([['start a', 'out failed with failed'], 0, false]);
  });

  it('that throws for one that waited errs, and the rest is reported', () => {
    const inners = new InnerSources();
    const { onUndelivered } = inners;
    const project = (value: string): Observable<string> => {
      if (value === 'b') throw new Error('failed');
      return inners.project(value);
    };
    from(['a', 'b', 'c']).pipe(queueMap(project, { onUndelivered })).subscribe(inners.all('out'));
    inners.end('a');
    expect(inners.lines).toEqual(['start a', 'out failed with failed', 'c cancelled']);
  });

  it('that returns no source errs with a TypeError', () => {
    const told = new Record();
    of(1)
      .pipe(queueMap(() => 5 as never))
      .subscribe(told.all('out'));
    expect(told.lines).toEqual(['out failed with TypeError']);
  });

  it('that returns a coroutine which is given up while it runs: its next wait is not performed', () => {
    const told = new Record();
    const ch = channel<string>(1);
    ch.trySend('still there');
    const source = new Subject<string>();
    const subscription = source
      .pipe(
        queueMap(function* () {
          try {
            subscription.unsubscribe();
            told.add(yield* ch.receive());
          } finally {
            told.add('cleaned up');
          }
        }),
      )
      .subscribe(told.all('out'));
    source.next('a');
    expect([told.lines, ch.size]).toEqual([['cleaned up'], 1]);
  });

  it('that returns a coroutine which ends after it was given up: what it returns is not heard of', () => {
    const told = new Record();
    const ch = channel<string>();
    const source = new Subject<string>();
    const subscription = source
      .pipe(
        queueMap(function* () {
          const value = yield* ch.receive();
          told.add(`received ${value}`);
          return value;
        }),
      )
      .subscribe(told.all('out'));
    source.next('a');
    go(function* () {
      // In line to run, with what it has received, when the consumer leaves.
      yield* ch.send('x');
      subscription.unsubscribe();
    });
    expect(told.lines).toEqual(['received x']);
  });

  it('that returns a coroutine whose clean-up fails once it was given up: that is reported', () => {
    const reported = reportsOf(() => {
      const source = new Subject<string>();
      const subscription = source
        .pipe(
          queueMap(function* () {
            try {
              yield* sleep(10);
            } finally {
              // eslint-disable-next-line no-unsafe-finally -- What becomes of it is the question.
              throw new Error('clean-up');
            }
          }),
        )
        .subscribe();
      source.next('a');
      subscription.unsubscribe();
    });
    expect(reported).toEqual([new Error('clean-up')]);
  });

  it('that returns a coroutine: before a Subscriber written by hand that throws, it is reported, and others are served', () => {
    const told = new Record();
    const reported = reportsOf(() => {
      const throwing = new (class extends Subscriber<string> {
        protected override _next(value: string): void {
          told.add(value);
          if (value === 'a') throw new Error('by hand');
        }
      })();
      const operator = queueMap(
        function* (value: string) {
          yield* sleep(1);
          return value;
        },
        { concurrency: 2 },
      );
      of('a', 'b').pipe(operator).subscribe(throwing);
    });
    expect([told.lines, reported]).toEqual([['a', 'b'], [new Error('by hand')]]);
  });

  it('that returns a coroutine: it goes by the name of its place', () => {
    const told = new Record();
    of(1, 2)
      .pipe(
        queueMap(function* (n) {
          if (n === 2) told.add(title(turn.current as object));
        }),
      )
      .subscribe();
    expect(told.lines).toEqual(['queueMap#1, running']);
  });

  it('that makes the consumer leave: what it returns is not subscribed', () => {
    const inners = new InnerSources();
    const source = new Subject<string>();
    const subscription = new Subscription();
    const project = (value: string): Observable<string> => {
      subscription.unsubscribe();
      return inners.project(value);
    };
    subscription.add(source.pipe(queueMap(project)).subscribe(inners.all('out')));
    source.next('a');
    expect(inners.lines).toEqual([]);
  });
});

describe('9.5 the end', () => {
  it.each([
    [
      'the source errs',
      'out failed with source',
      (f: ReturnType<typeof flatten>) => f.source.error(new Error('source')),
    ],
    ['an inner source errs', 'out failed with a failed', (f: ReturnType<typeof flatten>) => f.inners.fail('a')],
  ])('when %s: told at once, then what waits is reported, once each, and the others are given up', (_, said, act) => {
    const all = flatten({ concurrency: 2 });
    all.send('a', 'b', 'c', 'd');
    all.inners.take();
    act(all);
    all.subscription.unsubscribe();
    expect([all.inners.lines, all.inners.running, all.source.observed]).toEqual([
      [said, 'c cancelled', 'd cancelled'],
      0,
      false,
    ]);
  });

  it('when the source ends an inner source as it is left, nobody who waits starts: they are reported', () => {
    const inners = new InnerSources();
    const { onUndelivered } = inners;
    const source = new Observable<string>((subscriber) => {
      for (const value of ['a', 'b']) subscriber.next(value);
      return () => inners.end('a');
    });
    source.pipe(queueMap(inners.project, { onUndelivered })).subscribe(inners.all('out')).unsubscribe();
    expect(inners.lines).toEqual(['start a', 'b cancelled']);
  });

  it('gives up all that run, in the order in which they started, though the clean-up of some throws', () => {
    const told = new Record();
    const subscription = from(['a', 'b', 'c', 'd'])
      .pipe(
        queueMap(
          (value) =>
            new Observable(() => () => {
              told.add(`tear down ${value}`);
              if (value < 'c') throw new Error(value);
            }),
          { concurrency: 4 },
        ),
      )
      .subscribe();
    const errors: unknown[] = [];
    try {
      subscription.unsubscribe();
    } catch (error) {
      errors.push(...((error as UnsubscriptionError).errors as unknown[]));
    }
    expect(told.lines).toEqual(['a', 'b', 'c', 'd'].map((value) => `tear down ${value}`));
    expect(errors).toEqual([new Error('a'), new Error('b')]);
  });

  it('unsubscribing at any frame: each value was projected, or is reported, or was never emitted', () => {
    for (let leaves = 0; leaves <= 24; leaves++) {
      const told: string[] = [];
      let emitted = 0;
      virtual(() => {
        const source = new Subject<number>();
        const subscription = source
          .pipe(
            queueMap((n) => (told.push(`${n}`), sleep(4).map(() => n)), {
              concurrency: 2,
              onUndelivered: (n, reason) => told.push(`${n}${reason}`),
            }),
          )
          .subscribe();
        for (let n = 0; n < 10; n++) {
          at(n, () => {
            if (!source.observed) return;
            emitted++;
            source.next(n);
          });
        }
        at(leaves, () => subscription.unsubscribe());
      });
      expect(told.map((line) => Number.parseInt(line))).toEqual(Array.from({ length: emitted }, (_, n) => n));
      expect(told.filter((line) => line.endsWith('cancelled')).length, `leaves at ${leaves}`).toBe(
        emitted - told.filter((line) => /^\d+$/.test(line)).length,
      );
    }
  });
});

describe('1.5 queueMap does not recurse with the amount of data', () => {
  const N = 100_000;

  it('100 000 buffered synchronous inner sources, in chains of three, lose nothing', () => {
    const gate = new Subject<never>();
    const source = new Subject<number>();
    let count = 0;
    let sum = 0;
    let completed = false;
    source
      .pipe(
        queueMap((n) => (n === 0 ? concat(gate, of(n)) : of(n))),
        queueMap((n) => of(n), { concurrency: 2, order: 'source' }),
        queueMap((n) => [n], { concurrency: 3, key: (value) => value % 5 }),
      )
      .subscribe({
        next: (n) => {
          count++;
          sum += n;
        },
        complete: () => (completed = true),
      });
    for (let n = 0; n < N; n++) source.next(n);
    source.complete();
    gate.complete();
    expect([count, sum, completed]).toEqual([N, (N * (N - 1)) / 2, true]);
  });

  it('100 000 coroutines that do not wait', () => {
    let count = 0;
    const gate = new Subject<never>();
    concat(gate, from(Array(N).keys()))
      .pipe(
        queueMap(
          // It does not wait.
          function* (n) {
            return n;
          },
          { concurrency: 2 },
        ),
      )
      .subscribe(() => count++);
    gate.complete();
    expect(count).toBe(N);
  });

  it('who ends is not searched for among those that run', () => {
    const inners = new InnerSources();
    const subscription = from(Array.from({ length: 1000 }, (_, n) => n))
      .pipe(queueMap(inners.project, { concurrency: Infinity }))
      .subscribe();
    const searches = vi.spyOn(Array.prototype, 'indexOf');
    for (let n = 999; n >= 0; n--) inners.end(String(n));
    const longest = Math.max(...searches.mock.contexts.map((list) => (list as unknown[]).length));
    searches.mockRestore();
    subscription.unsubscribe();
    expect([inners.running, longest < 10]).toEqual([0, true]);
  });

  it('nested in each other', () => {
    const gate = new Subject<never>();
    let count = 0;
    concat(gate, from(Array.from({ length: 100 }, (_, n) => n)))
      .pipe(
        queueMap((a) =>
          from(Array(100).fill(a)).pipe(queueMap(() => of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10).pipe(queueMap((n) => of(n))))),
        ),
      )
      .subscribe(() => count++);
    gate.complete();
    expect(count).toBe(N);
  });

  it('a source that feeds itself from its inner sources gets each value once, in order', () => {
    const source = new Subject<number>();
    const projected: number[] = [];
    source
      .pipe(
        queueMap((n) => {
          projected.push(n);
          return defer(() => {
            if (n < 50_000) source.next(n + 1);
            return EMPTY;
          });
        }),
      )
      .subscribe();
    source.next(1);
    expect([projected.length, projected.every((n, i) => n === i + 1)]).toEqual([50_000, true]);
  });
});

describe('a source without an end, all at once, behind queueMap', () => {
  it.each<[string, QueueMapOptions<number>]>([
    ['by default', {}],
    ['with concurrency', { concurrency: 4 }],
    ['in order of the source', { concurrency: 4, order: 'source' }],
    ['with key', { concurrency: 2, key: (n) => n % 3 }],
    ['with switch', { capacity: 0, overflow: 'switch' }],
  ])('is asked for 3 by take(3), %s', (_, options) => {
    const endless = new Endless();
    endless.values
      .pipe(
        queueMap((n) => of(n), options),
        take(3),
      )
      .subscribe();
    expect(endless.asked).toBe(3);
  });

  it('an inner one is asked for 3', () => {
    const endless = new Endless();
    of(1)
      .pipe(
        queueMap(() => endless.values),
        take(3),
      )
      .subscribe();
    expect(endless.asked).toBe(3);
  });
});
