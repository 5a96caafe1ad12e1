import { map, type Observable, of, take } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Attempt,
  channel,
  type Channel,
  channelFrom,
  type ChannelOptions,
  type ChannelStatistics,
  type Coroutine,
  flow,
  forEach,
  go,
  groupWithin,
  mergeSelect,
  type Operation,
  produce,
  queue,
  queueMap,
  type ReceiveChannel,
  type SendChannel,
  sleep,
  type Task,
  type TaskContext,
} from 'rxsluice';

interface Tick {
  readonly symbol: string;
  readonly price: number;
}
const ticks = channel<Tick>(3);

describe('a channel', () => {
  it('is one of both ends', () => {
    expectTypeOf(ticks).toEqualTypeOf<Channel<Tick>>();
    expectTypeOf(ticks).toExtend<SendChannel<Tick>>();
    expectTypeOf(ticks).toExtend<ReceiveChannel<Tick>>();
    expectTypeOf(ticks.statistics()).toEqualTypeOf<ChannelStatistics>();
  });

  it('tells its hooks the type of its values', () => {
    channel<Tick>({
      capacity: 1000,
      weigh: (tick) => {
        expectTypeOf(tick).toEqualTypeOf<Tick>();
        return tick.symbol.length;
      },
    });
    channel<Tick>({
      capacity: 1000,
      conflateBy: (tick) => {
        expectTypeOf(tick).toEqualTypeOf<Tick>();
        return tick.symbol;
      },
      conflate: (pending, sent) => {
        expectTypeOf(pending).toEqualTypeOf<Tick>();
        return { ...pending, price: sent.price };
      },
      overflow: 'fail',
    });
    expectTypeOf<ChannelOptions<Tick>['weigh']>().toEqualTypeOf<((value: Tick) => number) | undefined>();
    expectTypeOf<ChannelOptions<Tick>['conflateBy']>().toEqualTypeOf<((value: Tick) => unknown) | undefined>();
  });

  it('knows what it is of from a hook', () => {
    expectTypeOf(channel({ capacity: 9, weigh: (text: string) => text.length })).toEqualTypeOf<Channel<string>>();
    expectTypeOf(channel({ capacity: 9, conflateBy: ({ symbol }: Tick) => symbol })).toEqualTypeOf<Channel<Tick>>();
  });

  it('wants a number for a weight', () => {
    // @ts-expect-error a weight is a number
    channel<Tick>({ capacity: 9, weigh: (tick) => tick.symbol });
  });
});

describe('what is waited for', () => {
  it('is an operation', () => {
    expectTypeOf(ticks.receiveMany(10)).toEqualTypeOf<Operation<Tick[]>>();
    expectTypeOf(ticks.whenClosed()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(ticks.whenEnded()).toEqualTypeOf<Operation<void>>();
  });

  it('is there for every source that is pulled, and for every one that is sent to', () => {
    const sources = [channelFrom([1]), queue<number>(), groupWithin(channelFrom([1]), 2, 5)] as const;
    expectTypeOf(sources[0].receiveMany(1)).toEqualTypeOf<Operation<number[]>>();
    expectTypeOf(sources[1].receiveMany(1)).toEqualTypeOf<Operation<number[]>>();
    expectTypeOf(sources[2].receiveMany(1)).toEqualTypeOf<Operation<number[][]>>();
    expectTypeOf(mergeSelect({ ticks }).receiveMany(1)).toEqualTypeOf<
      Operation<{ readonly key: 'ticks'; readonly value: Tick }[]>
    >();
    expectTypeOf<ReturnType<SendChannel<Tick>['whenClosed']>>().toEqualTypeOf<Operation<void>>();
  });

  it('says how many at most', () => {
    // @ts-expect-error how many at most?
    ticks.receiveMany();
  });

  it('is waited for in a coroutine', () => {
    const task = go(function* () {
      const all = yield* ticks.receiveMany(Infinity);
      expectTypeOf(all).toEqualTypeOf<Tick[]>();
      return all.length;
    });
    expectTypeOf(task).toEqualTypeOf<Task<number>>();
  });
});

describe('produce', () => {
  it('is a receiving end of what its body sends', () => {
    const pages = produce<string>(function* (out, context) {
      expectTypeOf(out).toEqualTypeOf<SendChannel<string>>();
      expectTypeOf(context).toEqualTypeOf<TaskContext>();
      yield* out.send('a');
    });
    expectTypeOf(pages).toEqualTypeOf<ReceiveChannel<string>>();
    expectTypeOf(pages.receive()).toEqualTypeOf<Operation<string>>();
    expectTypeOf(pages.tryReceive()).toEqualTypeOf<Attempt<string>>();
    forEach(pages, (page) => {
      expectTypeOf(page).toEqualTypeOf<string>();
    });
    expectTypeOf(pages).not.toHaveProperty('send');
  });

  it('knows what it is of from a body that says what it sends', () => {
    function* body(out: SendChannel<Tick>): Coroutine<void> {
      yield* out.send({ symbol: 'a', price: 1 });
    }
    expectTypeOf(produce(body)).toEqualTypeOf<ReceiveChannel<Tick>>();
    expectTypeOf(flow(body)).toEqualTypeOf<Observable<Tick>>();
    expectTypeOf(produce((out: SendChannel<Tick>) => body(out), { capacity: 4 })).toEqualTypeOf<ReceiveChannel<Tick>>();
  });

  it('takes the options of a channel', () => {
    produce<Tick>(function* () {}, { capacity: 10, conflateBy: ({ symbol }) => symbol, name: 'ticks' });
    // @ts-expect-error no such policy
    produce<Tick>(function* () {}, { overflow: 'drop' });
  });

  it('takes a coroutine that returns nothing, and waits by yield* only', () => {
    // @ts-expect-error no coroutine
    produce<number>(() => of(1));
    // @ts-expect-error a plain yield is not a wait
    produce<number>(function* (out) {
      yield out.send(1);
    });
    produce<number>(function* (out) {
      // @ts-expect-error it is of numbers
      yield* out.send('a');
    });
  });
});

describe('flow', () => {
  it('is an observable of what its body sends', () => {
    const counter = flow<number>(function* (out, { signal }) {
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      for (let n = 0; ; n++) {
        yield* out.send(n);
        yield* sleep(1000);
      }
    });
    expectTypeOf(counter).toEqualTypeOf<Observable<number>>();
    expectTypeOf(
      counter.pipe(
        take(3),
        map((n) => `${n}`),
      ),
    ).toEqualTypeOf<Observable<string>>();
    expectTypeOf(counter.pipe(queueMap((n) => of([n])))).toEqualTypeOf<Observable<number[]>>();
  });

  it('takes no options: who subscribes paces it', () => {
    // @ts-expect-error there is no buffer
    flow<number>(function* () {}, { capacity: 3 });
  });
});

describe('groupWithin', () => {
  it('is of arrays', () => {
    const batches = groupWithin(ticks, 100, 20);
    expectTypeOf(batches).toEqualTypeOf<ReceiveChannel<Tick[]>>();
    expectTypeOf(batches.pipe(queueMap((batch) => of(batch.length)))).toEqualTypeOf<Observable<number>>();
    forEach(batches, function* (batch) {
      expectTypeOf(batch).toEqualTypeOf<Tick[]>();
      yield* sleep(batch.length);
    });
  });

  it('takes what can take values back, and both bounds', () => {
    // @ts-expect-error an Observable cannot take values back
    groupWithin(of(1), 10, 5);
    // @ts-expect-error for how long?
    groupWithin(ticks, 10);
  });
});
