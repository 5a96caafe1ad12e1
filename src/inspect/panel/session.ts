// What the panel knows of one inspection. What passes through places it hears of; for the rest it asks little at a time: a look at all
// that runs is taken in slices, a slice a frame, and so is the tree made of it; and the dearer that is, the rarer it is done.
//
// Invariants:
//   1. at most FINDINGS findings are kept, the latest
//   2. ended, it holds nothing of the inspector, and has stopped it if it was its own

import type { Subscription } from 'rxjs';
import { inspection } from '../../core/inspection.ts';
import type { Finding, Inspector, Snapshot } from '../inspector.ts';
import { Lanes } from './lanes.ts';
import { TaskTree } from './tree.ts';

/** Milliseconds from one look at all that runs to the next, and between two looks at the last values, at least. */
const PERIOD = 250;
const GLANCE = 100;
/** Those may take a twentieth of the time. */
const SHARE = 20;
/** Milliseconds of a frame that go into one. */
const SLICE = 1.5;
const FINDINGS = 50;

export interface Clock {
  /** The core's, on which events happen. */
  now(): number;
  /** One that never goes back, to measure by. */
  monotonic(): number;
}

export class Session {
  readonly tree = new TaskTree();
  readonly lanes = new Lanes();
  snapshot: Snapshot = { tasks: [], places: [], cycles: [] };
  /** The names of those who wait for each other for ever. */
  ring: ReadonlySet<string> = new Set();
  findings: readonly Finding[] = [];
  readonly clock: Clock;
  readonly #inspector: Inspector;
  readonly #subscription: Subscription;
  #look: Iterator<void, void> | null = null;
  /** Milliseconds that have gone into it. */
  #spent = 0;
  #next = -Infinity;
  #glance = -Infinity;

  /** @param found - there is a new finding */
  constructor(inspector: Inspector, clock: Clock, found: () => void) {
    this.#inspector = inspector;
    this.clock = clock;
    inspection.listeners.add(this.lanes.hear);
    this.#subscription = inspector.findings$.subscribe((finding) => {
      this.findings = [...this.findings, finding].slice(-FINDINGS);
      found();
    });
  }

  /** Does the most pressing thing, and says whether there is anything new to show. */
  step(): boolean {
    const now = this.clock.monotonic();
    if (this.#look === null && now >= this.#next) this.#look = this.#lookAtAll();
    if (this.#look !== null) return this.#goOn(this.#look, now);
    if (now < this.#glance) return false;
    this.lanes.forget(this.clock.now());
    this.#glance = now + GLANCE;
    return true;
  }

  *#lookAtAll(): Generator<void, void> {
    const inspector = this.#inspector;
    const snapshot = inspector.survey ? yield* inspector.survey() : inspector.snapshot();
    yield* this.tree.update(snapshot.tasks);
    this.snapshot = snapshot;
    this.ring = new Set(snapshot.cycles.flat());
  }

  /** True when the look is over. */
  #goOn(look: Iterator<void, void>, began: number): boolean {
    let isOver: boolean | undefined;
    let now: number;
    do {
      isOver = look.next().done;
      now = this.clock.monotonic();
    } while (isOver !== true && now < began + SLICE);
    this.#spent += now - began;
    if (isOver !== true) return false;
    this.#next = now + Math.max(PERIOD, SHARE * this.#spent);
    this.#spent = 0;
    this.#look = null;
    return true;
  }

  dismiss(finding: Finding): void {
    this.findings = this.findings.filter((other) => other !== finding);
  }

  /** `own`: stops the inspector too. */
  end(own: boolean): void {
    inspection.listeners.delete(this.lanes.hear);
    this.#subscription.unsubscribe();
    if (own) this.#inspector.stop();
  }
}
