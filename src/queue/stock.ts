// What a queue keeps its values in: a store of values to the channel that it is, and entries to those who lease.

import type { Bound, Tag } from '../channel/bound.ts';
import type { SlotStore } from '../channel/store.ts';
import { Entries, Entry, type Order } from './entries.ts';

export class Stock<T> implements SlotStore<T> {
  readonly #entries: Entries<T>;
  readonly #bound: Bound<T> | null;
  #arrivals = 0;

  /** `dated`: whether values are displaced, or replaced by newer ones. */
  constructor(order: Order<T>, dated: boolean, bound: Bound<T> | null) {
    this.#entries = new Entries(order, dated || bound !== null);
    this.#bound = bound;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The one that leaves next. */
  get first(): Entry<T> | null {
    return this.#entries.first;
  }

  /** The entry of a value that has just come. */
  arrive(value: T): Entry<T> {
    return new Entry(value, ++this.#arrivals);
  }

  push(value: T, tag?: Tag): void {
    const entry = this.arrive(value);
    entry.tag = tag;
    this.#entries.add(entry);
    this.#bound?.entered(entry);
  }

  shift(): T {
    const entry = this.#entries.first as Entry<T>;
    this.remove(entry);
    return entry.value;
  }

  /** One that was received, and of which nothing is known but that it was the next to leave: as if it had come before all. */
  unshift(value: T, tag?: Tag): void {
    const entry = new Entry(value, 0);
    entry.tag = tag;
    this.#entries.putFirst(entry);
    this.#bound?.entered(entry);
  }

  /** An entry comes back, to the front or as if it had not been out. The comparison may throw; then it is at the front, and that is thrown. */
  putBack(entry: Entry<T>, where: 'front' | 'in place'): void {
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

  remove(entry: Entry<T>): void {
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

  replace(entry: Entry<T>, value: T): void {
    this.#exchange(entry, value, entry.tag);
  }
  renew(value: T, tag?: Tag): void {
    this.#exchange(this.#entries.newest, value, tag);
  }
  #exchange(entry: Entry<T>, value: T, tag: Tag | undefined): void {
    const next = this.#entries.replace(entry, value);
    this.#bound?.left(entry, this.size);
    next.tag = tag;
    this.#bound?.entered(next);
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
