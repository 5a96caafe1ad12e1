// What travels from a commit to the one who waited is a *parcel*: the value itself, or one of the marks below, which no user
// ever holds, so that every value is an ordinary value. The operation that was performed opens its parcel: `Operation.open`.

import { ClosedError } from '../base/errors.ts';

/** The performance failed. */
export class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** A source of values has ended: closed and drained, or cancelled. One object for all who meet it. */
export class End {
  readonly how: 'closed' | 'cancelled';
  readonly #source: { readonly name: string };
  readonly #cause: unknown;
  /** Made when first asked for. */
  #closed: ClosedError | null = null;

  /** `cause`: anything but undefined is what receivers fail with. */
  constructor(source: { readonly name: string }, how: 'closed' | 'cancelled', cause?: unknown) {
    this.#source = source;
    this.how = how;
    this.#cause = cause;
  }

  /** Closed without a cause: nothing went wrong. */
  get clean(): boolean {
    return this.#cause === undefined;
  }

  /** What one who needs a value fails with: the same object for all, since a million may learn of it in one step. */
  get error(): unknown {
    return this.#cause === undefined ? (this.#closed ??= new ClosedError(this.#source.name)) : this.#cause;
  }
}
