// Jobs: each is submitted, waits, runs, and ends once: done, failed, dropped or cancelled.
//
//                 ┌─ no room, `suspend`: outside ─┐
//   submitted ────┼─ a place is free ─────────────┼──► running ──► done, failed
//       │         └─ room: waiting ───────────────┘        └─ stopped ──► cancelled, cleaning up
//       └─ no room ──► dropped, failed                     (unsubscribed or cancelled, wherever it is: cancelled)
//
// Invariants (`check()` asserts them):
//   1. running <= concurrency, those included that clean up; no two of equal key
//   2. waiting <= capacity; somebody is outside  =>  waiting = capacity
//   3. somebody waits  =>  running = concurrency, or the keys of all who wait are busy
//   4. closed, and nothing waits or runs  =>  nobody waits for the end

import { Observable, type ObservableInput, Subject } from 'rxjs';
import { checkFunction, checkHooks, checkLimit, ownOptions } from '../base/checks.ts';
import { CancelledError, ClosedError, OverflowError } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { checkOptions, type Overflow } from '../channel/options.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import type { Failure } from '../core/outcome.ts';
import { LineOf } from '../core/pullable.ts';
import { Pace } from '../core/pace.ts';
import { enter, exit } from '../core/turn.ts';
import { settleAll } from '../core/waiter.ts';
import type { TaskContext } from '../core/context.ts';
import { Entries, type Order } from './entries.ts';
import { Gauge } from './gauge.ts';
import { Job } from './job.ts';
import { Join } from './join.ts';
import { KeyedEntries } from './keyed-entries.ts';
import { checkOrder } from './options.ts';
import type { Handled } from './run.ts';

/** How a job has ended. */
export type JobOutcome<T, R> =
  | {
      readonly status: 'done';
      readonly input: T;
      /** The last value that its handler emitted. */
      readonly result: R | undefined;
    }
  | { readonly status: 'failed'; readonly input: T; readonly error: unknown }
  | { readonly status: 'dropped' | 'cancelled'; readonly input: T };

export interface JobQueueOptions<T> {
  /** Shown by `toString()` and by errors. */
  name?: string;
  /** Jobs that run at once (default 1). */
  concurrency?: number;
  /** Jobs that may wait, not counting those that run (default Infinity). */
  capacity?: number;
  /**
   * What happens to a job beyond that (default `suspend`): it waits all the same, for room to wait; the oldest that waits is
   * dropped; it is dropped itself; or it fails with `OverflowError`.
   */
  overflow?: Overflow;
  /** Which of those that wait starts next (default `fifo`). */
  order?: Order<T>;
  /** Jobs of equal key never run at the same time. */
  key?: (input: T) => unknown;
}

type Handler<T, R> = (input: T, context: TaskContext) => Handled<R>;

const names = /* @__PURE__ */ new Names('jobQueue');

/**
 * A queue for requests that want their own answer (a save, an upload): each submission ends as done, failed, dropped or
 * cancelled, and none hangs.
 */
export class JobQueue<T, R> {
  /** How many wait. Emits its current value synchronously on subscription, then each change; completes when all is closed and served. */
  readonly pending$: Observable<number>;
  /** How many run, those included that clean up. Emits as `pending$` does. */
  readonly active$: Observable<number>;
  /** Whether nothing waits and nothing runs. Emits as `pending$` does. */
  readonly idle$: Observable<boolean>;
  /** How each job ends, when it does; completes when all is closed and served. */
  readonly outcomes$: Observable<JobOutcome<T, R>>;
  readonly #name: string | undefined;
  readonly #number = names.draw();
  readonly #handler: Handler<T, R>;
  readonly #concurrency: number;
  readonly #capacity: number;
  readonly #overflow: Overflow;
  readonly #keyOf: ((input: T) => unknown) | undefined;
  readonly #pending = new Gauge(0);
  readonly #active = new Gauge(0);
  readonly #idle = new Gauge(true);
  readonly #outcomes = new Subject<JobOutcome<T, R>>();
  readonly #waiting: Entries<Job<T, R>> | KeyedEntries<Job<T, R>>;
  /** Those that wait for room to wait. */
  readonly #outside = new Entries<Job<T, R>>('fifo', false);
  readonly #running = new Set<Job<T, R>>();
  readonly #busy = new Set<unknown>();
  readonly #closers = new LineOf('the end of', this);
  #submitted = 0;
  #closed = false;
  #advancing = false;
  readonly #pace = new Pace(() => this.#goOn());

