// Those who want to write to a stream, in one line.
//
// Invariants (`check()` asserts them):
//   1. somebody waits to write  =>  the stream is full, as far as it says so, and alive
//   2. somebody waits, to write or for the end, or holds it  <=>  the stream is listened to: once for each event (for `drain`
//      once somebody has waited to write)
//   3. an outlet is known by its stream while it listens
//   4. while a waiter stands in the line, its request is the operation that it performs
//
// Whoever comes writes at once if the stream has room and nobody waits. Else it waits for `drain`, and then one after the other
// writes until the stream says again that it is full. Whoever is withdrawn has written nothing.

import type { Writable } from 'node:stream';
import { Line } from '../base/line.ts';
import { Failure } from '../core/outcome.ts';
import { enter, exit } from '../core/turn.ts';
import { settleLine, takeRequest, tellAll, type Waiter } from '../core/waiter.ts';
import { listen, type Listener, unlisten } from './ear.ts';
import { nameOf } from './event.ts';
import { streamError } from './stream-errors.ts';

/** What one who waits in the line does when it is its turn. */
export interface Turn {
  /** It is to end the stream. */
  readonly ends: boolean;
  /** Settles `waiter`, or lets it wait for something else; then acts on the stream; then tells. */
  proceed(waiter: Waiter, outlet: Outlet): void;
}

const outlets = /* @__PURE__ */ new WeakMap<Writable, Outlet>();

/** Only while somebody waits, or holds it: what every stream ever written to would leave here costs the collector dearly. */
export function outletOf(writable: Writable): Outlet {
  let outlet = outlets.get(writable);
  if (outlet === undefined) outlets.set(writable, (outlet = new Outlet(writable)));
  return outlet;
}

/** Somebody waits to write. */
export function isAwaited(writable: Writable): boolean {
  return (outlets.get(writable)?.first ?? null) !== null;
}

/** It asks to wait for `drain`. A response of HTTP/2, and streams older than Node 15's, do not say so: of these only how much they hold is known. */
function isFull(writable: Writable): boolean {
  const { writableNeedDrain } = writable as Partial<Writable>;
  if (writableNeedDrain !== undefined) return writableNeedDrain;
  return writable.writableLength > 0 && writable.writableLength >= writable.writableHighWaterMark;
}

/** One who comes now need not wait. Precondition: not dead. */
export function isFree(writable: Writable): boolean {
  return !isFull(writable) && !isAwaited(writable);
}

/** Nothing can be written any more. */
export function isDead(writable: Writable): boolean {
  return writable.destroyed || writable.writableEnded || writable.errored != null;
}

/** Why. An error takes microseconds to make: not to be asked of a stream that may be well. */
export function deathOf(writable: Writable): unknown {
  if (writable.errored != null) return writable.errored;
  return streamError(writable.writableEnded ? 'ERR_STREAM_WRITE_AFTER_END' : 'ERR_STREAM_DESTROYED');
}

export class Outlet extends Line<Waiter> {
  readonly writable: Writable;
  /** Those who wait until everything is flushed. */
  readonly finishers: Line<Waiter> = new Finishers(this);
  #listening = false;
  #hearsDrain = false;
  /** Who waits again and again, and so wants it to listen meanwhile. */
  #held = 0;
  #serving = false;

  constructor(writable: Writable) {
    super();
    this.writable = writable;
  }

  readonly #drain: Listener = { heard: () => this.#serve() };
  readonly #finish: Listener = { heard: () => this.#finished() };
  readonly #error: Listener = { heard: ([error]) => this.#fail(new Failure(error)) };
  readonly #close: Listener = { heard: () => this.#closed() };

