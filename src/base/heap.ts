// What comes first of all that is in: O(log n) to add and to take out. A binary heap.
//
// Invariant (`check()` asserts it): nothing comes before its parent.

export class Heap<T> {
  readonly #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.length;
    for (let up = parentOf(at); at > 0 && this.#isBefore(item, items[up] as T); up = parentOf(at)) {
      items[at] = items[up] as T;
      at = up;
    }
    items[at] = item;
  }

  /** Takes out the one that comes first; undefined: there is none. */
  shift(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length > 0) this.#sink(last as T);
    return first;
  }

  /** `item` stands in the place of the first, or below. */
  #sink(item: T): void {
    const items = this.#items;
    const { length } = items;
    let at = 0;
    for (let down = 1; down < length; down = 2 * at + 1) {
      if (down + 1 < length && this.#isBefore(items[down + 1] as T, items[down] as T)) down++;
      if (!this.#isBefore(items[down] as T, item)) break;
      items[at] = items[down] as T;
      at = down;
    }
    items[at] = item;
  }

  /** @internal */
  check(): void {
    const items = this.#items;
    if (items.some((item, at) => at > 0 && this.#isBefore(item, items[parentOf(at)] as T)))
      throw new Error('heap: an item comes before its parent');
  }
}

function parentOf(at: number): number {
  return (at - 1) >> 1;
}
