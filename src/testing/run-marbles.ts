import { checkFunction } from '../base/checks.ts';
import { refuseAsynchronous } from './asynchronous.ts';
import { type MarbleKit, kitOf } from './marble-kit.ts';
import { marbleOptions, type MarbleOptions, Run } from './run.ts';
import { inRunMode } from './run-mode.ts';
import { Site } from './site.ts';
import { setWorldAside } from './world.ts';

/**
 * Runs `body` in virtual time, then all that it set going, and holds what it expected against what happened.
 *
 * ```text
 * frame     0    5
 * expected  -a-b-|
 * received  -a--b|
 *              ^^
 *   b: expected at 3, received at 4
 * ```
 *
 * Inside, RxJS's schedulers and everything of this library stand on virtual time: a frame is a millisecond, and none of it
 * is waited for. Diagrams are RxJS's; a duration needs no trailing space (`'a 5ms'`, `'5ms|'`), and an error that is given for
 * `#` counts as it is, also `undefined`. As in RxJS, what is expected counts from frame 0, also if it is said in a callback or
 * after a `flush`; a subscription diagram counts from now. `animate` takes values only.
 *
 * Throws one error for all expectations that do not hold, with a picture of each, at the line of the first; also if an
 * expectation was begun and not finished, if a diagram has no value for a letter, if `body` is asynchronous
 * (`runMarblesAsync` is for that) or a generator function, or if a source does not end. What `body` throws, or what nobody
 * handles inside, is thrown as it is. Runs nest, and whatever happens inside, real time comes back.
 *
 * @param body - gets the kit: `cold`, `hot`, `expectObservable`, `time`, and what this library adds
 * @returns what `body` returns
 * @example
 * ```ts
 * runMarbles(({ cold, expectObservable }) => {
 *   expectObservable(cold('-a-b|').pipe(delay(2))).toBe('---a-b|');
 * });
 * ```
 * @see RxJS's `TestScheduler.run`, which this runs on
 */
export function runMarbles<R>(body: (kit: MarbleKit) => R, options: MarbleOptions = {}): R {
  checkFunction('runMarbles', 'body', body);
  const own = marbleOptions('runMarbles', options);
  const site = new Site();
  const run = new Run(own, 'synchronous', site);
  const putBack = setWorldAside(run.census, own.seed);
  let result: R | undefined;
  try {
    inRunMode(
      run,
      () => {
        result = body(kitOf(run));
        refuseAsynchronous('runMarbles: the body', result, site, ': use runMarblesAsync');
      },
      () => {
        run.finish();
      },
    );
  } finally {
    putBack();
  }
  return result as R;
}