  override append(waiter: Waiter): void {
    super.append(waiter);
    this.watch();
    if (this.#hearsDrain) return;
    this.#hearsDrain = true;
    listen(this.writable, 'drain', this.#drain);
  }

  override shift(): Waiter | null {
    const first = super.shift();
    if (first !== null) takeRequest(first);
    return first;
  }

  override leave(waiter: Waiter): null {
    super.leave(waiter);
    takeRequest(waiter);
    this.rest();
    return null;
  }

  hold(): void {
    this.#held++;
    this.watch();
  }

  letGo(): void {
    this.#held--;
    this.rest();
  }

  /** Somebody waits. */
  watch(): void {
    if (this.#listening) return;
    this.#listening = true;
    const { writable } = this;
    listen(writable, 'finish', this.#finish);
    listen(writable, 'error', this.#error);
    listen(writable, 'close', this.#close);
  }

  /** Listens no longer than somebody waits. */
  rest(): void {
    if (!this.#listening || this.#held > 0 || this.first !== null || this.finishers.first !== null) return;
    this.#listening = false;
    const { writable } = this;
    if (this.#hearsDrain) unlisten(writable, 'drain', this.#drain);
    this.#hearsDrain = false;
    unlisten(writable, 'finish', this.#finish);
    unlisten(writable, 'error', this.#error);
    unlisten(writable, 'close', this.#close);
    outlets.delete(writable);
  }

  /** One after the other, as long as there is room. */
  #serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    enter();
    try {
      while (this.first !== null && !isFull(this.writable) && !isDead(this.writable)) {
        const turn = this.first.request as Turn;
        turn.proceed(this.shift() as Waiter, this);
      }
    } finally {
      this.#serving = false;
      this.rest();
      exit();
    }
  }

  #finished(): void {
    const settled: Waiter[] = [];
    enter();
    try {
      settleLine(this.finishers, undefined, settled);
      this.#settleTurns(settled);
      this.rest();
      tellAll(settled);
    } finally {
      exit();
    }
  }

  /** Everything is flushed: who waits to end it has what it wants, who waits to write does not. */
  #settleTurns(settled: Waiter[]): void {
    if (this.first === null) return;
    // An error takes microseconds to make: here is the way of every stream that ends well.
    const failure = new Failure(streamError('ERR_STREAM_WRITE_AFTER_END'));
    while (this.first !== null) {
      const { ends } = this.first.request as Turn;
      const waiter = this.shift() as Waiter;
      waiter.settle(ends ? undefined : failure);
      settled.push(waiter);
    }
  }

  /** It is gone without an error, and without `finish`. */
  #closed(): void {
    const { errored } = this.writable;
    if (errored != null) this.#fail(new Failure(errored));
    else this.#fail(new Failure(deathOf(this.writable)), new Failure(streamError('ERR_STREAM_DESTROYED')));
  }

  #fail(failure: Failure, ofFinishers = failure): void {
    const settled: Waiter[] = [];
    enter();
    try {
      settleLine(this, failure, settled);
      settleLine(this.finishers, ofFinishers, settled);
      this.rest();
      tellAll(settled);
    } finally {
      exit();
    }
  }

  override toString(): string {
    return `write to ${nameOf(this.writable)}`;
  }

  /** @internal */
  override check(): void {
    super.check();
    this.finishers.check();
    const waits = this.#held > 0 || this.first !== null || this.finishers.first !== null;
    if (waits !== this.#listening) throw new Error(`${String(this)}: listens without need, or not at all`);
    if (
      this.first !== null &&
      !isDead(this.writable) &&
      (this.writable as Partial<Writable>).writableNeedDrain === false
    )
      throw new Error(`${String(this)}: somebody waits beside room`);
  }
}

class Finishers extends Line<Waiter> {
  readonly #outlet: Outlet;

  constructor(outlet: Outlet) {
    super();
    this.#outlet = outlet;
  }

  override append(waiter: Waiter): void {
    super.append(waiter);
    this.#outlet.watch();
  }
  override leave(waiter: Waiter): null {
    super.leave(waiter);
    this.#outlet.rest();
    return null;
  }
  override toString(): string {
    return `the end of ${nameOf(this.#outlet.writable)}`;
  }
}
