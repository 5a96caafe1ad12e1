// One delivery of one message, as a lease.
//
//   leased ──ack()──► acked, and told until that is confirmed
//      ├──nack(), or leaseMs have run out──► told once; a dead letter beyond maxAttempts
//      ├──release()──► told once
//      └──the engine's end──► told once
//
// Invariant: a delivery ends once; from then on every method but `release` is stale.

import { TimeoutError } from 'rxjs';
import { describe, StaleDeliveryError } from '../base/errors.ts';
import type { EngineDelivery } from '../engine/engine.ts';
import type { NackOptions } from '../queue/lease.ts';
import type { Message } from './message.ts';

/** Who lends messages. */
export interface Lender {
  readonly name: string;
  readonly leaseMs: number;
  acked(message: Message): Promise<boolean>;
  nacked(message: Message, delay: number, error: unknown): void;
  released(message: Message): void;
}

export class RemoteDelivery<T> implements EngineDelivery<T> {
  readonly value: T;
  readonly attempt: number;
  readonly id: string;
  /** Whether its ack was confirmed; null before it is acked. */
  confirmed: Promise<boolean> | null = null;
  readonly #lender: Lender;
  readonly #message: Message;
  #ended: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(lender: Lender, message: Message, value: T) {
    this.#lender = lender;
    this.#message = message;
    this.value = value;
    this.attempt = message.attempt;
    this.id = message.id;
    this.#start();
  }

  #start(): void {
    const { leaseMs } = this.#lender;
    // A timer that is longer than that fires at once.
    if (leaseMs > 2_147_483_647) return;
    this.#timer = setTimeout(() => {
      this.#end('has run out');
      this.#lender.nacked(this.#message, 0, new TimeoutError());
    }, leaseMs);
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #end(how: string): void {
    if (this.#ended !== null) throw new StaleDeliveryError(this.#lender.name, this.#ended);
    this.#ended = how;
    this.#stop();
  }

  ack(): void {
    this.#end('was acked');
    this.confirmed = this.#lender.acked(this.#message);
  }

  nack(options: NackOptions = {}): void {
    const { delay = 0, error } = options;
    if (typeof delay !== 'number' || !(delay >= 0 && delay < Infinity)) {
      throw new RangeError(`${this.#lender.name}: nack: delay must be a number of ms >= 0; got ${describe(delay)}`);
    }
    this.#end('was nacked');
    this.#lender.nacked(this.#message, delay, error);
  }

  extend(): void {
    if (this.#ended !== null) throw new StaleDeliveryError(this.#lender.name, this.#ended);
    this.#stop();
    this.#start();
  }

  release(): void {
    if (this.#ended !== null) return;
    this.#end('was released');
    this.#lender.released(this.#message);
  }

  /** Ends it, and tells nobody. */
  abandon(): void {
    this.#ended ??= 'was released';
    this.#stop();
  }

  toString(): string {
    return `delivery ${this.attempt} of ${this.#lender.name} (${this.#ended ?? 'leased'})`;
  }
}
