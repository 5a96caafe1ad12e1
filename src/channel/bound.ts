// What bounds a buffer besides the number of its values: their weights (`weigh`), or one value per key (`conflateBy`).
//
// Whatever the user has to be asked about a value is its *tag*: what it weighs, or its key. It is asked for once, before the
// value finds a place, and stays with whoever offers the value, and then with the value as long as that is buffered.
//
// Invariants (`check()` asserts them, of the slots that are in):
//   1. weight: `load` is the sum of the tags, and 0 where nothing is buffered
//   2. key: no two slots have an equal key, and each is found by its own

import { describe } from '../base/errors.ts';
import { Failure } from '../core/outcome.ts';
import { reportUnhandled } from '../core/unhandled.ts';
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

/** What those are taken out of that have to go. */
interface Evicting<T> {
  readonly size: number;
  evict(): T;
}

export abstract class Bound<T> {
  /** What the user said of those that are still offered. */
  readonly said = new WeakMap<Offered<T>, Tag | Failure>();

  /** Asks the user, who may throw. */
  abstract ask(value: T): Tag;
  /** Whether a value of this tag finds room beside the `size` that are in. */
  abstract hasRoom(tag: Tag, size: number, capacity: number): boolean;
  /** Whether one has to go. */
  protected abstract isOver(size: number, capacity: number): boolean;
  /** For a value that the user refuses to speak of. */
  protected abstract anonymous(): Tag;
  /** The one that a value of this tag takes the place of. */
  abstract find(tag: Tag): Slot<T> | undefined;
  abstract entered(slot: Slot<T>): void;
  abstract left(slot: Slot<T>, size: number): void;
  abstract check(slots: readonly Slot<T>[]): void;

  /** What fills it besides their number, for a person. */
  get load(): string {
    return '';
  }

  /** Asks the user, once for as long as it is offered. */
  tagOf(offered: Offered<T>): Tag | Failure {
    let tag = this.said.get(offered);
    if (tag === undefined) this.said.set(offered, (tag = this.#ask(offered.value)));
    return tag;
  }

  /** The tag of one that is not offered any more: performed again, it is asked about again. */
  takeTag(value: T, offered: Offered<T> | undefined): Tag | Failure {
    const tag = offered && this.said.get(offered);
    if (tag !== undefined) this.said.delete(offered as Offered<T>);
    return tag ?? this.#ask(value);
  }

  #ask(value: T): Tag | Failure {
    try {
      return this.ask(value);
    } catch (error) {
      return new Failure(error);
    }
  }

  /** The tag of what was in before. What its user throws now is nobody's. */
  askAgain(value: T): Tag {
    const tag = this.#ask(value);
    if (!(tag instanceof Failure)) return tag;
    reportUnhandled(tag.error);
    return this.anonymous();
  }

  /** Takes out those that have to go. */
  relieve(store: Evicting<T>, capacity: number): T[] {
    const evicted: T[] = [];
    while (this.isOver(store.size, capacity)) evicted.push(store.evict());
    return evicted;
  }
}

/** The bound that `options` ask for; null: the number of values alone. */
export function boundOf<T>({ weigh, conflateBy }: ChannelOptions<T>): Bound<T> | null {
  if (weigh !== undefined) return new Weights(weigh);
  return conflateBy === undefined ? null : new Keys(conflateBy);
}

class Weights<T> extends Bound<T> {
  #load = 0;
  readonly #weigh: (value: T) => number;

  constructor(weigh: (value: T) => number) {
    super();
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
  protected isOver(size: number, capacity: number): boolean {
    return size > 1 && this.#load > capacity;
  }
  protected anonymous(): Tag {
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
  override get load(): string {
    return ` weighing ${this.#load}`;
  }
  check(slots: readonly Slot<T>[]): void {
    const sum = slots.reduce((load, { tag }) => load + (tag?.of as number), 0);
    if (Math.abs(sum - this.#load) > 1e-6 * sum) throw new Error(`weights: ${sum} in all, and ${this.#load} noted`);
  }
}

class Keys<T> extends Bound<T> {
  readonly #slots = new Map<unknown, Slot<T>>();
  readonly #keyOf: (value: T) => unknown;

  constructor(keyOf: (value: T) => unknown) {
    super();
    this.#keyOf = keyOf;
  }

  ask(value: T): Tag {
    const keyOf = this.#keyOf;
    return { of: keyOf(value) };
  }
  hasRoom(_tag: Tag, size: number, capacity: number): boolean {
    return size < capacity;
  }
  protected isOver(size: number, capacity: number): boolean {
    return size > capacity;
  }
  protected anonymous(): Tag {
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
  check(slots: readonly Slot<T>[]): void {
    if (slots.length !== this.#slots.size || slots.some((slot) => this.#slots.get(slot.tag?.of) !== slot))
      throw new Error('keys: what is buffered is not what is found');
  }
}
