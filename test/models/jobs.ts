// A queue of jobs in plain arrays: slow, and obviously right. The script says when a job that runs ends; the model's clock stands
// at the moment of the last step, and what was due before it has happened.

import type { JobState, Overflow } from '../../src/index.ts';

export interface JobsSetup {
  readonly concurrency: number;
  readonly capacity: number;
  readonly capacityPerKey: number;
  readonly overflow: Overflow;
  readonly order: 'fifo' | 'lifo' | 'least';
  readonly keyed: boolean;
  readonly debounce: number | undefined;
  /** Attempts in all, and ms between them. */
  readonly retry: { readonly attempts: number; readonly ms: number } | undefined;
  readonly timeout: number;
}

export interface ModelJob {
  readonly id: number;
  /** Its key, and its priority. */
  readonly key: number;
  readonly priority: number;
  /** How long its clean-up takes: a script ends it by hand, if it takes any time at all. */
  readonly cleansUp: boolean;
}

interface Timer {
  readonly due: number;
  readonly act: () => void;
}

export class JobsModel {
  readonly setup: JobsSetup;
  concurrency: number;
  /** In order of arrival. */
  waiting: ModelJob[] = [];
  outside: ModelJob[] = [];
  running: ModelJob[] = [];
  cleaning: ModelJob[] = [];
  /** In the order in which they are due; those that are, first. */
  retrying: ModelJob[] = [];
  due: ModelJob[] = [];
  /** Of those that clean up: those that took too long. */
  late: ModelJob[] = [];
  paused = false;
  closed = false;
  readonly states = new Map<ModelJob, JobState>();
  readonly attempts = new Map<ModelJob, number>();
  /** What was told since the last look. */
  log: string[] = [];
  #time = 0;
  /** In the order in which they were set. */
  #timers: Timer[] = [];
  readonly #held = new Map<number, Timer>();
  readonly #clocks = new Map<ModelJob, Timer>();

  constructor(setup: JobsSetup) {
    this.setup = setup;
    this.concurrency = setup.concurrency;
  }

  get pending(): number {
    return this.waiting.length + this.outside.length + this.retrying.length;
  }
  get active(): number {
    return this.running.length + this.cleaning.length;
  }
  /** Those that have not ended. */
  get alive(): ModelJob[] {
    return [...this.running, ...this.waiting, ...this.outside, ...this.retrying, ...this.late];
  }

  /** It is `time` now: what was due before has happened. */
  pass(time: number): void {
    for (;;) {
      const [next] = this.#timers.filter(({ due }) => due < time).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#time = next.due;
      this.#unset(next);
      next.act();
    }
    this.#time = time;
  }

