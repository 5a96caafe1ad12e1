// Values that wait to be projected, in order of arrival. Two kinds, of one face: with a key, a value whose key is busy lets
// others start before it.

import { Ring } from '../base/ring.ts';
import { Entry } from '../queue/entries.ts';
import { KeyedEntries as ByKey } from '../queue/keyed-entries.ts';

export interface Waiting<T> {
  readonly value: T;
  readonly key: unknown;
}

export interface Backlog<T> {
  readonly size: number;
  push(waiting: Waiting<T>): void;
  /** Takes out the one that waits longest among those that may start, or returns null. */
  start(): Waiting<T> | null;
  /** Takes out the oldest. Precondition: not empty. */
  evict(): Waiting<T>;
  /** `key` has become busy, or is not any more. */
  turned(key: unknown): void;
}

/** Without keys, whoever waits may start. */
export class PlainBacklog<T> implements Backlog<T> {
  readonly #entries = new Ring<Waiting<T>>();

  get size(): number {
    return this.#entries.size;
  }
  push(waiting: Waiting<T>): void {
    this.#entries.push(waiting);
  }
  start(): Waiting<T> | null {
    return this.#entries.size === 0 ? null : this.#entries.shift();
  }
  evict(): Waiting<T> {
    return this.#entries.shift();
  }
  turned(): void {
    // No value waits for another's key.
  }
}

/** With keys, in order of arrival among those whose key is not busy. */
export class KeyedBacklog<T> implements Backlog<T> {
  readonly #entries: ByKey<Waiting<T>>;
  #arrivals = 0;

  constructor(isBusy: (key: unknown) => boolean) {
    this.#entries = new ByKey('fifo', true, { keyOf: ({ key }) => key, isBusy });
  }

  get size(): number {
    return this.#entries.size;
  }
  push(waiting: Waiting<T>): void {
    this.#entries.add(new Entry(waiting, ++this.#arrivals));
  }
  start(): Waiting<T> | null {
    const { first } = this.#entries;
    return first === null ? null : this.#take(first);
  }
  evict(): Waiting<T> {
    return this.#take(this.#entries.oldest);
  }
  #take(entry: Entry<Waiting<T>>): Waiting<T> {
    this.#entries.remove(entry);
    return entry.value;
  }
  turned(key: unknown): void {
    this.#entries.turned(key);
  }
}
