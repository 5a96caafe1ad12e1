// Waiting for an event of an emitter.
//
// Invariants (`check()` asserts them):
//   1. somebody waits for an event  <=>  the emitter is listened to: for it, for `error`, and for each event that some of
//      those who wait named as the last
//   2. while a waiter stands in the line, its request is the operation that it performs

import process from 'node:process';
import type { EventEmitter } from 'node:events';
import { ClosedError } from '../base/errors.ts';
import { Line } from '../base/line.ts';
import { Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { enter, exit } from '../core/turn.ts';
import { settleLine, takeRequest, tellAll, type Waiter } from '../core/waiter.ts';
import { checkEmitter, checkOptions } from './checks.ts';
import { type Emitter, type EventName, listen, type Listener, unlisten } from './ear.ts';

/**
 * The next `name` event's arguments.
 *
 * ```
 * emitter             ---a--b--
 * event(emitter, …)   ---(a|)
 * ```
 *
 * Emits the arguments of the event as an array, and completes. An `error` event fails it with that error (of `error` itself
 * it is a value); the event named by `close`, after which no other will come, fails it with `ClosedError`. Each performance waits
 * for an event of its own, from now on: what was emitted before is gone. Withdrawing leaves the line. However many wait, the
 * emitter has one listener for each event, and has none when nobody waits; those who wait are told in the order in which they came.
 *
 * @example
 * ```ts
 * yield* event(socket, 'connect');
 * const [code] = yield* event<[number]>(child, 'exit').withTimeout(1000);
 * ```
 */
export function event<A extends unknown[] = unknown[]>(
  emitter: EventEmitter,
  name: EventName,
  options: { close?: string } = {},
): Operation<A> {
  checkEmitter('event', emitter);
  checkName('event', 'name', name);
  const { close } = checkOptions('event', options);
  if (close !== undefined) checkName('event', 'close', close);
  return new Event<A>(emitter, name, close);
}

export function checkName(what: string, part: string, given: unknown): void {
  if (typeof given === 'string' || typeof given === 'symbol') return;
  throw new TypeError(`${what}: ${part} must be the name of an event; got ${String(given)}`);
}

class Event<A extends unknown[]> extends Operation<A> {
  readonly #emitter: Emitter;
  readonly #name: EventName;
  /** The event after which none will come. */
  readonly last: EventName | undefined;

  constructor(emitter: Emitter, name: EventName, last: EventName | undefined) {
    super();
    this.#emitter = emitter;
    this.#name = name;
    this.last = last === name ? undefined : last;
  }

  ready(): boolean {
    return false;
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    waiter.request = this;
    lineOf(this.#emitter, this.#name).append(waiter);
  }
  override toString(): string {
    return `event ${String(this.#name)} of ${nameOf(this.#emitter)}`;
  }
}

export function nameOf(emitter: Emitter): string {
  return (emitter.constructor as { name?: string } | undefined)?.name ?? 'an emitter';
}

const lines = /* @__PURE__ */ new WeakMap<Emitter, Map<EventName, EventLine>>();

function lineOf(emitter: Emitter, name: EventName): EventLine {
  let ofEmitter = lines.get(emitter);
  if (ofEmitter === undefined) lines.set(emitter, (ofEmitter = new Map<EventName, EventLine>()));
  let line = ofEmitter.get(name);
  if (line === undefined) ofEmitter.set(name, (line = new EventLine(emitter, name, ofEmitter)));
  return line;
}

/** Those who wait for one event of one emitter. */
class EventLine extends Line<Waiter> {
  readonly #emitter: Emitter;
  readonly #name: EventName;
  readonly #home: Map<EventName, EventLine>;
  #listening = false;
  /** Who listens to the events that are named as the last, and for how many. */
  readonly #lasts = new Map<EventName, { listener: Listener; count: number }>();

  constructor(emitter: Emitter, name: EventName, home: Map<EventName, EventLine>) {
    super();
    this.#emitter = emitter;
    this.#name = name;
    this.#home = home;
  }

  readonly #event: Listener = { heard: (args) => this.#settle(args) };
  readonly #error: Listener = { heard: ([error]) => this.#settle(new Failure(error)) };

  override append(waiter: Waiter): void {
    super.append(waiter);
    const { last } = waiter.request as Event<unknown[]>;
    if (last !== undefined) this.#await(last);
    this.#listening = true;
    if (this.#name !== 'error') listen(this.#emitter, 'error', this.#error);
    listen(this.#emitter, this.#name, this.#event);
  }

  override shift(): Waiter | null {
    const first = super.shift();
    if (first !== null) takeRequest(first);
    return first;
  }

  override leave(waiter: Waiter): null {
    super.leave(waiter);
    const { last } = takeRequest(waiter) as Event<unknown[]>;
    if (last !== undefined) this.#unawait(last);
    if (this.first === null) this.#rest();
    return null;
  }

  #await(last: EventName): void {
    let known = this.#lasts.get(last);
    if (known === undefined) this.#lasts.set(last, (known = { listener: { heard: () => this.#over(last) }, count: 0 }));
    known.count++;
    listen(this.#emitter, last, known.listener);
    // A stream that has closed emits nothing any more, once those events have come that are under way.
    if (last === 'close' && (this.#emitter as { closed?: unknown }).closed === true)
      process.nextTick(() => this.#over(last));
  }

  #unawait(last: EventName): void {
    const known = this.#lasts.get(last);
    if (known === undefined || --known.count > 0) return;
    this.#lasts.delete(last);
    unlisten(this.#emitter, last, known.listener);
  }

  /** Nobody waits any more. */
  #rest(): void {
    if (!this.#listening) return;
    this.#listening = false;
    for (const [last, { listener }] of this.#lasts) unlisten(this.#emitter, last, listener);
    this.#lasts.clear();
    unlisten(this.#emitter, this.#name, this.#event);
    if (this.#name !== 'error') unlisten(this.#emitter, 'error', this.#error);
    this.#home.delete(this.#name);
    if (this.#home.size === 0) lines.delete(this.#emitter);
  }

  #settle(parcel: unknown): void {
    const settled: Waiter[] = [];
    enter();
    try {
      settleLine(this, parcel, settled);
      this.#rest();
      tellAll(settled);
    } finally {
      exit();
    }
  }

  /** The event `last` came, for those who named it. */
  #over(last: EventName): void {
    const failure = new Failure(new ClosedError(String(this)));
    const settled: Waiter[] = [];
    enter();
    try {
      for (let waiter = this.first; waiter !== null;) {
        const next: Waiter | null = waiter.after;
        if ((waiter.request as Event<unknown[]>).last === last) settled.push(waiter);
        waiter = next;
      }
      for (const waiter of settled) {
        // A select may have left with another of its cases.
        if (waiter.place !== this) continue;
        this.leave(waiter);
        waiter.settle(failure);
      }
      tellAll(settled);
    } finally {
      exit();
    }
  }

  override toString(): string {
    return `event ${String(this.#name)} of ${nameOf(this.#emitter)}`;
  }

  /** @internal */
  override check(): void {
    super.check();
    if (this.#listening !== (this.first !== null))
      throw new Error(`${String(this)}: listens without need, or not at all`);
    const lasts = new Map<EventName, number>();
    for (let waiter = this.first; waiter !== null; waiter = waiter.after) {
      const { last } = waiter.request as Event<unknown[]>;
      if (last !== undefined) lasts.set(last, (lasts.get(last) ?? 0) + 1);
    }
    for (const [last, { count }] of this.#lasts)
      if (lasts.get(last) !== count) throw new Error(`${String(this)}: ${count} were counted to wait for the last`);
  }
}
