// What may withdraw an operation before it commits: a deadline, a signal.

import type { Unsubscribable } from 'rxjs';
import type { Operation } from './operation.ts';
import { Failure } from './outcome.ts';
import { enter, exit } from './turn.ts';
import { partyOf, type Place, type Rest, Standing, type Waiter, withdraw } from './waiter.ts';

/** The parcel of one that was withdrawn: limits nest, and each fails with its own error. */
export class Expired extends Failure {}

export interface Limit {
  /** Calls `expire` when it is over, never in this call; what it returns calls that off. */
  arm(expire: () => void): Unsubscribable;
  /** What the withdrawn operation fails with. */
  error(): unknown;
  /** It may be over some time. */
  readonly expires: boolean;
}

/** Waits for the source in its user's stead: the user's place, and a waiter itself. */
export class Guard extends Standing implements Place {
  readonly #limit: Limit;
  readonly #user: Waiter;
  #armed: Unsubscribable | null = null;

  constructor(limit: Limit, user: Waiter) {
    super();
    this.#limit = limit;
    this.#user = user;
  }

  override get quiet(): boolean {
    return this.#user.quiet;
  }
  get party(): object {
    return partyOf(this.#user);
  }
  get expires(): boolean {
    return this.#limit.expires;
  }

  stand(inner: Operation<unknown>): void {
    this.#user.place = this;
    // Before the source: of an outer and an inner deadline at the same moment, the outer comes first.
    this.#armed = this.#limit.arm(() => this.#expire());
    inner.park(this);
  }

  /** The same where there is no time at all. */
  probe(inner: Operation<unknown>): void {
    this.#user.place = this;
    inner.park(this);
    if (this.#user.place === this) this.#expire();
  }

  #disarm(): void {
    this.#armed?.unsubscribe();
    this.#armed = null;
    this.#user.place = null;
  }

  #expire(): void {
    const user = this.#user;
    enter();
    try {
      this.#disarm();
      user.settle(new Expired(this.#limit.error()));
      const rest = withdraw(this);
      if (rest !== null) user.linger(rest);
      user.tell();
    } finally {
      exit();
    }
  }

  override settle(parcel: unknown): void {
    this.#disarm();
    this.#user.settle(parcel);
  }
  override linger(rest: Rest): void {
    this.#user.linger(rest);
  }
  tell(): void {
    this.#user.tell();
  }

  leave(): Rest | null {
    this.#disarm();
    return withdraw(this);
  }

  override toString(): string {
    return this.place?.toString() ?? 'nothing';
  }
}
