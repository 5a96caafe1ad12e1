// What happened at the places in sight during the last seconds: a lane of marks for each, made of the latest timelines.
//
// Invariants (`check()` asserts them):
//   1. a lane has at most LIMIT marks and a few, in the order of time, however much happens: what falls into the same
//      hundredth of the time that is shown is one mark, with a count
//   2. an event is taken once, though timelines overlap
//   3. a place that is no longer asked for is forgotten with its last mark

import type { Timeline, TimelineEvent } from '../../testing/timeline.ts';

export interface Mark {
  /** Milliseconds since the inspection began. */
  readonly at: number;
  readonly text: string;
  readonly kind: 'next' | 'error' | 'complete';
  /** How many events it stands for. */
  readonly count: number;
}

const LIMIT = 100;

export class Lane {
  readonly marks: Mark[] = [];
  /** The last value, also when its mark has left. */
  last: Mark | null = null;
  /** The most that the place was seen to hold. */
  most = 0;
  /** The frame of the last event, and how many of that frame were taken. */
  #frame = -1;
  #taken = 0;

  /** @param width - milliseconds of a mark */
  take(events: readonly TimelineEvent[], width: number): void {
    const known = this.#frame;
    let from = events.length;
    while (from > 0 && (events[from - 1] as TimelineEvent).frame >= known) from--;
    let skip = this.#taken;
    for (const event of events.slice(from)) {
      if (event.frame === known && skip > 0) skip--;
      else this.#add(event, width);
    }
  }

  #add({ frame, text, kind }: TimelineEvent, width: number): void {
    this.#taken = frame === this.#frame ? this.#taken + 1 : 1;
    this.#frame = frame;
    const before = this.marks.at(-1);
    const merges =
      before?.kind === 'next' && kind === 'next' && Math.floor(before.at / width) === Math.floor(frame / width);
    const mark = { at: frame, text, kind, count: merges ? before.count + 1 : 1 };
    if (merges) this.marks.pop();
    this.marks.push(mark);
    if (kind === 'next') this.last = mark;
  }

  /** Forgets what happened before `then`. */
  forget(then: number): void {
    const kept = this.marks.findIndex(({ at }) => at >= then);
    this.marks.splice(0, kept < 0 ? this.marks.length : kept);
    // Ends and errors are not merged.
    if (this.marks.length > 2 * LIMIT) this.marks.splice(0, this.marks.length - 2 * LIMIT);
  }
}

export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** Milliseconds from the clock of the timeline to that of the page. */
  #lead = Infinity;

  of(name: string): Lane | undefined {
    return this.#lanes.get(name);
  }

  /** What the clock of the timeline shows. */
  clock(now: number): number {
    return this.#lead === Infinity ? 0 : now - this.#lead;
  }

  /**
   * Takes the latest of what happened to `names`, and forgets what is older than `span`.
   *
   * @param now - milliseconds of the page's clock
   * @param span - milliseconds
   */
  take({ frames, rows }: Timeline, names: ReadonlySet<string>, now: number, span: number): void {
    // An event is never ahead of the clock, so the smallest lead is the truest.
    this.#lead = Math.min(this.#lead, now - frames);
    for (const { label, kind, events } of rows) {
      if (!names.has(label) || kind === 'gauge' || kind === 'operator') continue;
      this.#of(label).take(events, span / LIMIT);
    }
    const then = this.clock(now) - span;
    for (const [name, lane] of this.#lanes) {
      lane.forget(then);
      if (lane.marks.length === 0 && !names.has(name)) this.#lanes.delete(name);
    }
  }

  #of(name: string): Lane {
    let lane = this.#lanes.get(name);
    if (lane === undefined) this.#lanes.set(name, (lane = new Lane()));
    return lane;
  }

  /** A place holds so much just now; what is the most that it was seen to hold? */
  most(name: string, used: number): number {
    const lane = this.#of(name);
    return (lane.most = Math.max(lane.most, used));
  }

  clear(): void {
    this.#lanes.clear();
    this.#lead = Infinity;
  }

  /** @internal */
  check(): void {
    for (const [name, { marks }] of this.#lanes) {
      const unordered = marks.some(({ at }, i) => at < (marks[i - 1]?.at ?? 0));
      if (unordered || marks.length > 2 * LIMIT + 2) throw new Error(`the lane of ${name}: ${marks.length} marks`);
    }
  }
}
