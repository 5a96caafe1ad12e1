// What looks wrong, each once while it lasts.
//
// Invariants:
//   1. `#lasting` has what has been found and is not over; a finding is told when it comes in there, and not again
//   2. nobody is told in the middle of something: findings wait for the end of the library call in which they were made
//   3. it has at most MOST of them: of more, the first are forgotten

import { Observable, Subject } from 'rxjs';
import { afterwards, turn } from '../core/turn.ts';
import type { Finding } from './inspector.ts';

const MOST = 1000;

export class Findings {
  readonly #lasting = new Map<string, Finding>();
  readonly #told = new Subject<Finding>();
  readonly #noted: (finding: Finding) => void;
  #untold: Finding[] = [];

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
    if (this.#lasting.has(key)) return;
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
  retract(key: string): void {
    const finding = this.#lasting.get(key);
    this.clear(key);
    if (finding !== undefined) this.#untold = this.#untold.filter((one) => one !== finding);
  }
}
