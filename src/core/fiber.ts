// A fiber runs the body of a coroutine: a generator that waits with `yield* operation`.
//
// It is its own node in every line it waits in, so that waiting allocates nothing. Where it stands is its state:
//
//      new ──► ready ──► running ──► ended            place: turn.ready │ null, running │ any other: waiting │ null, ended
//                ▲          │
//                └─ waiting ◄┘
//
// Invariants:
//   1. it waits at one place at a time; running or ended, at none
//   2. a commit is final: a fiber that was settled is resumed with its parcel, also when it is cancelled meanwhile
//   3. a body is told to return once; from then on it is cleaning: it waits undisturbed, and further cancels change nothing
//   4. `#body` is the generator that is resumed: cleaning, the innermost of those that have not ended; those around it are
//      known to the Unwinding
//
// Cancelling is a `return` at the point where the body waits, so that `finally` blocks run and `catch` blocks do not. A body
// that waits in generators of its own is taken apart for that: see `unwind.ts`.
//   waiting     leaves its place; what that place has to clean up first is waited for; then returns
//   lingering   was settled, and what was withdrawn for that cleans up: with an outcome as if it were ready; with a deadline, an
//               abort, as if it waited
//   ready       was settled, or cut by the budget: goes on from there, and is cancelled (`asked`) at its next `yield*`,
//               which is not performed: where it was cut, the one at which it stands
//   running     the same
//   new         the body never runs
//
// Nesting is not data, and nothing recurses with it: beyond a depth, a coroutine that is started by the one that waits for it
// runs when that one has stopped, and before all others; and one that is cancelled with the one that waits for it is cancelled
// by a loop further out, before anybody else hears of it.

import { describe } from '../base/errors.ts';
import type { Surroundings } from './ambient.ts';
import { drain, spent } from './drain.ts';
import { Expired } from './guard.ts';
import { isStrange, resume } from './is-coroutine.ts';
import { Lingering } from './rest.ts';
import { misused } from './misuse.ts';
import type { Coroutine } from './operation.ts';
import { Failure } from './outcome.ts';
import { PENDING, RESUMED, turn } from './turn.ts';
import { disarm, isProbed, RETURNED, returnInto, type Unwinder, Unwinding } from './unwind.ts';
import { type Awaited, type Place, type Rest, type Running, type Waiter, withdraw } from './waiter.ts';

/** Who started it and learns how it ends. Exactly one of the three is called, once. */
export interface FiberOwner {
  readonly name: string;
  /** Makes the body, when it is time to run. What it throws fails the fiber. */
  begin(): Coroutine<unknown>;
  resolved(value: unknown): void;
  failed(error: unknown): void;
  /** Cancelled, and cleaned up. */
  stopped(): void;
  /** Takes what a plain `yield` yields. Where there is no such thing, that is an error. Never throws. */
  readonly yielded?: ((value: unknown) => void) | undefined;
  /** What it belongs to: whoever waits for that waits for it. */
  readonly group?: object;
}

/** How many coroutines inside each other start, or are cancelled, by recursion. */
const DEEPEST = 64;

/** Resumes a body with `return`. */
const RETURN = /* @__PURE__ */ Object.freeze({});

export class Fiber implements Running, Unwinder {
  place: Place | null = null;
  before: Fiber | null = null;
  after: Fiber | null = null;
  request: unknown = undefined;
  parcel: unknown = undefined;
  readonly owner: FiberOwner;
  /** An Unwinding: cleaning, with more to see to than its body. */
  #phase: 'new' | 'alive' | 'asked' | 'cleaning' | 'ended' | Unwinding = 'new';
  #body: Coroutine<unknown> | null = null;
  /** What `isStrange` says of the body; not asked of one of those it waits in. */
  #strange = false;
  /** The context in which it was started: it runs in that one, whoever wakes it. */
  readonly #surroundings: Surroundings | null = turn.ambient === null ? null : turn.ambient();
  /** What the body is resumed with; undefined performs the `yield*` it stopped at. */
  #signal: unknown = undefined;

  constructor(owner: FiberOwner) {
    this.owner = owner;
    turn.drain ??= drain;
    turn.watch?.started(this);
  }

  get quiet(): boolean {
    return false;
  }
  get asleep(): boolean {
    return false;
  }
  get ended(): boolean {
    return this.#phase === 'ended';
  }
  /** @internal */
  get surroundings(): Surroundings | null {
    return this.#surroundings;
  }
  /** @internal */
  get body(): Coroutine<unknown> | null {
    return this.#body;
  }
  /** @internal Cancelled, and not yet at its end. */
  get isCleaning(): boolean {
    return this.#phase === 'cleaning' || this.#phase instanceof Unwinding;
  }

