// A binary heap: the least first, O(log n) to add and to take.
//
// Invariant (`check()` asserts it): nothing is less than its parent.
//
// Equal elements leave in any order: who needs them in order of arrival makes arrival part of the comparison.

export class Heap<T> {
  readonly #items: T[] = [];
  readonly #less: (a: T, b: T) => boolean;

  constructor(less: (a: T, b: T) => boolean) {
    this.#less = less;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The least, or undefined. */
  get first(): T | undefined {
    return this.#items[0];
  }

  /** If the comparison throws, nothing has changed. */
  push(item: T): void {
    // The place is found before anything moves.
    const path: number[] = [];
    const items = this.#items;
    for (let at = items.length; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#less(item, items[parent] as T)) break;
      path.push(parent);
      at = parent;
    }
    let at = items.length;
    for (const parent of path) {
      items[at] = items[parent] as T;
      at = parent;
    }
    items[at] = item;
  }

  /** Takes the least out. */
  shift(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length > 0) this.#sink(last as T);
    return first;
  }

  /** Puts `item` at the root, and lets it sink to its place. */
  #sink(item: T): void {
    const items = this.#items;
    const { length } = items;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#less(items[child + 1] as T, items[child] as T)) child++;
      if (!this.#less(items[child] as T, item)) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = item;
  }

  /** @internal */
  check(): void {
    this.#items.forEach((item, at) => {
      if (at > 0 && this.#less(item, this.#items[(at - 1) >> 1] as T))
        throw new Error(`heap: item ${at} is less than its parent`);
    });
  }
}
