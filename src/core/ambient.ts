// The ambient context: what surrounds running code without being passed along. Node's AsyncLocalStorage keeps one, and so does
// Angular, which notes what signals the running code reads. A turn runs the code of many parties one after another, so each
// party's code has to be put back into its own: else a coroutine would run in the context of whoever happened to wake it.
//
// The hook is `turn.ambient`: null when off, and then nothing is paid but a comparison. A platform's entry installs a `Capture`,
// which looks at the context of this moment and returns its `Surroundings`: what calls a function in that context.
//
//      installAmbient(() => AsyncLocalStorage.snapshot());
//      installAmbient(() => untracked);
//
// Several may be installed: the first is the outermost. What was captured stays valid, whatever is installed or removed later.
//
// Whose context is captured where, and entered whenever the code of that party runs:
//   a coroutine, a task, a child        where it starts: `Fiber`; its `finally` blocks too, whoever cancels it
//   observers of operations, channels
//   and owners                          where they subscribe: what comes later comes in their context, as to who awaits a promise
//   a job's handler                     its submitter's: `Run`
//   the handlers of `work`, `queueMap`  their subscriber's: `Crew`, `Flattening`
//   an owner's step                     that of whoever asked: `Serializer`
//   observers of numbers, states of
//   jobs and outcomes                   the same: `eachInOwn`
//   what an operator subscribes         its subscriber's: `operate`, `Run`
//   what a channel or a queue asks of
//   its maker (`conflate`, `key`, …)    its maker's: `ownHooks`; what `channelFrom` pulls, too
//
// After AsyncResource of Node, and the AsyncContext proposal of TC39.

import { Observable } from 'rxjs';
import { shared } from './shared.ts';
import { type Capture, type Surroundings, turn } from './turn.ts';

export type { Capture, Surroundings };

/** `turn.ambient` is all of these in one. */
export const ambients = /* @__PURE__ */ shared('ambients', () => ({ installed: [] as readonly Capture[] }));

/** Has every party's code run in its own context from now on. What it returns undoes that, for who starts later. */
export function installAmbient(capture: Capture): () => void {
  const installed: Capture = () => capture();
  setAmbients([...ambients.installed, installed]);
  return () => setAmbients(ambients.installed.filter((each) => each !== installed));
}

function setAmbients(captures: readonly Capture[]): void {
  const [first, ...others] = captures;
  ambients.installed = captures;
  turn.ambient = first === undefined ? null : others.reduce(within, first);
}

function within(outer: Capture, inner: Capture): Capture {
  return () => {
    const around = outer();
    const inside = inner();
    return (work) => around(() => inside(work));
  };
}

/** The context of the code that runs now; null if nobody wants to know. */
export function surroundings(): Surroundings | null {
  return turn.ambient === null ? null : turn.ambient();
}

/** Calls `work` in the context of this moment, of which tracking is a part, say. */
export function inOwn<R>(work: () => R): R {
  const own = surroundings();
  return own === null ? work() : own(work);
}

/** `callback`, to be called in the context of this moment. */
export function keptIn<F extends (...given: never[]) => unknown>(own: Surroundings | null, callback: F): F {
  return own === null ? callback : (((...given) => own(() => callback(...given))) as F);
}

/** `source`, which never fails, and whose every subscriber is told in the context in which it subscribed. */
export function eachInOwn<T>(source: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    const own = surroundings();
    if (own === null) return source.subscribe(subscriber);
    return own(() =>
      source.subscribe({
        next: (value) => own(() => subscriber.next(value)),
        complete: () => own(() => subscriber.complete()),
      }),
    );
  });
}

/** Has those of `options` that are functions called in the context of this moment: of a copy that is the caller's own. */
export function ownHooks<O extends object>(options: O, ...names: (keyof O & string)[]): O {
  const own = surroundings();
  if (own === null) return options;
  for (const name of names) {
    const hook = options[name] as ((...given: never[]) => unknown) | undefined;
    if (typeof hook === 'function') options[name] = keptIn(own, hook) as O[typeof name];
  }
  return options;
}
