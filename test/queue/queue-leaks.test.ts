// What is left behind: 1.13 of a queue.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { turn } from '../../src/core/turn.ts';
import { Standing, withdraw } from '../../src/core/waiter.ts';
import { go, poll, type Queue, queue, select } from '../../src/index.ts';
import { Entries } from '../../src/queue/entries.ts';
import { Item } from '../../src/queue/stock.ts';
import type { Borrower } from '../../src/queue/lease.ts';
import { check } from '../record.ts';
import { leased } from './leased.ts';

const TIMES = 10_000;

/** Every waiter that stands anywhere in `q`. */
function waiters(q: Queue<never>): number[] {
  return [q.receivers.count(), q.senders.count(), q.enders.count(), q.statistics().waitingReceivers];
}
const NOBODY = [0, 0, 0, 0];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect([turn.depth, turn.ready.first, vi.getTimerCount()]).toEqual([0, null, 0]);
  vi.useRealTimers();
});

describe('1.13 nothing is left behind', () => {
  it('after leases that were withdrawn, in every way', () => {
    const q = queue<never>();
    const failed = { error: () => undefined };
    const controller = new AbortController();
    for (let i = 0; i < TIMES; i++) {
      q.lease().subscribe().unsubscribe();
      select({ lease: q.lease(), join: q.receive() }).subscribe().unsubscribe();
      q.lease().withTimeout(0).subscribe(failed);
      q.lease().withTimeout(1000).subscribe().unsubscribe();
      poll(q.lease());
    }
    for (let i = 0; i < 5; i++) q.lease().withSignal(controller.signal).subscribe(failed);
    controller.abort();
    const task = go(function* () {
      yield* q.lease();
    });
    task.cancel();
    check(q);
    expect(waiters(q)).toEqual(NOBODY);
  });

  it('after leases that were settled, extended, nacked with a delay that was cancelled: no timer', () => {
    const q = queue<number>({ leaseMs: 1000 });
    for (let i = 0; i < TIMES; i++) {
      q.trySend(i);
      const delivery = leased(q);
      delivery.extend();
      if (i % 3 === 0) delivery.ack();
      else if (i % 3 === 1) delivery.nack();
      else delivery.release!();
      if (i % 3 > 0) leased(q).ack();
    }
    expect([vi.getTimerCount(), q.unfinished]).toEqual([0, 0]);
    q.trySend(0);
    leased(q).nack({ delay: 1000 });
    const during = vi.getTimerCount();
    q.cancel();
    check(q);
    expect([during, vi.getTimerCount(), q.unfinished]).toEqual([1, 0, 0]);
  });

  it('after a lease was given: its place in the line knows neither the value nor its neighbours', () => {
    const q = queue<object>();
    q.lease().subscribe();
    const borrower = q.receivers.first as Borrower<object>;
    q.lease().subscribe();
    q.trySend({ much: 'memory' });
    q.trySend({ much: 'memory' });
    const { entry, place, before, after, parcel } = borrower;
    expect([entry, place, before, after, parcel]).toEqual([null, null, null, null, undefined]);
  });

  it('of a waiter that was withdrawn, or served: no place', () => {
    class Somebody extends Standing {
      tell(): void {
        this.parcel = undefined;
      }
    }
    const q = queue<number>();
    const [left, served] = [new Somebody(), new Somebody()];
    q.lease().park(left);
    q.lease().park(served);
    const waited = [left.place, served.place].map((place) => String(place));
    const rest = withdraw(left);
    q.trySend(1);
    check(q);
    expect([waited, rest, left.place, served.place]).toEqual([
      [`lease on ${q.name}`, `lease on ${q.name}`],
      null,
      null,
      null,
    ]);
  });

  it('after a queue was cancelled: what it held', () => {
    const lost: object[] = [];
    const q = queue<object>({
      order: () => 0,
      capacity: 2,
      overflow: 'dropOldest',
      onUndelivered: (v) => lost.push(v),
    });
    for (let i = 0; i < 5; i++) q.trySend({ i });
    q.cancel();
    check(q);
    expect([lost.length, q.size, q.unfinished]).toEqual([5, 0, 0]);
  });
});

describe.each<[string, 'fifo' | 'lifo' | (() => number)]>([
  ['fifo', 'fifo'],
  ['lifo', 'lifo'],
  ['by a comparison', () => 0],
])('1.13 a backlog, %s, keeps no link to what was taken out, nor it to others', (_, order) => {
  it.each([true, false])('dated: %s', (dated) => {
    const backlog = new Entries<Item<number>>(order, dated);
    const entries = [1, 2, 3, 4, 5].map((n) => new Item(n, n));
    for (const entry of entries.slice(0, 3)) backlog.add(entry);
    backlog.putBack(entries[3]!);
    backlog.putFirst(entries[4]!);
    backlog.check();
    // The middle first, then the ends.
    for (const n of [2, 5, 1, 4, 3]) {
      const entry = entries[n - 1]!;
      backlog.remove(entry);
      backlog.check();
      const { place, before, after, ranked, dated: at } = entry;
      expect([place, before, after, ranked, at]).toEqual([null, null, null, null, null]);
    }
    expect([backlog.size, backlog.first]).toEqual([0, null]);
  });
});

describe('the check of a backlog', () => {
  it('finds a count that is wrong', () => {
    const backlog = new Entries<Item<number>>('fifo', true);
    backlog.add(new Item(1, 1));
    backlog.size = 2;
    expect(() => backlog.check()).toThrow('entries: 2 counted, and its indexes hold 1 and 1');
  });
});

describe('the check of a queue', () => {
  it('finds what is settled more often than it was delivered', () => {
    const q = queue<number>({ name: 'q' });
    (q as unknown as { delivered: number }).delivered = -1;
    expect(() => check(q)).toThrow('queue q (0/Infinity, open): a count is below zero: -1, 0, 0, -1');
  });

  it('finds one who waits for work that is done', () => {
    const q = queue<number>({ name: 'q' });
    q.trySend(1);
    q.tryReceive();
    q.join().subscribe();
    (q as unknown as { delivered: number }).delivered = 0;
    expect(() => check(q)).toThrow('queue q (0/Infinity, open): somebody waits for work that is done');
    (q as unknown as { delivered: number }).delivered = 1;
    q.taskDone();
  });
});
