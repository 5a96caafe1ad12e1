import { type Signal, signal, untracked } from '@angular/core';
import type { Observable, Subscription } from 'rxjs';
import { checkFunction } from '../base/checks.ts';
import { CancelledError } from '../base/errors.ts';
import { observableOf } from '../core/input.ts';
import type { Coroutine } from '../core/operation.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { poll } from '../core/poll.ts';
import { go, type Task } from '../task/task.ts';
import { surviveErrors } from './applications.ts';
import { DESTROYED, type Home, homeOf, type Injected, injectedOptions, type Resident } from './home.ts';
import { nextFrame } from './next-frame.ts';

/**
 * The latest value of each key, painted at most once a frame; the source is pulled, and conflated where it is faster.
 *
 * ```
 * source     a1-a2-b1---a3---
 * frames     ------f------f--
 * the signal ------A------B--     A: a → a2, b → b1;  B: a → a3, b → b1
 * ```
 *
 * The signal holds a new map at each frame before which something came, and none otherwise; keys stand in the order in which they
 * first came. What comes between two frames is kept as one value for each key, so a channel's producer is not held up and nothing
 * piles up. On a server frames never come: the source is left alone, and the map stays empty. When the source ends, the last values
 * are still painted; its error, and one that `key` throws, is reported (`provideRxsluice`: to the `ErrorHandler`), and the map stays
 * as it is. Destroy lets go of the source, without cancelling a channel.
 *
 * It receives from a channel, as every receiver of it does: its values do not reach others.
 *
 * @example
 * ```ts
 * class Prices {
 *   readonly latest = latestByKey(inject(Feed).ticks, (tick) => tick.symbol);
 *   readonly rows = computed(() => [...this.latest().values()]);
 * }
 * ```
 */
export function latestByKey<T, K>(
  source: ReceiveChannel<T> | Observable<T>,
  key: (value: T) => K,
  options: Injected = {},
): Signal<ReadonlyMap<K, T>> {
  observableOf('latestByKey', 'source', source);
  checkFunction('latestByKey', 'key', key);
  const home = homeOf(latestByKey, 'latestByKey', injectedOptions('latestByKey', options));
  if (home.isServer) surviveErrors();
  const latest = new Latest(home, key);
  if (!home.isDestroyed && !home.isServer) latest.begin(source);
  return latest.painted.asReadonly();
}

/** What came since the last frame is in `#fresh`; while there is any, a frame is asked for. */
class Latest<T, K> implements Resident {
  readonly painted = signal<ReadonlyMap<K, T>>(new Map());
  readonly #home: Home;
  readonly #key: (value: T) => K;
  #fresh = new Map<K, T>();
  #frame: Subscription | null = null;
  #pulling: Task<void> | null = null;
  #pushed: Subscription | null = null;

  constructor(home: Home, key: (value: T) => K) {
    this.#home = home;
    this.#key = key;
  }

  begin(source: ReceiveChannel<T> | Observable<T>): void {
    this.#home.settle(this);
    this.#home.run(() => {
      if (isChannel(source)) this.#pulling = go(() => this.#pull(source), { name: 'latestByKey' });
      else this.#pushed = source.subscribe((value) => this.#take([value]));
    });
  }

  *#pull(source: ReceiveChannel<T>): Coroutine<void> {
    try {
      for (;;) {
        const first = yield* source.receiveResult();
        if (!first.ok) return;
        this.#take([first.value]);
        const more = poll(source.receiveMany(Infinity));
        if (more.ok) this.#take(more.value);
      }
    } catch (error) {
      // Whoever cancelled it knows.
      if (!(error instanceof CancelledError)) throw error;
    }
  }

  #take(values: readonly T[]): void {
    for (const value of values) this.#fresh.set(this.#key(value), value);
    // By its key, perhaps.
    if (this.#home.isDestroyed) return;
    // Before a frame is there, it may have come: in a test that paints at once.
    if (this.#frame !== null && !this.#frame.closed) return;
    this.#frame = this.#home.run(() => nextFrame().subscribe(() => this.#paint()));
  }

  #paint(): void {
    const map = new Map(untracked(this.painted));
    for (const [key, value] of this.#fresh) map.set(key, value);
    this.#fresh = new Map();
    untracked(() => this.painted.set(map));
  }

  letGo(): void {
    this.#frame?.unsubscribe();
    this.#pushed?.unsubscribe();
  }
  stop(): void {
    this.#pulling?.cancel(DESTROYED);
  }
}

function isChannel<T>(source: ReceiveChannel<T> | Observable<T>): source is ReceiveChannel<T> {
  return typeof (source as Partial<ReceiveChannel<T>>).receiveResult === 'function';
}