  constructor(
    handler: (input: T, context: TaskContext) => ObservableInput<R> | Coroutine<R>,
    given: JobQueueOptions<T> = {},
  ) {
    checkFunction('jobQueue', 'handler', handler);
    const options = ownOptions('jobQueue', given);
    const { concurrency = 1, capacity = Infinity, overflow = 'suspend', order = 'fifo', key } = options;
    checkLimit('jobQueue', 'concurrency', concurrency, 1);
    checkOptions('jobQueue', { capacity, overflow });
    checkOrder('jobQueue', order);
    checkHooks('jobQueue', options, 'key');
    this.#handler = handler;
    this.#name = options.name;
    this.#concurrency = concurrency;
    this.#capacity = capacity;
    this.#overflow = overflow;
    this.#keyOf = key;
    const ofJobs: Order<Job<T, R>> = typeof order === 'function' ? (a, b) => order(a.input, b.input) : order;
    const dated = overflow === 'dropOldest';
    const keys = { keyOf: (job: Job<T, R>) => job.key, isBusy: (busy: unknown) => this.#busy.has(busy) };
    this.#waiting = key === undefined ? new Entries(ofJobs, dated) : new KeyedEntries(ofJobs, dated, keys);
    this.pending$ = this.#pending.values;
    this.active$ = this.#active.values;
    this.idle$ = this.#idle.values;
    this.outcomes$ = this.#outcomes.asObservable();
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }

  /** @internal What waits or runs. */
  get unfinished(): number {
    return this.#waiting.size + this.#outside.size + this.#running.size;
  }

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
   * Emits what the handler emits for this input, and completes with it. Fails with the handler's error; with `CancelledError`
   * when it is dropped, or cancelled from outside; with `OverflowError`; with `ClosedError` after `close` or `cancel`.
   * Unsubscribing withdraws it while it waits, and cancels it if it runs: `take(1)` and `firstValueFrom` cancel a handler that
   * would go on after its first value. Its place is free when its clean-up has ended.
   *
   * @example
   * ```ts
   * saves.submit(document).subscribe({ complete: () => toast('saved'), error: () => toast('not saved') });
   * ```
   */
  submit(input: T): Observable<R> {
    return new Observable((subscriber) => {
      if (subscriber.closed) return;
      if (this.#closed) {
        subscriber.error(new ClosedError(this.name));
        return;
      }
      enter();
      try {
        const job = new Job<T, R>(this, ++this.#submitted, input, subscriber);
        subscriber.add(job);
        this.#admit(job);
      } finally {
        exit();
      }
    });
  }

  #admit(job: Job<T, R>): void {
    try {
      if (this.#keyOf !== undefined) job.key = this.#keyOf(job.input);
      // By its own `key`.
      if (job.isConcluded) return;
      if (this.#startsNow(job)) this.#start(job);
      else if (this.#waiting.size < this.#capacity) this.#wait(job);
      else this.#overflowWith(job);
    } catch (error) {
      // That of `key`, or of the order.
      this.#conclude(job, { status: 'failed', input: job.input, error }, error);
    }
    this.#publish();
  }

  #startsNow({ key }: Job<T, R>): boolean {
    return this.#running.size < this.#concurrency && !this.#busy.has(key) && this.#waiting.first === null;
  }

  #wait(job: Job<T, R>): void {
    this.#waiting.add(job.entry);
    job.waitsIn = this.#waiting;
    // By the order, as it was asked for a place.
    if (job.isConcluded) this.#takeOut(job);
  }

  #overflowWith(job: Job<T, R>): void {
    switch (this.#overflow) {
      case 'suspend':
        this.#outside.add(job.entry);
        job.waitsIn = this.#outside;
        return;
      case 'dropOldest':
        this.#wait(job);
        // The order, when it was asked, may have made room.
        if (this.#waiting.size > this.#capacity) this.#drop(this.#waiting.oldest.value);
        return;
      case 'dropNewest':
        this.#drop(job);
        return;
      case 'fail': {
        const error = new OverflowError(this.name, job.input);
        this.#conclude(job, { status: 'failed', input: job.input, error }, error);
      }
    }
  }

  #drop(job: Job<T, R>): void {
    this.#takeOut(job);
    this.#conclude(job, { status: 'dropped', input: job.input }, new CancelledError(this.name, 'dropped'));
  }

  /** Takes `job` out of where it waits, if it does. */
  #takeOut(job: Job<T, R>): void {
    job.waitsIn?.remove(job.entry);
    job.waitsIn = null;
  }

