// The one door to time. Nothing else in the core reads a clock, sets a timer or asks the host for a macrotask.
//
// Time is RxJS's `asyncScheduler`, which `TestScheduler.run` makes virtual: there the clock stands still within a frame, so
// a turn's budget is never spent, and nothing of this file needs to know in which world it runs.

import { asyncScheduler, type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import { shared } from './shared.ts';

/** The longest delay a native timer keeps; beyond it, timers fire at once. */
const LONGEST = 2_147_483_647;

/** Milliseconds on the clock. */
export function now(): number {
  return asyncScheduler.now();
}

/** Milliseconds on a clock that never goes back, whatever becomes of the time of day: for measuring how long something took. */
export function monotonic(): number {
  return performance.now();
}

/** Whether the clock is one that stands still as long as code runs: RxJS's own virtual time. */
export function isVirtual(): boolean {
  return Math.abs(asyncScheduler.now() - Date.now()) > 1000;
}

/** Calls `fire` once, `ms` from now on `scheduler`, never in this call. `Infinity` is never, and keeps no timer. */
export function after(ms: number, fire: () => void, scheduler: SchedulerLike = asyncScheduler): Subscription {
  if (ms === Infinity) return Subscription.EMPTY;
  return scheduler.schedule(
    function (this: SchedulerAction<number>, left = 0): void {
      if (left <= 0) fire();
      else this.schedule(left - LONGEST, Math.min(left, LONGEST));
    },
    Math.min(ms, LONGEST),
    ms - LONGEST,
  );
}

/** What real time has begun waits while a run has the host's own clock made virtual; null: none has. */
const aside = /* @__PURE__ */ shared('aside', () => ({ work: null as (() => void)[] | null }));

/** Whether what was put off to a macrotask of real time has to wait for that: time is virtual just now. */
export function isRealTimeAside(): boolean {
  return aside.work !== null || isVirtual();
}

/** Sets aside what real time has begun; what is returned has it go on. */
export function setRealTimeAside(): () => void {
  const work: (() => void)[] = [];
  aside.work = work;
  return () => {
    aside.work = null;
    for (const each of work) macrotask(each);
  };
}

/** Calls `work` in a macrotask of its own, after the host had a chance to fire timers, handle input and render. */
export function macrotask(work: () => void): void {
  const begun = aside.work;
  inMacrotask(() => {
    if (aside.work === null || aside.work === begun) work();
    else aside.work.push(work);
  });
}

function inMacrotask(work: () => void): void {
  if (typeof setImmediate === 'function') {
    setImmediate(work);
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = (): void => {
    port1.close();
    work();
  };
  port2.postMessage(null);
}
