// A channel that is fed: by pulling from an origin as fast as it is taken from, or by an observable that pushes.

import type { ObservableInput, Subscriber } from 'rxjs';
import { inOwn, type Surroundings, surroundings } from '../core/ambient.ts';
import { observableOf } from '../core/input.ts';
import { OwnSubscriber } from '../core/own-subscriber.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { enter, exit } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { Rest, Waiter } from '../core/waiter.ts';
import { type ChannelOptions, checkOptions } from './options.ts';
import { type Answers, type Origin, originOf } from './origin.ts';
import { FedChannel } from './owning-channel.ts';
import { push } from './send.ts';

/**
 * Makes a hot channel fed by `input`.
 *
 * ```
 * iterable           a b c
 * asked for          x-x--x--x
 * channelFrom(…, 1)
 * receive            --x--x--x--x
 * receives           --a--b--c--|
 * ```
 *
 * An iterable, an async iterable, a ReadableStream or a channel is pulled: it is asked for a value only when one is taken,
 * or when a slot of the buffer is free. Its end closes the channel, its error is the close cause. `cancel()` calls the
 * iterator's `return()` (a stream's, a channel's `cancel()`) once, and disposes of an input that is AsyncDisposable, also while
 * a value is awaited; one that comes all the same is reported to `onUndelivered` (`cancelled`). A promise is one value and the
 * end, at any capacity.
 *
 * An observable pushes. It is subscribed now, and needs `capacity: Infinity` or an `overflow` policy other than
 * `suspend` (else TypeError, here). Its end and its error come after what is buffered; on `fail` that is followed by
 * `OverflowError`, and the observable is unsubscribed. `cancel()` unsubscribes it.
 *
 * `whenEnded()` waits for the clean-up of what was cancelled or unsubscribed, as far as that is ours: a `produce`, a `flow`, a
 * `queueMap`. An iterator's promise is not waited for: it may never come.
 *
 * An endless iterable needs a finite capacity. Angular's `toObservable(signal)` coalesces: it emits what the signal holds
 * when effects run, not each value that was set. Where each one counts, send it where it is set.
 *
 * ![channelFrom in marbles](../../marbles/channel/channel-from.svg)
 *
 * @example
 * ```ts
 * const lines = channelFrom(readline, { capacity: 64 });
 * for (let i = 0; i < 4; i++) go(() => forEach(lines, work));
 * ```
 */
export function channelFrom<T>(input: ReadableStream<T>, options?: ChannelOptions<T>): ReceiveChannel<T>;
export function channelFrom<T>(input: ObservableInput<T>, options?: ChannelOptions<T>): ReceiveChannel<T>;
export function channelFrom<T>(
  input: ReadableStream<T> | ObservableInput<T>,
  given: ChannelOptions<T> = {},
): ReceiveChannel<T> {
  const options = checkOptions('channelFrom', given);
  return inOwn(() => fed(input, options));
}

function fed<T>(input: ReadableStream<T> | ObservableInput<T>, options: ChannelOptions<T>): ReceiveChannel<T> {
  const origin = originOf<T>(input);
  if (origin !== null) return new PullingChannel(options, origin);
  const pushing = observableOf('channelFrom', 'input', input as ObservableInput<T>);
  const channel = new PushedChannel('channelFrom', options);
  pushing.subscribe(channel.feed);
  return channel;
}

class PullingChannel<T> extends FedChannel<T> implements Answers<T> {
  readonly #origin: Origin<T>;
  #state: 'idle' | 'asking' | 'stopping' | 'over' = 'idle';
  /** The loop below is running: an origin that answers at once goes on there. */
  #feeding = false;
  /** Of its maker: the origin's code runs in them, whoever takes from here. */
  readonly #surroundings: Surroundings | null = surroundings();

  constructor(options: ChannelOptions<T>, origin: Origin<T>) {
    super(options);
    this.#origin = origin;
    this.#feed();
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
    this.#feed();
    return value;
  }

  /** Asks as long as somebody waits, or a slot is free. */
  #feed(): void {
    if (this.#feeding) return;
    this.#feeding = true;
    if (this.#surroundings === null) this.#ask();
    else this.#surroundings(() => this.#ask());
  }

  #ask(): void {
    enter();
    try {
      while (this.#state === 'idle' && this.#hasRoom()) {
        this.#state = 'asking';
        this.#origin.ask(this);
      }
    } finally {
      this.#feeding = false;
      exit();
    }
  }