  /** Gets in line to run for the first time. */
  start(): void {
    turn.ready.append(this);
  }

  settle(parcel: unknown): void {
    this.parcel = parcel;
    turn.ready.append(this);
    turn.watch?.woken?.(this);
  }

  waitFor<T>(operation: Awaited<T>): IteratorResult<never, T> {
    if (this.place !== null) throw misused(this, operation);
    operation.park(this);
    return (this.place as unknown) === turn.ready ? this.parkedAt(operation) : PENDING;
  }

  parkedAt<T>(operation: Awaited<T>): IteratorResult<never, T> {
    // What starts as it is parked may also have cancelled the one who waits for it.
    if ((this.place as unknown) !== turn.ready || this.#signal === RETURN) return PENDING;
    turn.ready.leave(this);
    return { done: true, value: operation.open(this.take()) };
  }

  returnedFrom(operation: Awaited<unknown>): void {
    if (isProbed()) disarm();
    else if (this.place !== null) throw misused(this, operation);
  }

  /** Its outcome stands, and it hears of it when `rest` has ended. Precondition: in line to run, or lingering already. */
  linger(rest: Rest): void {
    const { place } = this;
    if (!(place instanceof Lingering)) turn.ready.leave(this);
    (place instanceof Lingering ? place : new Lingering(this)).stand([rest]);
  }

  tell(): void {
    // It learns of its parcel when it runs.
  }

  take(): unknown {
    const parcel = this.parcel;
    this.parcel = undefined;
    return parcel;
  }

  run(): void {
    const outer = turn.current;
    turn.current = this;
    turn.watch?.steps?.(this);
    // Its next `yield*` has to look whether it may go on.
    if (this.#phase === 'asked') turn.fuel = 0;
    if (this.#surroundings === null) this.#step();
    else this.#surroundings(() => this.#step());
    turn.current = outer;
    // The outer one may have been cancelled meanwhile.
    if (outer !== null) turn.fuel = 0;
  }

  /** Runs the body to its next wait, or to its end, of which the owner is told. */
  #step(): void {
    const before = this.#phase;
    let result: IteratorReturnResult<unknown> | null;
    try {
      result = this.#advance();
    } catch (error) {
      this.#failed(error);
      return;
    }
    if (result === null) return;
    const phase = this.#phase;
    if (phase === 'alive' || phase === 'asked') {
      this.#end();
      this.owner.resolved(result.value);
    } else this.#cleaned(phase === before, result.value);
  }

  #failed(error: unknown): void {
    const phase = this.#phase;
    if (phase instanceof Unwinding) {
      phase.fail(error);
      this.#unwind(phase);
    } else {
      this.#end();
      this.owner.failed(error);
    }
  }

  /** A generator that was returned has ended, with `value`. */
  #cleaned(hasWaited: boolean, value: unknown): void {
    if (value !== RETURNED) turn.watch?.swallowed?.(this);
    const phase = this.#phase;
    if (phase instanceof Unwinding) {
      if (hasWaited) phase.endedWith(value, this.owner.name);
      this.#unwind(phase);
    } else {
      this.#end();
      this.owner.stopped();
    }
  }

  /** What the body ended with; null: it waits. */
  #advance(): IteratorReturnResult<unknown> | null {
    const body = (this.#body ??= this.#begin());
    const signal = this.#signal;
    this.#signal = RESUMED;
    return this.#drive(signal === RETURN ? this.#return(body) : resume(body, this.#strange, signal));
  }

