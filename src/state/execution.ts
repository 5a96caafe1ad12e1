// The serving of one request for one who waits.

import type { Surroundings } from '../core/ambient.ts';
import type { Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { Patient } from '../core/patient.ts';
import { CleanUp } from '../core/clean-up.ts';
import { partyOf, type Place, type Rest, Standing, type Waiter } from '../core/waiter.ts';
import type { OwnerOperation } from './owner-operation.ts';
import type { Serializer } from './serializer.ts';
import { bringing } from './step.ts';

/**
 * The place of the one who asked; and itself a waiter, for what the step has returned. One whose step did not take its time
 * serves the next request as well.
 */
export class Execution<S> extends Patient implements Place {
  readonly of: Serializer<S>;
  #request: OwnerOperation<S, unknown> | null = null;
  #operation: Operation<unknown> | null = null;
  /** Who asked; null once served, or gone. */
  #user: Waiter | null = null;
  /** As its user is, also while that one leaves. */
  #quiet = false;
  /** Of whoever asked: the step runs in them. */
  #surroundings: Surroundings | null = null;

  constructor(serializer: Serializer<S>) {
    super();
    this.of = serializer;
  }

  begin(request: OwnerOperation<S, unknown>, user: Waiter, own: Surroundings | null): this {
    this.#surroundings = own;
    this.#request = request;
    this.#quiet = user.quiet;
    this.#user = user;
    user.place = this;
    return this;
  }

  /** Whether it is as new. Precondition: it has ended. */
  end(): boolean {
    this.#request = null;
    return this.#operation === null;
  }

  /** @internal For those who look on: who asked, if that one still waits. */
  get asker(): object | null {
    return this.#user === null ? null : partyOf(this.#user);
  }
  /** Somebody still waits for the outcome. */
  get isWanted(): boolean {
    return this.#user !== null;
  }
  override get quiet(): boolean {
    return this.#quiet;
  }

  /** Waits for what the step has returned. */
  stand(brought: object): void {
    const operation = (this.#operation = bringing(brought));
    if (operation.ready()) {
      this.settle(operation.commit());
      this.tell();
    } else operation.park(this);
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
    this.parcel = undefined;
    this.of.arrived(this, this.#request as OwnerOperation<S, unknown>, () =>
      (this.#operation as Operation<unknown>).open(parcel),
    );
  }

  /** Lets the one who asked go. */
  release(): Waiter | null {
    const user = this.#user;
    this.#user = null;
    if (user !== null) user.place = null;
    return user;
  }

  leave(waiter: Waiter): Rest | null {
    waiter.place = null;
    this.#user = null;
    return this.of.abandoned(this);
  }

  override toString(): string {
    return this.place === null
      ? String(this.#request)
      : `${String(this.#request)}, whose step waits: ${this.place.toString()}`;
  }
}

/** The clean-up of a step that was withdrawn; the owner waits for it too. */
export class StepCleanUp extends CleanUp {
  readonly cleaner: Waiter = new Cleaner(this);
  readonly #ended: () => void;

  constructor(ended: () => void) {
    super({ name: 'a step' });
    this.#ended = ended;
  }

  override end(parcel: unknown): void {
    super.end(parcel);
    this.#ended();
  }
}

/** Waits for the end of the clean-up, in the owner's name. */
class Cleaner extends Standing {
  readonly #remains: StepCleanUp;

  constructor(remains: StepCleanUp) {
    super();
    this.#remains = remains;
  }

  tell(): void {
    this.#remains.end(this.parcel);
  }
}
