// What a queue keeps its values in: a store of values to the channel that it is, and entries to those who lease.

import type { Spot } from '../base/sorted.ts';
import type { Bound, Slot, Tag } from '../channel/bound.ts';
import type { SlotStore } from '../channel/store.ts';
import { Entries, type Entry, type Order } from './entries.ts';

/** A value that waits, or is out and may come back. */
export class Item<T> implements Entry<Item<T>>, Slot<T> {
  place: unknown = null;
  before: Item<T> | null = null;
  after: Item<T> | null = null;
  ranked: Spot<Item<T>> | null = null;
  dated: Spot<Item<T>> | null = null;
  value: T;
  /** Where more than the number of values bounds them. */
  tag: Tag | undefined = undefined;
  readonly arrival: number;
  /** How often it was delivered. */
  attempts = 0;

  constructor(value: T, arrival: number) {
    this.value = value;
    this.arrival = arrival;
  }
}

export class Stock<T> implements SlotStore<T> {
  readonly #entries: Entries<Item<T>>;
  readonly #order: Order<T>;
  readonly #bound: Bound<T> | null;
  #arrivals = 0;

  /** `dated`: whether values are displaced, or replaced by newer ones. */
  constructor(order: Order<T>, dated: boolean, bound: Bound<T> | null) {
    this.#order = order;
    this.#entries = new Entries(
      typeof order === 'string' ? order : (a, b) => order(a.value, b.value),
      dated || bound !== null,
    );
    this.#bound = bound;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The one that leaves next. */
  get first(): Item<T> | null {
    return this.#entries.first;
  }

  /** The entry of a value that has just come. */
  arrive(value: T): Item<T> {
    return new Item(value, ++this.#arrivals);
  }

  push(value: T, tag?: Tag): void {
    const entry = this.arrive(value);
    entry.tag = tag;
    this.#entries.add(entry);
    this.#bound?.entered(entry);
  }

  shift(): T {
    const entry = this.#entries.first as Item<T>;
    this.remove(entry);
    return entry.value;
  }

  /** One that was received, and of which nothing is known but that it was the next to leave: as if it had come before all. */
  unshift(value: T, tag?: Tag): void {
    const entry = new Item(value, 0);
    entry.tag = tag;
    this.#entries.putFirst(entry);
    this.#bound?.entered(entry);
  }

  /** An entry comes back, to the front or as if it had not been out. The comparison may throw; then it is at the front, and that is thrown. */
  putBack(entry: Item<T>, where: 'front' | 'in place'): void {
    try {
      if (where === 'front') this.#entries.putBack(entry);
      else this.#entries.putInPlace(entry);
    } catch (error) {
      this.#entries.putFirst(entry);
      throw error;
    } finally {
      this.#bound?.entered(entry);
    }
  }

  remove(entry: Item<T>): void {
    this.#entries.remove(entry);
    this.#bound?.left(entry, this.size);
  }

  displace(value: T, tag?: Tag): T {
    this.push(value, tag);
    // Only now: the comparison may have taken some out.
    return this.evict();
  }

  /** Takes out what came first. */
  evict(): T {
    const { oldest } = this.#entries;
    this.remove(oldest);
    return oldest.value;
  }

  get newest(): T {
    return this.#entries.newest.value;
  }

  replace(entry: Item<T>, value: T): void {
    this.#exchange(entry, value, entry.tag);
  }
  renew(value: T, tag?: Tag): void {
    this.#exchange(this.#entries.newest, value, tag);
  }
  #exchange(entry: Item<T>, value: T, tag: Tag | undefined): void {
    const next = this.#exchanged(entry, value);
    this.#bound?.left(entry, this.size);
    next.tag = tag;
    this.#bound?.entered(next);
  }

  /** Gives `entry` another value; where the order is one of values, in an entry of its own. If the comparison throws, nothing has changed. */
  #exchanged(entry: Item<T>, value: T): Item<T> {
    if (typeof this.#order === 'string') {
      entry.value = value;
      return entry;
    }
    const twin = new Item(value, entry.arrival);
    twin.attempts = entry.attempts;
    this.#entries.add(twin);
    this.#entries.remove(entry);
    return twin;
  }

  clear(): T[] {
    const values: T[] = [];
    while (this.size > 0) values.push(this.shift());
    return values;
  }

  check(): void {
    this.#entries.check();
    this.#bound?.check(this.#entries.list());
  }
}
