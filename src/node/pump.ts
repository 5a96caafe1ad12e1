// Moving all of a channel into a stream.
//
// Invariants:
//   1. nothing is taken from the channel while the stream asks to wait, or others wait to write to it
//   2. the death of either side is the end of the other; the first of their errors is the pump's
//   3. while it runs, the stream has one listener of its own for `error` and `close`

import type { Writable } from 'node:stream';
import { type Coroutine, Operation, Starting } from '../core/operation.ts';
import { End, Failure } from '../core/outcome.ts';
import type { Pullable, ReceiveChannel } from '../core/pullable.ts';
import { enter, exit, turn } from '../core/turn.ts';
import type { Place, Waiter } from '../core/waiter.ts';
import { select } from '../select/select.ts';
import { coroutine } from '../task/coroutine.ts';
import { checkOptions, checkSwitch, checkWritable, pullableOf } from './checks.ts';
import { hush, listen, type Listener, unlisten } from './ear.ts';
import { nameOf } from './event.ts';
import { deathOf, isAwaited, isDead, isFree, type Outlet, outletOf, type Turn } from './outlet.ts';
import { end, write } from './write.ts';

/**
 * Moves all of `source` into `writable`; either side's death ends the other.
 *
 * ```
 * source       a-b-c---|
 * writable     a-b-c---(end)
 * pump         ----------(v|)      flushed
 * ```
 *
 * It takes a value when the stream has room for it, so what is under way is bounded by the channel's capacity and the stream's
 * `highWaterMark`: a client that reads nothing stops the producer. Completes when the stream is ended and flushed. The channel's
 * cause destroys the stream, the stream's death cancels the channel; the first of these errors is the failure. Withdrawn: the
 * channel is cancelled, the stream destroyed.
 *
 * With `end: false` the stream is left open, whatever happens to `source`; it then completes when the last write has been taken.
 *
 * @example
 * ```ts
 * yield* pump(rows, response);
 * ```
 *
 * After Node's stream.pipeline.
 */
export function pump<T>(
  source: ReceiveChannel<T>,
  writable: Writable,
  options: { end?: boolean } = {},
): Operation<void> {
  const origin = pullableOf('pump', source);
  checkWritable('pump', writable);
  const { end: ends = true } = checkOptions('pump', options);
  checkSwitch('pump', 'end', ends);
  return new Lengthy(coroutine(() => pumping(origin, writable, ends)));
}

/** Starts something that cannot end in the same tick: to try it without waiting is to leave it. */
export class Lengthy<T> extends Starting<T> {
  readonly #operation: Operation<T>;

  constructor(operation: Operation<T>) {
    super();
    this.#operation = operation;
  }
  override get wouldWait(): boolean {
    return true;
  }
  park(waiter: Waiter): void {
    this.#operation.park(waiter);
  }
  override open(parcel: unknown): T {
    return this.#operation.open(parcel);
  }
}

/** Not a closure: the first call of each new generator function costs V8 microseconds. */
function* pumping<T>(source: Pullable<T>, writable: Writable, ends: boolean): Coroutine<void> {
  const link = new Link(source, writable, ends);
  // A full stream may stay full for ever: the end of the source is not to wait for that.
  const room = select({ room: new Room(writable), ended: source.whenEnded() }, { order: 'priority' });
  try {
    for (;;) {
      if (!isFree(writable) || isDead(writable)) yield* room;
      const next = yield* source.receiveResult();
      if (!next.ok) break;
      if (!isFree(writable) || isDead(writable)) yield* writeInTurn(source, writable, next.value);
      else if (link.write(next.value) && link.writeReady()) break;
    }
    link.state = 'ending';
    if (ends) yield* end(writable);
    else yield* new Taken(link);
    link.state = 'done';
  } catch (error) {
    throw link.fail(error);
  } finally {
    link.release();
  }
}

/** The stream has filled up since the value was asked for: others write to it too. Withdrawn, the value goes back. */
function* writeInTurn<T>(source: Pullable<T>, writable: Writable, value: T): Coroutine<void> {
  let isWritten = false;
  const writing = write(writable, value);
  try {
    const { key } = yield* select({ writing, ended: source.whenEnded() }, { order: 'priority' });
    const end = source.ended();
    if (key === 'ended' && end?.how === 'cancelled') throw end.error;
    // The last one of a source that was closed is still to be written.
    if (key === 'ended') yield* writing;
    isWritten = true;
  } finally {
    if (!isWritten) source.restore(value);
  }
}

const ENDS = ['finish', 'close'];

