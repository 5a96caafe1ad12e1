// What the panel knows of one inspection. What passes through places it hears of; for the rest it asks little at a time: in one frame
// it takes a snapshot, or a slice of the tree made of the last one; and the dearer a snapshot is, the rarer it is taken.
//
// Invariants:
//   1. at most FINDINGS findings are kept, the latest
//   2. ended, it holds nothing of the inspector, and has stopped it if it was its own

import type { Subscription } from 'rxjs';
import { inspection } from '../../core/inspection.ts';
import type { Finding, Inspector, Snapshot } from '../inspector.ts';
import { Lanes } from './lanes.ts';
import { TaskTree } from './tree.ts';

/** Milliseconds between two snapshots, and between two looks at the last values, at least. */
const PERIOD = 250;
const GLANCE = 100;
/** A snapshot may take the fiftieth part of the time. */
const SHARE = 50;
/** Milliseconds of a frame that go into the tree. */
const SLICE = 2;
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
  #update: Iterator<void, void> | null = null;
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
    if (this.#update !== null) return this.#grow(now + SLICE);
    if (now >= this.#next) {
      this.#look(now);
      return true;
    }
    if (now < this.#glance) return false;
    this.lanes.forget(this.clock.now());
    this.#glance = now + GLANCE;
    return true;
  }

  #look(now: number): void {
    this.snapshot = this.#inspector.snapshot();
    this.ring = new Set(this.snapshot.cycles.flat());
    this.#update = this.tree.update(this.snapshot.tasks);
    this.#next = now + Math.max(PERIOD, SHARE * (this.clock.monotonic() - now));
  }

  #grow(until: number): boolean {
    while (this.#update?.next().done === false) if (this.clock.monotonic() >= until) return false;
    this.#update = null;
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
