import { from, type Observable } from 'rxjs';
import { checkMethod, ownOptions } from '../base/checks.ts';
import { PushedChannel } from '../channel/channel-from.ts';
import { type ChannelOptions, checkOptions } from '../channel/options.ts';
import { isPullable, type Pullable } from '../core/pullable.ts';
import { ValueIterator } from '../core/promise.ts';
import type { Waiter } from '../core/waiter.ts';

/**
 * Iterates over `source`, for `for await`.
 *
 * ```
 * source      ab-c-|
 * next()      x--x-x-x
 * iterates    a--b-c-(done)
 * ```
 *
 * The source is subscribed by the first `next()`; `break` unsubscribes, and goes on when the clean-up of that has ended, as far
 * as it is ours (`flow`, `queueMap`; an operator of RxJS's in between cannot pass that on). What it emits while the loop's body runs waits, at
 * most `capacity` values (default Infinity); a finite capacity needs an overflow policy other than `suspend`, or `conflate`
 * (else TypeError, here). Its error is thrown by the loop, after the values that wait. A channel is not subscribed but
 * received from, one value per `next()`; `break` leaves it as it is.
 *
 * @example
 * ```ts
 * for await (const position of toAsyncIterable(positions, { capacity: 1, overflow: 'dropOldest' })) await draw(position);
 * ```
 */
export function toAsyncIterable<T>(source: Observable<T>, given: ChannelOptions<T> = {}): AsyncIterableIterator<T> {
  checkMethod('toAsyncIterable', 'source', source, 'subscribe', 'an observable');
  const options = checkOptions('toAsyncIterable', { capacity: Infinity, ...ownOptions('toAsyncIterable', given) });
  if (isPullable(source)) return new ValueIterator(() => (source as Pullable<T>).receiveResult());
  const channel = new LateChannel<T>(source, options);
  return new ValueIterator(
    () => channel.receiveResult(),
    () => {
      channel.cancel();
      return channel.whenEnded();
    },
  );
}

/** Subscribes to its source when somebody waits for the first time, who then gets the first value, whatever the policy. */
class LateChannel<T> extends PushedChannel<T> {
  #late: Observable<T> | null;

  constructor(input: Observable<T>, options: ChannelOptions<T>) {
    super('toAsyncIterable', options);
    // It may be another RxJS's.
    this.#late = from(input);
  }

  override get effectful(): boolean {
    return this.#late !== null;
  }

  override park(waiter: Waiter): void {
    super.park(waiter);
    const source = this.#late;
    this.#late = null;
    source?.subscribe(this.feed);
  }
}
