// How a turn runs the coroutines that are ready, and when it gives the host a chance.
//
// The budget: a turn that never ends (two coroutines at ping-pong) would starve timers, input and rendering. Each `yield*`
// and each run burns fuel; when the fuel is out we look at the clock, and once the budget is spent the rest of the line
// waits for a macrotask. Reading a clock costs more than a `yield*`, so the fuel between two looks doubles while the clock
// has not moved. A cut never changes who runs next: the one that was cut goes on first. But where time has become virtual
// meanwhile, those that were cut wait until real time is back: there is no budget in virtual time, and they might go on for ever.
// After the cooperative budgets of tokio (`coop`) and of React's scheduler.

import { isRealTimeAside, macrotask, monotonic, now } from './clock.ts';
import { shared } from './shared.ts';
import { performDuties, type Runnable, turn } from './turn.ts';

const FIRST_LOOK = 8;
const LONGEST_STRIDE = 1024;

/** Of the turn that goes on. One for all copies of the library, as the turn is. */
const clock = /* @__PURE__ */ shared('budget', () => ({
  /** What the clock has gone forward since the turn first looked at it. */
  elapsed: 0,
  /** Whether it has moved at all, in whatever direction. */
  moved: false,
  /** When we looked at it last, and how much fuel it took then. */
  looked: -1,
  stride: FIRST_LOOK,
  /** The budget is spent: the turn ends at the next opportunity. */
  cut: false,
}));

/** Whether the budget is spent; if not, refuels. Called when the fuel is out. */
export function spent(): boolean {
  turn.watch?.spins();
  const time = now();
  if (turn.started < 0) {
    turn.started = monotonic();
    clock.elapsed = 0;
    clock.moved = false;
    clock.stride = FIRST_LOOK;
  } else if (passed(time) >= turn.budget) {
    clock.cut = true;
    return true;
  } else {
    clock.stride = time === clock.looked ? Math.min(clock.stride * 2, LONGEST_STRIDE) : 1;
  }
  clock.looked = time;
  turn.fuel = clock.stride;
  return false;
}

/**
 * Milliseconds that this turn has taken. Virtual time stands still in a turn. Where time moves, it may be the time of day, which
 * can be set back; then the other clock knows.
 */
function passed(time: number): number {
  if (time !== clock.looked) {
    clock.moved = true;
    clock.elapsed += Math.max(0, time - clock.looked);
  }
  return clock.moved ? Math.max(clock.elapsed, monotonic() - turn.started) : clock.elapsed;
}

/** Runs those that are ready, until none is or the budget is spent. */
export function drain(): void {
  turn.depth = 1;
  turn.fuel = clock.stride = FIRST_LOOK;
  turn.started = -1;
  clock.cut = false;
  const takeNext = turn.resuming && isRealTimeAside() ? takeUncut : takeFirst;
  for (let next = takeNext(); next !== null; next = takeNext()) {
    next.run();
    if (turn.duties.length > 0) performDuties();
    if (clock.cut || (--turn.fuel < 0 && spent())) break;
  }
  turn.depth = 0;
  if (takeNext === takeUncut) return;
  turn.firstCut = turn.ready.first;
  turn.lastCut = turn.ready.last;
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

/** Those that real time has cut stay where they are. */
function takeUncut(): Runnable | null {
  const { ready, firstCut, lastCut } = turn;
  const next = ready.first === firstCut && lastCut !== null ? lastCut.after : ready.first;
  if (next !== null) ready.leave(next);
  return next;
}

function takeFirst(): Runnable | null {
  const { ready, pick } = turn;
  if (pick === null || ready.first === ready.last) return ready.shift();
  let chosen = ready.first;
  for (let i = pick(ready.count()); i > 0 && chosen !== null; i--) chosen = chosen.after;
  if (chosen !== null) ready.leave(chosen);
  return chosen;
}
