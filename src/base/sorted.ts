// Items in an order of their own: O(log n) to add and to take out, wherever they stand. A treap: a search tree by the order,
// and at the same time a heap by weights that are drawn when an item comes, which keeps it flat.
//
// Invariants (`check()` asserts them):
//   1. what stands left of an item is not greater, and what stands right of it is not less: equals in order of arrival
//   2. nothing weighs less than its parent
//   3. `first` and `last` are the ends of that order
//
// The order is asked when an item comes, and only then. So a comparison that throws is the fault of the one who adds: nothing
// has changed then, and nothing that is in can become impossible to take out. The same if the comparison adds or removes
// itself: the place that was found may be none any more.
//
// After Raimund Seidel and Cecilia Aragon, "Randomized Search Trees", Algorithmica 16 (1996).

import { Random } from './random.ts';

/** Where an item stands: for taking it out. */
export class Spot<T> {
  readonly item: T;
  readonly weight: number;
  parent: Spot<T> | null = null;
  left: Spot<T> | null = null;
  right: Spot<T> | null = null;

  constructor(item: T, weight: number) {
    this.item = item;
    this.weight = weight;
  }
}

const WEIGHTS = 0x4000_0000;

export class Sorted<T> {
  size = 0;
  readonly #compare: (a: T, b: T) => number;
  readonly #random = new Random(1);
  /** Items that were added or taken out so far. */
  #changes = 0;
  #root: Spot<T> | null = null;
  #first: Spot<T> | null = null;
  #last: Spot<T> | null = null;

  /** Less than 0: `a` comes first. */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get first(): T | undefined {
    return this.#first?.item;
  }
  get last(): T | undefined {
    return this.#last?.item;
  }

  /** Adds `item`, behind its equals. If the comparison throws, nothing has changed. */
  add(item: T): Spot<T> {
    let parent: Spot<T> | null = null;
    let isLeft = false;
    const before = this.#changes;
    for (let at = this.#root; at !== null; at = isLeft ? at.left : at.right) {
      parent = at;
      isLeft = this.#compare(item, at.item) < 0;
    }
    if (this.#changes !== before) throw new Error('the comparison has changed what it compares');
    return this.#attach(item, parent, isLeft);
  }

  #attach(item: T, parent: Spot<T> | null, isLeft: boolean): Spot<T> {
    const node = new Spot(item, this.#random.below(WEIGHTS));
    node.parent = parent;
    if (parent === null) {
      this.#root = this.#first = this.#last = node;
    } else if (isLeft) {
      parent.left = node;
      if (parent === this.#first) this.#first = node;
    } else {
      parent.right = node;
      if (parent === this.#last) this.#last = node;
    }
    this.size++;
    this.#changes++;
    while (node.parent !== null && node.weight < node.parent.weight) this.#raise(node);
    return node;
  }

  /** Takes out the item that stands at `node`. Precondition: it stands in here. */
  remove(node: Spot<T>): void {
    if (node === this.#first) this.#first = node.right === null ? node.parent : leftmost(node.right);
    if (node === this.#last) this.#last = node.left === null ? node.parent : rightmost(node.left);
    for (let child = lighter(node); child !== null; child = lighter(node)) this.#raise(child);
    this.#replace(node, null);
    this.size--;
    this.#changes++;
  }

  /** Turns `node` and its parent, so that the parent is its child; the order stays. */
  #raise(node: Spot<T>): void {
    const parent = node.parent as Spot<T>;
    this.#replace(parent, node);
    if (parent.left === node) {
      parent.left = node.right;
      if (node.right !== null) node.right.parent = parent;
      node.right = parent;
    } else {
      parent.right = node.left;
      if (node.left !== null) node.left.parent = parent;
      node.left = parent;
    }
    parent.parent = node;
  }

  /** Puts `other` where `node` hangs. */
  #replace(node: Spot<T>, other: Spot<T> | null): void {
    const { parent } = node;
    if (parent === null) this.#root = other;
    else if (parent.left === node) parent.left = other;
    else parent.right = other;
    if (other !== null) other.parent = parent;
    node.parent = null;
  }

  /** In order. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let at = this.#first; at !== null; at = following(at)) yield at.item;
  }

  /** @internal */
  check(): void {
    let before: Spot<T> | null = null;
    let count = 0;
    for (let at = this.#root === null ? null : leftmost(this.#root); at !== null; at = following(at)) {
      count++;
      if (before === null && at !== this.#first) throw new Error('sorted: first is not the first');
      if (before !== null && this.#compare(at.item, before.item) < 0)
        throw new Error('sorted: an item stands too late');
      if (at.parent !== null && at.weight < at.parent.weight) throw new Error('sorted: lighter than its parent');
      before = at;
    }
    if (before !== this.#last) throw new Error('sorted: last is not the last');
    if (count !== this.size) throw new Error(`sorted: ${count} items, counted ${this.size}`);
  }
}

function leftmost<T>(node: Spot<T>): Spot<T> {
  let at = node;
  while (at.left !== null) at = at.left;
  return at;
}

function rightmost<T>(node: Spot<T>): Spot<T> {
  let at = node;
  while (at.right !== null) at = at.right;
  return at;
}

function following<T>(node: Spot<T>): Spot<T> | null {
  if (node.right !== null) return leftmost(node.right);
  let at = node;
  while (at.parent !== null && at.parent.right === at) at = at.parent;
  return at.parent;
}

/** The child that weighs less, if there is one. */
function lighter<T>({ left, right }: Spot<T>): Spot<T> | null {
  if (left === null || right === null) return left ?? right;
  return left.weight < right.weight ? left : right;
}
