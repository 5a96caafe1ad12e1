// What bounds a buffer besides the number of its values: their weights (`weigh`), or one value per key (`conflateBy`).
//
// Whatever the user has to be asked about a value is its *tag*: what it weighs, or its key. It is asked for once, before the
// value finds a place, and stays with the value as long as that is buffered.
//
// Invariants (`check()` asserts them, of the entries that are in):
//   1. weight: `load` is the sum of the tags, and 0 where nothing is buffered
//   2. key: no two entries have an equal key, and each is found by its own

import { describe } from '../base/errors.ts';
import type { ChannelOptions } from './options.ts';

/** A value on its way into a buffer: a send, or what stands for one. */
export interface Offered<T> {
  readonly value: T;
}

/** A box, since a key may be any value, `undefined` too. */
export interface Tag {
  readonly of: unknown;
}

/** A value that is buffered. */
export interface Slot<T> {
  value: T;
  tag: Tag | undefined;
}

export interface Bound<T> {
  /** Asks the user, who may throw. */
  ask(value: T): Tag;
  /** Whether a value of this tag finds room beside the `size` that are in. */
  hasRoom(tag: Tag, size: number, capacity: number): boolean;
  /** Whether one has to go. */
  isOver(size: number, capacity: number): boolean;
  /** For a value that the user refuses to speak of. */
  anonymous(): Tag;
  /** The one that a value of this tag takes the place of. */
  find(tag: Tag): Slot<T> | undefined;
  entered(slot: Slot<T>): void;
  left(slot: Slot<T>, size: number): void;
  /** How full it is, for a person. */
  fill(size: number, capacity: number): string;
  check(slots: readonly Slot<T>[]): void;
}

/** The bound that `options` ask for; null: the number of values alone. */
export function boundOf<T>({ weigh, conflateBy }: ChannelOptions<T>): Bound<T> | null {
  if (weigh !== undefined) return new Weights(weigh);
  return conflateBy === undefined ? null : new Keys(conflateBy);
}

class Weights<T> implements Bound<T> {
  #load = 0;
  readonly #weigh: (value: T) => number;

  constructor(weigh: (value: T) => number) {
    this.#weigh = weigh;
  }

  ask(value: T): Tag {
    const weigh = this.#weigh;
    const weight: unknown = weigh(value);
    if (typeof weight === 'number' && weight > 0) return { of: weight };
    throw new RangeError(`weigh: a value must weigh more than 0; got ${describe(weight)}`);
  }
  hasRoom({ of }: Tag, size: number, capacity: number): boolean {
    return (size === 0 && capacity > 0) || capacity === Infinity || this.#load + (of as number) <= capacity;
  }
  isOver(_size: number, capacity: number): boolean {
    return this.#load > capacity;
  }
  anonymous(): Tag {
    return { of: 1 };
  }
  find(): undefined {
    return undefined;
  }
  entered({ tag }: Slot<T>): void {
    this.#load += tag?.of as number;
  }
  left({ tag }: Slot<T>, size: number): void {
    // Sums of fractions drift: an empty buffer starts anew.
    this.#load = size === 0 ? 0 : this.#load - (tag?.of as number);
  }
  fill(size: number, capacity: number): string {
    return `${size} weighing ${this.#load}/${capacity}`;
  }
  check(slots: readonly Slot<T>[]): void {
    const sum = slots.reduce((load, { tag }) => load + (tag?.of as number), 0);
    if (Math.abs(sum - this.#load) > 1e-6 * sum) throw new Error(`weights: ${sum} in all, and ${this.#load} noted`);
  }
}

class Keys<T> implements Bound<T> {
  readonly #slots = new Map<unknown, Slot<T>>();
  readonly #keyOf: (value: T) => unknown;

  constructor(keyOf: (value: T) => unknown) {
    this.#keyOf = keyOf;
  }

  ask(value: T): Tag {
    const keyOf = this.#keyOf;
    return { of: keyOf(value) };
  }
  hasRoom(_tag: Tag, size: number, capacity: number): boolean {
    return size < capacity;
  }
  isOver(size: number, capacity: number): boolean {
    return size > capacity;
  }
  anonymous(): Tag {
    return { of: {} };
  }
  find({ of }: Tag): Slot<T> | undefined {
    return this.#slots.get(of);
  }
  entered(slot: Slot<T>): void {
    this.#slots.set(slot.tag?.of, slot);
  }
  left({ tag }: Slot<T>): void {
    this.#slots.delete(tag?.of);
  }
  fill(size: number, capacity: number): string {
    return `${size}/${capacity}`;
  }
  check(slots: readonly Slot<T>[]): void {
    if (slots.length !== this.#slots.size || slots.some((slot) => this.#slots.get(slot.tag?.of) !== slot))
      throw new Error('keys: what is buffered is not what is found');
  }
}
