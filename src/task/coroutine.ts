import { describe } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { Fiber, type FiberOwner, launch } from '../core/fiber.ts';
import { isCoroutine } from '../core/is-coroutine.ts';
import { type Coroutine, type Operation, Starting } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { CleanUp } from '../core/clean-up.ts';
import { enter, exit } from '../core/turn.ts';
import { partyOf, type Place, type Rest, serve, type Waiter } from '../core/waiter.ts';
import { LazySignal, type TaskContext } from '../core/context.ts';

const names = /* @__PURE__ */ new Names('coroutine');

/**
 * A coroutine as a cold operation: each subscription runs `body` anew.
 *
 * ```
 * ch          --a--b--
 * coroutine   -----(s|)      s = (yield* ch.receive()) + (yield* ch.receive())
 * ```
 *
 * Emits what the body returns and completes, or fails with what it throws. Unsubscribing (or a timeout, or losing a select)
 * cancels that run: its `finally` blocks run, and may wait. A coroutine that is cancelled while it waits for another one by
 * `yield*` waits for that one's `finally` blocks first. Generators that the body runs by `yield*` are unwound with it, the
 * innermost first: behind a cancelled `yield*` nothing runs but `finally` blocks. A `finally` block that was already waiting when
 * the cancel came is cut there. A generator that waits is run by `yield*` only: `for…of` or a spread over one throws TypeError.
 *
 * `sum += yield* ch.receive()` reads `sum` before it waits, and forgets what others have added meanwhile. Receive first:
 * `const n = yield* ch.receive(); sum += n`.
 *
 * ![coroutine in marbles](../../marbles/task/coroutine.svg)
 *
 * @example
 * ```ts
 * const save = coroutine(function* ({ signal }) {
 *   yield* lock.lock();
 *   try {
 *     return yield* until(fetch('/save', { method: 'POST', signal }));
 *   } finally {
 *     lock.unlock();
 *   }
 * });
 * clicks.pipe(switchMap(() => save)).subscribe();
 * ```
 */
export function coroutine<T>(body: (context: TaskContext) => Coroutine<T>): Operation<T> {
  if (typeof body !== 'function')
    throw new TypeError(`coroutine: the body must be a generator function; got ${describe(body)}`);
  return new CoroutineOperation(body);
}

export class CoroutineOperation<T> extends Starting<T> {
  readonly #body: (context: TaskContext) => Coroutine<T>;
  readonly #yielded: ((value: unknown) => void) | undefined;

  /** `yielded` takes what a plain `yield` yields, where there is such a thing. */
  constructor(body: (context: TaskContext) => Coroutine<T>, yielded?: (value: unknown) => void) {
    super();
    this.#body = body;
    this.#yielded = yielded;
  }

  park(waiter: Waiter): void {
    const run = new Run(this.#body, waiter, this.#yielded);
    waiter.place = run;
    // At once, as subscribing to any cold observable does: if it does not wait, it has committed when this returns.
    launch(run.fiber, waiter);
  }
}

/** One run of a coroutine, for the one who waits for it: that one's place. */
class Run implements FiberOwner, Place, TaskContext {
  readonly fiber = new Fiber(this);
  readonly #number = names.draw();
  readonly #body: (context: TaskContext) => Coroutine<unknown>;
  #signal: LazySignal | null = null;
  /** Who waits; null once it has left. */
  #waiter: Waiter | null;
  #cleanUp: CleanUp | null = null;
  readonly yielded: ((value: unknown) => void) | undefined;

  constructor(
    body: (context: TaskContext) => Coroutine<unknown>,
    waiter: Waiter,
    yielded: ((value: unknown) => void) | undefined,
  ) {
    this.#body = body;
    this.#waiter = waiter;
    this.yielded = yielded;
  }

  get name(): string {
    return names.spell(this.#number);
  }
  get signal(): AbortSignal {
    return (this.#signal ??= new LazySignal()).signal;
  }

  /** @internal For those who look on: who waits. */
  get party(): object | null {
    return this.#waiter === null ? null : partyOf(this.#waiter);
  }

  begin(): Coroutine<unknown> {
    const body = this.#body(this);
    if (isCoroutine(body)) return body;
    throw new TypeError(`coroutine: the body must be a generator function; it returned ${describe(body)}`);
  }
  resolved(value: unknown): void {
    this.#end(value);
  }
  failed(error: unknown): void {
    this.#end(new Failure(error));
  }
  stopped(): void {
    this.#end(undefined);
  }

  #end(parcel: unknown): void {
    enter();
    try {
      if (this.#waiter === null) this.#cleanUp?.end(parcel);
      else this.#serve(this.#waiter, parcel);
    } finally {
      exit();
    }
  }

  #serve(waiter: Waiter, parcel: unknown): void {
    this.#waiter = null;
    serve(waiter, parcel);
  }

  leave(waiter: Waiter): Rest | null {
    waiter.place = null;
    this.#waiter = null;
    const cleanUp = (this.#cleanUp = new CleanUp(this));
    this.fiber.cancel();
    this.#signal?.abort(undefined);
    return this.fiber.ended ? null : cleanUp;
  }

  toString(): string {
    return String(this.fiber);
  }
}
