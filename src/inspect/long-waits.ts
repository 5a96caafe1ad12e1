// What lasts for longer than `longWait`: a wait, of a task or of an observer, a buffer that is full, a lease.
//
// Looked for at the first moment at which something may have lasted so long, and not before: see `patience.ts`. Observers are many
// and most wait for a moment: those that wait no more are forgotten then, or when they are twice as many as were left the last time.
//
// Invariants (`check()` asserts 1 and 2):
//   1. without a limit nothing is kept of observers
//   2. one who waits is kept once, with the moment since which it waits this time
//   3. something has been found of one  =>  it is kept, until it waits no more

import { now } from '../core/clock.ts';
import type { Place } from '../core/waiter.ts';
import * as advice from './advice.ts';
import type { Findings } from './findings.ts';
import type { Leases } from './leases.ts';
import { Patience } from './patience.ts';
import { type Places, textOf } from './places.ts';
import { linesOf } from './standing.ts';
import { type TaskRecord, type Tasks, waitOf } from './tasks.ts';

/** One who waits and is no task. */
interface Observer {
  readonly waiter: WeakRef<Waiting>;
  since: number;
  /** Null: nothing has been found of this wait. */
  key: string | null;
}

interface Waiting {
  readonly place: unknown;
}

/** Whether what goes on since then has lasted for too long. */
type Lasts = (since: number) => boolean;

/** Fewer observers are not worth a look. */
const FEW = 1000;

export class LongWaits {
  #limit = Infinity;
  #observers: Observer[] = [];
  readonly #byWaiter = new WeakMap<Waiting, Observer>();
  #sweepAt = FEW;
  #numbers = 0;
  readonly #patience = new Patience(() => this.#look());
  readonly #tasks: Tasks;
  readonly #places: Places;
  readonly #leases: Leases;
  readonly #findings: Findings;

  constructor(tasks: Tasks, places: Places, leases: Leases, findings: Findings) {
    this.#tasks = tasks;
    this.#places = places;
    this.#leases = leases;
    this.#findings = findings;
  }

  limit(ms: number): void {
    this.#limit = ms;
    if (ms === Infinity) this.#keep(() => false);
    this.#patience.end();
    this.begin();
  }

  /** Something lasts, from now on. */
  begin(): void {
    this.#patience.begin(this.#limit);
  }

  /** An observer waits, in nobody's stead. */
  observes(waiter: Waiting): void {
    if (this.#limit === Infinity) return;
    const known = this.#byWaiter.get(waiter);
    if (known === undefined) this.#add(waiter);
    else {
      this.#clear(known);
      known.since = now();
    }
    this.begin();
  }

  stop(): void {
    this.#patience.end();
  }

  #add(waiter: Waiting): void {
    if (this.#observers.length >= this.#sweepAt) {
      this.#keep((observer) => placeOf(observer) !== null);
      this.#sweepAt = Math.max(FEW, 2 * this.#observers.length);
    }
    const observer: Observer = { waiter: new WeakRef(waiter), since: now(), key: null };
    this.#observers.push(observer);
    this.#byWaiter.set(waiter, observer);
  }

  #keep(isKept: (observer: Observer) => boolean): void {
    const observers = this.#observers;
    this.#observers = [];
    for (const observer of observers) {
      if (isKept(observer)) this.#observers.push(observer);
      else this.#forget(observer);
    }
  }

  #forget(observer: Observer): void {
    this.#clear(observer);
    const waiter = observer.waiter.deref();
    if (waiter !== undefined) this.#byWaiter.delete(waiter);
  }

  #clear(observer: Observer): void {
    if (observer.key !== null) this.#findings.clear(observer.key);
    observer.key = null;
  }

  /** Since when the first lasts of what does not yet last for too long. */
  #look(): number {
    const at = now();
    let first = Infinity;
    const lasts: Lasts = (since) => {
      if (at - since > this.#limit) return true;
      first = Math.min(first, since);
      return false;
    };
    for (const record of this.#tasks.all) this.#lookAtTask(record, lasts);
    this.#lookAtBuffers(lasts);
    this.#lookAtLeases(lasts);
    this.#keep((observer) => this.#stillWaits(observer, lasts));
    return first;
  }

  #lookAtTask(record: TaskRecord, lasts: Lasts): void {
    const { fiber } = record;
    const what = fiber === null ? null : waitOf(fiber);
    const key = `longWait ${record.id}`;
    if (fiber === null || what === null || !lasts(record.since) || record.whileItWaits?.includes(key) === true) return;
    const finding = advice.longWait(record.name, what, this.#nameOf(fiber.place), this.#limit);
    this.#findings.raiseOfWait([record], key, finding);
  }

  #lookAtBuffers(lasts: Lasts): void {
    for (const record of this.#places.all) {
      const { fullSince } = record;
      if (fullSince === null || record.thing === null || !lasts(fullSince)) continue;
      this.#findings.raise(`full ${record.id}`, advice.fullBuffer(record.name, textOf(record.thing), this.#limit));
    }
  }

  #lookAtLeases(lasts: Lasts): void {
    const why = `has lasted for more than ${advice.ms(this.#limit)} (longWait)`;
    for (const lease of this.#leases.open)
      if (lasts(lease.since)) this.#findings.raise(lease.key, advice.stuckLease(lease, why));
  }

  #stillWaits(observer: Observer, lasts: Lasts): boolean {
    const place = placeOf(observer);
    if (place === null) return false;
    if (observer.key === null && lasts(observer.since)) {
      observer.key = `longWait of an observer ${++this.#numbers}`;
      const finding = advice.longWait(null, place.toString(), this.#nameOf(place), this.#limit);
      this.#findings.raise(observer.key, finding);
    }
    return true;
  }

  #nameOf(place: Place | null): string | null {
    for (const line of linesOf(place)) {
      const record = this.#places.of(line.of as object);
      if (record !== null) return record.name;
    }
    return null;
  }

  check(): void {
    if (this.#limit === Infinity && this.#observers.length > 0)
      throw new Error(`long waits: ${this.#observers.length} observers are kept without a limit`);
    for (const observer of this.#observers) {
      const waiter = observer.waiter.deref();
      if (waiter !== undefined && this.#byWaiter.get(waiter) !== observer)
        throw new Error('long waits: an observer is kept twice');
    }
  }
}

function placeOf({ waiter }: Observer): Place | null {
  return (waiter.deref()?.place ?? null) as Place | null;
}
