import { Names } from '../base/names.ts';
import type { TaskGroupError } from '../base/errors.ts';
import { Future } from '../core/future.ts';
import { Operation } from '../core/operation.ts';
import type { Waiter } from '../core/waiter.ts';
import { turn } from '../core/turn.ts';
import { checkOptions, Group, type TaskGroup, type TaskGroupOptions } from './group.ts';

const names = /* @__PURE__ */ new Names('scope');

/** A task group owned by hand, for the lifetime of a component, a connection, a server. */
export interface TaskScope extends TaskGroup {
  /**
   * Nothing new may start, from this call on; the operation waits for the children to end by themselves. It fails with
   * `TaskGroupError` if something failed, and with `CancelledError` if `cancel` was called.
   */
  close(): Operation<void>;
  /** Cancels all; for `Subscription.add` and Angular's `DestroyRef`. What fails while they clean up is reported. */
  unsubscribe(): void;
  /** Nothing new may start: closed, cancelled, unsubscribed, or failed. */
  readonly closed: boolean;
  /** Cancels all, then waits for them; rejects with `TaskGroupError` if something failed. For `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A task group owned by hand, for the lifetime of a component, a connection, a server.
 *
 * ```
 * scope.go(a)      a-----x|
 * scope.go(b)        b-------x|
 * scope.close()         ^-----(|)
 * ```
 *
 * It is open, and its children run, until it is closed, cancelled, unsubscribed, or a child fails (unless `onChildError` is
 * told instead): then the others are cancelled, and `close()` fails with `TaskGroupError`. A failure of a scope that nobody
 * waits for is reported once, through `config.onUnhandledError`, when the last child has ended.
 * From then on `go` throws `CancelledError`.
 *
 * @example
 * ```ts
 * class Chat {
 *   readonly #scope = taskScope();
 *   constructor() {
 *     inject(DestroyRef).onDestroy(() => this.#scope.unsubscribe());
 *     this.#scope.go(() => this.#listen());
 *   }
 * }
 * ```
 *
 * After Kotlin's CoroutineScope, and AsyncExitStack around asyncio.TaskGroup.
 */
export function taskScope(options: TaskGroupOptions = {}): TaskScope {
  return new Scope(checkOptions('taskScope', options));
}

class Scope extends Group implements TaskScope {
  readonly #end = new End(this);

  constructor(options: TaskGroupOptions) {
    super(names, options);
    turn.watch?.made?.('scope', this);
  }

  get idle(): boolean {
    return this.closed;
  }
  cancelBody(): void {
    // A scope has none.
  }

  concluded(failure: TaskGroupError | null, cancelled: unknown): void {
    if (failure !== null) this.#end.conclude('rejected', failure);
    else if (cancelled !== null) this.#end.conclude('cancelled', cancelled);
    else this.#end.conclude('resolved', undefined);
  }

  close(): Operation<void> {
    this.shut();
    return this.#end;
  }

  unsubscribe(): void {
    this.abandon();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.abandon();
    return new Disposal(this.#end).promise();
  }
}

/** How a scope ended. */
class End extends Future<void> {
  readonly #scope: Group;

  constructor(scope: Group) {
    super();
    this.#scope = scope;
  }
  get name(): string {
    return this.#scope.name;
  }
  /** @internal Those that it waits for. */
  get members(): readonly object[] {
    return this.#scope.members;
  }
}

/** Whoever disposes of a scope has cancelled it, and need not be told so. */
class Disposal extends Operation<void> {
  readonly #end: End;

  constructor(end: End) {
    super();
    this.#end = end;
  }

  ready(): boolean {
    return this.#end.ready();
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    this.#end.park(waiter);
  }
  override open(): void {
    if (this.#end.status === 'rejected') this.#end.result();
  }
}
