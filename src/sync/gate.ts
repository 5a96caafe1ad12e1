// A gate: open, everybody passes; shut, everybody waits.
//
// Invariant (`check()` asserts it): somebody waits  =>  the gate is clear
//
// Setting it lets everybody go who waits at that moment, also when somebody among them clears it again at once: they have
// passed. After asyncio's Event.

import { ownOptions } from '../base/checks.ts';
import { Names } from '../base/names.ts';
import type { Operation } from '../core/operation.ts';
import { turn } from '../core/turn.ts';
import { NotifyList, Pass } from './notify-list.ts';
import { stateOf } from './waiters.ts';

const names = /* @__PURE__ */ new Names('gate');

/** A gate: `wait` passes while it is set. */
export class Gate {
  readonly #name: string | undefined;
  readonly #number = names.draw();
  /** @internal */
  readonly list: NotifyList = new NotifyList(this);
  #isSet = false;

  constructor(options: { name?: string } = {}) {
    this.#name = ownOptions('gate', options).name;
    turn.watch?.made?.('gate', this);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }
  get isSet(): boolean {
    return this.#isSet;
  }

  /** Opens it: everybody who waits passes, in the order in which they came. */
  set(): void {
    this.#isSet = true;
    this.list.notifyAll(undefined);
  }

  /**
   * Lets everybody pass who waits now, and stays as it is: who comes later waits, also who comes while these are told.
   *
   * ```
   * pulse()    --x--x
   * wait()     x x x
   *   first    --(v|)
   *   second     ---(v|)    it came in the frame of the pulse, after it
   * ```
   *
   * After Windows' PulseEvent, and the notify of a condition without its mutex.
   */
  pulse(): void {
    this.list.notifyAll(undefined);
  }

  /** Shuts it: from now on everybody waits. */
  clear(): void {
    this.#isSet = false;
  }

  /**
   * Passes at once while the gate is set, else when it is set next.
   *
   * ```
   * set()      --x
   * wait()     x  x
   *   first    --(v|)
   *   second      (v|)
   * ```
   *
   * Emits undefined and completes; never fails. Withdrawing leaves the line.
   *
   * @example
   * ```ts
   * yield* online.wait();
   * ```
   */
  wait(): Operation<void> {
    return new Pass(this);
  }

  /** @internal */
  passes(): boolean {
    return this.#isSet;
  }

  toString(): string {
    return stateOf(names.title(this.#name, this.#number), this.#isSet ? 'set' : 'clear', this.list.size);
  }

  /** @internal */
  check(): void {
    this.list.check(this.#isSet ? 0 : Infinity);
  }
}

/**
 * Makes a gate, clear at first.
 *
 * ![gate in marbles](../../marbles/sync/gate.svg)
 *
 * @example
 * ```ts
 * const online = gate();
 * connection.subscribe((up) => (up ? online.set() : online.clear()));
 * ```
 *
 * After asyncio's Event.
 */
export function gate(options?: { name?: string }): Gate {
  return new Gate(options);
}
