import { Observable, type Subscriber, type Unsubscribable } from 'rxjs';
import { Ring } from '../base/ring.ts';
import type { Future } from '../core/future.ts';
import { enter, exit } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { withdraw } from '../core/waiter.ts';
import { Part, type Whole } from './part.ts';
import { checkFutures } from './wait.ts';

/**
 * The futures themselves, in the order in which they settle, each once.
 *
 * ```
 * a             ----1|
 * b             --#
 * c             |           settled before
 * asCompleted   c-b-(a|)
 * ```
 *
 * Those that have settled come first, in the order of the input, then each as it settles, in any way: look at its `status`, or
 * ask its `result()`. Completes after the last, at once if there is none; never fails. The futures count as observed.
 * One that settles while another is being emitted comes after that, however many do. Unsubscribing leaves all of them as they
 * are. O(1) for each.
 *
 * ![asCompleted in marbles](../../marbles/task/as-completed.svg)
 *
 * @example
 * ```ts
 * asCompleted(urls.map((url) => go(() => fetch(url)))).subscribe((task) => {
 *   console.log(task.status);
 * });
 * ```
 *
 * After asyncio.as_completed.
 */
export function asCompleted<F extends Future<any>>(futures: readonly F[]): Observable<F> {
  checkFutures('asCompleted', futures);
  const each: ReadonlySet<F> = new Set(futures);
  return new Observable((subscriber) => {
    // Unsubscribed before: RxJS comes here all the same.
    if (subscriber.closed) return;
    const parade = new Parade([...each], subscriber);
    subscriber.add(parade);
    parade.start();
  });
}

/** One subscription; once it is unsubscribed, nothing is left in it. Never inside a `next` of its own: what settles meanwhile gets in line. */
class Parade<F extends Future<unknown>> implements Whole, Unsubscribable {
  readonly #futures: readonly F[];
  readonly #subscriber: Subscriber<F>;
  readonly #parts: Part[] = [];
  readonly #settled = new Ring<F>();
  /** Not yet emitted. */
  #left: number;
  #state: 'idle' | 'emitting' = 'idle';

  constructor(futures: readonly F[], subscriber: Subscriber<F>) {
    this.#futures = futures;
    this.#subscriber = subscriber;
    this.#left = futures.length;
  }

  get quiet(): boolean {
    return true;
  }

  start(): void {
    this.#futures.forEach((future, index) => {
      future.observe();
      if (future.status !== 'pending') {
        this.#settled.push(future);
        return;
      }
      const part = new Part(this, index);
      this.#parts.push(part);
      future.attend(part);
    });
    enter();
    try {
      this.told();
    } finally {
      exit();
    }
  }

  served(index: number): void {
    this.#settled.push(this.#futures[index] as F);
  }

  told(): void {
    if (this.#state === 'emitting') return;
    this.#state = 'emitting';
    try {
      this.#emit();
    } catch (error) {
      // Not an observer's error, which RxJS keeps from us, but that of a Subscriber written by hand.
      reportUnhandled(error);
    }
    this.#state = 'idle';
  }

  #emit(): void {
    const subscriber = this.#subscriber;
    while (this.#settled.size > 0) {
      this.#left--;
      subscriber.next(this.#settled.shift());
    }
    if (this.#left === 0) subscriber.complete();
  }

  unsubscribe(): void {
    for (const part of this.#parts) withdraw(part);
    this.#settled.clear();
  }
}
