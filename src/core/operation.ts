// Everything that can be waited for, once, is an operation. This file is the one idea of the library: how an operation is
// performed in each form in which one can wait, and the three ways to derive one from another.
//
// The protocol: what each kind of operation says of itself. `sync/notify-list.ts` has the smallest that is complete (`Pass`).
//
// It must say:
//   ready      whether a commit is possible at this instant. Looks, changes nothing; calls no user code that it can avoid.
//              Wrong: a select commits what is not there, or waits beside what is
//   commit     commits, and returns the parcel; the other party is told before it returns. Precondition: ready.
//              Wrong: a value is lost, or delivered twice
//   park       puts a waiter in line. Precondition: not ready. Wrong: nobody hears of it, or the line is overtaken
// It usually says:
//   open       makes of a parcel the value, or throws: after the commit, on behalf of the one who waited.
//              Without it, a parcel is the value, and a Failure is thrown
//   restore    takes back what was committed for one who left before being told; what that leaves to be done, a lock that is to
//              be held again, it returns. Without it, that value is lost
//   ended      the end that a commit would find. Without it, `poll` throws where it should say `closed`, and a select with
//              `onClosed: 'skip'` fails where it should go on
// It seldom says:
//   effectful  it subscribes to something, or runs a coroutine: it is never ready and starts when parked; it may then settle its
//              waiter at once. Without it, `poll` finds nothing, and a select starts it beside what is ready
//   asks       effectful only in that it asks a source, which may answer at once. Without it, a fair select starts it where it is
//              listed, after those that ask
//   wouldWait  effectful, and yet parking would only wait. Without it, `poll` starts what it then has to withdraw
//   streams    subscribed, it emits more than one value. Without it, only the last is seen
//
// The forms in which one can wait:
//   subscribe   see `performance.ts`: a waiter that calls a subscriber
//   yield*      the running fiber is the waiter. The operation is its own iterator: a ready one does not suspend
//   poll        see `poll.ts`: a waiter that leaves at once
//   select      see `select/`: one claim over several waiters

import { Observable, type Subscriber, TimeoutError, type Unsubscribable } from 'rxjs';
import { checkFunction, checkNumber, checkSignal, ownOptions, reject } from '../base/checks.ts';
import { onAbort } from './abort.ts';
import { type Surroundings, surroundings } from './ambient.ts';
import { after } from './clock.ts';
import { Expired, Guard, type Limit } from './guard.ts';
import { misplaced } from './misuse.ts';
import { End, Failure } from './outcome.ts';
import { deliver, Performance, PerformanceWithin } from './performance.ts';
import { performAsPromise } from './promise.ts';
import { checkRetry, type RetryOptions, Retrying } from './retry.ts';
import { enter, exit, PENDING, RESUMED, turn } from './turn.ts';
import type { Rest, Running, Waiter } from './waiter.ts';

/** The body of a coroutine: a generator that waits with `yield* operation` and with nothing else. */
export type Coroutine<T> = Generator<never, T, unknown>;

const OPERATION = Symbol.for('rxsluice.operation');

/** Ours, whichever copy of the library made it. */
export function isOperation(value: unknown): value is Operation<unknown> {
  return typeof value === 'object' && value !== null && (value as Operation<unknown>).brand === OPERATION;
}

export abstract class Operation<T> extends Observable<T> {
  /** @internal */
  get brand(): symbol {
    return OPERATION;
  }

  /** @internal */
  abstract ready(): boolean;
  /** @internal */
  abstract commit(): unknown;
  /** @internal */
  abstract park(waiter: Waiter): void;

  /** @internal Whether it starts something when parked. */
  get effectful(): boolean {
    return false;
  }

  /** @internal If it is effectful, then in that it asks a source for a value. */
  get asks(): boolean {
    return false;
  }

  /** @internal Effectful, and yet it would wait if it were parked now: whoever polls it need not start it. */
  get wouldWait(): boolean {
    return false;
  }

  /** @internal Subscribed, it emits what its work emits; in every other form, the last of that. */
  get streams(): boolean {
    return false;
  }

  /** @internal */
  open(parcel: unknown): T {
    if (parcel instanceof Failure) throw parcel.error;
    return parcel as T;
  }

  /** @internal The end that a commit would find now, or has just found. */
  ended(): End | null {
    return null;
  }

  /** @internal Gives back what was committed for one who left before being told. */
  restore(_parcel: unknown): Rest | null {
    return null;
  }

  /** The same operation with its value mapped after the commit; still selectable. */
  map<R>(project: (value: T) => R): Operation<R> {
    checkFunction('map', 'project', project);
    return new Mapped(this, project);
  }

