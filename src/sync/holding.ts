// Work that runs while permits are held: acquires, works, and releases when the work has ended, its clean-up included.
//
//   in line ──► working ──the work ends────────────────────────► over: released, told
//      │           └──withdrawn──► cleaning ──it has ended─────► over: released
//      └──withdrawn──► over: nothing was taken
//
// Invariants:
//   1. every way from `working` and `cleaning` passes `#conclude` once, and that releases: what is still its own
//   2. once withdrawn, its user hears nothing; what the clean-up fails with is for those who wait for that, or reported
//
// The work of a function is one object for both: an operation, whose value is the last that the work brings, and subscribed an
// observable of all that it brings. Both are a `Holder`, and differ in whom it tells.

import { from, Observable, type ObservableInput, type Subscriber, type Unsubscribable } from 'rxjs';
import { describe } from '../base/errors.ts';
import { type Surroundings, surroundings } from '../core/ambient.ts';
import { Fiber, type FiberOwner } from '../core/fiber.ts';
import { bequeath } from '../core/heir.ts';
import { isCoroutine } from '../core/is-coroutine.ts';
import { type Coroutine, isOperation, type Operation, Starting } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { Patient } from '../core/patient.ts';
import { CleanUp } from '../core/clean-up.ts';
import { cleanUpOf } from '../core/rest.ts';
import { enter, exit, turn } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { partyOf, type Place, type Rest, type Waiter, withdraw } from '../core/waiter.ts';
import type { Permits } from './permits.ts';
import { Relayed } from './relay.ts';

/** What can be done while permits are held. */
export type HeldWork<T> = ObservableInput<T> | (() => Coroutine<T> | ObservableInput<T>);

/** Rejects, where it was written, what is neither a function nor an observable input. */
export function checkHeldWork(what: string, work: unknown): void {
  if (typeof work === 'function' || isOperation(work)) return;
  try {
    from(work as ObservableInput<unknown>);
  } catch {
    throw new TypeError(`${what}: work must be an observable input, or a function; got ${describe(work)}`);
  }
}

/** What is to be held, and what is to be done meanwhile. */
export interface Plan<T> {
  readonly name: string;
  readonly permits: Permits;
  readonly count: number;
  /** Takes them. */
  readonly acquire: Operation<void>;
  /** Gives them back. */
  readonly release: () => void;
  readonly work: HeldWork<T>;
}

/** An operation, if the work is a function. */
export function holding<T>(plan: Plan<T>): Observable<T> {
  if (typeof plan.work === 'function') return new Held(plan);
  const held: Observable<T> = new Observable((subscriber) => {
    new Emitting(plan, subscriber).subscribe(held);
  });
  return held;
}

class Held<T> extends Starting<T> {
  readonly #plan: Plan<T>;

  constructor(plan: Plan<T>) {
    super();
    this.#plan = plan;
  }

