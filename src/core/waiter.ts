// Who waits, and where. The whole vocabulary in which operations speak to each other.
//
// A *waiter* is an observer, a coroutine, or one case of a select. It waits at one *place* at a time. A place serves a
// waiter in two steps, so that nobody is told before everything is settled:
//   settle  the waiter has left its place (`place` is null) and gets its parcel; a select withdraws its other cases, a
//           coroutine gets in line to run. No user code that belongs to the waiter runs.
//   tell    observers are called. The place's own state must be final.
// Between the two, what had to be withdrawn for that may say that it still cleans up: the waiter *lingers*, if it minds. An
// observer does not; a coroutine goes on when that has ended.
// Whoever is in line can be served: those that lost their claim have left every line in the same step.

import type { Line, Linked } from '../base/line.ts';
import { enter, exit, type Runnable } from './turn.ts';

export interface Waiter extends Linked<Waiter> {
  /** Where it waits; null once it was served, or went. */
  place: Place | null;
  /** What it asks with while it waits: what it sends, the permits that it wants, its request to an owner. */
  request: unknown;
  /** What it was given, once settled. */
  parcel: unknown;
  /** True of a select's case: when it leaves, nothing happened, and nobody hears of it. */
  readonly quiet: boolean;
  /** True of one who stands in line but has nobody to serve just now: to be passed over, and taken out. */
  readonly asleep: boolean;
  settle(parcel: unknown): void;
  /** After it was settled, before it is told: what was withdrawn for that leaves `rest` to clean up. */
  linger(rest: Rest): void;
  tell(): void;
  /** True of one that stands for a live subscription. */
  readonly subscribed?: boolean;
  /** In whose name it waits, if not in its own: all cases of one select have one party. */
  readonly party?: object;
  /** Somebody got in line right behind it. */
  followed?(): void;
  /** It was taken out of the line, because it was asleep. */
  passedOver?(): void;
}

/** What most waiters are made of: awake, heard of when they leave, and told what they were settled with. */
export abstract class Standing implements Waiter {
  place: Place | null = null;
  before: Waiter | null = null;
  after: Waiter | null = null;
  request: unknown = undefined;
  parcel: unknown = undefined;

  get quiet(): boolean {
    return false;
  }
  get asleep(): boolean {
    return false;
  }
  get subscribed(): boolean {
    return false;
  }
  settle(parcel: unknown): void {
    this.parcel = parcel;
  }
  linger(_rest: Rest): void {
    // Only who acts for others minds.
  }
  abstract tell(): void;
  followed(): void {
    // Only who sleeps at times minds.
  }
  passedOver(): void {
    // The same.
  }
}

export interface Place {
  /** Withdraws `waiter`, which waits here, in O(1). If this stops work that needs time to clean up: the rest of it. */
  leave(waiter: Waiter): Rest | null;
  /** What is waited for, for a person: `receive on orders`. */
  toString(): string;

  // For those who look on, and want to know who can serve whoever waits here. Nothing said: anybody may.

  /** What it is a line of: a channel, a lock, a future. */
  readonly of?: object;
  /** Who waits in the stead of whoever waits here: one of them has to be served, or all. */
  readonly parts?: readonly Waiter[];
  readonly needs?: 'one' | 'all';
  /** It may be left by itself: a deadline, a signal. */
  readonly expires?: boolean;
}

/** What a withdrawal leaves to be done. Those who must not go on before it has ended park here. */
export interface Rest {
  /** Serves `waiter` when it has ended: at once, if it has. With a Failure, if it failed. */
  park(waiter: Waiter): void;
  /** Has `waiter`, which acts for others and has been settled, told when `rests` have cleaned up: this one, and others. */
  detain(waiter: Waiter, rests: readonly Rest[]): void;
  /** What it consists of, if it is several. */
  readonly parts?: readonly Rest[];
  /** Of one that is no clean-up: a coroutine has to hold a lock again, which it will release. Puts several together. */
  readonly join?: (rests: readonly (Rest | null)[]) => Rest | null;
}

/** What a coroutine waits for. */
export interface Awaited<T> {
  park(waiter: Waiter): void;
  open(parcel: unknown): T;
  restore(parcel: unknown): Rest | null;
}

/** The coroutine whose code runs, as the operations see it that it waits for by `yield*`. */
export type Running = Waiter & Runnable & Performing;

interface Performing {
  /** Parks it at `operation`. Precondition: that is not ready. */
  waitFor<T>(operation: Awaited<T>): IteratorResult<never, T>;
  /** It has been parked: what `operation` has settled at once does not suspend it. */
  parkedAt<T>(operation: Awaited<T>): IteratorResult<never, T>;
  /** A generator in which it waits for `operation` is returned. */
  returnedFrom(operation: Awaited<unknown>): void;
}

/** What `waiter` asked with, which is not kept. */
export function takeRequest(waiter: Waiter): unknown {
  const { request } = waiter;
  waiter.request = undefined;
  return request;
}

/** Two waiters of one party never meet. */
export function partyOf(waiter: Waiter): object {
  return waiter.party ?? waiter;
}

/** Withdraws `waiter` from wherever it waits. */
export function withdraw(waiter: Waiter): Rest | null {
  return waiter.place === null ? null : waiter.place.leave(waiter);
}

/** Serves `waiter`, which waits at a place that has nobody else, and so nothing of its own to settle first. */
export function serve(waiter: Waiter, parcel: unknown): void {
  enter();
  try {
    waiter.place = null;
    waiter.settle(parcel);
    waiter.tell();
  } finally {
    exit();
  }
}

/** Serves the whole line with the same parcel: first everybody is settled, then everybody is told. */
export function settleAll(line: Line<Waiter>, parcel: unknown): void {
  const first = line.shift();
  if (first === null) return;
  first.settle(parcel);
  if (line.first === null) {
    first.tell();
    return;
  }
  const settled = [first];
  settleLine(line, parcel, settled);
  tellAll(settled);
}

/** Settles the whole line, and adds those who are still to be told to `settled`: for a commit that serves several lines. */
export function settleLine(line: Line<Waiter>, parcel: unknown, settled: Waiter[]): void {
  for (let waiter = line.shift(); waiter !== null; waiter = line.shift()) {
    waiter.settle(parcel);
    settled.push(waiter);
  }
}

export function tellAll(settled: readonly Waiter[]): void {
  for (const waiter of settled) waiter.tell();
}
