import type { MonoTypeOperatorFunction, Subscriber, Unsubscribable } from 'rxjs';
import { checkHooks, checkLimit, checkMethod, ownOptions } from '../base/checks.ts';
import { OverflowError } from '../base/errors.ts';
import { Ring } from '../base/ring.ts';
import { asCause } from '../channel/channel-from.ts';
import type { SendChannel } from '../channel/channel.ts';
import type { UndeliveredReason } from '../channel/options.ts';
import { ownHooks } from '../core/ambient.ts';
import { Demand } from '../core/demand.ts';
import { isOperation, type Operation } from '../core/operation.ts';
import { enter, exit } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { type Handlers, operate } from './operate.ts';

export interface SendToOptions<T> {
  /** How many values a source that pushes may run ahead of the channel (default Infinity). Anything but an integer >= 0 or Infinity: RangeError. */
  maxBacklog?: number;
  /** Closes the channel when the source completes, and with its error when it errs; after what waits. */
  close?: boolean;
  /** Called for every value that was still waiting to be sent: `closed` if the channel was closed, `cancelled` if the subscriber has left. */
  onUndelivered?: (value: T, reason: UndeliveredReason) => void;
}

/**
 * Sends every value to `channel`, in order, one at a time; emits each one when it was accepted.
 *
 * ```
 * source               abc|
 * receive on channel   --x-x-x
 * sendTo(channel)      --a-b-(c|)
 * ```
 *
 * Completes when all have been accepted. The source's error comes then, too, and so does `OverflowError`, when a value arrives
 * while `maxBacklog` others wait behind the one that is being sent: the source is unsubscribed, and what waits is still sent.
 * Errs with `ClosedError` when the channel is closed; what waits is reported to `onUndelivered` then (`closed`). Unsubscribing
 * withdraws the value that is being sent, which is the channel's to report, and reports those behind it (`cancelled`).
 *
 * A source that can be pulled (a channel, `mergeSelect`, `channelFrom`, `boundedBuffer`) is asked for the next value when
 * the last one has been accepted: backpressure goes through.
 *
 * ![sendTo in marbles](../../marbles/operators/send-to.svg)
 *
 * @example
 * ```ts
 * source.pipe(sendTo(orders, { close: true })).subscribe();
 * ```
 */
export function sendTo<T>(channel: SendChannel<T>, given: SendToOptions<T> = {}): MonoTypeOperatorFunction<T> {
  checkMethod('sendTo', 'channel', channel, 'send', 'a channel');
  const options = ownOptions('sendTo', given);
  const { maxBacklog = Infinity } = options;
  checkLimit('sendTo', 'maxBacklog', maxBacklog, 0);
  checkHooks('sendTo', options, 'onUndelivered');
  return operate((destination, leave) => new Sending(channel, { ...options }, destination, leave));
}

/** One subscription: one value is being sent, others wait behind it, and the end comes after them. */
class Sending<T> implements Handlers<T> {
  /** Of a source that can be pulled, the next value is wanted when the last one has been accepted. */
  readonly demand = new Demand();
  readonly #channel: SendChannel<T>;
  readonly #options: SendToOptions<T>;
  readonly #destination: Subscriber<T>;
  readonly #leave: () => void;
  readonly #backlog = new Ring<T>();
  #sending: 'no' | 'yes' | Unsubscribable = 'no';
  /** How the source has ended. */
  #end: { readonly failed: boolean; readonly error?: unknown } | null = null;
  /** The loop below is running: what is accepted at once goes on there, so that nothing recurses. */
  #looping = false;

  /** `options` are its own. */
  constructor(channel: SendChannel<T>, options: SendToOptions<T>, destination: Subscriber<T>, leave: () => void) {
    this.#channel = channel;
    this.#options = ownHooks(options, 'onUndelivered');
    this.#destination = destination;
    this.#leave = leave;
  }

  next(value: T): void {
    if (this.#sending !== 'no' && this.#backlog.size >= (this.#options.maxBacklog ?? Infinity)) {
      this.#leave();
      const { name = 'channel' } = this.#channel as { readonly name?: string };
      this.error(new OverflowError(`sendTo(${name})`, value));
      return;
    }
    this.#backlog.push(value);
    this.#loop();
  }
  error(error: unknown): void {
    this.#end = { failed: true, error };
    this.#loop();
  }
  complete(): void {
    this.#end = { failed: false };
    this.#loop();
  }

  #loop(): void {
    if (this.#looping) return;
    this.#looping = true;
    const backlog = this.#backlog;
    const destination = this.#destination;
    while (this.#sending === 'no' && backlog.size > 0 && !destination.closed) this.#send(backlog.shift());
    this.#looping = false;
    if (destination.closed) return;
    this.demand.set(this.#sending === 'no');
    if (this.#end !== null && this.#sending === 'no') this.#finish(this.#end);
  }

  #send(value: T): void {
    this.#sending = 'yes';
    const operation = this.#channel.send(value);
    if (!isOperation(operation) || !this.#sendAtOnce(operation, value)) this.#subscribe(operation, value);
  }

  /** If it can be sent now. A subscription would take more than the send itself does. */
  #sendAtOnce(operation: Operation<void>, value: T): boolean {
    enter();
    try {
      if (!operation.ready()) return false;
      this.#committed(operation, operation.commit(), value);
    } finally {
      exit();
    }
    return true;
  }

  #committed(operation: Operation<void>, parcel: unknown, value: T): void {
    this.#sending = 'no';
    try {
      operation.open(parcel);
    } catch (error) {
      this.#destination.error(error);
      return;
    }
    try {
      this.#destination.next(value);
    } catch (error) {
      // Not an observer's error, which RxJS keeps from us, but that of a Subscriber written by hand.
      reportUnhandled(error);
    }
  }

  #subscribe(operation: Operation<void>, value: T): void {
    const sending = operation.subscribe({
      next: () => {
        this.#sending = 'no';
        this.#destination.next(value);
        this.#loop();
      },
      error: (error: unknown) => {
        this.#sending = 'no';
        this.#destination.error(error);
      },
    });
    if ((this.#sending as string) === 'no') return;
    this.#sending = sending;
    // Whoever was told in that call has made it leave.
    if (this.#destination.closed) this.finalize();
  }

  #finish({ failed, error }: { readonly failed: boolean; readonly error?: unknown }): void {
    const { close = false } = this.#options;
    if (failed) {
      if (close) this.#channel.close(asCause(error));
      this.#destination.error(error);
    } else {
      if (close) this.#channel.close();
      this.#destination.complete();
    }
  }

  finalize(): void {
    if (typeof this.#sending === 'object') this.#sending.unsubscribe();
    const reason = this.#channel.isClosed ? 'closed' : 'cancelled';
    while (this.#backlog.size > 0) this.#lose(this.#backlog.shift(), reason);
  }

  #lose(value: T, reason: UndeliveredReason): void {
    try {
      this.#options.onUndelivered?.(value, reason);
    } catch (error) {
      reportUnhandled(error);
    }
  }
}
