import type { Observable, ObservableInput } from 'rxjs';
import { checkCount, checkLimit, ownOptions } from '../base/checks.ts';
import { Names } from '../base/names.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import { turn } from '../core/turn.ts';
import { checkHeldWork, type HeldWork, holding } from './holding.ts';
import { checkRequest, Permits } from './permits.ts';
import { Acquire } from './supply.ts';
import { stateOf } from './waiters.ts';

const names = /* @__PURE__ */ new Names('semaphore');

/**
 * A counting semaphore: at most `permits` are held at a time; first come, first served.
 *
 * A released permit goes straight to whoever waits longest. A large request at the head of the line is not overtaken by
 * smaller ones behind it; withdrawing it lets those go. Acquiring, releasing and withdrawing are O(1).
 */
export class Semaphore {
  readonly #name: string | undefined;
  readonly #number = names.draw();
  /** @internal */
  readonly pool: Permits;

  /** `permits`: how many there are; anything but an integer >= 0, or Infinity, is a RangeError. */
  constructor(permits: number, options: { name?: string } = {}) {
    this.#name = ownOptions('semaphore', options).name;
    checkLimit(this, 'permits', permits, 0);
    this.pool = new Permits(this, permits, 'acquire');
    turn.watch?.made?.('semaphore', this);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }

  /**
   * How many there are. Settable, to what the constructor takes: more go to those who wait longest, at once; of fewer, those
   * that are given back are taken away until it fits, and `available` is 0 until then. Who waits for more than there are left
   * waits until there are more again.
   */
  get permits(): number {
    return this.pool.total;
  }
  set permits(permits: number) {
    checkLimit(this, 'permits', permits, 0);
    this.pool.resize(permits);
  }

  /** Those who wait for permits. */
  get waiting(): number {
    return this.pool.line.size;
  }

  /** The permits that nobody holds. While a large request waits for more, they are kept for it. */
  get available(): number {
    return this.pool.free;
  }

  /**
   * Takes `count` permits (default 1), together, when they are there and everybody who came before was served.
   *
   * ```
   * acquire()     x
   * release()     --x
   * acquire()      x
   * of 1 permit
   *   first       (v|)
   *   second       -(v|)
   * ```
   *
   * Emits undefined and completes once they are yours, until you `release` them. Never fails. Withdrawing leaves the line,
   * and nothing was taken. A count that is no integer >= 1, or more than there are: RangeError, here;
   * but while there are none at all, it waits until there are.
   *
   * @example
   * ```ts
   * yield* connections.acquire();
   * try {
   *   return yield* until(query());
   * } finally {
   *   connections.release();
   * }
   * ```
   */
  acquire(count = 1): Operation<void> {
    checkRequest(this.pool, 'acquire', count);
    return new Acquire(this.pool, count);
  }

  /** Takes `count` permits if it can be done now, without overtaking anybody; false otherwise. Wrong counts: as for `acquire`. */
  tryAcquire(count = 1): boolean {
    checkRequest(this.pool, 'tryAcquire', count);
    return this.pool.tryTake(count);
  }

  /**
   * Gives `count` permits back (default 1), to those who wait longest if there are any: they have them when this returns.
   * More than are held, or a count that is no integer >= 1: RangeError, and nothing has changed.
   */
  release(count = 1): void {
    checkCount(this, 'release: the count', count, 1);
    this.pool.release('release', count);
  }

  /**
   * Runs `work` while holding `count` permits (default 1).
   *
   * ```
   * permits of 1               -------
   * withPermit(work)    ^      a--b|
   * withPermit(work)     ^         a--b|
   * ```
   *
   * Each performance acquires, then subscribes to `work`, or calls it and runs the coroutine, or subscribes to what it
   * returns. Of a function it is an operation too: by `yield*`, in a `select` and as a promise it gives the last value of the
   * work (undefined, if it brings none). Subscribed, it emits what the work emits; of a coroutine, what it returns. Completes
   * or fails as the work does, and with what the function throws. The permits are back when the work has ended and its
   * clean-up too, before anybody hears of it: a coroutine keeps them until its `finally` blocks have run, however long these
   * wait.
   *
   * Withdrawing it leaves the line, or cancels the work; a coroutine waits for the clean-up, but not through an operator of
   * RxJS's, which cannot pass that on. A wrong count: RangeError, here.
   *
   * @example
   * ```ts
   * const downloads = semaphore(4);
   * from(urls).pipe(mergeMap((url) => downloads.withPermit(() => fetch(url)))).subscribe(save);
   * ```
   */
  withPermit<T>(work: () => Coroutine<T>, count?: number): Operation<T>;
  withPermit<T>(work: ObservableInput<T> | (() => ObservableInput<T>), count?: number): Observable<T>;
  withPermit<T>(work: HeldWork<T>, count = 1): Observable<T> {
    const name = `withPermit of ${this.name}`;
    checkHeldWork(name, work);
    return holding({
      name,
      permits: this.pool,
      count,
      acquire: this.acquire(count),
      release: () => this.release(count),
      work,
    });
  }

  toString(): string {
    const { held, total, line } = this.pool;
    return stateOf(names.title(this.#name, this.#number), `${held}/${total} held`, line.size);
  }

  /** @internal */
  check(): void {
    this.pool.check();
  }
}

/**
 * Makes a semaphore of `permits` permits.
 *
 * Anything but an integer >= 0, or Infinity, is a RangeError. With 0 everybody waits until `permits` is set.
 *
 * ![semaphore in marbles](../../marbles/sync/semaphore.svg)
 *
 * @example
 * ```ts
 * const connections = semaphore(10);
 * rows.pipe(mergeMap((row) => connections.withPermit(() => insert(row)))).subscribe();
 * ```
 *
 * After Dijkstra's semaphore, with the line of golang.org/x/sync/semaphore.
 */
export function semaphore(permits: number, options?: { name?: string }): Semaphore {
  return new Semaphore(permits, options);
}
