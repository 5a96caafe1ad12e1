import { Observable, type Subscriber } from 'rxjs';
import { checkFunction } from '../base/checks.ts';
import { pulled, takeDemand } from '../core/demand.ts';
import { bequeath } from '../core/heir.ts';
import { restOf } from '../core/rest.ts';
import { type Producer, Produced } from './produce.ts';

/**
 * A producer as a cold Observable: each subscription runs `body` anew, and unsubscribing cancels it.
 *
 * ```
 * flow(body)
 *   body            a-b-c|
 *   subscriber 1    a-b-c|
 *   subscriber 2        a-b!         unsubscribed: its own run of the body is cancelled, clean-up included
 * ```
 *
 * Emits what the body sends, and completes when it returns; fails with what it throws. `out.send` completes when the
 * subscriber has the value; before a consumer that pulls (`queueMap` and its like), when that one wants the next: so the body
 * is never ahead of who works. Nothing is left behind when a framework unsubscribes: an `async` pipe, a server-sent stream
 * whose client went away. What fails in a clean-up after that is reported through `config.onUnhandledError`.
 *
 * TypeError if `body` is no function.
 *
 * ![flow in marbles](../../marbles/channel/flow.svg)
 *
 * @example
 * ```ts
 * const ticks = flow<number>(function* (out) {
 *   for (let n = 0; ; n++) {
 *     yield* out.send(n);
 *     yield* sleep(1000);
 *   }
 * });
 * ticks.pipe(take(3)).subscribe(console.log);
 * ```
 *
 * After Kotlin's `flow` and `channelFlow`.
 */
export function flow<T>(body: Producer<T>): Observable<T> {
  checkFunction('flow', 'the body', body);
  return new Flow(body);
}

class Flow<T> extends Observable<T> {
  readonly #body: Producer<T>;

  constructor(body: Producer<T>) {
    super();
    this.#body = body;
  }

  /** @internal */
  get pull(): symbol {
    return pulled();
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<T>): void {
    if (subscriber.closed) return;
    const demand = takeDemand(this, subscriber);
    const produced = new Produced('flow', this.#body, {});
    produced.deliverTo(subscriber, demand, () => {
      produced.cancel();
      bequeath(restOf(produced.whenEnded()), subscriber);
    });
  }
}
