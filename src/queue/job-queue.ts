// Jobs: each is submitted, waits, runs, and ends once: done, failed, dropped or cancelled.
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

import { Observable, type ObservableInput, Subject } from 'rxjs';
import { checkFunction, checkLimit } from '../base/checks.ts';
import { CancelledError, ClosedError, OverflowError } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { eachInOwn } from '../core/ambient.ts';
import type { TaskContext } from '../core/context.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { Pace } from '../core/pace.ts';
import { LineOf } from '../core/line-of.ts';
import { enter, exit, turn } from '../core/turn.ts';
import { Reached } from '../core/reached.ts';
import { settleAll } from '../core/waiter.ts';
import { Gauge } from '../core/gauge.ts';
import type { Job } from './job.ts';
import { type JobOutcome, type JobQueueOptions, type JobRules, jobRules } from './job-options.ts';
import { Lobby } from './lobby.ts';
import { Retries } from './retries.ts';
import type { Handled } from './run.ts';
import { Submission } from './submission.ts';

type Handler<T, R> = (input: T, context: TaskContext) => Handled<R>;

const names = /* @__PURE__ */ new Names('jobQueue');

/**
 * A queue for requests that want their own answer (a save, an upload): each submission ends as done, failed, dropped or
 * cancelled, and none hangs.
 */
export class JobQueue<T, R> {
  /** How many wait, those included that are tried again. Emits its current value synchronously on subscription, then each change; completes when all is closed and served. */
  readonly pending$: Observable<number>;
  /** How many run, those included that clean up. Emits as `pending$` does. */
  readonly active$: Observable<number>;
  /** Whether nothing waits and nothing runs. Emits as `pending$` does. */
  readonly idle$: Observable<boolean>;
  /** How each job ends, when it does; completes when all is closed and served. */
  readonly outcomes$: Observable<JobOutcome<T, R>>;
  readonly #number = names.draw();
  readonly #handler: Handler<T, R>;
  readonly #rules: JobRules<T>;
  #concurrency: number;
  readonly #pending = new Gauge(0);
  readonly #active = new Gauge(0);
  readonly #idle = new Gauge(true);
  readonly #outcomes = new Subject<JobOutcome<T, R>>();
  readonly #lobby: Lobby<T, R>;
  readonly #running = new Set<Submission<T, R>>();
  readonly #retries: Retries<Submission<T, R>> | null;
  readonly #closers = new LineOf('the end of', this);
  readonly #idlers = new LineOf('idleness of', this);
  /** Those of which `key` or `order` is being asked: neither here nor there. */
  readonly #asked: Submission<T, R>[] = [];
  #submitted = 0;
  #closed = false;
  #paused = false;
  #advancing = false;
  readonly #pace = new Pace(() => this.#goOn());

