import { computed, PendingTasks, runInInjectionContext, type Signal, signal, untracked } from '@angular/core';
import type { ObservableInput } from 'rxjs';
import { reject } from '../base/checks.ts';
import type { TaskContext } from '../core/context.ts';
import type { FutureStatus } from '../core/future.ts';
import { observableOf } from '../core/input.ts';
import type { Coroutine } from '../core/operation.ts';
import { enter, exit } from '../core/turn.ts';
import { Task } from '../task/task.ts';
import { bodyOfInput, type Work } from '../task/work.ts';
import { surviveErrors } from './applications.ts';
import { DESTROYED, type Home, homeOf, type Injected, injectedOptions, type Resident } from './home.ts';
import { neverRun } from './inject-scope.ts';
import { Told } from './told.ts';

/** A task, and its end as signals. */
export interface TaskRef<T> {
  readonly task: Task<T>;
  readonly status: Signal<FutureStatus>;
  /** What it resolved with. */
  readonly value: Signal<T | undefined>;
  /** What it failed with; of one that was cancelled: undefined. Whoever reads it has observed a failure, also a later one. */
  readonly error: Signal<unknown>;
  cancel(reason?: unknown): void;
}

/**
 * Starts `work`; destroy cancels it, silently.
 *
 * ```
 * work      --v|
 * status    p-r      pending, resolved
 * value     u-v
 * ```
 *
 * `work` is a coroutine's body, any observable input, or a function that returns one; the value is the last one. It runs untracked,
 * from this call to its first wait, and `inject()` works until then. The signals change in the turn in which it ends. On destroy
 * `status` is `cancelled` at once and stays so, and the task's `finally` blocks run.
 *
 * A failure that nobody observed, by the task or by reading `error`, is reported (`provideRxsluice`: to the `ErrorHandler`).
 * `pending`: rendering on a server waits for it, by Angular's `PendingTasks`; without, never.
 *
 * @example
 * ```ts
 * class Booking {
 *   readonly wizard = injectTask(() => this.#book(), { name: 'booking' });
 *   readonly done = computed(() => this.wizard.status() === 'resolved');
 *   *#book(): Coroutine<Receipt> {
 *     const seat = yield* this.seats.receive();
 *     return yield* until(this.http.post<Receipt>('/book', seat));
 *   }
 * }
 * ```
 */
export function injectTask<T>(
  work: ((context: TaskContext) => Coroutine<T> | ObservableInput<T>) | ObservableInput<T>,
  options: Injected & { name?: string; pending?: boolean } = {},
): TaskRef<T> {
  const own = injectedOptions('injectTask', options);
  if (typeof work !== 'function') observableOf('injectTask', 'work', work);
  if (own.pending !== undefined && typeof own.pending !== 'boolean')
    reject(TypeError, 'injectTask', 'pending', 'a boolean', own.pending);
  const home = homeOf(injectTask, 'injectTask', own);
  if (home.isServer) surviveErrors();
  const made = (context: TaskContext): Coroutine<T> =>
    bodyOfInput(typeof work === 'function' ? work(context) : work, context.name) as Coroutine<T>;
  return new HomeTask(home, made, own.name, own.pending === true);
}

class HomeTask<T> implements TaskRef<T>, Resident {
  readonly task: Task<T>;
  readonly status: Signal<FutureStatus>;
  readonly value: Signal<T | undefined>;
  readonly error: Signal<unknown>;
  readonly #home: Home;
  readonly #shown = signal<{ status: FutureStatus; outcome: unknown }>({ status: 'pending', outcome: undefined });
  #isLetGo = false;

  constructor(home: Home, work: Work<T>, name: string | undefined, pending: boolean) {
    this.#home = home;
    const shown = this.#shown;
    this.status = computed(() => shown().status);
    this.value = computed(() => (shown().status === 'resolved' ? (shown().outcome as T) : undefined));
    this.error = computed(() => {
      this.task.observe();
      return shown().status === 'rejected' ? shown().outcome : undefined;
    });
    this.task = home.isDestroyed ? neverRun(work, name) : begun(home, work, name);
    if (this.task.status !== 'pending') {
      this.#show();
      return;
    }
    const release = pending ? home.injector.get(PendingTasks).add() : null;
    const told = new Told(() => {
      home.forget(this);
      this.#show();
      release?.();
    });
    this.task.attend(told);
    home.settle(this);
  }

  cancel(reason?: unknown): void {
    this.#home.run(() => this.task.cancel(reason));
  }

  #show(): void {
    const { status, settledWith } = this.task;
    if (!this.#isLetGo) untracked(() => this.#shown.set({ status, outcome: settledWith }));
  }

  letGo(): void {
    this.#isLetGo = true;
    this.#shown.set({ status: 'cancelled', outcome: undefined });
  }
  get futures(): Iterable<Task<T>> {
    return [this.task];
  }
  stop(): void {
    this.task.cancel(DESTROYED);
  }
}

function begun<T>(home: Home, work: Work<T>, name: string | undefined): Task<T> {
  return home.run(() =>
    runInInjectionContext(home.injector, () => {
      const task = new Task<T>(work, name);
      enter();
      try {
        task.start();
      } finally {
        exit();
      }
      return task;
    }),
  );
}
