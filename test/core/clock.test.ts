import { afterEach, describe, expect, it, vi } from 'vitest';
import { after, macrotask, now } from '../../src/core/clock.ts';
import { frame, virtual } from '../virtual.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the clock', () => {
  it('is that of RxJS: real outside, virtual in a run', () => {
    vi.useFakeTimers({ now: 1234 });
    const times = [now()];
    virtual(() => {
      times.push(now());
      after(7, () => times.push(now()));
    });
    expect(times).toEqual([1234, 0, 7]);
  });

  it('calls once, in its time, and never in the call that sets it', () => {
    const fired: number[] = [];
    virtual(() => {
      after(0, () => fired.push(frame()));
      after(3, () => fired.push(frame()));
      fired.push(-1);
    });
    expect(fired).toEqual([-1, 0, 3]);
  });

  it('can be called off', () => {
    vi.useFakeTimers();
    const timer = after(3, () => expect.fail('called off'));
    timer.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
    vi.runAllTimers();
  });

  it('keeps no timer once it has called', () => {
    vi.useFakeTimers();
    after(3, () => undefined);
    vi.advanceTimersByTime(3);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a macrotask', () => {
  it('lets timers go first that are due', async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      void Promise.resolve().then(() => order.push('microtask'));
      macrotask(() => {
        order.push('macrotask');
        resolve();
      });
      order.push('call');
    });
    expect(order).toEqual(['call', 'microtask', 'macrotask']);
  });

  it('comes through a message port where there is no setImmediate, which is closed again', async () => {
    const closed = vi.spyOn(MessagePort.prototype, 'close');
    vi.stubGlobal('setImmediate', undefined);
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      macrotask(() => {
        order.push('macrotask');
        resolve();
      });
      order.push('call');
    });
    expect(order).toEqual(['call', 'macrotask']);
    expect(closed).toHaveBeenCalledTimes(1);
    closed.mockRestore();
  });
});
