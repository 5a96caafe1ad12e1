// What a queue of jobs does with them: each is submitted, waits, runs, and ends once: done, failed, dropped or cancelled.
//
//                                        ┌───────────────────────────────────┐
//   submitted ──► waiting: `Lobby` ──► running ──► done, failed              │ before those that wait
//       │             │                  │  └──failed, and again: `Retries`──┘
//       │             └─ no room: dropped, failed
//       └─ stopped, wherever it is: cancelled; if it runs, it keeps its place until it has cleaned up
//
// Invariants (`check()` asserts them):
//   1. running <= concurrency, or that was lowered since; those included that clean up; no two of equal key
//   2. somebody may start  =>  running >= concurrency, or paused, or the loop rests
//   3. closed, and nothing waits or runs  =>  nobody waits for the end; nor for idleness, if nothing does
//   4. one that is tried again has no place, and its key is busy
//
// In the middle of a step whoever is told may call anything, on this queue too. So a step changes everything first, and tells then;
// and nobody starts in the middle of one (`together`), nor recurses: one loop (`#advance`) starts those who wait.

import type { Subscriber } from 'rxjs';
import { CancelledError, ClosedError, OverflowError } from '../base/errors.ts';
import type { TaskContext } from '../core/context.ts';
import { Failure } from '../core/outcome.ts';
import { Pace } from '../core/pace.ts';
import { enter, exit } from '../core/turn.ts';
import { Attempt, type Attempting } from './attempt.ts';
import { Bulletin, type Counts } from './bulletin.ts';
import { byArrival } from './entries.ts';
import type { Job } from './job.ts';
import type { JobOutcome, JobRules } from './job-options.ts';
import { Lobby } from './lobby.ts';
import { Retries } from './retries.ts';
import type { Handled } from './run.ts';
import { type Jobs, Submission } from './submission.ts';

export type Handler<T, R> = (input: T, context: TaskContext) => Handled<R>;

/** The queue, as users know it. */
export interface Front<T, R> {
  readonly name: string;
  toString(): string;
  /** One ends so, and nobody knows yet. `job`: if it was started. */
  concluding(outcome: JobOutcome<T, R>, job: Job<T, R> | null): void;
}

export class Dispatcher<T, R> implements Jobs<T, R>, Attempting<T, R, Submission<T, R>>, Counts {
  readonly handler: Handler<T, R>;
  readonly bulletin: Bulletin<T, R>;
  readonly #front: Front<T, R>;
  readonly #rules: JobRules<T>;
  /** Who sets it says `goOn()`; the same of `isPaused`. */
  concurrency: number;
  readonly #lobby: Lobby<T, R>;
  readonly #running = new Set<Submission<T, R>>();
  readonly #retries: Retries<Submission<T, R>> | null;
  /** Those of which `key` or `order` is being asked: neither here nor there. */
  readonly #asked: Submission<T, R>[] = [];
  #submitted = 0;
  isClosed = false;
  isPaused = false;
  /** In the middle of a step, or of the loop. */
  #isAdvancing = false;
  readonly #pace = new Pace(() => this.goOn());

  constructor(front: Front<T, R>, handler: Handler<T, R>, rules: JobRules<T>) {
    this.#front = front;
    this.handler = handler;
    this.#rules = rules;
    this.concurrency = rules.concurrency;
    this.#lobby = new Lobby(rules, () => this.goOn());
    this.#retries = rules.retry === undefined ? null : new Retries(rules.retry, () => this.goOn());
    this.bulletin = new Bulletin(this, front);
  }

  get name(): string {
    return this.#front.name;
  }
  get timeout(): number {
    return this.#rules.timeout;
  }
  get active(): number {
    return this.#running.size;
  }
  get retrying(): number {
    return this.#retries?.size ?? 0;
  }
  get waiting(): number {
    return this.#lobby.size + this.retrying;
  }
  get unfinished(): number {
    return this.waiting + this.#running.size + this.#asked.length;
  }

