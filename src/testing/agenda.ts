// What will happen in a run, in order of time, and within a frame in the order in which it was scheduled.
//
// RxJS keeps its actions in an array, which it sorts whenever one is added: a diagram of n values costs n² then. This stands in
// that array's place, and costs O(log n); `push`, `sort` and `indexOf` are all that RxJS's actions ask of it.
//
// What is withdrawn is emptied where it stands, and let go when its time comes: a heap, where taking out of the middle would
// need a search tree, which weighs four times as much.
//
// Invariants (`check()` asserts them):
//   1. `#spots` has each action that is in, with its spot, which is not empty

import { Heap } from '../base/heap.ts';

/** An action of RxJS's virtual time: `delay` is the frame in which it is due. */
interface Due {
  readonly delay: number;
}

/** Where an action stands; null: it was withdrawn. */
interface Spot<A> {
  action: A | null;
  readonly delay: number;
  readonly arrival: number;
}

export class Agenda<A extends Due> {
  readonly #order = new Heap<Spot<A>>((a, b) => a.delay < b.delay || (a.delay === b.delay && a.arrival < b.arrival));
  readonly #spots = new Map<A, Spot<A>>();
  #arrivals = 0;

  /** Takes the next one out. */
  shift(): A | undefined {
    let next = this.#order.shift();
    while (next?.action === null) next = this.#order.shift();
    const action = next?.action ?? undefined;
    if (action !== undefined) this.#spots.delete(action);
    return action;
  }

  push(action: A): void {
    const spot = { action, delay: action.delay, arrival: this.#arrivals++ };
    this.#spots.set(action, spot);
    this.#order.push(spot);
  }

  /** It always is. */
  sort(): this {
    return this;
  }

  /** RxJS asks where an action stands only to take it out. */
  indexOf(action: A): number {
    const spot = this.#spots.get(action);
    if (spot !== undefined) spot.action = null;
    this.#spots.delete(action);
    return -1;
  }

  /** @internal */
  check(): void {
    this.#order.check();
    for (const [action, spot] of this.#spots) {
      if (spot.action !== action) throw new Error('agenda: an action has no spot, or that of another');
    }
  }
}
