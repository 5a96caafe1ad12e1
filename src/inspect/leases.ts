// Leases that are out: each until it is settled, comes back, or nobody is left who could settle it.

import { now } from '../core/clock.ts';
import type { PlaceRecord } from './places.ts';
import type { TaskRecord } from './tasks.ts';

export interface LeaseRecord {
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
  readonly #collected: FinalizationRegistry<number>;
  #last = 0;

  /** `lost` is told of each that nobody can settle any more. */
  constructor(lost: (lease: LeaseRecord) => void) {
    this.#collected = new FinalizationRegistry((number) => {
      const lease = this.#open.get(number);
      if (lease === undefined) return;
      this.#open.delete(number);
      lost(lease);
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
      key: `stuckLease ${number}`,
      place,
      since: now(),
      task: task?.id ?? null,
      by: task?.name ?? null,
      work: null,
      runsOut: leaseMs < Infinity,
    };
    this.#open.set(number, record);
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
    const number = this.#byEntry.get(entry);
    const lease = number === undefined ? undefined : this.#open.get(number);
    if (number === undefined || lease === undefined) return null;
    this.#open.delete(number);
    return lease;
  }
}
