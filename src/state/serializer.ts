// The serializer of a state owner: where requests are served, one at a time, in order of arrival.
//
//   idle ──► stepping ──the step brought a state, or failed──► idle │ due
//               │ ▲                                              (due: who waits is served before this library call returns)
//               ▼ │
//            waiting ──withdrawn, and the step's clean-up takes time──► cleaning ──► idle │ due
//
// Invariants (`check()` asserts them):
//   1. idle  =>  nobody waits; so a request that finds the serializer idle has been overtaken by nobody, and overtakes nobody
//   2. stepping: code of the user's runs (a step, `equal`). What it asks of this owner waits until it has returned
//   3. waiting or cleaning  =>  there is an execution; idle or due  =>  there is none
//   4. the state changes in `#settle` and nowhere else: after the step, and before anybody is told
//   5. over  =>  idle, or cancelled: nothing more will be committed or told
//
// One line serves methods and messages. With a capacity, those that stand behind that many others have not asked yet: they
// stand in the same line, since whoever asks first is served first, and they are not counted.

import { CancelledError } from '../base/errors.ts';
import { Line } from '../base/line.ts';
import { type Surroundings, surroundings } from '../core/ambient.ts';
import { End, Failure } from '../core/outcome.ts';
import { cleanUpOf, joinRests } from '../core/rest.ts';
import { afterwards, type Duty } from '../core/turn.ts';
import { type Place, type Rest, settleLine, tellAll, takeRequest, type Waiter, withdraw } from '../core/waiter.ts';
import type { OwnerOperation } from './owner-operation.ts';
import { Audience, type Finale, type Stage } from './audience.ts';
import { Execution, StepCleanUp } from './execution.ts';
import { isPending, NO_STATE } from './step.ts';

/** `begin` gives this back when the step brings its state later. */
export const LATER = /* @__PURE__ */ Object.freeze({});

const UNCHANGED = /* @__PURE__ */ Object.freeze({});

/** The parcel of those who waited, or were being served, when the owner was cancelled. */
export class Cancelled extends Failure {}

export class Serializer<S> implements Stage<S>, Duty {
  readonly name: string;
  readonly capacity: number;
  readonly audience: Audience<S> = new Audience<S>(this);
  value: S;
  /** What requests find from `complete`, `error` or `cancel` on. */
  end: End | null = null;
  readonly #line = new Requests(this);
  readonly #equal: (a: S, b: S) => boolean;
  readonly #changed: (() => void) | undefined;
  #phase: 'idle' | 'due' | 'stepping' | 'waiting' | 'cleaning' = 'idle';
  #execution: Execution<S> | null = null;
  /** One that can be used again. */
  #ended: Execution<S> | null = null;
  /** What a step has returned that is to be waited for. */
  #pending: object | null = null;
  /** The next state, of a request that has not been settled. */
  #proposal: unknown = UNCHANGED;
  #finale: Finale | null = null;
  /** What waiting and running requests fail with, once the owner was cancelled. */
  #cancelled: Cancelled | null = null;
  /** Requests that were settled, and are told of it when all listeners have been. */
  #untold = 0;
  /** The loop that serves the line is running. */
  #serving = false;

  /** `changed` is called whenever somebody came or went, or the state has changed. */
  constructor(
    name: string,
    value: S,
    capacity: number,
    equal: (a: S, b: S) => boolean,
    changed: (() => void) | undefined,
  ) {
    this.name = name;
    this.value = value;
    this.capacity = capacity;
    this.#equal = equal;
    this.#changed = changed;
  }

