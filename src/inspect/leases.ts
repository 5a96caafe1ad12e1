// Leases that are out: each until it is settled, comes back, or nobody is left who could settle it.
//
// Invariants (`check()` asserts 1):
//   1. of those that are out, `#byTask` has each that a task has taken, under its id, and nothing else
//   2. neither a lease nor its entry is kept alive

import { now } from '../core/clock.ts';
import { quietly } from './patience.ts';
import type { PlaceRecord } from './places.ts';
import type { TaskRecord } from './tasks.ts';

export interface LeaseRecord {
  readonly number: number;
  readonly key: string;
  readonly place: PlaceRecord;
  readonly since: number;
  /** Who has leased; null: plain code. */
  readonly task: number | null;
  readonly by: string | null;
  /** The work that is done for it, at the end of which it is settled. */
  work: WeakRef<object> | null;
  /** Its time runs out by itself. */
  readonly runsOut: boolean;
}

export class Leases {
  readonly #open = new Map<number, LeaseRecord>();
  readonly #byEntry = new WeakMap<object, number>();
  readonly #byLease = new WeakMap<object, LeaseRecord>();
  readonly #byTask = new Map<number, Set<LeaseRecord>>();
  readonly #collected: FinalizationRegistry<number>;
  readonly #lost: (lease: LeaseRecord, why: string) => void;
  #last = 0;

  /** `lost` is told of each that nobody will settle, it seems. */
  constructor(lost: (lease: LeaseRecord, why: string) => void) {
    this.#lost = lost;
    this.#collected = new FinalizationRegistry((number) => {
      const lease = this.#take(number);
      if (lease !== null) lost(lease, 'was forgotten before it was settled');
    });
  }

  get open(): Iterable<LeaseRecord> {
    return this.#open.values();
  }

  add(place: PlaceRecord, lease: object, task: TaskRecord | null): void {
    const { entry } = lease as { entry: object };
    const number = ++this.#last;
    const { leaseMs = Infinity } = (place.thing ?? {}) as { leaseMs?: number };
    const record: LeaseRecord = {
      number,
      key: `stuckLease ${number}`,
      place,
      since: now(),
      task: task?.id ?? null,
      by: task?.name ?? null,
      work: null,
      runsOut: leaseMs < Infinity,
    };
    this.#open.set(number, record);
    if (task !== null) this.#of(task.id).add(record);
    this.#byLease.set(lease, record);
    this.#byEntry.set(entry, number);
    this.#collected.register(lease, number);
  }

  /** `work` is done for `lease`, and settles it when it has ended. */
  workedOn(lease: object, work: object): void {
    const record = this.#byLease.get(lease);
    if (record !== undefined) record.work = new WeakRef(work);
  }

  /** What was lent of `entry` has ended: the lease there was. */
  end(entry: object): LeaseRecord | null {
    return this.#take(this.#byEntry.get(entry));
  }

  /** Who has leased has ended, and may still have somebody settle it: in this macrotask, or `hasHeirs`. */
  leftBy(task: number, hasHeirs: () => boolean): void {
    const leases = [...(this.#byTask.get(task) ?? [])].filter(({ runsOut }) => !runsOut);
    if (leases.length === 0 || hasHeirs()) return;
    quietly(0, () => {
      for (const lease of leases)
        if (this.#open.has(lease.number)) this.#lost(lease, 'was not settled when that had ended');
    });
  }

  #of(task: number): Set<LeaseRecord> {
    let leases = this.#byTask.get(task);
    if (leases === undefined) this.#byTask.set(task, (leases = new Set()));
    return leases;
  }

  #take(number: number | undefined): LeaseRecord | null {
    const lease = number === undefined ? undefined : this.#open.get(number);
    if (lease === undefined) return null;
    this.#open.delete(lease.number);
    if (lease.task === null) return lease;
    const own = this.#of(lease.task);
    own.delete(lease);
    if (own.size === 0) this.#byTask.delete(lease.task);
    return lease;
  }

  check(): void {
    const byTask = [...this.#byTask].flatMap(([id, leases]) => [...leases].map((lease) => ({ id, lease })));
    const taken = [...this.#open.values()].filter(({ task }) => task !== null);
    const isThere = ({ id, lease }: { id: number; lease: LeaseRecord }): boolean =>
      lease.task === id && this.#open.get(lease.number) === lease;
    if (byTask.length !== taken.length || !byTask.every(isThere))
      throw new Error(`leases: ${taken.length} are out that tasks have taken, and ${byTask.length} known by task`);
  }
}
