// One run of a user's handler, from its call to the end of its clean-up.
//
//   called ──► running ──it ends by itself──────────────────► over: `ended`
//                 └──stop()──► cleaning up ──that has ended──► over: `cleaned`
//
// Invariant: exactly one of `ended` and `cleaned` is called, once; nothing is emitted after it, or after `stop()`.

import { from, type ObservableInput } from 'rxjs';
import type { Surroundings } from '../core/ambient.ts';
import { has } from '../core/async-iterator.ts';
import { isCoroutine } from '../core/is-coroutine.ts';
import { type Coroutine, isOperation, type Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { Patient } from '../core/patient.ts';
import { CleanUp } from '../core/clean-up.ts';
import { cleanUpOf } from '../core/rest.ts';
import { enter, exit, turn } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { until } from '../core/until.ts';
import { type Rest, withdraw } from '../core/waiter.ts';
import { Relayed } from '../sync/relay.ts';
import { CoroutineOperation } from '../task/coroutine.ts';

/** What a handler returns. A promise or an operation brings one value, a coroutine what it yields, or else what it returns; everything else what it emits. */
export type Handled<R> = ObservableInput<R> | Coroutine<R>;

export abstract class Run<R> extends Patient {
  #operation: Operation<R> | null = null;
  readonly #surroundings: Surroundings | null;
  #state: 'new' | 'running' | 'stopped' | 'over' = 'new';
  /** It is a coroutine that has emitted by `yield`. */
  #hasYielded = false;
  /** Of one that was stopped: made when somebody waits for it. */
  #cleanUp: CleanUp | null = null;

  /** Its handler runs in `surroundings`, whoever's end made room for it. */
  constructor(surroundings: Surroundings | null) {
    super();
    this.#surroundings = surroundings;
  }

  /** Calls the handler. */
  protected abstract call(): Handled<R>;
  /** It has brought a value. */
  protected abstract emitted(value: R): void;
  /** It is over, by itself. */
  protected abstract ended(failure: Failure | null): void;
  /** It was stopped, and has cleaned up. */
  protected abstract cleaned(): void;

  /** Calls the handler, and waits for what it returns. */
  run(): void {
    enter();
    try {
      if (this.#isStopped) this.#clean();
      else if (this.#surroundings === null) this.#perform();
      else this.#surroundings(() => this.#perform());
    } finally {
      exit();
    }
  }

  #perform(): void {
    this.#state = 'running';
    try {
      this.#operation = this.#operationOf(this.call());
    } catch (error) {
      this.parcel = new Failure(error);
      this.proceed();
      return;
    }
    const operation = this.#operation;
    // The handler itself may have had it stopped.
    if (this.#isStopped) this.#clean();
    else if (operation.ready()) {
      this.parcel = operation.commit();
      this.proceed();
    } else {
      operation.park(this);
      turn.watch?.waits(this);
    }
  }

  #operationOf(made: Handled<R>): Operation<R> {
    if (isCoroutine(made))
      return new CoroutineOperation(
        () => made as Coroutine<R>,
        (value) => this.#yielded(value as R),
      );
    if (isOperation(made) && !made.streams) return made as Operation<R>;
    if (has(made, 'then')) return until(made);
    return new Relayed(from(made), this);
  }

  /** What it relays has emitted. */
  next(value: unknown): void {
    if (this.#surroundings === null) this.emitted(value as R);
    else this.#surroundings(() => this.emitted(value as R));
  }

  #yielded(value: R): void {
    this.#hasYielded = true;
    try {
      if (!this.#isStopped) this.emitted(value);
    } catch (error) {
      // Not an observer's error, which RxJS keeps from us, but that of a Subscriber written by hand.
      reportUnhandled(error);
    }
  }

  /** It has ended by itself, or has been stopped and has cleaned up. */
  get isOver(): boolean {
    return this.#state === 'over';
  }
  get #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  restore(parcel: unknown): Rest | null {
    return this.#operation === null || parcel instanceof Failure ? null : this.#operation.restore(parcel);
  }

  proceed(): void {
    if (this.#surroundings === null) this.#hear();
    else this.#surroundings(() => this.#hear());
  }

  #hear(): void {
    const { parcel } = this;
    const operation = this.#operation;
    this.parcel = undefined;
    if (this.#isStopped) {
      if (!(parcel instanceof Failure)) operation?.restore(parcel);
      this.#clean(parcel);
      return;
    }
    // Before it emits: one whose only value has come is not to be stopped by those who have enough of it.
    this.#state = 'over';
    let failure: Failure | null = null;
    try {
      if (operation === null || operation instanceof Relayed) throwIfFailed(parcel);
      else {
        const value = operation.open(parcel);
        if (!this.#hasYielded) this.emitted(value);
      }
    } catch (error) {
      failure = new Failure(error);
    }
    this.ended(failure);
  }

  #clean(parcel?: unknown): void {
    this.#state = 'over';
    this.cleaned();
    if (this.#cleanUp !== null) this.#cleanUp.end(parcel instanceof Failure ? parcel : undefined);
    else if (parcel instanceof Failure) reportUnhandled(parcel.error);
  }

  /** What it leaves to be done, if it was stopped: for those who must not go on before. */
  get remains(): Rest | null {
    return this.#isStopped ? (this.#cleanUp ??= new CleanUp({ name: 'a handler', cleans: this })) : null;
  }

  /** Gives it up: nothing is emitted from now on. Before it runs: its handler will not be called. */
  stop(): void {
    if (this.#isStopped || this.isOver) return;
    this.#state = 'stopped';
    // Otherwise its handler is still to be called, or is being called, or it is about to be told.
    if (this.place === null) return;
    enter();
    try {
      const rest = cleanUpOf(withdraw(this));
      if (rest === null) this.#clean();
      else rest.park(this);
    } finally {
      exit();
    }
  }
}

function throwIfFailed(parcel: unknown): void {
  if (parcel instanceof Failure) throw parcel.error;
}
