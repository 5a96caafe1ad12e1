// A task: work that runs, and the future of its outcome.
//
//   pending ──the work ends──► resolved │ rejected
//      └────cancel(), and `finally` blocks have run──► cancelled │ rejected (a `finally` block failed)
//
// Invariants:
//   1. the status changes once, when the work and its clean-up have ended
//   2. the first cancel's reason is the one that everybody gets to see

import type { Observable } from 'rxjs';
import { ownOptions } from '../base/checks.ts';
import { CancelledError } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { Fiber } from '../core/fiber.ts';
import { Future } from '../core/future.ts';
import { type Coroutine, type Operation } from '../core/operation.ts';
import { Settled } from '../core/settled.ts';
import { enter, exit } from '../core/turn.ts';
import { LazySignal, type TaskContext } from '../core/context.ts';
import { bodyOf, checkWork, type Work } from './work.ts';

const names = /* @__PURE__ */ new Names('task');

/** Running work. Unsubscribing from it does not stop it; `cancel` does. */
export class Task<T> extends Future<T> implements TaskContext {
  readonly #name: string | undefined;
  readonly #number = names.draw();
  readonly #fiber: Fiber;
  #work: Work<T> | null;
  #signal: LazySignal | null = null;
  #cancelled: CancelledError | null = null;

  /** @internal */
  constructor(work: Work<T>, name?: string) {
    super();
    this.#work = work;
    this.#name = name;
    this.#fiber = new Fiber(this);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }

  /** Aborts, with the reason, when the task is cancelled. */
  get signal(): AbortSignal {
    if (this.#signal === null) {
      this.#signal = new LazySignal();
      if (this.#cancelled !== null) this.#signal.abort(this.#cancelled.reason);
    }
    return this.#signal.signal;
  }

  /**
   * Cancels it, at this call; the operation completes when its `finally` blocks have run. Never fails.
   *
   * The task's body ends as by a `return` at the `yield*` where it waits: `finally` blocks run, and may wait; `catch` blocks
   * do not see it. So do the generators that it waits in, the innermost first, each when the one inside it has ended; what the
   * `finally` block of one throws is the task's failure, and no `catch` of those around it sees it. A `finally` block that was
   * already waiting is cut there: `shield` protects what must not be. Whoever waits for the task gets `CancelledError`.
   */
  cancel(reason?: unknown): Operation<void> {
    if (this.status === 'pending' && this.#cancelled === null) {
      this.#cancelled = new CancelledError(this.name, reason);
      enter();
      try {
        this.#fiber.cancel();
        this.#signal?.abort(reason);
      } finally {
        exit();
      }
    }
    return new Settled(this);
  }

  /** @internal */
  start(): void {
    this.#fiber.start();
  }

  /** @internal */
  begin(): Coroutine<unknown> {
    const work = this.#work as Work<unknown>;
    this.#work = null;
    return bodyOf(work, this);
  }
  /** @internal */
  resolved(value: unknown): void {
    this.conclude('resolved', value);
  }
  /** @internal */
  failed(error: unknown): void {
    this.conclude('rejected', error);
  }
  /** @internal */
  stopped(): void {
    this.conclude('cancelled', this.#cancelled);
  }

  override toString(): string {
    return this.status === 'pending' ? String(this.#fiber) : `${this.name}, ${this.status}`;
  }
}

/**
 * Starts `work` now, and gives you its task.
 *
 * ```
 * go            x
 * work's body   --v|
 * task          --(v|)
 * ```
 *
 * From plain code the work runs to its first wait before `go` returns; from inside a coroutine or an observer, in this
 * turn, after those that are ready already. A generator function is a coroutine; a function may also return a promise or an
 * observable. An observable's task resolves with its last value, or undefined if it had none; so does an async iterable's.
 *
 * The task is a future: it emits the result and completes, or fails with what the work failed with, or with
 * `CancelledError`. A failure that nobody observes by the next macrotask is reported through `config.onUnhandledError`.
 * Unsubscribing from the task does not stop it: `task.cancel()` does. A promise is abandoned then, an observable is
 * unsubscribed, an async iterable's `return()` is called and waited for.
 *
 * ![go in marbles](../../marbles/task/go.svg)
 *
 * @example
 * ```ts
 * const task = go(function* () {
 *   const n = yield* numbers.receive();
 *   return n * 2;
 * });
 * task.subscribe(console.log);
 * ```
 */
export function go<T>(work: (context: TaskContext) => Coroutine<T>, options?: { name?: string }): Task<T>;
export function go<T>(
  work: Operation<T> | PromiseLike<T> | ((context: TaskContext) => PromiseLike<T>),
  options?: { name?: string },
): Task<T>;
export function go<T>(
  work: Observable<T> | AsyncIterable<T> | ((context: TaskContext) => Observable<T>),
  options?: { name?: string },
): Task<T | undefined>;
export function go(work: Work<unknown>, options?: { name?: string }): Task<unknown> {
  checkWork('go', work);
  const task = new Task(work, options === undefined ? options : ownOptions('go', options).name);
  enter();
  task.start();
  exit();
  return task;
}
