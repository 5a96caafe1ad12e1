// A buffer that more bounds than the number of its values: their weights, or their keys. What a channel does about it.
//
// Invariants (`check()` asserts them):
//   1. somebody waits to send  =>  what the first of them sends neither fits nor finds one of its key to replace
//   2. whoever is asked for a tag (`weigh`, `conflateBy`) is code of the user's and may call the channel; so what holds before
//      is looked at again after
//
// One that waits is asked about when it is first in line, and what is found stays with its request: each value is asked about
// once, however long it waits.

import { Failure } from '../core/outcome.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { Duty } from '../core/turn.ts';
import { takeRequest, type Waiter } from '../core/waiter.ts';
import type { Line } from '../base/line.ts';
import type { Bound, Offered, Slot, Tag } from './bound.ts';
import type { Overflow, UndeliveredReason } from './options.ts';
import { ACCEPTED, DROPPED, FULL } from './send.ts';
import type { TaggedStore } from './store.ts';

/** The channel whose buffer it is. */
export interface Owner<T> {
  readonly capacity: number;
  readonly senders: Line<Waiter>;
  readonly overflow: Overflow | 'conflate';
  readonly conflate: ((pending: T, sent: T) => T) | undefined;
  readonly isClosed: boolean;
  wanted(): boolean;
  accept(value: T, offered?: Offered<T>): unknown;
  /** How often what is buffered has changed, but for what found room there. */
  changes(): number;
  /** The buffer has grown. */
  note(): void;
  /** `count` accepted values will not be received. */
  discount(count: number): void;
  lose(value: T, reason: UndeliveredReason): void;
  /** Those who waited to send are settled, and to be told. */
  moved(settled: Waiter[]): void;
}

export class Tagged<T> implements Duty {
  readonly store: TaggedStore<T>;
  readonly #bound: Bound<T>;
  readonly #owner: Owner<T>;
  /** What the user said of those that are still offered. */
  readonly #tags = new WeakMap<Offered<T>, Tag | Failure>();

  constructor(store: TaggedStore<T>, owner: Owner<T>) {
    this.store = store;
    this.#bound = store.bound;
    this.#owner = owner;
  }

  /** Whether `offered` would find a place, or fail: without waiting for others. */
  accepts(offered: Offered<T>): boolean {
    return this.#owner.senders.first === null && this.fits(offered);
  }

  /** The same, whoever waits. */
  fits(offered: Offered<T>): boolean {
    return this.#hasPlace(this.#tagOf(offered));
  }

  #hasPlace(tag: Tag | Failure): boolean {
    if (tag instanceof Failure || this.#bound.find(tag) !== undefined) return true;
    return this.#bound.hasRoom(tag, this.store.size, this.#owner.capacity);
  }

