// Where tasks meet: every channel, queue, lock, owner and so on that was made while somebody looks on.
//
// Invariants:
//   1. a record keeps nothing of its place alive, and goes when that has been collected
//   2. what is known of who uses a place is known by the ids of tasks, and is at most MANY of them
//
// Records of what has been collected are swept out after each collection.

import { printable } from '../base/printable.ts';
import { Level } from './level.ts';

/** More users than this are not told apart: anybody may be one. */
const MANY = 64;

/** A thing at which one can wait. */
export interface Thing {
  readonly name: string;
  toString(): string;
}

/** Workers: what they do just now; null, if they may take another. */
export interface Crew {
  readonly busy: readonly object[] | null;
}

export function isCrew(party: object | null): party is Crew {
  return party !== null && 'busy' in party;
}

/** Who has used one end of a channel. */
export class Users {
  #ids: Set<number> | null = null;
  /** Somebody who is no task, or too many to tell apart. */
  others = false;

  /** Those that have others do what they take, and take no more until one of these has. */
  #crews: WeakRef<Crew>[] = [];

  addCrew(crew: Crew): void {
    if (!this.crews.includes(crew)) this.#crews.push(new WeakRef(crew));
  }
  get crews(): readonly Crew[] {
    return this.#crews.map((ref) => ref.deref()).filter((crew) => crew !== undefined);
  }

  add(id: number | null): void {
    if (id === null) this.others = true;
    else if (!this.others && this.#ids?.has(id) !== true) {
      const ids = (this.#ids ??= new Set());
      ids.add(id);
      if (ids.size <= MANY) return;
      this.others = true;
      this.#ids = null;
    }
  }
  get ids(): readonly number[] {
    return this.#ids === null ? [] : [...this.#ids];
  }
  get areKnown(): boolean {
    return this.#ids !== null || this.others || this.#crews.length > 0;
  }
}

/** Who holds how many permits. Null: somebody of whom we know nothing, or who has been collected. */
export class Holders {
  #each: { readonly party: WeakRef<object> | null; count: number }[] = [];

  take(party: object | null, count: number): void {
    const known = this.#of(party);
    if (known === undefined) this.#each.push({ party: party === null ? null : new WeakRef(party), count });
    else known.count += count;
  }

  /** Permits are all alike: what `party` has not got is given back by those who took first. */
  giveBack(party: object | null, count: number): void {
    let left = count;
    const own = this.#of(party);
    for (const holder of own === undefined ? this.#each : [own, ...this.#each]) {
      const back = Math.min(left, holder.count);
      holder.count -= back;
      left -= back;
    }
    this.#each = this.#each.filter((holder) => holder.count > 0);
  }

  parties(): (object | null)[] {
    return this.#each.map(({ party }) => party?.deref() ?? null);
  }

  #of(party: object | null): { count: number } | undefined {
    return this.#each.find((holder) => (holder.party?.deref() ?? null) === party);
  }
}

/** One end of a channel, for those who wait at it. */
export interface End {
  readonly record: PlaceRecord;
  readonly users: Users;
}

let last = 0;

export class PlaceRecord {
  readonly id = ++last;
  readonly kind: string;
  #name: string | null = null;
  #level: Level | null = null;
  readonly #thing: WeakRef<Thing>;
  /** The end at which one waits to send: who has received, or waits for it; and the other way round. */
  readonly sending: End;
  readonly receiving: End;
  #holders: Holders | null = null;

  constructor(kind: string, thing: Thing) {
    this.kind = kind;
    this.#thing = new WeakRef(thing);
    this.sending = { record: this, users: new Users() };
    this.receiving = { record: this, users: new Users() };
  }

  get level(): Level {
    return (this.#level ??= new Level());
  }
  /** Null: it is no buffer, or has never been used. */
  get fullSince(): number | null {
    return this.#level === null ? null : this.#level.fullSince;
  }
  /** Who holds permits of a semaphore. */
  get holders(): Holders {
    return (this.#holders ??= new Holders());
  }

  get thing(): Thing | null {
    return this.#thing.deref() ?? null;
  }
  get name(): string {
    if (this.#name === null) {
      const { thing } = this;
      if (thing === null) return this.kind;
      this.#name = printable(thing.name);
    }
    return this.#name;
  }
}

export class Places {
  #records: PlaceRecord[] = [];
  readonly #byThing = new WeakMap<object, PlaceRecord>();

  get all(): readonly PlaceRecord[] {
    return this.#records;
  }

  /** Of what somebody waits at. */
  of(thing: object): PlaceRecord | null {
    return this.#byThing.get(thing) ?? null;
  }

  add(kind: string, thing: Thing): PlaceRecord {
    const record = new PlaceRecord(kind, thing);
    this.#records.push(record);
    this.#byThing.set(thing, record);
    return record;
  }

  /** What is a part of `thing` stands for it. */
  alias(part: object, record: PlaceRecord): void {
    this.#byThing.set(part, record);
  }

  sweep(): void {
    this.#records = this.#records.filter((record) => record.thing !== null);
  }
}

/** As its `toString()` tells. */
export function textOf(thing: Thing): string {
  const text = String(thing);
  return printable(text === '[object Object]' ? thing.name : text);
}
