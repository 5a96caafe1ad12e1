import { concat, map, NEVER, Observable, of, share, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { broadcast, channel, channelFrom, flow, queueMap, shareBroadcast, sleep } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';

/** Works on each value for `ms`, and tells when it is done. */
const working = (told: Record, name: string, ms: number) =>
  queueMap(function* (n: number) {
    yield* sleep(ms);
    told.add(`${name} ${n} at ${frame()}`);
  });

describe('shareBroadcast', () => {
  it('8.2 subscribes the source once, for the first; unsubscribes with the last; and anew for who comes next', () => {
    const told = new Record();
    let runs = 0;
    const source = new Observable<number>((subscriber) => {
      const run = ++runs;
      told.add(`run ${run}`);
      subscriber.next(run);
      return () => told.add(`run ${run} is over`);
    });
    const shared = source.pipe(shareBroadcast({ capacity: Infinity }));
    const first = shared.subscribe(told.by('first'));
    const second = shared.subscribe(told.by('second'));
    first.unsubscribe();
    expect(told.take()).toEqual(['run 1', 'first got 1']);
    second.unsubscribe();
    expect(told.take()).toEqual(['run 1 is over']);
    shared.subscribe(told.by('third'));
    expect(told.take()).toEqual(['run 2', 'third got 2']);
  });

  it('8.2 a source that can be pulled is paced by the slowest: the next is asked for when all have the last', () => {
    virtual(() => {
      const told = new Record();
      const ch = channel<number>(Infinity);
      for (const n of [1, 2, 3, 4]) ch.trySend(n);
      const shared = ch.pipe(
        map((n) => n),
        shareBroadcast(),
      );
      shared.pipe(working(told, 'slow', 10)).subscribe();
      shared.subscribe((n) => told.add(`fast ${n} at ${frame()}`));
      at(15, () => {
        check(ch);
        // 2 was on its way when the fast one came; 3 waits for the slow one, which works on 2; 4 is not asked for.
        expect([told.lines, ch.size]).toEqual([['slow 1 at 10', 'fast 3 at 10'], 1]);
      });
      at(60, () => expect(told.lines.filter((line) => line.startsWith('slow'))).toHaveLength(4));
    });
  });

  it('with a buffer each, the slow one lags behind by that much', () => {
    virtual(() => {
      const told = new Record();
      const shared = flow<number>(function* (out) {
        for (let n = 1; n <= 4; n++) {
          yield* sleep(1);
          yield* out.send(n);
        }
      }).pipe(shareBroadcast({ capacity: 9 }));
      shared.pipe(working(told, 'slow', 10)).subscribe();
      shared.subscribe((n) => told.add(`fast ${n} at ${frame()}`));
      at(99, () =>
        expect(told.lines).toEqual([
          'fast 1 at 1',
          'fast 2 at 2',
          'fast 3 at 3',
          'fast 4 at 4',
          'slow 1 at 11',
          'slow 2 at 21',
          'slow 3 at 31',
          'slow 4 at 41',
        ]),
      );
    });
  });

  it('gives a value that nobody has seen back to its channel when the last has left', () => {
    virtual(() => {
      const told = new Record();
      const ch = channel<number>(Infinity);
      for (const n of [1, 2, 3]) ch.trySend(n);
      const waiting = ch
        .pipe(shareBroadcast())
        .pipe(working(told, 'slow', 10))
        .subscribe();
      at(5, () => {
        waiting.unsubscribe();
        check(ch);
        const left: number[] = [];
        for (let next = ch.tryReceive(); next.ok; next = ch.tryReceive()) left.push(next.value);
        expect(left).toEqual([2, 3]);
      });
    });
  });

  it.each([undefined, new Error('why')])('8.2 its end reaches all, after what they hold: %s', (cause) => {
    virtual(() => {
      const told = new Record();
      const end = cause === undefined ? NEVER.pipe(take(0)) : throwError(() => cause);
      const shared = concat(of(1, 2), end).pipe(shareBroadcast({ capacity: Infinity }));
      shared.pipe(queueMap((n: number) => sleep(10).map(() => n))).subscribe(told.all('slow'));
      at(99, () =>
        expect(told.lines).toEqual(
          cause === undefined ? ['slow got 1', 'slow got 2', 'slow completed'] : ['slow got 1', 'slow failed with why'],
        ),
      );
    });
  });

  it('who comes while the others drain what is left subscribes the source anew', () => {
    virtual(() => {
      const told = new Record();
      let runs = 0;
      const shared = new Observable<number>((subscriber) => {
        runs++;
        subscriber.next(runs * 10);
        subscriber.next(runs * 10 + 1);
        subscriber.complete();
      }).pipe(shareBroadcast({ capacity: Infinity }));
      shared.pipe(working(told, 'slow', 10)).subscribe();
      at(5, () => shared.subscribe(told.all('other')));
      at(30, () =>
        expect(told.lines).toEqual([
          'other got 20',
          'other got 21',
          'other completed',
          'slow 10 at 10',
          'slow 11 at 20',
        ]),
      );
    });
  });

  it('loses by policy, for each by itself', () => {
    virtual(() => {
      const told = new Record();
      const lost: string[] = [];
      const source = new Subject<number>();
      const shared = source.pipe(
        shareBroadcast({
          capacity: 1,
          overflow: 'dropOldest',
          onUndelivered: (n, reason) => lost.push(`${n} ${reason}`),
        }),
      );
      shared.pipe(working(told, 'slow', 10)).subscribe();
      shared.subscribe((n) => told.add(`fast ${n}`));
      for (const n of [1, 2, 3, 4]) source.next(n);
      at(30, () => {
        expect(told.lines).toEqual(['fast 1', 'fast 2', 'fast 3', 'fast 4', 'slow 1 at 10', 'slow 4 at 20']);
        expect(lost).toEqual(['2 evicted', '3 evicted']);
      });
    });
  });

  it('on fail, a value without room ends it for all, after what they hold', () => {
    virtual(() => {
      const told = new Record();
      const source = new Subject<number>();
      const shared = source.pipe(shareBroadcast({ capacity: 1, overflow: 'fail' }));
      shared
        .pipe(queueMap((n: number) => sleep(10).map(() => n), { capacity: 0, overflow: 'dropNewest' }))
        .subscribe(told.all('slow'));
      shared.subscribe(told.all('fast'));
      for (const n of [1, 2, 3]) source.next(n);
      expect([told.take(), source.observed]).toEqual([
        ['fast got 1', 'fast got 2', 'fast failed with OverflowError'],
        false,
      ]);
      at(50, () => expect(told.lines.at(-1)).toBe('slow failed with OverflowError'));
    });
  });

  it('keeps `replay` for those who come later, as long as it runs', () => {
    const told = new Record();
    const source = new Subject<number>();
    const shared = source.pipe(shareBroadcast({ capacity: Infinity, replay: 1 }));
    shared.subscribe(told.by('first'));
    source.next(1);
    shared.subscribe(told.by('late'));
    expect(told.lines).toEqual(['first got 1', 'late got 1']);
  });

  it('stops a synchronous source when the only subscriber has had enough', () => {
    let asked = 0;
    const endless = channelFrom(
      (function* () {
        for (;;) yield ++asked;
      })(),
    );
    const all: number[] = [];
    endless.pipe(shareBroadcast(), take(3)).subscribe((n) => all.push(n));
    expect([all, asked]).toEqual([[1, 2, 3], 3]);
    of(1, 2, 3)
      .pipe(shareBroadcast({ capacity: Infinity }), take(1))
      .subscribe((n) => all.push(n));
    expect(all).toEqual([1, 2, 3, 1]);
  });

  it('8.2 a source that pushes needs room without end, or a policy: TypeError, at the call or for the subscriber', () => {
    expect(() => of(1).pipe(shareBroadcast())).toThrow(/^shareBroadcast: a source that pushes/);
    expect(() => of(1).pipe(shareBroadcast({ capacity: 5 }))).toThrow(TypeError);
    expect(() => of(1).pipe(shareBroadcast({ capacity: 5, conflateBy: (n) => n }))).toThrow(TypeError);
    const told = new Record();
    // Its chain begins at a channel, and is pushed all the same.
    channelFrom([1]).pipe(share(), shareBroadcast()).subscribe(told.by('it'));
    expect(told.lines).toEqual(['it failed with TypeError']);
  });

  it.each([null, 5, { replay: -1 }, { capacity: 1.5 }, { overflow: 'never' }])(
    'refuses options at the call: %j',
    (options) => {
      expect(() => shareBroadcast(options as never)).toThrow(/^shareBroadcast: /);
    },
  );
});

describe('taps$', () => {
  it('gives the present number, then each change; completes when the broadcast has ended', () => {
    const told = new Record();
    const news = broadcast<number>({ capacity: 1 });
    const first = news.tap();
    news.taps$.subscribe(told.all('taps'));
    const subscription = news.subscribe();
    subscription.unsubscribe();
    first.cancel();
    const last = news.tap();
    news.trySend(1);
    news.close();
    expect(told.take()).toEqual(['taps got 1', 'taps got 2', 'taps got 1', 'taps got 0', 'taps got 1']);
    last.tryReceive();
    check(news);
    expect(told.take()).toEqual(['taps got 0', 'taps completed']);
    news.taps$.subscribe(told.all('late'));
    expect(told.take()).toEqual(['late got 0', 'late completed']);
  });

  it('of a broadcast without taps completes with the close; one who taps inside is counted after it', () => {
    const told = new Record();
    const news = broadcast<number>();
    news.taps$.subscribe({
      next: (n) => {
        told.add(String(n));
        if (n === 1) news.tap();
      },
      complete: () => told.add('completed'),
    });
    const tap = news.tap();
    expect([told.take(), news.taps]).toEqual([['0', '1', '2'], 2]);
    tap.cancel();
    check(news);
    // That was 1 again, and so one more taps.
    expect([told.take(), news.taps]).toEqual([['1', '2'], 2]);
    const empty = broadcast<number>();
    empty.taps$.subscribe(told.all('empty'));
    empty.close();
    expect(told.lines.slice(-2)).toEqual(['empty got 0', 'empty completed']);
  });
});
