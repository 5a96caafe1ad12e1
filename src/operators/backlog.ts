// Values that wait to be projected, in order of arrival. Two kinds, of one face: with a key, a value whose key is busy lets
// others start before it.

import { Heap } from '../base/heap.ts';
import { Line, type Linked } from '../base/line.ts';
import { Ring } from '../base/ring.ts';

export interface Entry<T> {
  readonly value: T;
  readonly key: unknown;
}

export interface Backlog<T> {
  readonly size: number;
  push(entry: Entry<T>): void;
  /** Takes out the one that waits longest among those that may start, or returns null. */
  start(): Entry<T> | null;
  /** Takes out the oldest. Precondition: not empty. */
  evict(): Entry<T>;
  /** A value of this key has ended: the next may start. */
  free(key: unknown): void;
}

/** Without keys, whoever waits may start. */
export class PlainBacklog<T> implements Backlog<T> {
  readonly #entries = new Ring<Entry<T>>();

  get size(): number {
    return this.#entries.size;
  }
  push(entry: Entry<T>): void {
    this.#entries.push(entry);
  }
  start(): Entry<T> | null {
    return this.#entries.size === 0 ? null : this.#entries.shift();
  }
  evict(): Entry<T> {
    return this.#entries.shift();
  }
  free(): void {
    // No value waits for another's key.
  }
}

/** A waiting value, in the line of all and in the lane of its key. */
class Node<T> implements Entry<T>, Linked<Node<T>> {
  place: unknown = null;
  before: Node<T> | null = null;
  after: Node<T> | null = null;
  readonly value: T;
  readonly key: unknown;
  readonly arrival: number;

  constructor({ value, key }: Entry<T>, arrival: number) {
    this.value = value;
    this.key = key;
    this.arrival = arrival;
  }
}

/**
 * With keys. Each key has a lane; the first of a lane that is not busy is a candidate. Candidates stand in a heap by
 * arrival; those that were evicted or whose key got busy meanwhile are passed over when they come up.
 */
export class KeyedBacklog<T> implements Backlog<T> {
  readonly #isBusy: (key: unknown) => boolean;
  readonly #all = new Line<Node<T>>();
  readonly #lanes = new Map<unknown, Ring<Node<T>>>();
  readonly #candidates = new Heap<Node<T>>((a, b) => a.arrival < b.arrival);
  #arrivals = 0;
  size = 0;

  constructor(isBusy: (key: unknown) => boolean) {
    this.#isBusy = isBusy;
  }

  push(entry: Entry<T>): void {
    const node = new Node(entry, this.#arrivals++);
    this.size++;
    this.#all.append(node);
    const lane = this.#lanes.get(entry.key);
    if (lane !== undefined) {
      lane.push(node);
      return;
    }
    const fresh = new Ring<Node<T>>();
    fresh.push(node);
    this.#lanes.set(entry.key, fresh);
    if (!this.#isBusy(entry.key)) this.#candidates.push(node);
  }

  start(): Entry<T> | null {
    for (let node = this.#candidates.shift(); node !== undefined; node = this.#candidates.shift()) {
      if (node.place === null || this.#isBusy(node.key)) continue;
      this.#remove(node);
      return node;
    }
    return null;
  }

  evict(): Entry<T> {
    const node = this.#all.first as Node<T>;
    this.#remove(node);
    this.free(node.key);
    // Of those that were evicted, none stays among the candidates: they are older than all that wait.
    while (this.#candidates.first?.place === null) this.#candidates.shift();
    return node;
  }

  free(key: unknown): void {
    const lane = this.#lanes.get(key);
    if (lane !== undefined && !this.#isBusy(key)) this.#candidates.push(lane.oldest);
  }

  /** The oldest of all is the oldest of its lane, and so is a candidate. */
  #remove(node: Node<T>): void {
    this.#all.leave(node);
    this.size--;
    const lane = this.#lanes.get(node.key) as Ring<Node<T>>;
    lane.shift();
    if (lane.size === 0) this.#lanes.delete(node.key);
  }
}
