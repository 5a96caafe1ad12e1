// What a channel is fed by may have to clean up when it ends: whoever waits for the end waits for that.

import { map, Observable, of, Subscriber } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channelFrom, flow, produce, queueMap, type ReceiveChannel, sleep } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

/** Sends 1 and 2, waits, and needs 5 ms to clean up. */
function slow(told: Record, failure?: Error): Parameters<typeof flow<number>>[0] {
  return function* (out) {
    try {
      yield* out.send(1);
      yield* out.send(2);
      yield* sleep(1000);
    } finally {
      yield* sleep(5);
      told.add(`clean at ${frame()}`);
      if (failure !== undefined) yield* throwing(failure);
    }
  };
}

function* throwing(error: Error): Generator<never, void> {
  throw error;
}

const asChannel = (source: Observable<number>) => channelFrom(source, { capacity: Infinity });
const FED: [string, (told: Record) => ReceiveChannel<number>][] = [
  ['a flow', (told) => asChannel(flow(slow(told)))],
  ['a queueMap over a flow', (told) => asChannel(flow(slow(told)).pipe(queueMap((n) => of(n))))],
  ['the handlers of a queueMap', (told) => asChannel(of(1).pipe(queueMap(() => flow(slow(told)))))],
  ['a producer', (told) => channelFrom(produce(slow(told)))],
  ['a producer, with a buffer', (told) => channelFrom(produce(slow(told)), { capacity: 4 })],
  ['a channel that is fed', (told) => channelFrom(channelFrom(produce(slow(told))))],
];

describe.each(FORMS)('1.14 the end of a channel that is cancelled: $form', ({ perform }) => {
  it.each(FED)('waits for the clean-up of %s', (_, fedBy) => {
    const told = new Record();
    virtual(() => {
      const ch = fedBy(told);
      perform(ch.receive(), told.by('receiver'));
      perform(ch.whenEnded(), { ...told.by('end'), next: () => told.add(`over at ${frame()}`) });
      at(1, () => {
        told.add(`cancelled: ${ch.cancel()}, ${ch.cancel()}`);
        check(ch);
      });
      at(20, () => {
        perform(ch.whenEnded(), { ...told.by('end'), next: () => told.add(`over, asked at ${frame()}`) });
        check(ch);
      });
    });
    expect(told.lines).toEqual([
      'receiver got 1',
      'cancelled: true, false',
      'clean at 6',
      'over at 6',
      'over, asked at 20',
    ]);
  });

  it('waits for the clean-up of a source that overflowed it', () => {
    const told = new Record();
    virtual(() => {
      const ch = channelFrom(flow(slow(told)), { capacity: 1, overflow: 'fail' });
      perform(ch.whenEnded(), { ...told.by('end'), next: () => told.add(`over at ${frame()}`) });
      ch.subscribe(told.all('subscriber'));
    });
    expect(told.lines).toEqual(['subscriber got 1', 'subscriber failed with OverflowError', 'clean at 5', 'over at 5']);
  });
});

describe('the end of a channel that is fed', () => {
  it('does not fail: what fails in that clean-up is reported', () => {
    const told = new Record();
    const oops = new Error('oops');
    const reported = reportsOf(() => {
      const ch = asChannel(of(1).pipe(queueMap(() => flow(slow(told, oops)))));
      ch.whenEnded().subscribe(told.all('end'));
      ch.cancel();
    });
    expect([told.lines, reported]).toEqual([['clean at 5', 'end got undefined', 'end completed'], [oops]]);
  });

  it('comes at once where an operator of RxJS stands between', () => {
    const told = new Record();
    virtual(() => {
      const ch = asChannel(flow(slow(told)).pipe(map((n) => n)));
      ch.whenEnded().subscribe(told.all('end'));
      at(1, () => ch.cancel());
    });
    expect(told.lines).toEqual(['end got undefined', 'end completed', 'clean at 6']);
  });

  it('waits for the clean-up of a producer whose value fails to be sent', () => {
    const told = new Record();
    virtual(() => {
      const weigh = (n: number): number => (n === 2 ? NaN : 1);
      const ch = channelFrom(produce(slow(told)), { capacity: 4, weigh });
      ch.whenEnded().subscribe(told.by('end'));
      ch.subscribe(told.all('subscriber'));
      check(ch);
    });
    expect(told.lines).toEqual([
      'subscriber got 1',
      'subscriber failed with RangeError',
      'clean at 5',
      'end got undefined',
    ]);
  });

  it('comes once, and its iterator is told once, where a value waits for the next who asks', () => {
    const told = new Record();
    const receiving = new Subscriber<number>();
    const source = {
      [Symbol.iterator]: () => ({
        next: () => {
          receiving.unsubscribe();
          return { done: false, value: 1 };
        },
        return: () => {
          told.add('returned');
          return { done: true, value: 0 };
        },
      }),
    };
    const ch = channelFrom(source, { onUndelivered: (n, reason) => told.add(`${n} ${reason}`) });
    ch.receive().subscribe(receiving);
    ch.whenEnded().subscribe(told.by('end'));
    check(ch);
    expect([ch.cancel(), ch.cancel(), told.lines]).toEqual([
      true,
      false,
      ['1 cancelled', 'returned', 'end got undefined'],
    ]);
  });

  it('comes when its iterator has been told, and what its return() says is heard before', () => {
    const told = new Record();
    const ch = channelFrom({
      *[Symbol.iterator]() {
        try {
          yield 1;
        } finally {
          told.add(`returned, ${ch.whenEnded().ready()}`);
        }
      },
    });
    ch.tryReceive();
    ch.whenEnded().subscribe(told.by('end'));
    ch.cancel();
    expect(told.lines).toEqual(['returned, false', 'end got undefined']);
  });
});

describe('1.9 a teardown that throws', () => {
  const thrower = (told: Record) =>
    new Observable<number>((subscriber) => {
      subscriber.next(1);
      const rest = (): void => {
        subscriber.next(2);
        subscriber.next(3);
      };
      told.lines.push('subscribed');
      at(1, rest);
      return () => {
        throw new Error('torn');
      };
    });

  it('reaches whoever cancels, and the channel is cancelled', () => {
    const told = new Record();
    virtual(() => {
      const ch = channelFrom(thrower(told), { capacity: Infinity });
      ch.tryReceive();
      ch.receive().subscribe(told.all('receiver'));
      expect(() => ch.cancel()).toThrow('torn');
      check(ch);
      expect(ch.cancel()).toBe(false);
    });
    expect(told.lines).toEqual(['subscribed', 'receiver failed with CancelledError(undefined)']);
  });

  it('of what overflows is reported, and the channel ends', () => {
    const told = new Record();
    const reported = reportsOf(() => {
      const ch = channelFrom(thrower(told), { capacity: 1, overflow: 'fail' });
      at(2, () => ch.subscribe(told.all('subscriber')));
    });
    expect([told.lines, reported.length]).toEqual([
      ['subscribed', 'subscriber got 1', 'subscriber failed with OverflowError'],
      1,
    ]);
  });
});
