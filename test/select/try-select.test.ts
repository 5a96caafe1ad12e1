import { asyncScheduler, EMPTY, NEVER, Observable, of, throwError, timer } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import {
  channel,
  CancelledError,
  ClosedError,
  coroutine,
  go,
  mergeSelect,
  select,
  sleep,
  trySelect,
} from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { virtual } from '../virtual.ts';

describe('3.8 trySelect', () => {
  it('commits a case that is ready now, and only that one', () => {
    const a = channel<number>(1);
    const b = channel<number>(1);
    a.trySend(1);
    b.trySend(2);
    expect(trySelect({ a, b }, { order: 'priority' })).toEqual({ key: 'a', value: 1 });
    check(a, b);
    expect([a.size, b.size]).toEqual([0, 1]);
  });

  it('commits a send to one who waits', () => {
    const told = new Record();
    const a = channel<number>();
    a.receive().subscribe(told.by('receiver'));
    expect(trySelect({ a: a.send(1) })).toEqual({ key: 'a', value: undefined });
    check(a);
    expect(told.lines).toEqual(['receiver got 1']);
  });

  it('is undefined when nothing is ready, and leaves no trace', () => {
    const a = channel<number>();
    const b = channel<number>();
    expect(trySelect({ a, b: b.send(1), late: sleep(1), nested: select({ a }) })).toBeUndefined();
    check(a, b);
    expect([a.receivers.first, b.senders.first]).toEqual([null, null]);
    expect([a.trySend(1), b.tryReceive().ok]).toEqual([false, false]);
  });

  it('starts no timer', () => {
    const end = virtual(() => {
      expect(trySelect({ late: sleep(5), zero: sleep(0), o: timer(7) })).toBeUndefined();
    });
    expect(end).toBe(0);
  });

  it('does not even set one, where nothing can commit when it is started', () => {
    const schedule = vi.spyOn(asyncScheduler, 'schedule');
    expect(trySelect({ late: sleep(5), nested: select({ zero: sleep(0) }) })).toBeUndefined();
    expect(schedule).not.toHaveBeenCalled();
    schedule.mockRestore();
  });

  it('takes what an observable emits on subscription', () => {
    const a = channel<number>();
    expect(trySelect({ a, o: of(1, 2) })).toEqual({ key: 'o', value: 1 });
    check(a);
    expect(a.receivers.first).toBeNull();
  });

  it('subscribes to no observable when an operation is ready', () => {
    let subscribed = 0;
    const a = channel<number>(1);
    a.trySend(1);
    const o = new Observable(() => {
      subscribed++;
    });
    expect(trySelect({ o, a })).toEqual({ key: 'a', value: 1 });
    expect(subscribed).toBe(0);
  });

  it('unsubscribes at once from an observable that emits nothing now', () => {
    const told = new Record();
    const o = new Observable(() => {
      told.add('subscribed');
      return () => told.add('left');
    });
    const a = channel<number>();
    expect(trySelect({ o, a })).toBeUndefined();
    check(a);
    expect(told.lines).toEqual(['subscribed', 'left']);
  });

  it('cancels a coroutine that does not end now, finally blocks included', () => {
    const told = new Record();
    const a = channel<number>();
    const work = coroutine(function* () {
      try {
        yield* a.receive();
      } finally {
        told.add('cleaned up');
      }
    });
    expect(trySelect({ work })).toBeUndefined();
    check(a);
    expect(told.lines).toEqual(['cleaned up']);
    expect(a.receivers.first).toBeNull();
  });

  it('commits a coroutine that ends without waiting', () => {
    const work = coroutine(function* () {
      return 1;
    });
    expect(trySelect({ a: channel(), work })).toEqual({ key: 'work', value: 1 });
  });

  it('throws what select would fail with', () => {
    const closed = channel<number>();
    closed.close();
    const cancelled = channel<number>();
    cancelled.cancel();
    const cause = new Error('the cause');
    const failed = channel<number>();
    failed.close(cause);
    const a = channel<number>();
    expect(() => trySelect({ closed })).toThrow(ClosedError);
    expect(() => trySelect({ closed: closed.send(1), a })).toThrow(ClosedError);
    expect(() => trySelect({ cancelled })).toThrow(CancelledError);
    expect(() => trySelect({ failed })).toThrow(cause);
    expect(() => trySelect({ a, broken: throwError(() => cause) })).toThrow(cause);
    expect(() => trySelect({ empty: EMPTY })).toThrow('no elements in sequence');
    expect(() => trySelect({ off: null })).toThrow(TypeError);
    check(a);
    expect(a.receivers.first).toBeNull();
  });

  it("with onClosed: 'skip', passes over what is closed, and throws when all are", () => {
    const closed = channel<number>();
    closed.close();
    const a = channel<number>(1);
    expect(trySelect({ closed, a }, { onClosed: 'skip' })).toBeUndefined();
    a.trySend(1);
    expect(trySelect({ closed, a }, { onClosed: 'skip' })).toEqual({ key: 'a', value: 1 });
    expect(() => trySelect({ closed }, { onClosed: 'skip' })).toThrow(ClosedError);
  });

  it('is undefined when an observable has completed and another case is still on', () => {
    const a = channel<number>();
    expect(trySelect({ empty: EMPTY, a })).toBeUndefined();
    expect(trySelect({ empty: EMPTY, never: NEVER })).toBeUndefined();
    check(a);
  });

  it('finds nothing that is meant for one who waits already', () => {
    const told = new Record();
    const a = channel<number>();
    go(function* () {
      told.add(`waiting got ${yield* a.receive()}`);
    });
    go(function* () {
      yield* a.send(1);
      told.add(trySelect({ a }) === undefined ? 'found nothing' : 'found something');
    });
    check(a);
    expect(told.lines).toEqual(['found nothing', 'waiting got 1']);
  });

  it('of a merge, takes one value of one source', () => {
    const a = channel<number>(1);
    const b = channel<number>(1);
    const merged = mergeSelect({ a, b }, { order: 'priority' });
    a.trySend(1);
    b.trySend(2);
    expect(trySelect({ merged })).toEqual({ key: 'merged', value: { key: 'a', value: 1 } });
    check(merged, a, b);
    expect(b.size).toBe(1);
  });
});
