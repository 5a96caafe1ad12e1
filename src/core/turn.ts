// A turn: from the outermost library call until every coroutine that became ready has run.
//
// Invariants:
//   1. `ready` holds the coroutines that can run, in the order in which they became ready
//   2. depth = 0  =>  `current` is null, and `ready` is empty or its rest is promised to a macrotask (`resuming`)
//   3. whoever may wake a coroutine or call an observer does it between `enter()` and `leave()`
//   4. no duty outlives the library call, or the run of a coroutine, that left it
//
// Waking only puts a coroutine in line; the outermost `leave()` runs them one by one. So nobody is interrupted by those it
// wakes, the stack never grows with the data, and under a TestScheduler a turn takes no time at all.
//
// The budget: a turn that never ends (two coroutines at ping-pong) would starve timers, input and rendering. Each `yield*`
// and each run burns fuel; when the fuel is out we look at the clock, and once the budget is spent the rest of the line
// waits for a macrotask. Reading a clock costs more than a `yield*`, so the fuel between two looks doubles while the clock
// has not moved. A cut never changes who runs next: the one that was cut goes on first.
// After the cooperative budgets of tokio (`coop`) and of React's scheduler.

import { Line, type Linked } from '../base/line.ts';
import { Ring } from '../base/ring.ts';
import type { Capture } from './ambient.ts';
import { macrotask, monotonic, now } from './clock.ts';
import { shared } from './shared.ts';

/** What a turn runs: a coroutine, whose `run` never throws. */
export interface Runnable extends Linked<Runnable> {
  /** Runs to its next wait. */
  run(): void;
  /** The fuel is out: whether it has to stop at this `yield*`, before performing it. */
  pauses(): boolean;
  /** Takes what it was given when it was woken. */
  take(): unknown;
  /** It was cancelled where it waits: when it runs, its body returns there. */
  readonly returning: boolean;
}

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
  /** A channel, a lock, an owner: something at which one can wait. It may not be complete yet. */
  made?(kind: string, place: object): void;
}

/** What is owed to others once somebody has left a line. */
export interface Duty {
  /** May call observers; never throws. */
  perform(): void;
}

const FIRST_LOOK = 8;
const LONGEST_STRIDE = 1024;

export const turn = /* @__PURE__ */ shared('turn', () => ({
  depth: 0,
  /** The coroutine whose code is running. */
  current: null as Runnable | null,
  ready: new Line<Runnable>(),
  duties: [] as Duty[],
  fuel: FIRST_LOOK,
  /** Milliseconds of real time after which a turn gives the host a chance. */
  budget: 10,
  /** When this turn first looked at the clock that never goes back; -1: not yet. */
  started: -1,
  /** What the other clock has gone forward since. */
  elapsed: 0,
  /** Whether that one has moved at all, in whatever direction. */
  moved: false,
  /** When we looked at it last, and how much fuel it took then. */
  looked: -1,
  stride: FIRST_LOOK,
  /** The budget is spent: the turn ends at the next opportunity. */
  cut: false,
  /** A macrotask will go on. */
  resuming: false,
  /** Coroutines inside each other that start, or are cancelled, in one call: how deep that has got. See `Fiber`. */
  starting: 0,
  cancelling: 0,
  /** Those deeper down that are still to be cancelled. */
  deeper: new Ring<{ cancelNow(): void }>(),
  /** Chooses which of `n` ready coroutines runs next; null: the first. For exploring schedules. */
  pick: null as ((n: number) => number) | null,
  /** All of them in one; null: nobody looks. */
  watch: null as Watch | null,
  /** The one of this world, and those who look on in every world. See `watch.ts`. */
  worldly: null as Watch | null,
  onlookers: [] as readonly Watch[],
  /** Captures the ambient context; null: nobody wants to know. See `ambient.ts`. */
  ambient: null as Capture | null,
  /** What is installed: `ambient` is all of them in one. */
  ambients: [] as readonly Capture[],
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
  if (turn.ready.first !== null) drain();
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

function performDuties(): void {
  const { duties } = turn;
  turn.duties = [];
  for (const duty of duties) duty.perform();
}

/** Whether the budget is spent; if not, refuels. Called when the fuel is out. */
export function spent(): boolean {
  turn.watch?.spins();
  const time = now();
  if (turn.started < 0) {
    turn.started = monotonic();
    turn.elapsed = 0;
    turn.moved = false;
    turn.stride = FIRST_LOOK;
  } else if (passed(time) >= turn.budget) {
    turn.cut = true;
    return true;
  } else {
    turn.stride = time === turn.looked ? Math.min(turn.stride * 2, LONGEST_STRIDE) : 1;
  }
  turn.looked = time;
  turn.fuel = turn.stride;
  return false;
}

/**
 * Milliseconds that this turn has taken. Virtual time stands still in a turn. Where time moves, it may be the time of day, which
 * can be set back; then the other clock knows.
 */
function passed(time: number): number {
  if (time !== turn.looked) {
    turn.moved = true;
    turn.elapsed += Math.max(0, time - turn.looked);
  }
  return turn.moved ? Math.max(turn.elapsed, monotonic() - turn.started) : turn.elapsed;
}

function drain(): void {
  turn.depth = 1;
  turn.fuel = turn.stride = FIRST_LOOK;
  turn.started = -1;
  turn.cut = false;
  for (let next = takeNext(); next !== null; next = takeNext()) {
    next.run();
    if (turn.duties.length > 0) performDuties();
    if (turn.cut || (--turn.fuel < 0 && spent())) break;
  }
  turn.depth = 0;
  if (turn.ready.first !== null && !turn.resuming) {
    turn.resuming = true;
    macrotask(resume);
  }
}

function resume(): void {
  turn.resuming = false;
  if (turn.ready.first !== null) drain();
  turn.started = -1;
}

function takeNext(): Runnable | null {
  const { ready, pick } = turn;
  if (pick === null || ready.first === ready.last) return ready.shift();
  let chosen = ready.first;
  for (let i = pick(ready.count()); i > 0 && chosen !== null; i--) chosen = chosen.after;
  if (chosen !== null) ready.leave(chosen);
  return chosen;
}
