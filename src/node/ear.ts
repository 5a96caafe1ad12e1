// One listener per emitter and event, however many want to hear of it.
//
// Invariants:
//   1. the emitter has a listener of ours for an event  <=>  somebody listens to it here (one that was taken off by
//      `removeAllListeners` is back with the next who listens)
//   2. who listens is told in the order in which they came; who left while others were told is not

import process from 'node:process';
import { enter, exit } from '../core/turn.ts';

export type EventName = string | symbol;

/** What we need of an emitter. */
export interface Emitter {
  on(name: EventName, listener: (...args: unknown[]) => void): unknown;
  off(name: EventName, listener: (...args: unknown[]) => void): unknown;
  listeners?(name: EventName): unknown[];
}

/** Who wants to hear of an event. */
export interface Listener {
  /** Never throws. */
  heard(args: unknown[]): void;
}

const ears = /* @__PURE__ */ new WeakMap<Emitter, Map<EventName, Ear>>();

class Ear {
  readonly #emitter: Emitter;
  readonly #name: EventName;
  readonly #listeners = new Set<Listener>();

  constructor(emitter: Emitter, name: EventName) {
    this.#emitter = emitter;
    this.#name = name;
  }

  get size(): number {
    return this.#listeners.size;
  }

  add(listener: Listener): void {
    const isFirst = this.#listeners.size === 0;
    this.#listeners.add(listener);
    if (isFirst || this.#isDeaf()) this.#emitter.on(this.#name, this.#hear);
  }

  /** Somebody has taken all listeners off the emitter (`removeAllListeners`), this one too. */
  #isDeaf(): boolean {
    return this.#emitter.listeners?.(this.#name).includes(this.#hear) === false;
  }

  remove(listener: Listener): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#emitter.off(this.#name, this.#hear);
  }

  readonly #hear = (...args: unknown[]): void => {
    enter();
    try {
      for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener.heard(args);
    } finally {
      exit();
    }
  };
}

/** Tells `listener` of every `name` event from now on. */
export function listen(emitter: Emitter, name: EventName, listener: Listener): void {
  let ofEmitter = ears.get(emitter);
  if (ofEmitter === undefined) ears.set(emitter, (ofEmitter = new Map<EventName, Ear>()));
  let ear = ofEmitter.get(name);
  if (ear === undefined) ofEmitter.set(name, (ear = new Ear(emitter, name)));
  ear.add(listener);
}

/** Not any more. */
export function unlisten(emitter: Emitter, name: EventName, listener: Listener): void {
  const ofEmitter = ears.get(emitter);
  const ear = ofEmitter?.get(name);
  if (ofEmitter === undefined || ear === undefined) return;
  ear.remove(listener);
  if (ear.size > 0) return;
  ofEmitter.delete(name);
  // What every emitter ever listened to would leave here costs the collector dearly.
  if (ofEmitter.size === 0) ears.delete(emitter);
}

/** A listener for errors that nobody minds. */
export const DEAF = (): void => undefined;

/** Nobody minds what `stream` still fails with, until it has closed: for one that has been given up. */
export function hush(stream: Emitter & { readonly closed?: boolean | null }): void {
  // Of its own: the same function twice would be taken off for both.
  const deaf = (): void => undefined;
  const off = (): void => {
    stream.off('error', deaf);
    stream.off('close', off);
  };
  stream.on('error', deaf);
  // It says that it is closed before it emits `error` and `close`, in a tick that is on its way.
  if (stream.closed === true) process.nextTick(off);
  else stream.on('close', off);
}
