// Those who wait until something lets all of them go at once, as opposed to one after the other.

import { Operation } from '../core/operation.ts';
import { enter, exit } from '../core/turn.ts';
import { settleAll, type Waiter } from '../core/waiter.ts';
import { Waiters } from './waiters.ts';

export class NotifyList {
  readonly #owner: { readonly name: string };
  #line: Waiters;

  constructor(owner: { readonly name: string }) {
    this.#owner = owner;
    this.#line = new Waiters('wait', owner);
  }

  get size(): number {
    return this.#line.size;
  }

  join(waiter: Waiter): void {
    this.#line.append(waiter);
  }

  /** Takes out everybody who waits now: whoever comes while these are told waits in a line of its own. */
  detach(): Waiters {
    const line = this.#line;
    if (line.first !== null) this.#line = new Waiters('wait', this.#owner);
    return line;
  }

  notifyAll(parcel: unknown): void {
    enter();
    try {
      settleAll(this.detach(), parcel);
    } finally {
      exit();
    }
  }

  /** `most`: how many may wait, not counting the cases of selects, of which one alone may stand here twice. */
  check(most: number): void {
    this.#line.check();
    const waiting = this.#line.count((waiter) => !waiter.quiet);
    if (waiting > most) throw new Error(`${String(this.#line)}: ${waiting} wait, and at most ${most} should`);
  }
}

/** What a notify list stands before. */
export interface Passage {
  readonly name: string;
  readonly list: NotifyList;
  /** Nobody has to wait. */
  passes(): boolean;
}

/** Waits until it passes. */
export class Pass extends Operation<void> {
  readonly #passage: Passage;

  constructor(passage: Passage) {
    super();
    this.#passage = passage;
  }

  ready(): boolean {
    return this.#passage.passes();
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    this.#passage.list.join(waiter);
  }
  override toString(): string {
    return `wait on ${this.#passage.name}`;
  }
}