  #set(ms: number, act: () => void): Timer {
    const timer = { due: this.#time + ms, act };
    this.#timers.push(timer);
    return timer;
  }
  #unset(timer: Timer | undefined): void {
    this.#timers = this.#timers.filter((one) => one !== timer);
  }

  // ───────────────────────────────────────────────────────────── coming

  submit(job: ModelJob): void {
    if (this.closed) {
      this.states.set(job, 'failed');
      this.log.push(`${job.id} ClosedError`);
      return;
    }
    this.states.set(job, 'waiting');
    this.#hold(job);
    if (this.#hasPlace && this.#isFree(job) && this.#next() === null) this.#start(job);
    else this.#enter(job);
    this.#forget();
  }

  #hold(job: ModelJob): void {
    const { debounce } = this.setup;
    if (debounce === undefined) return;
    const key = this.#keyOf(job);
    this.#unset(this.#held.get(key));
    const timer = this.#set(debounce, () => {
      this.#held.delete(key);
      this.#advance();
    });
    this.#held.set(key, timer);
  }

  /** Keys of which nothing waits are not held. */
  #forget(): void {
    for (const [key, timer] of this.#held) {
      if ([...this.waiting, ...this.outside].some((job) => this.#keyOf(job) === key)) continue;
      this.#unset(timer);
      this.#held.delete(key);
    }
  }

  #enter(job: ModelJob): void {
    if (this.#fits(job)) {
      this.waiting.push(job);
      return;
    }
    const { overflow } = this.setup;
    switch (overflow) {
      case 'suspend':
        this.outside.push(job);
        return;
      case 'dropOldest':
        this.#replaceOldest(job);
        return;
      case 'dropNewest':
        this.#conclude(job, 'dropped');
        return;
      case 'fail':
        this.#conclude(job, 'failed');
        return;
      default:
        overflow satisfies never;
    }
  }

  #replaceOldest(job: ModelJob): void {
    const { capacity, capacityPerKey } = this.setup;
    const ofKey = this.waiting.filter(({ key }) => key === job.key);
    const crowd = ofKey.length >= capacityPerKey ? ofKey : this.waiting;
    const oldest = crowd[0] as ModelJob;
    this.waiting = [...this.waiting.filter((one) => one !== oldest), job];
    if (this.waiting.length > capacity) throw new Error('the model is wrong');
    this.#conclude(oldest, 'dropped');
  }

  #fits({ key }: ModelJob): boolean {
    const ofKey = this.waiting.filter((one) => one.key === key).length;
    return this.waiting.length < this.setup.capacity && ofKey < this.setup.capacityPerKey;
  }

  // ───────────────────────────────────────────────────────────── running

  /** One that runs ends. */
  end(job: ModelJob, how: 'done' | 'failed'): void {
    this.#stopClock(job);
    this.running = without(this.running, job);
    if (how === 'failed') this.#failed(job);
    else this.#conclude(job, how);
    this.#advance();
  }

  #failed(job: ModelJob): void {
    const { retry } = this.setup;
    if (retry === undefined || (this.attempts.get(job) as number) >= retry.attempts) {
      this.#conclude(job, 'failed');
      return;
    }
    this.states.set(job, 'retrying');
    this.retrying.push(job);
    if (retry.ms === 0) this.due.push(job);
    else {
      const timer = this.#set(retry.ms, () => {
        this.due.push(job);
        this.#advance();
      });
      this.#clocks.set(job, timer);
    }
  }

  #timeOut(job: ModelJob): void {
    this.running = without(this.running, job);
    if (job.cleansUp) {
      this.cleaning.push(job);
      this.late.push(job);
      return;
    }
    this.#failed(job);
    this.#advance();
  }

  cleaned(job: ModelJob): void {
    this.cleaning = without(this.cleaning, job);
    if (this.late.includes(job)) this.#failed(job);
    this.late = without(this.late, job);
    this.#advance();
  }

  leave(job: ModelJob): void {
    this.#takeOut(job);
    this.#moveIn();
    this.#conclude(job, 'cancelled');
    this.#advance();
  }

  // ───────────────────────────────────────────────────────────── control

  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
    this.#advance();
  }
  setConcurrency(places: number): void {
    this.concurrency = places;
    this.#advance();
  }
  flush(): void {
    for (const timer of this.#held.values()) this.#unset(timer);
    this.#held.clear();
    this.#advance();
  }
  clear(): void {
    const all = [...this.waiting, ...this.outside, ...this.retrying].sort((a, b) => a.id - b.id);
    for (const job of all) this.#takeOut(job);
    for (const job of all) this.#conclude(job, 'dropped');
    this.#advance();
  }
  close(): void {
    this.closed = true;
    this.flush();
  }
  cancel(): void {
    this.closed = true;
    const all = this.alive.sort((a, b) => a.id - b.id);
    for (const job of all) this.#takeOut(job);
    for (const job of all) this.#conclude(job, 'cancelled');
    this.#forget();
  }

  get isIdle(): boolean {
    return this.pending + this.active === 0;
  }
  get served(): boolean {
    return this.closed && this.isIdle;
  }

  // ───────────────────────────────────────────────────────────── the rest

  #stopClock(job: ModelJob): void {
    this.#unset(this.#clocks.get(job));
    this.#clocks.delete(job);
  }

  #takeOut(job: ModelJob): void {
    this.#stopClock(job);
    if (this.running.includes(job) && job.cleansUp) this.cleaning.push(job);
    this.running = without(this.running, job);
    this.waiting = without(this.waiting, job);
    this.outside = without(this.outside, job);
    this.retrying = without(this.retrying, job);
    this.due = without(this.due, job);
    this.late = without(this.late, job);
  }

  #conclude(job: ModelJob, how: 'done' | 'failed' | 'dropped' | 'cancelled'): void {
    this.states.set(job, how);
    this.log.push(`${job.id} ${how}`);
  }

  #keyOf({ key }: ModelJob): number {
    return this.setup.keyed ? key : 0;
  }

  get #hasPlace(): boolean {
    return !this.paused && this.active < this.concurrency;
  }

  #isFree(job: ModelJob): boolean {
    if (this.#held.has(this.#keyOf(job))) return false;
    const busy = [...this.running, ...this.cleaning, ...this.retrying];
    return !this.setup.keyed || !busy.some(({ key }) => key === job.key);
  }

  #next(): ModelJob | null {
    if (!this.#hasPlace) return null;
    if (this.due.length > 0) return this.due[0] as ModelJob;
    const may = this.waiting.filter((job) => this.#isFree(job));
    if (may.length === 0) return this.outside.find((job) => this.#isFree(job)) ?? null;
    const { order } = this.setup;
    if (order === 'lifo') return may.at(-1) as ModelJob;
    if (order === 'least') return [...may].sort((a, b) => a.priority - b.priority)[0] as ModelJob;
    return may[0] as ModelJob;
  }

  #start(job: ModelJob): void {
    this.running.push(job);
    this.states.set(job, 'running');
    this.attempts.set(job, (this.attempts.get(job) ?? 0) + 1);
    this.log.push(`${job.id} starts`);
    const { timeout } = this.setup;
    if (timeout !== Infinity)
      this.#clocks.set(
        job,
        this.#set(timeout, () => this.#timeOut(job)),
      );
  }

  #moveIn(): void {
    for (;;) {
      const job = this.outside.find((one) => this.#fits(one));
      if (job === undefined) return;
      this.outside = without(this.outside, job);
      // It came before those who found room at once because they have other keys.
      this.waiting = [...this.waiting, job].sort((a, b) => a.id - b.id);
    }
  }

  #advance(): void {
    for (let job = this.#next(); job !== null; job = this.#next()) {
      this.#takeOut(job);
      this.#moveIn();
      this.#start(job);
    }
    this.#forget();
  }
}

function without(jobs: readonly ModelJob[], job: ModelJob): ModelJob[] {
  return jobs.filter((one) => one !== job);
}
