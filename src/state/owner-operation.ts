// What one asks of a state owner, as operations: a read, a write, an update, and so on. Each says what its step does with the
// state (`start`), and what becomes of that (`conclude`); the serializer does the rest.

import { ClosedError, describe } from '../base/errors.ts';
import { misplaced } from '../core/misuse.ts';
import { Operation, Starting } from '../core/operation.ts';
import { End, Failure } from '../core/outcome.ts';
import { PENDING, RESUMED, turn } from '../core/turn.ts';
import type { Running, Waiter } from '../core/waiter.ts';
import { type Serializer, LATER } from './serializer.ts';

export abstract class OwnerOperation<S, R> extends Operation<R> {
  protected readonly serializer: Serializer<S>;

  constructor(serializer: Serializer<S>) {
    super();
    this.serializer = serializer;
  }

  /** For a person. */
  abstract readonly kind: string;
  /** Whether what `start` returns may be something to be waited for. */
  get mayWait(): boolean {
    return false;
  }
  /** The step: code of the user's. */
  abstract start(state: S): unknown;
  /** Proposes the next state, if there is one: the parcel. */
  abstract conclude(brought: unknown): unknown;

  ready(): boolean {
    return this.serializer.canServe;
  }
  commit(): unknown {
    return this.serializer.begin(this);
  }
  park(waiter: Waiter): void {
    this.serializer.admit(waiter, this);
  }
  override ended(): End | null {
    return this.serializer.end;
  }
  override open(parcel: unknown): R {
    if (parcel instanceof End) throw new ClosedError(this.serializer.name);
    return super.open(parcel);
  }

  /** The same steps as every operation's, without a virtual call or an allocation on the way. */
  override next(signal?: unknown): IteratorResult<never, R> {
    const fiber = turn.current as Running | null;
    if (fiber === null || arguments.length === 0) throw misplaced();
    if (signal === RESUMED) return { done: true, value: this.open(fiber.take()) };
    if (--turn.fuel < 0 && fiber.pauses()) return PENDING;
    const { serializer } = this;
    if (!serializer.canServe) return fiber.waitFor(this);
    const parcel = serializer.begin(this);
    if (parcel === LATER) return this.await(fiber);
    return {
      done: true,
      value: parcel instanceof Failure || parcel instanceof End ? this.open(parcel) : (parcel as R),
    };
  }

  /** The step has begun, and the running coroutine waits for what it brings; if that is there at once, it does not suspend. */
  await(fiber: Running): IteratorResult<never, R> {
    this.serializer.wait(fiber, this);
    return fiber.parkedAt(this);
  }

  override toString(): string {
    return `${this.kind} on ${this.serializer.name}`;
  }
}

export class Read<S, R> extends OwnerOperation<S, R> {
  readonly #project: (state: S) => R;

  constructor(serializer: Serializer<S>, project: (state: S) => R) {
    super(serializer);
    this.#project = project;
  }
  get kind(): string {
    return 'read';
  }
  start(state: S): unknown {
    return this.#project(state);
  }
  conclude(brought: unknown): unknown {
    return brought;
  }
}

export class Write<S> extends OwnerOperation<S, S> {
  readonly #next: S;

  constructor(serializer: Serializer<S>, next: S) {
    super(serializer);
    this.#next = next;
  }
  get kind(): string {
    return 'write';
  }
  start(): unknown {
    return this.#next;
  }
  conclude(brought: unknown): unknown {
    return this.serializer.propose(brought as S);
  }
}

export class CompareAndSet<S> extends OwnerOperation<S, boolean> {
  readonly #expected: S;
  readonly #next: S;

  constructor(serializer: Serializer<S>, expected: S, next: S) {
    super(serializer);
    this.#expected = expected;
    this.#next = next;
  }
  get kind(): string {
    return 'compareAndSet';
  }
  start(state: S): unknown {
    return this.serializer.equals(state, this.#expected);
  }
  conclude(isAsExpected: unknown): unknown {
    if (isAsExpected === true) this.serializer.propose(this.#next);
    return isAsExpected;
  }
}

/** A request whose step may take its time: it starts when it is parked. */
abstract class Stepwise<S, R> extends OwnerOperation<S, R> {
  override get mayWait(): boolean {
    return true;
  }
  override ready(): boolean {
    return this.serializer.end !== null;
  }
  override get effectful(): boolean {
    return true;
  }
}

export class Update<S> extends Stepwise<S, S> {
  readonly #step: (state: S) => unknown;

  constructor(serializer: Serializer<S>, step: (state: S) => unknown) {
    super(serializer);
    this.#step = step;
  }
  get kind(): string {
    return 'update';
  }
  start(state: S): unknown {
    return this.#step(state);
  }
  conclude(brought: unknown): unknown {
    return this.serializer.propose(brought as S);
  }
}

export class Modify<S, R> extends Stepwise<S, R> {
  readonly #step: (state: S) => unknown;

  constructor(serializer: Serializer<S>, step: (state: S) => unknown) {
    super(serializer);
    this.#step = step;
  }
  get kind(): string {
    return 'modify';
  }
  start(state: S): unknown {
    return this.#step(state);
  }
  conclude(brought: unknown): unknown {
    if (!Array.isArray(brought) || brought.length !== 2)
      throw new TypeError(`${String(this)}: a step must bring [next state, answer]; got ${describe(brought)}`);
    const [next, answer] = brought as [S, R];
    this.serializer.propose(next);
    return answer;
  }
}

/** Waits for a state. It has to look at the present one with code of the user's, and so it is never ready. */
export class When<S> extends Starting<S> {
  readonly #serializer: Serializer<S>;
  readonly #predicate: (state: S) => boolean;

  constructor(serializer: Serializer<S>, predicate: (state: S) => boolean) {
    super();
    this.#serializer = serializer;
    this.#predicate = predicate;
  }

  park(waiter: Waiter): void {
    this.#serializer.audience.watch(waiter, this.#predicate);
  }
  override open(parcel: unknown): S {
    if (parcel instanceof End) throw new ClosedError(this.#serializer.name);
    return super.open(parcel);
  }
  override ended(): End | null {
    const serializer = this.#serializer;
    return serializer.isOver && !this.#matches(serializer.value) ? serializer.end : null;
  }

  #matches(state: S): boolean {
    try {
      return this.#predicate(state);
    } catch {
      // It has not ended: it fails with what the predicate throws.
      return true;
    }
  }

  override toString(): string {
    return `when on ${this.#serializer.name}`;
  }
}
