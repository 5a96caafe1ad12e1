// How long a coroutine runs from one wait to the next, and whether it ever waits: steps that are slow, and loops that spin.
//
// A step is the time that it has itself: what others run inside of it, since it has called them, is theirs.
//
// Invariant (`check()` asserts it): steps are under way only within a turn, and each began within the one around it.

import { isVirtual, monotonic } from '../core/clock.ts';
import { turn } from '../core/turn.ts';
import * as advice from './advice.ts';
import type { Findings } from './findings.ts';
import type { TaskRecord } from './tasks.ts';

/** Real milliseconds, and looks in virtual time, after which one that has never waited is taken for spinning. */
const SPINS_FOR = 100;
const SPINS_LOOKS = 1000;

interface Step {
  readonly runnable: object;
  readonly began: number;
  /** Milliseconds of others. */
  nested: number;
}

export class Steps {
  /** Milliseconds. */
  limit = 50;
  /** Those under way, one inside the other. */
  readonly #underWay: Step[] = [];
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  begin(runnable: object): void {
    this.#underWay.push({ runnable, began: monotonic(), nested: 0 });
  }

  end(runnable: object, record: TaskRecord): void {
    const step = this.#underWay.at(-1);
    if (step?.runnable !== runnable) return;
    this.#underWay.pop();
    const took = monotonic() - step.began;
    const outer = this.#underWay.at(-1);
    if (outer !== undefined) outer.nested += took;
    const own = took - step.nested;
    // In virtual time no step takes any.
    if (own > this.limit && !isVirtual())
      this.#findings.raiseOfLife(record, 'slowStep', advice.slowStep(record.name, own, this.limit));
  }

  /** Its turn goes on and on. */
  spins(record: TaskRecord): void {
    const spinning = (record.spinning ??= { since: monotonic(), looks: 0 });
    spinning.looks++;
    if (isVirtual()) {
      if (spinning.looks > SPINS_LOOKS) this.#raise(record, 'in one frame');
      return;
    }
    const time = monotonic() - spinning.since;
    if (time > SPINS_FOR) this.#raise(record, `for ${advice.ms(time)}`);
  }

  #raise(record: TaskRecord, how: string): void {
    this.#findings.raiseOfLife(record, 'spinning', advice.spinning(record.name, how));
  }

  check(): void {
    if (turn.current === null && this.#underWay.length > 0)
      throw new Error(`steps: ${this.#underWay.length} are under way while nothing runs`);
    for (const [i, { began }] of this.#underWay.entries())
      if (began < (this.#underWay[i - 1]?.began ?? 0)) throw new Error('steps: one began before the one around it');
  }
}