  #hasRoom(): boolean {
    return this.size < this.capacity || this.wanted();
  }

  value(value: T): void {
    if (this.#isOver(value)) return;
    this.#state = 'idle';
    this.#pass(value);
    this.#feed();
  }

  last(value: T): void {
    if (this.#isOver(value)) return;
    this.#state = 'over';
    this.#pass(value);
    this.close();
  }

  /** What comes with the cancel, or after it, will not be received. */
  #isOver(value: T): boolean {
    const isOver = this.#state !== 'asking';
    if (isOver) this.lose(value, 'cancelled');
    return isOver;
  }

  /** If the one who asked has left meanwhile, the value waits for the next. */
  #pass(value: T): void {
    this.send(value).subscribe({
      error: (error: unknown) => {
        // Cancelled meanwhile, or closed: that ends it.
        if (this.#state === 'over') this.failed(error);
        else if (this.#state !== 'stopping') this.#stopAfter(() => this.close(asCause(error)));
      },
    });
  }

  /** It is over when its origin has been told. */
  #stopAfter(end: () => boolean): boolean {
    this.#state = 'stopping';
    enter();
    try {
      return this.#endAndStop(end);
    } finally {
      this.#state = 'over';
      this.lookAtEnd();
      exit();
    }
  }

  #endAndStop(end: () => boolean): boolean {
    try {
      return end();
    } finally {
      this.#stop();
    }
  }

  #stop(): void {
    const stop = (): void => this.inherit(this.#origin.stop());
    if (this.#surroundings === null) stop();
    else this.#surroundings(stop);
  }

  end(): void {
    this.#over();
    this.close();
  }

  failed(error: unknown): void {
    this.#over();
    this.close(asCause(error));
  }

  /** One that is being stopped may answer meanwhile. */
  #over(): void {
    if (this.#state !== 'stopping') this.#state = 'over';
  }

  override cancel(reason?: unknown): boolean {
    if (this.#state === 'over' || this.#state === 'stopping') return super.cancel(reason);
    return this.#stopAfter(() => super.cancel(reason));
  }

  /** @internal */
  protected override get isFed(): boolean {
    return this.#state === 'stopping' || super.isFed;
  }
}

/** A channel that an observable pushes into: `observable.subscribe(channel.feed)`. */
export class PushedChannel<T> extends FedChannel<T> {
  readonly feed: Subscriber<T> = new Feed<T>(this);

  constructor(what: string, options: ChannelOptions<T>) {
    super(options);
    if (this.capacity === Infinity || this.overflow !== 'suspend') return;
    throw new TypeError(
      `${what}: an observable cannot be made to wait; give capacity: Infinity, conflate, or an overflow policy other than suspend`,
    );
  }

  override cancel(reason?: unknown): boolean {
    // It is cancelled all the same if a teardown throws.
    try {
      this.feed.unsubscribe();
    } catch (error) {
      super.cancel(reason);
      throw error;
    }
    return super.cancel(reason);
  }
}

class Feed<T> extends OwnSubscriber<T> {
  readonly #channel: FedChannel<T>;

  constructor(channel: FedChannel<T>) {
    super();
    this.#channel = channel;
  }

  override inherit(rest: Rest): void {
    this.self.#channel.inherit(rest);
  }

  /** A teardown that throws must not keep those who receive from hearing of the end. */
  #close(...cause: [] | [unknown]): void {
    try {
      this.unsubscribe();
    } catch (error) {
      reportUnhandled(error);
    }
    this.#channel.close(...cause);
  }

  protected override _next(value: T): void {
    const { self } = this;
    push(self.#channel.send(value), self.#refused);
  }
  readonly #refused = (error: unknown): void => {
    this.#close(error);
  };
  protected override _error(error: unknown): void {
    this.self.#close(asCause(error));
  }
  protected override _complete(): void {
    this.self.#close();
  }
}

/** As a close cause, undefined would say that nothing went wrong. */
export function asCause(error: unknown): unknown {
  return error === undefined ? new Error('the source failed with undefined') : error;
}