/** What ties the two sides to each other. */
class Link<T> implements Place {
  readonly #source: Pullable<T>;
  readonly #writable: Writable;
  readonly #outlet: Outlet;
  readonly #ends: boolean;
  /** The first error of either side. */
  #failure: Failure | null = null;
  /** Writes that the stream has not taken yet, where that matters. */
  pending = 0;
  /** Who waits until there are none. */
  #waiter: Waiter | null = null;
  state: 'moving' | 'ending' | 'done' = 'moving';

  constructor(source: Pullable<T>, writable: Writable, ends: boolean) {
    this.#source = source;
    this.#writable = writable;
    this.#outlet = outletOf(writable);
    this.#ends = ends;
    listen(writable, 'error', this.#error);
    for (const name of ENDS) listen(writable, name, this.#end);
    this.#outlet.hold();
  }

  readonly #error: Listener = { heard: ([error]) => this.#die(error) };

  /** Whoever ends it has `finish` and `close` come; else it was somebody else. What the events bring along is no error. */
  readonly #end: Listener = {
    heard: () => {
      if (this.state === 'moving' || !this.#ends) this.#die(deathOf(this.#writable));
    },
  };

  /** The stream has died. */
  #die(error: unknown): void {
    if (this.state === 'done') return;
    this.#failure ??= new Failure(error);
    this.#source.cancel(this.#failure.error);
    this.#tell(this.#failure);
  }

  /** Whether there is room for another. */
  write(value: T): boolean {
    if (this.#ends) return this.#writable.write(value);
    this.pending++;
    return this.#writable.write(value, this.#taken);
  }

  /**
   * Writes what there is to be had at once, without the steps of a `yield*`, as long as there is room and the turn has fuel (who
   * cancels a running coroutine takes that away). True at the end of the source. Precondition: there is room.
   */
  writeReady(): boolean {
    const source = this.#source;
    const writable = this.#writable;
    for (let hasRoom = true; hasRoom && turn.fuel > 0 && !isAwaited(writable);) {
      if (writable.destroyed || writable.writableEnded || !source.ready()) return false;
      turn.fuel--;
      const parcel = source.take();
      if (parcel instanceof End) {
        if (parcel.clean) return true;
        throw parcel.error;
      }
      hasRoom = this.write(parcel as T);
    }
    return false;
  }

  readonly #taken = (): void => {
    this.pending--;
    if (this.pending === 0) this.#tell(undefined);
  };

  park(waiter: Waiter): void {
    this.#waiter = waiter;
    waiter.place = this;
  }

  leave(waiter: Waiter): null {
    this.#waiter = null;
    waiter.place = null;
    return null;
  }

  #tell(parcel: unknown): void {
    const waiter = this.#waiter;
    if (waiter === null) return;
    enter();
    try {
      this.leave(waiter);
      waiter.settle(parcel);
      waiter.tell();
    } finally {
      exit();
    }
  }

  /** What the pump fails with, when a step of it has failed with `error`. */
  fail(error: unknown): unknown {
    this.#failure ??= new Failure(error);
    return this.#failure.error;
  }

  /** Ends both sides, unless all went well. */
  release(): void {
    const writable = this.#writable;
    unlisten(writable, 'error', this.#error);
    for (const name of ENDS) unlisten(writable, name, this.#end);
    this.#outlet.letGo();
    if (this.state === 'done') return;
    const error = this.#failure?.error;
    this.#source.cancel(error);
    if (!this.#ends) return;
    hush(writable);
    writable.destroy(error instanceof Error ? error : undefined);
  }

  toString(): string {
    return `write to ${nameOf(this.#writable)}`;
  }
}

/** Waits until the stream has taken the last write. */
class Taken extends Operation<void> {
  readonly #link: Link<unknown>;

  constructor(link: Link<unknown>) {
    super();
    this.#link = link;
  }
  ready(): boolean {
    return this.#link.pending === 0;
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    this.#link.park(waiter);
  }
}

/** Waits for its turn to write, and writes nothing. */
class Room extends Operation<void> implements Turn {
  readonly ends = false;
  readonly #writable: Writable;

  constructor(writable: Writable) {
    super();
    this.#writable = writable;
  }
  ready(): boolean {
    return isDead(this.#writable) || isFree(this.#writable);
  }
  commit(): unknown {
    return isDead(this.#writable) ? new Failure(deathOf(this.#writable)) : undefined;
  }
  park(waiter: Waiter): void {
    waiter.request = this;
    outletOf(this.#writable).append(waiter);
  }
  proceed(waiter: Waiter): void {
    waiter.settle(undefined);
    waiter.tell();
  }
  override toString(): string {
    return `write to ${nameOf(this.#writable)}`;
  }
}
