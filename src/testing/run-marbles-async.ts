import { checkFunction } from '../base/checks.ts';
import { setRealTimeAside } from '../core/clock.ts';
import { refuseGenerator } from './asynchronous.ts';
import { MarbleError } from './marble-error.ts';
import { type MarbleKit, kitOf } from './marble-kit.ts';
import { makeNativeTimeVirtual } from './native-time.ts';
import { realTime, settled } from './host.ts';
import { begin, innermost, marbleOptions, type MarbleOptions, Run } from './run.ts';
import { Site } from './site.ts';
import { setChanceAside, watchWith } from './world.ts';

/** The one that is under way: it has the host's own clock. */
let running: Site | null = null;

/** Milliseconds of real time for what is neither a promise nor a timer, a file say, once nothing else is left to do. */
const PATIENCE = 1000;

/**
 * `runMarbles` for code with promises in it: the body is an async function, and virtual time waits for promises.
 *
 * ```text
 * body      await sleep(5)      expectObservable(…)
 * frame     0    5              5 is the frame 0 of its diagrams
 * ```
 *
 * After each thing that happens, all promises that it settled have run, however deep they nest, before the next thing
 * happens or time moves on. `setTimeout`, `setInterval`, `setImmediate`, `requestIdleCallback`, `AbortSignal.timeout`,
 * `Date` and `performance.now` are virtual too; nothing is waited for in real time. (What leaves the process, reading a file
 * say, takes the time it takes, and no virtual time. Node's `timers/promises`, `process.hrtime` and the messages of a
 * `MessageChannel` keep real time.)
 *
 * `requestAnimationFrame` is there on every host: frames come at each multiple of 16 ms to who has asked before, or where
 * `animate` says, from its call on, and nowhere else. A fixture of a zoneless Angular application needs nothing more;
 * where zone.js is loaded, timers and frames of the run are tasks of its zones.
 *
 * Its diagrams count from the frame in which they are written: after an `await`, from the frame that the await ended in.
 *
 * Fails as `runMarbles` does; also if the body waits for what can never come, and at once if another asynchronous run has
 * not ended, since both would own the clock.
 *
 * @example
 * ```ts
 * await runMarblesAsync(async ({ cold, expectObservable }) => {
 *   await firstValueFrom(timer(5));
 *   expectObservable(cold('-a|').pipe(mergeMap(async (v) => v.toUpperCase()))).toBe('-A|');
 * });
 * ```
 */
export async function runMarblesAsync<R>(
  body: (kit: MarbleKit) => Promise<R>,
  options: MarbleOptions = {},
): Promise<R> {
  checkFunction('runMarblesAsync', 'body', body);
  const own = marbleOptions('runMarblesAsync', options);
  const site = new Site();
  if (running !== null) refuse(`the one that began at ${running.line ?? 'another line'} has not ended`, site);
  if (innermost() !== undefined) refuse('a synchronous run cannot wait for it', site);
  const run = new Run(own, 'asynchronous', site);
  running = site;
  const putBack = [
    makeNativeTimeVirtual(run),
    begin(run),
    setChanceAside(own.seed),
    watchWith(run.census),
    setRealTimeAside(),
  ];
  try {
    const state: { body: 'running' | 'ended' } = { body: 'running' };
    const ended = (): void => void (state.body = 'ended');
    // A body that forgets to be async has ended at once.
    const returned = body(kitOf(run));
    refuseGenerator('runMarblesAsync: the body', returned, site);
    const result = Promise.resolve(returned);
    result.then(ended, ended);
    await settled();
    for (let waited = realTime(); state.body === 'running';) {
      if (run.lab.step()) waited = realTime();
      else if (realTime() - waited > PATIENCE)
        refuse(`the body waits for what can never come, in frame ${run.lab.frame}`, site);
      await settled();
    }
    const value = await result;
    while (run.lab.step()) await settled();
    run.lab.endFrame();
    run.conclude();
    return value;
  } finally {
    running = null;
    for (const put of putBack) put();
  }
}

function refuse(why: string, site: Site): never {
  throw new MarbleError(`runMarblesAsync: ${why}`, site);
}
