// The host's own timers and clocks, made virtual for the length of an asynchronous run. RxJS's schedulers call these when
// no delegates are installed, so they need nothing more.

import { checkFunction, checkMs } from '../base/checks.ts';
import type { Timer } from './timers.ts';
import type { Run } from './run.ts';
import { asZoneTask, inZone } from './zone.ts';

type Global = Record<string, unknown>;

/** Puts `run` in the place of the host's time; what is returned puts the host's back. */
export function makeNativeTimeVirtual(run: Run): () => void {
  const home = globalThis as unknown as Global;
  const clock = performance as unknown as Global;
  const replaced = [
    ...Object.entries(timersOf(run))
      // Only what the host has: nobody finds a timer that his platform lacks.
      .filter(([name]) => name in home)
      .map(([name, virtual]) => replace(home, name, virtual)),
    // Frames are the run's own, as `animate` is: RxJS's `animationFrames` asks for them on every host.
    ...Object.entries(framesOf(run)).map(([name, virtual]) => replace(home, name, virtual)),
    replace(home, 'Date', dateOf(run)),
    replace(AbortSignal as unknown as Global, 'timeout', deadlineOf(run)),
    replace(clock, 'now', () => run.lab.frame),
    // Together they are the time of day.
    replace(clock, 'timeOrigin', 0),
  ];
  return () => {
    for (const putBack of replaced) putBack();
  };
}

type Callback = (...args: unknown[]) => void;

function timersOf({ lab: { timers } }: Run): Global {
  const home = globalThis as unknown as Record<string, Callback | undefined>;
  /** A handle may be older than the run, and is the host's then. */
  const clear = (name: string): Callback => {
    const native = home[name];
    return (handle) => {
      const timer = timers.find(handle);
      if (timer === undefined) native?.call(home, handle);
      else timer.clear();
    };
  };
  const set =
    (name: string, kind: 'native' | 'native interval') =>
    (fire: Callback, delay?: unknown, ...args: unknown[]): Timer => {
      checkFunction(name, 'callback', fire);
      const ms = Number(delay) || 0;
      const data = { isPeriodic: kind === 'native interval', delay: ms };
      return asZoneTask(
        name,
        data,
        () => fire(...args),
        (act) => timers.set(kind, act, ms),
      );
    };
  const setTimeout = set('setTimeout', 'native');
  const setImmediate = set('setImmediate', 'native');
  const requestIdleCallback = set('requestIdleCallback', 'native');
  return {
    setTimeout: promisable(setTimeout, (delay, value) => new Promise((resolve) => setTimeout(resolve, delay, value))),
    setInterval: set('setInterval', 'native interval'),
    setImmediate: promisable(
      (fire: Callback, ...args: unknown[]) => setImmediate(fire, 0, ...args),
      (value) => new Promise((resolve) => setImmediate(resolve, 0, value)),
    ),
    // Virtual time has nothing else to do.
    requestIdleCallback: (fire: Callback) =>
      requestIdleCallback(fire, 0, { didTimeout: false, timeRemaining: () => 50 }),
    clearTimeout: clear('clearTimeout'),
    clearInterval: clear('clearInterval'),
    clearImmediate: clear('clearImmediate'),
    cancelIdleCallback: clear('cancelIdleCallback'),
  };
}

function framesOf({ painter }: Run): Global {
  return {
    requestAnimationFrame: (paint: (time: number) => void) => {
      checkFunction('requestAnimationFrame', 'callback', paint);
      return painter.request(inZone('requestAnimationFrame', paint));
    },
    cancelAnimationFrame: (handle: number) => {
      painter.cancel(handle);
    },
  };
}

/** `AbortSignal.timeout`. */
function deadlineOf({ lab: { timers } }: Run): typeof AbortSignal.timeout {
  return (ms) => {
    checkMs('AbortSignal.timeout', 'ms', ms);
    const deadline = new AbortController();
    const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    timers.set('native', () => deadline.abort(late), ms);
    return deadline.signal;
  };
}

/** Node's `promisify` asks a timer how. */
function promisable(set: object, promise: (...args: unknown[]) => Promise<unknown>): unknown {
  return Object.assign(set, { [Symbol.for('nodejs.util.promisify.custom')]: promise });
}

function dateOf({ lab }: Run): DateConstructor {
  return new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [lab.frame] : args, newTarget) as Date,
    apply: (target) => new target(lab.frame).toString(),
    get: (target, key, receiver): unknown => (key === 'now' ? () => lab.frame : Reflect.get(target, key, receiver)),
  });
}

function replace(home: Global, name: string, virtual: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(home, name);
  Object.defineProperty(home, name, {
    value: virtual,
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? true,
  });
  return () => {
    if (own === undefined) Reflect.deleteProperty(home, name);
    else Object.defineProperty(home, name, own);
  };
}
