// What the panel knows of one inspection. It asks little at a time: in one frame it takes a snapshot, or a slice of the tree made of
// the last one, or a timeline, never two of them; and the dearer a snapshot is, the rarer it is taken.
//
// Invariants:
//   1. at most FINDINGS findings are kept, the latest
//   2. ended, it holds nothing of the inspector, and has stopped it if it was its own

import type { Subscription } from 'rxjs';
import type { Finding, Inspector, PlaceInfo, Snapshot } from '../inspector.ts';
import { Lanes } from './lanes.ts';
import { TaskTree } from './tree.ts';

/** Milliseconds between two snapshots and between two timelines, at least. */
const PERIOD = 250;
const GLANCE = 100;
/** A snapshot may take the fiftieth part of the time. */
const SHARE = 50;
/** Milliseconds of a frame that go into the tree. */
const SLICE = 2;
const FINDINGS = 50;
const EVENTS = 1000;

const NOTHING: Snapshot = { tasks: [], places: [], cycles: [] };

export class Session {
  readonly tree = new TaskTree();
  readonly lanes = new Lanes();
  snapshot: Snapshot = NOTHING;
  /** The names of those who wait for each other for ever. */
  ring: ReadonlySet<string> = new Set();
  findings: readonly Finding[] = [];
  readonly #inspector: Inspector;
  readonly #clock: () => number;
  readonly #subscription: Subscription;
  #update: Iterator<void, void> | null = null;
  #next = -Infinity;
  #glance = -Infinity;
  /** When the last snapshot or timeline was taken. */
  taken = 0;

  /**
   * @param clock - milliseconds
   * @param found - there is a new finding
   */
  constructor(inspector: Inspector, clock: () => number, found: () => void) {
    this.#inspector = inspector;
    this.#clock = clock;
    this.#subscription = inspector.findings$.subscribe((finding) => {
      this.findings = [...this.findings, finding].slice(-FINDINGS);
      found();
    });
  }

  /**
   * Does the most pressing thing, and says whether there is anything new to show.
   *
   * @param seen - the places in sight
   * @param span - milliseconds that are shown
   */
  step(seen: readonly PlaceInfo[], span: number): boolean {
    const now = this.#clock();
    if (this.#update !== null) return this.#grow(now + SLICE);
    if (now >= this.#next) {
      this.#look(now);
      return true;
    }
    if (now < this.#glance) return false;
    const names = new Set(seen.map(({ name }) => name));
    const timeline = this.#inspector.timeline({ names: [...names], events: EVENTS });
    this.taken = this.#clock();
    this.lanes.take(timeline, names, this.taken, span);
    this.#glance = now + GLANCE;
    return true;
  }

  #look(now: number): void {
    this.snapshot = this.#inspector.snapshot();
    this.ring = new Set(this.snapshot.cycles.flat());
    this.#update = this.tree.update(this.snapshot.tasks);
    this.#next = now + Math.max(PERIOD, SHARE * (this.#clock() - now));
  }

  #grow(until: number): boolean {
    while (this.#update?.next().done === false) if (this.#clock() >= until) return false;
    this.#update = null;
    return true;
  }

  dismiss(finding: Finding): void {
    this.findings = this.findings.filter((other) => other !== finding);
  }

  /** Stops the inspector if it is the panel's own. */
  end(own: boolean): void {
    this.#subscription.unsubscribe();
    if (own) this.#inspector.stop();
  }
}
