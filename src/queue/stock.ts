// What a queue keeps its values in: a store of values to the channel that it is, and entries to those who lease.

import type { Bound, Tag } from '../channel/bound.ts';
import type { CountedStore, TaggedStore } from '../channel/store.ts';
import { Entries, Entry, type Order } from './entries.ts';

export class Stock<T> implements CountedStore<T> {
  protected readonly entries: Entries<T>;
  #arrivals = 0;

  /** `dated`: whether values are displaced, or replaced by newer ones. */
  constructor(order: Order<T>, dated: boolean) {
    this.entries = new Entries(order, dated);
  }

  get size(): number {
    return this.entries.size;
  }

  /** The one that leaves next. */
  get first(): Entry<T> | null {
    return this.entries.first;
  }

  /** The entry of a value that has just come. */
  arrive(value: T): Entry<T> {
    return new Entry(value, ++this.#arrivals);
  }

  push(value: T, tag?: Tag): void {
    const entry = this.arrive(value);
    entry.tag = tag;
    this.entries.add(entry);
    this.entered(entry);
  }

  shift(): T {
    const entry = this.entries.first as Entry<T>;
    this.remove(entry);
    return entry.value;
  }

  /** One that was received, and of which nothing is known but that it was the next to leave: as if it had come before all. */
  unshift(value: T, tag?: Tag): void {
    const entry = new Entry(value, 0);
    entry.tag = tag;
    this.entries.putFirst(entry);
    this.entered(entry);
  }

  /** An entry comes back, to the front or as if it had not been out. The comparison may throw; then it is at the front, and that is thrown. */
  putBack(entry: Entry<T>, where: 'front' | 'in place'): void {
    try {
      if (where === 'front') this.entries.putBack(entry);
      else this.entries.putInPlace(entry);
    } catch (error) {
      this.entries.putFirst(entry);
      throw error;
    } finally {
      this.entered(entry);
    }
  }

  remove(entry: Entry<T>): void {
    this.entries.remove(entry);
    this.left(entry);
  }

  displace(value: T): T {
    this.push(value);
    // Only now: the comparison may have taken some out.
    return this.evict();
  }

  /** Takes out what came first. */
  evict(): T {
    const { oldest } = this.entries;
    this.remove(oldest);
    return oldest.value;
  }

  get newest(): T {
    return this.entries.newest.value;
  }
  set newest(value: T) {
    this.entries.replace(this.entries.newest, value);
  }

  clear(): T[] {
    const values: T[] = [];
    while (this.size > 0) values.push(this.shift());
    return values;
  }

  protected entered(_entry: Entry<T>): void {
    // Nobody keeps account of more than their number.
  }
  protected left(_entry: Entry<T>): void {
    // The same.
  }

  check(): void {
    this.entries.check();
  }
}

/** A stock with a bound that hears of every entry that comes or goes. */
export class TaggedStock<T> extends Stock<T> implements TaggedStore<T> {
  readonly bound: Bound<T>;

  constructor(order: Order<T>, bound: Bound<T>) {
    super(order, true);
    this.bound = bound;
  }

  replace(entry: Entry<T>, value: T): void {
    this.#exchange(entry, value, entry.tag);
  }
  renew(value: T, tag: Tag): void {
    this.#exchange(this.entries.newest, value, tag);
  }
  #exchange(entry: Entry<T>, value: T, tag: Tag | undefined): void {
    const next = this.entries.replace(entry, value);
    this.left(entry);
    next.tag = tag;
    this.entered(next);
  }

  protected override entered(entry: Entry<T>): void {
    this.bound.entered(entry);
  }
  protected override left(entry: Entry<T>): void {
    this.bound.left(entry, this.size);
  }

  override check(): void {
    super.check();
    this.bound.check(this.entries.list());
  }
}
