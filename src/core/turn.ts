// A turn: from the outermost library call until every coroutine that became ready has run.
//
// Invariants:
//   1. `ready` holds the coroutines that can run, in the order in which they became ready
//   2. depth = 0  =>  `current` is null, and `ready` is empty or its rest is promised to a macrotask (`resuming`)
//   3. whoever may wake a coroutine or call an observer does it between `enter()` and `exit()`
//   4. no duty outlives the library call, or the run of a coroutine, that left it
//
// Waking only puts a coroutine in line; the outermost `exit()` runs them one by one. So nobody is interrupted by those it
// wakes, the stack never grows with the data, and under a TestScheduler a turn takes no time at all. How they are run, and when
// that is cut, is in `drain.ts`, which comes with the first coroutine: who has none need not load it.

import { Line, type Linked } from '../base/line.ts';
import { shared } from './shared.ts';

/** What a turn runs: a coroutine, whose `run` never throws. */
export interface Runnable extends Linked<Runnable> {
  /** Runs to its next wait. */
  run(): void;
  /** The fuel is out: whether it has to stop at this `yield*`, before performing it. */
  pauses(): boolean;
  /** Takes what it was given when it was woken. */
  take(): unknown;
}

/** Calls `work` in a context that was captured; passes through what it returns or throws. See `ambient.ts`. */
export type Surroundings = <R>(work: () => R) => R;

/** The context of this moment. */
export type Capture = () => Surroundings;

/** Who wants to know about every coroutine there is, and about all who wait: the testing kit, `inspect`. See `watch.ts`. */
export interface Watch {
  /** It has been made; its owner may not be complete yet. */
  started(runnable: Runnable): void;
  /** It was served, and is in line to run. */
  woken?(runnable: Runnable): void;
  /** Its code goes on, until it waits or has ended. */
  steps?(runnable: Runnable): void;
  /** It may wait; if it does, it has a place. */
  waits(waiter: { readonly place: unknown }): void;
  /** Asked to stop, for the first time. */
  cancelled?(runnable: Runnable): void;
  /** Its body was told to return, and went on. */
  swallowed?(runnable: Runnable): void;
  ended(runnable: Runnable): void;
  /** A turn goes on and on: called each time the fuel is out. */
  spins(): void;
  /** `subscriber` is about to subscribe to `observable`, and to nothing else. */
  listens?(subscriber: object, observable: object): void;
  /** `source` is what brings what is heard at `observable`, this time. */
  brings?(subscriber: object, source: object, observable: object): void;
  /** What is taken from now on is taken in the name of `party`; null: of whoever runs. */
  acts?(party: object | null): void;
  /** A channel, a lock, an owner: something at which one can wait. It may not be complete yet. */
  made?(kind: string, place: object): void;
}

/** What is owed to others once somebody has left a line. */
export interface Duty {
  /** May call observers; never throws. */
  perform(): void;
}

export const turn = /* @__PURE__ */ shared('turn', () => ({
  depth: 0,
  /** The coroutine whose code is running. */
  current: null as Runnable | null,
  ready: new Line<Runnable>(),
  duties: [] as Duty[],
  /** Selects and gathers that are just getting in line, one operation after the other, inside each other. */
  parking: 0,
  /** Runs those that are ready. Brought by the first coroutine. */
  drain: null as (() => void) | null,
  /** Steps until the turn looks at the clock. */
  fuel: 8,
  /** Milliseconds of real time after which a turn gives the host a chance. */
  budget: 10,
  /** When this turn first looked at the clock that never goes back; -1: not yet. */
  started: -1,
  /** A macrotask will go on. */
  resuming: false,
  /** The first and the last of those that are promised to it. Others get in line before them, or behind. */
  firstCut: null as Runnable | null,
  lastCut: null as Runnable | null,
  /** Coroutines inside each other that start, or are cancelled, in one call: how deep that has got. See `Fiber`. */
  starting: 0,
  cancelling: 0,
  /** Those deeper down that are still to be cancelled. */
  deeper: [] as { cancelNow(): void }[],
  /** Chooses which of `n` ready coroutines runs next; null: the first. For exploring schedules. */
  pick: null as ((n: number) => number) | null,
  /** Whoever watches; null: nobody does. See `watch.ts`. */
  watch: null as Watch | null,
  /** Captures the ambient context; null: nobody wants to know. See `ambient.ts`. */
  ambient: null as Capture | null,
  /** What a coroutine is resumed with where its wait has been settled, and what it yields while it waits. */
  RESUMED: Object.freeze({}),
  PENDING: Object.freeze({ done: false as const, value: undefined as never }),
}));

export const { RESUMED, PENDING } = turn;

export function enter(): void {
  turn.depth++;
}

export function exit(): void {
  if (turn.duties.length > 0) performDuties();
  if (--turn.depth > 0) return;
  if (turn.ready.first !== null) turn.drain?.();
  turn.started = -1;
}

/**
 * Has `duty` performed before the library call that is going on returns. For a place that owes something to others when it
 * is left or parked at, a permit say: to call observers right there would be in the middle of a select that leaves its lines
 * one by one, and what they then send could reach a case that has lost.
 */
export function afterwards(duty: Duty): void {
  turn.duties.push(duty);
}

export function performDuties(): void {
  const { duties } = turn;
  turn.duties = [];
  for (const duty of duties) duty.perform();
}
