// One attempt at a job: a run of its handler, and what that is told.

import { TimeoutError, type Unsubscribable } from 'rxjs';
import type { Surroundings } from '../core/ambient.ts';
import { after } from '../core/clock.ts';
import { LazySignal, type TaskContext } from '../core/context.ts';
import { Failure } from '../core/outcome.ts';
import { type Handled, Run } from './run.ts';

/** What is attempted. */
export interface Attempted<T, R> {
  readonly name: string;
  readonly input: T;
  /** Of whoever submitted it. */
  readonly surroundings: Surroundings | null;
  emitted(value: R): void;
}

/** Who has such `J` attempted. */
export interface Attempting<T, R, J> {
  readonly handler: (input: T, context: TaskContext) => Handled<R>;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
  /** Those that wait for a place get it when `act` has done all it does. */
  together(act: () => void): void;
  /** It is over: by itself, or because it took too long, and then it has cleaned up. */
  ended(job: J, failure: Failure | null): void;
  /** It was stopped, and has cleaned up. */
  cleaned(job: J): void;
}

export class Attempt<T, R, J extends Attempted<T, R>> extends Run<R> implements TaskContext {
  readonly #of: J;
  readonly #jobs: Attempting<T, R, J>;
  #signal: LazySignal | null = null;
  #stopped: { readonly reason: unknown } | null = null;
  #isLate = false;
  #clock: Unsubscribable | null = null;

  constructor(of: J, jobs: Attempting<T, R, J>) {
    super(of.surroundings);
    this.#of = of;
    this.#jobs = jobs;
  }

  get name(): string {
    return this.#of.name;
  }
  /** For those who look on: who waits for its end waits for that of the whole. */
  get owner(): J {
    return this.#of;
  }
  get signal(): AbortSignal {
    this.#signal ??= new LazySignal();
    if (this.#stopped !== null) this.#signal.abort(this.#stopped.reason);
    return this.#signal.signal;
  }
  /** What it waits for may be given up by the clock. */
  get expires(): boolean {
    return this.#jobs.timeout !== Infinity;
  }

  begin(): void {
    if (this.expires && this.#stopped === null) this.#clock = after(this.#jobs.timeout, () => this.#timeOut());
    this.run();
  }

  #timeOut(): void {
    this.#jobs.together(() => {
      this.#isLate = true;
      this.halt(new TimeoutError());
    });
  }

  /** Gives it up. */
  halt(reason: unknown): void {
    const stopped = (this.#stopped ??= { reason });
    this.#clock?.unsubscribe();
    this.stop();
    this.#signal?.abort(stopped.reason);
  }

  protected call(): Handled<R> {
    return this.#jobs.handler(this.#of.input, this);
  }
  protected emitted(value: R): void {
    this.#of.emitted(value);
  }
  protected ended(failure: Failure | null): void {
    this.#clock?.unsubscribe();
    this.#jobs.ended(this.#of, failure);
  }
  protected cleaned(): void {
    if (this.#isLate) this.#jobs.ended(this.#of, new Failure(new TimeoutError()));
    else this.#jobs.cleaned(this.#of);
  }
}
