// Permits, and the line of those who wait for some: what a semaphore and a mutex have in common.
//
// Invariants (`check()` asserts them):
//   1. 0 <= held; held <= total, but for what was out when `total` was lowered
//   2. somebody waits  =>  the first in line wants more than is free, or is about to be served: `serve` is at it, or due
//   3. whoever waits says in `request` how much it wants
//
// A released permit goes straight to the first in line, so nobody overtakes, and a waiter that is withdrawn has nothing to
// give back. The first in line is never skipped, however much it wants: else a stream of small requests would starve a large
// one for ever. The price is that permits lie idle while it waits; withdrawing it lets those behind it go.
//
// One is served per step, and what a callback releases meanwhile joins the loop that is running: so 100 000 who each release
// in their callback do not recurse, and one who is withdrawn by another's callback has not been served yet.
//
// After golang.org/x/sync/semaphore (why the first is not skipped) and trio's Semaphore (hand over, do not wake).

import { checkCount } from '../base/checks.ts';
import { Operation } from '../core/operation.ts';
import { afterwards, type Duty, enter, exit } from '../core/turn.ts';
import { partyOf, type Waiter } from '../core/waiter.ts';
import { Waiters } from './waiters.ts';

export class Permits implements Duty {
  readonly owner: { readonly name: string };
  total: number;
  readonly line: Acquirers;
  held = 0;
  #serving = false;
  #most: number;

  /** `verb`: what taking one is called. */
  constructor(owner: { readonly name: string }, total: number, verb: string) {
    this.owner = owner;
    this.total = this.#most = total;
    this.line = new Acquirers(this, verb);
  }

  /** There are so many from now on. Of those that are out, what comes back is taken away until it fits. */
  resize(total: number): void {
    this.total = total;
    this.#most = Math.max(this.#most, total);
    this.serve();
  }

  /** What nobody holds, nor is about to be given. */
  get free(): number {
    let free = Math.max(0, this.total - this.held);
    // Outside of a step of `serve` the first wants more, and the loop ends at once.
    for (let next = this.line.first; next !== null && wants(next) <= free; next = next.after) free -= wants(next);
    return free;
  }

  /** Whether `count` can be taken without overtaking anybody. */
  fits(count: number): boolean {
    return this.line.first === null && this.held + count <= this.total;
  }

  /** Precondition: it fits. `taker`: in whose name, if that is known. */
  take(count: number, _taker?: object): void {
    this.held += count;
  }

  tryTake(count: number): boolean {
    const fits = this.fits(count);
    if (fits) this.take(count);
    return fits;
  }

  /** RangeError, and no change, if fewer are held. */
  release(verb: string, count: number): void {
    if (count > this.held) {
      throw new RangeError(`${this.owner.name}: ${verb} of ${count}, but ${this.held} of ${this.total} are held`);
    }
    this.giveBack(count);
    this.serve();
  }

  /** Precondition: so many are held. Those who wait are to be served after it. */
  giveBack(count: number): void {
    this.held -= count;
  }

  /** What is held now is `holder`'s, who took it. */
  claim(_holder: object): void {
    // Permits are all alike.
  }

  /** Whether what one of these took may still be given back by it. */
  belongsTo(..._holders: (object | null)[]): boolean {
    return true;
  }

  /** Gets in line. */
  enqueue(waiter: Waiter, count: number): void {
    waiter.request = count;
    this.line.append(waiter);
  }

  serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    enter();
    try {
      for (let next = this.#served(); next !== null; next = this.#served()) next.tell();
    } finally {
      this.#serving = false;
      exit();
    }
  }

  #served(): Waiter | null {
    const { line } = this;
    const { first } = line;
    if (first === null) return null;
    const count = wants(first);
    if (this.held + count > this.total) return null;
    line.shift();
    this.take(count, partyOf(first));
    first.settle(undefined);
    return first;
  }

  perform(): void {
    this.serve();
  }

  check(): void {
    const { held, total, line } = this;
    line.check();
    const fail = (what: string): never => {
      throw new Error(`${this.owner.name}: ${what}; ${held} of ${total} are held`);
    };
    if (!(held >= 0)) fail('less than nothing is held');
    if (held > this.#most) fail('more is held than there ever was');
    line.count((waiter) => wants(waiter) >= 1 || fail('somebody waits for nothing'));
    if (this.#serving) return;
    if (line.first !== null && held + wants(line.first) <= total) fail('the first in line waits for what is free');
  }
}

function wants(waiter: Waiter): number {
  return waiter.request as number;
}

/** Those who wait for permits. When the first is withdrawn, those behind may have what it waited for. */
export class Acquirers extends Waiters {
  readonly #permits: Permits;

  constructor(permits: Permits, verb: string) {
    super(verb, permits.owner);
    this.#permits = permits;
  }

  override leave(waiter: Waiter): null {
    const first = this.first === waiter;
    super.leave(waiter);
    waiter.request = undefined;
    if (first && this.first !== null) afterwards(this.#permits);
    return null;
  }
}

/** Takes `count` permits. */
export class Acquire extends Operation<void> {
  readonly #permits: Permits;
  readonly #count: number;

  /** A count that can never be had is a RangeError. */
  constructor(permits: Permits, verb: string, count: number) {
    super();
    checkRequest(permits, verb, count);
    this.#permits = permits;
    this.#count = count;
  }

  ready(): boolean {
    return this.#permits.fits(this.#count);
  }
  commit(): unknown {
    this.#permits.take(this.#count);
    return undefined;
  }
  park(waiter: Waiter): void {
    this.#permits.enqueue(waiter, this.#count);
  }
  override restore(): void {
    this.#permits.release('release', this.#count);
  }
  override toString(): string {
    return String(this.#permits.line);
  }
}

export function checkRequest({ owner, total }: Permits, verb: string, count: number): void {
  checkCount(owner, `${verb}: the count`, count, 1);
  // While there are none at all, there may be some later.
  if (count > total && total > 0) throw new RangeError(`${owner.name}: ${verb} of ${count}, but there are ${total}`);
}