  get isIdle(): boolean {
    return this.#phase === 'idle';
  }
  /** Ready: a request would not wait for others, or has come too late. */
  get canServe(): boolean {
    return this.#phase === 'idle' || this.end !== null;
  }
  /** A message would have to wait where there is no room. */
  get isFull(): boolean {
    return this.#phase !== 'idle' && this.#line.size >= this.capacity;
  }
  get isOver(): boolean {
    if (this.#finale === null || this.audience.isTelling || this.#untold > 0) return false;
    return this.#phase === 'idle' || this.#cancelled !== null;
  }
  get isCancelled(): boolean {
    return this.#cancelled !== null;
  }
  /** What is waited for before the next can be served; null if that is nothing. */
  get execution(): Place | null {
    return this.#phase === 'waiting' ? this.#execution : null;
  }
  /** A request is being served. */
  get isBusy(): boolean {
    return this.#phase === 'stepping' || this.#phase === 'waiting';
  }
  /** Those who wait to be served, or to ask. */
  get waiting(): number {
    return this.#line.size;
  }

  // ───────────────────────────────────────────────────────────── what steps do

  equals(a: S, b: S): boolean {
    return this.#equal(a, b);
  }

  /** Makes `next` the state of this step, unless it is equal to the present one: the state that will be. May throw. */
  propose(next: S): S {
    if (this.#equal(this.value, next)) return this.value;
    this.#proposal = next;
    return next;
  }

  // ───────────────────────────────────────────────────────────── serving at once

  /** Serves `request` for one who does not wait: its parcel, or LATER. Precondition: isOpenTo. */
  begin(request: OwnerOperation<S, unknown>): unknown {
    if (this.end !== null) return this.end;
    const own = surroundings();
    return own === null ? this.#begin(request) : own(() => this.#begin(request));
  }

  #begin(request: OwnerOperation<S, unknown>): unknown {
    this.#phase = 'stepping';
    let parcel: unknown;
    try {
      const brought = request.start(this.value);
      if (request.mayWait && isPending(brought)) {
        this.#pending = brought;
        parcel = LATER;
      } else parcel = request.conclude(brought);
    } catch (error) {
      parcel = new Failure(error);
    }
    // By the step itself.
    if (this.#cancelled !== null) {
      this.#pending = null;
      parcel = this.#cancelled;
    }
    return parcel === LATER ? LATER : this.#settle(null, parcel);
  }

  /** Has `waiter` wait for what the step of `request` returned. Precondition: `begin` has just returned LATER. */
  wait(waiter: Waiter, request: OwnerOperation<S, unknown>): void {
    this.#wait((this.#execution = this.#spare().begin(request, waiter, surroundings())), this.#pending as object);
  }

  /** Serves `request`, or puts it in line. Precondition: no end. */
  admit(waiter: Waiter, request: OwnerOperation<S, unknown>): void {
    const own = surroundings();
    waiter.request = own === null ? request : new RequestWithin(request, own);
    if (this.#phase !== 'idle') {
      this.#line.append(waiter);
      return;
    }
    this.#serve(waiter);
    this.perform();
  }

  // ───────────────────────────────────────────────────────────── serving the line

  /** Serves those who wait, until a step takes its time. */
  perform(): void {
    if (this.#serving) return;
    this.#serving = true;
    while (this.#phase === 'due') {
      const waiter = this.#line.shift();
      if (waiter === null) this.#phase = 'idle';
      else this.#serve(waiter);
    }
    this.#serving = false;
    this.audienceChanged();
  }

  #serve(waiter: Waiter): void {
    const request = takeRequest(waiter) as OwnerOperation<S, unknown> | RequestWithin<S>;
    if (!(request instanceof RequestWithin)) this.#serveWithin(null, waiter, request);
    else request.surroundings(() => this.#serveWithin(request.surroundings, waiter, request.request));
  }

  #serveWithin(own: Surroundings | null, waiter: Waiter, request: OwnerOperation<S, unknown>): void {
    const execution = (this.#execution = this.#spare().begin(request, waiter, own));
    this.#phase = 'stepping';
    let brought: unknown;
    try {
      brought = request.start(this.value);
    } catch (error) {
      this.#settle(execution, new Failure(error));
      return;
    }
    if (request.mayWait && isPending(brought) && execution.isWanted) this.#wait(execution, brought);
    else this.#conclude(execution, request, brought);
  }

  #spare(): Execution<S> {
    const spare = this.#ended;
    this.#ended = null;
    return spare ?? new Execution(this);
  }

  #wait(execution: Execution<S>, brought: object): void {
    this.#phase = 'waiting';
    this.#pending = null;
    this.#changed?.();
    execution.stand(brought);
  }

  /** What `execution` waited for has come. */
  arrived(execution: Execution<S>, request: OwnerOperation<S, unknown>, operation: () => unknown): void {
    if (this.#execution !== execution) return;
    let brought: unknown;
    try {
      brought = operation();
    } catch (error) {
      this.#settle(execution, new Failure(error));
      this.perform();
      return;
    }
    this.#conclude(execution, request, brought);
    this.perform();
  }

  #conclude(execution: Execution<S>, request: OwnerOperation<S, unknown>, brought: unknown): void {
    this.#phase = 'stepping';
    let parcel: unknown = this.value;
    try {
      if (brought !== NO_STATE) parcel = request.conclude(brought);
    } catch (error) {
      parcel = new Failure(error);
    }
    this.#settle(execution, parcel);
  }

