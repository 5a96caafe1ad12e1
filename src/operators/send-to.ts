import type { MonoTypeOperatorFunction } from 'rxjs';
import { checkLimit } from '../base/checks.ts';
import { OverflowError } from '../base/errors.ts';
import { Ring } from '../base/ring.ts';
import { asCause } from '../channel/channel-from.ts';
import type { SendChannel } from '../channel/channel.ts';
import { Demand } from '../core/demand.ts';
import { operate } from './operate.ts';

export interface SendToOptions {
  /** How many values a source that pushes may run ahead of the channel (default Infinity). Anything but an integer >= 0 or Infinity: RangeError. */
  maxBacklog?: number;
  /** Closes the channel when the source completes, and with its error when it errs. */
  close?: boolean;
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
 * Completes when all have been accepted. Errs with `ClosedError` when the channel is closed, with the source's error at
 * once, and with `OverflowError` when a value arrives while `maxBacklog` others wait behind the one that is being sent.
 * Unsubscribing withdraws the value that is being sent, and forgets those behind it.
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
export function sendTo<T>(channel: SendChannel<T>, options: SendToOptions = {}): MonoTypeOperatorFunction<T> {
  const { maxBacklog = Infinity, close = false } = options;
  checkLimit('sendTo', 'maxBacklog', maxBacklog, 0);
  return operate((destination) => {
    // Of a source that can be pulled, the next value is wanted when the last one has been accepted.
    const demand = new Demand();
    // Values that wait behind the one that is being sent.
    const backlog = new Ring<T>();
    let sending = false;
    let completed = false;
    // The loop below is running: what is accepted at once goes on there, so that nothing recurses.
    let looping = false;

    const send = (value: T): void => {
      sending = true;
      destination.add(
        channel.send(value).subscribe({
          next: () => {
            sending = false;
            destination.next(value);
            loop();
          },
          error: (error: unknown) => destination.error(error),
        }),
      );
    };
    const loop = (): void => {
      if (looping) return;
      looping = true;
      while (!sending && backlog.size > 0 && !destination.closed) send(backlog.shift());
      looping = false;
      if (destination.closed) return;
      demand.set(!sending);
      if (!completed || sending) return;
      if (close) channel.close();
      destination.complete();
    };

    return {
      demand,
      next(value) {
        if (sending && backlog.size >= maxBacklog) {
          throw new OverflowError(`sendTo(${(channel as { name?: string }).name ?? 'channel'})`, value);
        }
        backlog.push(value);
        loop();
      },
      error(error) {
        if (close) channel.close(asCause(error));
        destination.error(error);
      },
      complete() {
        completed = true;
        loop();
      },
    };
  });
}
