// A job: what `start` hands out. It goes on whether or not somebody watches.
//
// Invariants:
//   1. its state is one of those that are over  <=>  it is not pending
//   2. `state$` and `results$` complete when it is over, and nothing is made for who does not ask for them

import { EMPTY, type Observable, Subject } from 'rxjs';
import { Line } from '../base/line.ts';
import { eachInOwn } from '../core/ambient.ts';
import { Future } from '../core/future.ts';
import { Operation } from '../core/operation.ts';
import { enter, exit } from '../core/turn.ts';
import { settleAll, type Waiter } from '../core/waiter.ts';
import { Gauge } from '../core/gauge.ts';
import type { JobState } from './job-options.ts';

/** What a job knows of itself. */
export interface Particulars<T> {
  readonly name: string;
  readonly input: T;
  readonly attempt: number;
  readonly state: JobState;
  /** It is over, and has cleaned up. */
  readonly isGone: boolean;
  /** What its handler emitted last, in this attempt. */
  readonly last: unknown;
  /** What has to come to an end before it can; see `JobQueue`. */
  readonly ahead: object | null;
  cancel(reason: unknown): void;
}

/**
 * A submission that goes on whether or not somebody watches. As a future, it emits the last value that its handler emitted.
 *
 * ```
 * start(file)   x
 * handler       --a-b|
 * results$      --a-b|
 * the job       -----(b|)
 * state$        r----(d|)    running, done
 * ```
 *
 * It fails with the handler's error; with `CancelledError` when it is dropped or cancelled; with `OverflowError`; with
 * `ClosedError` if the queue had been closed. Dropped and cancelled ones are told to those who wait for it and to `outcomes$`, and
 * are never an unhandled error; a failure is reported through `config.onUnhandledError` only if neither hears of it.
 * Unsubscribing from it does not stop it: `cancel` does.
 */
export class Job<T, R> extends Future<R | undefined> {
  readonly #of: Particulars<T>;
  #states: Gauge<JobState> | null = null;
  /** Of `R`: so that a job of less is a job of more. */
  #results: Subject<unknown> | null = null;
  #cleaners: Line<Waiter> | null = null;

  /** @internal */
  constructor(of: Particulars<T>) {
    super();
    this.#of = of;
  }

  /** For a person: the name of the queue, and the job's number. */
  get name(): string {
    return this.#of.name;
  }
  get input(): T {
    return this.#of.input;
  }
  /** Attempts begun. */
  get attempt(): number {
    return this.#of.attempt;
  }
  /** Where it is. */
  get state(): JobState {
    return this.#of.state;
  }

  /**
   * Where it is, the present state first; completes after the last. Never fails.
   *
   * ![state$ in marbles](../../marbles/queue/job.svg)
   */
  get state$(): Observable<JobState> {
    if (this.#states === null) {
      this.#states = new Gauge(() => this.state);
      if (this.status !== 'pending') this.#states.complete();
    }
    return this.#states.values;
  }

  /** What the handler emits, from now on, through all attempts; completes with the job, never fails. */
  get results$(): Observable<R> {
    if (this.status !== 'pending') return eachInOwn(EMPTY);
    return eachInOwn((this.#results ??= new Subject())) as Observable<R>;
  }

  /**
   * Cancels it, at this call; the operation completes when it has cleaned up. Never fails.
   *
   * Whoever waits for the job gets `CancelledError`, and `outcomes$` says so, at once. While it cleans up, it keeps its place in
   * the queue, and its key. One that is over stays as it is.
   *
   * ![cancel in marbles](../../marbles/queue/job.svg)
   */
  cancel(reason?: unknown): Operation<void> {
    this.#of.cancel(reason);
    return new Gone(this);
  }

  // ───────────────────────────────────────────────────────────── what its submission tells

  /** @internal */
  moved(): void {
    this.#states?.look();
  }
  /** @internal */
  emitted(value: R): void {
    this.#results?.next(value);
  }
  /** @internal It has its outcome, and those who wait for it know. */
  over(): void {
    const [states, results] = [this.#states, this.#results];
    states?.complete();
    this.#results = null;
    results?.complete();
  }
  /** @internal It is over, and has cleaned up. */
  gone(): void {
    const cleaners = this.#cleaners;
    if (cleaners === null) return;
    this.#cleaners = null;
    enter();
    try {
      settleAll(cleaners, undefined);
    } finally {
      exit();
    }
  }

  /** @internal */
  get last(): R | undefined {
    return this.#of.last as R | undefined;
  }
  /** @internal For those who look on. */
  get ahead(): object | null {
    return this.#of.ahead;
  }
  /** @internal */
  get isGone(): boolean {
    return this.#of.isGone;
  }
  /** @internal */
  awaitGone(waiter: Waiter): void {
    (this.#cleaners ??= new Cleaners(this)).append(waiter);
  }

  override toString(): string {
    return `${this.name}, ${this.state}`;
  }
}

/** Waits until a job is over and has cleaned up. */
class Gone extends Operation<void> {
  readonly #job: Job<unknown, unknown>;

  constructor(job: Job<unknown, unknown>) {
    super();
    this.#job = job;
  }

  ready(): boolean {
    return this.#job.isGone;
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    this.#job.awaitGone(waiter);
  }
}

class Cleaners extends Line<Waiter> {
  readonly #job: { readonly name: string };

  constructor(job: { readonly name: string }) {
    super();
    this.#job = job;
  }
  override toString(): string {
    return `the clean-up of ${this.#job.name}`;
  }
}
