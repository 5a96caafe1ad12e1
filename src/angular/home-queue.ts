import { EMPTY, Observable, type ObservableInput } from 'rxjs';
import type { TaskContext } from '../core/context.ts';
import type { Coroutine } from '../core/operation.ts';
import type { Job } from '../queue/job.ts';
import type { JobOutcome, JobQueueOptions } from '../queue/job-options.ts';
import { JobQueue } from '../queue/job-queue.ts';
import type { Home } from './home.ts';
import { cancelledJob } from './job-ref.ts';

export type Handler<T, R> = (input: T, context: TaskContext) => ObservableInput<R> | Coroutine<R>;

/** A job queue whose handlers and other callbacks run in a home. What is submitted after its destroy ends at once, in silence. */
export class HomeQueue<T, R> extends JobQueue<T, R> {
  readonly #home: Home;
  readonly #concluding: (outcome: JobOutcome<T, R>, job: Job<T, R> | null) => void;

  /** `concluding` is told how each ends before anybody else is. */
  constructor(
    home: Home,
    handler: Handler<T, R>,
    options: JobQueueOptions<T>,
    concluding: (outcome: JobOutcome<T, R>, job: Job<T, R> | null) => void,
  ) {
    super(handler, within(home, options));
    this.#home = home;
    this.#concluding = concluding;
  }

  override submit(input: T): Observable<R> {
    const submission = super.submit(input);
    return new Observable((subscriber) => {
      if (this.#home.isDestroyed) return EMPTY.subscribe(subscriber);
      return this.#home.run(() => submission.subscribe(subscriber));
    });
  }

  override start(input: T): Job<T, R> {
    return this.#home.isDestroyed ? cancelledJob(this.name, input) : this.#home.run(() => super.start(input));
  }

  /** @internal */
  override concluding(outcome: JobOutcome<T, R>, job: Job<T, R> | null): void {
    this.#concluding(outcome, job);
  }
}

/** The callbacks that the queue calls when there is a place: in whose course that may be. */
function within<T>(home: Home, options: JobQueueOptions<T>): JobQueueOptions<T> {
  const own = { ...options };
  if (typeof own.key === 'function') own.key = home.wrap(own.key);
  if (typeof own.order === 'function') own.order = home.wrap(own.order);
  if (typeof own.retry === 'object' && (own.retry as unknown) !== null) {
    const retry = (own.retry = { ...own.retry });
    if (typeof retry.backoff === 'function') retry.backoff = home.wrap(retry.backoff);
    if (typeof retry.when === 'function') retry.when = home.wrap(retry.when);
  }
  return own;
}