  /**
   * Withdraws when `signal` aborts, failing with `signal.reason`; already aborted: fails without touching anything. A coroutine
   * hears of it when what was withdrawn has cleaned up, an observer at once.
   */
  withSignal(signal: AbortSignal): Operation<T> {
    checkSignal('withSignal', 'signal', signal);
    return new WithSignal(this, signal);
  }

  /**
   * Withdraws after `ms` on the clock, failing with RxJS's `TimeoutError`. Either the value is delivered or nothing was taken. A
   * coroutine hears of it when what was withdrawn has cleaned up, an observer at once.
   */
  withTimeout(ms: number): Operation<T> {
    checkNumber('withTimeout', 'ms', ms);
    return new WithTimeout(this, ms);
  }

  /**
   * Performs it again, from the start, when it fails: at most `attempts` times in all.
   *
   * ```
   * op                         --#  --#  --v|
   * withRetry({ attempts: 3,
   *   backoff: () => 3 })      --x----x----(v|)      x: failed; 3 frames later it is performed again
   * ```
   *
   * Emits the value of the performance that succeeds, and completes; fails with the error of the last. It starts when it is
   * performed, like a coroutine. `when(error)` says false of what is not to be tried again; unless told, that is a `ClosedError`
   * or a `CancelledError`. `backoff(n, error)`: milliseconds between the n-th failure and the next performance; none unless told.
   * The next begins when the failed one has cleaned up. With `within`, only failures of the last so many ms count: it fails when
   * `attempts` of them fall into that time, like a supervisor that gives up.
   *
   * Unsubscribing, a signal, a deadline around it: withdraws the performance, or the wait for the next, and that is no failure. A
   * deadline inside (`op.withTimeout(50).withRetry(…)`) is one for each performance.
   *
   * ![withRetry in marbles](../../marbles/core/with-retry.svg)
   *
   * @example
   * ```ts
   * const load = coroutine(function* ({ signal }) {
   *   return yield* until(fetch('/rates', { signal }));
   * });
   * const rates = yield* load.withTimeout(2000).withRetry({ attempts: 4, backoff: (n) => 100 * 2 ** n });
   * ```
   *
   * `within` is the restart intensity of Erlang's supervisors.
   */
  withRetry(options: RetryOptions): Operation<T> {
    return new Retried(this, checkRetry('withRetry', options));
  }

  /** Performs it now, for `await`: its value. With a signal: withdrawn, and rejected with its reason, when that aborts. No listener stays behind. */
  promise(options?: { signal?: AbortSignal }): Promise<T> {
    const signal = options === undefined ? undefined : signalOf(options);
    return performAsPromise(signal === undefined ? this : new WithSignal(this, signal));
  }

  /** For `yield*` in a coroutine; anywhere else it throws TypeError. */
  [Symbol.iterator](): Iterator<never, T, unknown> {
    if (turn.current === null) throw misplaced();
    return this;
  }

  /** @internal One step of `yield*`: the first performs the operation, the next (after a wait) opens what it brought. */
  next(signal?: unknown): IteratorResult<never, T> {
    const fiber = turn.current as Running | null;
    // `yield*` passes an argument, spread and for-of do not.
    if (fiber === null || arguments.length === 0) throw misplaced();
    if (signal === RESUMED) return { done: true, value: this.open(fiber.take()) };
    if (--turn.fuel < 0 && fiber.pauses()) return PENDING;
    if (this.ready()) return { done: true, value: this.open(this.commit()) };
    return fiber.waitFor(this);
  }

  /** @internal The generator that runs it by `yield*` is returned. */
  return(value?: unknown): IteratorResult<never, T> {
    (turn.current as Running | null)?.returnedFrom(this);
    return { done: true, value: value as T };
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<T>): void {
    // Unsubscribed before it is performed: RxJS comes here all the same, by a `defer` whose factory unsubscribes, say.
    if (subscriber.closed) return;
    const own = surroundings();
    if (own === null) this.perform(subscriber, null);
    else own(() => this.perform(subscriber, own));
  }

  /** @internal */
  perform(subscriber: Subscriber<T>, own: Surroundings | null): void {
    enter();
    try {
      if (this.ready()) {
        deliver(this, this.commit(), subscriber);
      } else {
        const performance =
          own === null ? new Performance(this, subscriber) : new PerformanceWithin(own, this, subscriber);
        // Before parking: the subscriber may be closed while coroutines run at the end of this turn.
        subscriber.add(performance);
        this.park(performance);
        // `ready` may have asked the user, who has unsubscribed: then there was nothing to withdraw yet.
        if (subscriber.closed) performance.unsubscribe();
        if (turn.watch !== null) {
          turn.watch.brings?.(subscriber, performance, this);
          turn.watch.waits(performance);
        }
      }
    } finally {
      exit();
    }
  }
}

