// What is left behind after very many of everything.

import { setMaxListeners } from 'node:events';
import { race, Subject, take, takeUntil } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { turn } from '../../src/core/turn.ts';
import { type Channel, channel, deferred, go, poll, select, sleep, until } from '../../src/index.ts';
import { check } from '../record.ts';

const TIMES = 100_000;
/** Coroutines and AbortControllers cost more than subscriptions. */
const FEWER = TIMES / 10;

/** Every waiter that stands anywhere in `ch`, seen and unseen. */
function waiters(ch: Channel<number>): number[] {
  const { waitingReceivers, waitingSenders } = ch.statistics();
  return [waitingReceivers, waitingSenders, ch.receivers.count(), ch.senders.count(), ch.enders.count()];
}
const NOBODY = [0, 0, 0, 0, 0];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect([turn.depth, turn.ready.first, vi.getTimerCount()]).toEqual([0, null, 0]);
  vi.useRealTimers();
});

describe('1.13 nothing is left behind', () => {
  it('after 100 000 receives that were withdrawn', () => {
    const ch = channel<number>();
    for (let i = 0; i < TIMES; i++) ch.receive().subscribe().unsubscribe();
    check(ch);
    expect(waiters(ch)).toEqual(NOBODY);
  });

  it('after 100 000 sends that were withdrawn, a full buffer before them', () => {
    const ch = channel<number>(1);
    ch.trySend(0);
    for (let i = 0; i < TIMES; i++) ch.send(i).subscribe().unsubscribe();
    check(ch);
    expect(waiters(ch)).toEqual(NOBODY);
    expect(ch.statistics()).toMatchObject({ sent: 1, buffered: 1 });
  });

  it('after 100 000 who waited at once and left from all over the line', () => {
    const ch = channel<number>();
    const waiting = Array.from({ length: TIMES }, () => ch.receive().subscribe());
    // 7919 is prime to the length: every one is reached, far from the last.
    for (let i = 0; i < TIMES; i++) waiting[(i * 7919) % TIMES]!.unsubscribe();
    check(ch);
    expect(waiters(ch)).toEqual(NOBODY);
  });

  it('after 100 000 subscribers, iterators and waits for the end that left', () => {
    const ch = channel<number>();
    for (let i = 0; i < TIMES; i++) {
      ch.subscribe().unsubscribe();
      ch.whenEnded().subscribe().unsubscribe();
    }
    for (let i = 0; i < FEWER; i++) {
      const iterator = ch[Symbol.asyncIterator]();
      void iterator.next();
      void iterator.return!();
    }
    check(ch);
    expect(waiters(ch)).toEqual(NOBODY);
  });

  it('after 100 000 polls and tries', () => {
    const ch = channel<number>();
    for (let i = 0; i < TIMES; i++) {
      poll(ch.receive());
      poll(ch.send(i));
      ch.tryReceive();
      ch.trySend(i);
      poll(ch.receive().withTimeout(1));
      poll(select({ ch }));
    }
    check(ch);
    expect(waiters(ch)).toEqual(NOBODY);
  });

  it('after 100 000 selects that were withdrawn or lost', () => {
    const a = channel<number>();
    const b = channel<number>();
    for (let i = 0; i < TIMES; i++) {
      select({ a, b: b.send(i) })
        .subscribe()
        .unsubscribe();
    }
    for (let i = 0; i < TIMES; i++) {
      select({ a, b: b.send(i) }).subscribe();
      a.trySend(i);
    }
    check(a, b);
    expect([waiters(a), waiters(b)]).toEqual([NOBODY, NOBODY]);
    expect([a.statistics().delivered, b.statistics().sent]).toEqual([TIMES, 0]);
  });

  it('after 100 000 waits of one signal: no listener', () => {
    const ch = channel<number>();
    const controller = new AbortController();
    const { signal } = controller;
    const listeners = new Set<unknown>();
    vi.spyOn(signal, 'addEventListener').mockImplementation((_, listener) => listeners.add(listener));
    vi.spyOn(signal, 'removeEventListener').mockImplementation((_, listener) => listeners.delete(listener));
    let most = 0;
    for (let i = 0; i < TIMES; i++) {
      ch.receive().withSignal(signal).subscribe().unsubscribe();
      ch.receive().withSignal(signal).subscribe();
      most = Math.max(most, listeners.size);
      ch.trySend(i);
    }
    check(ch);
    expect([most, listeners.size, waiters(ch)]).toEqual([1, 0, NOBODY]);
  });

  it('after 10 000 waits that were aborted, and one abort of 10 000 waits', () => {
    const ch = channel<number>();
    const failed = { error: () => undefined };
    for (let i = 0; i < FEWER; i++) {
      const controller = new AbortController();
      ch.receive().withSignal(controller.signal).subscribe(failed);
      ch.send(i).withSignal(controller.signal).subscribe(failed);
      controller.abort();
    }
    const one = new AbortController();
    setMaxListeners(0, one.signal);
    for (let i = 0; i < FEWER; i++) ch.receive().withSignal(one.signal).subscribe(failed);
    one.abort();
    check(ch);
    expect(waiters(ch)).toEqual(NOBODY);
  });

  it('after 100 000 deadlines that were not needed, or met', () => {
    const ch = channel<number>();
    let met = 0;
    for (let i = 0; i < TIMES; i++) {
      ch.receive().withTimeout(1000).subscribe();
      ch.trySend(i);
      ch.receive().withTimeout(1000).subscribe().unsubscribe();
    }
    expect([vi.getTimerCount(), waiters(ch)]).toEqual([0, NOBODY]);
    // Few: made-up timers look for the next one among all.
    for (let i = 0; i < 100; i++)
      ch.receive()
        .withTimeout(1000)
        .subscribe({ error: () => met++ });
    vi.advanceTimersByTime(1000);
    check(ch);
    expect([met, waiters(ch)]).toEqual([100, NOBODY]);
  });

  it('after 100 000 sleeps that were withdrawn', () => {
    for (let i = 0; i < TIMES; i++) sleep(1000).subscribe().unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('after 100 000 waits for an observable, and for a future that never comes', () => {
    const source = new Subject<number>();
    const future = deferred<number>();
    for (let i = 0; i < TIMES; i++) {
      until(source).subscribe().unsubscribe();
      future.subscribe().unsubscribe();
    }
    check(future);
    expect(source.observed).toBe(false);
  });

  it('after 100 000 operators of RxJS that gave up', () => {
    const ch = channel<number>();
    const stop = new Subject<number>();
    for (let i = 0; i < TIMES; i++) {
      ch.receive().pipe(takeUntil(stop)).subscribe();
      race(ch.receive(), stop.pipe(take(1))).subscribe();
      stop.next(i);
    }
    check(ch);
    expect([waiters(ch), stop.observed]).toEqual([NOBODY, false]);
  });

  it('after 10 000 coroutines that were cancelled where they waited', () => {
    const ch = channel<number>();
    for (let i = 0; i < FEWER; i++) {
      const task = go(function* () {
        yield* select({ ch, sent: ch.send(i), late: sleep(1000) });
      });
      task.cancel();
    }
    check(ch);
    expect([vi.getTimerCount(), waiters(ch)]).toEqual([0, NOBODY]);
  });

  it('after everybody was served: no reference to a value', () => {
    const ch = channel<object>();
    const waiter = ch.receive().subscribe();
    const received = ch.receivers.first;
    ch.trySend({ much: 'memory' });
    const sent = (() => {
      ch.send({ much: 'memory' }).subscribe();
      return ch.senders.first;
    })();
    ch.tryReceive();
    expect([received?.place, received?.after, sent?.place, waiter.closed]).toEqual([null, null, null, true]);
  });

  it('after a send was withdrawn: no reference to its value', () => {
    const ch = channel<object>();
    const sending = ch.send({ much: 'memory' }).subscribe();
    const waiter = ch.senders.first;
    sending.unsubscribe();
    expect([waiter?.place, waiter?.parcel]).toEqual([null, undefined]);
  });
});