  /** Asks the user, once for as long as it waits. */
  #tagOf(offered: Offered<T>): Tag | Failure {
    let tag = this.#tags.get(offered);
    if (tag === undefined) this.#tags.set(offered, (tag = this.#ask(offered.value)));
    return tag;
  }

  #ask(value: T): Tag | Failure {
    try {
      return this.#bound.ask(value);
    } catch (error) {
      return new Failure(error);
    }
  }

  /** ACCEPTED, DROPPED, FULL, an End, or a Failure. Precondition: open, and nobody waits to receive. */
  accept(value: T, offered: Offered<T> | undefined): unknown {
    const owner = this.#owner;
    const known = offered && this.#tags.get(offered);
    // Performed again, it is asked about again.
    if (offered !== undefined && known !== undefined) this.#tags.delete(offered);
    const tag = known ?? this.#ask(value);
    if (tag instanceof Failure) return tag;
    if (known === undefined && (owner.isClosed || owner.wanted())) return owner.accept(value);
    if (owner.senders.first === null) {
      const slot = this.#bound.find(tag);
      if (slot !== undefined) return this.#replace(slot, value);
      if (this.#bound.hasRoom(tag, this.store.size, owner.capacity)) return this.#push(value, tag);
    }
    switch (owner.overflow) {
      case 'suspend':
      case 'fail':
        return FULL;
      case 'dropNewest':
        owner.discount(1);
        owner.lose(value, 'dropped');
        return DROPPED;
      case 'dropOldest':
        return this.#evictFor(value, tag);
      case 'conflate':
        return this.#merge(value);
    }
  }

  #push(value: T, tag: Tag): unknown {
    try {
      this.store.push(value, tag);
    } catch (error) {
      return new Failure(error);
    }
    this.#owner.note();
    return ACCEPTED;
  }

  /** A value of equal key takes the place of `slot`, or is merged with it. */
  #replace(slot: Slot<T>, value: T): unknown {
    const owner = this.#owner;
    const before = owner.changes();
    const next = this.#combine(slot.value, value);
    // `conflate` called the channel itself.
    if (owner.changes() !== before || owner.isClosed) return owner.accept(value);
    return this.#put(slot, next);
  }

  #combine(pending: T, value: T): T | Failure {
    const { conflate } = this.#owner;
    if (conflate === undefined) return value;
    try {
      return conflate(pending, value);
    } catch (error) {
      return new Failure(error);
    }
  }

  #put(slot: Slot<T>, next: T | Failure): unknown {
    if (next instanceof Failure) return next;
    const owner = this.#owner;
    const pending = slot.value;
    try {
      this.store.replace(slot, next);
    } catch (error) {
      return new Failure(error);
    }
    owner.discount(1);
    if (owner.conflate === undefined) owner.lose(pending, 'evicted');
    return ACCEPTED;
  }

  #evictFor(value: T, tag: Tag): unknown {
    const { store } = this;
    try {
      store.push(value, tag);
    } catch (error) {
      return new Failure(error);
    }
    const owner = this.#owner;
    const evicted: T[] = [];
    while (store.size > 1 && this.#bound.isOver(store.size, owner.capacity)) evicted.push(store.evict());
    owner.note();
    owner.discount(evicted.length);
    for (const one of evicted) owner.lose(one, 'evicted');
    return ACCEPTED;
  }

  /** What came last is merged with it, whatever that weighs. */
  #merge(value: T): unknown {
    const owner = this.#owner;
    const { store } = this;
    try {
      const before = owner.changes();
      const conflate = owner.conflate as (pending: T, sent: T) => T;
      const merged = conflate(store.newest, value);
      const mergedTag = this.#bound.ask(merged);
      if (owner.changes() !== before || owner.isClosed) return owner.accept(value);
      store.renew(merged, mergedTag);
    } catch (error) {
      return new Failure(error);
    }
    owner.discount(1);
    return ACCEPTED;
  }

  // ───────────────────────────────────────────────────────────── those who wait

  /** Something has left the buffer, or the line. Those who wait to send move in while the first fits; they are to be told. */
  moveIn(): Waiter[] {
    const { senders } = this.#owner;
    const moved: Waiter[] = [];
    for (let sender = senders.first; sender !== null; sender = senders.first) {
      const offered = sender.request as Offered<T>;
      const settle = this.#prepare(offered);
      // The user was asked, and may have called the channel: then it is another that is first, or another that it would replace.
      if (senders.first !== sender || settle === 'changed') continue;
      if (settle === null) break;
      senders.shift();
      takeRequest(sender);
      this.#tags.delete(offered);
      sender.settle(settle());
      moved.push(sender);
    }
    return moved;
  }

  /** What moves it in, and calls no user but for a comparison; null: it has no place. */
  #prepare(offered: Offered<T>): (() => unknown) | 'changed' | null {
    const tag = this.#tagOf(offered);
    if (tag instanceof Failure) return () => tag;
    const slot = this.#bound.find(tag);
    if (slot === undefined) return this.#hasPlace(tag) ? () => this.#push(offered.value, tag) : null;
    const owner = this.#owner;
    const before = owner.changes();
    const next = this.#combine(slot.value, offered.value);
    return owner.changes() === before ? () => this.#put(slot, next) : 'changed';
  }

  /** Somebody who waited to send has left. */
  perform(): void {
    const moved = this.moveIn();
    if (moved.length > 0) this.#owner.moved(moved);
  }

  // ───────────────────────────────────────────────────────────── what comes back

  /** What was handed over comes back, to leave next. A newer value of its key takes its place. */
  restore(value: T): void {
    const tag = this.tagAgain(value);
    const newer = this.newerThan(value, tag);
    if (newer === null) this.store.unshift(value, tag);
    else {
      this.store.remove(newer);
      this.store.unshift(newer.value, tag);
    }
    this.#owner.note();
  }

  /** The tag of what was in before. What its user throws now is nobody's. */
  tagAgain(value: T): Tag {
    try {
      return this.#bound.ask(value);
    } catch (error) {
      reportUnhandled(error);
      return this.#bound.anonymous();
    }
  }

  /** The one that `value`, which comes back, gives way to, merged with it if that is the policy; null: there is none. */
  newerThan(value: T, tag: Tag): Slot<T> | null {
    const owner = this.#owner;
    const newer = this.#bound.find(tag);
    if (newer === undefined) return null;
    owner.discount(1);
    if (owner.conflate === undefined) owner.lose(value, 'evicted');
    else {
      try {
        this.store.replace(newer, owner.conflate(value, newer.value));
      } catch (error) {
        reportUnhandled(error);
      }
    }
    return newer;
  }

  /** How full it is, for a person. */
  fill(): string {
    return this.#bound.fill(this.store.size, this.#owner.capacity);
  }

  /** @internal */
  check(): void {
    const { first } = this.#owner.senders;
    if (first === null || first.quiet) return;
    const tag = this.#tags.get(first.request as Offered<T>);
    if (tag !== undefined && this.#hasPlace(tag)) throw new Error('tagged: somebody waits to send what has a place');
  }
}
