// A lease: a value that is lent, until it is settled or comes back.
//
//   leased ──ack()───────────────────────────► settled
//      ├──nack(), or its time has run out──► back, or on its way back, or a dead letter
//      └──release()──────────────────────────► back, as if it had never been out
//
// Invariants:
//   1. a lease ends once; from then on every method but `release` is stale
//   2. its timer runs only while it is leased

import { TimeoutError, type Unsubscribable } from 'rxjs';
import { describe, StaleDeliveryError } from '../base/errors.ts';
import { after } from '../core/clock.ts';
import { Operation } from '../core/operation.ts';
import { End } from '../core/outcome.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { partyOf, type Place, type Rest, Standing, type Waiter, withdraw } from '../core/waiter.ts';
import type { Item } from './stock.ts';

export interface NackOptions {
  /** Milliseconds, >= 0, after which the value is back (default: at once). */
  delay?: number;
  /** What went wrong: the dead letter says it. */
  error?: unknown;
}

/** A value that is lent to a worker. */
export interface Delivery<T> {
  readonly value: T;
  /** 1 for the first delivery. */
  readonly attempt: number;
  /** The same at every delivery of one value: to know a repeat by. A queue that cannot tell leaves it out. */
  readonly id?: string;
  /** Done for good. A second settlement, or one after the lease ran out: throws `StaleDeliveryError`. */
  ack(): void;
  /** Back to the front of the queue, after `delay` ms; beyond `maxAttempts` it is a dead letter. */
  nack(options?: NackOptions): void;
  /** Renews the lease: its time starts anew. */
  extend(): void;
  /**
   * Gives the value back unused, to the front, as if it had never been delivered: this attempt does not count. Does nothing if
   * the lease has ended. A queue that cannot do that leaves it out, and workers that go away nack instead.
   */
  release?(): void;
}

/** A queue, as leases see it. */
export interface Lender<T> {
  readonly name: string;
  /** Milliseconds that a lease lasts. */
  readonly leaseMs: number;
  ready(): boolean;
  /** The next value, lent; or the End. Precondition: ready. */
  lend(): unknown;
  /** Lends what has just come to one who waits. */
  lendTo(entry: Item<T>): Delivery<T>;
  park(waiter: Waiter): void;
  ended(): End | null;
  settled(entry: Item<T>): void;
  nacked(entry: Item<T>, delay: number, error: unknown): void;
  /** In the order in which they were lent. */
  released(entries: readonly Item<T>[], where: 'front' | 'in place'): void;
  /** Nobody heard of its lease. */
  unheard(entry: Item<T>): void;
}

export class Lease<T> implements Delivery<T> {
  readonly #lender: Lender<T>;
  readonly #entry: Item<T>;
  /** Its own: once it is back, the entry's may be merged with a newer one. */
  readonly value: T;
  readonly attempt: number;
  /** How it ended; null while it has not. */
  #ended: string | null = null;
  #timer: Unsubscribable | null = null;

  constructor(lender: Lender<T>, entry: Item<T>) {
    this.#lender = lender;
    this.#entry = entry;
    this.value = entry.value;
    this.attempt = ++entry.attempts;
    this.#start();
  }

