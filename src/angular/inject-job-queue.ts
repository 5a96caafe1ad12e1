import { computed, effect, isSignal, PendingTasks, type Signal, signal, untracked } from '@angular/core';
import { isObservable, type Observable, type ObservableInput, Subscription } from 'rxjs';
import { checkFunction, checkOneOf, reject } from '../base/checks.ts';
import type { TaskContext } from '../core/context.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import type { Job } from '../queue/job.ts';
import type { JobOutcome, JobQueueOptions } from '../queue/job-options.ts';
import type { JobQueue } from '../queue/job-queue.ts';
import { surviveErrors } from './applications.ts';
import { DESTROYED, type Home, homeOf, type Injected, injectedOptions, type Resident } from './home.ts';
import { type Handler, HomeQueue } from './home-queue.ts';
import { HomeJob, type JobRef } from './job-ref.ts';

/** A job queue, and what goes on in it as signals. */
export interface JobQueueRef<T, R> {
  readonly jobs: JobQueue<T, R>;
  /** Submits now. After destroy: a ref that is `cancelled`, no error. */
  run(input: T): JobRef<T, R>;
  /**
   * Submits each value of a signal (the present one, then its changes, as an effect sees them; not `undefined`) or of an observable,
   * until destroy.
   */
  connect(source: Signal<T | undefined> | Observable<T>): void;
  /** `running` while anything runs or waits; then how the last one ended: `idle` if it was cancelled or dropped, or there was none. */
  readonly status: Signal<'idle' | 'running' | 'done' | 'failed'>;
  /** What the last one that was done brought. */
  readonly value: Signal<R | undefined>;
  /** What the last one failed with, until another has ended. Whoever reads it has observed the failures, also later ones. */
  readonly error: Signal<unknown>;
  /** How many run, those included that clean up. */
  readonly active: Signal<number>;
  /** How many wait. */
  readonly pending: Signal<number>;
  /** For guards: completes when nothing runs or waits, at once if so, with how the last one ended. Never fails. */
  whenIdle(): Operation<'idle' | 'done' | 'failed'>;
}

export interface InjectJobQueueOptions<T> extends JobQueueOptions<T>, Injected {
  /** What becomes of jobs on destroy: they are cancelled (default), or still served, and rendering on a server waits for that. */
  onDestroy?: 'cancel' | 'drain';
  /** Rendering on a server waits while anything runs or waits. */
  pending?: boolean;
}

/**
 * A job queue of the component's.
 *
 * ```
 * run(a), run(b)   ab----
 * handler          --r|
 *                    --r|
 * status           -R--D     running, done
 * ```
 *
 * All as with `jobQueue`; the handler and all other callbacks run untracked. The signals change in the turn in which the queue
 * changes, and a burst is one change detection.
 *
 * On destroy, jobs are cancelled, clean-up included; or, with `drain`, those that were submitted are still served, also if the queue
 * is paused. Refs end `cancelled`, and nobody gets an error by it. What is submitted later is `cancelled` at once.
 *
 * A job's failure that nobody observed (by the job, `outcomes$`, or reading `error` of it or of the queue) is reported
 * (`provideRxsluice`: to the `ErrorHandler`).
 *
 * @example
 * ```ts
 * class Editor {
 *   readonly saves = injectJobQueue((doc: Doc) => this.http.put<void>(`/docs/${doc.id}`, doc), {
 *     key: (doc) => doc.id, capacityPerKey: 1, overflow: 'dropOldest', debounce: 500, onDestroy: 'drain',
 *   });
 *   constructor() {
 *     this.saves.connect(this.doc);
 *   }
 * }
 * // in the template: {{ saves.status() }}
 * ```
 */
export function injectJobQueue<T, R>(
  handler: (input: T, context: TaskContext) => ObservableInput<R> | Coroutine<R>,
  options?: InjectJobQueueOptions<T>,
): JobQueueRef<T, R>;
/** A generator that yields values, and may wait between them. */
export function injectJobQueue<T, R>(
  handler: (input: T, context: TaskContext) => Generator<R, unknown>,
  options?: InjectJobQueueOptions<T>,
): JobQueueRef<T, R>;
export function injectJobQueue<T, R>(
  given: (input: T, context: TaskContext) => ObservableInput<R> | Coroutine<R> | Generator<R, unknown>,
  options: InjectJobQueueOptions<T> = {},
): JobQueueRef<T, R> {
  const handler = given as Handler<T, R>;
  checkFunction('injectJobQueue', 'handler', handler);
  const { injector, onDestroy = 'cancel', pending, ...rest } = injectedOptions('injectJobQueue', options);
  checkOneOf('injectJobQueue', 'onDestroy', onDestroy, ['cancel', 'drain']);
  if (pending !== undefined && typeof pending !== 'boolean')
    reject(TypeError, 'injectJobQueue', 'pending', 'a boolean', pending);
  const home = homeOf(injectJobQueue, 'injectJobQueue', injector === undefined ? {} : { injector });
  const ref = new HomeQueueRef<T, R>(home, handler, rest, onDestroy);
  if (pending === true) ref.holdStability();
  return ref;
}

type Ended = 'idle' | 'done' | 'failed';

