// What looks wrong, each once while it lasts.
//
// Invariants (`check()` asserts 1, 3 and 4):
//   1. `#lasting` has what has been found and is not over; a finding is told when it comes in there, and not again
//   2. nobody is told in the middle of something: findings wait for the end of the library call in which they were made
//   3. it has at most MOST of them: of more, the first are forgotten
//   4. a task knows what has been found of it, each once, and has it end with its wait, or its life
//   5. stopped  =>  nothing is found any more

import { Observable, Subject } from 'rxjs';
import { afterwards, turn } from '../core/turn.ts';
import type { Finding } from './inspector.ts';
import type { TaskRecord } from './tasks.ts';

const MOST = 1000;

export class Findings {
  readonly #lasting = new Map<string, Finding>();
  readonly #told = new Subject<Finding>();
  readonly #noted: (finding: Finding) => void;
  #untold: Finding[] = [];
  #isOn = true;

  /** Those that last at the moment of subscription come first. */
  readonly found: Observable<Finding> = new Observable((subscriber) => {
    for (const finding of [...this.#lasting.values()]) if (!this.#untold.includes(finding)) subscriber.next(finding);
    subscriber.add(this.#told.subscribe(subscriber));
  });

  constructor(noted: (finding: Finding) => void) {
    this.#noted = noted;
  }

  has(key: string): boolean {
    return this.#lasting.has(key);
  }

  raise(key: string, finding: Finding): void {
    if (!this.#isOn || this.#lasting.has(key)) return;
    this.#lasting.set(key, finding);
    if (this.#lasting.size > MOST)
      for (const first of this.#lasting.keys()) {
        this.#lasting.delete(first);
        break;
      }
    this.#untold.push(finding);
    if (turn.depth === 0) this.perform();
    else if (this.#untold.length === 1) afterwards(this);
  }

  /** `what` is wrong with `record` as long as it lives. */
  raiseOfLife(record: TaskRecord, what: string, finding: Finding): void {
    const key = `${what} ${record.id}`;
    const keys = (record.whileItLives ??= []);
    if (!keys.includes(key)) keys.push(key);
    this.raise(key, finding);
  }

  /** Something is wrong as long as all of `records` wait. */
  raiseOfWait(records: readonly TaskRecord[], key: string, finding: Finding): void {
    for (const record of records) {
      const keys = (record.whileItWaits ??= []);
      if (!keys.includes(key)) keys.push(key);
    }
    this.raise(key, finding);
  }

  goesOn(record: TaskRecord): void {
    for (const key of record.whileItWaits ?? []) this.#retract(key);
    record.whileItWaits = null;
  }

  ended(record: TaskRecord): void {
    this.goesOn(record);
    for (const key of record.whileItLives ?? []) this.clear(key);
    record.whileItLives = null;
  }

  perform(): void {
    for (const finding of this.#untold.splice(0)) {
      this.#noted(finding);
      this.#told.next(finding);
    }
  }

  /** It is over: if it comes again, it is told again. */
  clear(key: string): void {
    this.#lasting.delete(key);
  }

  /** The same of what is nothing to tell of unless it lasts. */
  #retract(key: string): void {
    const finding = this.#lasting.get(key);
    this.clear(key);
    if (finding !== undefined) this.#untold = this.#untold.filter((one) => one !== finding);
  }

  stop(): void {
    this.#isOn = false;
  }

  check(records: Iterable<TaskRecord>): void {
    const { size } = this.#lasting;
    if (size > MOST) throw new Error(`findings: ${size} are kept, more than ${MOST}`);
    const kept = new Set(this.#lasting.values());
    if (kept.size < size) throw new Error('findings: one lasts under two keys');
    for (const { name, whileItWaits, whileItLives } of records) {
      const keys = [...(whileItWaits ?? []), ...(whileItLives ?? [])];
      if (new Set(keys).size < keys.length) throw new Error(`findings: ${name} knows one twice`);
    }
  }
}
