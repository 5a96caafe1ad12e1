// One face for everything that can post: a MessagePort, a Worker, what a thread posts with, a BroadcastChannel; of the web, or of
// Node. Who listens is told of messages, and at most once of the end.

import { describe } from '../base/errors.ts';
import { shared } from '../core/shared.ts';

/** A MessagePort, Worker, DedicatedWorkerGlobalScope or BroadcastChannel-like, of the web or of node:worker_threads. */
export interface PortLike {
  postMessage(message: unknown, transfer?: readonly unknown[]): void;
}

export interface PortListener {
  heard(data: unknown): void;
  /** What came could not be read. */
  garbled(): void;
  /** It has ended, or has failed with `cause`. */
  gone(exitCode: number | undefined, cause: unknown): void;
}

/** The rest of what a port may have. */
interface Raw extends PortLike {
  on?(event: string, listener: (arg: unknown) => void): void;
  off?(event: string, listener: (arg: unknown) => void): void;
  addEventListener?(event: string, listener: (event: Event) => void): void;
  removeEventListener?(event: string, listener: (event: Event) => void): void;
  start?(): void;
  close?(): void;
  ref?(): void;
  unref?(): void;
  hasRef?(): boolean | undefined;
  /** Of a Worker of Node's; -1 once it has exited. */
  readonly threadId?: number;
  terminate?(): unknown;
}

/** Ports that are in use, or were. */
const used = /* @__PURE__ */ shared('ports', () => new WeakSet<object>());

type Listeners = Readonly<Record<string, (arg: never) => void>>;

export class Port {
  readonly #raw: Raw;
  #listeners: Listeners | null = null;
  /** What a thread of Node's has died of, until it tells its exit code. */
  #cause: unknown = undefined;

  /** `whose`: the function that was given `raw`. */
  constructor(whose: string, raw: unknown) {
    const port = raw as Partial<Raw> | null;
    const posts = (typeof raw === 'object' || typeof raw === 'function') && typeof port?.postMessage === 'function';
    if (!posts || (typeof port.on !== 'function' && typeof port.addEventListener !== 'function')) {
      throw new TypeError(`${whose}: the port must be a MessagePort, a Worker or the like; got ${describe(raw)}`);
    }
    if (used.has(raw as object)) throw new TypeError(`${whose}: this port is in use, or was: a port has one use`);
    used.add(raw as object);
    this.#raw = raw as Raw;
  }

  listen(listener: PortListener): void {
    const raw = this.#raw;
    // It has told of its end before anybody listened.
    if (this.#isOver()) queueMicrotask(() => this.#listeners !== null && listener.gone(undefined, undefined));
    // Node's MessagePorts have both ways; this one is older, and tells of the end.
    if (typeof raw.on === 'function') {
      this.#listeners = this.#nodeListeners(listener);
      for (const [event, listen] of Object.entries(this.#listeners)) raw.on(event, listen as () => void);
    } else {
      this.#listeners = this.#webListeners(listener);
      for (const [event, listen] of Object.entries(this.#listeners))
        raw.addEventListener?.(event, listen as () => void);
      raw.start?.();
    }
  }

  /** A port or a thread of Node's that has ended: nothing holds on to it. */
  #isOver(): boolean {
    const raw = this.#raw;
    raw.ref?.();
    return raw.threadId === -1 || raw.hasRef?.() === false;
  }

  #nodeListeners(listener: PortListener): Listeners {
    return {
      message: (data: unknown) => listener.heard(data),
      messageerror: () => listener.garbled(),
      error: (error: unknown) => {
        this.#cause = error;
      },
      exit: (code: number) => listener.gone(code, this.#cause),
      close: () => listener.gone(undefined, this.#cause),
    };
  }

  #webListeners(listener: PortListener): Listeners {
    const listeners: Listeners = {
      message: (event: MessageEvent) => listener.heard(event.data),
      messageerror: () => listener.garbled(),
      close: () => listener.gone(undefined, undefined),
    };
    // In a thread's own scope these are its own uncaught errors: the other side has to hear of them.
    if (this.#isOwnScope) return listeners;
    return {
      ...listeners,
      // Of a Worker: its script could not be loaded, or threw. It would go on with half of its state.
      error: (event: ErrorEvent) => {
        event.preventDefault();
        this.#raw.terminate?.();
        listener.gone(
          undefined,
          event.error ?? new Error(event.message || 'the script of the thread cannot be loaded'),
        );
      },
    };
  }

  get #isOwnScope(): boolean {
    return this.#raw === (globalThis as unknown);
  }

  /** Throws a DataCloneError, and has posted nothing, if `message` cannot be cloned. */
  post(message: unknown, transfer?: readonly unknown[]): void {
    if (transfer === undefined || transfer.length === 0) this.#raw.postMessage(message);
    else this.#raw.postMessage(message, transfer);
  }

  /** Whether it keeps the process alive. Browsers know no such thing. */
  hold(held: boolean): void {
    if (held) this.#raw.ref?.();
    else this.#raw.unref?.();
  }

  /** Hears nothing any more. */
  leave(): void {
    const raw = this.#raw;
    for (const [event, listen] of Object.entries(this.#listeners ?? {})) {
      if (typeof raw.off === 'function') raw.off(event, listen as () => void);
      else raw.removeEventListener?.(event, listen as () => void);
    }
    this.#listeners = null;
  }

  /** The same, and closes it, if it can be closed. A thread's own scope ends with its `close()`: that is its own affair. */
  close(): void {
    this.leave();
    if (!this.#isOwnScope) this.#raw.close?.();
  }

  /** Ends the thread that it leads to, if it does, and closes it. `ended` is called when that has happened: in Node, later. */
  terminate(ended: () => void): void {
    const raw = this.#raw;
    this.leave();
    if (typeof raw.terminate !== 'function') {
      this.close();
      ended();
      return;
    }
    // What it still dies of is nobody's any more, and must not be an uncaught exception.
    raw.on?.('error', () => undefined);
    const exit = raw.terminate();
    if (exit instanceof Promise) exit.then(ended, ended);
    else ended();
  }
}
