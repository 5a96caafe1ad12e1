// What waits, and in which order it leaves: first in, first out; last in, first out; or by a comparison.
//
// Invariants (`check()` asserts them):
//   1. an entry that is in stands in every index, once; one that is out stands in none
//   2. equals of a comparison leave in order of arrival
//
// By arrival, entries stand in a linked list, O(1); by a comparison, in a search tree, O(log n). Whoever has to find what came
// first or last, whatever the order of leaving, asks for a second tree.

import { insertBefore, Line, type Linked } from '../base/line.ts';
import { Sorted, type Spot } from '../base/sorted.ts';
import type { Slot, Tag } from '../channel/bound.ts';

/** What leaves next: what came first (`fifo`, the default), what came last, or by a comparison: least first, equals in order of arrival. */
export type Order<T> = 'fifo' | 'lifo' | ((a: T, b: T) => number);

/** Something that waits, or is out and may come back. */
export class Entry<T> implements Linked<Entry<T>>, Slot<T> {
  place: unknown = null;
  before: Entry<T> | null = null;
  after: Entry<T> | null = null;
  value: T;
  /** Where more than the number of values bounds them. */
  tag: Tag | undefined = undefined;
  readonly arrival: number;
  /** How often it was delivered. */
  attempts = 0;
  /** Where it stands in the tree of a comparison, and in that of arrivals. */
  ranked: Spot<Entry<T>> | null = null;
  dated: Spot<Entry<T>> | null = null;

  constructor(value: T, arrival: number) {
    this.value = value;
    this.arrival = arrival;
  }
}

export function byArrival(a: Entry<unknown>, b: Entry<unknown>): number {
  return a.arrival - b.arrival;
}

/** Which of two entries leaves first. */
export function rankBy<T>(order: Order<T>): (a: Entry<T>, b: Entry<T>) => number {
  if (order === 'fifo') return byArrival;
  if (order === 'lifo') return (a, b) => b.arrival - a.arrival;
  return (a, b) => order(a.value, b.value) || byArrival(a, b);
}

/** Entries in the order in which they leave. */
interface Shelf<T> {
  /** The one that leaves next. */
  readonly first: Entry<T> | null;
  /** May throw; then nothing has changed. */
  add(entry: Entry<T>): void;
  /** To the front, or to the place that the comparison gives it. May throw; then nothing has changed. */
  putBack(entry: Entry<T>): void;
  /** To its place by arrival, or to the place that the comparison gives it. May throw; then nothing has changed. */
  putInPlace(entry: Entry<T>): void;
  /** To the front, whatever the order. */
  putFirst(entry: Entry<T>): void;
  remove(entry: Entry<T>): void;
  count(): number;
  check(): void;
}

class Listed<T> implements Shelf<T> {
  readonly #line = new Line<Entry<T>>();
  readonly #isLifo: boolean;

  constructor(isLifo: boolean) {
    this.#isLifo = isLifo;
  }