  /** What those do that have a place. */
  get runs(): Iterable<object> {
    return [...this.#running].map(({ running }) => running as object);
  }

  ahead(job: Submission<T, R>): object | null {
    if (job.running !== null) return job.running;
    if (job.waits === null || this.isPaused || this.#rules.overflow === 'dropOldest') return null;
    if (this.#lobby.isFree(job.key)) return this.#hasPlace() ? null : this.#front;
    return [...this.#running].find(({ key }) => key === job.key)?.running ?? null;
  }

  // ───────────────────────────────────────────────────────────── submitting

  /** `input` is submitted; whoever submits it is told of it by `subscriber`, or by its job. */
  submission(input: T, subscriber: Subscriber<R> | null): Submission<T, R> {
    return new Submission(this, ++this.#submitted, input, subscriber);
  }

  admit(job: Submission<T, R>): void {
    if (this.isClosed) {
      job.state = 'failed';
      job.tell(new ClosedError(this.name), false);
      return;
    }
    enter();
    try {
      this.#receive(job);
    } catch (error) {
      // That of `key`, or of the order.
      this.#conclude(job, 'failed', error);
    } finally {
      this.bulletin.stepped();
      exit();
    }
  }

  #receive(job: Submission<T, R>): void {
    const { keyOf } = this.#rules;
    if (keyOf !== undefined) job.key = this.#asking(job, () => keyOf(job.input));
    // By its own `key`.
    if (job.isConcluded) return;
    this.#lobby.submitted(job);
    if (this.#startsNow(job)) this.#start(job);
    else this.#goAway(this.#asking(job, () => this.#enter(job)));
  }

  #asking<V>(job: Submission<T, R>, ask: () => V): V {
    this.#asked.push(job);
    try {
      return ask();
    } finally {
      this.#asked.pop();
    }
  }

  /** Finds a place to wait for `job`: null, or who has to go for that. */
  #enter(job: Submission<T, R>): Submission<T, R> | null {
    const leaver = this.#lobby.enter(job);
    // By the order.
    if (job.isConcluded) this.#lobby.leave(job);
    return leaver;
  }

  #startsNow({ key }: Submission<T, R>): boolean {
    if (!this.#hasPlace() || !this.#lobby.isFree(key)) return false;
    return this.#lobby.first === null && (this.#retries === null || this.#retries.first === null);
  }

  #hasPlace(): boolean {
    return this.#running.size < this.concurrency && !this.isPaused;
  }

  /** There is no room for `job`, if it is one. */
  #goAway(job: Submission<T, R> | null): void {
    if (job === null) return;
    if (this.#rules.overflow === 'fail') {
      this.#conclude(job, 'failed', new OverflowError(this.name, job.input));
    } else {
      this.#lobby.leave(job);
      this.#drop(job);
    }
  }

  /** Those outside move in where there is room. */
  #moveIn(): void {
    for (let job = this.#lobby.takeMovable(); job !== null; job = this.#lobby.takeMovable()) {
      try {
        this.#lobby.enter(job);
      } catch (error) {
        this.#conclude(job, 'failed', error);
      }
    }
  }

  // ───────────────────────────────────────────────────────────── running

