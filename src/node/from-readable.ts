// A channel that reads a stream.
//
// Invariants (`check()` asserts them):
//   1. the stream is read only while somebody waits, or the buffer has room
//   2. while the channel is open, `error` and `close` of the stream are listened to; when the stream has closed, nothing is
//
//   reading ──end──► closed          reading ──error, or close before the end──► closed, with the cause
//      └──cancel()──► cancelled, and the stream destroyed
//
// A stream of objects is in paused mode: it says `readable`, and we take one by one what we have room for. A stream of bytes would
// there join all that it holds, which copies them; so it flows, and is paused in the midst of its `data` when there is no more
// room. Neither goes through promises, as `for await` does, and a stream that errs before anybody asks is no uncaught exception.

import process from 'node:process';
import type { Readable } from 'node:stream';
import { asCause } from '../channel/channel-from.ts';
import { Channel } from '../channel/channel.ts';
import type { ChannelOptions } from '../channel/options.ts';
import { push } from '../channel/send.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { enter, exit } from '../core/turn.ts';
import type { Waiter } from '../core/waiter.ts';
import { checkOptions, checkReadable } from './checks.ts';
import { hush } from './ear.ts';
import { streamError } from './stream-errors.ts';

/**
 * What a Readable brings, as a channel: paced by who receives.
 *
 * ```
 * stream            a-b-c|
 * receive           --x----x--x--x
 * fromReadable
 *   receives        --a----b--c--|
 * ```
 *
 * It reads ahead as much as its capacity (1 unless told), beyond what the stream itself keeps (`highWaterMark`). The stream's end
 * closes the channel; its error is the close cause; a stream that is destroyed before its end: an error of code
 * `ERR_STREAM_PREMATURE_CLOSE`. All of these come after what was read before. From the call on, an error of the stream is the
 * channel's, and never an uncaught exception.
 *
 * `cancel()` destroys the stream, at once, also while it is idle, or has ended with values left in the channel. Chunks that the channel has taken and nobody will receive reach
 * `onUndelivered`. Leaving a `for await` or `forEach` early does not cancel: the rest can still be received.
 *
 * @example
 * ```ts
 * yield* forEach(fromReadable<Buffer>(createReadStream(path)), function* (chunk) {
 *   yield* write(socket, chunk);
 * });
 * ```
 */
export function fromReadable<T>(readable: Readable, options: ChannelOptions<T> = {}): ReceiveChannel<T> {
  checkReadable('fromReadable', readable);
  return new ReadableChannel(readable, { capacity: 1, ...checkOptions('fromReadable', options) });
}

export class ReadableChannel<T> extends Channel<T> {
  readonly #readable: Readable;
  #state: 'reading' | 'over' = 'reading';
  /** It was read once: from then on it says when there is more. */
  #asked = false;
  /** The loop below is running: what a read brings about goes on there. */
  #feeding = false;

  constructor(readable: Readable, options: ChannelOptions<T>) {
    super(options);
    this.#readable = readable;
    readable.on('error', this.#onError);
    readable.on('close', this.#onClose);
    if (readable.readableEnded) this.#onEnd();
    else if (readable.errored) this.fail(readable.errored);
    // It says so before it emits its error and `close`, in a tick that is on its way.
    else if (readable.closed) process.nextTick(this.#onClose);
    else this.#feed();
    if (readable.closed && this.#state === 'over') process.nextTick(this.#forget);
  }

  /** Whoever waits may be served at once. */
  override get effectful(): boolean {
    return true;
  }

  override park(waiter: Waiter): void {
    super.park(waiter);
    this.#feed();
  }

  override take(): unknown {
    const value = super.take();
    if (!this.#feeding) this.#feed();
    return value;
  }

  /** Whether one more is read that nobody has asked for. */
  protected hasRoom(): boolean {
    return this.size < this.capacity && this.senders.first === null;
  }

  /** Reads on, if there is reason to. */
  feedMore(): void {
    this.#feed();
  }

  /** Reads what there is room for. */
  readonly #feed = (): void => {
    if (this.#feeding || this.#state === 'over') return;
    this.#feeding = true;
    enter();
    try {
      if (this.#readable.readableObjectMode) this.#pull();
      else if (this.#wants()) this.#flow();
    } finally {
      this.#feeding = false;
      exit();
    }
  };

  #wants(): boolean {
    return this.#state === 'reading' && (this.hasRoom() || this.wanted());
  }

  #pull(): void {
    const readable = this.#readable;
    if (!this.#asked && this.#wants()) this.#ask('readable', this.#feed);
    while (this.#wants()) {
      const value = readable.read() as T | null;
      if (value === null) return;
      this.#accept(value);
    }
    // Full: but a stream that has nothing left is to find out, and say so.
    if (this.#asked && this.#state === 'reading' && readable.readableLength === 0) readable.read(0);
  }

  #flow(): void {
    if (!this.#asked) this.#ask('data', this.#onData);
    this.#readable.resume();
  }

  readonly #onData = (chunk: T): void => {
    enter();
    try {
      this.#accept(chunk);
    } finally {
      // Those who wait for more get in line here.
      exit();
      if (this.#state === 'reading' && !this.#wants()) this.#readable.pause();
    }
  };

  #ask(event: string, listener: (chunk: T) => void): void {
    this.#asked = true;
    this.#readable.on('end', this.#onEnd);
    this.#readable.on(event, listener);
  }

  /** By weight or by key it may have to wait for room, or where somebody else lets the stream flow. */
  #accept(chunk: T): void {
    push(this.send(chunk), this.#refused);
  }

  /** What the user is asked about it has thrown. */
  readonly #refused = (error: unknown): void => {
    this.fail(error);
    this.#destroy();
  };

  readonly #onEnd = (): void => {
    if (this.#state === 'over') return;
    this.#stop();
    this.close();
  };

  readonly #onError = (error: unknown): void => {
    this.fail(error);
  };

  readonly #onClose = (): void => {
    const readable = this.#readable;
    this.fail(readable.errored ?? streamError('ERR_STREAM_PREMATURE_CLOSE'));
    this.#forget();
  };

  /** It ends with `cause`, unless it has. */
  fail(cause: unknown): void {
    if (this.#state === 'over') return;
    this.#stop();
    this.close(asCause(cause));
  }

  #stop(): void {
    this.#state = 'over';
    this.#readable.off('readable', this.#feed);
    this.#readable.off('data', this.#onData);
    this.#readable.off('end', this.#onEnd);
  }

  readonly #forget = (): void => {
    this.#readable.off('error', this.#onError);
    this.#readable.off('close', this.#onClose);
  };

  #destroy(): void {
    hush(this.#readable);
    this.#readable.destroy();
  }

  override cancel(reason?: unknown): boolean {
    if (this.#state === 'reading') this.#stop();
    // A stream that has been read to its end may still be open: a socket, one without autoDestroy.
    const lives = this.ended() === null && !this.#readable.destroyed;
    try {
      return super.cancel(reason);
    } finally {
      if (lives) {
        this.#forget();
        this.#destroy();
      }
    }
  }
}
