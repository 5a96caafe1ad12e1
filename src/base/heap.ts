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

  /** Takes the least out. If the comparison throws, nothing has changed. */
  shift(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const path = this.#pathOfLast();
    const last = items.pop();
    if (items.length === 0) return first;
    let at = 0;
    for (const child of path) {
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = last as T;
    return first;
  }

  /** The places through which the last item sinks, once it stands at the root. */
  #pathOfLast(): number[] {
    const items = this.#items;
    const length = items.length - 1;
    const last = items[length] as T;
    const path: number[] = [];
    for (let child = 1; child < length; child = child * 2 + 1) {
      if (child + 1 < length && this.#less(items[child + 1] as T, items[child] as T)) child++;
      if (!this.#less(items[child] as T, last)) break;
      path.push(child);
    }
    return path;
  }

  /** @internal */
  check(): void {
    this.#items.forEach((item, at) => {
      if (at > 0 && this.#less(item, this.#items[(at - 1) >> 1] as T))
        throw new Error(`heap: item ${at} is less than its parent`);
    });
  }
}
