// Jobs, as their users know them. What becomes of them is decided in `dispatcher.ts`, and told by `bulletin.ts`.

import { Observable, type ObservableInput } from 'rxjs';
import { checkFunction, checkLimit } from '../base/checks.ts';
import { Names } from '../base/names.ts';
import { eachInOwn } from '../core/ambient.ts';
import type { TaskContext } from '../core/context.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import { turn } from '../core/turn.ts';
import { Dispatcher, type Handler } from './dispatcher.ts';
import type { Job } from './job.ts';
import { type JobOutcome, type JobQueueOptions, jobRules } from './job-options.ts';
import type { Handled } from './run.ts';

const names = /* @__PURE__ */ new Names('jobQueue');

/**
 * A queue for requests that want their own answer (a save, an upload): each submission ends as done, failed, dropped or
 * cancelled, and none hangs.
 */
export class JobQueue<T, R> {
  /**
   * How many wait, those included that are tried again. Emits its current value synchronously on subscription, then each change;
   * completes when all is closed and served. Changes are told when a step is over: where one job goes and the next comes, `active$`
   * says nothing. Who subscribes in a callback of a job's end finds that counted no more.
   */
  readonly pending$: Observable<number>;
  /** How many run, those included that clean up. Emits as `pending$` does. */
  readonly active$: Observable<number>;
  /** Whether nothing waits and nothing runs. Emits as `pending$` does. */
  readonly idle$: Observable<boolean>;
  /** How each job ends, when it does; completes when all is closed and served. */
  readonly outcomes$: Observable<JobOutcome<T, R>>;
  readonly #number = names.draw();
  readonly #name: string | undefined;
  readonly #jobs: Dispatcher<T, R>;

  constructor(
    handler: (input: T, context: TaskContext) => ObservableInput<R> | Coroutine<R>,
    options: JobQueueOptions<T> = {},
  ) {
    checkFunction('jobQueue', 'handler', handler);
    const rules = jobRules(options);
    this.#name = rules.name;
    this.#jobs = new Dispatcher(this, handler, rules);
    const { pending, active, idle, outcomes } = this.#jobs.bulletin;
    this.pending$ = pending.values;
    this.active$ = active.values;
    this.idle$ = idle.values;
    this.outcomes$ = eachInOwn(outcomes);
    turn.watch?.made?.('jobQueue', this);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }

  /** @internal For those who look on: what those do that have a place. */
  get runs(): Iterable<object> {
    return this.#jobs.runs;
  }

  /**
   * How many may run at once: an integer >= 1, or Infinity; else RangeError. Set to more, those that wait start at once; set to
   * less, those that run go on, and no other starts until few enough do.
   *
   * ![concurrency in marbles](../../marbles/queue/job-control.svg)
   */
  get concurrency(): number {
    return this.#jobs.concurrency;
  }
  set concurrency(places: number) {
    checkLimit(this, 'concurrency', places, 1);
    this.#jobs.concurrency = places;
    this.#jobs.goOn();
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
      const submission = this.#jobs.submission(input, subscriber);
      subscriber.add(submission);
      turn.watch?.brings?.(subscriber, submission, submitted);
      this.#jobs.admit(submission);
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
    const submission = this.#jobs.submission(input, null);
    this.#jobs.admit(submission);
    return submission.job as Job<T, R>;
  }

  /** @internal One ends so, and nobody knows yet: for who listens without being one who hears of it. `job`: if it was started. */
  concluding(_outcome: JobOutcome<T, R>, _job: Job<T, R> | null): void {
    // Only who builds on this minds.
  }

  // ───────────────────────────────────────────────────────────── control

  /** Whether it was told to pause. */
  get isPaused(): boolean {
    return this.#jobs.isPaused;
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
    this.#jobs.isPaused = true;
  }

  /** Starts those that wait, and may. */
  resume(): void {
    this.#jobs.isPaused = false;
    this.#jobs.goOn();
  }

  /** Those whose `debounce` has not run out start now, if there is a place for them. */
  flush(): void {
    this.#jobs.flush();
  }

  /**
   * Drops all that wait, those included that are debounced or tried again: whoever waits for them gets `CancelledError`. What
   * runs goes on.
   */
  clear(): void {
    this.#jobs.clear();
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
    return this.#jobs.bulletin.whenIdle();
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
    this.#jobs.close();
    return this.#jobs.bulletin.whenEnded();
  }

  /**
   * Cancels everything, and refuses more, from this call on. What runs is cancelled, clean-up included; every submission that
   * is not over fails with `CancelledError`. What is submitted later fails with `ClosedError`.
   */
  cancel(reason?: unknown): void {
    this.#jobs.cancel(reason);
  }

  // ───────────────────────────────────────────────────────────── for a person

  toString(): string {
    return `${names.title(this.#name, this.#number)} (${String(this.#jobs)})`;
  }

  /** @internal */
  check(): void {
    this.#jobs.check();
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
