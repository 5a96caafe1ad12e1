// The side that serves calls. Each is a task of its own, that ends with one message: a result, an error, or done.
//
// Invariants:
//   1. `#calls` holds the calls that have begun and have not said how they ended
//   2. a call that was cancelled ends when its clean-up has

import { checkFunction } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import type { Coroutine } from '../core/operation.ts';
import type { TaskContext } from '../core/context.ts';
import { go, type Task } from '../task/task.ts';
import { bring, type Emitter, READY } from './handled.ts';
import { ownPort } from './host.ts';
import { Link, type LinkOwner } from './link.ts';
import { Outbox } from './outbox.ts';
import { Port, type PortLike } from './port.ts';
import { pack, unpack } from './thrown.ts';
import { type Matter, refuse } from './wire.ts';
import { transferOf } from './with-transfer.ts';

/** What a thread offers. */
export type Handlers = Record<string, (...args: any[]) => any>;

class Server implements LinkOwner {
  readonly name = 'expose';
  readonly handlers: Readonly<Handlers>;
  readonly link: Link;
  readonly #calls = new Map<number, Served>();
  #last = 0;

  constructor(handlers: Handlers, port: Port) {
    this.handlers = handlers;
    this.link = new Link(port, this, 'server');
    // Who serves keeps its own thread alive.
    this.link.attention.came();
    this.link.open();
  }

  met(): void {
    // Callers grant nothing to begin with.
  }

  received(message: Matter): void {
    if (message[0] === 'call') {
      this.#begin(message);
      return;
    }
    const call = this.#calls.get(message[1]);
    // Of a call that has just ended the caller may not know it yet.
    if (call === undefined && message[1] > this.#last) refuse(message, `about ${message[1]}, which was not called`);
    if (message[0] === 'cancel') call?.cancel(message.length === 4 ? unpack(message[3]) : undefined);
    else if (message[0] === 'credit') call?.granted(message);
    else refuse(message, 'to a server');
  }

  #begin(message: Extract<Matter, readonly ['call', ...unknown[]]>): void {
    const [, id, name, args, window] = message;
    if (id <= this.#last) refuse(message, `of number ${id} after ${this.#last}`);
    this.#last = id;
    const call = new Served(this, id, name, args, window);
    this.#calls.set(id, call);
    call.start(() => this.#calls.delete(id));
  }

  /** The caller is gone. */
  lost(error: Error): void {
    for (const call of this.#calls.values()) call.cancel(error);
  }
}

/** One call. */
class Served implements Emitter {
  readonly #server: Server;
  readonly #id: number;
  readonly #name: string;
  readonly #args: readonly unknown[];
  /** Of a stream: where its values go, as they are asked for. */
  readonly #outbox: Outbox<unknown> | null;
  #last: unknown = undefined;
  #task: Task<void> | null = null;

  constructor(server: Server, id: number, name: string, args: readonly unknown[], window: number) {
    this.#server = server;
    this.#id = id;
    this.#name = name;
    this.#args = args;
    this.#outbox = window === 0 ? null : new Outbox({ name }, server.link, id);
    this.#outbox?.opened(window);
  }

  start(ended: () => void): void {
    const task = (this.#task = go((context) => this.#run(context), { name: this.#name }));
    const end = (message: Matter): void => {
      ended();
      this.#server.link.post(message);
    };
    task.subscribe({
      next: () => {
        this.#outbox?.flush();
        ended();
        this.#answer();
      },
      error: (error: unknown) => {
        this.#outbox?.flush();
        end(task.status === 'cancelled' ? ['done', this.#id] : ['error', this.#id, pack(error)]);
      },
    });
  }

  *#run(context: TaskContext): Coroutine<void> {
    yield* bring(this.#handler().apply(context, [...this.#args]), this);
  }

  #handler(): (...args: unknown[]) => unknown {
    const { handlers } = this.#server;
    const handler: unknown = Object.hasOwn(handlers, this.#name) ? handlers[this.#name] : undefined;
    if (typeof handler === 'function') return handler as (...args: unknown[]) => unknown;
    throw new TypeError(`nothing is exposed as ${describe(this.#name)}`);
  }

  #answer(): void {
    const { link } = this.#server;
    if (this.#outbox !== null) {
      link.post(['result', this.#id]);
      return;
    }
    try {
      link.post(['result', this.#id, this.#last], transferOf(this.#last));
    } catch (error) {
      link.post(['error', this.#id, pack(error)]);
    }
  }

  *emit(value: unknown): Coroutine<void> {
    if (this.#outbox !== null) yield* this.#outbox.send(value, transferOf(value));
    else {
      this.#last = value;
      yield* READY;
    }
  }

  /** Of a call only the last value is wanted. */
  get next(): ((value: unknown) => void) | undefined {
    return this.#outbox === null ? (value) => void (this.#last = value) : undefined;
  }

  granted(message: Extract<Matter, readonly ['credit', ...unknown[]]>): void {
    if (this.#outbox === null) refuse(message, `to a call that is no stream`);
    else this.#outbox.granted(message, message[2]);
  }

  cancel(reason: unknown): void {
    this.#task?.cancel(reason);
  }
}

/** What a thread may offer under one name. `this` is the call's context: its signal aborts when the caller leaves. */
export type Handler = (this: TaskContext, ...args: any[]) => unknown;

/**
 * Serves calls, in the thread: of a Worker, by what it posts with; or over the `port` that is given.
 *
 * ```
 * call(name, args)   x-------(r|)
 * handler             --r|
 * ```
 *
 * What a handler returns decides what its caller gets. A coroutine, a promise, an observable, a channel, an async iterable, a
 * stream, or an iterable that is no value (a generator, say) is performed here: `call` brings the last value, `stream` all of
 * them. A generator may wait by `yield*`, and emits what it yields by a plain `yield`; if it yields nothing, what it returns.
 * Everything else is a value: arrays, strings, Maps, Sets and binary data too.
 *
 * A handler's `this` is its call's context. It is cancelled when the caller leaves, or is gone: the signal aborts, coroutines run
 * their `finally` blocks, observables are unsubscribed, a channel that was returned is cancelled, a promise is abandoned. A handler
 * that computes without ever waiting hears of nothing: let it `yield` now and then.
 *
 * What is thrown arrives at the caller as what it is, or as a `RemoteError`. What cannot be cloned fails its call.
 *
 * Call it while the script loads: a browser keeps messages for a Worker until then, and no longer. It keeps its thread alive.
 * Handlers that are no object of functions, and a second use of a port: TypeError, here.
 *
 * @example
 * ```ts
 * expose({
 *   add: (a: number, b: number) => a + b,
 *   *primes(limit: number) {
 *     for (let n = 2; n < limit; n++) if (isPrime(n)) yield n;
 *   },
 * });
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- Handlers keep their own types.
export function expose<H extends Record<string, Handler>>(handlers: H, port?: PortLike): void {
  if (typeof handlers !== 'object' || handlers === null) {
    throw new TypeError(`expose: handlers must be an object of functions; got ${describe(handlers)}`);
  }
  for (const [name, handler] of Object.entries(handlers)) checkFunction('expose', describe(name), handler);
  const own = port ?? ownPort();
  if (own === null) throw new TypeError('expose: this is no thread of its own; give the port to serve on');
  new Server(handlers, new Port('expose', own));
}
