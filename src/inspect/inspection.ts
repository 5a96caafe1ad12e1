// The one inspection that goes on while any inspector is on: it hears of everything by the hook of the core, and tells those
// who listen (see `core/inspection.ts`).

import { now } from '../core/clock.ts';
import { inspection, type TaskEvent } from '../core/inspection.ts';
import type { Runnable, Watch } from '../core/turn.ts';
import { diagnostics } from './diagnostics.ts';
import type { Snapshot } from './inspector.ts';
import { nameOf, type Running, type TaskRecord, Tasks, waitOf } from './tasks.ts';

export class Inspection implements Watch {
  readonly #tasks = new Tasks();
  readonly #diagnostics = diagnostics();

  // ───────────────────────────────────────────────────────────── the hook

  started(runnable: Runnable): void {
    // It is told of when it first runs: its owner is complete then.
    this.#tasks.start(runnable, null);
  }

  woken(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record !== null) record.since = now();
  }

  steps(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record === null) return;
    record.since = now();
    const kind = record.isNew ? 'started' : 'resumed';
    record.isNew = false;
    if (this.#isHeard) this.#tell(kind, record, runnable as Running);
  }

  waits(waiter: { readonly place: unknown }): void {
    const record = this.#tasks.of(waiter);
    if (record === null) return;
    record.since = now();
    if (this.#isHeard) this.#tell('waits', record, waiter as Running);
  }

  cancelled(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record !== null) record.cancelled = true;
  }

  ended(runnable: Runnable): void {
    const record = this.#tasks.end(runnable);
    if (record !== null && this.#isHeard) this.#tell('ended', record, runnable as Running);
  }

  spins(): void {
    // Not yet.
  }

  get #isHeard(): boolean {
    return inspection.listeners.size > 0 || this.#diagnostics.task.hasSubscribers;
  }

  #tell(kind: TaskEvent['kind'], record: TaskRecord, fiber: Running): void {
    const parent = record.parent === null ? null : record.parent.id;
    const waitingFor = kind === 'waits' ? waitOf(fiber) : null;
    const event: TaskEvent = { kind, at: now(), id: record.id, name: nameOf(fiber), parent, waitingFor };
    for (const listener of inspection.listeners) listener(event);
    if (this.#diagnostics.task.hasSubscribers) this.#diagnostics.task.publish(event);
  }

  // ───────────────────────────────────────────────────────────── what one asks

  snapshot(): Snapshot {
    return { tasks: this.#tasks.infos(), places: [], cycles: [] };
  }
}
