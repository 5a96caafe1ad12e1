// One submission: from the moment it is asked for until everybody has been told how it ended, attempt after attempt.
//
// It tells either the subscriber of `submit`, or the `Job` that `start` has handed out. Where it waits, it stands itself; what
// it takes to run is made when it begins, so that a hundred thousand that wait weigh little.
//
// Invariants:
//   1. it waits, or it has an attempt, or it is tried again, or it is over; one that is over may still have an attempt, which
//      cleans up
//   2. its state is one of those that are over  <=>  everybody has been told how it ended, or is being told

import { Subscriber, type Unsubscribable } from 'rxjs';
import { CancelledError } from '../base/errors.ts';
import type { Spot } from '../base/sorted.ts';
import { type Surroundings, surroundings } from '../core/ambient.ts';
import { bequeath } from '../core/heir.ts';
import type { Attempt, Attempted } from './attempt.ts';
import type { Entry } from './entries.ts';
import { Job, type Particulars } from './job.ts';
import type { JobState } from './job-options.ts';

/** To whom it was submitted. */
export interface Jobs<T, R> {
  readonly name: string;
  /** What has to come to an end before `submission` can: its own attempt, another's, or any of those that have a place. */
  ahead(submission: Submission<T, R>): object | null;
  /** It was cancelled, or its subscriber has left: whoever waits for it gets `error`. */
  cancelled(submission: Submission<T, R>, reason: unknown, error: CancelledError | undefined): void;
}

/** Stands for a submission in a second index. */
export interface Twin<T, R> extends Entry<Twin<T, R>> {
  readonly of: Submission<T, R>;
}

export class Submission<T, R> implements Entry<Submission<T, R>>, Attempted<T, R>, Particulars<T>, Unsubscribable {
  place: unknown = null;
  before: Submission<T, R> | null = null;
  after: Submission<T, R> | null = null;
  ranked: Spot<Submission<T, R>> | null = null;
  dated: Spot<Submission<T, R>> | null = null;
  /** Which of its queue's it is. */
  readonly arrival: number;
  readonly input: T;
  readonly #jobs: Jobs<T, R>;
  readonly #told: Subscriber<R> | Job<T, R>;
  readonly surroundings: Surroundings | null = surroundings();
  key: unknown = undefined;
  waits: 'inside' | 'outside' | null = null;
  /** Of one that waits outside: made when there is a second index there. */
  twin: Twin<T, R> | null = null;
  /** The debounce of its key counts it. */
  isNew = false;
  state: JobState = 'waiting';
  /** Attempts begun. */
  attempt = 0;
  /** The one that goes on, or cleans up: it has a place. */
  running: Attempt<T, R, Submission<T, R>> | null = null;
  /** What its handler emitted last, in this attempt. */
  last: R | undefined = undefined;

  /** With a subscriber, it is told to that; without one, to a job. */
  constructor(jobs: Jobs<T, R>, number: number, input: T, subscriber: Subscriber<R> | null) {
    this.#jobs = jobs;
    this.arrival = number;
    this.input = input;
    this.#told = subscriber ?? new Job<T, R>(this);
  }

  get name(): string {
    return `${this.#jobs.name}/${this.arrival}`;
  }
  /** Null of one that was not started: it has a subscriber. */
  get job(): Job<T, R> | null {
    return this.#told instanceof Subscriber ? null : this.#told;
  }
  get ahead(): object | null {
    return this.#jobs.ahead(this);
  }
  get isConcluded(): boolean {
    return this.state !== 'waiting' && this.state !== 'running' && this.state !== 'retrying';
  }
  get isGone(): boolean {
    return this.isConcluded && this.running === null;
  }

  /** Its state has changed. */
  moved(): void {
    this.job?.moved();
  }

  emitted(value: R): void {
    this.last = value;
    const told = this.#told;
    if (told instanceof Subscriber) told.next(value);
    else told.emitted(value);
  }

  /** Tells how it ended, which its state says. `isHeard`: somebody else hears of it, too. */
  tell(error: unknown, isHeard: boolean): void {
    const told = this.#told;
    const { state } = this;
    if (told instanceof Subscriber) {
      if (state === 'done') told.complete();
      else told.error(error);
      return;
    }
    if (isHeard) told.observe();
    if (state === 'done') told.conclude('resolved', this.last);
    else told.conclude(state === 'failed' ? 'rejected' : 'cancelled', error);
    told.over();
    this.settled();
  }

  /** Those who wait until it has cleaned up hear of it, if it has. */
  settled(): void {
    if (this.isGone) this.job?.gone();
  }

  /** Over, and about to be told: too late. */
  get #isSettled(): boolean {
    return this.isConcluded || this.running?.isOver === true;
  }

  cancel(reason: unknown): void {
    if (!this.#isSettled) this.#jobs.cancelled(this, reason, new CancelledError(this.name, reason));
  }

  /** Its subscriber leaves. */
  unsubscribe(): void {
    // Also by the last value: that is done.
    if (!this.#isSettled) this.#jobs.cancelled(this, undefined, undefined);
    // One that waits, for a place or for its next attempt, leaves nothing.
    if (this.running !== null) bequeath(this.running.remains, this.#told);
  }
}
