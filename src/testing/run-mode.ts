// RxJS's run mode, entered once and shared by all runs that nest.
//
// For the length of `TestScheduler.run`, RxJS's schedulers ask a set of delegates for timers and for the time. `run` gets
// them from two methods of its own, and at its end forgets them, also those of a run around it. So only the outermost run
// calls `run`, on a host whose delegates turn to the innermost run; and what RxJS's schedulers remember of work that is
// under way, each run has for itself. A plain `TestScheduler.run` inside of ours is a run like the others: as long as one of
// ours is under way, it does what RxJS's does, but for those delegates.

import { animationFrameScheduler, asapScheduler, asyncScheduler, queueScheduler } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { begin, type Run } from './run.ts';
import { Timer } from './timers.ts';
import { setTurnAside } from './world.ts';

type Set = (fire: () => void, delay?: number) => unknown;
type Clear = (handle: unknown) => void;

/** What RxJS's schedulers ask for timers. */
interface Delegates {
  readonly immediate: { readonly setImmediate: Set; readonly clearImmediate: Clear };
  readonly interval: { readonly setInterval: Set; readonly clearInterval: Clear };
  readonly timeout: { readonly setTimeout: Set; readonly clearTimeout: Clear };
}
interface Frames {
  requestAnimationFrame(paint: (time: number) => void): unknown;
  cancelAnimationFrame(handle: number): void;
}

/** Where they get them from: a run of ours, or a plain one. */
interface Clock {
  now(): number;
  readonly timers: Delegates;
  readonly frames: Frames;
}

/** Those of the runs that are inside of each other. */
const clocks: Clock[] = [];
const clock = (): Clock => clocks.at(-1) as Clock;

/** A timer may be that of a run around this one. */
const clear = (native: (clock: Clock) => Clear) => (handle: unknown) => {
  if (handle instanceof Timer) handle.clear();
  else native(clock())(handle);
};
const delegates: Delegates = {
  immediate: {
    setImmediate: (fire) => clock().timers.immediate.setImmediate(fire),
    clearImmediate: clear(({ timers }) => timers.immediate.clearImmediate),
  },
  interval: {
    setInterval: (fire, delay) => clock().timers.interval.setInterval(fire, delay),
    clearInterval: clear(({ timers }) => timers.interval.clearInterval),
  },
  timeout: {
    setTimeout: (fire, delay) => clock().timers.timeout.setTimeout(fire, delay),
    clearTimeout: clear(({ timers }) => timers.timeout.clearTimeout),
  },
};
const frames: Frames = {
  requestAnimationFrame: (paint) => clock().frames.requestAnimationFrame(paint),
  cancelAnimationFrame: (handle) => clock().frames.cancelAnimationFrame(handle),
};

const host = new TestScheduler(() => undefined);

host.now = (): number => clocks.at(-1)?.now() ?? 0;
// Private in RxJS's declarations, and its only way in. Without them nested runs would not be told apart, and nothing else.
Object.assign(host, {
  createAnimator: () => ({ delegate: frames, animate: undefined }),
  createDelegates: () => delegates,
});

function clockOf({ lab: { timers }, lab, painter }: Run): Clock {
  return {
    now: () => lab.frame,
    timers: {
      immediate: { setImmediate: (fire) => timers.set('immediate', fire, 0), clearImmediate: () => undefined },
      // A native timer may have been set before the run began.
      interval: {
        setInterval: (fire, delay) => timers.set('interval', fire, delay),
        clearInterval: (handle) => clearInterval(handle as number),
      },
      timeout: {
        setTimeout: (fire, delay) => timers.set('timeout', fire, delay),
        clearTimeout: (handle) => clearTimeout(handle as number),
      },
    },
    frames: {
      requestAnimationFrame: (paint) => painter.request(paint),
      cancelAnimationFrame: (handle) => painter.cancel(handle),
    },
  };
}

/** Calls `acts` one after another with `run` as the clock of all of RxJS's schedulers. */
export function inRunMode(run: Run, ...acts: (() => void)[]): void {
  const outermost = clocks.length === 0;
  const putBack = [begin(run), ...(outermost ? [adoptPlainRuns()] : []), ...enter(clockOf(run))];
  try {
    for (const act of acts) {
      if (outermost) RUN.call(host, act);
      else act();
    }
  } finally {
    for (const put of putBack) put();
  }
}

function enter(own: Clock): (() => void)[] {
  clocks.push(own);
  return [() => void clocks.pop(), ...SCHEDULERS.map(setAside)];
}

// ───────────────────────────────────────────────────────────── plain runs

type RunOf = <R>(this: TestScheduler, callback: (helpers: RunHelpers) => R) => R;

const RUN: RunOf = Reflect.get(TestScheduler.prototype, 'run');

/** Private in RxJS's declarations. */
interface Plain {
  runMode: boolean;
  createAnimator(): { readonly animate: (marbles: string) => void; readonly delegate: Frames };
  createDelegates(): Delegates;
}

/** What is returned lets them end RxJS's run mode again. */
function adoptPlainRuns(): () => void {
  const own = Object.getOwnPropertyDescriptor(TestScheduler.prototype, 'run') as PropertyDescriptor;
  Object.defineProperty(TestScheduler.prototype, 'run', { ...own, value: runInside });
  return () => {
    Object.defineProperty(TestScheduler.prototype, 'run', own);
  };
}

/** `TestScheduler.run`, but for what it does to the run around it. */
function runInside<R>(this: TestScheduler, callback: (helpers: RunHelpers) => R): R {
  const plain = this as unknown as Plain;
  const { maxFrames } = this;
  this.maxFrames = Infinity;
  plain.runMode = true;
  const { animate, delegate } = plain.createAnimator();
  const own: Clock = { now: () => this.now(), timers: plain.createDelegates(), frames: delegate };
  const putBack = [setTurnAside(), ...enter(own)];
  try {
    const result = callback({
      cold: this.createColdObservable.bind(this),
      hot: this.createHotObservable.bind(this),
      flush: this.flush.bind(this),
      time: this.createTime.bind(this),
      expectObservable: this.expectObservable.bind(this),
      expectSubscriptions: this.expectSubscriptions.bind(this),
      animate,
    });
    this.flush();
    return result;
  } finally {
    for (const put of putBack) put();
    this.maxFrames = maxFrames;
    plain.runMode = false;
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
