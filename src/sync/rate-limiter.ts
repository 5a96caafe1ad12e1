// A rate limiter: at most `count` starts in any window of `per` ms; first come, first served.
//
// It keeps the times of the last starts, so no window has more than `count` of them, wherever it begins; a bucket that is
// refilled lets twice as many through around a refill. The first in line is never skipped, however much it wants. Nothing runs
// while nobody waits: what is too old is let go by whoever looks next. See `window.ts`.
//
// After the sliding log of rate limiters, and golang.org/x/time/rate (reservations in line, `Wait`, `Allow`).

import { checkCount, ownOptions, reject } from '../base/checks.ts';
import { Names } from '../base/names.ts';
import type { Operation } from '../core/operation.ts';
import { turn } from '../core/turn.ts';
import { Acquire } from './supply.ts';
import { stateOf } from './waiters.ts';
import { Window } from './window.ts';

const names = /* @__PURE__ */ new Names('rateLimiter');

/** At most `count` starts in any window of `per` ms, first come, first served. Nothing runs while nobody waits. */
export class RateLimiter {
  readonly #name: string | undefined;
  readonly #number = names.draw();
  readonly #window: Window;

  /** `count`: an integer >= 1; `per`: more than 0 ms. Anything else is a RangeError. */
  constructor(count: number, per: number, options: { name?: string } = {}) {
    this.#name = ownOptions('rateLimiter', options).name;
    checkCount('rateLimiter', 'count', count, 1);
    if (typeof per !== 'number' || !(per > 0)) reject(RangeError, 'rateLimiter', 'per', 'more than 0 ms', per);
    this.#window = new Window(this, count, per);
    turn.watch?.made?.('rateLimiter', this);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }
  /** Those who wait to start. */
  get waiting(): number {
    return this.#window.line.size;
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
    return new Acquire(this.#window, count);
  }

  /** Starts `count` (default 1) if that can be done now, without overtaking anybody; false otherwise. Wrong counts: as for `acquire`. */
  tryAcquire(count = 1): boolean {
    this.#checkRequest('tryAcquire', count);
    return this.#window.tryTake(count);
  }

  #checkRequest(verb: string, count: number): void {
    checkCount(this, `${verb}: the count`, count, 1);
    const { most, per } = this.#window;
    if (count > most)
      throw new RangeError(`${this.name}: ${verb} of ${count}, but at most ${most} may start in ${per} ms`);
  }

  toString(): string {
    return stateOf(names.title(this.#name, this.#number), this.#window.state, this.waiting);
  }

  /** @internal */
  check(): void {
    this.#window.check();
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
