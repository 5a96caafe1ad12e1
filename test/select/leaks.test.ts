// What select leaves behind: nothing. And how deep its stack gets: not.

import { EventEmitter } from 'node:events';
import { NEVER, Observable, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, coroutine, deferred, go, mergeSelect, select, sleep, trySelect } from '../../src/index.ts';
import { check } from '../record.ts';
import { virtual } from '../virtual.ts';

const MANY = 100_000;

describe('1.13 after 100 000 selects that were lost or withdrawn', () => {
  it('nobody stands in any line', () => {
    const hot = channel<number>();
    const idle = channel<number>();
    const gate = deferred<number>();
    const merged = mergeSelect({ idle });
    for (let i = 0; i < MANY; i++) {
      const waiting = select({
        hot,
        idle,
        out: idle.send(i),
        gate,
        merged,
        nested: select({ idle, gate }),
      }).subscribe();
      if (i % 2 === 0) hot.trySend(i);
      else waiting.unsubscribe();
    }
    check(hot, idle, gate, merged);
    const lines = [hot.receivers, hot.senders, idle.receivers, idle.senders];
    // The merge keeps its one place at each source.
    expect(lines.map((line) => line.count((waiter) => !waiter.asleep))).toEqual([0, 0, 0, 0]);
    expect(idle.receivers.count()).toBeLessThanOrEqual(1);
    expect(idle.statistics()).toMatchObject({ sent: 0, undelivered: 0 });
  });

  it('no timer is set', () => {
    const end = virtual(() => {
      const hot = channel<number>();
      for (let i = 0; i < MANY / 10; i++) {
        const waiting = select({ hot, late: sleep(1000), limited: channel().receive().withTimeout(500) }).subscribe();
        if (i % 2 === 0) hot.trySend(i);
        else waiting.unsubscribe();
      }
    });
    expect(end).toBe(0);
  });

  it('nobody listens to a signal', () => {
    const listening = new EventEmitter();
    let most = 0;
    const { signal } = new AbortController();
    Object.assign(signal, {
      addEventListener: (_: string, listener: () => void) => listening.on('abort', listener),
      removeEventListener: (_: string, listener: () => void) => listening.off('abort', listener),
    });
    const hot = channel<number>();
    const idle = channel<number>();
    for (let i = 0; i < MANY; i++) {
      const waiting = select({ hot, limited: idle.receive().withSignal(signal) })
        .withSignal(signal)
        .subscribe();
      most = Math.max(most, listening.listenerCount('abort'));
      if (i % 2 === 0) hot.trySend(i);
      else waiting.unsubscribe();
    }
    check(hot, idle);
    expect([most, listening.listenerCount('abort')]).toEqual([1, 0]);
  });

  it('no observable is subscribed, no coroutine runs', () => {
    let subscribed = 0;
    let running = 0;
    const hot = channel<number>();
    const counted = new Observable<never>(() => {
      subscribed++;
      return () => subscribed--;
    });
    const subject = new Subject<number>();
    const work = coroutine(function* () {
      running++;
      try {
        yield* deferred<void>();
      } finally {
        running--;
      }
    });
    for (let i = 0; i < MANY; i++) {
      const waiting = select({ hot, counted, subject, never: NEVER, work }).subscribe();
      if (i % 2 === 0) hot.trySend(i);
      else waiting.unsubscribe();
      trySelect({ hot, counted, subject, work });
    }
    check(hot);
    expect([subscribed, running, subject.observed]).toEqual([0, 0, false]);
  });
});

describe('1.5 a million selects in a loop', () => {
  it.each([
    ['that are ready', 1],
    ['that wait', 0],
  ])('%s do not deepen the stack', async (_, capacity) => {
    const N = 1_000_000;
    const a = channel<number>(capacity);
    const b = channel<number>(capacity);
    go(function* () {
      for (let i = 0; i < N; i++) yield* (i % 2 === 0 ? a : b).send(i);
    });
    let sum = 0;
    const task = go(function* () {
      for (let i = 0; i < N; i++) sum += (yield* select({ a, b })).value;
    });
    await task.promise();
    check(a, b, task);
    expect(sum).toBe((N * (N - 1)) / 2);
  });

  it('by a subscriber of a merge do not deepen it either', async () => {
    const N = 300_000;
    const a = channel<number>();
    const b = channel<number>();
    const merged = mergeSelect({ a, b });
    let sum = 0;
    merged.subscribe(({ value }) => (sum += value));
    await go(function* () {
      for (let i = 0; i < N; i++) yield* (i % 2 === 0 ? a : b).send(i);
    }).promise();
    check(merged, a, b);
    expect(sum).toBe((N * (N - 1)) / 2);
  });

  it('nor do 100 000 who wait at a merge and are served one by one', () => {
    const a = channel<number>();
    const merged = mergeSelect({ a, idle: channel() });
    let got = 0;
    for (let i = 0; i < MANY; i++) merged.receive().subscribe(() => got++);
    for (let i = 0; i < MANY; i++) a.trySend(i);
    check(merged, a);
    expect(got).toBe(MANY);
    expect(a.trySend(0)).toBe(false);
  });
});
