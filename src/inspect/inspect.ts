// Turns inspection on and off. All inspectors that are on share one inspection: what is slow, or long, is what the strictest of
// them says, and the last one that stops ends it.

import { Observable, Subject, takeUntil } from 'rxjs';
import { checkArray, checkLimit, checkMs, ownOptions, reject } from '../base/checks.ts';
import { inspection as told } from '../core/inspection.ts';
import { lookOn } from '../core/watch.ts';
import { formatSnapshot } from './format-snapshot.ts';
import { Inspection, type Limits } from './inspection.ts';
import type { Finding, InspectOptions, Inspector, Snapshot, TimelineOptions } from './inspector.ts';
import { MOST } from './journal.ts';
import { timelineOf } from './timeline.ts';
import type { Timeline } from '../testing/timeline.ts';

const NOTHING: Snapshot = /* @__PURE__ */ Object.freeze({ tasks: [], places: [], cycles: [] });

/** The one that goes on, and those who want it to. */
class Watching {
  readonly inspection = new Inspection();
  readonly #inspectors = new Map<Eye, Limits>();
  readonly #lookAway = lookOn(this.inspection);

  constructor() {
    told.print = () => formatSnapshot(this.inspection.snapshot());
  }

  join(eye: Eye, limits: Limits): void {
    this.#inspectors.set(eye, limits);
    this.#agree();
  }

  /** Whether that was the last. */
  leave(eye: Eye): boolean {
    this.#inspectors.delete(eye);
    this.#agree();
    if (this.#inspectors.size > 0) return false;
    this.#lookAway();
    this.inspection.stop();
    told.print = null;
    return true;
  }

  #agree(): void {
    const all = [...this.#inspectors.values()];
    this.inspection.limit({
      stacks: all.some(({ stacks }) => stacks),
      slowStep: Math.min(...all.map(({ slowStep }) => slowStep)),
      longWait: Math.min(...all.map(({ longWait }) => longWait)),
    });
  }
}

const present: { watching: Watching | null } = { watching: null };

class Eye implements Inspector {
  readonly #watching = (present.watching ??= new Watching());
  readonly #stopped = new Subject<void>();
  #isOn = true;

  readonly findings$: Observable<Finding> = new Observable((subscriber) => {
    if (this.#isOn)
      subscriber.add(this.#watching.inspection.findings.found.pipe(takeUntil(this.#stopped)).subscribe(subscriber));
    else subscriber.complete();
  });

  constructor(limits: Limits) {
    this.#watching.join(this, limits);
  }

  snapshot(): Snapshot {
    return this.#isOn ? this.#watching.inspection.snapshot() : NOTHING;
  }

  /** @internal */
  *survey(): Generator<void, Snapshot> {
    return this.#isOn ? yield* this.#watching.inspection.survey() : NOTHING;
  }

  timeline(options: TimelineOptions = {}): Timeline {
    const { names, events = MOST } = ownOptions('timeline', options);
    if (names !== undefined) checkArray('timeline', 'names', names);
    checkLimit('timeline', 'events', events, 0);
    return timelineOf(this.#watching.inspection.journal.all(), names === undefined ? null : new Set(names), events);
  }

  stop(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    if (this.#watching.leave(this) && present.watching === this.#watching) present.watching = null;
    this.#stopped.next();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  toString(): string {
    return this.#isOn ? 'inspector (on)' : 'inspector (stopped)';
  }
}

/**
 * Looks on, from now on: at what runs, who waits for what and since when, and what looks wrong.
 *
 * ```
 * const inspector = inspect();
 * formatSnapshot(inspector.snapshot())      2 tasks
 *                                           ├─ left: waits 1.2 s for lock on b  ✖ deadlock 1
 *                                           └─ right: waits 1.2 s for lock on a  ✖ deadlock 1
 * inspector.findings$                       { kind: 'deadlock', message: 'a deadlock: left → b → right → a → left; …' }
 * drawAscii(inspector.timeline())           orders    -1-2----3|
 * ```
 *
 * It sees what is made while it is on: tasks that are started, channels, locks and owners that are made. So call it first of all. Of
 * what was made before it knows nothing, and it finds no fault with that. It keeps nothing alive: what is collected is gone from its snapshots. While nobody
 * inspects, nothing is paid.
 *
 * `findings$` emits each problem once while it lasts, what lasts already at once; it completes at `stop()`. A finding has the
 * names, the numbers and what to do. The kinds:
 * - `slowStep`: a coroutine has run for more than `slowStep` ms (default 50) from one `yield*` to the next; nothing else could run;
 * - `longWait`: somebody waits, or a buffer is full, for more than `longWait` ms (default: never);
 * - `deadlock`: tasks wait for each other in a ring, through locks, permits, owners, channels, other tasks, groups;
 * - `growing`: an unbounded buffer that only grows;
 * - `stuckLease`: a delivery that nobody settles: it lasts for more than `longWait`, its task has ended, or it was forgotten;
 * - `splitSubscribers`: two subscribers share a channel, and each gets a part of the values;
 * - `ignoredCancel`: a body that goes on after its cancel;
 * - `spinning`: a loop whose waits are always ready, so that it never waits.
 *
 * Several may be on at a time: they share what is seen, and the last `stop()` ends it. Of their limits the smallest count.
 * A snapshot is O(what lives); a task, a wait and a value that is passed on cost some microseconds each; `stacks: true`, more per task.
 * A limit that is no number of ms >= 0: RangeError.
 *
 * @example
 * ```ts
 * const inspector = inspect({ longWait: 5000 });
 * inspector.findings$.subscribe(({ message }) => console.warn(message));
 * ```
 *
 * After asyncio's debug mode and `python -m asyncio ps`, tokio-console's lints, Kotlin's DebugProbes.
 */
export function inspect(options: InspectOptions = {}): Inspector {
  const { stacks = false, slowStep = 50, longWait = Infinity } = ownOptions('inspect', options);
  if (typeof stacks !== 'boolean') reject(TypeError, 'inspect', 'stacks', 'a boolean', stacks);
  checkMs('inspect', 'slowStep', slowStep);
  checkMs('inspect', 'longWait', longWait);
  return new Eye({ stacks, slowStep, longWait });
}