export class HomeQueueRef<T, R> implements JobQueueRef<T, R>, Resident {
  readonly jobs: JobQueue<T, R>;
  readonly status: Signal<'running' | Ended>;
  readonly value: Signal<R | undefined>;
  readonly error: Signal<unknown>;
  readonly active = signal(0);
  readonly pending = signal(0);
  readonly #home: Home;
  readonly #onDestroy: 'cancel' | 'drain';
  readonly #concluded: ((outcome: JobOutcome<T, R>) => void) | undefined;
  readonly #last = signal<{ status: Ended; value: R | undefined; error: unknown }>({
    status: 'idle',
    value: undefined,
    error: undefined,
  });
  readonly #refs = new Set<HomeJob<T, R>>();
  readonly #views = new Subscription();
  readonly #sources = new Subscription();
  readonly #pendingTasks: PendingTasks | null;
  /** Somebody shows failures. */
  #isWatched = false;
  #isLetGo = false;
  /** Those that had not ended when it was let go. */
  #own: readonly Job<T, R>[] = [];

  constructor(
    home: Home,
    handler: Handler<T, R>,
    options: JobQueueOptions<T>,
    onDestroy: 'cancel' | 'drain',
    concluded?: (outcome: JobOutcome<T, R>) => void,
  ) {
    if (home.isServer) surviveErrors();
    this.#home = home;
    this.#onDestroy = onDestroy;
    this.#concluded = concluded;
    this.#pendingTasks = home.isDestroyed ? null : home.injector.get(PendingTasks);
    const queue = new HomeQueue<T, R>(home, handler, options, (outcome, job) => this.#note(outcome, job));
    this.jobs = queue;
    this.status = computed(() => (this.active() + this.pending() > 0 ? 'running' : this.#last().status));
    this.value = computed(() => this.#last().value);
    this.error = computed(() => {
      this.#isWatched = true;
      for (const ref of this.#refs) ref.job.observe();
      return this.#last().error;
    });
    this.#views.add(queue.active$.subscribe((n) => untracked(() => this.active.set(n))));
    this.#views.add(queue.pending$.subscribe((n) => untracked(() => this.pending.set(n))));
    home.settle(this);
  }

  run(input: T): JobRef<T, R> {
    return this.runAs(input, input);
  }

  /** The same, of which the ref says that its input was `shown`. */
  runAs(input: T, shown: T): JobRef<T, R> {
    const job = this.jobs.start(input);
    const ref = new HomeJob(this.#home, job, shown, (ended) => this.#refs.delete(ended));
    if (job.status === 'pending') this.#refs.add(ref);
    return ref;
  }

  connect(source: Signal<T | undefined> | Observable<T>): void {
    if (!isSignal(source) && !isObservable(source))
      reject(TypeError, 'connect', 'source', 'a signal or an observable', source);
    if (this.#home.isDestroyed) return;
    if (isObservable(source)) {
      this.#home.run(() => this.#sources.add(source.subscribe((input) => void this.jobs.start(input))));
      return;
    }
    const submit = (): void => {
      const input = source();
      if (input !== undefined) untracked(() => this.jobs.start(input));
    };
    const { injector } = this.#home;
    const watching = untracked(() => effect(submit, { injector }));
    this.#sources.add(() => watching.destroy());
  }

  whenIdle(): Operation<Ended> {
    return this.jobs.whenIdle().map(() => untracked(this.#last).status);
  }

  /** As long as anything runs or waits, the application is not stable. */
  holdStability(): void {
    let release: (() => void) | null = null;
    const tell = (isIdle: boolean): void => {
      if (isIdle) {
        release?.();
        release = null;
      } else release ??= this.#pendingTasks?.add() ?? null;
    };
    this.jobs.idle$.subscribe({ next: tell });
  }

  #note(outcome: JobOutcome<T, R>, job: Job<T, R> | null): void {
    if (this.#isWatched) job?.observe();
    this.#concluded?.(outcome);
    if (this.#isLetGo) return;
    untracked(() => this.#last.update(({ value }) => endOf(outcome, value)));
  }

  get futures(): Iterable<Job<T, R>> {
    return this.#onDestroy === 'drain' ? [] : this.#own;
  }

  letGo(): void {
    if (this.#onDestroy === 'drain') return;
    this.#isLetGo = true;
    this.#views.unsubscribe();
    this.#own = [...this.#refs].map(({ job }) => job);
    for (const ref of this.#refs) ref.letGo();
    this.#refs.clear();
    if (this.active() + this.pending() > 0)
      this.#last.update((last) => ({ ...last, status: 'idle', error: undefined }));
    this.active.set(0);
    this.pending.set(0);
  }

  stop(): void {
    this.#sources.unsubscribe();
    if (this.#onDestroy === 'cancel') {
      this.jobs.cancel(DESTROYED);
      return;
    }
    const release = this.#pendingTasks?.add();
    this.jobs.resume();
    this.jobs.close().subscribe(() => release?.());
  }
}

function endOf<R>(
  outcome: JobOutcome<unknown, R>,
  value: R | undefined,
): { status: Ended; value: R | undefined; error: unknown } {
  if (outcome.status === 'done') return { status: 'done', value: outcome.result, error: undefined };
  if (outcome.status === 'failed') return { status: 'failed', value, error: outcome.error };
  return { status: 'idle', value, error: undefined };
}
