// One subscription to a source for all who subscribe at the same time, each with a buffer of its own.
//
//   idle ──first subscriber──► running ──the source has ended────► (its subscribers drain what they hold) ► idle
//                                 └──the last subscriber left──► idle: the source is unsubscribed
//
// Invariants:
//   1. running  <=>  the source is subscribed, or about to be; each run has a broadcast of its own
//   2. of a source that is pulled, the next value is wanted  <=>  all subscribers have the last one
//
// What the source has brought and nobody has seen when the last one leaves goes back to a channel, else it is reported.

import { from, type MonoTypeOperatorFunction, Observable, type Subscriber, Subscription } from 'rxjs';
import { Broadcast, type BroadcastOptions } from '../broadcast/broadcast.ts';
import { checkLimit, ownOptions } from '../base/checks.ts';
import { asCause } from '../channel/channel-from.ts';
import { checkOptions, type UndeliveredReason } from '../channel/options.ts';
import { inOwn } from '../core/ambient.ts';
import { canBePulled, Demand, pulled, subscribeWith, takeDemand } from '../core/demand.ts';
import { bequeath } from '../core/heir.ts';
import { OwnSubscriber } from '../core/own-subscriber.ts';
import { isPullable, type Pullable } from '../core/pullable.ts';
import { joinRests } from '../core/rest.ts';
import { enter, exit } from '../core/turn.ts';
import type { Rest } from '../core/waiter.ts';

/**
 * `share` that paces its source, or loses by policy: one subscription to the source, for all who are subscribed at the same time,
 * each with a buffer of its own.
 *
 * ```
 * source          a---b-c--|
 * fast            a---b-c--|
 * slow (pulls)    a-----b----c|       a source that can be pulled waits for the slowest
 * ```
 *
 * The source is subscribed for the first subscriber and unsubscribed when the last has left. A source that can be pulled (a
 * channel, `flow`, `mergeSelect`, `boundedBuffer`, also behind RxJS's `map` and its like) is pulled: the next value is asked for
 * when all have the last one. One that pushes needs `capacity: Infinity` or a lossy policy: else TypeError, here, or, where only
 * subscribing can tell, as the subscriber's error.
 *
 * Emits what the source brings from the subscription on, and of `replay` before it. Its completion and its error reach every
 * subscriber after what that one still holds; who comes after that subscribes the source anew. On `overflow: 'fail'` a value
 * without room ends it for all, with OverflowError. Unsubscribing loses what that subscriber's buffer holds (`cancelled`); a value
 * that nobody has seen when the last leaves goes back to a channel, else it is reported `withdrawn`.
 *
 * ![shareBroadcast in marbles](../../marbles/operators/share-broadcast.svg)
 *
 * @example
 * ```ts
 * const ticks = orders.pipe(shareBroadcast({ capacity: 16 }));
 * ticks.pipe(queueMap((order) => archive(order))).subscribe(); // the slower of the two sets the pace
 * ticks.subscribe(show);
 * ```
 */
export function shareBroadcast<T>(options: BroadcastOptions<T> = {}): MonoTypeOperatorFunction<T> {
  const { replay = 0, ...own } = ownOptions('shareBroadcast', options);
  checkOptions('shareBroadcast', own);
  checkLimit('shareBroadcast', 'replay', replay, 0);
  return (input) => new Shared(from(input), { ...own, replay });
}

/** Whether what pushes can be let wait: then it must not be pushed. */
function suspends<T>({ overflow = 'suspend', conflate, conflateBy, capacity = 0 }: BroadcastOptions<T>): boolean {
  return overflow === 'suspend' && (conflate === undefined || conflateBy !== undefined) && capacity !== Infinity;
}

function pushes(): TypeError {
  return new TypeError(
    'shareBroadcast: a source that pushes cannot be made to wait; give capacity: Infinity, conflate, or an overflow policy other than suspend',
  );
}

class Shared<T> extends Observable<T> {
  readonly #input: Observable<T>;
  readonly #options: BroadcastOptions<T>;
  #run: Run<T> | null = null;

  constructor(input: Observable<T>, options: BroadcastOptions<T>) {
    super();
    if (suspends(options) && !canBePulled(input)) throw pushes();
    this.#input = input;
    this.#options = options;
  }

  /** @internal */
  get pull(): symbol {
    return pulled();
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<T>): void {
    if (subscriber.closed) return;
    const demand = takeDemand(this, subscriber);
    if (this.#run !== null) {
      this.#run.attach(subscriber, demand);
      return;
    }
    const run = (this.#run = new Run(this.#input, this.#options, () => this.#over(run)));
    // A synchronous source must find it listening.
    run.attach(subscriber, demand);
    if (this.#run === run) inOwn(() => run.connect());
  }

  #over(run: Run<T>): void {
    if (this.#run === run) this.#run = null;
  }
}

/** One subscription to the source, and those who have it. */
class Run<T> extends OwnSubscriber<T> {
  readonly #input: Observable<T>;
  readonly #broadcast: Broadcast<T>;
  readonly #suspends: boolean;
  readonly #over: () => void;
  readonly #demand = new Demand();
  /** Sends that some subscriber has no room for. */
  readonly #sending = new Set<Subscription>();
  #subscribers = 0;
  /** What the source leaves to be cleaned up: for the last who leaves. */
  #rest: Rest | null = null;

  constructor(input: Observable<T>, options: BroadcastOptions<T>, over: () => void) {
    super();
    const { onUndelivered } = options;
    this.#input = input;
    this.#suspends = suspends(options);
    this.#over = over;
    this.#broadcast = new Broadcast({
      name: 'shareBroadcast',
      ...options,
      onUndelivered: (value: T, reason: UndeliveredReason) => {
        if (reason === 'withdrawn' && isPullable(input)) (input as Pullable<T>).restore(value);
        else onUndelivered?.(value, reason);
      },
    });
  }

  attach(subscriber: Subscriber<T>, demand: Demand | null): void {
    const tap = this.#broadcast.makeTap({});
    this.#subscribers++;
    tap.deliverTo(subscriber, demand, () => {
      // What nobody has seen is withdrawn before it would count as taken by one who leaves.
      if (--this.#subscribers === 0) this.#stop();
      tap.cancel();
      bequeath(this.#rest, subscriber);
      this.#rest = null;
    });
  }

  connect(): void {
    subscribeWith(this.#demand, this.#input, this);
    if (this.#suspends && !this.#demand.isTaken && !this.closed) this.#end(pushes());
  }

  #stop(): void {
    this.#over();
    this.unsubscribe();
    enter();
    for (const sending of this.#sending) sending.unsubscribe();
    this.#sending.clear();
    exit();
  }

  #end(...cause: [] | [unknown]): void {
    this.#over();
    this.unsubscribe();
    this.#broadcast.close(...cause);
  }

  override inherit(rest: Rest): void {
    this.self.#rest = joinRests([this.self.#rest, rest]);
  }

  protected override _next(value: T): void {
    const { self } = this;
    if (self.#suspends && !self.#demand.isTaken) {
      self.#end(pushes());
      return;
    }
    self.#send(value);
  }

  #send(value: T): void {
    const sending = new Subscription();
    this.#sending.add(sending);
    this.#demand.set(false);
    sending.add(
      this.#broadcast.send(value).subscribe({
        error: (error: unknown) => this.#end(error),
        complete: () => {
          this.#sending.delete(sending);
          if (this.#sending.size === 0) this.#demand.set(true);
        },
      }),
    );
  }

  protected override _error(error: unknown): void {
    this.self.#end(asCause(error));
  }
  protected override _complete(): void {
    this.self.#end();
  }
}
