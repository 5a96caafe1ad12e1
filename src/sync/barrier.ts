// A barrier: so many parties wait for each other, then all go on, and the next round begins.
//
//   gathering ──the last of the parties arrives──► gathering (the next round)
//       ├──reset()──► gathering; those who waited fail
//       └──abort()──► broken, for good; those who waited fail
//
// Invariants (`check()` asserts them):
//   1. fewer than `parties` wait
//      (but for a select that waits twice for the same round: it goes once)
//   2. broken  =>  nobody waits
//
// Who leaves before the last one comes has not arrived: those behind move up, and the barrier is not broken by it. In Java
// and in Python's threading it is, because a thread that gives up there has broken its word to the others. Here leaving is
// what every timeout and every lost select does, and must not hurt others.
//
// After asyncio's Barrier.

import { checkCount, ownOptions } from '../base/checks.ts';
import { BrokenBarrierError } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { tellAll, type Waiter } from '../core/waiter.ts';
import { turn } from '../core/turn.ts';
import { NotifyList } from './notify-list.ts';
import { stateOf } from './waiters.ts';

const names = /* @__PURE__ */ new Names('barrier');

/** A barrier for a fixed number of parties; cyclic. */
export class Barrier {
  readonly #name: string | undefined;
  readonly #number = names.draw();
  /** How many go on together. */
  readonly parties: number;
  /** @internal */
  readonly list: NotifyList = new NotifyList(this);
  /** What everybody fails with, from now on; null: in order. */
  #broken: Failure | null = null;

  /** `parties`: anything but an integer >= 1 is a RangeError. */
  constructor(parties: number, options: { name?: string } = {}) {
    this.#name = ownOptions('barrier', options).name;
    checkCount(this, 'parties', parties, 1);
    this.parties = parties;
    turn.watch?.made?.('barrier', this);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }
  /** How many have arrived and wait for the others. */
  get waiting(): number {
    return this.list.size;
  }
  /** Aborted. */
  get isBroken(): boolean {
    return this.#broken !== null;
  }

  /**
   * Arrives, and waits for the others.
   *
   * ```
   * barrier(2)
   * wait()      x--x-x--x
   *   first     ---(0|)
   *   second       (1|)
   *   third          ---(0|)
   *   fourth            (1|)
   * ```
   *
   * When the last of the parties arrives, all go on: each emits its place in the order of arrival, 0 to `parties - 1`, and
   * completes; those who waited are told first. Fails with `BrokenBarrierError` when the barrier is reset or aborted
   * meanwhile, and at once if it was aborted. Withdrawing takes the arrival back. Arriving is O(1), the last one O(parties).
   *
   * @example
   * ```ts
   * for (const part of parts) {
   *   go(function* () {
   *     compute(part);
   *     if ((yield* phase.wait()) === 0) swap();
   *   });
   * }
   * ```
   */
  wait(): Operation<number> {
    return new Arrive(this);
  }

  /** Sends home those who wait, with `BrokenBarrierError`; whoever comes next begins a new round. Aborted, it stays so. */
  reset(): void {
    this.list.notifyAll(this.#failure());
  }

  /** Breaks it for good: those who wait, and all who come, fail with `BrokenBarrierError`. */
  abort(): void {
    this.#broken ??= this.#failure();
    this.list.notifyAll(this.#broken);
  }

  #failure(): Failure {
    return new Failure(new BrokenBarrierError(this.name));
  }

  /** @internal */
  passes(): boolean {
    return this.#broken !== null || this.list.size >= this.parties - 1;
  }

  /** @internal Precondition: passes. */
  arrive(): unknown {
    if (this.#broken !== null) return this.#broken;
    const settled: Waiter[] = [];
    const line = this.list.detach();
    for (let next = line.shift(); next !== null; next = line.shift()) {
      next.settle(settled.length);
      settled.push(next);
    }
    tellAll(settled);
    return settled.length;
  }

  toString(): string {
    const state = this.isBroken ? 'broken' : `of ${this.parties}`;
    return stateOf(names.title(this.#name, this.#number), state, this.waiting);
  }

  /** @internal */
  check(): void {
    this.list.check(this.isBroken ? 0 : this.parties - 1);
  }
}

class Arrive extends Operation<number> {
  readonly #barrier: Barrier;

  constructor(barrier: Barrier) {
    super();
    this.#barrier = barrier;
  }

  ready(): boolean {
    return this.#barrier.passes();
  }
  commit(): unknown {
    return this.#barrier.arrive();
  }
  park(waiter: Waiter): void {
    this.#barrier.list.join(waiter);
  }
  override toString(): string {
    return `wait on ${this.#barrier.name}`;
  }
}

/**
 * Makes a barrier for `parties` parties.
 *
 * Anything but an integer >= 1 is a RangeError.
 *
 * ![barrier in marbles](../../marbles/sync/barrier.svg)
 *
 * @example
 * ```ts
 * const phase = barrier(3);
 * phase.wait().subscribe((index) => console.log('all three are here; I came as number', index));
 * ```
 *
 * After asyncio's Barrier; but `abort` is for good.
 */
export function barrier(parties: number, options?: { name?: string }): Barrier {
  return new Barrier(parties, options);
}
