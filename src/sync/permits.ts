// Permits, and the line of those who wait for some: what a semaphore and a mutex have in common.
//
// Invariants (`check()` asserts them):
//   1. 0 <= held; held <= total, but for what was out when `total` was lowered
//   2. somebody waits  =>  the first in line wants more than is free, or is about to be served: `serve` is at it, or due
//
// A released permit goes straight to the first in line, so nobody overtakes, and a waiter that is withdrawn has nothing to
// give back. The first in line is never skipped, however much it wants: else a stream of small requests would starve a large
// one for ever. The price is that permits lie idle while it waits; withdrawing it lets those behind it go.
//
// After golang.org/x/sync/semaphore (why the first is not skipped) and trio's Semaphore (hand over, do not wake).

import { checkCount } from '../base/checks.ts';
import { Supply, wants } from './supply.ts';

export class Permits extends Supply {
  total: number;
  held = 0;
  #most: number;

  /** `verb`: what taking one is called. */
  constructor(owner: { readonly name: string }, total: number, verb: string) {
    super(owner, verb);
    this.total = this.#most = total;
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

  has(count: number): boolean {
    return this.held + count <= this.total;
  }

  take(count: number, _taker?: object): void {
    this.held += count;
  }

  untake(count: number): void {
    this.release('release', count);
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

  override check(): void {
    super.check();
    const { held, total, line } = this;
    const fail = (what: string): never => {
      throw new Error(`${this.owner.name}: ${what}; ${held} of ${total} are held`);
    };
    if (!(held >= 0)) fail('less than nothing is held');
    if (held > this.#most) fail('more is held than there ever was');
    if (this.isServing) return;
    if (line.first !== null && this.has(wants(line.first))) fail('the first in line waits for what is free');
  }
}

/** Of a semaphore: a count that can never be had is a RangeError. */
export function checkRequest({ owner, total }: Permits, verb: string, count: number): void {
  checkCount(owner, `${verb}: the count`, count, 1);
  // While there are none at all, there may be some later.
  if (count > total && total > 0) throw new RangeError(`${owner.name}: ${verb} of ${count}, but there are ${total}`);
}
