import { from, Observable, type OperatorFunction, type SchedulerLike, type Subscriber } from 'rxjs';
import { checkHooks, checkLimit, checkMethod, checkOneOf, ownOptions } from '../base/checks.ts';
import { PushedChannel } from '../channel/channel-from.ts';
import { type Overflow, OVERFLOWS, type UndeliveredReason } from '../channel/options.ts';
import { pulled, subscribeWith, takeDemand } from '../core/demand.ts';
import { bequeath } from '../core/heir.ts';
import { End } from '../core/outcome.ts';
import { OwnSubscriber } from '../core/own-subscriber.ts';
import { restOf } from '../core/rest.ts';
import type { Rest } from '../core/waiter.ts';

export interface BufferOptions<T> {
  /** What happens to a value when the buffer is full. */
  overflow: Exclude<Overflow, 'suspend'>;
  /** Called for every value that will not reach the consumer. */
  onUndelivered?: (value: T, reason: UndeliveredReason) => void;
}

/**
 * Keeps at most `capacity` values for a consumer that pulls (`queueMap`, `sendTo`), or that is called on `scheduler`.
 *
 * ```
 * source                                  abcd----|
 * consumer is free                        x-----x-----x
 * boundedBuffer(1, overflow dropOldest)   a-----d-|          b and c were evicted
 * ```
 *
 * `dropOldest` evicts the oldest that waits, `dropNewest` drops the one that arrives, `fail` ends the stream: the source is
 * unsubscribed, and `OverflowError` comes after what is buffered. So does the source's own error; completion, too. Losses
 * are reported to `onUndelivered` (`evicted`, `dropped`); unsubscribing reports what is buffered (`cancelled`).
 *
 * A consumer that neither pulls nor has a scheduler is called at once: the values pass straight through, and nothing is
 * ever buffered. With a scheduler, each value is delivered in an action of its own.
 *
 * Capacity: an integer >= 1, or Infinity; else RangeError, here.
 *
 * ![boundedBuffer in marbles](../../marbles/operators/bounded-buffer.svg)
 *
 * @example
 * ```ts
 * // Drop frames while the renderer is busy.
 * frames.pipe(boundedBuffer(1, { overflow: 'dropOldest' }), queueMap((frame) => render(frame))).subscribe();
 * ```
 */
export function boundedBuffer<T>(
  capacity: number,
  given: BufferOptions<T> & { scheduler?: SchedulerLike },
): OperatorFunction<T, T> {
  const options = ownOptions('boundedBuffer', given);
  // Everything else about them is for the channel to say: at the call, not at the subscription.
  checkHooks('boundedBuffer', options, 'onUndelivered');
  newBuffer(capacity, options);
  if (options.scheduler !== undefined)
    checkMethod('boundedBuffer', 'scheduler', options.scheduler, 'schedule', 'a scheduler');
  return (input) => new Buffered(input, capacity, options);
}

type Options<T> = BufferOptions<T> & { scheduler?: SchedulerLike };

function newBuffer<T>(capacity: number, { overflow, onUndelivered }: Options<T>): PushedChannel<T> {
  checkLimit('boundedBuffer', 'capacity', capacity, 1);
  const policies = OVERFLOWS.filter((policy) => policy !== 'suspend');
  checkOneOf('boundedBuffer', 'overflow', overflow, policies);
  return new PushedChannel<T>('boundedBuffer', {
    name: 'boundedBuffer',
    capacity,
    overflow,
    ...(onUndelivered !== undefined && { onUndelivered }),
  });
}

class Buffered<T> extends Observable<T> {
  readonly #input: Observable<T>;
  readonly #capacity: number;
  readonly #options: Options<T>;

  constructor(input: Observable<T>, capacity: number, options: Options<T>) {
    super();
    // It may be another RxJS's.
    this.#input = from(input);
    this.#capacity = capacity;
    this.#options = options;
  }

  /** @internal */
  get pull(): symbol {
    return pulled();
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<T>): void {
    const { scheduler } = this.#options;
    const demand = takeDemand(this, subscriber);
    if (demand === null && scheduler === undefined) {
      this.#input.subscribe(subscriber);
      return;
    }
    const buffer = newBuffer(this.#capacity, this.#options);
    const intake = scheduler === undefined ? buffer.feed : new Courier(buffer, subscriber, scheduler);
    // The consumer first: a synchronous source must find it listening.
    if (demand !== null && scheduler === undefined) subscribeWith(demand, buffer, subscriber);
    subscriber.add(() => buffer.cancel());
    subscriber.add(intake);
    // Those who wait for what its consumer leaves wait for what its source does.
    subscriber.add(() => bequeath(restOf(buffer.whenEnded()), subscriber));
    this.#input.subscribe(intake);
  }
}

/** Fills the buffer, and empties it on the scheduler: one value, or the end, per action. */
class Courier<T> extends OwnSubscriber<T> {
  readonly #buffer: PushedChannel<T>;
  readonly #consumer: Subscriber<T>;
  readonly #scheduler: SchedulerLike;
  #scheduled = false;

  constructor(buffer: PushedChannel<T>, consumer: Subscriber<T>, scheduler: SchedulerLike) {
    super();
    this.#buffer = buffer;
    this.#consumer = consumer;
    this.#scheduler = scheduler;
  }

  protected override _next(value: T): void {
    const { self } = this;
    const { feed } = self.#buffer;
    feed.next(value);
    // It overflowed, and has ended.
    if (feed.closed) self.unsubscribe();
    self.#schedule();
  }
  protected override _error(error: unknown): void {
    const { self } = this;
    self.#buffer.feed.error(error);
    self.#schedule();
    self.unsubscribe();
  }
  protected override _complete(): void {
    const { self } = this;
    self.#buffer.feed.complete();
    self.#schedule();
    self.unsubscribe();
  }

  override inherit(rest: Rest): void {
    this.self.#buffer.inherit(rest);
  }

  #schedule(): void {
    if (this.#scheduled || this.#consumer.closed) return;
    this.#scheduled = true;
    this.#consumer.add(this.#scheduler.schedule(() => this.#deliver()));
  }

  #deliver(): void {
    this.#scheduled = false;
    const parcel = this.#buffer.take();
    if (!(parcel instanceof End)) {
      this.#consumer.next(parcel as T);
      if (this.#buffer.ready()) this.#schedule();
    } else if (parcel.clean) this.#consumer.complete();
    else this.#consumer.error(parcel.error);
  }
}
