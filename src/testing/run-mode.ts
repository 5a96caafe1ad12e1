// RxJS's run mode, entered once and shared by all runs that nest.
//
// For the length of `TestScheduler.run`, RxJS's schedulers ask a set of delegates for timers and for the time. `run` gets
// them from two methods of its own, and at its end forgets them, also those of a run around it. So only the outermost run
// calls `run`, on a host whose delegates turn to the innermost run; and what RxJS's schedulers remember of work that is
// under way, each run has for itself.

import { animationFrameScheduler, asapScheduler, asyncScheduler, queueScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { begin, innermost, type Run } from './run.ts';
import { Timer, type TimerKind } from './timers.ts';

const host = new TestScheduler(() => undefined);

host.now = (): number => innermost()?.lab.frame ?? 0;
// Private in RxJS's declarations, and its only way in. Without them nested runs would not be told apart, and nothing else.
Object.assign(host, {
  createAnimator: () => ({ delegate: animation, animate: undefined }),
  createDelegates: () => delegates,
});

const set = (kind: TimerKind) => (fire: () => void, delay?: number) => innermost()?.lab.timers.set(kind, fire, delay);
/** A native timer may have been set before the run began. */
const clear = (native: (handle?: number) => void) => (handle: unknown) => {
  if (handle instanceof Timer) handle.clear();
  else native(handle as number | undefined);
};
const delegates = {
  immediate: { setImmediate: set('immediate'), clearImmediate: clear(() => undefined) },
  interval: { setInterval: set('interval'), clearInterval: clear((handle) => clearInterval(handle)) },
  timeout: { setTimeout: set('timeout'), clearTimeout: clear((handle) => clearTimeout(handle)) },
};
const animation = {
  requestAnimationFrame: (paint: (time: number) => void): unknown => innermost()?.painter.request(paint),
  cancelAnimationFrame: (handle: number): void => innermost()?.painter.cancel(handle),
};

/** Runs that are inside of each other. */
let depth = 0;

/** Calls `acts` one after another with `run` as the clock of all of RxJS's schedulers. */
export function inRunMode(run: Run, ...acts: (() => void)[]): void {
  const putBack = [begin(run), ...SCHEDULERS.map(setAside)];
  depth++;
  try {
    // Each on its own: a plain `TestScheduler.run` in one of them would have ended the run mode for the next.
    for (const act of acts) {
      if (depth === 1) host.run(act);
      else act();
    }
  } finally {
    depth--;
    for (const put of putBack) put();
  }
}

/** What a scheduler of RxJS remembers between its actions. */
interface Memory {
  actions: unknown[];
  _active: boolean;
  _scheduled: unknown;
}
const SCHEDULERS = [asyncScheduler, asapScheduler, queueScheduler, animationFrameScheduler] as unknown as Memory[];

function setAside(scheduler: Memory): () => void {
  const { actions, _active, _scheduled } = scheduler;
  Object.assign(scheduler, { actions: [], _active: false, _scheduled: undefined });
  return () => {
    Object.assign(scheduler, { actions, _active, _scheduled });
  };
}
