// Bodies that go on after their cancel: by swallowing it, by clean-up that does not end, or as a promise that heeds no signal.
//
// Of a promise it is known only later, when its task has ended: what is kept for that is the name.
// Invariant: nothing is found of one that was not cancelled.

import { Failure } from '../core/outcome.ts';
import type { Place } from '../core/waiter.ts';
import { isPerformed } from '../task/work.ts';
import * as advice from './advice.ts';
import type { Findings } from './findings.ts';
import type { Running, TaskRecord } from './tasks.ts';

/** So often may a body wait that has been cancelled. */
const LONG_CLEAN_UP = 100;

/** Where one waits for a promise. */
interface Promised extends Place {
  late: ((parcel: unknown) => void) | null;
}

export class Cancels {
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  cancelled(running: Running, record: TaskRecord): void {
    if (record.waitsSinceCancel >= 0) return;
    record.waitsSinceCancel = 0;
    const { body, place } = running;
    // An async function goes on after its task: to its end, or until it hears of the signal, and fails.
    if (isPerformed(body) && place !== null && 'late' in place) (place as Promised).late = this.#lateFor(record);
  }

  waits(record: TaskRecord): void {
    if (record.waitsSinceCancel >= 0 && ++record.waitsSinceCancel > LONG_CLEAN_UP)
      this.#raise(record, `has waited ${LONG_CLEAN_UP} times since`);
  }

  swallowed(record: TaskRecord): void {
    this.#raise(record, 'its body went on all the same');
  }

  #raise(record: TaskRecord, how: string): void {
    this.#findings.raiseOfLife(record, 'ignoredCancel', advice.ignoredCancel(record.name, how));
  }

  #lateFor({ id, name }: TaskRecord): (parcel: unknown) => void {
    const key = `ignoredCancel ${id}`;
    return (parcel) => {
      if (parcel instanceof Failure) return;
      this.#findings.raise(key, advice.ignoredCancel(name, 'its promise was fulfilled all the same'));
      this.#findings.clear(key);
    };
  }
}
