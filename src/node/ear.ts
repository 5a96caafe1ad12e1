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

/** Of most emitters few events are listened to, and each by one: that makes nothing but what tells them. */
const FEW = 8;

const ears = /* @__PURE__ */ new WeakMap<Emitter, Ears>();

/** Those of one emitter. */
class Ears {
  readonly #few: Ear[] = [];
  /** All of them, once they are many. */
  #many: Map<EventName, Ear> | null = null;

  get size(): number {
    return this.#many === null ? this.#few.length : this.#many.size;
  }

  of(name: EventName): Ear | undefined {
    if (this.#many !== null) return this.#many.get(name);
    for (const ear of this.#few) if (ear.name === name) return ear;
    return undefined;
  }

  add(ear: Ear): void {
    if (this.#many !== null) this.#many.set(ear.name, ear);
    else if (this.#few.push(ear) > FEW) this.#many = new Map(this.#few.splice(0).map((each) => [each.name, each]));
  }

  remove(ear: Ear): void {
    if (this.#many !== null) this.#many.delete(ear.name);
    else this.#few.splice(this.#few.indexOf(ear), 1);
  }
}

class Ear {
  readonly name: EventName;
  readonly #emitter: Emitter;
  /** Who listens; all of them are in `#all` as soon as there was a second one. */
  #only: Listener | null = null;
  #all: Set<Listener> | null = null;

  constructor(emitter: Emitter, name: EventName) {
    this.#emitter = emitter;
    this.name = name;
  }

  get size(): number {
    if (this.#all !== null) return this.#all.size;
    return this.#only === null ? 0 : 1;
  }

  add(listener: Listener): void {
    const isFirst = this.size === 0;
    if (this.#all !== null) this.#all.add(listener);
    else if (isFirst) this.#only = listener;
    else if (this.#only !== listener) this.#all = new Set([this.#only as Listener, listener]);
    if (isFirst || this.#isDeaf()) this.#emitter.on(this.name, this.#hear);
  }

  /** Somebody has taken all listeners off the emitter (`removeAllListeners`), this one too. */
  #isDeaf(): boolean {
    return this.#emitter.listeners?.(this.name).includes(this.#hear) === false;
  }

  remove(listener: Listener): void {
    const before = this.size;
    if (this.#all !== null) this.#all.delete(listener);
    else if (this.#only === listener) this.#only = null;
    if (before > 0 && this.size === 0) this.#emitter.off(this.name, this.#hear);
  }

  readonly #hear = (...args: unknown[]): void => {
    enter();
    try {
      if (this.#all === null) this.#only?.heard(args);
      else for (const listener of [...this.#all]) if (this.#all.has(listener)) listener.heard(args);
    } finally {
      exit();
    }
  };
}

/** Tells `listener` of every `name` event from now on. */
export function listen(emitter: Emitter, name: EventName, listener: Listener): void {
  let ofEmitter = ears.get(emitter);
  if (ofEmitter === undefined) ears.set(emitter, (ofEmitter = new Ears()));
  let ear = ofEmitter.of(name);
  if (ear === undefined) ofEmitter.add((ear = new Ear(emitter, name)));
  ear.add(listener);
}

/** Not any more. */
export function unlisten(emitter: Emitter, name: EventName, listener: Listener): void {
  const ofEmitter = ears.get(emitter);
  const ear = ofEmitter?.of(name);
  if (ofEmitter === undefined || ear === undefined) return;
  ear.remove(listener);
  if (ear.size > 0) return;
  ofEmitter.remove(ear);
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
