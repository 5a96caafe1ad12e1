// Values that wait to be projected, in order of arrival. Two kinds, of one face: with a key, a value whose key is busy lets
// others start before it.

import { Heap } from '../base/heap.ts';
import { Line, type Linked } from '../base/line.ts';
import { Ring } from '../base/ring.ts';

export interface Waiting<T> {
  readonly value: T;
  readonly key: unknown;
  /** Where it came in the source: more than all that have started or wait when it came. */
  readonly arrival: number;
}

export interface Backlog<T> {
  readonly size: number;
  push(waiting: Waiting<T>): void;
  /** Takes out the one that waits longest among those that may start, or returns null. */
  start(): Waiting<T> | null;
  /** Takes out the oldest. Precondition: not empty. */
  evict(): Waiting<T>;
  /** Whether one waits that arrived before that. */
  hasBefore(arrival: number): boolean;
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
  hasBefore(): boolean {
    // Of those who wait nobody is overtaken.
    return false;
  }
  turned(): void {
    // No value waits for another's key.
  }
}

/** A value that waits for its key, among all and in the lane of that key. */
class Held<T> implements Waiting<T>, Linked<Held<T>> {
  place: unknown = null;
  before: Held<T> | null = null;
  after: Held<T> | null = null;
  /** The one behind it that has the same key. */
  next: Held<T> | null = null;
  isCandidate = false;
  readonly value: T;
  readonly key: unknown;
  readonly arrival: number;

  constructor({ value, key, arrival }: Waiting<T>) {
    this.value = value;
    this.key = key;
    this.arrival = arrival;
  }
}

/** Values of one key, in order of arrival. */
interface KeyLane<T> {
  first: Held<T>;
  last: Held<T>;
}

/**
 * With keys, in order of arrival among those whose key is not busy. O(log n), n being how many keys wait.
 *
 * The first of each lane whose key is not busy is a candidate. One whose key becomes busy stays among them until it comes up.
 * Whatever is taken out is the first of its lane, and before all other candidates if it is one.
 */
export class KeyedBacklog<T> implements Backlog<T> {
  size = 0;
  readonly #isBusy: (key: unknown) => boolean;
  readonly #all = new Line<Held<T>>();
  readonly #lanes = new Map<unknown, KeyLane<T>>();
  readonly #candidates = new Heap<Held<T>>((a, b) => a.arrival < b.arrival);

  constructor(isBusy: (key: unknown) => boolean) {
    this.#isBusy = isBusy;
  }

  push(waiting: Waiting<T>): void {
    const held = new Held(waiting);
    this.#all.append(held);
    this.size++;
    const lane = this.#lanes.get(held.key);
    if (lane === undefined) {
      this.#lanes.set(held.key, { first: held, last: held });
      this.turned(held.key);
    } else {
      lane.last.next = held;
      lane.last = held;
    }
  }
  start(): Waiting<T> | null {
    for (let held = this.#candidates.shift(); held !== undefined; held = this.#candidates.shift()) {
      held.isCandidate = false;
      if (!this.#isBusy(held.key)) return this.#take(held);
    }
    return null;
  }
  evict(): Waiting<T> {
    const oldest = this.#all.first as Held<T>;
    if (oldest.isCandidate) this.#candidates.shift();
    return this.#take(oldest);
  }
  #take(held: Held<T>): Waiting<T> {
    this.#all.leave(held);
    this.size--;
    const { key, next } = held;
    if (next === null) {
      this.#lanes.delete(key);
    } else {
      (this.#lanes.get(key) as KeyLane<T>).first = next;
      this.turned(key);
    }
    return held;
  }
  hasBefore(arrival: number): boolean {
    const oldest = this.#all.first;
    return oldest !== null && oldest.arrival < arrival;
  }
  turned(key: unknown): void {
    const first = this.#lanes.get(key)?.first;
    if (first === undefined || first.isCandidate || this.#isBusy(key)) return;
    first.isCandidate = true;
    this.#candidates.push(first);
  }

  /** @internal */
  check(): void {
    this.#all.check();
    this.#candidates.check();
    if (this.#all.count() !== this.size) throw new Error(`backlog: ${this.#all.count()} values, counted ${this.size}`);
    for (const [key, { first }] of this.#lanes) {
      if (first.isCandidate || this.#isBusy(key)) continue;
      throw new Error('backlog: the first of a key that is not busy is no candidate');
    }
  }
}
