// Values that will not be received, and the account: 2.9 and 2.10.

import { describe, expect, it } from 'vitest';
import {
  channel,
  type Channel,
  type ChannelOptions,
  type ChannelStatistics,
  go,
  poll,
  select,
  sleep,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { at, reportsOf, virtual } from '../virtual.ts';
import { OVERFLOWS } from '../../src/channel/options.ts';

/** A channel that tells `told` of what it loses. */
function reporting(told: Record, options: ChannelOptions<number> = {}): Channel<number> {
  return channel<number>({ ...options, onUndelivered: (value, reason) => told.add(`${value} ${reason}`) });
}

const silent = { next: () => undefined, error: () => undefined, complete: () => undefined };

describe.each(FORMS)('2.9 onUndelivered is told once, of a send that is waited for by $form', ({ perform }) => {
  it('that is dropped', () => {
    const told = new Record();
    const ch = reporting(told, { capacity: 1, overflow: 'dropNewest' });
    for (const n of [1, 2]) perform(ch.send(n), silent);
    check(ch);
    expect(told.lines).toEqual(['2 dropped']);
  });

  it('that is evicted', () => {
    const told = new Record();
    const ch = reporting(told, { capacity: 1, overflow: 'dropOldest' });
    for (const n of [1, 2]) perform(ch.send(n), silent);
    check(ch);
    expect(told.lines).toEqual(['1 evicted']);
  });

  it('that is cancelled, buffered or waiting, in order', () => {
    const told = new Record();
    const ch = reporting(told, { capacity: 1 });
    for (const n of [1, 2, 3]) perform(ch.send(n), silent);
    ch.cancel();
    check(ch);
    expect(told.lines).toEqual(['1 cancelled', '2 cancelled', '3 cancelled']);
  });

  it('that is withdrawn while it waits', () => {
    const told = new Record();
    const ch = reporting(told);
    const withdraw = perform(ch.send(1), silent);
    withdraw();
    withdraw();
    ch.cancel();
    check(ch);
    expect(told.lines).toEqual(['1 withdrawn']);
  });

  it('that comes too late', () => {
    const told = new Record();
    const closed = reporting(told);
    closed.close();
    perform(closed.send(1), silent);
    const cancelled = reporting(told);
    cancelled.cancel();
    perform(cancelled.send(2), silent);
    check(closed, cancelled);
    expect(told.lines).toEqual(['1 closed', '2 closed']);
  });

  it('that runs into its deadline, or its signal', () => {
    const told = new Record();
    const ch = reporting(told);
    virtual(() => {
      const controller = new AbortController();
      perform(ch.send(1).withTimeout(5), silent);
      perform(ch.send(2).withSignal(controller.signal), silent);
      at(6, () => controller.abort());
    });
    check(ch);
    expect(told.lines).toEqual(['1 withdrawn', '2 withdrawn']);
  });

  it('but not by an OverflowError, which carries its value', () => {
    const told = new Record();
    const ch = reporting(told, { capacity: 1, overflow: 'fail' });
    for (const n of [1, 2]) perform(ch.send(n), silent);
    check(ch);
    expect(told.lines).toEqual([]);
  });

  it('but not of what was received, or still can be', () => {
    const told = new Record();
    const ch = reporting(told, { capacity: 1 });
    for (const n of [1, 2]) perform(ch.send(n), silent);
    ch.close();
    ch.tryReceive();
    check(ch);
    expect(told.take()).toEqual([]);
    ch.tryReceive();
    expect([ch.cancel(), told.lines]).toEqual([false, []]);
  });

  it('but not by a select that loses, or is withdrawn', () => {
    const told = new Record();
    const ch = reporting(told);
    const other = channel<number>(1);
    perform(select({ sent: ch.send(1), other }), silent);
    other.trySend(0);
    const withdraw = perform(select({ sent: ch.send(2), other }), silent);
    withdraw();
    virtual(() => {
      perform(select({ sent: ch.send(3), late: sleep(3) }), silent);
    });
    perform(select({ sent: ch.send(4).withTimeout(9), other }), silent);
    other.trySend(0);
    check(ch, other);
    expect([told.lines, ch.senders.first]).toEqual([[], null]);
  });

  it('but not of what conflate merged away', () => {
    const told = new Record();
    const ch = reporting(told, { capacity: 1, conflate: (a, b) => a + b });
    for (const n of [1, 2]) perform(ch.send(n), silent);
    check(ch);
    expect(told.lines).toEqual([]);
  });
});

describe('2.9 onUndelivered is told by trySend', () => {
  it('only of what it dropped or evicted', () => {
    const told = new Record();
    reportingAll(told, (ch) => {
      for (const n of [1, 2]) ch.trySend(n);
      ch.tryReceive();
      ch.close();
      ch.trySend(3);
      check(ch);
    });
    expect(told.lines).toEqual(['suspend', 'dropOldest', '1 evicted', 'dropNewest', '2 dropped', 'fail']);
  });

  it('but not by poll', () => {
    const told = new Record();
    const ch = reporting(told);
    poll(ch.send(1));
    ch.close();
    poll(ch.send(2));
    check(ch);
    expect(told.lines).toEqual([]);
  });

  it('not of a send that nobody performed', () => {
    const told = new Record();
    const ch = reporting(told);
    ch.send(1);
    ch.send(2).withSignal(AbortSignal.abort()).subscribe(silent);
    ch.cancel();
    expect(told.lines).toEqual([]);
  });
});

/** Tells of each policy, and calls `body` with a channel of it, of capacity 1. */
function reportingAll(told: Record, body: (ch: Channel<number>) => void): void {
  for (const overflow of OVERFLOWS) {
    told.add(overflow);
    body(reporting(told, { capacity: 1, overflow }));
  }
}

describe('2.9 an onUndelivered', () => {
  it('that throws in a cancel: everybody is served, the first error reaches the caller, others the hook', () => {
    const told = new Record();
    const reported = reportsOf(() => {
      const ch = channel<number>({
        capacity: 2,
        onUndelivered: (value) => {
          told.add(`report ${value}`);
          throw new Error(`thrown ${value}`);
        },
      });
      for (const n of [1, 2]) ch.trySend(n);
      ch.send(3).subscribe(told.by('send 3'));
      go(function* () {
        yield* ch.whenEnded();
        told.add('coroutine');
      });
      expect(() => ch.cancel()).toThrow('thrown 1');
      check(ch);
    });
    expect(reported.map(String)).toEqual(['Error: thrown 2', 'Error: thrown 3']);
    expect(told.lines).toEqual([
      'send 3 failed with CancelledError(undefined)',
      'report 1',
      'report 2',
      'report 3',
      'coroutine',
    ]);
  });

  it.each<[string, (ch: Channel<number>) => void, string]>([
    ['an eviction', (ch) => expect(ch.trySend(2)).toBe(true), 'dropOldest'],
    ['a drop', (ch) => expect(ch.trySend(2)).toBe(false), 'dropNewest'],
    ['a withdrawal', (ch) => ch.send(2).subscribe().unsubscribe(), 'suspend'],
    [
      'a send that is late',
      (ch) => {
        const told = new Record();
        ch.close();
        ch.send(2).subscribe(told.by('send'));
        expect(told.lines).toEqual(['send failed with ClosedError']);
      },
      'suspend',
    ],
  ])('that throws in %s reaches the hook, and nobody else is disturbed', (_, lose, overflow) => {
    const reported = reportsOf(() => {
      const ch = channel<number>({
        capacity: 1,
        overflow: overflow as 'suspend',
        onUndelivered: () => {
          throw new Error('thrown');
        },
      });
      ch.trySend(1);
      lose(ch);
      check(ch);
      expect(ch.tryReceive().ok).toBe(true);
    });
    expect(reported.map(String)).toEqual(['Error: thrown']);
  });

  it('finds the state final, and may send, receive and cancel', () => {
    const told = new Record();
    const ch: Channel<number> = channel<number>({
      capacity: 2,
      overflow: 'dropOldest',
      onUndelivered: (value, reason) => {
        told.add(`${value} ${reason}, ${ch.size} left`);
        check(ch);
        if (value === 1) {
          told.add(JSON.stringify(ch.tryReceive()));
          ch.trySend(4);
        }
        if (value === 3) ch.cancel();
      },
    });
    for (const n of [1, 2, 3]) ch.trySend(n);
    check(ch);
    ch.cancel();
    check(ch);
    expect(told.lines).toEqual([
      '1 evicted, 2 left',
      '{"ok":true,"value":2}',
      '3 cancelled, 0 left',
      '4 cancelled, 0 left',
    ]);
    expect(identity(ch)).toBe(true);
  });

  it('may withdraw the next one who waits', () => {
    const told = new Record();
    let second = { unsubscribe: (): void => undefined };
    const ch = channel<number>({
      onUndelivered: (value, reason) => {
        told.add(`${value} ${reason}`);
        second.unsubscribe();
      },
    });
    const first = ch.send(1).subscribe();
    second = ch.send(2).subscribe();
    first.unsubscribe();
    check(ch);
    expect([told.lines, ch.senders.first]).toEqual([['1 withdrawn', '2 withdrawn'], null]);
  });
});

describe('2.10 statistics', () => {
  it.each<[string, ChannelOptions<number>, Partial<ChannelStatistics>]>([
    ['evicted', { capacity: 2, overflow: 'dropOldest' }, { sent: 5, buffered: 2, undelivered: 3, delivered: 0 }],
    ['dropped', { capacity: 2, overflow: 'dropNewest' }, { sent: 5, buffered: 2, undelivered: 3, delivered: 0 }],
    ['merged', { capacity: 2, conflate: (a, b) => a + b }, { sent: 5, buffered: 2, undelivered: 3, delivered: 0 }],
    ['refused', { capacity: 2, overflow: 'fail' }, { sent: 2, buffered: 2, undelivered: 0, delivered: 0 }],
    ['waiting', { capacity: 2 }, { sent: 2, buffered: 2, undelivered: 0, delivered: 0, waitingSenders: 3 }],
  ])('count what is %s by send', (_, options, expected) => {
    const ch = channel<number>(options);
    for (let n = 1; n <= 5; n++) {
      ch.send(n).subscribe(silent);
      expect(identity(ch)).toBe(true);
    }
    expect(ch.statistics()).toMatchObject(expected);
  });

  it('count what trySend dropped as sent and undelivered, and what it refused not at all', () => {
    const dropping = channel<number>({ capacity: 1, overflow: 'dropNewest' });
    const refusing = channel<number>({ capacity: 1, overflow: 'fail' });
    for (const ch of [dropping, refusing]) for (const n of [1, 2]) ch.trySend(n);
    expect([dropping.statistics(), refusing.statistics()]).toMatchObject([
      { sent: 2, undelivered: 1 },
      { sent: 1, undelivered: 0 },
    ]);
  });

  it('count what a cancel discards, but not sends that were waiting', () => {
    const ch = channel<number>(2);
    for (const n of [1, 2, 3]) ch.send(n).subscribe(silent);
    ch.cancel();
    expect(ch.statistics()).toMatchObject({ sent: 2, buffered: 0, undelivered: 2, delivered: 0, waitingSenders: 0 });
  });

  it('count waiting receives and live subscriptions, one inside `next` too', () => {
    const counts: number[] = [];
    const ch = channel<number>();
    const count = () => counts.push(ch.statistics().waitingReceivers);
    const subscription = ch.subscribe(count);
    count();
    ch.receive().subscribe();
    count();
    ch.trySend(1);
    subscription.unsubscribe();
    count();
    expect(counts).toEqual([1, 2, 2, 1]);
  });

  it('remember the most that was ever buffered', () => {
    const ch = channel<number>(3);
    for (const n of [1, 2]) ch.trySend(n);
    ch.tryReceive();
    ch.trySend(3);
    ch.tryReceive();
    expect(ch.statistics()).toMatchObject({ capacity: 3, buffered: 1, peakBuffered: 2 });
  });
});

function identity(ch: Channel<number>): boolean {
  const { sent, delivered, buffered, undelivered } = ch.statistics();
  return sent === delivered + buffered + undelivered && [sent, delivered, buffered, undelivered].every((n) => n >= 0);
}
