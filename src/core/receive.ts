// The ways to receive once: each stands in the line of all receivers of its source, and opens in its own way what it has got.

import { misplaced } from './misuse.ts';
import { Operation } from './operation.ts';
import { End } from './outcome.ts';
import { type Attempt, CLOSED } from './poll.ts';
import { PENDING, RESUMED, turn } from './turn.ts';
import type { Running, Waiter } from './waiter.ts';

/** What is received from, as receivers see it: `Pullable` says more of each. */
export interface Source<T> {
  readonly name: string;
  readonly effectful: boolean;
  readonly wouldWait: boolean;
  ready(): boolean;
  take(): unknown;
  takeMany(max: number): unknown;
  restore(value: T): void;
  ended(): End | null;
  wanted(): boolean;
  park(waiter: Waiter): void;
}

/** What waits among the receivers of its source. */
abstract class Reading<T, R> extends Operation<R> {
  protected readonly origin: Source<T>;

  constructor(origin: Source<T>) {
    super();
    this.origin = origin;
  }

  ready(): boolean {
    return this.origin.ready();
  }
  park(waiter: Waiter): void {
    this.origin.park(waiter);
  }
  override get effectful(): boolean {
    return this.origin.effectful;
  }
  override get asks(): boolean {
    return true;
  }
  override get wouldWait(): boolean {
    return this.origin.wouldWait;
  }
  override ended(): End | null {
    return this.origin.ended();
  }
  override toString(): string {
    return `receive on ${this.origin.name}`;
  }
}

/** Takes the next value, in one of two ways to tell of the end. */
abstract class Taking<T, R> extends Reading<T, R> {
  commit(): unknown {
    return this.origin.take();
  }
  override restore(parcel: unknown): null {
    if (!(parcel instanceof End)) this.origin.restore(parcel as T);
    return null;
  }

  /** @internal The same steps as every operation's, without a virtual call on the way. */
  override next(signal?: unknown): IteratorResult<never, R> {
    const fiber = turn.current as Running | null;
    const { origin } = this;
    if (fiber === null || arguments.length === 0) throw misplaced();
    if (signal === RESUMED) return { done: true, value: this.open(fiber.take()) };
    if (--turn.fuel < 0 && fiber.pauses()) return PENDING;
    if (origin.ready()) return { done: true, value: this.open(origin.take()) };
    return fiber.waitFor(this);
  }
}

export class Receive<T> extends Taking<T, T> {
  override open(parcel: unknown): T {
    if (parcel instanceof End) throw parcel.error;
    return parcel as T;
  }
}

export class ReceiveResult<T> extends Taking<T, Attempt<T>> {
  override open(parcel: unknown): Attempt<T> {
    if (!(parcel instanceof End)) return { ok: true, value: parcel as T };
    if (!parcel.clean) throw parcel.error;
    return CLOSED;
  }
  /** A clean end is a value here. */
  override ended(): End | null {
    const end = super.ended();
    return end === null || end.clean ? null : end;
  }
}

/** Gives `values` back, in their old order: the first go to those who wait, and of the rest the last goes first to the front. */
export function restoreAll<T>(origin: Source<T>, values: readonly T[]): void {
  let from = 0;
  let to = values.length;
  while (from < to) origin.restore(values[origin.wanted() ? from++ : --to] as T);
}

/** Values that were taken by one commit. */
export class Batch<T> {
  readonly values: T[];

  constructor(values: T[]) {
    this.values = values;
  }
}

export class ReceiveMany<T> extends Reading<T, T[]> {
  readonly #max: number;

  constructor(origin: Source<T>, max: number) {
    super(origin);
    this.#max = max;
  }

  commit(): unknown {
    return this.origin.takeMany(this.#max);
  }
  override open(parcel: unknown): T[] {
    if (parcel instanceof End) throw parcel.error;
    return parcel instanceof Batch ? (parcel as Batch<T>).values : [parcel as T];
  }
  override restore(parcel: unknown): null {
    if (!(parcel instanceof End)) restoreAll(this.origin, this.open(parcel));
    return null;
  }
}
