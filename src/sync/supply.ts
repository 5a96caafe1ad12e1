// What is taken in counts, and the line of those who ask for more than there is: permits, starts.
//
// Invariants (`check()` asserts the first two; who extends it adds its own):
//   1. whoever waits says in `request` how much it wants
//   2. those who wait are served in the order in which they came; the first in line is never skipped
//
// One is served per step, and what a callback asks for meanwhile joins the loop that is running: so 100 000 who each release
// in their callback do not recurse, and one who is withdrawn by another's callback has not been served yet.

import { Operation } from '../core/operation.ts';
import { afterwards, type Duty, enter, exit } from '../core/turn.ts';
import { partyOf, type Waiter } from '../core/waiter.ts';
import { Waiters } from './waiters.ts';

export abstract class Supply implements Duty {
  readonly owner: { readonly name: string };
  readonly line: Acquirers;
  #serving = false;

  /** `verb`: what taking some is called. */
  constructor(owner: { readonly name: string }, verb: string) {
    this.owner = owner;
    this.line = new Acquirers(this, verb);
  }

  /** Whether `count` are there, whoever waits. */
  abstract has(count: number): boolean;
  /** Precondition: they are there. `taker`: in whose name, if that is known. */
  abstract take(count: number, taker?: object): void;
  /** Gives back what was taken for one who has not heard of it. */
  abstract untake(count: number): void;

  /** Whether `count` can be taken without overtaking anybody. */
  fits(count: number): boolean {
    return this.line.first === null && this.has(count);
  }

  tryTake(count: number): boolean {
    const fits = this.fits(count);
    if (fits) this.take(count);
    return fits;
  }

  /** Gets in line. */
  enqueue(waiter: Waiter, count: number): void {
    waiter.request = count;
    this.line.append(waiter);
  }

  /** Somebody has left the line: `first`, if those behind it may have what it waited for. */
  left(first: boolean): void {
    if (first && this.line.first !== null) afterwards(this);
  }

  serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    enter();
    try {
      for (let next = this.#served(); next !== null; next = this.#served()) next.tell();
    } finally {
      this.#serving = false;
      this.rest();
      exit();
    }
  }

  /** Nobody can be served any more, just now. */
  protected rest(): void {
    // What comes back says so.
  }

  protected get isServing(): boolean {
    return this.#serving;
  }

  #served(): Waiter | null {
    const { line } = this;
    const { first } = line;
    if (first === null) return null;
    const count = wants(first);
    if (!this.has(count)) return null;
    line.shift();
    this.take(count, partyOf(first));
    first.settle(undefined);
    return first;
  }

  perform(): void {
    this.serve();
  }

  check(): void {
    this.line.check();
    this.line.count((waiter) => {
      if (wants(waiter) >= 1) return true;
      throw new Error(`${this.owner.name}: somebody waits for nothing`);
    });
  }
}

/** How much one asks for who waits. */
export function wants(waiter: Waiter): number {
  return waiter.request as number;
}

/** Those who wait. When the first is withdrawn, those behind may have what it waited for. */
class Acquirers extends Waiters {
  readonly #supply: Supply;

  constructor(supply: Supply, verb: string) {
    super(verb, supply.owner);
    this.#supply = supply;
  }

  override leave(waiter: Waiter): null {
    const first = this.first === waiter;
    super.leave(waiter);
    waiter.request = undefined;
    this.#supply.left(first);
    return null;
  }
}

/** Takes `count`, which are there at times. */
export class Acquire extends Operation<void> {
  readonly #supply: Supply;
  readonly #count: number;

  constructor(supply: Supply, count: number) {
    super();
    this.#supply = supply;
    this.#count = count;
  }

  ready(): boolean {
    return this.#supply.fits(this.#count);
  }
  commit(): unknown {
    this.#supply.take(this.#count);
    return undefined;
  }
  park(waiter: Waiter): void {
    this.#supply.enqueue(waiter, this.#count);
  }
  override restore(): null {
    this.#supply.untake(this.#count);
    return null;
  }
  override toString(): string {
    return String(this.#supply.line);
  }
}
