// Requests as messages, and how an owner answers those who do not wait: by a future, or not at all.

import { checkFunction } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { Future } from '../core/future.ts';
import type { Operation } from '../core/operation.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { Standing } from '../core/waiter.ts';
import { Cancelled } from './serializer.ts';
import type { StateOwner } from './state-owner.ts';
import type { Step } from './step.ts';

/** A request to a state owner as a message; `response` settles when it was served. Made by `request.read`, `write`, `update`. */
export interface StateRequest<S, R> {
  readonly kind: 'read' | 'write' | 'update';
  readonly response: Future<R>;
  /** @internal */
  readonly asks?: (owner: StateOwner<S>) => Operation<R>;
}

const names = /* @__PURE__ */ new Names('response');

class Response<R> extends Future<R> {
  readonly #number = names.draw();

  get name(): string {
    return names.spell(this.#number);
  }
}

class Message<S, R> implements StateRequest<S, R> {
  readonly kind: 'read' | 'write' | 'update';
  readonly response: Future<R> = new Response<R>();
  readonly asks: (owner: StateOwner<S>) => Operation<R>;
  /** Whether it has been given to an owner. */
  sent = false;

  constructor(kind: 'read' | 'write' | 'update', asks: (owner: StateOwner<S>) => Operation<R>) {
    this.kind = kind;
    this.asks = asks;
  }
}

/**
 * Requests to a state owner as messages, for streams of them: `requests$.subscribe(owner)`.
 *
 * ```
 * requests   -r-w-r-
 * responses  -0-5-5-
 * ```
 *
 * They do what the owner's methods of the same name do, in one line with those. `response` is a future: it resolves when the
 * request was served, and is rejected with what the step failed with, with `OverflowError` where the owner had no room, with
 * `ClosedError` where it had ended; it is cancelled when the owner is. A message is served once: given to an owner twice, it
 * is a TypeError, thrown there.
 *
 * @example
 * ```ts
 * const owner = stateOwner(0);
 * const read = request.read((n: number) => n);
 * of(request.write(5), read).subscribe(owner);
 * read.response.subscribe(console.log); // 5
 * ```
 */
export const request: {
  /** Answers `project` of the state. */
  read<S, R>(project: (state: S) => R): StateRequest<S, R>;
  /** Makes `next` the state, and answers the state that is kept. */
  write<S>(next: S): StateRequest<S, S>;
  /** Makes what `step` brings the state, and answers it. */
  update<S>(step: (state: S) => Step<S>): StateRequest<S, S>;
} = {
  read(project) {
    checkFunction('request.read', 'project', project);
    return new Message('read', (owner) => owner.read(project));
  },
  write: <S>(next: S) => new Message<S, S>('write', (owner) => owner.write(next)),
  update<S>(step: (state: S) => Step<S>) {
    checkFunction('request.update', 'step', step);
    return new Message<S, S>('update', (owner) => owner.update(step));
  },
};

/** Takes a message from whoever sends it. @throws TypeError if it is none, or was sent before. */
export function receive<S>(message: StateRequest<S, unknown>, name: string): Required<StateRequest<S, unknown>> {
  const known = message as Partial<Message<S, unknown>> | null | undefined;
  if (typeof known?.asks !== 'function')
    throw new TypeError(`${name}: next takes what request.read, write and update make; got ${describe(message)}`);
  if (known.sent === true)
    throw new TypeError(`${name}: this ${message.kind} request was sent before; make a new one for each`);
  known.sent = true;
  return known as Message<S, unknown>;
}

/** Waits for an operation for somebody who does not. */
abstract class Letter extends Standing {
  readonly operation: Operation<unknown>;

  constructor(operation: Operation<unknown>) {
    super();
    this.operation = operation;
  }

  abstract resolved(value: unknown): void;
  abstract failed(error: unknown): void;
  abstract cancelled(error: unknown): void;

  tell(): void {
    const { parcel } = this;
    this.parcel = undefined;
    if (parcel instanceof Cancelled) this.cancelled(parcel.error);
    else this.#open(parcel);
  }

  #open(parcel: unknown): void {
    let value: unknown;
    try {
      value = this.operation.open(parcel);
    } catch (error) {
      this.failed(error);
      return;
    }
    this.resolved(value);
  }
}

/** Answers a message. */
export class Reply extends Letter {
  readonly #response: Future<unknown>;

  constructor(operation: Operation<unknown>, response: Future<unknown>) {
    super(operation);
    this.#response = response;
  }
  resolved(value: unknown): void {
    this.#response.conclude('resolved', value);
  }
  failed(error: unknown): void {
    this.#response.conclude('rejected', error);
  }
  cancelled(error: unknown): void {
    this.#response.conclude('cancelled', error);
  }
}

/** For one who wants no answer: only failures are reported. That the owner was cancelled is none. */
export class Notice extends Letter {
  resolved(): void {
    // Nobody asked.
  }
  failed(error: unknown): void {
    reportUnhandled(error);
  }
  cancelled(): void {
    // Whoever cancels an owner gives up what was told to it.
  }
}