  #begin(): Coroutine<unknown> {
    this.#phase = 'alive';
    const body = this.owner.begin();
    this.#strange = isStrange(body);
    return body;
  }

  /** The same, of a body that has got as far as `result`. */
  #drive(result: IteratorResult<never, unknown>): IteratorReturnResult<unknown> | null {
    for (;;) {
      if (result.done === true) return result;
      const body = this.#body as Coroutine<unknown>;
      if (result !== PENDING) result = this.#afterYield(body, result.value);
      else if (this.#signal === RETURN && this.place === null) result = this.#return(body);
      else break;
    }
    turn.watch?.waits(this);
    return null;
  }

  /** The body goes on from a plain `yield`, unless whoever takes the value has had it cancelled. */
  #afterYield(body: Coroutine<unknown>, value: unknown): IteratorResult<never, unknown> {
    const { owner } = this;
    if (owner.yielded === undefined) return body.throw(plainYield(owner.name, value));
    owner.yielded(value);
    if (this.#phase !== 'asked') return resume(body, this.#strange, undefined);
    this.#clean();
    return this.#return(body);
  }

  /** Cancels the body where it waits: returns the innermost of its generators. */
  #return(body: Coroutine<unknown>): IteratorResult<never, unknown> {
    this.#signal = RESUMED;
    const rest = this.take();
    if (rest instanceof Failure) this.#phase = new Unwinding(rest);
    let result = returnInto(body, this);
    while (result === null) result = returnInto(this.#body as Coroutine<unknown>, this);
    return result;
  }

  enclosed(body: Coroutine<unknown>, inner: Coroutine<unknown>): void {
    this.#unwinding.enclose(body);
    this.#body = inner;
    this.#strange = false;
  }
  blinded(): void {
    this.#unwinding.goBlind();
  }
  get #unwinding(): Unwinding {
    const phase = this.#phase;
    return phase instanceof Unwinding ? phase : (this.#phase = new Unwinding(null));
  }

  /** One of its generators has ended: returns the one around it, until one waits. A loop, however many there are. */
  #unwind(unwinding: Unwinding): void {
    for (let body = unwinding.next(); body !== null; body = unwinding.next()) {
      this.#body = body;
      this.#strange = false;
      try {
        const result = this.#drive(unwinding.return(body));
        if (result === null) return;
        if (result.value !== RETURNED) turn.watch?.swallowed?.(this);
      } catch (error) {
        unwinding.fail(error);
      }
    }
    this.#end();
    if (unwinding.failure === null) this.owner.stopped();
    else this.owner.failed(unwinding.failure.error);
  }

  #end(): void {
    this.#phase = 'ended';
    this.#body = null;
    // It iterated an operation by other means than yield*.
    if (this.place !== null) withdraw(this);
    turn.watch?.ended(this);
  }

  pauses(): boolean {
    if (this.place !== null) throw misused(this);
    if (this.#phase === 'asked') {
      this.#clean();
      return true;
    }
    if (!spent()) return false;
    this.#signal = undefined;
    turn.ready.prepend(this);
    return true;
  }

  #clean(): void {
    this.#phase = 'cleaning';
    this.#signal = RETURN;
  }

  cancel(): void {
    turn.watch?.cancelled?.(this);
    if (turn.cancelling === DEEPEST) {
      turn.deeper.push(this);
      return;
    }
    turn.cancelling++;
    try {
      this.cancelNow();
      if (turn.cancelling === DEEPEST) while (turn.deeper.length > 0) cancelAll();
    } finally {
      turn.cancelling--;
    }
  }

  /** @internal */
  cancelNow(): void {
    if (this.#phase === 'new') {
      withdraw(this);
      this.#end();
      this.owner.stopped();
    } else if (this.#phase !== 'alive') {
      // Asked before, cleaning, or ended.
    } else if (this.place === null || (this.place as unknown) === turn.ready || this.#hasWhatItWaitedFor) {
      this.#phase = 'asked';
      // It may be running, also where it is in line: at a wait that was settled as it was parked.
      turn.fuel = 0;
    } else {
      const rest = withdraw(this);
      this.#clean();
      if (rest === null) turn.ready.append(this);
      else rest.park(this);
    }
  }

  /** Settled with something that must not be lost, a value or an error, and only lingering. */
  get #hasWhatItWaitedFor(): boolean {
    return this.place instanceof Lingering && !(this.parcel instanceof Expired);
  }

  toString(): string {
    const { name } = this.owner;
    if (this.#phase === 'ended') return `${name}, ended`;
    if (this.place === null) return `${name}, running`;
    return (this.place as unknown) === turn.ready ? `${name}, ready` : `${name}, waiting: ${this.place.toString()}`;
  }
}

/** Runs `fiber` at once, for `waiter`, who waits for it. */
export function launch(fiber: Fiber, waiter: Waiter): void {
  if (turn.starting === DEEPEST && waiter === (turn.current as unknown)) {
    turn.ready.prepend(fiber);
    return;
  }
  turn.starting++;
  fiber.run();
  turn.starting--;
}

/** Those that are deeper still come to stand behind them. */
function cancelAll(): void {
  const { deeper } = turn;
  turn.deeper = [];
  for (const fiber of deeper) fiber.cancelNow();
}

function plainYield(name: string, value: unknown): TypeError {
  return new TypeError(`${name}: a coroutine waits with yield* and with nothing else; it got yield ${describe(value)}`);
}
