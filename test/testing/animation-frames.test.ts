/* eslint-disable @typescript-eslint/require-await -- the body of an asynchronous run need not wait */
// Frames of an animation in an asynchronous run: every 16 virtual milliseconds to whoever asks, unless `animate` says otherwise.

import { animationFrames, animationFrameScheduler, firstValueFrom, map, observeOn, of, take, timer } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { sleep } from '../../src/index.ts';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

const global = globalThis as unknown as Record<string, unknown>;
const names = ['requestAnimationFrame', 'cancelAnimationFrame', 'requestIdleCallback', 'cancelIdleCallback'];

afterEach(() => {
  for (const name of names) Reflect.deleteProperty(global, name);
});

describe('10.4 in an asynchronous run, an animation frame', () => {
  it('comes at the next multiple of 16 virtual ms, with that time', async () => {
    const told: unknown[] = [];
    const note = (time: number): void => void told.push([time, performance.now(), Date.now()]);
    await runMarblesAsync(async () => {
      requestAnimationFrame(note);
      requestAnimationFrame(note);
      await sleep(5).promise();
      requestAnimationFrame(note);
      await sleep(11).promise();
      requestAnimationFrame(note);
      await sleep(40).promise();
      requestAnimationFrame((time) => {
        note(time);
        requestAnimationFrame(note);
      });
    });
    expect(told.map((it) => (it as number[])[0])).toEqual([16, 16, 16, 32, 64, 80]);
    expect(told.every((it) => new Set(it as number[]).size === 1)).toBe(true);
  });

  it('comes to RxJS as well', async () => {
    await runMarblesAsync(async ({ cold, expectObservable }) => {
      expectObservable(
        animationFrames().pipe(
          take(3),
          map((it) => it.timestamp),
        ),
      ).toBe('16ms a 15ms b 15ms (c|)', {
        a: 16,
        b: 32,
        c: 48,
      });
      expectObservable(cold('ab|').pipe(observeOn(animationFrameScheduler))).toBe('16ms (ab|)');
      await firstValueFrom(timer(20));
      expectObservable(of(1).pipe(observeOn(animationFrameScheduler))).toBe('12ms (a|)', { a: 1 });
    });
  });

  it('is not waited for once it is withdrawn, whatever the handle', async () => {
    const told: number[] = [];
    let end = 0;
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const [first, second] = [0, 1].map(() => requestAnimationFrame((time) => told.push(time)));
      cancelAnimationFrame(first as number);
      cancelAnimationFrame(first as number);
      cancelAnimationFrame(999);
      cancelAnimationFrame(undefined as never);
      cancelAnimationFrame(second as number);
      await sleep(3).promise();
    });
    await runMarblesAsync(async () => {
      const handle = requestAnimationFrame((time) => told.push(time));
      cancelAnimationFrame(handle);
      requestAnimationFrame((time) => (end = time));
    });
    expect([told, end]).toEqual([[], 16]);
  });

  it('comes where animate says, from its call on, and nowhere else', async () => {
    const told: string[] = [];
    await runMarblesAsync(async ({ animate }) => {
      requestAnimationFrame((time) => told.push(`before ${time}`));
      await sleep(2).promise();
      animate('---x--x');
      expect(() => animate('x')).toThrow('twice');
      requestAnimationFrame((time) => {
        told.push(`after ${time}`);
        requestAnimationFrame((later) => {
          told.push(`again ${later}`);
          requestAnimationFrame(() => told.push('never'));
        });
      });
      await sleep(100).promise();
    });
    expect(told).toEqual(['before 5', 'after 5', 'again 8']);
  });

  it('that always asks for the next one is named as endless', async () => {
    const again = (): void => void requestAnimationFrame(again);
    const run = runMarblesAsync(async () => again());
    await expect(run).rejects.toThrow(
      /an animation frame, set going at test\/testing\/animation-frames\.test\.ts.*does not end/,
    );
  });

  it('is refused without a function', async () => {
    await runMarblesAsync(async () => {
      for (const wrong of [undefined, null, 'f', {}] as never[])
        expect(() => requestAnimationFrame(wrong)).toThrow(TypeError);
    });
  });

  it("is the run's alone: afterwards the host has what it had, or none", async () => {
    await runMarblesAsync(async () => expect(typeof requestAnimationFrame).toBe('function'));
    expect(names.filter((name) => name in global)).toEqual([]);
    const mine = (): number => 7;
    global['requestAnimationFrame'] = mine;
    await runMarblesAsync(async () => expect(requestAnimationFrame).not.toBe(mine));
    expect(requestAnimationFrame).toBe(mine);
  });

  it('of a synchronous run inside of it, and after that, has its own', async () => {
    const told: string[] = [];
    await runMarblesAsync(async () => {
      runMarbles(({ animate, expectObservable }) => {
        animate('--x');
        expectObservable(
          animationFrames().pipe(
            take(1),
            map(() => 'f'),
          ),
        ).toBe('--(f|)');
      });
      expect(() => runMarbles(() => animationFrames().subscribe())).toThrow('animate() was not called');
      requestAnimationFrame((time) => told.push(`outer ${time}`));
    });
    expect(told).toEqual(['outer 16']);
  });
});

describe('10.4 in an asynchronous run', () => {
  it('an idle callback comes when nothing else of its frame is left, where the host has them', async () => {
    await runMarblesAsync(async () => expect('requestIdleCallback' in global).toBe(false));
    for (const name of names) global[name] = () => expect.unreachable();
    const told: unknown[] = [];
    await runMarblesAsync(async () => {
      const handle = requestIdleCallback(() => told.push('cancelled'));
      cancelIdleCallback(handle);
      requestIdleCallback((deadline) =>
        told.push(['idle', Date.now(), deadline.didTimeout, deadline.timeRemaining() > 0]),
      );
      await sleep(3).promise();
    });
    expect(told).toEqual([['idle', 0, false, true]]);
  });

  it('the time of day is that of the origin and the clock', async () => {
    const before = performance.timeOrigin;
    await runMarblesAsync(async () => {
      await sleep(5).promise();
      expect(performance.timeOrigin + performance.now()).toBe(Date.now());
    });
    expect(performance.timeOrigin).toBe(before);
  });

  it('a handle is what the host would give: with methods, and as a number', async () => {
    const told: string[] = [];
    await runMarblesAsync(async () => {
      const at = (what: string) => () => told.push(`${what} ${Date.now()}`);
      clearTimeout(Number(setTimeout(at('a number'), 1)));
      clearInterval(+setInterval(at('a number'), 1));
      setTimeout(at('closed'), 1).close();
      const refreshed = setTimeout(at('refreshed'), 5);
      expect(refreshed.hasRef()).toBe(true);
      setTimeout(() => refreshed.refresh(), 3);
      setTimeout(() => refreshed.refresh(), 10);
      for (const wrong of [undefined, null, 7, '7', {}, 'x'] as never[]) clearTimeout(wrong);
      for (const set of [setTimeout, setInterval, setImmediate])
        expect(() => (set as (f: unknown) => void)(undefined)).toThrow(/callback must be a function; got undefined/);
    });
    expect(told).toEqual(['refreshed 8', 'refreshed 15']);
  });

  it('a handle of the host that is older than the run is cleared as ever', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const [timeout, interval] = [setTimeout(() => undefined, 100_000), setInterval(() => undefined, 100_000)];
    const during = timers();
    await runMarblesAsync(async () => {
      clearTimeout(timeout);
      clearInterval(interval);
    });
    expect([during - before, timers() - before]).toEqual([2, 0]);
  });
});
