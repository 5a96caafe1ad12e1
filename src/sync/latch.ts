// A latch: counts work that is going on, and lets those go who wait for all of it.
//
// Invariants (`check()` asserts them):
//   1. count >= 0
//   2. somebody waits  =>  count > 0
//
// After Go's sync.WaitGroup. It may be counted up again once it was at zero: who has waited until then has been let go.

import { checkCount, ownOptions } from '../base/checks.ts';
import { Names } from '../base/names.ts';
import type { Operation } from '../core/operation.ts';
import { turn } from '../core/turn.ts';
import { NotifyList, Pass } from './notify-list.ts';
import { stateOf } from './waiters.ts';

const names = /* @__PURE__ */ new Names('latch');

/** Counts down to zero; Go's WaitGroup. */
export class Latch {
  readonly #name: string | undefined;
  readonly #number = names.draw();
  /** @internal */
  readonly list: NotifyList = new NotifyList(this);
  #count: number;

  /** `count`: what it starts with (default 0); anything but an integer >= 0 is a RangeError. */
  constructor(count = 0, options: { name?: string } = {}) {
    this.#name = ownOptions('latch', options).name;
    checkCount(this, 'the count', count, 0);
    this.#count = count;
    turn.watch?.made?.('latch', this);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }
  /** What is left to be done. */
  get count(): number {
    return this.#count;
  }

  /** Counts up by `count` (default 1): so much more is to be done. Anything but an integer >= 0: RangeError. */
  add(count = 1): void {
    checkCount(this, 'add: the count', count, 0);
    this.#count += count;
  }

  /**
   * Counts down by `count` (default 1): so much is done. At zero everybody who waits is let go, in the order in which they
   * came. Below zero, or anything but an integer >= 0: RangeError, and nothing has changed.
   */
  done(count = 1): void {
    checkCount(this, 'done: the count', count, 0);
    if (count > this.#count) throw new RangeError(`${this.name}: ${count} done, but the count is ${this.#count}`);
    this.#count -= count;
    if (this.#count === 0) this.list.notifyAll(undefined);
  }

  /**
   * Waits until the count is zero.
   *
   * ```
   * latch(2)
   * done()    -x--x
   * wait()    x     x
   *   first   ----(v|)
   *   second        (v|)
   * ```
   *
   * Emits undefined and completes; at once, if the count is zero. Never fails. Withdrawing leaves the line.
   *
   * @example
   * ```ts
   * yield* uploads.wait();
   * ```
   */
  wait(): Operation<void> {
    return new Pass(this);
  }

  /** @internal */
  passes(): boolean {
    return this.#count === 0;
  }

  toString(): string {
    return stateOf(names.title(this.#name, this.#number), `count ${this.#count}`, this.list.size);
  }

  /** @internal */
  check(): void {
    this.list.check(this.#count === 0 ? 0 : Infinity);
    if (!(this.#count >= 0)) throw new Error(`${this.name}: counts ${this.#count}`);
  }
}

/**
 * Makes a latch that counts from `count` (default 0) down to zero.
 *
 * ![latch in marbles](../../marbles/sync/latch.svg)
 *
 * @example
 * ```ts
 * const uploads = latch();
 * for (const file of files) {
 *   uploads.add();
 *   upload(file).pipe(finalize(() => uploads.done())).subscribe();
 * }
 * uploads.wait().subscribe(() => console.log('all done'));
 * ```
 *
 * After Go's sync.WaitGroup.
 */
export function latch(count?: number, options?: { name?: string }): Latch {
  return new Latch(count, options);
}
