// Who runs: every coroutine that was started while somebody looks on, and what each is at.
//
// Invariants:
//   1. a record is of one coroutine that has not ended and has not been collected; it keeps nothing of it alive
//   2. records stand in the order of their ids, which is that in which they were started

import { printable } from '../base/printable.ts';
import { now } from '../core/clock.ts';
import type { FiberOwner } from '../core/fiber.ts';
import { type Runnable, turn } from '../core/turn.ts';
import type { Place } from '../core/waiter.ts';
import type { TaskInfo } from './inspector.ts';

/** What every coroutine is, of this copy of the library or of another. */
export interface Running extends Runnable {
  readonly owner: FiberOwner;
  place: Place | null;
  before: Running | null;
  after: Running | null;
  readonly isCleaning: boolean;
}

export class TaskRecord {
  readonly id: number;
  readonly parent: TaskRecord | null;
  readonly startedAt: string | null;
  readonly #fiber: WeakRef<Running>;
  /** When it came into the state in which it is. */
  since: number;
  cancelled = false;
  /** It has not run yet. */
  isNew = true;

  constructor(id: number, fiber: Running, parent: TaskRecord | null, startedAt: string | null) {
    this.id = id;
    this.#fiber = new WeakRef(fiber);
    this.parent = parent;
    this.startedAt = startedAt;
    this.since = now();
  }

  get fiber(): Running | null {
    return this.#fiber.deref() ?? null;
  }
}

export class Tasks {
  readonly #records = new Map<number, TaskRecord>();
  readonly #byFiber = new WeakMap<Runnable, TaskRecord>();
  readonly #byOwner = new WeakMap<FiberOwner, TaskRecord>();
  readonly #collected = new FinalizationRegistry<number>((id) => this.#records.delete(id));
  #last = 0;

  get all(): Iterable<TaskRecord> {
    return this.#records.values();
  }

  of(runnable: object | null): TaskRecord | null {
    return runnable === null ? null : (this.#byFiber.get(runnable as Runnable) ?? null);
  }

  start(runnable: Runnable, startedAt: string | null): TaskRecord {
    const fiber = runnable as Running;
    const record = new TaskRecord(++this.#last, fiber, this.of(turn.current), startedAt);
    this.#records.set(record.id, record);
    this.#byFiber.set(fiber, record);
    this.#byOwner.set(fiber.owner, record);
    this.#collected.register(fiber, record.id, fiber);
    return record;
  }

  end(runnable: Runnable): TaskRecord | null {
    const record = this.of(runnable);
    if (record === null) return null;
    this.#records.delete(record.id);
    this.#byFiber.delete(runnable);
    this.#collected.unregister(runnable);
    return record;
  }

  isAlive(record: TaskRecord): boolean {
    return this.#records.has(record.id);
  }

  infos(): TaskInfo[] {
    const at = now();
    const infos: TaskInfo[] = [];
    for (const record of this.#records.values()) {
      const { fiber } = record;
      if (fiber !== null) infos.push(this.#info(record, fiber, at));
    }
    return infos;
  }

  #info(record: TaskRecord, fiber: Running, at: number): TaskInfo {
    const waitingFor = waitOf(fiber);
    return {
      id: record.id,
      name: nameOf(fiber),
      parent: this.#parentOf(record),
      state: stateOf(fiber, record, waitingFor),
      waitingFor,
      forMs: Math.max(0, at - record.since),
      startedAt: record.startedAt,
    };
  }

  /** The nearest one that is still there. */
  #parentOf({ parent }: TaskRecord): number | null {
    let nearest = parent;
    while (nearest !== null && !this.isAlive(nearest)) nearest = nearest.parent;
    return nearest === null ? null : nearest.id;
  }
}

export function nameOf(fiber: Running): string {
  return printable(fiber.owner.name);
}

/** `receive on orders`. */
export function waitOf({ place }: Running): string | null {
  return place === null || (place as unknown) === turn.ready ? null : printable(place.toString());
}

function stateOf(fiber: Running, { cancelled }: TaskRecord, waitingFor: string | null): TaskInfo['state'] {
  if (cancelled && fiber.isCleaning) return 'cleaning';
  if (waitingFor !== null) return 'waiting';
  return fiber.place === null ? 'running' : 'ready';
}
