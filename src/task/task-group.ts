import type { ObservableInput } from 'rxjs';
import { checkFunction } from '../base/checks.ts';
import type { TaskGroupError } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { Fiber, type FiberOwner, launch } from '../core/fiber.ts';
import { type Coroutine, type Operation, Starting } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { CleanUp } from '../core/clean-up.ts';
import { partyOf, type Place, type Rest, serve, type Waiter } from '../core/waiter.ts';
import { checkOptions, Group, type TaskGroup, type TaskGroupOptions } from './group.ts';
import { bodyOfInput } from './work.ts';

const names = /* @__PURE__ */ new Names('group');

type Body<T> = (group: TaskGroup) => Coroutine<T> | ObservableInput<T>;

/**
 * Structured concurrency: runs `body`, waits for every child that it started, and only then ends.
 *
 * ```
 * subscribe      ^                          ^
 * body           --v|                       --v|
 * first child    -----x|                    ---#(boom)
 * second child   ---x|                      ---- finally ---|
 * taskGroup      -----(v|)                  ----------------#(TaskGroupError: boom)
 * ```
 *
 * The body is a generator function, or returns an observable input, whose last value counts (undefined if it has none).
 * Children are tasks, started by `group.go`; with `limit`, no more run at once, and the others wait their turn.
 *
 * Emits what the body returned and completes, when the body and every child, with their `finally` blocks, have ended.
 * A failure of the body or of a child cancels all the others, in the order in which they started, waits for them, and fails
 * with `TaskGroupError`, whose `errors` are all real failures in order of occurrence. To cancel one child is no failure.
 * After `group.cancel(reason)`, or when the body fails because a child that it waited for was cancelled, it fails with that
 * `CancelledError`, unless something really failed. A `CancelledError` from elsewhere, a cancelled channel, is a failure.
 *
 * Unsubscribing cancels everything at once; a failure of the clean-up is reported through `config.onUnhandledError`. A
 * coroutine that is cancelled while it waits for the group by `yield*` waits for the group's clean-up.
 * Each subscription runs the body anew. A child costs what a task costs, and nothing once it has ended.
 *
 * ![taskGroup in marbles](../../marbles/task/task-group.svg)
 *
 * @example
 * ```ts
 * const pages = yield* taskGroup(function* (group) {
 *   const first = group.go(() => fetch('/1'));
 *   const second = group.go(() => fetch('/2'));
 *   return [yield* first, yield* second];
 * });
 * ```
 *
 * After asyncio.TaskGroup, trio's nurseries and Go's errgroup.
 */
export function taskGroup<T>(
  body: (group: TaskGroup) => Coroutine<T> | ObservableInput<T>,
  options: TaskGroupOptions = {},
): Operation<T> {
  checkFunction('taskGroup', 'the body', body);
  return new GroupOperation(body, checkOptions('taskGroup', options));
}

class GroupOperation<T> extends Starting<T> {
  readonly #body: Body<T>;
  readonly #options: TaskGroupOptions;

  constructor(body: Body<T>, options: TaskGroupOptions) {
    super();
    this.#body = body;
    this.#options = options;
  }

  park(waiter: Waiter): void {
    const run = new GroupRun(this.#body, this.#options, waiter);
    waiter.place = run;
    // At once, like a coroutine: if nothing has to be waited for, it has committed when this returns.
    launch(run.fiber, waiter);
  }
}

/** One run of a group: the place of the one who waits for it. */
class GroupRun extends Group implements FiberOwner, Place {
  readonly fiber: Fiber;
  readonly #body: Body<unknown>;
  #value: unknown = undefined;
  /** Who waits for the outcome; null once it has left. */
  #waiter: Waiter | null;
  /** Who left, and must not go on before all have cleaned up. */
  readonly #left = new CleanUp(this);

  constructor(body: Body<unknown>, options: TaskGroupOptions, waiter: Waiter) {
    super(names, options);
    this.#body = body;
    this.#waiter = waiter;
    this.fiber = new Fiber(this);
  }

  /** @internal For those who look on: who waits. */
  get party(): object | null {
    return this.#waiter === null ? null : partyOf(this.#waiter);
  }
  get idle(): boolean {
    return this.fiber.ended;
  }
  cancelBody(): void {
    this.fiber.cancel();
  }

  begin(): Coroutine<unknown> {
    return bodyOfInput(this.#body(this), this.name);
  }
  resolved(value: unknown): void {
    this.#value = value;
    this.endIfDone();
  }
  failed(error: unknown): void {
    this.failBody(error);
    this.endIfDone();
  }
  stopped(): void {
    this.endIfDone();
  }

  concluded(failure: TaskGroupError | null, cancelled: unknown): void {
    const waiter = this.#waiter;
    if (waiter !== null) {
      const error = failure ?? cancelled;
      this.#waiter = null;
      serve(waiter, error === null ? this.#value : new Failure(error));
    } else this.#left.end(failure === null ? undefined : new Failure(failure));
  }

  leave(waiter: Waiter): Rest | null {
    waiter.place = null;
    this.#waiter = null;
    this.abandon();
    return this.hasEnded ? null : this.#left;
  }
}
