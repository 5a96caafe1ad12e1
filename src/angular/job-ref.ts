import { computed, type Signal, signal, untracked } from '@angular/core';
import type { Subscription } from 'rxjs';
import { CancelledError } from '../base/errors.ts';
import { Job } from '../queue/job.ts';
import type { JobOutcome, JobState } from '../queue/job-options.ts';
import { DESTROYED, type Home } from './home.ts';
import { Told } from './told.ts';

/** A job, and where it is as signals. */
export interface JobRef<T, R> {
  readonly job: Job<T, R>;
  readonly input: T;
  readonly state: Signal<JobState>;
  /** What the handler has emitted last: progress, then the result. */
  readonly value: Signal<R | undefined>;
  /** What it failed with; of one that was dropped or cancelled: undefined. Whoever reads it has observed a failure, also a later one. */
  readonly error: Signal<unknown>;
  /** Attempts begun. */
  readonly attempt: Signal<number>;
  /** Cancels it, at this call. */
  cancel(): void;
  /** Always settles, never rejects. */
  outcome(): Promise<JobOutcome<T, R>>;
}

interface Shown<R> {
  readonly state: JobState;
  readonly value: R | undefined;
  readonly error: unknown;
  readonly attempt: number;
}

export class HomeJob<T, R> implements JobRef<T, R> {
  readonly job: Job<T, R>;
  readonly input: T;
  readonly state: Signal<JobState>;
  readonly value: Signal<R | undefined>;
  readonly error: Signal<unknown>;
  readonly attempt: Signal<number>;
  readonly #home: Home;
  readonly #shown;
  readonly #views: Subscription[] = [];
  readonly #over: (ref: HomeJob<T, R>) => void;
  #value: R | undefined = undefined;
  #isLetGo = false;

  /** `over` is called when it has ended. */
  constructor(home: Home, job: Job<T, R>, input: T, over: (ref: HomeJob<T, R>) => void) {
    this.#home = home;
    this.job = job;
    this.input = input;
    this.#over = over;
    this.#value = job.last;
    const shown = (this.#shown = signal<Shown<R>>(this.#look()));
    this.state = computed(() => shown().state);
    this.value = computed(() => shown().value);
    this.error = computed(() => {
      job.observe();
      return shown().error;
    });
    this.attempt = computed(() => shown().attempt);
    if (job.status === 'pending') this.#watch();
  }

  #watch(): void {
    const { job } = this;
    // First in line: it shows the end before anybody else hears of it.
    job.attend(
      new Told(() => {
        this.#show();
        this.#over(this);
      }),
    );
    this.#views.push(
      job.state$.subscribe(() => this.#show()),
      job.results$.subscribe((value) => {
        this.#value = value;
        this.#show();
      }),
    );
  }

  #look(): Shown<R> {
    const { job } = this;
    const { state, attempt } = job;
    if (state === 'done') this.#value = job.settledWith as R | undefined;
    return { state, value: this.#value, error: state === 'failed' ? job.settledWith : undefined, attempt };
  }

  #show(): void {
    if (this.#isLetGo) return;
    const now = this.#look();
    untracked(() => this.#shown.set(now));
  }

  cancel(): void {
    this.#home.run(() => this.job.cancel());
  }

  outcome(): Promise<JobOutcome<T, R>> {
    const { job, input } = this;
    return new Promise((resolve) => {
      const end = (): void => resolve(outcomeOf(job, input));
      job.subscribe({ error: end, complete: end });
    });
  }

  /** Its component is destroyed: it shows that it is cancelled. */
  letGo(): void {
    this.#isLetGo = true;
    for (const view of this.#views) view.unsubscribe();
    this.#shown.update((shown) => ({ ...shown, state: 'cancelled', error: undefined }));
  }
}

function outcomeOf<T, R>(job: Job<T, R>, input: T): JobOutcome<T, R> {
  switch (job.state) {
    case 'done':
      return { status: 'done', input, result: job.settledWith as R | undefined };
    case 'dropped':
    case 'cancelled':
      return { status: job.state, input };
    default:
      return { status: 'failed', input, error: job.settledWith };
  }
}

/** The job of what was submitted too late: it never runs, and is cancelled. */
export function cancelledJob<T, R>(queue: string, input: T): Job<T, R> {
  const job = new Job<T, R>({
    name: `${queue}/0`,
    input,
    attempt: 0,
    state: 'cancelled',
    isGone: true,
    ahead: null,
    last: undefined,
    cancel: () => undefined,
  });
  job.conclude('cancelled', new CancelledError(job.name, DESTROYED));
  return job;
}
