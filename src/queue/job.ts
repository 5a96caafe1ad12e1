// A job: one submission, from the moment it is asked for until everybody has been told how it ended.

import type { Subscriber, Unsubscribable } from 'rxjs';
import { bequeath } from '../core/heir.ts';
import type { Failure } from '../core/outcome.ts';
import { LazySignal, type TaskContext } from '../core/context.ts';
import { Entry } from './entries.ts';
import { Run } from './run.ts';

/** Who runs them. */
export interface Jobs<T, R> {
  readonly name: string;
  /** Its run is over, by itself. */
  ended(job: Job<T, R>, failure: Failure | null): void;
  /** It was stopped, and has cleaned up. */
  cleaned(job: Job<T, R>): void;
  /** Its subscriber has left. */
  left(job: Job<T, R>): void;
}

/** One submission. */
export class Job<T, R> extends Run<R> implements TaskContext, Unsubscribable {
  readonly number: number;
  readonly input: T;
  readonly subscriber: Subscriber<R>;
  readonly entry: Entry<Job<T, R>>;
  key: unknown = undefined;
  /** Where it waits. */
  waitsIn: { remove(entry: Entry<Job<T, R>>): void } | null = null;
  /** Everybody has been told how it ended. */
  isConcluded = false;
  /** What its handler emitted last. */
  last: R | undefined = undefined;
  readonly #queue: Jobs<T, R>;
  #signal: LazySignal | null = null;
  #isCancelled = false;

  constructor(queue: Jobs<T, R>, number: number, input: T, subscriber: Subscriber<R>) {
    super();
    this.#queue = queue;
    this.number = number;
    this.input = input;
    this.subscriber = subscriber;
    this.entry = new Entry(this, number);
  }

  get name(): string {
    return `${this.#queue.name}/${this.number}`;
  }
  get signal(): AbortSignal {
    this.#signal ??= new LazySignal();
    if (this.#isCancelled) this.#signal.abort(undefined);
    return this.#signal.signal;
  }

  protected emitted(value: R): void {
    this.last = value;
    this.subscriber.next(value);
  }
  protected ended(failure: Failure | null): void {
    this.#queue.ended(this, failure);
  }
  protected cleaned(): void {
    this.#queue.cleaned(this);
  }

  override stop(): void {
    this.#isCancelled = true;
    super.stop();
    this.#signal?.abort(undefined);
  }

  unsubscribe(): void {
    this.#queue.left(this);
    bequeath(this.remains, this.subscriber);
  }
}
