// What serves the requests or the connections of a server, each as a task, until it is shut down.
//
// Invariants:
//   1. `sockets` are the connections that have not closed
//   2. after `shutdown` was called nothing starts; it completes when every task has ended, its clean-up included, every answer
//      is out, and every connection has closed
//
//   serving ──shutdown()──► draining ──all have ended──► closing ──connections closed──► over
//                              └──grace has run out──► cancelling ─┘

import { Server, type Socket } from 'node:net';
import type { ObservableInput, Subscription } from 'rxjs';
import { checkFunction, checkHooks, checkLimit } from '../base/checks.ts';
import { after } from '../core/clock.ts';
import { has } from '../core/async-iterator.ts';
import { Deferred } from '../core/future.ts';
import { type Coroutine, type Operation } from '../core/operation.ts';
import { enter, exit } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { TaskContext } from '../core/context.ts';
import { taskScope, type TaskScope } from '../task/task-scope.ts';
import type { Task } from '../task/task.ts';
import { bodyOfInput } from '../task/work.ts';
import { checkEmitter, checkMs, checkOptions } from './checks.ts';
import { keepAsyncContext } from './keep-async-context.ts';

export interface ServeOptions {
  /** Requests handled at once; further ones wait, in order (default Infinity). */
  limit?: number;
  /** A handler's failure, after the client was answered 500 or cut off (default: reported as unhandled). */
  onError?: (error: unknown, task: string) => void;
}

export interface Service {
  /** The tasks of the requests; others of the same lifetime may be added. */
  readonly scope: TaskScope;
  /**
   * Stops accepting, answers late requests 503, closes idle connections, from this call on; waits for what runs; after `grace` ms
   * (default Infinity) cancels it and waits for its clean-up; then closes every connection. Twice is one.
   */
  shutdown(options?: { grace?: number }): Operation<'drained' | 'cancelled'>;
}

export type Made = Coroutine<unknown> | ObservableInput<unknown>;

/** The options as they count. */
export function checkServe(what: string, server: unknown, handler: unknown, options: ServeOptions): ServeOptions {
  checkEmitter(what, server);
  checkFunction(what, 'the handler', handler);
  const own = checkOptions(what, options);
  checkLimit(what, 'limit', own.limit ?? Infinity, 1);
  checkHooks(what, own, 'onError');
  return own;
}

export abstract class Host implements Service {
  readonly scope: TaskScope;
  protected readonly server: Server;
  protected readonly sockets = new Set<Socket>();
  readonly #onError: ServeOptions['onError'];
  #shutdown: Deferred<'drained' | 'cancelled'> | null = null;
  #outcome: 'drained' | 'cancelled' = 'drained';
  #closed = false;
  /** Nothing more is waited for but that every connection has closed. */
  #isClosing = false;
  /** The grace has run out: what is not out by then is given up. */
  #isCut = false;
  /** Goes on once every answer is out. */
  #flushed: (() => void) | null = null;

  constructor(what: string, server: Server, options: ServeOptions) {
    keepAsyncContext();
    this.server = server;
    this.#onError = options.onError;
    this.scope = taskScope({
      name: what,
      ...(options.limit === undefined ? {} : { limit: options.limit }),
      onChildError: (error, child) => this.#report(error, child),
    });
  }

  get isShutDown(): boolean {
    return this.#shutdown !== null;
  }

  #report(error: unknown, { name }: Task<unknown>): void {
    // A write may find out that its client has gone before anybody is told. That is no failure of the handler's.
    for (const { errored } of this.sockets) if (errored === error) return;
    try {
      if (this.#onError === undefined) reportUnhandled(error);
      else this.#onError(error, name);
    } catch (thrown) {
      reportUnhandled(thrown);
    }
  }

  /** Starts the task of one client; `ended` is told before `onError` is. */
  protected start(
    name: string,
    make: (context: TaskContext) => Made,
    ended: (task: Task<unknown>) => void,
  ): Task<unknown> {
    enter();
    try {
      const task = this.scope.go((context) => bodyOfInput(make(context), name), { name });
      task.subscribe({ error: () => ended(task), complete: () => ended(task) });
      return task;
    } finally {
      exit();
    }
  }

  protected keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.closed();
      this.#conclude();
    });
  }

  /** A connection has closed. */
  protected closed(): void {
    // Of some kinds, an answer may be out by that.
  }

  shutdown(options: { grace?: number } = {}): Operation<'drained' | 'cancelled'> {
    const { grace: ms = Infinity } = checkOptions('shutdown', options);
    checkMs('shutdown', 'grace', ms);
    if (this.#shutdown !== null) return this.#shutdown;
    const shutdown = (this.#shutdown = new Deferred());
    // Not HTTP's own, which cuts answers that are on their way.
    Server.prototype.close.call(this.server, () => {
      this.#closed = true;
      this.#conclude();
    });
    this.letIdleGo();
    const grace = after(ms, () => {
      this.#isCut = true;
      this.#outcome = 'cancelled';
      this.scope.cancel(new Error('the grace of the shutdown has run out'));
      this.flushed();
    });
    const drained = (): void => {
      this.#flushed = () => this.#close(grace);
      this.flushed();
    };
    this.scope.close().subscribe({
      next: drained,
      error: () => {
        // Its owner has cancelled it.
        this.#outcome = 'cancelled';
        drained();
      },
    });
    return shutdown;
  }

  /** An answer is out: perhaps the last one. */
  protected flushed(): void {
    if (this.#flushed !== null && (this.#isCut || this.isFlushed)) this.#flushed();
  }

  /** Every task has ended, and every answer is out. */
  #close(grace: Subscription): void {
    this.#flushed = null;
    this.#isClosing = true;
    grace.unsubscribe();
    for (const socket of this.sockets) socket.destroy();
    this.stopListening();
    // HTTP's own, now: it looks at its connections from time to time until it is told.
    this.server.close(() => undefined);
    this.#conclude();
  }

  #conclude(): void {
    if (this.#closed && this.#isClosing && this.sockets.size === 0 && this.scope.size === 0)
      this.#shutdown?.resolve(this.#outcome);
  }

  /** Closes the connections on which nothing goes on; the others are told that they will be closed. */
  protected abstract letIdleGo(): void;
  /** Every answer is out. */
  protected abstract readonly isFlushed: boolean;
  /** Takes its listeners off the server. */
  protected abstract stopListening(): void;
}

/** What a server tells of a connection that can be used: with TLS, the sockets below are not for those who speak through it. */
export function socketEvent(server: Server): string {
  return has(server, 'setSecureContext') ? 'secureConnection' : 'connection';
}
