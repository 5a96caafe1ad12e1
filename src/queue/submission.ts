// One submission: from the moment it is asked for until everybody has been told how it ended, attempt after attempt.
//
// It tells either the subscriber of `submit`, or the `Job` that `start` has handed out.

import { type Subscriber, TimeoutError, type Unsubscribable } from 'rxjs';
import { CancelledError } from '../base/errors.ts';
import { after } from '../core/clock.ts';
import { LazySignal, type TaskContext } from '../core/context.ts';
import { bequeath } from '../core/heir.ts';
import { Failure } from '../core/outcome.ts';
import type { Entry } from './entries.ts';
import { Job, type Particulars } from './job.ts';
import type { JobOutcome, JobState } from './job-options.ts';
import { type Handled, Run } from './run.ts';

/** Who runs them. */
export interface Jobs<T, R> {
  readonly name: string;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
  /** What has to come to an end before `submission` can: its own run, another's, or any of those that have a place. */
  ahead(submission: Submission<T, R>): object | null;
  /** Those that wait for a place get it when `act` has done all it does. */
  together(act: () => void): void;
  /** Its attempt is over: by itself, or because it took too long, and then it has cleaned up. */
  ended(submission: Submission<T, R>, failure: Failure | null): void;
  /** It was stopped, and has cleaned up. */
  cleaned(submission: Submission<T, R>): void;
  /** It was cancelled, or its subscriber has left: whoever waits for it gets `error`. */
  cancelled(submission: Submission<T, R>, reason: unknown, error: CancelledError | undefined): void;
}

export class Submission<T, R> extends Run<R> implements TaskContext, Unsubscribable, Particulars<T> {
  readonly number: number;
  readonly input: T;
  readonly #queue: Jobs<T, R>;
  readonly #subscriber: Subscriber<R> | null;
  readonly #job: Job<T, R> | null;
  key: unknown = undefined;
  /** What stands for it where it waits: made when it does. */
  entry: Entry<Submission<T, R>> | null = null;
  waits: 'inside' | 'outside' | null = null;
  /** The same in a second index of those outside. */
  twin: Entry<Submission<T, R>> | null = null;
  /** The debounce of its key counts it. */
  isNew = false;
  state: JobState = 'waiting';
  attempt = 0;
  /** It has a place: it runs, or cleans up. */
  isActive = false;
  /** Everybody has been told how it ended, or is being told. */
  isConcluded = false;
  /** What its handler emitted last, in this attempt. */
  last: R | undefined = undefined;
  #signal: LazySignal | null = null;
  #stopped: { readonly reason: unknown } | null = null;
  #isLate = false;
  #clock: Unsubscribable | null = null;

  /** With a subscriber, it is told to that; without one, to a job. */
  constructor(queue: Jobs<T, R>, number: number, input: T, subscriber: Subscriber<R> | null) {
    super();
    this.#queue = queue;
    this.number = number;
    this.input = input;
    this.#subscriber = subscriber;
    this.#job = subscriber === null ? new Job<T, R>(this) : null;
  }

  get name(): string {
    return `${this.#queue.name}/${this.number}`;
  }
  /** Of one that was started: one with a subscriber has none, whatever the type says. */
  get job(): Job<T, R> {
    return this.#job as Job<T, R>;
  }
  get ahead(): object | null {
    return this.#queue.ahead(this);
  }
  /** What it waits for may be given up by the clock. */
  get expires(): boolean {
    return this.#queue.timeout !== Infinity;
  }
  get isGone(): boolean {
    return this.isConcluded && !this.isActive;
  }

  get signal(): AbortSignal {
    this.#signal ??= new LazySignal();
    if (this.#stopped !== null) this.#signal.abort(this.#stopped.reason);
    return this.#signal.signal;
  }

  move(state: JobState): void {
    this.state = state;
    this.#job?.moved();
  }

  /** Begins the next attempt. */
  begin(handler: (input: T, context: TaskContext) => Handled<R>): void {
    const { timeout } = this.#queue;
    if (timeout !== Infinity && this.#stopped === null) this.#clock = after(timeout, () => this.#timeOut());
    this.run(() => handler(this.input, this));
  }

  #timeOut(): void {
    this.#queue.together(() => {
      this.#isLate = true;
      this.halt(new TimeoutError());
    });
  }

  /** Its attempt is over, and another is to come: what it has told of itself is that attempt's. */
  refresh(): void {
    this.#signal = null;
    this.#stopped = null;
    this.#isLate = false;
    this.last = undefined;
  }

  protected emitted(value: R): void {
    this.last = value;
    if (this.#subscriber !== null) this.#subscriber.next(value);
    else this.#job?.emitted(value);
  }
  protected ended(failure: Failure | null): void {
    this.#clock?.unsubscribe();
    this.#queue.ended(this, failure);
  }
  protected cleaned(): void {
    if (this.#isLate) this.#queue.ended(this, new Failure(new TimeoutError()));
    else this.#queue.cleaned(this);
  }

  /** Gives its attempt up, and all that may come. */
  halt(reason: unknown): void {
    const stopped = (this.#stopped ??= { reason });
    const signal = this.#signal;
    this.#clock?.unsubscribe();
    // It may be over by that, and another attempt due.
    this.stop();
    signal?.abort(stopped.reason);
  }

  /** Tells how it ended. `isHeard`: somebody else hears of it, too. */
  conclude(outcome: JobOutcome<T, R>, error: unknown, isHeard: boolean): void {
    this.isConcluded = true;
    this.state = outcome.status;
    if (this.#subscriber !== null) {
      if (outcome.status === 'done') this.#subscriber.complete();
      else this.#subscriber.error(error);
      return;
    }
    if (isHeard) this.job.observe();
    if (outcome.status === 'done') this.job.conclude('resolved', outcome.result);
    else this.job.conclude(outcome.status === 'failed' ? 'rejected' : 'cancelled', error);
    this.job.over();
    this.settled();
  }

  /** Those who wait until it has cleaned up hear of it, if it has. */
  settled(): void {
    if (this.isGone) this.#job?.gone();
  }

  /** Over, and about to be told: too late. */
  get #isSettled(): boolean {
    return this.isConcluded || this.isOver;
  }

  cancel(reason: unknown): void {
    if (!this.#isSettled) this.#queue.cancelled(this, reason, new CancelledError(this.name, reason));
  }

  unsubscribe(): void {
    // Also by the last value: that is done.
    if (!this.#isSettled) this.#queue.cancelled(this, undefined, undefined);
    // One that waits, for a place or for its next attempt, leaves nothing.
    if (this.isActive) bequeath(this.remains, this.#subscriber as Subscriber<R>);
  }
}