  get first(): Entry<T> | null {
    return this.#line.first;
  }
  add(entry: Entry<T>): void {
    if (this.#isLifo) this.#line.prepend(entry);
    else this.#line.append(entry);
  }
  putBack(entry: Entry<T>): void {
    this.#line.prepend(entry);
  }
  /** It was out, so it leaves early: those before it are few, other ones that came back. (In `lifo`, those that came meanwhile.) */
  putInPlace(entry: Entry<T>): void {
    let next = this.#line.first;
    while (next !== null && (this.#isLifo ? next.arrival > entry.arrival : next.arrival < entry.arrival))
      next = next.after;
    if (next === null) this.#line.append(entry);
    else insertBefore(this.#line, entry, next);
  }
  putFirst(entry: Entry<T>): void {
    this.#line.prepend(entry);
  }
  remove(entry: Entry<T>): void {
    this.#line.leave(entry);
  }
  count(): number {
    return this.#line.count();
  }
  check(): void {
    this.#line.check();
  }
}

class Ranked<T> implements Shelf<T> {
  readonly #tree: Sorted<Entry<T>>;
  /** Before all that are ranked: in the tree they would mislead whoever looks for a place by comparing. */
  readonly #front = new Line<Entry<T>>();

  constructor(order: (a: T, b: T) => number) {
    this.#tree = new Sorted(rankBy(order));
  }

  get first(): Entry<T> | null {
    return this.#front.first ?? this.#tree.first ?? null;
  }
  add(entry: Entry<T>): void {
    entry.ranked = this.#tree.add(entry);
  }
  putBack(entry: Entry<T>): void {
    this.add(entry);
  }
  putInPlace(entry: Entry<T>): void {
    this.add(entry);
  }
  putFirst(entry: Entry<T>): void {
    this.#front.prepend(entry);
  }
  remove(entry: Entry<T>): void {
    if (entry.ranked === null) {
      this.#front.leave(entry);
      return;
    }
    this.#tree.remove(entry.ranked);
    entry.ranked = null;
  }
  count(): number {
    return this.#front.count() + this.#tree.size;
  }
  check(): void {
    this.#front.check();
    this.#tree.check();
  }
}

export class Entries<T> {
  size = 0;
  readonly #order: Order<T>;
  readonly #shelf: Shelf<T>;
  readonly #dates: Sorted<Entry<T>> | null;

  /** `dated`: whether `oldest` and `newest` will be asked for. */
  constructor(order: Order<T>, dated: boolean) {
    this.#order = order;
    this.#shelf = typeof order === 'function' ? new Ranked(order) : new Listed(order === 'lifo');
    this.#dates = dated ? new Sorted<Entry<T>>(byArrival) : null;
  }

  /** The one that leaves next. */
  get first(): Entry<T> | null {
    return this.#shelf.first;
  }
  /** By arrival. Precondition: dated, and not empty. */
  get oldest(): Entry<T> {
    return this.#dates?.first as Entry<T>;
  }
  /** By arrival. Precondition: dated, and not empty. */
  get newest(): Entry<T> {
    return this.#dates?.last as Entry<T>;
  }

  /** If the comparison throws, nothing has changed. */
  add(entry: Entry<T>): void {
    this.#shelf.add(entry);
    this.#date(entry);
  }

  /** Takes back one that was out: to the front; with a comparison to its own place, before all who came after it. */
  putBack(entry: Entry<T>): void {
    this.#shelf.putBack(entry);
    this.#date(entry);
  }

  /** Takes back one that was out as if it had never been. */
  putInPlace(entry: Entry<T>): void {
    this.#shelf.putInPlace(entry);
    this.#date(entry);
  }

  /** To the front, whatever the order. */
  putFirst(entry: Entry<T>): void {
    this.#shelf.putFirst(entry);
    this.#date(entry);
  }

  #date(entry: Entry<T>): void {
    this.size++;
    if (this.#dates !== null) entry.dated = this.#dates.add(entry);
  }

  /** Gives `entry`, which is in, another value; where the order is one of values, in an entry of its own. If the comparison throws, nothing has changed. */
  replace(entry: Entry<T>, value: T): Entry<T> {
    if (typeof this.#order === 'string') {
      entry.value = value;
      return entry;
    }
    const twin = new Entry(value, entry.arrival);
    twin.attempts = entry.attempts;
    this.add(twin);
    this.remove(entry);
    return twin;
  }

  /** Takes `entry`, which is in, out. */
  remove(entry: Entry<T>): void {
    this.#shelf.remove(entry);
    this.size--;
    if (this.#dates === null) return;
    this.#dates.remove(entry.dated as Spot<Entry<T>>);
    entry.dated = null;
  }

  /** Takes all out, in the order in which they would have left. */
  drain(): Entry<T>[] {
    const entries: Entry<T>[] = [];
    for (let { first } = this; first !== null; first = this.first) {
      this.remove(first);
      entries.push(first);
    }
    return entries;
  }

  /** @internal All that are in, to be looked at. Precondition: dated. */
  list(): Entry<T>[] {
    return this.#dates === null ? [] : [...this.#dates];
  }

  check(): void {
    this.#shelf.check();
    this.#dates?.check();
    const counts = [this.#shelf.count(), this.#dates?.size ?? this.size];
    if (counts.some((count) => count !== this.size)) {
      throw new Error(`entries: ${this.size} counted, and its indexes hold ${counts.join(' and ')}`);
    }
  }
}
