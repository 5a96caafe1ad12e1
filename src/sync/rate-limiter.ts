// A rate limiter: at most `count` starts in any window of `per` ms; first come, first served.
//
// Invariants (`check()` asserts them):
//   1. `taken` is the sum of `starts`, and 0 <= taken <= count
//   2. `starts` stand in order of time, and all are younger than `per`, or are about to be let go
//   3. the timer runs  <=>  somebody waits (and `per` is finite)
//   4. somebody waits  =>  the first in line wants more than the window has room for, or the timer is due
//
// It keeps the times of the last starts, so no window has more than `count` of them, wherever it begins; a bucket that is
// refilled lets twice as many through around a refill. The first in line is never skipped, however much it wants. Nothing runs
// while nobody waits: what is too old is let go by whoever looks next.
//
// The clock is the scheduler's, which a user may set back. Time goes on here all the same: from where it was.
//
// After the sliding log of rate limiters, and golang.org/x/time/rate (reservations in line, `Wait`, `Allow`).

import { checkCount, ownOptions, reject } from '../base/checks.ts';
import { Names } from '../base/names.ts';
import { Ring } from '../base/ring.ts';
import { after, now } from '../core/clock.ts';
import { Operation } from '../core/operation.ts';
import { afterwards, type Duty, enter, exit, turn } from '../core/turn.ts';
import type { Waiter } from '../core/waiter.ts';
import type { Unsubscribable } from 'rxjs';
import { stateOf, Waiters } from './waiters.ts';

const names = /* @__PURE__ */ new Names('rateLimiter');

interface Start {
  readonly at: number;
  count: number;
}

/** At most `count` starts in any window of `per` ms, first come, first served. Nothing runs while nobody waits. */
export class RateLimiter {
  readonly #name: string | undefined;
  readonly #number = names.draw();
  readonly #count: number;
  readonly #per: number;
  readonly #starts = new Ring<Start>();
  #taken = 0;
  readonly #line: Acquirers = new Acquirers(this);
  #timer: Unsubscribable | null = null;
  /** Serves those who may start, at the end of a library call. */
  readonly #duty: Duty = { perform: () => this.#serve() };
  #due = Infinity;
  #serving = false;
  /** What is added to the clock, since it was set back. */
  #skew = 0;
  #latest = -Infinity;

  /** `count`: an integer >= 1; `per`: more than 0 ms. Anything else is a RangeError. */
  constructor(count: number, per: number, options: { name?: string } = {}) {
    this.#name = ownOptions('rateLimiter', options).name;
    checkCount('rateLimiter', 'count', count, 1);
    if (typeof per !== 'number' || !(per > 0)) reject(RangeError, 'rateLimiter', 'per', 'more than 0 ms', per);
    this.#count = count;
    this.#per = per;
    turn.watch?.made?.('rateLimiter', this);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }
  /** Those who wait to start. */
  get waiting(): number {
    return this.#line.size;
  }

  /**
   * Waits until `count` (default 1) more may start, together.
   *
   * ```
   * of 2 in any 10 frames
   * acquire()    xxx-----x
   *   starts     xx--------xx       the third as soon as the first is 10 frames old
   * ```
   *
   * Emits undefined and completes when they may start: from then on they count. Never fails. Withdrawing leaves the line, and
   * nothing was used up. A large request is not overtaken by smaller ones. A count that is no integer >= 1, or more than fit in
   * a window: RangeError, here. O(1), for each start.
   *
   * ![acquire in marbles](../../marbles/sync/rate-limiter.svg)
   *
   * @example
   * ```ts
   * const api = rateLimiter(10, 1000);
   * yield* api.acquire();
   * const answer = yield* until(fetch(url));
   * ```
   */
  acquire(count = 1): Operation<void> {
    this.#checkRequest('acquire', count);
    return new Acquire(this, count);
  }

  /** Starts `count` (default 1) if that can be done now, without overtaking anybody; false otherwise. Wrong counts: as for `acquire`. */
  tryAcquire(count = 1): boolean {
    this.#checkRequest('tryAcquire', count);
    const fits = this.fits(count);
    if (fits) this.take(count);
    return fits;
  }

