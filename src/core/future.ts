// A future: one outcome that comes later, the same for all who wait, now or afterwards.
//
// Invariants (`check()` asserts them):
//   1. the first outcome wins; from then on `status` and what `result()` gives never change
//   2. somebody waits  =>  pending
//   3. a rejection that nobody has observed by the next macrotask is reported, once

import { CancelledError, NotReadyError } from '../base/errors.ts';
import { Line } from '../base/line.ts';
import { Names } from '../base/names.ts';
import { isOperation, Operation } from './operation.ts';
import { enter, exit } from './turn.ts';
import { reportUnless } from './unhandled.ts';
import { partyOf, settleAll, type Waiter } from './waiter.ts';

export type FutureStatus = 'pending' | 'resolved' | 'rejected' | 'cancelled';

/** One value that comes later. Hot: it has one outcome, which every late subscriber, awaiter and select sees too. */
export abstract class Future<T> extends Operation<T> {
  #status: FutureStatus = 'pending';
  /** The value, or the error. */
  #outcome: unknown = undefined;
  #observed = false;
  /** Made when somebody waits: most futures are waited for by one, many by nobody. */
  #waiting: Line<Waiter> | null = null;

  abstract readonly name: string;

  get status(): FutureStatus {
    return this.#status;
  }

  /** The value; throws the error if rejected or cancelled, `NotReadyError` if pending. */
  result(): T {
    if (this.#status === 'pending') throw new NotReadyError(this.name);
    this.#observed = true;
    if (this.#status !== 'resolved') throw this.#outcome;
    return this.#outcome as T;
  }

  /** @internal The first outcome wins: false if there was one. */
  conclude(status: Exclude<FutureStatus, 'pending'>, outcome: unknown): boolean {
    if (this.#status !== 'pending') return false;
    this.#status = status;
    this.#outcome = outcome;
    if (status === 'rejected' && !this.#observed) reportUnless(() => this.#observed, outcome);
    const waiting = this.#waiting;
    if (waiting === null) return true;
    this.#waiting = null;
    enter();
    try {
      settleAll(waiting, this);
    } finally {
      exit();
    }
    return true;
  }

  /** @internal The value, or the error, for one who looks without seeing to a failure. Of one that is pending: undefined. */
  get settledWith(): unknown {
    return this.#outcome;
  }

  /** @internal Somebody sees to its failure. */
  observe(): void {
    this.#observed = true;
  }

  /** @internal */
  ready(): boolean {
    return this.#status !== 'pending';
  }
  /** @internal */
  commit(): unknown {
    return this;
  }
  /** @internal */
  park(waiter: Waiter): void {
    this.#observed = true;
    this.attend(waiter);
  }
  /** @internal */
  override open(_parcel: unknown): T {
    return this.result();
  }

  /** @internal Waits for the outcome without caring whether it is a failure. */
  attend(waiter: Waiter): void {
    (this.#waiting ??= new Waiting(this)).append(waiter);
  }

  /** @internal How many wait, in whatever form. */
  get waiters(): number {
    return this.#waiting?.count() ?? 0;
  }

  /** @internal Whether one waits of whom `test` holds: in whose name, or in whose stead. */
  isAwaitedBy(test: (who: object) => boolean): boolean {
    const waits = (waiter: Waiter): boolean => test((waiter as { asker?: object | null }).asker ?? partyOf(waiter));
    return (this.#waiting?.count(waits) ?? 0) > 0;
  }

  /** @internal */
  check(): void {
    this.#waiting?.check();
    if (this.#status !== 'pending' && this.#waiting !== null)
      throw new Error(`${this.name}: somebody waits for what has come`);
  }
}

/** Ours, whichever copy of the library made it. */
export function isFuture(value: unknown): value is Future<unknown> {
  return isOperation(value) && typeof (value as Partial<Future<unknown>>).attend === 'function';
}

/** Those who wait for a future. */
class Waiting extends Line<Waiter> {
  readonly of: { readonly name: string };

  constructor(future: { readonly name: string }) {
    super();
    this.of = future;
  }
  override toString(): string {
    return `the end of ${this.of.name}`;
  }
}

const names = /* @__PURE__ */ new Names('deferred');

/** The writable end of a future. The first outcome wins and returns true; later ones return false. */
export class Deferred<T> extends Future<T> {
  readonly #number = names.draw();

  get name(): string {
    return names.spell(this.#number);
  }

  resolve(value: T): boolean {
    return this.conclude('resolved', value);
  }

  reject(error: unknown): boolean {
    return this.conclude('rejected', error);
  }

  cancel(reason?: unknown): boolean {
    return this.conclude('cancelled', new CancelledError(this.name, reason));
  }

  override toString(): string {
    return `${this.name}, ${this.status}`;
  }
}

/**
 * Makes a future and hands you its writable end.
 *
 * ```
 * resolve(v)         ---v------
 * early subscriber   ---(v|)
 * late subscriber           (v|)
 * ```
 *
 * Everybody who waits, and everybody who comes later, gets the one outcome: the value, the error, or `CancelledError`.
 * Those who wait are told in the order in which they came. Unsubscribing disturbs nobody else. A rejection that nobody
 * observes is reported through `config.onUnhandledError` in the next macrotask.
 *
 * ![deferred in marbles](../../marbles/core/deferred.svg)
 *
 * @example
 * ```ts
 * const ready = deferred<string>();
 * ready.subscribe(console.log);
 * ready.resolve('now');
 * ```
 */
export function deferred<T>(): Deferred<T> {
  return new Deferred();
}