  /** Those outside move in where there is room. */
  #moveIn(): void {
    while (this.#waiting.size < this.#capacity && this.#outside.first !== null) {
      const job = this.#outside.first.value;
      this.#takeOut(job);
      try {
        this.#wait(job);
      } catch (error) {
        this.#conclude(job, { status: 'failed', input: job.input, error }, error);
      }
    }
  }

  #start(job: Job<T, R>): void {
    this.#running.add(job);
    this.#occupy(job);
    this.#publish();
    job.run(() => this.#handler(job.input, job));
  }

  #goOn(): void {
    enter();
    try {
      this.#advance();
    } finally {
      exit();
    }
  }

  #occupy({ key }: Job<T, R>): void {
    if (this.#keyOf === undefined) return;
    this.#busy.add(key);
    (this.#waiting as KeyedEntries<Job<T, R>>).turned(key);
  }

  /** Starts those who wait, as long as there is a place. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#running.size < this.#concurrency) {
      const next = this.#waiting.first?.value;
      if (next === undefined || this.#pace.rests()) break;
      this.#takeOut(next);
      this.#moveIn();
      this.#start(next);
    }
    this.#advancing = false;
    this.#publish();
  }

  #publish(): void {
    const running = this.#running.size;
    const { unfinished } = this;
    this.#pending.set(unfinished - running);
    this.#active.set(running);
    this.#idle.set(unfinished === 0);
    if (this.#closed && unfinished === 0) this.#finish();
  }

  #finish(): void {
    for (const gauge of [this.#pending, this.#active, this.#idle]) gauge.complete();
    this.#outcomes.complete();
    settleAll(this.#closers, undefined);
  }

  // ───────────────────────────────────────────────────────────── what jobs tell

  /** @internal */
  ended(job: Job<T, R>, failure: Failure | null): void {
    this.#free(job);
    const { input, last } = job;
    if (failure === null) this.#conclude(job, { status: 'done', input, result: last }, undefined);
    else this.#conclude(job, { status: 'failed', input, error: failure.error }, failure.error);
    this.#advance();
  }

  /** @internal */
  cleaned(job: Job<T, R>): void {
    this.#free(job);
    this.#advance();
  }

  #free(job: Job<T, R>): void {
    this.#running.delete(job);
    if (this.#keyOf === undefined) return;
    this.#busy.delete(job.key);
    (this.#waiting as KeyedEntries<Job<T, R>>).turned(job.key);
  }

  /** @internal */
  left(job: Job<T, R>): void {
    // Over, and about to be told: it was the last value that made it leave.
    if (job.isConcluded || job.isOver) return;
    this.#takeOut(job);
    this.#moveIn();
    this.#stop([job], undefined);
  }

  /** Those that wait for their places come after all these were told. */
  #stop(jobs: readonly Job<T, R>[], error: unknown): void {
    const outer = this.#advancing;
    this.#advancing = true;
    enter();
    try {
      for (const job of jobs) job.stop();
      for (const job of jobs) this.#conclude(job, { status: 'cancelled', input: job.input }, error);
    } finally {
      this.#advancing = outer;
      this.#advance();
      exit();
    }
  }

  /** Once: of several that are stopped, one may have been left in the callback of another. */
  #conclude(job: Job<T, R>, outcome: JobOutcome<T, R>, error: unknown): void {
    if (job.isConcluded) return;
    job.isConcluded = true;
    if (outcome.status === 'done') job.subscriber.complete();
    else job.subscriber.error(error);
    this.#outcomes.next(outcome);
  }

  // ───────────────────────────────────────────────────────────── ending

  /**
   * Refuses more, from this call on; the operation waits until what was submitted is served.
   *
   * Emits undefined and completes, and never fails. What is submitted later fails with `ClosedError`.
   */
  close(): Operation<void> {
    this.#closed = true;
    enter();
    try {
      this.#publish();
    } finally {
      exit();
    }
    return new Join(this, this.#closers);
  }

  /**
   * Cancels everything, and refuses more, from this call on. What runs is cancelled, clean-up included; every submission that
   * is not over fails with `CancelledError`. What is submitted later fails with `ClosedError`.
   */
  cancel(reason?: unknown): void {
    this.#closed = true;
    const error = new CancelledError(this.name, reason);
    const jobs = [...this.#running];
    for (const { value } of [...this.#waiting.drain(), ...this.#outside.drain()]) {
      value.waitsIn = null;
      jobs.push(value);
    }
    jobs.sort((a, b) => a.number - b.number);
    this.#stop(jobs, error);
  }

  // ───────────────────────────────────────────────────────────── for a person

  toString(): string {
    const running = this.#running.size;
    const waiting = this.unfinished - running;
    const parts = [this.#closed ? (this.unfinished === 0 ? 'closed' : 'draining') : 'open'];
    if (waiting > 0) parts.unshift(`${waiting} waiting`);
    if (running > 0) parts.unshift(`${running} running`);
    return `${names.title(this.#name, this.#number)} (${parts.join(', ')})`;
  }

  /** @internal */
  check(): void {
    this.#waiting.check();
    this.#outside.check();
    const fail = (what: string): never => {
      throw new Error(`${String(this)}: ${what}`);
    };
    const running = this.#running.size;
    if (running > this.#concurrency) fail('more run than may');
    if (this.#keyOf !== undefined && this.#busy.size !== running) fail('two of equal key run');
    if (this.#waiting.size > this.#capacity) fail('more wait than may');
    if (this.#outside.size > 0 && this.#waiting.size < this.#capacity) fail('one waits for room that there is');
    if (this.#waiting.first !== null && running < this.#concurrency && !this.#pace.isResting)
      fail('one waits for a place that is free');
    if (this.#closed && this.unfinished === 0 && this.#closers.first !== null)
      fail('somebody waits for an end that has come');
  }
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
