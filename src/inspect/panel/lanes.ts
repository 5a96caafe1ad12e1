// What passed through the places during the last seconds: a lane of marks for each, made as it is heard of.
//
// Invariants (`check()` asserts them):
//   1. a lane has at most LIMIT marks and one, in the order of time, however much happens: what falls into the same hundredth of the
//      time that is shown is one mark, with a count
//   2. after `forget` there are at most MOST lanes, those of whom something was heard last
//
// A value that is sent and received shows once: when it is received, where anything is.

import type { InspectionEvent } from '../../core/inspection.ts';

export interface Mark {
  /** Milliseconds on the clock of the core; the time of the last event. */
  readonly at: number;
  /** Of the last event. */
  readonly text: string;
  /** How many events it stands for. */
  readonly count: number;
}

const LIMIT = 100;
const MOST = 500;

export class Lane {
  readonly marks: { at: number; text: string; count: number }[] = [];
  /** The last event, also when its mark has left. */
  last: Mark = { at: -Infinity, text: '', count: 0 };
  /** The most that the place was seen to hold. */
  most = 0;
  #receives = false;

  /** @param width - milliseconds of a mark */
  add(isReceived: boolean, at: number, text: string, width: number): void {
    if (isReceived) this.#receives = true;
    else if (this.#receives) return;
    const before = this.marks.at(-1);
    if (before !== undefined && Math.floor(before.at / width) === Math.floor(at / width)) {
      before.at = at;
      before.text = text;
      before.count++;
    } else this.marks.push((this.last = { at, text, count: 1 }));
    if (this.marks.length > LIMIT + 1) this.marks.shift();
  }

  /** Forgets what happened before `then`. */
  forget(then: number): void {
    const kept = this.marks.findIndex(({ at }) => at >= then);
    this.marks.splice(0, kept < 0 ? this.marks.length : kept);
  }
}

export class Lanes {
  /** Milliseconds that are shown. */
  span = 10_000;
  readonly #lanes = new Map<string, Lane>();

  of(name: string): Lane | undefined {
    return this.#lanes.get(name);
  }

  /** Called with each event, a hundred thousand times a second if need be. */
  readonly hear = (event: InspectionEvent): void => {
    if (event.kind !== 'sent' && event.kind !== 'received') return;
    this.#of(event.name).add(event.kind === 'received', event.at, event.value, this.span / LIMIT);
  };

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

  /** Forgets what is not shown any more. */
  forget(now: number): void {
    for (const lane of this.#lanes.values()) lane.forget(now - this.span);
    if (this.#lanes.size <= MOST) return;
    const latest = [...this.#lanes].sort(([, one], [, other]) => one.last.at - other.last.at);
    for (const [name] of latest.slice(0, -MOST)) this.#lanes.delete(name);
  }

  /** @internal */
  check(): void {
    for (const [name, { marks }] of this.#lanes) {
      const unordered = marks.some(({ at }, i) => at < (marks[i - 1]?.at ?? 0));
      if (unordered || marks.length > LIMIT + 1) throw new Error(`the lane of ${name}: ${marks.length} marks`);
    }
  }
}
