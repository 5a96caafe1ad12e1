// What a queue of jobs tells those who look on: how many wait and run, how each has ended, and when nothing is left.
//
// Who is told when:
//   1. of a step that changes what is counted, `pending` and `active` are told before anybody whom that step concerns: so whoever
//      hears that a job has started, has ended or was dropped finds that in both, whether it watches them or looks for the first time
//   2. that nothing is left is told when everybody knows of the last end, if nothing has been submitted by then: `idle`, and those
//      who wait for idleness or for the end

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

  /** Something is counted otherwise than before, and nobody knows yet. */
  count(): void {
    // In this order: one that starts is missing in neither.
    this.active.look();
    this.pending.look();
    if (this.#counts.unfinished > 0) this.idle.look();
  }

  /** A step is over, and everybody knows. */
  stepped(): void {
    this.count();
    this.idle.look();
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
