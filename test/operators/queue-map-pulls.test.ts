import {
  filter,
  map,
  mergeMap,
  type MonoTypeOperatorFunction,
  of,
  type OperatorFunction,
  scan,
  share,
  Subject,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  boundedBuffer,
  type Channel,
  channel,
  channelFrom,
  go,
  mergeSelect,
  queueMap,
  type QueueMapOptions,
  takeUntilAborted,
} from '../../src/index.ts';
import { InnerSources } from './inner-sources.ts';

/** Sends 0, 1, 2, … as fast as they are taken: how far it got is what backpressure is about. */
function produce(ch: Channel<number>, to = 1000): { readonly sent: number } {
  const counter = { sent: 0 };
  go(function* () {
    while (counter.sent < to) {
      yield* ch.send(counter.sent);
      counter.sent++;
    }
    ch.close();
  });
  return counter;
}

/** Counts how often it was asked. */
class Counted {
  asked = 0;
  readonly #to: number;

  constructor(to = Infinity) {
    this.#to = to;
  }
  *[Symbol.iterator](): Iterator<number> {
    while (this.asked < this.#to) yield this.asked++;
  }
}

const one: [string, OperatorFunction<number, number>][] = [
  ['nothing', (source) => source],
  ['map', map((n) => n)],
  ['filter', filter((n) => n >= 0)],
  ['tap', tap(() => undefined)],
  ['scan', scan((_, n) => n, 0)],
  ['take', take(999)],
  ['takeUntil another channel', takeUntil(channel<void>())],
  ['takeUntilAborted', takeUntilAborted(new AbortController().signal)],
  [
    'map, filter and tap',
    (source) =>
      source.pipe(
        map((n) => n),
        filter(() => true),
        tap(),
      ),
  ],
];

describe('9.2 a channel is asked for a value only when a place is free, behind', () => {
  it.each(one)('%s', (_, operator) => {
    for (const concurrency of [1, 3]) {
      const ch = channel<number>();
      const inners = new InnerSources();
      ch.pipe(operator, queueMap(inners.project, { concurrency, capacity: 0 })).subscribe(inners.all('out'));
      const producer = produce(ch);
      const got = [producer.sent];
      for (let n = 0; n < 3; n++) {
        inners.endFirst();
        got.push(producer.sent);
      }
      expect(got).toEqual([0, 1, 2, 3].map((done) => done + concurrency));
      expect(inners.mostRunning).toBe(concurrency);
    }
  });

  it('filter, which wants more until it has one', () => {
    const ch = channel<number>();
    const inners = new InnerSources();
    ch.pipe(
      filter((n) => n % 10 === 9),
      queueMap(inners.project),
    ).subscribe();
    const producer = produce(ch);
    const before = producer.sent;
    inners.endFirst();
    expect([before, producer.sent, inners.names]).toEqual([10, 20, '19']);
  });

  it('another queueMap, each with its own places', () => {
    const ch = channel<number>();
    const first = new InnerSources();
    const second = new InnerSources();
    ch.pipe(queueMap(first.project, { concurrency: 2 }), queueMap(second.project)).subscribe();
    const producer = produce(ch);
    for (let n = 0; n < 5; n++) {
      first.emit(String(n));
      first.endFirst();
    }
    // The second is pushed: what the first emits waits there.
    expect([producer.sent, second.names]).toEqual([7, '0']);
  });
});

describe('9.2 what holds behind operators that do more', () => {
  it('mergeMap may deliver more than there are places: the policy of overflow is asked', () => {
    const ch = channel<number>();
    const inners = new InnerSources();
    const options: QueueMapOptions<number> = {
      capacity: 1,
      overflow: 'dropNewest',
      onUndelivered: inners.onUndelivered,
    };
    ch.pipe(
      mergeMap((n) => [n, n + 0.1, n + 0.2]),
      queueMap(inners.project, options),
    ).subscribe();
    const producer = produce(ch);
    // The first of the three shuts the demand: one value was taken from the channel, and no more.
    expect([producer.sent, inners.lines]).toEqual([1, ['start 0', '0.2 dropped']]);
    inners.endFirst();
    // It is shut as long as something waits, or runs.
    expect([producer.sent, inners.names]).toEqual([1, '0.1']);
    inners.endFirst();
    expect([producer.sent, inners.names]).toEqual([2, '1']);
  });

  it('delay keeps values under way, which were taken while the place was free', () => {
    const time = new Subject<void>();
    const ch = channel<number>();
    const inners = new InnerSources();
    // As `delay`: a value comes some time after it was taken.
    const late: MonoTypeOperatorFunction<number> = mergeMap((n) =>
      time.pipe(
        take(1),
        map(() => n),
      ),
    );
    ch.pipe(late, queueMap(inners.project)).subscribe();
    const producer = produce(ch, 5);
    expect([producer.sent, inners.names]).toEqual([5, '']);
    time.next();
    const started: string[] = [];
    while (inners.running > 0) {
      started.push(inners.names);
      inners.endFirst();
    }
    expect(started).toEqual(['0', '1', '2', '3', '4']);
  });

  it('share is pushed: a consumer that is busy, or has left, does not stop the others', () => {
    const ch = channel<number>();
    const inners = new InnerSources();
    const got: number[] = [];
    const shared = ch.pipe(share());
    const slow = shared.pipe(queueMap(inners.project)).subscribe();
    shared.subscribe((n) => got.push(n));
    for (const n of [1, 2]) ch.trySend(n);
    slow.unsubscribe();
    ch.trySend(3);
    expect(got).toEqual([1, 2, 3]);
  });

  it('the notifier of takeUntil is not gated: it is heard while all places are taken', () => {
    const ch = channel<number>();
    const stop = channel<void>();
    const inners = new InnerSources();
    // eslint-disable-next-line rxjs-x/no-unsafe-takeuntil -- What comes of it is the question.
    ch.pipe(takeUntil(stop), queueMap(inners.project)).subscribe(inners.all('out'));
    produce(ch);
    stop.trySend();
    inners.endFirst();
    expect(inners.lines).toEqual(['start 0', 'out completed']);
  });

  it('a notifier that is pulled by a queueMap of its own: each has its own demand', () => {
    const ch = channel<number>();
    const stops = channel<number>();
    const inners = new InnerSources();
    const stopping = new InnerSources();
    // eslint-disable-next-line rxjs-x/no-unsafe-takeuntil -- What comes of it is the question.
    ch.pipe(takeUntil(stops.pipe(queueMap(stopping.project))), queueMap(inners.project)).subscribe(inners.all('out'));
    const producers = [produce(ch), produce(stops)];
    expect(producers.map(({ sent }) => sent)).toEqual([1, 1]);
  });

  it('a channel that the projection subscribes is not gated', () => {
    const ch = channel<number>();
    const inner = channel<number>(5);
    for (let n = 0; n < 5; n++) inner.trySend(n);
    const got: number[] = [];
    ch.pipe(queueMap(() => inner)).subscribe((n) => got.push(n));
    ch.trySend(1);
    expect(got).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('9.2 what else can be pulled', () => {
  it('channelFrom an iterable: one by one', () => {
    const source = new Counted();
    const inners = new InnerSources();
    channelFrom(source).pipe(queueMap(inners.project)).subscribe();
    const asked = [source.asked];
    for (let n = 0; n < 3; n++) {
      inners.endFirst();
      asked.push(source.asked);
    }
    expect(asked).toEqual([1, 2, 3, 4]);
  });

  it('mergeSelect: both sources feel it', () => {
    const a = channel<number>();
    const b = channel<number>();
    const inners = new InnerSources();
    mergeSelect({ a, b })
      .pipe(
        map(({ key, value }) => `${key}${value}`),
        queueMap(inners.project, { concurrency: 2 }),
      )
      .subscribe();
    const producers = [produce(a), produce(b)];
    const sent = (): number => producers.reduce((sum, producer) => sum + producer.sent, 0);
    const before = sent();
    inners.endFirst();
    expect([before, sent()]).toEqual([2, 3]);
  });

  it('boundedBuffer: what waits is there, under its own policy, and none in queueMap', () => {
    const source = new Subject<number>();
    const inners = new InnerSources();
    const { onUndelivered } = inners;
    source
      .pipe(
        boundedBuffer(2, { overflow: 'dropOldest', onUndelivered }),
        queueMap(inners.project, { capacity: 0, overflow: 'fail' }),
      )
      .subscribe(inners.all('out'));
    for (let n = 0; n < 5; n++) source.next(n);
    source.complete();
    while (inners.running > 0) inners.endFirst();
    expect(inners.lines).toEqual(['start 0', '1 evicted', '2 evicted', 'start 3', 'start 4', 'out completed']);
  });
});

describe('9.2 with key, a channel is pulled ahead', () => {
  it('by at most `concurrency` values of busy keys', () => {
    for (const concurrency of [1, 2, 3]) {
      const ch = channel<number>();
      const inners = new InnerSources();
      ch.pipe(queueMap(inners.project, { concurrency, capacity: 0, key: () => 'hot' })).subscribe(inners.all('out'));
      const producer = produce(ch);
      // One runs, and with a second place free the next ones are looked at.
      const before = producer.sent;
      inners.endFirst();
      expect([before, producer.sent, inners.lines]).toEqual(
        concurrency === 1 ? [1, 2, ['start 0', 'start 1']] : [1 + concurrency, 2 + concurrency, ['start 0', 'start 1']],
      );
    }
  });

  it('so that others pass a hot key', () => {
    const ch = channel<string>(10);
    for (const value of ['a1', 'a2', 'b1', 'a3']) ch.trySend(value);
    const inners = new InnerSources();
    ch.pipe(queueMap(inners.project, { concurrency: 2, key: (value: string) => value.charAt(0) })).subscribe();
    expect([inners.names, ch.size]).toEqual(['a1b1', 1]);
  });
});

describe('9.5 a channel that is pulled', () => {
  it('keeps its values when the consumer leaves', () => {
    const ch = channel<number>(5);
    for (let n = 0; n < 5; n++) ch.trySend(n);
    const inners = new InnerSources();
    const { onUndelivered } = inners;
    const subscription = ch.pipe(queueMap(inners.project, { concurrency: 2, onUndelivered })).subscribe();
    subscription.unsubscribe();
    expect([ch.size, ch.tryReceive(), inners.lines]).toEqual([3, { ok: true, value: 2 }, ['start 0', 'start 1']]);
    expect(ch.statistics().waitingReceivers).toBe(0);
  });

  it('and when a report sends to it', () => {
    const ch = channel<number>(5);
    const inners = new InnerSources();
    const options: QueueMapOptions<number> = {
      concurrency: 2,
      key: () => 'same',
      onUndelivered: (value, reason) => {
        inners.onUndelivered(value, reason);
        ch.trySend(value);
      },
    };
    const subscription = ch.pipe(queueMap(inners.project, options)).subscribe();
    for (const n of [0, 1, 2]) ch.trySend(n);
    subscription.unsubscribe();
    expect([inners.lines, ch.size]).toEqual([['start 0', '1 cancelled', '2 cancelled'], 2]);
  });

  it('closed with a cause, errs at once while inner sources run', () => {
    const ch = channel<number>();
    const inners = new InnerSources();
    ch.pipe(queueMap(inners.project, { concurrency: 1 })).subscribe(inners.all('out'));
    ch.trySend(0);
    ch.close(new Error('cause'));
    expect([inners.lines, inners.running]).toEqual([['start 0', 'out failed with cause'], 0]);
  });

  it('closed with a cause that comes after values, errs when they have been taken', () => {
    const ch = channel<number>(2);
    const inners = new InnerSources();
    ch.pipe(queueMap(inners.project)).subscribe(inners.all('out'));
    for (const n of [0, 1]) ch.trySend(n);
    ch.close(new Error('cause'));
    inners.add('closed');
    inners.endFirst();
    expect(inners.lines).toEqual(['start 0', 'closed', 'start 1', 'out failed with cause']);
  });

  it.each<[string, (ch: Channel<number>) => unknown, string[]]>([
    ['closed', (ch) => ch.close(), ['closed', 'out completed']],
    ['cancelled', (ch) => ch.cancel('why'), ['out failed with CancelledError(why)', 'closed']],
  ])('%s while it runs: the end is seen', (_, end, expected) => {
    const ch = channel<number>();
    const inners = new InnerSources();
    ch.pipe(queueMap(inners.project)).subscribe(inners.all('out'));
    ch.trySend(0);
    inners.take();
    end(ch);
    inners.add('closed');
    inners.endFirst();
    expect(inners.lines).toEqual(expected);
  });

  it('that others receive from: a paused queueMap is not in their way', () => {
    const ch = channel<number>();
    const inners = new InnerSources();
    ch.pipe(queueMap(inners.project)).subscribe();
    ch.trySend(0);
    ch.receive().subscribe((n) => inners.add(`other got ${n}`));
    ch.trySend(1);
    expect([inners.lines, ch.trySend(2)]).toEqual([['start 0', 'other got 1'], false]);
  });

  it('synchronous inner sources of 100 000 values of a channel: no deep stack', () => {
    let sum = 0;
    channelFrom(new Counted(100_000))
      .pipe(queueMap((n) => of(n)))
      .subscribe((n) => (sum += n));
    expect(sum).toBe((100_000 * 99_999) / 2);
  });
});