  #checkRequest(verb: string, count: number): void {
    checkCount(this, `${verb}: the count`, count, 1);
    if (count > this.#count) {
      throw new RangeError(
        `${this.name}: ${verb} of ${count}, but at most ${this.#count} may start in ${this.#per} ms`,
      );
    }
  }

  // ───────────────────────────────────────────────────────────── the window

  /** @internal Whether `count` may start without overtaking anybody. */
  fits(count: number): boolean {
    return this.#line.first === null && this.#hasRoomFor(count);
  }

  #hasRoomFor(count: number): boolean {
    this.#forget();
    return this.#taken + count <= this.#count;
  }

  /** Lets go what is too old to matter. */
  #forget(): void {
    const starts = this.#starts;
    const time = this.#time();
    while (starts.size > 0 && time - starts.oldest.at >= this.#per) this.#taken -= starts.shift().count;
  }

  #time(): number {
    const time = now() + this.#skew;
    if (time < this.#latest) this.#skew += this.#latest - time;
    else this.#latest = time;
    return this.#latest;
  }

  /** @internal Precondition: there is room. */
  take(count: number): void {
    const starts = this.#starts;
    const at = this.#time();
    this.#taken += count;
    if (starts.size > 0 && starts.newest.at === at) starts.newest.count += count;
    else starts.push({ at, count });
  }

  /** @internal The latest `count` have not started after all. */
  untake(count: number): void {
    this.#taken -= count;
    this.#starts.newest.count -= count;
    this.#serve();
  }

  // ───────────────────────────────────────────────────────────── the line

  /** @internal */
  enqueue(waiter: Waiter, count: number): void {
    waiter.request = count;
    this.#line.append(waiter);
    this.#arm();
  }

  /** @internal Somebody has left the line: `first`, if those behind it may start now. */
  left(first: boolean): void {
    if (this.#line.first === null) this.#disarm();
    else if (first) afterwards(this.#duty);
  }

  #arm(): void {
    if (this.#timer !== null || this.#line.first === null) return;
    this.#due = this.#starts.oldest.at + this.#per;
    this.#timer = after(Math.max(0, this.#due - this.#time()), () => {
      this.#timer = null;
      this.#serve();
    });
  }

  #disarm(): void {
    this.#timer?.unsubscribe();
    this.#timer = null;
  }

  /** Serves those who may start. One per step: what a callback asks for meanwhile joins the loop that is running. */
  #serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    enter();
    try {
      for (let next = this.#served(); next !== null; next = this.#served()) next.tell();
    } finally {
      this.#serving = false;
      if (this.#line.first === null) this.#disarm();
      else this.#arm();
      exit();
    }
  }

  #served(): Waiter | null {
    const { first } = this.#line;
    if (first === null || !this.#hasRoomFor(wants(first))) return null;
    this.#line.shift();
    this.take(wants(first));
    first.settle(undefined);
    return first;
  }

  toString(): string {
    this.#forget();
    const state = `${this.#taken}/${this.#count} in ${this.#per} ms`;
    return stateOf(names.title(this.#name, this.#number), state, this.waiting);
  }

  /** @internal */
  check(): void {
    const fail = (what: string): never => {
      throw new Error(`${this.name}: ${what}`);
    };
    this.#line.check();
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
    if (sum !== this.#taken || sum > this.#count) fail(`${sum} starts noted, ${this.#taken} counted`);
    if ((this.#timer !== null) !== (this.#line.first !== null)) fail('the timer is wrong');
    const { first } = this.#line;
    if (first !== null && this.#time() < this.#due && this.#hasRoomFor(wants(first)))
      fail('somebody waits beside room');
  }
}

function wants(waiter: Waiter): number {
  return waiter.request as number;
}

/** Those who wait to start. */
class Acquirers extends Waiters {
  readonly #limiter: RateLimiter;

  constructor(limiter: RateLimiter) {
    super('acquire', limiter);
    this.#limiter = limiter;
  }

  override leave(waiter: Waiter): null {
    const first = this.first === waiter;
    super.leave(waiter);
    this.#limiter.left(first);
    return null;
  }
}

class Acquire extends Operation<void> {
  readonly #limiter: RateLimiter;
  readonly #count: number;

  constructor(limiter: RateLimiter, count: number) {
    super();
    this.#limiter = limiter;
    this.#count = count;
  }

  ready(): boolean {
    return this.#limiter.fits(this.#count);
  }
  commit(): unknown {
    this.#limiter.take(this.#count);
    return undefined;
  }
  park(waiter: Waiter): void {
    this.#limiter.enqueue(waiter, this.#count);
  }
  /** Nobody heard that it may start. */
  override restore(): void {
    this.#limiter.untake(this.#count);
  }
  override toString(): string {
    return `acquire on ${this.#limiter.name}`;
  }
}

/**
 * Makes a rate limiter: at most `count` starts in any window of `per` ms.
 *
 * It is no bucket that is refilled: however the windows are laid, none has more. `count` is an integer >= 1, `per` more than 0 ms
 * on the clock of the scheduler; else RangeError.
 *
 * ![rateLimiter in marbles](../../marbles/sync/rate-limiter.svg)
 *
 * @example
 * ```ts
 * const api = rateLimiter(10, 1000);
 * from(urls)
 *   .pipe(
 *     queueMap(function* (url) {
 *       yield* api.acquire();
 *       return yield* until(fetch(url));
 *     }, { concurrency: 4 }),
 *   )
 *   .subscribe(save);
 * ```
 *
 * After golang.org/x/time/rate and bottleneck.
 */
export function rateLimiter(count: number, per: number, options?: { name?: string }): RateLimiter {
  return new RateLimiter(count, per, options);
}