  constructor(
    handler: (input: T, context: TaskContext) => ObservableInput<R> | Coroutine<R>,
    options: JobQueueOptions<T> = {},
  ) {
    checkFunction('jobQueue', 'handler', handler);
    const rules = jobRules(options);
    this.#handler = handler;
    this.#rules = rules;
    this.#concurrency = rules.concurrency;
    this.#lobby = new Lobby(rules, () => this.#goOn());
    this.#retries = rules.retry === undefined ? null : new Retries(rules.retry, () => this.#goOn());
    this.pending$ = this.#pending.values;
    this.active$ = this.#active.values;
    this.idle$ = this.#idle.values;
    this.outcomes$ = eachInOwn(this.#outcomes);
    turn.watch?.made?.('jobQueue', this);
  }

  get name(): string {
    return this.#rules.name ?? names.spell(this.#number);
  }

  /** @internal */
  get timeout(): number {
    return this.#rules.timeout;
  }

  /** @internal What waits or runs. */
  get unfinished(): number {
    return this.#lobby.size + this.#running.size + (this.#retries?.size ?? 0) + this.#asked.length;
  }

  /** @internal For those who look on: who has a place. */
  get runs(): Iterable<Submission<T, R>> {
    return this.#running;
  }

  /**
   * @internal For those who look on, what has to come to an end before `job` can: its own run; that of its key; or any of those
   * that have a place, and then it is this queue. Null: it may end, or start, by what cannot be seen.
   */
  ahead(job: Submission<T, R>): object | null {
    if (job.isActive) return job;
    if (job.waits === null || this.#paused || this.#rules.overflow === 'dropOldest') return null;
    if (this.#lobby.isFree(job.key)) return this.#hasPlace() ? null : this;
    return [...this.#running].find(({ key }) => key === job.key) ?? null;
  }

  /**
   * How many may run at once: an integer >= 1, or Infinity; else RangeError. Set to more, those that wait start at once; set to
   * less, those that run go on, and no other starts until few enough do.
   *
   * ![concurrency in marbles](../../marbles/queue/job-control.svg)
   */
  get concurrency(): number {
    return this.#concurrency;
  }
  set concurrency(places: number) {
    checkLimit(this, 'concurrency', places, 1);
    this.#concurrency = places;
    this.#goOn();
  }

  // ───────────────────────────────────────────────────────────── submitting

  /**
   * Submits `input` for each subscription: cold.
   *
   * ```
   * submit(a)   x---
   * submit(b)   -x--
   * handler     --r|
   *   a         --r|
   *   b         -----r|
   * ```
   *
   * Emits what the handler emits for this input, through all attempts, and completes with it. Fails with the handler's error;
   * with `TimeoutError` when its last attempt took too long; with `CancelledError` when it is dropped, or cancelled from outside;
   * with `OverflowError`; with `ClosedError` after `close` or `cancel`. Unsubscribing withdraws it while it waits, and cancels it
   * if it runs: `take(1)` and `firstValueFrom` cancel a handler that would go on after its first value. Its place is free when its
   * clean-up has ended. What must go on whoever watches is started by `start`.
   *
   * ![submit in marbles](../../marbles/queue/job-queue.svg)
   *
   * @example
   * ```ts
   * const url = await lastValueFrom(uploads.submit(file));
   * ```
   */
  submit(input: T): Observable<R> {
    const submitted: Observable<R> = new Observable((subscriber) => {
      if (subscriber.closed) return;
      if (this.#closed) {
        subscriber.error(new ClosedError(this.name));
        return;
      }
      const submission = new Submission<T, R>(this, ++this.#submitted, input, subscriber);
      subscriber.add(submission);
      turn.watch?.brings?.(subscriber, submission, submitted);
      this.#admit(submission);
    });
    return submitted;
  }

  /**
   * Submits `input` now, and gives you its job, which goes on whether or not somebody watches.
   *
   * ```
   * start(a)   x-----
   * handler    --r|
   *   a        ---(r|)     the job: its last value
   * ```
   *
   * The job is a future. After `close` or `cancel` it is one that was rejected with `ClosedError`. That it was dropped for a newer
   * one is no error that anybody has to handle; that it failed is one, unless somebody waits for it or listens to `outcomes$`.
   *
   * ![start in marbles](../../marbles/queue/job.svg)
   *
   * @example
   * ```ts
   * const saves = jobQueue((doc: Doc) => http.put(`/docs/${doc.id}`, doc), {
   *   key: (doc) => doc.id, capacityPerKey: 1, overflow: 'dropOldest', debounce: 500,
   * });
   * saves.outcomes$.subscribe(({ status, input }) => { if (status === 'failed') toast(`${input.title} is not saved`); });
   * editor.changes$.subscribe((doc) => saves.start(doc));
   * ```
   */
  start(input: T): Job<T, R> {
    const submission = new Submission<T, R>(this, ++this.#submitted, input, null);
    if (this.#closed) {
      const error = new ClosedError(this.name);
      submission.conclude({ status: 'failed', input, error }, error, false);
    } else this.#admit(submission);
    return submission.job;
  }

  #admit(job: Submission<T, R>): void {
    enter();
    try {
      this.#receive(job);
    } catch (error) {
      // That of `key`, or of the order.
      this.#conclude(job, { status: 'failed', input: job.input, error }, error);
    } finally {
      this.#publish();
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
    return this.#running.size < this.#concurrency && !this.#paused;
  }

  /** There is no room for `job`, if it is one. */
  #goAway(job: Submission<T, R> | null): void {
    if (job === null) return;
    if (this.#rules.overflow === 'fail') {
      const error = new OverflowError(this.name, job.input);
      this.#conclude(job, { status: 'failed', input: job.input, error }, error);
    } else {
      this.#lobby.leave(job);
      this.#drop(job);
    }
  }

  #drop(job: Submission<T, R>): void {
    this.#conclude(job, { status: 'dropped', input: job.input }, new CancelledError(this.name, 'dropped'));
  }

  /** Those outside move in where there is room. */
  #moveIn(): void {
    for (let job = this.#lobby.takeMovable(); job !== null; job = this.#lobby.takeMovable()) {
      try {
        this.#lobby.enter(job);
      } catch (error) {
        this.#conclude(job, { status: 'failed', input: job.input, error }, error);
      }
    }
  }

  // ───────────────────────────────────────────────────────────── running

  #start(job: Submission<T, R>): void {
    this.#lobby.gone(job);
    this.#lobby.occupy(job.key);
    this.#running.add(job);
    // After that: who fails to move in may be the last but one, and this one is still there.
    this.#moveIn();
    job.isActive = true;
    job.attempt++;
    job.move('running');
    this.#publish();
    job.begin(this.#handler);
  }

  #goOn(): void {
    enter();
    try {
      this.#advance();
    } finally {
      exit();
    }
  }

  /** Starts those who wait, as long as there is a place: first those that are tried again. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#hasPlace()) {
      const again = this.#retries?.first ?? null;
      const next = again ?? this.#lobby.first;
      if (next === null || this.#pace.rests()) break;
      if (again !== null) this.#retries?.leave(again);
      else this.#lobby.leave(next);
      this.#start(next);
    }
    this.#advancing = false;
    this.#publish();
  }

  #publish(): void {
    // Each is asked anew: who is told of one may change the others.
    this.#pending.set(this.unfinished - this.#running.size - this.#asked.length);
    this.#active.set(this.#running.size);
    this.#idle.set(this.unfinished === 0);
    if (this.unfinished > 0) return;
    if (this.#closed) this.#finish();
    settleAll(this.#idlers, undefined);
  }

  #finish(): void {
    for (const gauge of [this.#pending, this.#active, this.#idle]) gauge.complete();
    this.#outcomes.complete();
    settleAll(this.#closers, undefined);
  }

  // ───────────────────────────────────────────────────────────── what submissions tell

  /** @internal */
  ended(job: Submission<T, R>, failure: Failure | null): void {
    const end = failure === null ? null : this.#tryAgain(job, failure);
    if (end !== 'again') {
      this.#free(job);
      const { input, last } = job;
      if (end === null) this.#conclude(job, { status: 'done', input, result: last }, undefined);
      else this.#conclude(job, { status: 'failed', input, error: end.error }, end.error);
      job.settled();
    }
    this.#advance();
  }

  /** What it has failed with, unless it is tried again. */
  #tryAgain(job: Submission<T, R>, failure: Failure): Failure | 'again' {
    if (this.#retries === null || job.isConcluded) return failure;
    // It can be cancelled by who is asked, and leaves nothing to be cleaned up then: this attempt is over.
    job.renew();
    job.isActive = false;
    let ms: number | Failure;
    try {
      ms = this.#retries.delayOf(job.attempt, failure.error);
    } catch (error) {
      return new Failure(error);
    }
    if (ms instanceof Failure || job.isConcluded) return failure;
    this.#running.delete(job);
    job.refresh();
    this.#retries.add(job, ms);
    job.move('retrying');
    return 'again';
  }

  /** @internal */
  cleaned(job: Submission<T, R>): void {
    this.#free(job);
    job.settled();
    this.#advance();
  }

  #free(job: Submission<T, R>): void {
    this.#running.delete(job);
    job.isActive = false;
    this.#lobby.free(job.key);
  }

  /** @internal */
  cancelled(job: Submission<T, R>, reason: unknown, error: CancelledError | undefined): void {
    this.#leave(job);
    this.#moveIn();
    this.#stop([job], reason, error);
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

  #stop(jobs: readonly Submission<T, R>[], reason: unknown, error: unknown): void {
    this.together(() => {
      for (const job of jobs) job.halt(reason);
      for (const job of jobs) this.#conclude(job, { status: 'cancelled', input: job.input }, error);
    });
  }

  /** @internal Those that wait for a place get it when `act` has told all whom it tells. */
  together(act: () => void): void {
    const outer = this.#advancing;
    this.#advancing = true;
    enter();
    try {
      act();
    } finally {
      this.#advancing = outer;
      this.#advance();
      exit();
    }
  }

  /** Once: of several that are stopped, one may have been left in the callback of another. */
  #conclude(job: Submission<T, R>, outcome: JobOutcome<T, R>, error: unknown): void {
    if (job.isConcluded) return;
    this.#lobby.gone(job);
    this.concluding(outcome, job.job);
    job.conclude(outcome, error, this.#outcomes.observed);
    this.#outcomes.next(outcome);
  }

  /** @internal One ends so, and nobody knows yet: for who listens without being one who hears of it. `job`: if it was started. */
  protected concluding(_outcome: JobOutcome<T, R>, _job: Job<T, R> | null): void {
    // Only who builds on this minds.
  }

  // ───────────────────────────────────────────────────────────── control

  /** Whether it was told to pause. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /**
   * Nothing more starts, the next attempt of a job included; what runs goes on, and what is submitted waits, as `capacity`
   * allows.
   *
   * ```
   * start     ab-------
   * pause     -x-------
   * resume    ------x--
   * handler   --a----b      each takes 2
   * pending$  01----0--
   * ```
   *
   * ![pause and resume in marbles](../../marbles/queue/job-control.svg)
   *
   * @example
   * ```ts
   * fromEvent(window, 'offline').subscribe(() => saves.pause());
   * fromEvent(window, 'online').subscribe(() => saves.resume());
   * ```
   */
  pause(): void {
    this.#paused = true;
  }

  /** Starts those that wait, and may. */
  resume(): void {
    this.#paused = false;
    this.#goOn();
  }

  /** Those whose `debounce` has not run out start now, if there is a place for them. */
  flush(): void {
    this.#lobby.flush();
    this.#goOn();
  }

  /**
   * Drops all that wait, those included that are debounced or tried again: whoever waits for them gets `CancelledError`. What
   * runs goes on.
   */
  clear(): void {
    const jobs = this.#drain().sort(byNumber);
    this.together(() => {
      for (const job of jobs) this.#drop(job);
    });
  }

  /**
   * Completes when nothing runs or waits; at once if so. Never fails.
   *
   * A paused queue in which something waits is not idle, nor one that cleans up.
   *
   * ![whenIdle in marbles](../../marbles/queue/job-control.svg)
   *
   * @example
   * ```ts
   * yield* saves.whenIdle(); // all is saved that could be
   * ```
   */
  whenIdle(): Operation<void> {
    return new Reached(this.#idlers, () => this.unfinished === 0);
  }

  /**
   * Refuses more, from this call on; the operation waits until what was submitted is served. What is debounced starts now; a
   * paused queue waits for `resume()`.
   *
   * Emits undefined and completes, and never fails. What is submitted later fails with `ClosedError`.
   *
   * ![close in marbles](../../marbles/queue/job-queue.svg)
   */
  close(): Operation<void> {
    this.#closed = true;
    this.flush();
    return new Reached(this.#closers, () => this.unfinished === 0);
  }

  /**
   * Cancels everything, and refuses more, from this call on. What runs is cancelled, clean-up included; every submission that
   * is not over fails with `CancelledError`. What is submitted later fails with `ClosedError`.
   */
  cancel(reason?: unknown): void {
    this.#closed = true;
    const jobs = [...this.#running, ...this.#drain(), ...this.#asked].sort(byNumber);
    this.#stop(jobs, reason, new CancelledError(this.name, reason));
  }

  // ───────────────────────────────────────────────────────────── for a person

  toString(): string {
    const counts = { running: this.#running.size, waiting: this.#lobby.size, retrying: this.#retries?.size ?? 0 };
    const parts = Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} ${what}`);
    parts.push(this.#closed ? (this.unfinished === 0 ? 'closed' : 'draining') : 'open');
    if (this.#paused) parts.push('paused');
    return `${names.title(this.#rules.name, this.#number)} (${parts.join(', ')})`;
  }

  /** @internal */
  check(): void {
    const fail = (what: string): never => {
      throw new Error(`${String(this)}: ${what}`);
    };
    const again = this.#retries?.size ?? 0;
    this.#retries?.check();
    // Those that are tried again keep their keys.
    this.#lobby.check(this.#running.size + again);
    const next = this.#retries?.first ?? this.#lobby.first;
    if (next !== null && this.#hasPlace() && !this.#pace.isResting) fail('one waits for a place that is free');
    for (const job of this.#running) if (!job.isActive || job.attempt < 1) fail('one runs that was not begun');
    for (const job of this.#retries?.list() ?? [])
      if (job.state !== 'retrying') fail('one is tried again that is over');
    if (this.unfinished > 0) return;
    if (this.#idlers.first !== null) fail('somebody waits for an idleness that has come');
    if (this.#closed && this.#closers.first !== null) fail('somebody waits for an end that has come');
  }
}

function byNumber(a: { readonly number: number }, b: { readonly number: number }): number {
  return a.number - b.number;
}

/**
 * Makes a queue of jobs: `handler` serves what is submitted, at most `concurrency` at a time.
 *
 * ```
 * edits        a-b-c------
 * save         ----x|
 * each submit(edit), capacity 1, dropOldest
 *   a          ----x|
 *   b          ----#          dropped: c is newer
 *   c          ---------x|
 * pending$     0-1--0----
 * ```
 *
 * A handler returns an observable, a promise, an iterable, or a coroutine. A generator emits what it yields by a plain `yield v`;
 * one that yields nothing emits what it returns, once. Its `signal` aborts when the job is cancelled. With `key`, jobs of equal key run one after the other while others run beside them.
 * `order` says which of those that wait starts next. `capacity` and `overflow` say how many may wait, and what becomes of those
 * beyond that: `capacity: 1, overflow: 'dropOldest'` is "save now, and if it is edited meanwhile, save the latest next".
 *
 * RangeError: `concurrency` below 1, a `capacity` that is no count, `dropOldest` with capacity 0.
 *
 * ![jobQueue in marbles](../../marbles/queue/job-queue.svg)
 *
 * @example
 * ```ts
 * const saves = jobQueue((text: string) => http.put('/document', text), { capacity: 1, overflow: 'dropOldest' });
 * const busy = toSignal(saves.active$.pipe(map((n) => n > 0)), { requireSync: true });
 * saves.submit(text).subscribe({ error: (error) => toast(error) });
 * ```
 */
export function jobQueue<T, R>(
  handler: (input: T, context: TaskContext) => ObservableInput<R> | Coroutine<R>,
  options?: JobQueueOptions<T>,
): JobQueue<T, R>;
/** A generator that yields values, and may wait between them. */
export function jobQueue<T, R>(
  handler: (input: T, context: TaskContext) => Generator<R, unknown>,
  options?: JobQueueOptions<T>,
): JobQueue<T, R>;
export function jobQueue<T, R>(
  handler: (input: T, context: TaskContext) => Handled<R> | Generator<R, unknown>,
  options?: JobQueueOptions<T>,
): JobQueue<T, R> {
  return new JobQueue<T, R>(handler as Handler<T, R>, options);
}
