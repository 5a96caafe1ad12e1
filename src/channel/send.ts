// The sending half of a channel: the operation, and the line of those who wait with a value in hand.

import { ClosedError, OverflowError } from '../base/errors.ts';
import { Line } from '../base/line.ts';
import { misplaced } from '../core/misuse.ts';
import { Operation } from '../core/operation.ts';
import { End } from '../core/outcome.ts';
import { enter, exit, PENDING, RESUMED, turn } from '../core/turn.ts';
import { type Running, takeRequest, type Waiter } from '../core/waiter.ts';
import type { Offered } from './bound.ts';
import type { UndeliveredReason } from './options.ts';

/** What became of a send that did not have to wait. */
export const ACCEPTED = undefined;
export const DROPPED = /* @__PURE__ */ Object.freeze({});
export const FULL = /* @__PURE__ */ Object.freeze({});

/** What a send asks of its channel. */
export interface Sink<T> {
  readonly name: string;
  readonly isClosed: boolean;
  readonly senders: Line<Waiter>;
  /** What is offered does not have to wait. */
  accepts(offered: Offered<T>): boolean;
  /** ACCEPTED, DROPPED, FULL, an End, or a Failure. */
  accept(value: T, offered: Offered<T>): unknown;
  lose(value: T, reason: UndeliveredReason): void;
  /** One who waited to send has left. */
  senderLeft(): void;
}

const DONE = /* @__PURE__ */ Object.freeze({ done: true as const, value: undefined });

/** Never clean: a send on a closed channel is an error, also where a receive would only be at its end. */
const SENT_TOO_LATE = /* @__PURE__ */ new End({ name: 'a closed channel' }, 'closed', 'sent too late');

export class Send<T> extends Operation<void> implements Offered<T> {
  readonly #sink: Sink<T>;
  readonly value: T;

  constructor(sink: Sink<T>, value: T) {
    super();
    this.#sink = sink;
    this.value = value;
  }

  ready(): boolean {
    return this.#sink.accepts(this);
  }
  commit(): unknown {
    return this.#sink.accept(this.value, this);
  }
  park(waiter: Waiter): void {
    waiter.request = this;
    this.#sink.senders.append(waiter);
  }
  override open(parcel: unknown): void {
    const sink = this.#sink;
    if (parcel === FULL) throw new OverflowError(sink.name, this.value);
    if (parcel instanceof End) {
      sink.lose(this.value, 'closed');
      throw new ClosedError(sink.name);
    }
    super.open(parcel);
  }
  override restore(parcel: unknown): null {
    if (parcel instanceof End) this.#sink.lose(this.value, 'closed');
    return null;
  }
  override ended(): End | null {
    return this.#sink.isClosed ? SENT_TOO_LATE : null;
  }

  /** @internal The same steps as every operation's, without a virtual call or an allocation on the way. */
  override next(signal?: unknown): IteratorResult<never, void> {
    const fiber = turn.current as Running | null;
    if (fiber === null || arguments.length === 0) throw misplaced();
    const sink = this.#sink;
    let parcel: unknown;
    if (signal === RESUMED) parcel = fiber.take();
    else if (--turn.fuel < 0 && fiber.pauses()) return PENDING;
    else if (sink.accepts(this)) parcel = sink.accept(this.value, this);
    else {
      this.park(fiber);
      return PENDING;
    }
    if (parcel !== ACCEPTED) this.open(parcel);
    return DONE;
  }

  override toString(): string {
    return `send on ${this.#sink.name}`;
  }
}

/**
 * Sends for a source that pushes, which cannot wait: `failed` is told what goes wrong, now or later. What need not wait is sent
 * without a subscription, which would take more than the send itself does.
 */
export function push(send: Operation<void>, failed: (error: unknown) => void): void {
  enter();
  try {
    if (!send.ready()) send.subscribe({ error: failed });
    else send.open(send.commit());
  } catch (error) {
    failed(error);
  } finally {
    exit();
  }
}

/** What `waiter` waited to send. */
export function valueOf(waiter: Waiter): unknown {
  return (takeRequest(waiter) as Offered<unknown>).value;
}

/** The line of those who wait to send. Whoever is withdrawn from it takes the value along: it was never the channel's. */
export class Senders<T> extends Line<Waiter> {
  readonly of: Sink<T>;

  constructor(sink: Sink<T>) {
    super();
    this.of = sink;
  }

  override leave(waiter: Waiter): null {
    super.leave(waiter);
    const value = valueOf(waiter) as T;
    if (!waiter.quiet) this.of.lose(value, 'withdrawn');
    this.of.senderLeft();
    return null;
  }

  override toString(): string {
    return `send on ${this.of.name}`;
  }
}