  #start(job: Submission<T, R>): void {
    this.#lobby.gone(job);
    this.#lobby.occupy(job.key);
    this.#running.add(job);
    const attempt = (job.running = new Attempt(job, this));
    job.attempt++;
    job.state = 'running';
    // After that: who fails to move in may be the last but one, and this one is still there.
    this.#moveIn();
    job.moved();
    this.bulletin.count();
    attempt.begin();
  }

  goOn(): void {
    enter();
    try {
      this.#advance();
    } finally {
      exit();
    }
  }

  /** Starts those who wait, as long as there is a place: first those that are tried again. */
  #advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    while (this.#hasPlace()) {
      const again = this.#retries?.first ?? null;
      const next = again ?? this.#lobby.first;
      if (next === null || this.#pace.rests()) break;
      if (again !== null) this.#retries?.leave(again);
      else this.#lobby.leave(next);
      this.#start(next);
    }
    this.#isAdvancing = false;
    this.bulletin.stepped();
  }

  /** Those that wait for a place get it when `act` has told all whom it tells. */
  together(act: () => void): void {
    const outer = this.#isAdvancing;
    this.#isAdvancing = true;
    enter();
    try {
      act();
    } finally {
      this.#isAdvancing = outer;
      this.#advance();
      exit();
    }
  }

  // ───────────────────────────────────────────────────────────── the end of an attempt

  ended(job: Submission<T, R>, failure: Failure | null): void {
    const end = failure === null ? null : this.#tryAgain(job, failure);
    if (end !== 'again') {
      this.#free(job);
      if (end === null) this.#conclude(job, 'done', undefined);
      else this.#conclude(job, 'failed', end.error);
      job.settled();
    }
    this.#advance();
  }

  /** What it has failed with, unless it is tried again. */
  #tryAgain(job: Submission<T, R>, failure: Failure): Failure | 'again' {
    if (this.#retries === null || job.isConcluded) return failure;
    // It can be cancelled by who is asked, and leaves nothing to be cleaned up then: this attempt is over.
    job.running = null;
    let ms: number | Failure;
    try {
      ms = this.#retries.delayOf(job.attempt, failure.error);
    } catch (error) {
      return new Failure(error);
    }
    if (ms instanceof Failure || job.isConcluded) return failure;
    this.#running.delete(job);
    job.last = undefined;
    this.#retries.add(job, ms);
    job.state = 'retrying';
    job.moved();
    return 'again';
  }

  cleaned(job: Submission<T, R>): void {
    this.#free(job);
    // Else it is being stopped, and about to be concluded.
    if (job.isConcluded) job.settled();
    this.#advance();
  }

  #free(job: Submission<T, R>): void {
    this.#running.delete(job);
    job.running = null;
    this.#lobby.free(job.key);
  }

  // ───────────────────────────────────────────────────────────── the end of a job

  /** Once: of several that are stopped, one may have been left in the callback of another. */
  #conclude(job: Submission<T, R>, status: JobOutcome<T, R>['status'], error: unknown): void {
    if (job.isConcluded) return;
    const { outcomes } = this.bulletin;
    this.#lobby.gone(job);
    job.state = status;
    const outcome = outcomeOf(job, status, error);
    this.#front.concluding(outcome, job.job);
    job.tell(error, outcomes.observed);
    outcomes.next(outcome);
  }

  #drop(job: Submission<T, R>): void {
    this.#conclude(job, 'dropped', new CancelledError(this.name, 'dropped'));
  }

  cancelled(job: Submission<T, R>, reason: unknown, error: CancelledError | undefined): void {
    this.#leave(job);
    this.#moveIn();
    this.#stop([job], reason, error);
  }

  #stop(jobs: readonly Submission<T, R>[], reason: unknown, error: unknown): void {
    this.together(() => {
      for (const job of jobs) job.running?.halt(reason);
      for (const job of jobs) this.#conclude(job, 'cancelled', error);
    });
  }

  /** Takes `job` out of where it waits, if it does. */
  #leave(job: Submission<T, R>): void {
    this.#lobby.leave(job);
    if (this.#retries?.leave(job) === true) this.#lobby.free(job.key);
  }

  /** Takes all out that wait for an attempt. */
  #drain(): Submission<T, R>[] {
    const again = this.#retries?.list() ?? [];
    for (const job of again) this.#leave(job);
    return [...this.#lobby.drain(), ...again];
  }

  // ───────────────────────────────────────────────────────────── of all at once

  flush(): void {
    this.#lobby.flush();
    this.goOn();
  }

  clear(): void {
    const jobs = this.#drain().sort(byArrival);
    this.together(() => {
      for (const job of jobs) this.#drop(job);
    });
  }

  close(): void {
    this.isClosed = true;
    this.flush();
  }

  cancel(reason: unknown): void {
    this.isClosed = true;
    const jobs = [...this.#running, ...this.#drain(), ...this.#asked].sort(byArrival);
    this.#stop(jobs, reason, new CancelledError(this.name, reason));
  }

  // ───────────────────────────────────────────────────────────── for a person

  toString(): string {
    const parts: string[] = [];
    const count = (n: number, what: string): unknown => n > 0 && parts.push(`${n} ${what}`);
    count(this.active, 'running');
    count(this.#lobby.size, 'waiting');
    count(this.retrying, 'retrying');
    parts.push(this.isClosed ? (this.unfinished === 0 ? 'closed' : 'draining') : 'open');
    if (this.isPaused) parts.push('paused');
    return parts.join(', ');
  }

  check(): void {
    const fail = (what: string): never => {
      throw new Error(`${String(this.#front)}: ${what}`);
    };
    this.#retries?.check();
    // Those that are tried again keep their keys.
    this.#lobby.check(this.active + this.retrying);
    const next = this.#retries?.first ?? this.#lobby.first;
    if (next !== null && this.#hasPlace() && !this.#pace.isResting) fail('one waits for a place that is free');
    for (const { running, attempt } of this.#running)
      if (running === null || attempt < 1) fail('one runs that was not begun');
    for (const { state } of this.#retries?.list() ?? [])
      if (state !== 'retrying') fail('one is tried again that is over');
    this.bulletin.check();
  }
}

function outcomeOf<T, R>(
  { input, last }: Submission<T, R>,
  status: JobOutcome<T, R>['status'],
  error: unknown,
): JobOutcome<T, R> {
  if (status === 'done') return { status, input, result: last };
  return status === 'failed' ? { status, input, error } : { status, input };
}
