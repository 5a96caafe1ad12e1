// The clocks that a run puts its own in the place of: what is set before it, inside of it, and in the frames of an animation.

import { animationFrames, animationFrameScheduler, asyncScheduler, interval, map, observeOn, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('10.3 inside of a run', () => {
  it('a native timer that was set before it is cleared as ever', () => {
    const before = timers();
    const subscription = interval(100_000).subscribe();
    const during = timers();
    runMarbles(() => subscription.unsubscribe());
    expect([during - before, timers() - before]).toEqual([1, 0]);
  });

  it('frames are painted at the marbles of animate(), and only to who asked before', () => {
    runMarbles(({ animate, cold, expectObservable }) => {
      animate('--x---x--x');
      const painted = cold('ab|').pipe(observeOn(animationFrameScheduler));
      expectObservable(painted).toBe('--(ab)|');
      expectObservable(
        animationFrames().pipe(
          map(() => 'f'),
          take(2),
        ),
      ).toBe('--f---(f|)');
    });
  });

  it('work for a frame that was withdrawn is not painted', () => {
    const told: string[] = [];
    runMarbles(({ animate }) => {
      animate('--x');
      const [first] = ['first', 'second'].map((name) => animationFrameScheduler.schedule(() => told.push(name)));
      first?.unsubscribe();
    });
    expect(told).toEqual(['second']);
  });

  it('animate() is called once', () => {
    expect(() =>
      runMarbles(({ animate }) => {
        animate('--x');
        animate('--x');
      }),
    ).toThrow('twice');
  });
});

describe('10.4 inside of an asynchronous run', () => {
  it('native timers are virtual: immediates, those that are cleared, and those that are not to keep a process alive', async () => {
    const told: string[] = [];
    await runMarblesAsync(async () => {
      const at = (what: string) => () => told.push(`${asyncScheduler.now()} ${what}`);
      clearImmediate(setImmediate(at('a cleared immediate')));
      clearTimeout(setTimeout(at('a cleared timeout'), 1));
      setTimeout(at('a timeout'), 3).unref().ref();
      setImmediate(at('an immediate'));
      const every = setInterval(at('an interval'), 2);
      await new Promise((resolve) => setTimeout(resolve, 5));
      clearInterval(every);
    });
    expect(told).toEqual(['0 an immediate', '2 an interval', '3 a timeout', '4 an interval']);
  });
});
