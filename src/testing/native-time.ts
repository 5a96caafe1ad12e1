// The host's own timers and clocks, made virtual for the length of an asynchronous run. RxJS's schedulers call these when
// no delegates are installed, so they need nothing more.

import { Timer } from './timers.ts';
import type { Run } from './run.ts';

type Global = Record<string, unknown>;

/** Puts `run` in the place of the host's time; what is returned puts the host's back. */
export function makeNativeTimeVirtual(run: Run): () => void {
  const home = globalThis as unknown as Global;
  const replaced = [
    ...Object.entries(timersOf(run)).map(([name, virtual]) => replace(home, name, virtual)),
    replace(home, 'Date', dateOf(run)),
    replace(performance as unknown as Global, 'now', () => run.lab.frame),
  ];
  return () => {
    for (const putBack of replaced) putBack();
  };
}

type Callback = (...args: unknown[]) => void;

function timersOf({ lab: { timers }, painter }: Run): Global {
  const clear = (handle: unknown): void => {
    if (handle instanceof Timer) handle.clear();
  };
  const set =
    (kind: 'native' | 'native interval') =>
    (fire: Callback, delay?: number, ...args: unknown[]): Timer =>
      timers.set(kind, () => fire(...args), Number(delay) || 0);
  const setTimeout = set('native');
  return {
    setTimeout: Object.assign(setTimeout, {
      // Node's `promisify` asks a timer how.
      [Symbol.for('nodejs.util.promisify.custom')]: (delay: number, value: unknown) =>
        new Promise((resolve) => setTimeout(resolve, delay, value)),
    }),
    setInterval: set('native interval'),
    setImmediate: (fire: Callback, ...args: unknown[]) => setTimeout(fire, 0, ...args),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    requestAnimationFrame: (paint: (time: number) => void) => painter.request(paint),
    cancelAnimationFrame: (handle: number) => {
      painter.cancel(handle);
    },
  };
}

function dateOf({ lab }: Run): DateConstructor {
  return new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [lab.frame] : args, newTarget) as Date,
    apply: (target) => new target(lab.frame).toString(),
    get: (target, key, receiver): unknown => (key === 'now' ? () => lab.frame : Reflect.get(target, key, receiver)),
  });
}

/** Only what the host has: nobody finds a timer that his platform lacks. */
function replace(home: Global, name: string, virtual: unknown): () => void {
  if (!(name in home)) return () => undefined;
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
