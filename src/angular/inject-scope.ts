import type { Operation } from '../core/operation.ts';
import { Task } from '../task/task.ts';
import type { TaskGroupOptions } from '../task/group.ts';
import { taskScope, type TaskScope } from '../task/task-scope.ts';
import type { Work } from '../task/work.ts';
import { DESTROYED, type Home, homeOf, type Injected, injectedOptions, type Resident } from './home.ts';
import { surviveErrors } from './applications.ts';

/**
 * A scope that is cancelled on destroy.
 *
 * ```
 * scope.go(a)    a-----x|
 * scope.go(b)    b---------
 * destroy        -------x
 * ```
 *
 * All as with `taskScope`; its work, and `onChildError`, run untracked. On destroy every child is cancelled, and its `finally`
 * blocks run; nobody is told an error by it. What is started later never runs: its task is `cancelled`, and nothing is thrown.
 *
 * @example
 * ```ts
 * class Chat {
 *   readonly #scope = injectScope({ onChildError: (error) => console.error(error) });
 *   join(room: string): void {
 *     this.#scope.go(() => this.#listen(room));
 *   }
 *   *#listen(room: string): Coroutine<void> {
 *     for (;;) this.show(yield* messages(room).receive());
 *   }
 * }
 * ```
 */
export function injectScope(options: TaskGroupOptions & Injected = {}): TaskScope {
  const { injector, ...rest } = injectedOptions('injectScope', options);
  const home = homeOf(injectScope, 'injectScope', injector === undefined ? {} : { injector });
  if (home.isServer) surviveErrors();
  return new HomeScope(home, rest);
}

class HomeScope implements TaskScope, Resident {
  readonly #home: Home;
  readonly #scope: TaskScope;
  #isDestroyed = false;

  constructor(home: Home, options: TaskGroupOptions) {
    this.#home = home;
    this.#scope = home.run(() => taskScope(options));
    home.settle(this);
  }

  get name(): string {
    return this.#scope.name;
  }
  get signal(): AbortSignal {
    return this.#scope.signal;
  }
  get size(): number {
    return this.#scope.size;
  }
  get closed(): boolean {
    return this.#scope.closed;
  }

  go(work: Work<unknown>, options?: { name?: string }): Task<never> {
    if (this.#isDestroyed) return neverRun(work as Work<never>, options?.name);
    const scope = this.#scope as { go(work: Work<unknown>, options?: { name?: string }): Task<unknown> };
    return this.#home.run(() => scope.go(work, options)) as unknown as Task<never>;
  }

  cancelChildren(reason?: unknown): Operation<void> {
    return this.#scope.cancelChildren(reason);
  }
  cancel(reason?: unknown): void {
    this.#scope.cancel(reason);
  }
  close(): Operation<void> {
    return this.#scope.close();
  }
  unsubscribe(): void {
    this.#scope.unsubscribe();
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.#scope[Symbol.asyncDispose]();
  }

  letGo(): void {
    this.#isDestroyed = true;
  }
  stop(): void {
    // Children that are cancelled know why; then nothing may start.
    this.#scope.cancelChildren(DESTROYED);
    this.#scope.unsubscribe();
  }
}

/** The task of work that came too late. */
export function neverRun<T>(work: Work<T>, name?: string): Task<T> {
  const task = new Task<T>(work, name);
  task.cancel(DESTROYED);
  return task;
}
