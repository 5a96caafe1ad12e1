// A stream that takes from a channel.
//
// Invariants:
//   1. at most one receive is under way, and only while the stream asks
//   2. `held` are the values that the stream has not been read to the end of, oldest first, and how much of `readableLength`
//      each of them made up
//
// Destroyed, it first gives back to the channel what it holds, and then cancels it: so the channel reports each value as its own.

import process from 'node:process';
import { Readable, type ReadableOptions } from 'node:stream';
import { Ring } from '../base/ring.ts';
import type { Attempt } from '../core/poll.ts';
import type { Pullable, ReceiveChannel } from '../core/pullable.ts';
import { Subscriber } from 'rxjs';
import { checkOptions, pullableOf } from './checks.ts';
import { streamError } from './stream-errors.ts';

/**
 * A Readable that takes from `source` as it is read.
 *
 * ```
 * source          ab---c|
 * stream is read  -x-x-x-x
 * toReadable      -a-b-c-|
 * ```
 *
 * It is in object mode unless told, and holds one value (`highWaterMark`), as `Readable.from` does. Its end is the channel's, and
 * its error the channel's cause. `null` is the end to a stream: as a value it fails the stream with TypeError. Destroying it, idle
 * or not, cancels `source`; the values that it holds, and nobody will read, reach `onUndelivered`. Destroyed without an error
 * before its end it errs with `ERR_STREAM_PREMATURE_CLOSE`, so that `pipeline` ends whoever dies first.
 *
 * @example
 * ```ts
 * await pipeline(toReadable(lines, { objectMode: false }), createGzip(), createWriteStream(path));
 * ```
 */
export function toReadable<T>(source: ReceiveChannel<T>, options: ReadableOptions = {}): Readable {
  const origin = pullableOf('toReadable', source);
  return new ChannelReadable(origin, checkOptions('toReadable', options));
}

interface Held<T> {
  readonly value: T;
  readonly length: number;
}

class ChannelReadable<T> extends Readable {
  readonly #source: Pullable<T>;
  readonly #held = new Ring<Held<T>>();
  /** The sum of their lengths. */
  #length = 0;
  #receiving: Subscriber<Attempt<T>> | null = null;
  /** Waits for the end of the source, which may come while nobody reads. */
  #ending: Subscriber<void> | null = null;

  constructor(source: Pullable<T>, options: ReadableOptions) {
    // How it is read and destroyed is ours to say.
    const others = { ...options };
    delete others.read;
    delete others.destroy;
    super({ ...(options.objectMode === false ? {} : { objectMode: true, highWaterMark: 1 }), ...others });
    this.#source = source;
  }

  override _read(): void {
    if (this.#receiving !== null) return;
    this.#watch();
    const receiving = (this.#receiving = new Subscriber<Attempt<T>>({
      next: (attempt: Attempt<T>) => {
        this.#receiving = null;
        if (!attempt.ok) this.push(null);
        else if (attempt.value === null)
          this.destroy(new TypeError(`toReadable: null from ${this.#source.name} would be the end of the stream`));
        else this.#hold(attempt.value);
      },
      error: (error: unknown) => this.#fail(error),
      complete: () => undefined,
    }));
    this.#source.receiveResult().subscribe(receiving);
  }

  #hold(value: T): void {
    this.#release();
    const before = this.readableLength;
    this.push(value);
    // What was pushed into a stream that flows has been read already.
    const length = this.readableLength - before;
    if (length <= 0 || this.destroyed) return;
    this.#held.push({ value, length });
    this.#length += length;
  }

  /** Forgets what has been read. */
  #release(): void {
    const held = this.#held;
    while (held.size > 0 && this.#length - this.readableLength >= held.oldest.length)
      this.#length -= held.shift().length;
  }

  /** A source that is cancelled ends the stream at once, also one that nobody reads. */
  #watch(): void {
    if (this.#ending !== null) return;
    this.#ending = new Subscriber<void>({
      next: () => {
        const end = this.#source.ended();
        if (end?.how === 'cancelled') this.#fail(end.error);
      },
      error: () => undefined,
      complete: () => undefined,
    });
    this.#source.whenEnded().subscribe(this.#ending);
  }

  #fail(error: unknown): void {
    this.destroy(
      error instanceof Error ? error : new Error(`the source failed with ${String(error)}`, { cause: error }),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#receiving?.unsubscribe();
    this.#ending?.unsubscribe();
    try {
      this.#giveBack();
      this.#source.cancel(error ?? undefined);
    } catch (thrown) {
      // What `onUndelivered` threw.
      error ??= thrown as Error;
    }
    // Who destroys it may add a listener right after that; where nobody minds, it is no error that it was not read to its end.
    process.nextTick(() => {
      const cut = error === null && !this.readableEnded && this.listenerCount('error') > 0;
      callback(cut ? streamError('ERR_STREAM_PREMATURE_CLOSE') : error);
    });
  }

  #giveBack(): void {
    this.#release();
    const values: T[] = [];
    // One that was read in part has been received.
    if (this.#held.size > 0 && this.#length > this.readableLength) this.#held.shift();
    while (this.#held.size > 0) values.push(this.#held.shift().value);
    for (const value of values.reverse()) this.#source.restore(value);
  }
}
