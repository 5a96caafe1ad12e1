// What a queue keeps its values in: a store of values to the channel that it is, and a backlog of entries to those who lease.

import type { Store } from '../channel/store.ts';
import { Backlog, Entry, type Order } from './backlog.ts';

export class Stock<T> implements Store<T> {
  readonly #backlog: Backlog<T>;
  #arrivals = 0;

  /** `dated`: whether values are displaced, or replaced by newer ones. */
  constructor(order: Order<T>, dated: boolean) {
    this.#backlog = new Backlog(order, dated);
  }

  get size(): number {
    return this.#backlog.size;
  }

  /** The one that leaves next. */
  get first(): Entry<T> | null {
    return this.#backlog.first;
  }

  /** The entry of a value that has just come. */
  arrive(value: T): Entry<T> {
    return new Entry(value, ++this.#arrivals);
  }

  push(value: T): void {
    this.#backlog.add(this.arrive(value));
  }

  shift(): T {
    const entry = this.#backlog.first as Entry<T>;
    this.#backlog.remove(entry);
    return entry.value;
  }

  /** One that was received, and of which nothing is known but that it was the next to leave: as if it had come before all. */
  unshift(value: T): void {
    this.#backlog.putFirst(new Entry(value, 0));
  }

  /** An entry comes back, to the front or to its own place. The comparison may throw; then it is at the front, and that is thrown. */
  putBack(entry: Entry<T>): void {
    try {
      this.#backlog.putBack(entry);
    } catch (error) {
      this.#backlog.putFirst(entry);
      throw error;
    }
  }

  displace(value: T): T {
    this.push(value);
    // Only now: the comparison may have taken some out.
    const { oldest } = this.#backlog;
    this.#backlog.remove(oldest);
    return oldest.value;
  }

  get newest(): T {
    return this.#backlog.newest.value;
  }
  set newest(value: T) {
    this.#backlog.replace(this.#backlog.newest, value);
  }

  clear(): T[] {
    return this.#backlog.drain().map(({ value }) => value);
  }

  check(): void {
    this.#backlog.check();
  }
}
