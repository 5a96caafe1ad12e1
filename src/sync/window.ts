// A window of time, and the line of those who wait to start in it: at most `most` starts in any `per` ms.
//
// Invariants (`check()` asserts them):
//   1. `taken` is the sum of `starts`, and 0 <= taken <= most
//   2. `starts` stand in order of time, and all are younger than `per`, or are about to be let go
//   3. the timer runs  <=>  somebody waits (and `per` is finite)
//   4. somebody waits  =>  the first in line wants more than the window has room for, or the timer is due
//
// The clock is the scheduler's, which a user may set back. Time goes on here all the same: from where it was.

import type { Unsubscribable } from 'rxjs';
import { Ring } from '../base/ring.ts';
import { after, now } from '../core/clock.ts';
import type { Waiter } from '../core/waiter.ts';
import { Supply, wants } from './supply.ts';

interface Start {
  readonly at: number;
  count: number;
}

export class Window extends Supply {
  readonly most: number;
  readonly per: number;
  readonly #starts = new Ring<Start>();
  #taken = 0;
  #timer: Unsubscribable | null = null;
  #due = Infinity;
  /** What is added to the clock, since it was set back. */
  #skew = 0;
  #latest = -Infinity;

  constructor(owner: { readonly name: string }, most: number, per: number) {
    super(owner, 'acquire');
    this.most = most;
    this.per = per;
  }

  has(count: number): boolean {
    this.#forget();
    return this.#taken + count <= this.most;
  }

  /** Lets go what is too old to matter. */
  #forget(): void {
    const starts = this.#starts;
    const time = this.#time();
    while (starts.size > 0 && time - starts.oldest.at >= this.per) this.#taken -= starts.shift().count;
  }

  #time(): number {
    const time = now() + this.#skew;
    if (time < this.#latest) this.#skew += this.#latest - time;
    else this.#latest = time;
    return this.#latest;
  }

  take(count: number): void {
    const starts = this.#starts;
    const at = this.#time();
    this.#taken += count;
    if (starts.size > 0 && starts.newest.at === at) starts.newest.count += count;
    else starts.push({ at, count });
  }

  /** The latest `count` have not started after all. */
  untake(count: number): void {
    this.#taken -= count;
    this.#starts.newest.count -= count;
    this.serve();
  }

  override enqueue(waiter: Waiter, count: number): void {
    super.enqueue(waiter, count);
    this.rest();
  }

  override left(first: boolean): void {
    super.left(first);
    if (this.line.first === null) this.rest();
  }

  /** The timer runs as long as somebody waits. */
  protected override rest(): void {
    if (this.line.first === null) {
      this.#timer?.unsubscribe();
      this.#timer = null;
    } else if (this.#timer === null) {
      this.#due = this.#starts.oldest.at + this.per;
      this.#timer = after(Math.max(0, this.#due - this.#time()), () => {
        this.#timer = null;
        this.serve();
      });
    }
  }

  /** For a person. */
  get state(): string {
    this.#forget();
    return `${this.#taken}/${this.most} in ${this.per} ms`;
  }

  override check(): void {
    super.check();
    const fail = (what: string): never => {
      throw new Error(`${this.owner.name}: ${what}`);
    };
    this.#starts.check();
    let sum = 0;
    let before = -Infinity;
    for (let i = this.#starts.size; i > 0; i--) {
      const start = this.#starts.shift();
      this.#starts.push(start);
      if (start.at < before) fail('starts out of order');
      before = start.at;
      sum += start.count;
    }
    if (sum !== this.#taken || sum > this.most) fail(`${sum} starts noted, ${this.#taken} counted`);
    if ((this.#timer !== null) !== (this.line.first !== null)) fail('the timer is wrong');
    const { first } = this.line;
    if (first !== null && this.#time() < this.#due && this.has(wants(first))) fail('somebody waits beside room');
  }
}
