import { type SchedulerLike, Subscription } from 'rxjs';
import { checkMethod, checkNumber } from '../base/checks.ts';
import { after } from './clock.ts';
import { Operation } from './operation.ts';
import { type Place, serve, type Waiter } from './waiter.ts';

/**
 * Completes after `ms` milliseconds on `scheduler` (default `asyncScheduler`, hence virtual inside a marble test).
 *
 * ```
 * sleep(3)   ---(v|)
 * ```
 *
 * Emits undefined once and never fails. It always goes through the scheduler, also for 0 and for less; `Infinity` waits for
 * ever and keeps no timer. Unsubscribing clears the timer. NaN: RangeError.
 *
 * ![sleep in marbles](../../marbles/core/sleep.svg)
 *
 * @example
 * ```ts
 * go(function* () {
 *   yield* sleep(300);
 *   console.log('later');
 * });
 * ```
 */
export function sleep(ms: number, scheduler?: SchedulerLike): Operation<void> {
  checkNumber('sleep', 'ms', ms);
  if (scheduler !== undefined) checkMethod('sleep', 'scheduler', scheduler, 'schedule', 'a scheduler');
  return new Sleep(Math.max(0, ms), scheduler);
}

class Sleep extends Operation<void> {
  readonly #ms: number;
  readonly #scheduler: SchedulerLike | undefined;

  constructor(ms: number, scheduler: SchedulerLike | undefined) {
    super();
    this.#ms = ms;
    this.#scheduler = scheduler;
  }

  ready(): boolean {
    return false;
  }
  commit(): unknown {
    return undefined;
  }
  /** A scheduler of the user's (`queueScheduler`, say) may not wait at all. */
  override get effectful(): boolean {
    return this.#scheduler !== undefined;
  }
  park(waiter: Waiter): void {
    new Alarm(this.#ms).set(waiter, this.#scheduler);
  }
}

/** The place of one who sleeps. */
class Alarm implements Place {
  readonly #ms: number;
  #timer = Subscription.EMPTY;

  constructor(ms: number) {
    this.#ms = ms;
  }

  set(waiter: Waiter, scheduler: SchedulerLike | undefined): void {
    waiter.place = this;
    this.#timer = after(this.#ms, () => ring(waiter), scheduler);
  }

  leave(waiter: Waiter): null {
    waiter.place = null;
    this.#timer.unsubscribe();
    return null;
  }

  toString(): string {
    return `sleep(${this.#ms})`;
  }
}

function ring(waiter: Waiter): void {
  serve(waiter, undefined);
}