  override get streams(): boolean {
    return true;
  }
  override get wouldWait(): boolean {
    return !this.#plan.acquire.ready();
  }
  park(waiter: Waiter): void {
    new Bringing(this.#plan, waiter).stand();
  }
  protected override _subscribe(subscriber: Subscriber<T>): void {
    new Emitting(this.#plan, subscriber).subscribe(this);
  }
  override toString(): string {
    return this.#plan.name;
  }
}

/** One who holds permits: waits for them, and then for the work, in somebody's stead. */
abstract class Holder<T> extends Patient implements FiberOwner {
  readonly #plan: Plan<T>;
  /** Of whoever performs it: the work runs in them, whoever made room for it. */
  readonly #surroundings: Surroundings | null = surroundings();
  #phase: 'in line' | 'working' | 'cleaning' | 'telling' | 'over' = 'in line';
  /** What the work is: one of the two, or neither, if it could not be started. */
  #operation: Operation<T> | null = null;
  #body: Coroutine<T> | null = null;
  #fiber: Fiber | null = null;
  #cleanUp: CleanUp | null = null;

  constructor(plan: Plan<T>) {
    super();
    this.#plan = plan;
  }

  /** Its user has heard enough: nothing is to be brought any more. */
  protected abstract readonly isDeaf: boolean;
  /** The work has brought a value. The permits are still held. */
  protected abstract bring(value: T): void;
  /** The work has ended. The permits are still held; no user code runs. */
  protected abstract settleUser(failure: Failure | null): void;
  /** The permits are back. */
  protected abstract tellUser(failure: Failure | null): void;

  get name(): string {
    return this.#plan.name;
  }
  /** @internal What runs the work, if that is a coroutine. */
  get fiber(): Fiber | null {
    return this.#fiber;
  }

  // ───────────────────────────────────────────────────────────── beginning

  protected start(): void {
    if (this.#surroundings === null) this.#start();
    else this.#surroundings(() => this.#start());
  }

  #start(): void {
    const { acquire } = this.#plan;
    enter();
    try {
      if (acquire.ready()) {
        acquire.commit();
        this.#work();
      } else {
        acquire.park(this);
        turn.watch?.waits(this);
      }
    } finally {
      exit();
    }
  }

  #work(): void {
    this.#phase = 'working';
    this.#plan.permits.claim(this);
    if (this.#make(this.#plan.work)) this.#perform();
    else this.#conclude();
  }

  /** Calls what is to be called; false, and a failure, if that cannot be done. */
  #make(work: HeldWork<T>): boolean {
    try {
      const made = typeof work === 'function' ? work() : work;
      if (isCoroutine(made)) this.#body = made as Coroutine<T>;
      else if (isOperation(made) && !made.streams) this.#operation = made as Operation<T>;
      else this.#operation = new Relayed(from(made), { next: (value) => this.#bring(value as T) });
      return true;
    } catch (error) {
      this.parcel = new Failure(error);
      return false;
    }
  }

  #perform(): void {
    const operation = this.#operation;
    // The function itself may have had it withdrawn.
    if (this.#isLeft) this.#conclude();
    else if (operation === null) {
      this.#fiber = new Fiber(this);
      this.#fiber.run();
    } else if (operation.ready()) {
      this.parcel = operation.commit();
      this.#conclude();
    } else {
      operation.park(this);
      turn.watch?.waits(this);
    }
  }

  #bring(value: T): void {
    if (this.#surroundings === null) this.bring(value);
    else this.#surroundings(() => this.bring(value));
  }

  // ───────────────────────────────────────────────────────────── ending

  begin(): Coroutine<unknown> {
    const body = this.#body as Coroutine<T>;
    this.#body = null;
    return body;
  }
  resolved(value: unknown): void {
    this.parcel = value;
    this.#conclude();
  }
  failed(error: unknown): void {
    this.resolved(new Failure(error));
  }
  stopped(): void {
    this.resolved(undefined);
  }

  /** It has the permits, or what it has waited for under them. */
  proceed(): void {
    if (this.#surroundings === null) this.#hear();
    else this.#surroundings(() => this.#hear());
  }

  #hear(): void {
    if (this.#phase === 'in line') this.#work();
    // Withdrawn after it was served, and before it heard of it.
    else if (this.#phase === 'over') this.#giveBack();
    else this.#conclude();
  }

  restore(parcel: unknown): Rest | null {
    return this.#operation === null || parcel instanceof Failure ? null : this.#operation.restore(parcel);
  }

  get #isLeft(): boolean {
    return this.#phase === 'cleaning';
  }

  #conclude(): void {
    enter();
    try {
      if (this.#isLeft) this.#concludeUnheard();
      else this.#concludeHeard();
    } finally {
      exit();
    }
  }

  #concludeHeard(): void {
    this.#phase = 'telling';
    const failure = this.#open() ?? this.#refusal();
    this.settleUser(failure);
    this.#phase = 'over';
    this.#giveBack();
    this.tellUser(failure);
  }

  #concludeUnheard(): void {
    const { parcel } = this;
    this.parcel = undefined;
    this.#phase = 'over';
    const failure = parcel instanceof Failure ? parcel : this.#refusal();
    if (!(parcel instanceof Failure) && parcel !== undefined) this.#operation?.restore(parcel);
    this.#giveBack();
    if (this.#cleanUp !== null) this.#cleanUp.end(failure ?? undefined);
    else if (failure !== null) reportUnhandled(failure.error);
  }

  /** Brings what the work has brought; what it failed with, if it did. */
  #open(): Failure | null {
    const { parcel } = this;
    const operation = this.#operation;
    this.parcel = undefined;
    if (parcel instanceof Failure) return parcel;
    try {
      if (operation === null) this.bring(parcel as T);
      else if (operation instanceof Relayed) operation.open(parcel);
      else if (this.isDeaf) operation.restore(parcel);
      else this.bring(operation.open(parcel));
    } catch (error) {
      return new Failure(error);
    }
    return null;
  }

