// Entries of which one whose key is busy lets others leave before it.
//
// Each key has a lane, entries of its own. The first of each lane whose key is not busy stands among the heads, in the order
// in which entries leave; the first of the heads leaves next. O(log n) for each step, however many wait for a busy key.
//
// Invariants (`check()` asserts them):
//   1. a lane is not empty
//   2. a lane has a head, its first  <=>  its key is not busy

import { Sorted, type Spot } from '../base/sorted.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { Entries, byArrival, type Entry, type Order, rankBy } from './entries.ts';

interface Lane<E extends Entry<E>> {
  readonly entries: Entries<E>;
  /** Those that are in, as they came, if somebody wants to know. */
  readonly ages: Set<E> | null;
  head: Spot<E> | null;
}

/** What keyed entries has to know of what waits. */
export interface Keys<E> {
  keyOf(entry: E): unknown;
  isBusy(key: unknown): boolean;
}

export class KeyedEntries<E extends Entry<E>> {
  size = 0;
  readonly #order: Order<E>;
  readonly #keys: Keys<E>;
  readonly #lanes = new Map<unknown, Lane<E>>();
  readonly #heads: Sorted<E>;
  readonly #dates: Sorted<E> | null;
  readonly #hasAges: boolean;
  /** The comparison is asked on behalf of one who comes: what it throws is that one's. */
  #isAdding = false;

  /** `dated`: whether `oldest` will be asked for, or `oldestOf`. */
  constructor(order: Order<E>, dated: 'never' | 'of all' | 'of a key' | 'both', keys: Keys<E>) {
    this.#order = order;
    this.#keys = keys;
    const rank = rankBy(order);
    this.#heads = new Sorted((a, b) => {
      try {
        return rank(a, b);
      } catch (error) {
        if (this.#isAdding) throw error;
        reportUnhandled(error);
        return byArrival(a, b);
      }
    });
    this.#dates = dated === 'of all' || dated === 'both' ? new Sorted<E>(byArrival) : null;
    this.#hasAges = dated === 'of a key' || dated === 'both';
  }

  /** The one that leaves next; null if the keys of all are busy. */
  get first(): E | null {
    return this.#heads.first ?? null;
  }
  /** By arrival, busy or not. Precondition: dated, and not empty. */
  get oldest(): E {
    return this.#dates?.first as E;
  }
  /** By the time when it was added. Precondition: asked for, and there is one. */
  oldestOf(key: unknown): E {
    const [oldest] = this.#lanes.get(key)?.ages ?? [];
    return oldest as E;
  }
  /** How many are of `key`. */
  sizeOf(key: unknown): number {
    return this.#lanes.get(key)?.entries.size ?? 0;
  }

  /** If the comparison throws, nothing has changed. */
  add(entry: E): void {
    const key = this.#keys.keyOf(entry);
    const lane = this.#lanes.get(key) ?? this.#newLane();
    lane.entries.add(entry);
    this.#isAdding = true;
    try {
      this.#setHead(lane, key);
    } catch (error) {
      lane.entries.remove(entry);
      throw error;
    } finally {
      this.#isAdding = false;
    }
    this.#lanes.set(key, lane);
    this.size++;
    lane.ages?.add(entry);
    if (this.#dates !== null) entry.dated = this.#dates.add(entry);
  }

  #newLane(): Lane<E> {
    return { entries: new Entries(this.#order, false), ages: this.#hasAges ? new Set() : null, head: null };
  }

  /** Takes `entry`, which is in, out. */
  remove(entry: E): void {
    const key = this.#keys.keyOf(entry);
    const lane = this.#lanes.get(key) as Lane<E>;
    lane.entries.remove(entry);
    this.#setHead(lane, key);
    if (lane.entries.size === 0) this.#lanes.delete(key);
    this.size--;
    lane.ages?.delete(entry);
    if (this.#dates === null) return;
    this.#dates.remove(entry.dated as Spot<E>);
    entry.dated = null;
  }

  /** Takes all out, lane by lane. */
  drain(): E[] {
    const drained: E[] = [];
    for (const { entries } of [...this.#lanes.values()]) {
      for (let { first } = entries; first !== null; first = entries.first) {
        this.remove(first);
        drained.push(first);
      }
    }
    return drained;
  }

  /** `key` has become busy, or is not any more. */
  turned(key: unknown): void {
    const lane = this.#lanes.get(key);
    if (lane !== undefined) this.#setHead(lane, key);
  }

  #setHead(lane: Lane<E>, key: unknown): void {
    const old = lane.head;
    const first = this.#keys.isBusy(key) ? null : lane.entries.first;
    if (first === (old?.item ?? null)) return;
    // The new one first: the comparison may throw.
    lane.head = first === null ? null : this.#heads.add(first);
    if (old !== null) this.#heads.remove(old);
  }

  check(): void {
    this.#heads.check();
    this.#dates?.check();
    let size = 0;
    for (const [key, { entries, ages, head }] of this.#lanes) {
      entries.check();
      size += entries.size;
      if (ages !== null && ages.size !== entries.size) throw new Error('entries: a lane has lost count of its ages');
      if (entries.size === 0) throw new Error('entries: a lane is empty');
      const first = this.#keys.isBusy(key) ? null : entries.first;
      if ((head?.item ?? null) !== first) throw new Error('entries: the head of a lane is not what leaves next');
    }
    if (size !== this.size) throw new Error(`entries: ${size} in lanes, counted ${this.size}`);
  }
}