  /** The one place where the state changes. Tells everybody of it; then the one who asked, if that one waited: `execution`. */
  #settle(execution: Execution<S> | null, parcel: unknown): unknown {
    const proposal = this.#proposal;
    this.#proposal = UNCHANGED;
    const user = execution?.release() ?? null;
    // Withdrawn, or cancelled, by the code of the step: it changes nothing.
    const stands = execution === null || user !== null;
    if (stands && proposal !== UNCHANGED && !(parcel instanceof Failure)) {
      this.value = proposal as S;
      this.audience.announce(this.value);
    }
    this.#execution = null;
    this.#untold++;
    this.#rest();
    user?.settle(parcel);
    this.audience.tellAll();
    user?.tell();
    this.#untold--;
    // One who did not wait is told when this has returned, and listeners of the end after that.
    if (this.end !== null) afterwards(this);
    if (execution?.end() === true) this.#ended = execution;
    return parcel;
  }

  /** Nothing runs any more. */
  #rest(): void {
    if (this.#line.first === null) this.#phase = 'idle';
    else {
      this.#phase = 'due';
      if (!this.#serving) afterwards(this);
    }
    this.audienceChanged();
  }

  // ───────────────────────────────────────────────────────────── withdrawing

  /** Its user has left `execution`. The next one runs when the step has been cleaned up. */
  abandoned(execution: Execution<S>): Rest | null {
    // The step is told by nobody; what it returns is thrown away.
    if (this.#phase === 'stepping') return null;
    const rest = withdraw(execution);
    // What it lends is for the one who left, if that is a coroutine, and nothing to wait for here.
    const own = cleanUpOf(rest);
    if (own === null) {
      this.#goOn();
      return rest;
    }
    this.#phase = 'cleaning';
    const remains = new StepCleanUp(() => this.#goOn());
    own.park(remains.cleaner);
    return own === rest ? remains : joinRests([remains, rest]);
  }

  /** Not here and now: this may be in the middle of a select that leaves its lines. */
  #goOn(): void {
    this.#execution = null;
    this.#phase = 'due';
    if (!this.#serving) afterwards(this);
  }

  // ───────────────────────────────────────────────────────────── ending

  close(finale: Finale): void {
    if (this.end !== null) return;
    this.end = new End(this, 'closed');
    this.#finale = finale;
    this.audienceChanged();
  }

  cancel(reason: unknown): void {
    if (this.isOver) return;
    this.end ??= new End(this, 'closed');
    this.#finale = { how: 'cancelled' };
    const lost = (this.#cancelled ??= new Cancelled(new CancelledError(this.name, reason)));
    const settled: Waiter[] = [];
    const running = this.#execution?.release() ?? null;
    if (running !== null) {
      running.settle(lost);
      settled.push(running);
      this.abandoned(this.#execution as Execution<S>);
    }
    settleLine(this.#line, lost, settled);
    tellAll(settled);
    this.audienceChanged();
  }

  audienceChanged(): void {
    if (this.isOver) this.audience.finish(this.#finale as Finale);
    this.#changed?.();
  }

  // ───────────────────────────────────────────────────────────── for a person

  get state(): string {
    if (this.end === null) return this.#phase === 'due' ? 'idle' : this.#phase;
    return this.isOver ? (this.#finale as Finale).how : 'ending';
  }

  check(): void {
    const fail = (what: string): never => {
      throw new Error(`${this.name}: ${what}`);
    };
    this.#line.check();
    this.audience.check();
    if (this.#line.size !== this.#line.count()) fail('the number of those who wait is wrong');
    if (this.#phase === 'idle' && this.#line.first !== null) fail('somebody waits beside an idle serializer');
    if (
      this.#phase !== 'stepping' &&
      (this.#phase === 'waiting' || this.#phase === 'cleaning') !== (this.#execution !== null)
    )
      fail(`${this.#phase}, and ${this.#execution === null ? 'nothing is' : 'something is'} executed`);
    if (this.#phase === 'waiting' && this.#execution?.isWanted === false) fail('a step runs for nobody');
    if (this.#pending !== null && this.#phase !== 'stepping') fail('what a step returned was forgotten');
    if (this.#proposal !== UNCHANGED && this.#phase !== 'stepping') fail('a proposal was forgotten');
    if (this.isOver && this.audience.first !== null) fail('somebody listens to what has ended');
  }
}

/** What one asks, and in which context. */
class RequestWithin<S> {
  readonly request: OwnerOperation<S, unknown>;
  readonly surroundings: Surroundings;

  constructor(request: OwnerOperation<S, unknown>, own: Surroundings) {
    this.request = request;
    this.surroundings = own;
  }
}

/** The line of those who wait to be served. */
class Requests extends Line<Waiter> {
  size = 0;
  readonly of: { readonly name: string };

  constructor(serializer: { readonly name: string }) {
    super();
    this.of = serializer;
  }

  override append(waiter: Waiter): void {
    super.append(waiter);
    this.size++;
  }
  override shift(): Waiter | null {
    const waiter = super.shift();
    if (waiter !== null) this.size--;
    return waiter;
  }
  override leave(waiter: Waiter): null {
    super.leave(waiter);
    waiter.request = undefined;
    this.size--;
    return null;
  }
  override toString(): string {
    return `a request to ${this.of.name}`;
  }
}
