// Who runs: every coroutine that was started while somebody looks on, and what each is at.
//
// Invariants (`check()` asserts 2 and 3):
//   1. a record is of one coroutine that has not ended; it keeps nothing of it alive
//   2. records stand in the order of their ids, which is that in which they were started
//   3. of one that has not ended, the coroutine and what it runs for lead to the same record
//
// Records of what has been collected are swept out after each collection.

import { printable } from '../base/printable.ts';
import { now } from '../core/clock.ts';
import type { FiberOwner } from '../core/fiber.ts';
import { type Runnable, turn } from '../core/turn.ts';
import type { Place } from '../core/waiter.ts';
import type { TaskInfo } from './inspector.ts';
import { passesTo } from './standing.ts';

/** What every coroutine is, of this copy of the library or of another. */
export interface Running extends Runnable {
  readonly owner: FiberOwner;
  place: Place | null;
  before: Running | null;
  after: Running | null;
  readonly isCleaning: boolean;
  readonly body: object | null;
}

let last = 0;

export class TaskRecord {
  /** Its own as long as the process lives. */
  readonly id = ++last;
  /** Who ran when it was made. */
  readonly maker: number | null;
  readonly startedAt: string | null;
  readonly #fiber: WeakRef<Running>;
  #name: string | null = null;
  /** When it came into the state in which it is. */
  since = now();
  /** It has not run yet. */
  isNew = true;
  /** How often it has waited since it was cancelled; -1: it was not. */
  waitsSinceCancel = -1;
  /** Since when it has run without waiting, and how often somebody looked; null: nobody has, since it waited last. */
  spinning: { readonly since: number; looks: number } | null = null;
  /** What has been found, and is over when it goes on, or has ended. */
  whileItWaits: string[] | null = null;
  whileItLives: string[] | null = null;

  constructor(fiber: Running, maker: TaskRecord | null, startedAt: string | null) {
    this.#fiber = new WeakRef(fiber);
    this.maker = maker === null ? null : maker.id;
    this.startedAt = startedAt;
  }

  get fiber(): Running | null {
    return this.#fiber.deref() ?? null;
  }
  get name(): string {
    if (this.#name === null) {
      const { fiber } = this;
      if (fiber === null) return `task ${this.id}`;
      this.#name = printable(fiber.owner.name);
    }
    return this.#name;
  }
}

export class Tasks {
  readonly #records = new Map<number, TaskRecord>();
  /** Also those that have ended, if somebody goes on in whose name they ran. */
  readonly #byFiber = new WeakMap<object, TaskRecord>();
  readonly #byOwner = new WeakMap<object, TaskRecord>();

  get all(): Iterable<TaskRecord> {
    return this.#records.values();
  }

  /** Of one that has not ended. */
  byId(id: number | null): TaskRecord | null {
    return id === null ? null : (this.#records.get(id) ?? null);
  }

  /** Of one that has not ended, by what it runs for: a task, a group, one run of a coroutine. */
  ownedBy(owner: object): TaskRecord | null {
    const record = this.#byOwner.get(owner);
    return record === undefined ? null : this.byId(record.id);
  }

  /** Of a coroutine, or of anything else that waits: null. */
  of(party: object | null): TaskRecord | null {
    const record = party === null ? undefined : this.#byFiber.get(party);
    return record === undefined ? null : this.byId(record.id);
  }

  /** The one in whose name `party` acts: a coroutine that is waited for by `yield*` acts for the one who waits. */
  actingFor(party: object | null): TaskRecord | null {
    let record = this.of(party);
    for (let next = record; next !== null; next = this.#waitingFor(next)) record = next;
    return record;
  }

  #waitingFor({ fiber, maker }: TaskRecord): TaskRecord | null {
    const user = this.byId(maker);
    return fiber !== null && user !== null && passesTo(user.fiber?.place ?? null, fiber.owner) ? user : null;
  }

  start(runnable: Runnable, startedAt: string | null): void {
    const fiber = runnable as Running;
    const record = new TaskRecord(fiber, this.of(turn.current), startedAt);
    this.#records.set(record.id, record);
    this.#byFiber.set(fiber, record);
    this.#byOwner.set(fiber.owner, record);
  }

  end(record: TaskRecord): void {
    const heir = this.#waitingFor(record);
    const { fiber } = record;
    this.#records.delete(record.id);
    if (fiber === null) return;
    // Not left to the collector: a WeakMap that was large once remains so.
    this.#byOwner.delete(fiber.owner);
    if (heir === null) this.#byFiber.delete(fiber);
    else this.#byFiber.set(fiber, heir);
  }

  hasChildren(id: number): boolean {
    for (const task of this.#records.values()) if (task.maker === id) return true;
    return false;
  }

  sweep(): void {
    for (const [id, record] of this.#records) if (record.fiber === null) this.#records.delete(id);
  }

  /** The group it belongs to (once its body has ended: who waits for it), or who has started it, if that is still there. */
  parentOf(record: TaskRecord): TaskRecord | null {
    const group = record.fiber?.owner.group as { readonly fiber?: object } | undefined;
    // The body of a group that has ended stands for who waits for the group.
    const parent = this.of(group?.fiber ?? null);
    return parent ?? this.byId(record.maker);
  }

  infos(): TaskInfo[] {
    const at = now();
    const infos: TaskInfo[] = [];
    for (const record of this.#records.values()) {
      const { fiber } = record;
      if (fiber !== null) infos.push(this.infoOf(record, fiber, at));
    }
    return infos;
  }

  /** As it is `at` that moment, which is now. */
  infoOf(record: TaskRecord, fiber: Running, at: number): TaskInfo {
    const parent = this.parentOf(record);
    const waitingFor = waitOf(fiber);
    return {
      id: record.id,
      name: record.name,
      parent: parent !== null && parent.fiber !== null ? parent.id : null,
      state: stateOf(fiber, record, waitingFor),
      waitingFor,
      forMs: Math.max(0, at - record.since),
      startedAt: record.startedAt,
    };
  }

  check(): void {
    let before = 0;
    for (const [id, record] of this.#records) {
      const { fiber, name } = record;
      if (id !== record.id || id <= before) throw new Error(`tasks: ${name} stands as ${id}, after ${before}`);
      before = id;
      if (fiber !== null && (this.of(fiber) !== record || this.ownedBy(fiber.owner) !== record))
        throw new Error(`tasks: ${name} is not found by its coroutine, or by what that runs for`);
    }
  }
}

/** `receive on orders`. */
export function waitOf({ place }: Running): string | null {
  return place === null || (place as unknown) === turn.ready ? null : printable(place.toString());
}

function stateOf(fiber: Running, { isNew }: TaskRecord, waitingFor: string | null): TaskInfo['state'] {
  if (fiber.isCleaning) return 'cleaning';
  if (waitingFor !== null) return 'waiting';
  return fiber.place === null && !isNew ? 'running' : 'ready';
}
