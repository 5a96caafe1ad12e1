import { map, type MonoTypeOperatorFunction, type Observable, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Broadcast,
  broadcast,
  type BroadcastOptions,
  channel,
  type ChannelOptions,
  flow,
  type Operation,
  queueMap,
  type ReceiveChannel,
  type SendChannel,
  shareBroadcast,
} from 'rxsluice';

interface Tick {
  readonly symbol: string;
  readonly price: number;
}
const ticks = broadcast<Tick>({ replay: 1 });

describe('a broadcast', () => {
  it('is sent to, subscribed to, and tapped', () => {
    expectTypeOf(ticks).toEqualTypeOf<Broadcast<Tick>>();
    expectTypeOf(ticks).toExtend<SendChannel<Tick>>();
    expectTypeOf(ticks).toExtend<Observable<Tick>>();
    expectTypeOf(ticks.tap()).toEqualTypeOf<ReceiveChannel<Tick>>();
    expectTypeOf(ticks.tap({ capacity: 9, conflateBy: ({ symbol }) => symbol })).toEqualTypeOf<ReceiveChannel<Tick>>();
    expectTypeOf(ticks.whenClosed()).toEqualTypeOf<Operation<void>>();
  });

  it('tells how many tap it, and is not told', () => {
    expectTypeOf(ticks.taps).toEqualTypeOf<number>();
    expectTypeOf(ticks.taps$).toEqualTypeOf<Observable<number>>();
    expectTypeOf(ticks.taps$.pipe(map((n) => n > 0))).toEqualTypeOf<Observable<boolean>>();
    // @ts-expect-error only who taps changes it
    ticks.taps$ = of(1);
  });

  it('has the options of a channel, and replay', () => {
    expectTypeOf<BroadcastOptions<Tick>>().toExtend<ChannelOptions<Tick>>();
    expectTypeOf<BroadcastOptions<Tick>['replay']>().toEqualTypeOf<number | undefined>();
  });
});

describe('shareBroadcast', () => {
  it('keeps the type of its source, of any kind', () => {
    expectTypeOf(shareBroadcast<Tick>()).toEqualTypeOf<MonoTypeOperatorFunction<Tick>>();
    expectTypeOf(of(1).pipe(shareBroadcast({ capacity: Infinity }))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(channel<Tick>().pipe(shareBroadcast())).toEqualTypeOf<Observable<Tick>>();
    const shared = flow<Tick>(function* () {}).pipe(shareBroadcast({ capacity: 16, replay: 1 }));
    expectTypeOf(shared).toEqualTypeOf<Observable<Tick>>();
    expectTypeOf(shared.pipe(queueMap(({ price }) => of(price)))).toEqualTypeOf<Observable<number>>();
  });

  it('tells its hooks the type of the source', () => {
    of(1).pipe(
      shareBroadcast({
        capacity: 1,
        conflate: (pending, sent) => {
          expectTypeOf(pending).toEqualTypeOf<number>();
          return pending + sent;
        },
        onUndelivered: (value, reason) => {
          expectTypeOf(value).toEqualTypeOf<number>();
          expectTypeOf(reason).toEqualTypeOf<'dropped' | 'evicted' | 'cancelled' | 'withdrawn' | 'closed'>();
        },
      }),
    );
  });

  it('takes no policy that there is not', () => {
    // @ts-expect-error no such policy
    of(1).pipe(shareBroadcast({ overflow: 'drop' }));
  });
});
