import { Line, type Linked } from '../base/line.ts';
import type { Bound, Slot, Tag } from './bound.ts';

/** What a channel buffers its values in. `Ring` is one, first in, first out. What may throw has changed nothing then. */
export interface Store<T> {
  readonly size: number;
  /** What came last. Precondition: not empty. */
  readonly newest: T;
  /** May throw. `tag`: that of its value, where there is a bound. */
  push(value: T, tag?: Tag): void;
  /** Takes out the one that leaves next. Precondition: not empty. */
  shift(): T;
  /** Takes one back, to leave next. */
  unshift(value: T, tag?: Tag): void;
  /** Pushes `value` in the place of the one that came first, and returns that. Precondition: not empty. May throw. */
  displace(value: T, tag?: Tag): T;
  /** Gives what came last another value, of another tag. Precondition: not empty. May throw. */
  renew(value: T, tag?: Tag): void;
  /** Takes everything out, in the order in which it would have left. */
  clear(): T[];
  check(): void;
}

/** A store that keeps the tags of its values, and has a bound hear who comes and goes. */
export interface SlotStore<T> extends Store<T> {
  /** Takes out the one that came first. */
  evict(): T;
  /** Gives a slot another value, where it stands. May throw. */
  replace(slot: Slot<T>, value: T): void;
  /** Takes a slot out. */
  remove(slot: Slot<T>): void;
}

interface Node<T> extends Slot<T>, Linked<Node<T>> {}

function nodeOf<T>(value: T, tag: Tag | undefined): Node<T> {
  return { place: null, before: null, after: null, value, tag };
}

/** First in, first out, and any of it can be found and taken out in O(1). */
export class LinkedStore<T> implements SlotStore<T> {
  size = 0;
  readonly #bound: Bound<T>;
  readonly #line = new Line<Node<T>>();

  constructor(bound: Bound<T>) {
    this.#bound = bound;
  }

  get newest(): T {
    return (this.#line.last as Node<T>).value;
  }
  push(value: T, tag?: Tag): void {
    const node = nodeOf(value, tag);
    this.#line.append(node);
    this.#entered(node);
  }
  unshift(value: T, tag?: Tag): void {
    const node = nodeOf(value, tag);
    this.#line.prepend(node);
    this.#entered(node);
  }
  #entered(node: Node<T>): void {
    this.size++;
    this.#bound.entered(node);
  }
  shift(): T {
    const node = this.#line.first as Node<T>;
    this.remove(node);
    return node.value;
  }
  remove(slot: Slot<T>): void {
    this.#line.leave(slot as Node<T>);
    this.#bound.left(slot, --this.size);
  }
  evict(): T {
    return this.shift();
  }
  displace(value: T, tag?: Tag): T {
    const evicted = this.shift();
    this.push(value, tag);
    return evicted;
  }
  replace(slot: Slot<T>, value: T): void {
    slot.value = value;
  }
  renew(value: T, tag?: Tag): void {
    const node = this.#line.last as Node<T>;
    this.#bound.left(node, this.size - 1);
    node.value = value;
    node.tag = tag;
    this.#bound.entered(node);
  }
  clear(): T[] {
    const values: T[] = [];
    while (this.size > 0) values.push(this.shift());
    return values;
  }
  check(): void {
    this.#line.check();
    const nodes: Node<T>[] = [];
    for (let node = this.#line.first; node !== null; node = node.after) nodes.push(node);
    if (nodes.length !== this.size) throw new Error(`store: ${nodes.length} values are in, ${this.size} counted`);
    this.#bound.check(nodes);
  }
}
