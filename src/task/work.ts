// What can be run as a task, and how each becomes the body of a coroutine.

import { isObservable, type Observable, type ObservableInput } from 'rxjs';
import { describe } from '../base/errors.ts';
import { asyncIteratorOf, has, isIterated } from '../core/async-iterator.ts';
import { isCoroutine } from '../core/is-coroutine.ts';
import { type Coroutine, isOperation, type Operation } from '../core/operation.ts';
import { Until, until, Watcher } from '../core/until.ts';
import type { TaskContext } from '../core/context.ts';

/** Everything that `go` takes. */
export type Work<T> =
  | ((context: TaskContext) => Coroutine<T> | PromiseLike<T> | Observable<T>)
  | Operation<T>
  | PromiseLike<T>
  | Observable<T>
  | AsyncIterable<T>;

/** Rejects, where it was written, what cannot be run. */
export function checkWork(what: string, work: unknown): void {
  if (typeof work === 'function' || isObservable(work) || has(work, 'then') || isIterated(work)) return;
  throw new TypeError(
    `${what}: work must be a generator function, an operation, an observable, a promise or an async iterable; got ${describe(work)}`,
  );
}

/** The body that runs `work`. Functions are called here: what they throw is the task's failure. */
export function bodyOf(work: Work<unknown>, context: TaskContext): Coroutine<unknown> {
  const made: unknown = typeof work === 'function' ? work(context) : work;
  const body = bodyOfWork(made);
  if (body !== null) return body;
  throw new TypeError(
    `${context.name}: its function must return a coroutine, a promise or an observable; got ${describe(made)}`,
  );
}

/** The same for what may also be an iterable, or any other observable input. */
export function bodyOfInput(made: unknown, name: string): Coroutine<unknown> {
  const body = bodyOfWork(made);
  if (body !== null) return body;
  let operation: Operation<unknown>;
  try {
    operation = new Until(made as ObservableInput<unknown>, Last);
  } catch {
    throw new TypeError(`${name}: its body must return a coroutine or an observable input; got ${describe(made)}`);
  }
  return performed(operation);
}

/** The body that waits for `made`; null of what is not to be waited for. */
export function bodyOfWork(made: unknown): Coroutine<unknown> | null {
  if (isCoroutine(made)) return made;
  if (isOperation(made)) return performed(made);
  if (isObservable(made)) return performed(new Until(made, Last));
  if (has(made, 'then')) return performed(until(made as PromiseLike<unknown>));
  if (isIterated(made)) return lastOf(asyncIteratorOf(made), undefined);
  return null;
}

/** Whether `body` only waits for what it was given, a promise say, and has no code of its own. */
export function isPerformed(body: object | null): boolean {
  return body !== null && Object.getPrototypeOf(body) === performed.prototype;
}

function* performed(operation: Operation<unknown>): Coroutine<unknown> {
  return yield* operation;
}

/** The last value, or `none`; left early, the iterator's `return()` is called and waited for. */
export function* lastOf(iterator: AsyncIterator<unknown>, none: unknown): Coroutine<unknown> {
  let last = none;
  // While an iterator has not said that it is done, or failed, it wants to be told that nobody asks any more.
  let open = true;
  try {
    for (;;) {
      const result = yield* until(iterator.next());
      if (result.done === true) {
        open = false;
        return last;
      }
      last = result.value;
    }
  } catch (error) {
    open = false;
    throw error;
  } finally {
    const closing = open ? iterator.return?.() : undefined;
    if (closing !== undefined) yield* until(closing);
  }
}

/** The last value of an observable, or undefined if it had none. */
class Last extends Watcher<unknown> {
  #last: unknown = undefined;

  protected override _next(value: unknown): void {
    this.self.#last = value;
  }
  protected override _complete(): void {
    const { self } = this;
    self.settle(self.#last);
  }
}
