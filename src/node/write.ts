import { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';
import { describe } from '../base/errors.ts';
import { Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import type { Waiter } from '../core/waiter.ts';
import { checkWritable } from './checks.ts';
import { nameOf } from './event.ts';
import { deathOf, isDead, isFree, type Outlet, outletOf, type Turn } from './outlet.ts';
import { streamError } from './stream-errors.ts';

/**
 * Writes `chunk` when there is room; commits then.
 *
 * ```
 * room            x------x--
 * write(w, a)     (v|)
 * write(w, b)      ------(v|)
 * ```
 *
 * Emits undefined once the stream has taken the chunk, and completes. It is ready, in a select too, when the stream does not ask
 * to wait for `drain`; until then it waits, first come, first served, and withdrawn it has written nothing. Fails with the stream's
 * error, or with an error of code `ERR_STREAM_DESTROYED` or `ERR_STREAM_WRITE_AFTER_END`. However many wait, there is one listener
 * for each event, and none when nobody waits. `null`, and in a stream of bytes what is none: TypeError, here.
 *
 * An error that the stream emits while nobody waits is the stream's own, as ever: keep a listener for it, or `pump`.
 *
 * @example
 * ```ts
 * for (const row of rows) yield* write(response, `${row}\n`);
 * yield* end(response);
 * ```
 */
export function write(writable: Writable, chunk: unknown, encoding?: BufferEncoding): Operation<void> {
  checkWritable('write', writable);
  const takesBytes = !writable.writableObjectMode;
  if (chunk === null || (takesBytes && !isBytes(chunk))) {
    const wanted = takesBytes ? 'a string or bytes' : 'anything but null';
    throw new TypeError(`write: the chunk must be ${wanted}; got ${describe(chunk)}`);
  }
  if (encoding !== undefined && !Buffer.isEncoding(encoding))
    throw new TypeError(`write: the encoding must be one that Buffer knows; got ${describe(encoding)}`);
  return new Write(writable, chunk, encoding);
}

export function isBytes(chunk: unknown): boolean {
  return typeof chunk === 'string' || ArrayBuffer.isView(chunk);
}

/** What one who waited to write is given before its chunk is: a select has to leave its other cases first. */
class Receipt {
  failure: Failure | null = null;
}

class Write extends Operation<void> implements Turn {
  readonly ends = false;
  readonly #writable: Writable;
  readonly #chunk: unknown;
  readonly #encoding: BufferEncoding | undefined;

  constructor(writable: Writable, chunk: unknown, encoding: BufferEncoding | undefined) {
    super();
    this.#writable = writable;
    this.#chunk = chunk;
    this.#encoding = encoding;
  }

  ready(): boolean {
    return isFree(this.#writable) || isDead(this.#writable);
  }
  commit(): unknown {
    return isDead(this.#writable) ? new Failure(deathOf(this.#writable)) : this.#write();
  }
  park(waiter: Waiter): void {
    waiter.request = this;
    outletOf(this.#writable).append(waiter);
  }

  proceed(waiter: Waiter): void {
    const receipt = new Receipt();
    waiter.settle(receipt);
    receipt.failure = this.#write();
    waiter.tell();
  }

  #write(): Failure | null {
    const writable = this.#writable;
    try {
      if (this.#encoding === undefined) writable.write(this.#chunk);
      else writable.write(this.#chunk, this.#encoding);
      return null;
    } catch (error) {
      return new Failure(error);
    }
  }

  override open(parcel: unknown): void {
    const failure = parcel instanceof Receipt ? parcel.failure : parcel;
    if (failure instanceof Failure) throw failure.error;
  }

  override toString(): string {
    return `write to ${nameOf(this.#writable)}`;
  }
}

/**
 * Ends the stream; completes when everything is flushed (`finish`).
 *
 * ```
 * writes        a---b---
 * end(w)         x
 * flushed       --a---b--
 * end           -------(v|)
 * ```
 *
 * It stands in line with those who write: what waits to be written comes first. Emits undefined and completes at `finish`, at
 * once if that has been. Fails with the stream's error, or with `ERR_STREAM_DESTROYED` if it is destroyed before. Withdrawn
 * before its turn, nothing was ended; afterwards it only stops waiting.
 *
 * @example
 * ```ts
 * yield* end(response);
 * ```
 */
export function end(writable: Writable): Operation<void> {
  checkWritable('end', writable);
  return new Ending(writable);
}

class Ending extends Operation<void> implements Turn {
  readonly ends = true;
  readonly #writable: Writable;

  constructor(writable: Writable) {
    super();
    this.#writable = writable;
  }

  ready(): boolean {
    const writable = this.#writable;
    return writable.writableFinished || writable.destroyed || writable.errored != null;
  }
  commit(): unknown {
    const writable = this.#writable;
    if (writable.errored != null) return new Failure(writable.errored);
    return writable.writableFinished ? undefined : new Failure(streamError('ERR_STREAM_DESTROYED'));
  }
  override get effectful(): boolean {
    return true;
  }
  /** It takes a tick at least. */
  override get wouldWait(): boolean {
    return !this.ready();
  }
  park(waiter: Waiter): void {
    waiter.request = this;
    const outlet = outletOf(this.#writable);
    if (outlet.first !== null) outlet.append(waiter);
    else this.proceed(waiter, outlet);
  }

  proceed(waiter: Waiter, outlet: Outlet): void {
    outlet.finishers.append(waiter);
    if (!outlet.writable.writableEnded) outlet.writable.end();
  }

  override toString(): string {
    return `the end of ${nameOf(this.#writable)}`;
  }
}
