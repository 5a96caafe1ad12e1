/* eslint-disable rxjs-x/throw-error -- a diagram's error is a string, unless told otherwise */
// What RxJS's own `TestScheduler.run` does, after its specs: each script runs there and in `runMarbles`, and must hold in both.

import {
  animationFrames,
  animationFrameScheduler,
  asapScheduler,
  asyncScheduler,
  concatMap,
  config,
  debounceTime,
  defer,
  delay,
  EMPTY,
  from,
  interval,
  map,
  merge,
  mergeMap,
  NEVER,
  observeOn,
  of,
  queueScheduler,
  share,
  Subject,
  subscribeOn,
  switchMap,
  take,
  throttleTime,
  throwError,
  timer,
  timestamp,
} from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

type Script = (kit: RunHelpers) => void;

const rxjs = (script: Script): void => {
  new TestScheduler((received, expected) => expect(received).toEqual(expected)).run(script);
};

const diagrams: Record<string, Script> = {
  'ignores spaces': ({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('   -a - b -    c |       ');
    expectObservable(source.pipe(concatMap((v) => of(v).pipe(delay(10))))).toBe('-- 9ms a 9ms b 9ms (c|) ');
    expectSubscriptions(source.subscriptions).toBe('  ^- - - - - !');
  },
  'reads durations, also broken ones, in all three units': ({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('10.2ms a 1.2s b 1m c|');
    expectObservable(source).toBe('10.2ms a 1.2s b 1m c|');
    expectObservable(source, '10.2ms ^ 1.2s - 1m !').toBe('20.4ms a 1.2s b');
    expectSubscriptions(source.subscriptions).toBe(['^ 10.2ms - 1.2s - 1m !', '10.2ms ^ 1.2s - 1m !']);
  },
  'reads a duration inside of a group as time that the group takes': ({ cold, expectObservable }) => {
    expectObservable(cold('(a 5ms b)c|')).toBe('(ab) 5ms c|');
  },
  'reads letters outside of the basic plane': ({ cold, expectObservable }) => {
    expectObservable(cold('🙈-🙉---🙊-|')).toBe('a-b---c-|', { a: '🙈', b: '🙉', c: '🙊' });
  },
  'reads groups': ({ cold, hot, expectObservable }) => {
    expectObservable(cold('---(abc)---|')).toBe('---(abc)---|');
    expectObservable(hot('-a-^-(bc)-#')).toBe('--(bc)-#');
  },
  'gives letters their values, also those that are sources': ({ cold, hot, expectObservable }) => {
    const [x, y] = [cold('-a-b|'), cold('-c-d|')];
    const inner = { x: cold('-a-b|'), y: cold('-c-d|') };
    expectObservable(hot('---x---y----|', { x, y })).toBe('---x---y----|', inner);
  },
  'errs with "error" unless told': ({ cold, expectObservable }) => {
    expectObservable(cold('-#')).toBe('-#', undefined, 'error');
    expectObservable(cold('-#', undefined, 'omg')).toBe('-#', undefined, 'omg');
    expectObservable(throwError(() => 'error')).toBe('#');
  },
  'reads a time': ({ time }) => {
    expect(['-----|', '|', '--a--|', '---(|)'].map((m) => time(m)).slice(0, 3)).toEqual([5, 0, 5]);
  },
};

const expectations: Record<string, Script> = {
  'of the empty and of what never ends hold': ({ cold, hot, expectObservable }) => {
    expectObservable(EMPTY).toBe('|');
    expectObservable(NEVER).toBe('-');
    expectObservable(cold('|')).toBe('|');
    expectObservable(hot('-')).toBe('-');
  },
  'subscribe and unsubscribe where they are told': ({ hot, expectObservable }) => {
    expectObservable(hot('---^-a-b-|'), '---!').toBe('--a');
    expectObservable(hot('-a-b-c|'), '---^').toBe('---b-c|');
    expectObservable(hot('-a-b-c-d|'), '--^--!').toBe('---b');
    expectObservable(hot('-a-b-c-d|'), '--^').toBe('---b-c-d|');
    expectObservable(of('a'), '---(^!)').toBe('---(a|)');
  },
  'compare with another source': ({ cold, expectObservable }) => {
    expectObservable(from(['a', 'b', 'c'])).toEqual(cold('(abc|)'));
    expectObservable(cold('-a-b|'), '--^').toEqual(cold('-a-b|'));
  },
  'of subscriptions take one diagram or several, and none': ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const [source, unused] = [cold('--a|'), cold('-a|')];
    expectObservable(hot('xy').pipe(concatMap(() => source))).toBe('--a--a');
    expectSubscriptions(source.subscriptions).toBe(['^--!', '---^--!']);
    expectSubscriptions(unused.subscriptions).toBe([]);
    expectSubscriptions(unused.subscriptions).toBe('');
  },
  'made in a callback count from frame 0': ({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('-b|');
    timer(5).subscribe(() => {
      expectObservable(source).toBe('------b|');
      expectSubscriptions(source.subscriptions).toBe('-----^-!');
      expectObservable(cold('-c|')).toEqual(cold('-c|'));
      expectObservable(of('d')).toBe('5ms (d|)');
    });
    cold('---a').subscribe(() => {
      expectObservable(of('e')).toBe('---(e|)');
    });
  },
  'made in a callback subscribe so many frames later': ({ cold, expectObservable }) => {
    timer(5).subscribe(() => {
      expectObservable(cold('-a-b-c|'), '--^---!').toBe('7ms -a-b');
    });
  },
  'made in the callback of a callback, of asap and of a queue count from frame 0': ({ cold, expectObservable }) => {
    asyncScheduler.schedule(() => {
      asapScheduler.schedule(() => {
        expectObservable(cold('a|')).toBe('--a|');
      });
      asyncScheduler.schedule(() => {
        queueScheduler.schedule(() => {
          expectObservable(cold('a|')).toBe('-----a|');
        });
      }, 3);
    }, 2);
  },
  'made after a flush count from frame 0': ({ cold, flush, expectObservable, expectSubscriptions }) => {
    expectObservable(cold('---a|')).toBe('---a|');
    flush();
    const source = cold('-b|');
    expectObservable(source).toBe('-----b|');
    expectSubscriptions(source.subscriptions).toBe('----^-!');
  },
  'may be finished after a flush': ({ cold, flush, expectObservable, expectSubscriptions }) => {
    const source = cold('-z|');
    const expectation = expectObservable(source);
    const subscriptions = expectSubscriptions(source.subscriptions);
    flush();
    expectation.toBe('-z|');
    subscriptions.toBe('^-!');
  },
  'of hot sources that a callback made count from frame 0, and their diagrams from now': ({
    flush,
    hot,
    expectObservable,
  }) => {
    timer(2).subscribe(() => expectObservable(timer(0).pipe(map(() => 'x'))).toBe('--(x|)'));
    flush();
    expectObservable(hot('-a')).toBe('---a');
  },
};

const time: Record<string, Script> = {
  'has no end': ({ cold, expectObservable }) => {
    expectObservable(cold('-a|').pipe(delay(1000 * 10))).toBe('- 10s (a|)');
  },
  'is a millisecond a frame': ({ cold, expectObservable }) => {
    expectObservable(cold('-a-b-(c|)').pipe(debounceTime(1), throttleTime(2))).toBe('--a-b|');
  },
  'stands still until it is flushed': ({ cold, flush }) => {
    const seen: string[] = [];
    cold('a-b-c|').subscribe({ next: (v) => seen.push(v), complete: () => seen.push('done') });
    expect(seen).toEqual([]);
    flush();
    expect(seen).toEqual(['a', 'b', 'c', 'done']);
  },
  'is told to operators that read clocks': ({ cold, expectObservable }) => {
    const stamps = cold('-a--b|').pipe(
      timestamp(),
      map((it) => it.timestamp),
    );
    expectObservable(stamps).toBe('-a--b|', { a: 1, b: 4 });
    expect(asyncScheduler.now()).toBe(0);
  },
  'fires asap before async': ({ cold, expectObservable }) => {
    const source = cold('ab').pipe(
      mergeMap((v) => of(v).pipe(v === 'a' ? delay(1, asyncScheduler) : subscribeOn(asapScheduler))),
    );
    expectObservable(source).toBe('-(ba)');
  },
  'fires intervals of no duration': ({ expectObservable }) => {
    expectObservable(interval(0).pipe(take(3))).toBe('(abc|)', { a: 0, b: 1, c: 2 });
    const both = merge(timer(0, asapScheduler), timer(0).pipe(map(() => 1)));
    expectObservable(both).toBe('(ab|)', { a: 0, b: 1 });
  },
  'fires what is due together in order of kind, then of setting': () => {
    const order: string[] = [];
    for (const name of ['a', 'b']) {
      asyncScheduler.schedule(() => order.push(`async ${name}`));
      asapScheduler.schedule(() => order.push(`asap ${name}`));
      queueScheduler.schedule(() => order.push(`queue ${name}`));
    }
    timer(1).subscribe({
      complete: () => expect(order.join()).toBe('queue a,queue b,asap a,asap b,async a,async b'),
    });
  },
  'reports what nobody handles after all else of its frame': () => {
    const order: string[] = [];
    const outer = config.onUnhandledError;
    config.onUnhandledError = () => order.push('unhandled');
    throwError(() => new Error('mine')).subscribe();
    asapScheduler.schedule(() => order.push('asap'));
    asyncScheduler.schedule(() => order.push('async'));
    timer(1).subscribe(() => {
      config.onUnhandledError = outer;
      expect(order).toEqual(['asap', 'async', 'unhandled']);
    });
  },
  'holds for subjects and for what is shared': ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const source = cold('-a-b|');
    const shared = source.pipe(share());
    expectObservable(shared).toBe('-a-b|');
    expectObservable(shared, '--^').toBe('---b|');
    expectSubscriptions(source.subscriptions).toBe('^---!');
    const subject = new Subject<string>();
    expectObservable(subject).toBe('--x');
    hot('--x').subscribe((v) => subject.next(v));
  },
};

const frames: Record<string, Script> = {
  'are painted at the marbles, to who asked before': ({ animate, cold, expectObservable }) => {
    animate('--x---x--x');
    expectObservable(cold('ab|').pipe(observeOn(animationFrameScheduler))).toBe('--(ab)|');
    expectObservable(animationFrames().pipe(map(({ elapsed }) => elapsed))).toBe('--a---b--c', { a: 2, b: 6, c: 9 });
  },
  'are not painted twice to who asks while they are painted': ({ animate, expectObservable }) => {
    animate('-x-(xx)-x');
    const again = timer(0, animationFrameScheduler).pipe(
      switchMap((v) => timer(0, animationFrameScheduler).pipe(map(() => v))),
    );
    expectObservable(again).toBe('---(a|)', { a: 0 });
  },
  'are withdrawn': ({ animate, expectObservable }) => {
    animate('--x--x');
    expectObservable(animationFrames().pipe(map(() => 'f')), '---^!').toBe('');
  },
  'count from the call of animate, and keep durations': ({ animate, expectObservable }) => {
    timer(2).subscribe(() => animate('-x 100ms x'));
    const painted = defer(() =>
      animationFrames().pipe(
        map(() => 'f'),
        take(2),
      ),
    );
    expectObservable(timer(2).pipe(switchMap(() => painted))).toBe('---f 100ms (f|)');
  },
  'may be promised before they are asked for, and never asked for': ({ animate }) => {
    animate('x-x-x');
  },
};

describe.each([
  ['a diagram', diagrams],
  ['expectations', expectations],
  ['time', time],
  ['animation frames', frames],
])('as in RxJS, %s', (_, table) => {
  it.each(Object.entries(table))('%s', (_, script) => {
    rxjs(script);
    runMarbles(script);
  });
});

const refused: Record<string, Script> = {
  'a cold source with a subscription': ({ cold }) => void cold('-^-a'),
  'a cold source with an unsubscription': ({ cold }) => void cold('-a-!'),
  'a hot source with an unsubscription': ({ hot }) => void hot('-a-!'),
  'a time without an end': ({ time }) => void time('-a-#'),
  'a subscription with a value': ({ hot, expectObservable }) => expectObservable(hot('-a'), '-a-').toBe('-'),
  'two subscriptions in one diagram': ({ hot, expectObservable }) => expectObservable(hot('-a'), '-^^').toBe('-'),
  'two unsubscriptions in one diagram': ({ hot, expectObservable }) => expectObservable(hot('-a'), '^-!!').toBe('-'),
  'an animation that was not told': () => void animationFrames().subscribe(),
  'animate that is called twice': ({ animate }) => {
    animate('-x');
    animate('-x');
  },
  'animate that completes': ({ animate }) => animate('--|'),
  'animate that fails': ({ animate }) => animate('--#'),
  'animate that completes in a group': ({ animate }) => animate('--(x|)'),
  'an expectation that does not hold, finished after a flush': ({ cold, flush, expectObservable }) => {
    expectObservable(cold('-x')).toBe('-x');
    const expectation = expectObservable(cold('-z'));
    flush();
    expectation.toBe('-q');
  },
  'what the body throws': () => {
    throw new Error('mine');
  },
  'an expectation in a callback that counts from there': ({ cold, expectObservable }) => {
    timer(5).subscribe(() => expectObservable(cold('-b|')).toBe('-b|'));
  },
};

describe('as in RxJS, there is refused', () => {
  it.each(Object.entries(refused))('%s', (_, script) => {
    expect(() => rxjs(script)).toThrow();
    expect(() => runMarbles(script)).toThrow();
  });

  it('animate that was wrong, and that leaves the next call its right', () => {
    const script: Script = ({ animate, expectObservable }) => {
      for (const wrong of ['--|', '-#']) expect(() => animate(wrong)).toThrow(/animate|diagram/);
      animate('--x');
      expectObservable(animationFrames().pipe(map(() => 'f'))).toBe('--f');
    };
    rxjs(script);
    runMarbles(script);
  });
});

describe('unlike in RxJS,', () => {
  it('an error that is given counts as it is, also undefined and all that is falsy', () => {
    runMarbles(({ cold, hot, expectObservable }) => {
      for (const error of [undefined, null, 0, '', false, NaN]) {
        expectObservable(cold('-#', undefined, error)).toBe('-#', undefined, error);
        expectObservable(hot('-#', undefined, error)).toBe('-#', undefined, error);
        expectObservable(throwError(() => error)).toBe('#', undefined, error);
        expectObservable(throwError(() => error)).toEqual(cold('#', undefined, error));
      }
      expectObservable(cold('#')).toBe('#');
      expectObservable(cold('#', {})).toBe('#', {}, 'error');
    });
    const differ: Script[] = [
      ({ cold, expectObservable }) => expectObservable(cold('#')).toBe('#', undefined, undefined),
      ({ cold, expectObservable }) => expectObservable(cold('#', undefined, undefined)).toBe('#'),
      ({ expectObservable }) => expectObservable(throwError(() => undefined)).toBe('#', undefined, null),
    ];
    for (const script of differ) expect(() => runMarbles(script)).toThrow(/do(es)? not hold/);
    expect(() => runMarbles(differ[0] as Script)).toThrow("expected error undefined, received error 'error'");
  });

  it('an expectation of an asynchronous run counts from the frame in which it is made, wherever that is', async () => {
    await runMarblesAsync(async ({ cold, hot, expectObservable, expectSubscriptions }) => {
      const check = (): void => {
        const source = cold('-b|');
        expectObservable(source).toBe('-b|');
        expectSubscriptions(source.subscriptions).toBe('^-!');
        expectObservable(cold('-a-b-c|'), '--^---!').toBe('---a-b');
        expectObservable(hot('-c')).toBe('-c');
      };
      check();
      await new Promise((resolve) => setTimeout(resolve, 5));
      check();
      timer(2).subscribe(check);
      await Promise.resolve();
      check();
      runMarbles((inner) => {
        timer(3).subscribe(() => inner.expectObservable(of('x')).toBe('---(x|)'));
      });
    });
  });

  it('a subscription in the future of a callback is drawn where it is', () => {
    const run = (): unknown =>
      runMarbles(({ cold, expectObservable }) => {
        timer(5).subscribe(() => {
          expectObservable(cold('-a-b-c|'), '--^---!').toBe('7ms -a-c');
        });
      });
    expect(run).toThrow(/^expected {2}-{8}a-c$/m);
    expect(run).toThrow(/^received {2}-{8}a-b$/m);
  });
});