function signalOf(options: { signal?: AbortSignal }): AbortSignal | undefined {
  const { signal } = ownOptions('promise', options);
  // One in the place of the options would have no effect.
  if ('aborted' in options) reject(TypeError, 'promise', 'options', '{ signal }', options);
  if (signal !== undefined) checkSignal('promise', 'signal', signal);
  return signal;
}

/** An operation that starts something when it is parked, and so is never ready. */
export abstract class Starting<T> extends Operation<T> {
  ready(): boolean {
    return false;
  }
  commit(): unknown {
    return undefined;
  }
  override get effectful(): boolean {
    return true;
  }
}

// ───────────────────────────────────────────────────────────── derived operations

/** All that `map`, `withTimeout` and `withSignal` leave as it is. */
abstract class Derived<S, T> extends Operation<T> {
  // Not `source`: that is RxJS's name for what an operator was applied to.
  protected readonly inner: Operation<S>;

  constructor(inner: Operation<S>) {
    super();
    this.inner = inner;
  }

  ready(): boolean {
    return this.inner.ready();
  }
  commit(): unknown {
    return this.inner.commit();
  }
  park(waiter: Waiter): void {
    this.inner.park(waiter);
  }
  override get effectful(): boolean {
    return this.inner.effectful;
  }
  override get asks(): boolean {
    return this.inner.asks;
  }
  override get wouldWait(): boolean {
    return this.inner.wouldWait;
  }
  override ended(): End | null {
    return this.inner.ended();
  }
  override restore(parcel: unknown): Rest | null {
    return this.inner.restore(parcel);
  }
}

class Mapped<S, T> extends Derived<S, T> {
  readonly #project: (value: S) => T;

  constructor(inner: Operation<S>, project: (value: S) => T) {
    super(inner);
    this.#project = project;
  }

  override open(parcel: unknown): T {
    return this.#project(this.inner.open(parcel));
  }
}

/** An operation that something else may withdraw. */
abstract class Limited<T> extends Derived<T, T> implements Limit {
  /** It is over before it has begun. */
  protected abstract get isOver(): boolean;
  abstract arm(expire: () => void): Unsubscribable;
  abstract error(): unknown;
  get expires(): boolean {
    return true;
  }

  override ready(): boolean {
    return this.isOver || this.inner.ready();
  }
  override commit(): unknown {
    return this.isOver ? new Expired(this.error()) : this.inner.commit();
  }
  override ended(): End | null {
    return this.isOver ? null : this.inner.ended();
  }
  override park(waiter: Waiter): void {
    new Guard(this, waiter).stand(this.inner);
  }
  override open(parcel: unknown): T {
    if (parcel instanceof Expired) throw parcel.error;
    return this.inner.open(parcel);
  }
  override restore(parcel: unknown): Rest | null {
    return parcel instanceof Expired ? null : this.inner.restore(parcel);
  }
}

class WithTimeout<T> extends Limited<T> {
  readonly #ms: number;

  constructor(inner: Operation<T>, ms: number) {
    super(inner);
    this.#ms = ms;
  }

  /** Without time, what cannot commit now has timed out; an effectful source has its chance when parked. */
  protected get isOver(): boolean {
    const { inner } = this;
    return this.#ms <= 0 && !inner.ready() && (!inner.effectful || inner.wouldWait);
  }
  override park(waiter: Waiter): void {
    if (this.#ms > 0) super.park(waiter);
    else new Guard(this, waiter).probe(this.inner);
  }
  override get expires(): boolean {
    return this.#ms < Infinity;
  }
  arm(expire: () => void): Unsubscribable {
    return after(this.#ms, expire);
  }
  error(): unknown {
    return new TimeoutError();
  }
}

class WithSignal<T> extends Limited<T> {
  readonly #signal: AbortSignal;

  constructor(inner: Operation<T>, signal: AbortSignal) {
    super(inner);
    this.#signal = signal;
  }

  protected get isOver(): boolean {
    return this.#signal.aborted;
  }
  arm(expire: () => void): Unsubscribable {
    return onAbort(this.#signal, expire);
  }
  error(): unknown {
    return this.#signal.reason;
  }
}

class Retried<T> extends Starting<T> {
  readonly #inner: Operation<T>;
  readonly #options: RetryOptions;

  constructor(inner: Operation<T>, options: RetryOptions) {
    super();
    this.#inner = inner;
    this.#options = options;
  }

  /** What has ended is not tried again, unless somebody is to be asked. */
  override ended(): End | null {
    return this.#options.when === undefined ? this.#inner.ended() : null;
  }
  override open(parcel: unknown): T {
    if (parcel instanceof End) throw parcel.error;
    return super.open(parcel);
  }
  park(waiter: Waiter): void {
    new Retrying(this.#inner, this.#options, waiter).stand();
  }
}
