import { Observable, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, flow, OverflowError, sleep, toAsyncIterable } from '../../src/index.ts';

/** All that it gives, and how it ends. */
async function drain(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const got: unknown[] = [];
  try {
    for await (const value of values) got.push(value);
  } catch (error) {
    return [...got, error];
  }
  return [...got, 'end'];
}

describe('2.13 toAsyncIterable', () => {
  it('is subscribed by the first next(), and keeps all that comes meanwhile', async () => {
    let subscribed = 0;
    const values = toAsyncIterable(
      new Observable<number>((subscriber) => {
        subscribed++;
        for (let n = 0; n < 1000; n++) subscriber.next(n);
        subscriber.complete();
      }),
    );
    const before = subscribed;
    const got = await drain(values);
    expect([before, subscribed, got.length, got.at(-2), got.at(-1)]).toEqual([0, 1, 1001, 999, 'end']);
  });

  it('throws the error after the values that wait', async () => {
    const source = new Subject<number>();
    const values = toAsyncIterable(source);
    const first = values.next();
    for (const n of [1, 2]) source.next(n);
    source.error(new Error('source'));
    expect([await first, await drain(values)]).toEqual([{ done: false, value: 1 }, [2, new Error('source')]]);
  });

  it('throws an error that is undefined, too', async () => {
    expect(await drain(toAsyncIterable(new Observable((subscriber) => subscriber.error(undefined))))).toEqual([
      new Error('the source failed with undefined'),
    ]);
  });

  it.each([
    ['dropOldest', [0, 3, 'end']],
    ['dropNewest', [0, 1, 'end']],
    ['fail', [0, 1, new OverflowError('channel', 2)]],
  ] as const)(
    'with room for one and %s, loses what it says of what comes at once, but not what next() waits for',
    async (overflow, expected) => {
      const got = await drain(toAsyncIterable(of(0, 1, 2, 3), { capacity: 1, overflow, name: 'channel' }));
      expect(got).toEqual(expected);
    },
  );

  it.each([1, 0])('with capacity %s and no policy is a TypeError at the call', (capacity) => {
    expect(() => toAsyncIterable(of(1), { capacity })).toThrow(TypeError);
  });

  it('break leaves the source, and reports what waits', async () => {
    const lost: unknown[] = [];
    const source = new Subject<number>();
    const values = toAsyncIterable(source, { onUndelivered: (value, reason) => lost.push([value, reason]) });
    const first = values.next();
    for (const n of [1, 2, 3]) source.next(n);
    await first;
    for await (const value of values) {
      expect(value).toBe(2);
      break;
    }
    expect([source.observed, lost]).toEqual([false, [[3, 'cancelled']]]);
  });

  it('receives from a channel, one per next(), and leaves it as it is', async () => {
    const ch = channel<number>(5);
    for (const n of [1, 2, 3]) ch.trySend(n);
    for await (const value of toAsyncIterable(ch)) if (value === 2) break;
    expect([ch.size, ch.isClosed]).toEqual([1, false]);
  });

  it('a second next() waits for the first: one value is asked for at a time', async () => {
    const ch = channel<number>();
    const values = toAsyncIterable(ch);
    const both = [values.next(), values.next()];
    const waiting = [ch.statistics().waitingReceivers];
    for (const n of [1, 2]) {
      ch.trySend(n);
      waiting.push(ch.statistics().waitingReceivers);
    }
    expect((await Promise.all(both)).map(({ value }) => value as number)).toEqual([1, 2]);
    expect(waiting).toEqual([1, 1, 0]);
  });

  it('return() while a next() is pending settles both, and leaves the source', async () => {
    const source = new Subject<number>();
    const values = toAsyncIterable(source);
    const pending = values.next();
    const before = source.observed;
    const returned = values.return?.();
    const end = { done: true, value: undefined };
    expect([before, await pending, await returned, source.observed]).toEqual([true, end, end, false]);
    expect(await values.next()).toEqual(end);
  });

  it('return() before the first next() never subscribes', async () => {
    let subscribed = 0;
    const values = toAsyncIterable(
      new Observable<number>(() => {
        subscribed++;
      }),
    );
    await values.return?.();
    expect([await values.next(), subscribed]).toEqual([{ done: true, value: undefined }, 0]);
  });
});

describe('1.14 toAsyncIterable', () => {
  it('goes on after `break` when the clean-up of what it left has ended', async () => {
    const told: string[] = [];
    const source = flow<number>(function* (out) {
      try {
        for (let n = 1; ; n++) {
          yield* out.send(n);
          yield* sleep(1);
        }
      } finally {
        yield* sleep(5);
        told.push('clean');
      }
    });
    for await (const n of toAsyncIterable(source)) {
      told.push(`got ${n}`);
      if (n === 2) break;
    }
    told.push('after');
    expect(told).toEqual(['got 1', 'got 2', 'clean', 'after']);
  });
});
