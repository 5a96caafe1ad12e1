// What a queue keeps its values in: a store of values to the channel that it is, and entries to those who lease.

import type { Store } from '../channel/store.ts';
import { Entries, Entry, type Order } from './entries.ts';

export class Stock<T> implements Store<T> {
  readonly #entries: Entries<T>;
  #arrivals = 0;

  /** `dated`: whether values are displaced, or replaced by newer ones. */
  constructor(order: Order<T>, dated: boolean) {
    this.#entries = new Entries(order, dated);
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

  push(value: T): void {
    this.#entries.add(this.arrive(value));
  }

  shift(): T {
    const entry = this.#entries.first as Entry<T>;
    this.#entries.remove(entry);
    return entry.value;
  }

  /** One that was received, and of which nothing is known but that it was the next to leave: as if it had come before all. */
  unshift(value: T): void {
    this.#entries.putFirst(new Entry(value, 0));
  }

  /** An entry comes back, to the front or to its own place. The comparison may throw; then it is at the front, and that is thrown. */
  putBack(entry: Entry<T>): void {
    try {
      this.#entries.putBack(entry);
    } catch (error) {
      this.#entries.putFirst(entry);
      throw error;
    }
  }

  displace(value: T): T {
    this.push(value);
    // Only now: the comparison may have taken some out.
    const { oldest } = this.#entries;
    this.#entries.remove(oldest);
    return oldest.value;
  }

  get newest(): T {
    return this.#entries.newest.value;
  }
  set newest(value: T) {
    this.#entries.replace(this.#entries.newest, value);
  }

  clear(): T[] {
    return this.#entries.drain().map(({ value }) => value);
  }

  check(): void {
    this.#entries.check();
  }
}
