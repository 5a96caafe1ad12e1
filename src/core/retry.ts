// Performing an operation again, when it fails.
//
//   due ──► performing ──failed, and is to be tried again──► resting ──backoff has passed──► due
//    ▲           │                                              │
//    │           └──a value, or the last failure──► over ◄──withdrawn
//    └──► regaining: what a failed performance has left, a lock, before it is performed again
//
// Invariants:
//   1. due: the loop runs, or is about to; performing: it waits, or is being served; resting: a timer runs
//   2. the next performance begins when the last has cleaned up: who acts for others hears of nothing before (`Patient`)
//   3. a lock that a performance has left and not got back is in `#locks`: the next one needs it, and a coroutine that goes on
//
// An operation that fails at once, for ever, is a loop that the library drives: it rests as `pace.ts` says.

import type { Unsubscribable } from 'rxjs';
import { checkHooks, checkLimit, checkMs, ownOptions, reject } from '../base/checks.ts';
import { type Surroundings, surroundings } from './ambient.ts';
import { after, now } from './clock.ts';
import type { Operation } from './operation.ts';
import { End, Failure } from './outcome.ts';
import { Pace } from './pace.ts';
import { Patient } from './patient.ts';
import { enter, exit } from './turn.ts';
import { partyOf, type Place, type Rest, type Waiter, withdraw } from './waiter.ts';

export interface RetryOptions {
  /** Performances in all, an integer >= 1 (default Infinity). */
  attempts?: number;
  /** Milliseconds before performance n+1, after the n-th has failed (default none). */
  backoff?: (attempt: number, error: unknown) => number;
  /** False: fails at once with this error. */
  when?: (error: unknown) => boolean;
  /** Counts only failures of the last so many ms: a supervisor's intensity (default: all). */
  within?: number;
}

/** Rejects nonsense where it was written. */
export function checkRetry(what: string, options: RetryOptions): RetryOptions {
  const own = ownOptions(what, options);
  const { attempts = Infinity, within = Infinity } = own;
  checkLimit(what, 'attempts', attempts, 1);
  if (typeof within !== 'number' || !(within > 0)) reject(RangeError, what, 'within', 'more than 0 ms', within);
  checkHooks(what, own, 'backoff', 'when');
  return own;
}

/**
 * Milliseconds until the next performance, the `attempt`-th having failed, of which `counted` count; null: at once; a Failure:
 * there is none. Throws what the user's callbacks throw.
 */
export function nextTry(
  what: string,
  { attempts = Infinity, backoff, when = isTransient }: RetryOptions,
  attempt: number,
  counted: number,
  error: unknown,
): number | null | Failure {
  if (counted >= attempts || !when(error)) return new Failure(error);
  if (backoff === undefined) return null;
  const ms: number = backoff(attempt, error);
  checkMs(what, 'what backoff returns', ms);
  return ms;
}

/** What was closed, or cancelled, will not come back by itself. */
function isTransient(error: unknown): boolean {
  const name = (error as Partial<Error> | null | undefined)?.name;
  return name !== 'ClosedError' && name !== 'CancelledError';
}

/** One who performs an operation until it succeeds, in somebody's stead: that one's place. */
export class Retrying<T> extends Patient implements Place {
  readonly #operation: Operation<T>;
  readonly #options: RetryOptions;
  readonly #user: Waiter;
  readonly #surroundings: Surroundings | null = surroundings();
  readonly #pace = new Pace(() => this.#goOn());
  #state: 'due' | 'regaining' | 'performing' | 'resting' | 'over' = 'due';
  #locks: Rest[] = [];
  /** The loop runs: what fails at once goes on there. */
  #going = false;
  #timer: Unsubscribable | null = null;
  /** Failures so far; with `within`, the times of those that count. */
  #count = 0;
  #times: number[] = [];

  constructor(operation: Operation<T>, options: RetryOptions, user: Waiter) {
    super();
    this.#operation = operation;
    this.#options = options;
    this.#user = user;
  }

  override get quiet(): boolean {
    return this.#user.quiet;
  }
  get party(): object {
    return partyOf(this.#user);
  }

  stand(): void {
    this.#user.place = this;
    this.#go();
  }

  #goOn(): void {
    if (this.#surroundings === null) this.#run();
    else this.#surroundings(() => this.#run());
  }

  override linger(rest: Rest): void {
    super.linger(rest);
    this.#locks.push(...(rest.parts ?? [rest]).filter((part) => part.join !== undefined));
  }

  /** Hears what has come, and performs it again as long as that is due. */
  #run(): void {
    if (this.#state === 'performing') this.#hear();
    else if (this.#state === 'regaining') {
      this.#locks.shift();
      this.#state = 'due';
    }
    if (!this.#going) this.#go();
  }

  #go(): void {
    this.#going = true;
    enter();
    try {
      while (this.#state === 'due' && !this.#pace.rests()) {
        const [lock] = this.#locks;
        if (lock === undefined) this.#perform();
        else this.#regain(lock);
      }
    } finally {
      this.#going = false;
      exit();
    }
  }

  #regain(lock: Rest): void {
    this.#state = 'regaining';
    lock.park(this);
  }

  #perform(): void {
    const operation = this.#operation;
    this.#state = 'performing';
    if (operation.ready()) {
      this.parcel = operation.commit();
      this.#hear();
    } else operation.park(this);
  }

  /** It has been served, and nothing is left that cleans up. */
  proceed(): void {
    this.#goOn();
  }

  restore(parcel: unknown): Rest | null {
    return this.#operation.restore(parcel);
  }

  #hear(): void {
    const { parcel } = this;
    this.parcel = undefined;
    let value: T;
    try {
      value = this.#operation.open(parcel);
    } catch (error) {
      this.#failed(error, parcel);
      return;
    }
    this.#conclude(value);
  }

  #failed(error: unknown, parcel: unknown): void {
    let next: number | null | Failure;
    try {
      next = nextTry('withRetry', this.#options, ++this.#count, this.#counted(), error);
    } catch (thrown) {
      next = new Failure(thrown);
    }
    // What was asked may have withdrawn it.
    if (this.#state !== 'performing') return;
    if (next instanceof Failure) {
      // An end stays one: a select may only switch it off.
      const isEnd = next.error === error && parcel instanceof End && parcel === this.#operation.ended();
      this.#conclude(isEnd ? parcel : next);
    } else if (next === null) this.#state = 'due';
    else {
      this.#state = 'resting';
      this.#timer = after(next, () => {
        this.#state = 'due';
        this.#goOn();
      });
    }
  }

  #counted(): number {
    const { within } = this.#options;
    if (within === undefined) return this.#count;
    const time = now();
    this.#times = this.#times.filter((at) => time - at < within);
    return this.#times.push(time);
  }

  #conclude(parcel: unknown): void {
    const user = this.#user;
    this.#state = 'over';
    enter();
    try {
      user.place = null;
      user.settle(parcel);
      for (const lock of this.#locks) user.linger(lock);
      user.tell();
    } finally {
      exit();
    }
  }

  leave(waiter: Waiter): Rest | null {
    waiter.place = null;
    this.#state = 'over';
    this.#timer?.unsubscribe();
    const rest = withdraw(this);
    return this.#locks[0]?.join?.([rest, ...this.#locks]) ?? rest;
  }

  override toString(): string {
    return this.#state === 'resting' ? 'the next try' : (this.place?.toString() ?? 'nothing');
  }
}
