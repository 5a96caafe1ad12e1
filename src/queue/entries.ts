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

/** What leaves next: what came first (`fifo`, the default), what came last, or by a comparison: least first, equals in order of arrival. */
export type Order<T> = 'fifo' | 'lifo' | ((a: T, b: T) => number);

/** What can stand among entries: it is its own node. */
export interface Entry<E> extends Linked<E> {
  readonly arrival: number;
  /** Where it stands in the tree of a comparison, and in that of arrivals. */
  ranked: Spot<E> | null;
  dated: Spot<E> | null;
}

interface Arrived {
  readonly arrival: number;
}

export function byArrival(a: Arrived, b: Arrived): number {
  return a.arrival - b.arrival;
}

/** Which of two entries leaves first. */
export function rankBy<E extends Arrived>(order: Order<E>): (a: E, b: E) => number {
  if (order === 'fifo') return byArrival;
  if (order === 'lifo') return (a, b) => b.arrival - a.arrival;
  return (a, b) => order(a, b) || byArrival(a, b);
}

/** Entries in the order in which they leave. */
interface Shelf<E> {
  /** The one that leaves next. */
  readonly first: E | null;
  /** May throw; then nothing has changed. */
  add(entry: E): void;
  /** To the front, or to the place that the comparison gives it. May throw; then nothing has changed. */
  putBack(entry: E): void;
  /** To its place by arrival, or to the place that the comparison gives it. May throw; then nothing has changed. */
  putInPlace(entry: E): void;
  /** To the front, whatever the order. */
  putFirst(entry: E): void;
  remove(entry: E): void;
  count(): number;
  check(): void;
}

class Listed<E extends Entry<E>> implements Shelf<E> {
  readonly #line = new Line<E>();
  readonly #isLifo: boolean;

  constructor(isLifo: boolean) {
    this.#isLifo = isLifo;
  }

  get first(): E | null {
    return this.#line.first;
  }
  add(entry: E): void {
    if (this.#isLifo) this.#line.prepend(entry);
    else this.#line.append(entry);
  }
  putBack(entry: E): void {
    this.#line.prepend(entry);
  }
  /** It was out, so it leaves early: those before it are few, other ones that came back. (In `lifo`, those that came meanwhile.) */
  putInPlace(entry: E): void {
    let next = this.#line.first;
    while (next !== null && (this.#isLifo ? next.arrival > entry.arrival : next.arrival < entry.arrival))
      next = next.after;
    if (next === null) this.#line.append(entry);
    else insertBefore(this.#line, entry, next);
  }
  putFirst(entry: E): void {
    this.#line.prepend(entry);
  }
  remove(entry: E): void {
    this.#line.leave(entry);
  }
  count(): number {
    return this.#line.count();
  }
  check(): void {
    this.#line.check();
  }
}

class Ranked<E extends Entry<E>> implements Shelf<E> {
  readonly #tree: Sorted<E>;
  /** Before all that are ranked: in the tree they would mislead whoever looks for a place by comparing. */
  readonly #front = new Line<E>();

  constructor(order: (a: E, b: E) => number) {
    this.#tree = new Sorted(rankBy(order));
  }

  get first(): E | null {
    return this.#front.first ?? this.#tree.first ?? null;
  }
  add(entry: E): void {
    entry.ranked = this.#tree.add(entry);
  }
  putBack(entry: E): void {
    this.add(entry);
  }
  putInPlace(entry: E): void {
    this.add(entry);
  }
  putFirst(entry: E): void {
    this.#front.prepend(entry);
  }
  remove(entry: E): void {
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

export class Entries<E extends Entry<E>> {
  size = 0;
  readonly #shelf: Shelf<E>;
  readonly #dates: Sorted<E> | null;

  /** `dated`: whether `oldest` and `newest` will be asked for. */
  constructor(order: Order<E>, dated: boolean) {
    this.#shelf = typeof order === 'function' ? new Ranked(order) : new Listed(order === 'lifo');
    this.#dates = dated ? new Sorted<E>(byArrival) : null;
  }

  /** The one that leaves next. */
  get first(): E | null {
    return this.#shelf.first;
  }
  /** By arrival. Precondition: dated, and not empty. */
  get oldest(): E {
    return this.#dates?.first as E;
  }
  /** By arrival. Precondition: dated, and not empty. */
  get newest(): E {
    return this.#dates?.last as E;
  }

  /** If the comparison throws, nothing has changed. */
  add(entry: E): void {
    this.#shelf.add(entry);
    this.#date(entry);
  }

  /** Takes back one that was out: to the front; with a comparison to its own place, before all who came after it. */
  putBack(entry: E): void {
    this.#shelf.putBack(entry);
    this.#date(entry);
  }

  /** Takes back one that was out as if it had never been. */
  putInPlace(entry: E): void {
    this.#shelf.putInPlace(entry);
    this.#date(entry);
  }

  /** To the front, whatever the order. */
  putFirst(entry: E): void {
    this.#shelf.putFirst(entry);
    this.#date(entry);
  }

  #date(entry: E): void {
    this.size++;
    if (this.#dates !== null) entry.dated = this.#dates.add(entry);
  }

  /** Takes `entry`, which is in, out. */
  remove(entry: E): void {
    this.#shelf.remove(entry);
    this.size--;
    if (this.#dates === null) return;
    this.#dates.remove(entry.dated as Spot<E>);
    entry.dated = null;
  }

  /** Takes all out, in the order in which they would have left. */
  drain(): E[] {
    const entries: E[] = [];
    for (let { first } = this; first !== null; first = this.first) {
      this.remove(first);
      entries.push(first);
    }
    return entries;
  }

  /** @internal All that are in, to be looked at. Precondition: dated. */
  list(): E[] {
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
