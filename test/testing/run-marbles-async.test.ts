/* eslint-disable @typescript-eslint/require-await -- the body of an asynchronous run need not wait */
import { promisify } from 'node:util';
import { asapScheduler, firstValueFrom, interval, mergeMap, observeOn, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, go, sleep } from '../../src/index.ts';
import { DeadlockError, runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

const deep = async (n: number): Promise<number> => (n === 0 ? 0 : 1 + (await deep(n - 1)));

describe('an asynchronous run', () => {
  it('lets promises run between one thing that happens and the next, at any depth', async () => {
    await runMarblesAsync(async ({ cold, expectObservable }) => {
      const slow = cold('ab-c|').pipe(mergeMap((v) => deep(1000).then(() => v)));
      expectObservable(slow).toBe('ab-c|');
      await deep(3);
    });
  });

  it('makes native timers and clocks virtual, and gives them back', async () => {
    const before = [globalThis.setTimeout, globalThis.Date, Object.hasOwn(performance, 'now')];
    const log: unknown[] = [];
    const value = await runMarblesAsync(async () => {
      const note = (what: string): void =>
        void log.push(`${what} ${Date.now()} ${new Date().getTime()} ${performance.now()}`);
      setTimeout(note, 1000, 'timeout');
      setImmediate(note, 'immediate');
      const ticking = setInterval(() => note('tick'), 400);
      clearTimeout(setTimeout(note, 1, 'cleared'));
      clearInterval(undefined);
      await promisify(setTimeout)(1100);
      clearInterval(ticking);
      expect(new Date(7).getTime()).toBe(7);
      expect(new Date()).toBeInstanceOf(Date);
      expect(Date()).toContain('1970');
      return 7;
    });
    expect(value).toBe(7);
    expect(log).toEqual(['immediate 0 0 0', 'tick 400 400 400', 'tick 800 800 800', 'timeout 1000 1000 1000']);
    expect([globalThis.setTimeout, globalThis.Date, Object.hasOwn(performance, 'now')]).toEqual(before);
    expect(Date.now()).toBeGreaterThan(1e12);
  });

  it('makes the deadlines of AbortSignal virtual', async () => {
    const native = Object.getOwnPropertyDescriptor(AbortSignal, 'timeout');
    const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    const log = await runMarblesAsync(async ({ expectObservable }) => {
      expectObservable(sleep(100).withSignal(AbortSignal.timeout(50))).toBe('50ms #', undefined, late);
      const signal = AbortSignal.timeout(60_000);
      await sleep(59_999).promise();
      const before = signal.aborted;
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      expect(() => AbortSignal.timeout(-1)).toThrow(RangeError);
      return [before, Date.now(), (signal.reason as Error).name];
    });
    expect(log).toEqual([false, 60_000, 'TimeoutError']);
    expect(Object.getOwnPropertyDescriptor(AbortSignal, 'timeout')).toEqual(native);
  });

  it('counts an expectation from the frame in which it is made', async () => {
    await runMarblesAsync(async ({ cold, hot, expectObservable, expectSubscriptions }) => {
      await firstValueFrom(timer(5));
      const source = cold('-a|');
      expectObservable(source).toBe('-a|');
      expectObservable(hot('ab^c-d')).toBe('-c-d');
      expectObservable(interval(2).pipe(take(2), observeOn(asapScheduler))).toBe('--a-(b|)', { a: 0, b: 1 });
      expectSubscriptions(source.subscriptions).toBe('^-!');
      await sleep(1000).promise();
      expectObservable(cold('-b|'), '--^').toBe('---b|');
    });
  });

  it('never goes back in time for what a hot source has emitted before', async () => {
    const seen: unknown[] = [];
    await runMarblesAsync(async ({ hot }) => {
      await sleep(5).promise();
      hot('ab^c-d').subscribe((v) => seen.push([v, Date.now()]));
    });
    expect(seen).toEqual([
      ['c', 6],
      ['d', 8],
    ]);
  });

  it('runs timers of one moment in the order in which they were set, with promises between', async () => {
    const log: string[] = [];
    await runMarblesAsync(async () => {
      setTimeout(() => {
        log.push('timeout');
        void deep(50).then(() => log.push('promise'));
      }, 3);
      timer(3).subscribe(() => log.push('timer'));
    });
    expect(log).toEqual(['timeout', 'promise', 'timer']);
  });

  it('fails with what does not hold, with what the body throws, and with what nobody handles', async () => {
    await expect(
      runMarblesAsync(async ({ cold, expectObservable }) => {
        expectObservable(cold('a')).toBe('-a');
      }),
    ).rejects.toThrow(/^expected {2}-a\nreceived {2}a-$/m);
    const error = new Error('mine');
    await expect(runMarblesAsync(() => Promise.reject(error))).rejects.toBe(error);
    await expect(
      runMarblesAsync(() => {
        throw error;
      }),
    ).rejects.toBe(error);
    await expect(
      runMarblesAsync(async () => {
        setTimeout(() => {
          throw error;
        }, 1);
        await new Promise(() => {});
      }),
    ).rejects.toBe(error);
    expect(Date.now()).toBeGreaterThan(1e12);
  });

  it('refuses a second one, and one inside of a synchronous run', async () => {
    const first = runMarblesAsync(() => sleep(3).promise());
    await expect(runMarblesAsync(async () => {})).rejects.toThrow(/has not ended/);
    await first;
    await runMarblesAsync(async () => {});
    let inner: Promise<unknown> | undefined;
    runMarbles(() => {
      inner = runMarblesAsync(async () => {});
    });
    await expect(inner).rejects.toThrow(/synchronous run/);
  });

  it('holds a synchronous run, and stays virtual', async () => {
    await runMarblesAsync(async () => {
      runMarbles(({ expectObservable }) => {
        expectObservable(timer(2)).toBe('--(a|)', { a: 0 });
      });
      await sleep(5).promise();
      expect(Date.now()).toBe(5);
    });
  });

  it('names the endless', async () => {
    await expect(
      runMarblesAsync(async () => {
        setInterval(() => {}, 3);
      }),
    ).rejects.toThrow(/timer of 3ms, set going at test\/testing/);
  });

  it('says when its body waits for what cannot come', async () => {
    await expect(runMarblesAsync(() => new Promise(() => {}))).rejects.toThrow(/never come/);
  });

  it('can be asked to end idle', async () => {
    const run = runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const ch = channel({ name: 'ch' });
      go(
        function* () {
          yield* ch.receive();
        },
        { name: 'reader' },
      );
    });
    await expect(run).rejects.toThrow(DeadlockError);
  });
});