  get id(): string {
    return String(this.#entry.arrival);
  }
  /** Whose lease it is. */
  get entry(): Item<T> {
    return this.#entry;
  }

  #start(): void {
    const { leaseMs } = this.#lender;
    if (leaseMs === Infinity) return;
    this.#timer = after(leaseMs, () => {
      this.#end('has run out');
      this.#lender.nacked(this.#entry, 0, new TimeoutError());
    });
  }

  #end(how: string): void {
    if (this.#ended !== null) throw new StaleDeliveryError(this.#lender.name, this.#ended);
    this.#ended = how;
    this.#timer?.unsubscribe();
  }

  ack(): void {
    this.#end('was acked');
    this.#lender.settled(this.#entry);
  }

  nack(options: NackOptions = {}): void {
    const { delay = 0, error } = options;
    if (typeof delay !== 'number' || !(delay >= 0 && delay < Infinity)) {
      throw new RangeError(`${this.#lender.name}: nack: delay must be a number of ms >= 0; got ${describe(delay)}`);
    }
    this.#end('was nacked');
    this.#lender.nacked(this.#entry, delay, error);
  }

  extend(): void {
    if (this.#ended !== null) throw new StaleDeliveryError(this.#lender.name, this.#ended);
    this.#timer?.unsubscribe();
    this.#start();
  }

  release(): void {
    const entry = this.surrender();
    if (entry !== null) this.#lender.released([entry], 'front');
  }

  /** Undoes it, for the one that leased has left before it was told. */
  undo(): void {
    const entry = this.surrender();
    if (entry !== null) this.#lender.unheard(entry);
  }

  /** Ends it, to be given back together with others; null if it has ended. */
  surrender(): Item<T> | null {
    if (this.#ended !== null) return null;
    this.#end('was released');
    this.#entry.attempts--;
    return this.#entry;
  }

  /** Gives several of one queue back, in the order in which they were lent, to their places: others may be back before. */
  static release<T>(leases: readonly Lease<T>[]): void {
    const entries = leases.map((lease) => lease.surrender()).filter((entry) => entry !== null);
    if (leases[0] !== undefined) leases[0].#lender.released(entries, 'in place');
  }

  toString(): string {
    return `delivery ${this.attempt} of ${this.#lender.name} (${this.#ended ?? 'leased'})`;
  }
}

/** Gives what one worker has leased of one queue back to where it was, in its old order. */
export function giveBack<T>(deliveries: readonly Delivery<T>[]): void {
  const ours = deliveries.filter((delivery) => delivery instanceof Lease);
  Lease.release(ours as Lease<T>[]);
  // Those of a queue of somebody else's: what comes back last is in front.
  for (const delivery of deliveries.filter((one) => !(one instanceof Lease)).reverse()) giveUp(delivery);
}

/** What fails for one must not keep the others from being given back. */
function giveUp(delivery: Delivery<unknown>): void {
  try {
    if (delivery.release === undefined) delivery.nack();
    else delivery.release();
  } catch (error) {
    if (!isStale(error)) reportUnhandled(error);
  }
}

/** By name: it may be another copy of the library that threw it. */
export function isStale(error: unknown): boolean {
  return (error as Error | null)?.name === 'StaleDeliveryError';
}

/** Takes the next value to lease it. */
export class TakeLease<T> extends Operation<Delivery<T>> {
  readonly #lender: Lender<T>;

  constructor(lender: Lender<T>) {
    super();
    this.#lender = lender;
  }

  ready(): boolean {
    return this.#lender.ready();
  }
  commit(): unknown {
    return this.#lender.lend();
  }
  park(waiter: Waiter): void {
    this.#lender.park(new Borrower(this.#lender, waiter));
  }
  override open(parcel: unknown): Delivery<T> {
    if (parcel instanceof End) throw parcel.error;
    return parcel as Lease<T>;
  }
  override ended(): End | null {
    return this.#lender.ended();
  }
  override restore(parcel: unknown): null {
    if (!(parcel instanceof End)) (parcel as Lease<T>).undo();
    return null;
  }
  override toString(): string {
    return `lease on ${this.#lender.name}`;
  }
}

/** Stands among those who receive, in the stead of one who leases. */
export class Borrower<T> extends Standing implements Place {
  readonly #lender: Lender<T>;
  readonly #user: Waiter;
  /** What it is about to be given. */
  entry: Item<T> | null = null;

  constructor(lender: Lender<T>, user: Waiter) {
    super();
    this.#lender = lender;
    this.#user = user;
    user.place = this;
  }

  get party(): object {
    return partyOf(this.#user);
  }

  override settle(parcel: unknown): void {
    const { entry } = this;
    this.entry = null;
    this.#user.place = null;
    this.#user.settle(entry === null ? parcel : this.#lender.lendTo(entry));
  }
  tell(): void {
    this.#user.tell();
  }
  leave(): Rest | null {
    this.#user.place = null;
    return withdraw(this);
  }
  override toString(): string {
    return `lease on ${this.#lender.name}`;
  }
}
