// What will happen in a run, in order of time, and within a frame in the order in which it was scheduled.
//
// RxJS keeps its actions in an array, which it sorts whenever one is added: a diagram of n values costs n² then. This stands in
// that array's place, and costs O(log n); `push`, `sort` and `indexOf` are all that RxJS's actions ask of it.
//
// Invariants (`check()` asserts them):
//   1. `#order` and `#spots` hold the same actions, each once

import { Sorted, type Spot } from '../base/sorted.ts';

/** An action of RxJS's virtual time: `delay` is the frame in which it is due. */
interface Due {
  readonly delay: number;
}

export class Agenda<A extends Due> {
  readonly #order = new Sorted<A>((a, b) => a.delay - b.delay);
  readonly #spots = new Map<A, Spot<A>>();

  /** Takes the next one out. */
  shift(): A | undefined {
    const next = this.#order.first;
    if (next !== undefined) this.#remove(next);
    return next;
  }

  push(action: A): void {
    this.#spots.set(action, this.#order.add(action));
  }

  /** It always is. */
  sort(): this {
    return this;
  }

  /** RxJS asks where an action stands only to take it out. */
  indexOf(action: A): number {
    if (this.#spots.has(action)) this.#remove(action);
    return -1;
  }

  #remove(action: A): void {
    this.#order.remove(this.#spots.get(action) as Spot<A>);
    this.#spots.delete(action);
  }

  /** @internal */
  check(): void {
    this.#order.check();
    if (this.#order.size !== this.#spots.size) throw new Error('agenda: an action has no spot, or two');
  }
}