  get #isOurs(): boolean {
    return this.#plan.permits.belongsTo(this, this.#fiber, partyOf(this));
  }

  /** Why they cannot be given back: the work has done it itself, with permits that are all alike. */
  #refusal(): Failure | null {
    const { permits, count, release } = this.#plan;
    if (!this.#isOurs || permits.held >= count) return null;
    try {
      release();
    } catch (error) {
      return new Failure(error);
    }
    return null;
  }

  #giveBack(): void {
    const { permits, count, release } = this.#plan;
    if (this.#isOurs && permits.held >= count) release();
  }

  // ───────────────────────────────────────────────────────────── withdrawing

  /** Its user has left: what is to be waited for by those who must not go on before. */
  protected abandon(): Rest | null {
    enter();
    try {
      if (this.#phase === 'in line') this.#leaveLine();
      else if (this.#phase === 'working') this.#leaveWork();
    } finally {
      exit();
    }
    return this.#phase === 'cleaning' ? this.#cleanUp : null;
  }

  #leaveLine(): void {
    this.#phase = 'over';
    withdraw(this);
  }

  #leaveWork(): void {
    const fiber = this.#fiber;
    this.#phase = 'cleaning';
    const cleanUp = new CleanUp(this);
    if (fiber !== null) fiber.cancel();
    // Otherwise its function is being called, or it is about to be told.
    else if (this.place !== null) this.#leaveOperation();
    if (this.#isLeft) this.#cleanUp = cleanUp;
  }

  #leaveOperation(): void {
    const rest = cleanUpOf(withdraw(this));
    if (rest === null) this.#conclude();
    else rest.park(this);
  }
}

/** Tells a subscriber all that the work emits. */
class Emitting<T> extends Holder<T> implements Unsubscribable {
  readonly #subscriber: Subscriber<T>;

  constructor(plan: Plan<T>, subscriber: Subscriber<T>) {
    super(plan);
    this.#subscriber = subscriber;
  }

  subscribe(to: Observable<T>): void {
    if (this.#subscriber.closed) return;
    this.#subscriber.add(this);
    turn.watch?.brings?.(this.#subscriber, this, to);
    this.start();
  }

  protected get isDeaf(): boolean {
    return this.#subscriber.closed;
  }
  protected bring(value: T): void {
    this.#subscriber.next(value);
  }
  protected settleUser(): void {
    // It hears when the permits are back.
  }
  protected tellUser(failure: Failure | null): void {
    if (failure === null) this.#subscriber.complete();
    else this.#subscriber.error(failure.error);
  }

  unsubscribe(): void {
    bequeath(this.abandon(), this.#subscriber);
  }
}

/** The place of one who waits for the last value of the work: undefined, if it brings none. */
class Bringing<T> extends Holder<T> implements Place {
  readonly #user: Waiter;
  #last: T | undefined = undefined;
  #isSettled = false;

  constructor(plan: Plan<T>, user: Waiter) {
    super(plan);
    this.#user = user;
  }

  stand(): void {
    this.#user.place = this;
    this.start();
  }

  override get quiet(): boolean {
    return this.#user.quiet;
  }
  get party(): object {
    return partyOf(this.#user);
  }
  protected get isDeaf(): boolean {
    return this.#user.place !== this;
  }
  protected bring(value: T): void {
    this.#last = value;
  }
  protected settleUser(failure: Failure | null): void {
    // It may have been withdrawn by what makes the value of what the work has brought.
    if (this.isDeaf) return;
    this.#isSettled = true;
    this.#user.place = null;
    this.#user.settle(failure ?? this.#last);
  }
  protected tellUser(): void {
    if (this.#isSettled) this.#user.tell();
  }

  leave(user: Waiter): Rest | null {
    user.place = null;
    return this.abandon();
  }

  override toString(): string {
    return this.place === null ? this.name : `${this.name}: ${String(this.place)}`;
  }
}
