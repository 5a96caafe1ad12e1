// Performing an operation again, when it fails.
//
//   due ──► performing ──failed, and is to be tried again──► resting ──backoff has passed──► due
//                │                                              │
//                └──a value, or the last failure──► over ◄──withdrawn
//
// Invariants:
//   1. due: the loop runs, or is about to; performing: it waits, or is being served; resting: a timer runs
//   2. the next performance begins when the last has cleaned up: who acts for others hears of nothing before (`Patient`)
//
// An operation that fails at once, for ever, is a loop that the library drives: it rests as `pace.ts` says.

import type { Unsubscribable } from 'rxjs';
import { checkHooks, checkLimit, ownOptions, reject } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { type Surroundings, surroundings } from './ambient.ts';
import { after, now } from './clock.ts';
import type { Operation } from './operation.ts';
import { Failure } from './outcome.ts';
import { Pace } from './pace.ts';
import { Patient } from './patient.ts';
import { enter, exit } from './turn.ts';
import { partyOf, type Place, type Rest, serve, type Waiter, withdraw } from './waiter.ts';

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

/** Which failures are tried again, and when: the arithmetic of it. */
export class Retries {
  readonly #options: RetryOptions;
  /** Failures so far; with `within`, the times of those that count. */
  #count = 0;
  #times: number[] = [];

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  /** Milliseconds until the next performance, or null: at once; a Failure: there is none. Calls code of the user's. */
  next(error: unknown): number | null | Failure {
    const { attempts = Infinity, backoff, when } = this.#options;
    this.#count++;
    try {
      if (this.#counted() >= attempts || !(when === undefined ? isTransient(error) : when(error))) {
        return new Failure(error);
      }
      if (backoff === undefined) return null;
      const ms: unknown = backoff(this.#count, error);
      if (typeof ms === 'number' && ms >= 0) return ms;
      throw new RangeError(`withRetry: backoff must return a number of ms >= 0; got ${describe(ms)}`);
    } catch (thrown) {
      return new Failure(thrown);
    }
  }

  #counted(): number {
    const { within = Infinity } = this.#options;
    if (within === Infinity) return this.#count;
    const time = now();
    this.#times = this.#times.filter((at) => time - at < within);
    this.#times.push(time);
    return this.#times.length;
  }
}

/** What was closed, or cancelled, will not come back by itself. */
export function isTransient(error: unknown): boolean {
  const name = (error as Partial<Error> | null | undefined)?.name;
  return name !== 'ClosedError' && name !== 'CancelledError';
}

/** One who performs an operation until it succeeds, in somebody's stead: that one's place. */
export class Retrying<T> extends Patient implements Place {
  readonly #operation: Operation<T>;
  readonly #user: Waiter;
  readonly #retries: Retries;
  readonly #surroundings: Surroundings | null = surroundings();
  readonly #pace = new Pace(() => this.#within(() => this.#go()));
  #state: 'due' | 'performing' | 'resting' | 'over' = 'due';
  /** The loop runs: what fails at once goes on there. */
  #going = false;
  #timer: Unsubscribable | null = null;

  constructor(operation: Operation<T>, options: RetryOptions, user: Waiter) {
    super();
    this.#operation = operation;
    this.#user = user;
    this.#retries = new Retries(options);
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

  #within(act: () => void): void {
    if (this.#surroundings === null) act();
    else this.#surroundings(act);
  }

  #go(): void {
    if (this.#going) return;
    this.#going = true;
    enter();
    try {
      while (this.#state === 'due' && !this.#pace.rests()) this.#perform();
    } finally {
      this.#going = false;
      exit();
    }
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
    this.#within(() => {
      this.#hear();
      this.#go();
    });
  }

  restore(parcel: unknown): void {
    this.#operation.restore(parcel);
  }

  #hear(): void {
    if (this.#state !== 'performing') return;
    const { parcel } = this;
    this.parcel = undefined;
    let value: T;
    try {
      value = this.#operation.open(parcel);
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#conclude(value);
  }

  #failed(error: unknown): void {
    const next = this.#retries.next(error);
    // What was asked may have withdrawn it.
    if (this.#state !== 'performing') return;
    if (next instanceof Failure) this.#conclude(next);
    else if (next === null) this.#state = 'due';
    else {
      this.#state = 'resting';
      this.#timer = after(next, () => {
        this.#state = 'due';
        this.#within(() => this.#go());
      });
    }
  }

  #conclude(parcel: unknown): void {
    const user = this.#user;
    enter();
    try {
      this.#state = 'over';
      serve(user, parcel);
    } finally {
      exit();
    }
  }

  leave(waiter: Waiter): Rest | null {
    waiter.place = null;
    this.#state = 'over';
    this.#timer?.unsubscribe();
    return withdraw(this);
  }

  override toString(): string {
    return this.#state === 'resting' ? 'the next try' : (this.place?.toString() ?? 'nothing');
  }
}
