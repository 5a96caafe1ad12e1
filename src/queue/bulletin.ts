// What a queue of jobs tells those who look on: how many wait and run, how each has ended, and when nothing is left.
//
// Who is told when: those who watch a gauge, of a job's start before its handler runs, and of all else when a step is over and
// everybody knows what has become of its jobs. So where one job goes and the next comes, as many run as before. Whoever looks for the
// first time finds things as they are then, in whatever callback.

import { Subject } from 'rxjs';
import { Gauge } from '../core/gauge.ts';
import { LineOf } from '../core/line-of.ts';
import type { Operation } from '../core/operation.ts';
import { Reached } from '../core/reached.ts';
import { settleAll } from '../core/waiter.ts';
import type { JobOutcome } from './job-options.ts';

/** What is counted. */
export interface Counts {
  /** How many wait, those included that are tried again. */
  readonly waiting: number;
  /** How many have a place. */
  readonly active: number;
  /** Both, and those that are just being admitted. */
  readonly unfinished: number;
  readonly isClosed: boolean;
}

export class Bulletin<T, R> {
  readonly #counts: Counts;
  readonly pending: Gauge<number>;
  readonly active: Gauge<number>;
  readonly idle: Gauge<boolean>;
  readonly outcomes = new Subject<JobOutcome<T, R>>();
  readonly #closers: LineOf;
  readonly #idlers: LineOf;

  constructor(counts: Counts, queue: { readonly name: string }) {
    this.#counts = counts;
    this.pending = new Gauge(() => counts.waiting);
    this.active = new Gauge(() => counts.active);
    this.idle = new Gauge(() => counts.unfinished === 0);
    this.#closers = new LineOf('the end of', queue);
    this.#idlers = new LineOf('idleness of', queue);
  }

  whenIdle(): Operation<void> {
    return this.#whenNothingIsLeft(this.#idlers);
  }
  /** Precondition: no more is accepted. */
  whenEnded(): Operation<void> {
    return this.#whenNothingIsLeft(this.#closers);
  }
  #whenNothingIsLeft(line: LineOf): Operation<void> {
    return new Reached(line, () => this.#counts.unfinished === 0);
  }

  /** Something is counted otherwise than before. */
  count(): void {
    this.pending.look();
    this.active.look();
    this.idle.look();
  }

  /** A step is over, and everybody knows. */
  stepped(): void {
    this.count();
    if (this.#counts.unfinished > 0) return;
    if (this.#counts.isClosed) this.#finish();
    settleAll(this.#idlers, undefined);
  }

  #finish(): void {
    for (const gauge of [this.pending, this.active, this.idle]) gauge.complete();
    this.outcomes.complete();
    settleAll(this.#closers, undefined);
  }

  check(): void {
    if (this.#counts.unfinished > 0) return;
    if (this.#idlers.first !== null) throw new Error('somebody waits for an idleness that has come');
    if (this.#counts.isClosed && this.#closers.first !== null)
      throw new Error('somebody waits for an end that has come');
  }
}
