// A queue of jobs in plain arrays: slow, and obviously right. Time is asked of nobody: the script says when a job that runs ends.

import type { Overflow } from '../../src/index.ts';

export interface JobsSetup {
  readonly concurrency: number;
  readonly capacity: number;
  readonly overflow: Overflow;
  readonly order: 'fifo' | 'lifo' | 'least';
  readonly keyed: boolean;
}

export interface ModelJob {
  readonly id: number;
  /** Its key, and its priority. */
  readonly key: number;
  readonly priority: number;
  /** How long its clean-up takes: a script ends it by hand, if it takes any time at all. */
  readonly cleansUp: boolean;
}

export class JobsModel {
  readonly setup: JobsSetup;
  /** In order of arrival. */
  waiting: ModelJob[] = [];
  outside: ModelJob[] = [];
  running: ModelJob[] = [];
  cleaning: ModelJob[] = [];
  closed = false;
  /** What was told since the last look. */
  log: string[] = [];

  constructor(setup: JobsSetup) {
    this.setup = setup;
  }

  get alive(): ModelJob[] {
    return [...this.running, ...this.waiting, ...this.outside];
  }

  submit(job: ModelJob): void {
    const { capacity, overflow } = this.setup;
    if (this.closed) {
      this.log.push(`${job.id} ClosedError`);
    } else if (this.#hasPlace(job) && this.#next() === null) {
      this.#start(job);
    } else if (this.waiting.length < capacity) {
      this.waiting.push(job);
    } else if (overflow === 'suspend') {
      this.outside.push(job);
    } else if (overflow === 'dropOldest') {
      this.#conclude(this.waiting.shift() as ModelJob, 'dropped');
      this.waiting.push(job);
    } else {
      this.#conclude(job, overflow === 'fail' ? 'failed' : 'dropped');
    }
  }

  /** One that runs ends. */
  end(job: ModelJob, how: 'done' | 'failed'): void {
    this.running = this.running.filter((one) => one !== job);
    this.#conclude(job, how);
    this.#advance();
  }

  leave(job: ModelJob): void {
    this.#takeOut(job);
    this.#moveIn();
    this.#conclude(job, 'cancelled');
    this.#advance();
  }

  cleaned(job: ModelJob): void {
    this.cleaning = this.cleaning.filter((one) => one !== job);
    this.#advance();
  }

  close(): void {
    this.closed = true;
  }

  cancel(): void {
    this.closed = true;
    const all = this.alive.sort((a, b) => a.id - b.id);
    for (const job of all) this.#takeOut(job);
    for (const job of all) this.#conclude(job, 'cancelled');
  }

  get served(): boolean {
    return this.closed && this.alive.length + this.cleaning.length === 0;
  }

  #takeOut(job: ModelJob): void {
    if (this.running.includes(job) && job.cleansUp) this.cleaning.push(job);
    this.running = this.running.filter((one) => one !== job);
    this.waiting = this.waiting.filter((one) => one !== job);
    this.outside = this.outside.filter((one) => one !== job);
  }

  #conclude(job: ModelJob, how: string): void {
    this.log.push(`${job.id} ${how}`);
  }

  #hasPlace(job: ModelJob): boolean {
    const busy = [...this.running, ...this.cleaning];
    if (this.setup.keyed && busy.some(({ key }) => key === job.key)) return false;
    return busy.length < this.setup.concurrency;
  }

  #next(): ModelJob | null {
    const may = this.waiting.filter((job) => this.#hasPlace(job));
    const { order } = this.setup;
    if (order === 'lifo') return may.at(-1) ?? null;
    if (order === 'least') return [...may].sort((a, b) => a.priority - b.priority)[0] ?? null;
    return may[0] ?? null;
  }

  #start(job: ModelJob): void {
    this.running.push(job);
    this.log.push(`${job.id} starts`);
  }

  #moveIn(): void {
    while (this.waiting.length < this.setup.capacity && this.outside.length > 0)
      this.waiting.push(this.outside.shift() as ModelJob);
  }

  #advance(): void {
    for (let job = this.#next(); job !== null; job = this.#next()) {
      this.#takeOut(job);
      this.#moveIn();
      this.#start(job);
    }
  }
}
