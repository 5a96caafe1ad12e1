// Where jobs wait for their first attempt: inside, as many as `capacity` and `capacityPerKey` allow, in their order; those beyond
// that outside, as they came (`suspend`), or somebody goes.
//
//                 ┌─ no room: outside ─┐
//   submitted ────┼─ room: inside ─────┴──► the first whose key is free (inside before outside): a place
//                 └─ no room, another policy: somebody goes
//
// Invariants (`check()` asserts them):
//   1. inside <= capacity, and of one key <= capacityPerKey
//   2. somebody is outside  =>  inside = capacity, or as many of that key as may be are inside
//   3. one that waits stands in every index of where it waits, and in no other
//
// A key is free when no job of it runs, cleans up or is tried again, and it is not held by `debounce`.
//
// Those outside stand in two lines, if they have keys: by whether theirs is free, since a place must not stay empty while somebody
// could have it, and by whether there is room for it inside.

import { Debounce } from './debounce.ts';
import { Entries, type Entry, type Order } from './entries.ts';
import type { JobRules } from './job-options.ts';
import { KeyedEntries } from './keyed-entries.ts';
import type { Submission, Twin } from './submission.ts';

type Line<E extends Entry<E>> = Entries<E> | KeyedEntries<E>;

export class Lobby<T, R> {
  readonly #rules: JobRules<T>;
  readonly #inside: Line<Submission<T, R>>;
  /** By whether their keys are free. */
  readonly #outside: Line<Submission<T, R>>;
  /** By whether there is room for them. Null if there are no keys: then the other line says it. */
  readonly #movable: Line<Twin<T, R>> | null = null;
  readonly #busy = new Set<unknown>();
  readonly #debounce: Debounce | null;

  /** `quiet` is called when somebody may start because its key has been quiet for long enough. */
  constructor(rules: JobRules<T>, quiet: () => void) {
    this.#rules = rules;
    const { keyOf, order, overflow, capacity, capacityPerKey, debounce } = rules;
    const ofJobs: Order<Submission<T, R>> = typeof order === 'function' ? (a, b) => order(a.input, b.input) : order;
    const dropsOldest = overflow === 'dropOldest';
    if (keyOf === undefined) {
      this.#inside = new Entries(ofJobs, dropsOldest);
      this.#outside = new Entries('fifo', false);
    } else {
      const keys = { keyOf: ({ key }: Submission<T, R>) => key, isBusy: (key: unknown) => !this.isFree(key) };
      const ages = capacityPerKey === Infinity ? 'of all' : capacity === Infinity ? 'of a key' : 'both';
      this.#inside = new KeyedEntries(ofJobs, dropsOldest ? ages : 'never', keys);
      this.#outside = new KeyedEntries('fifo', 'never', keys);
      const rooms = { keyOf: ({ of }: Twin<T, R>) => of.key, isBusy: (key: unknown) => !this.#hasRoomFor(key) };
      this.#movable =
        capacityPerKey === Infinity ? new Entries('fifo', false) : new KeyedEntries('fifo', 'never', rooms);
    }
    this.#debounce =
      debounce === undefined
        ? null
        : new Debounce(debounce, (key) => {
            this.#turned(key);
            quiet();
          });
  }

  get size(): number {
    return this.#inside.size + this.#outside.size;
  }

  /** The one that starts next; null if nobody may. */
  get first(): Submission<T, R> | null {
    const first = this.#inside.first ?? (this.#outside.size === 0 ? null : this.#outside.first);
    return first === null || (this.#debounce !== null && !this.isFree(first.key)) ? null : first;
  }

  // ───────────────────────────────────────────────────────────── keys

  /** No job of `key` runs or is tried again, and it is not held. */
  isFree(key: unknown): boolean {
    return !this.#busy.has(key) && this.#debounce?.isHeld(key) !== true;
  }

  occupy(key: unknown): void {
    if (this.#movable === null) return;
    this.#busy.add(key);
    this.#turned(key);
  }

  free(key: unknown): void {
    if (this.#movable === null) return;
    this.#busy.delete(key);
    this.#turned(key);
  }

  /** `key` is free, or is not any more. */
  #turned(key: unknown): void {
    if (this.#movable === null) return;
    (this.#inside as KeyedEntries<Submission<T, R>>).turned(key);
    if (this.#outside.size > 0) (this.#outside as KeyedEntries<Submission<T, R>>).turned(key);
  }

  /** `job` was submitted, whatever becomes of it: its key is held anew. */
  submitted(job: Submission<T, R>): void {
    if (this.#debounce === null) return;
    job.isNew = true;
    this.#debounce.submitted(job.key);
    this.#turned(job.key);
  }

  /** `job` does not wait for its first attempt any more, whatever has become of it. */
  gone(job: Submission<T, R>): void {
    if (!job.isNew) return;
    job.isNew = false;
    this.#debounce?.left(job.key);
  }

  /** Nobody is held any more. */
  flush(): void {
    for (const key of this.#debounce?.flush() ?? []) this.#turned(key);
  }

  // ───────────────────────────────────────────────────────────── coming and going

  /** Finds a place to wait for `job`: null, or who has to go for that. Throws what the order throws; then nothing has changed. */
  enter(job: Submission<T, R>): Submission<T, R> | null {
    const { capacity, overflow } = this.#rules;
    const fits = this.#hasRoomFor(job.key);
    if (fits && this.#inside.size < capacity) {
      this.#wait(job);
      return null;
    }
    switch (overflow) {
      case 'suspend':
        this.#standOutside(job);
        return null;
      case 'dropOldest':
        this.#wait(job);
        // The order, when it was asked, may have made room.
        return fits ? this.#tooOld() : this.#tooOldOf(job.key);
      case 'dropNewest':
      case 'fail':
        return job;
      default:
        return overflow satisfies never;
    }
  }

  #hasRoomFor(key: unknown): boolean {
    const { capacityPerKey } = this.#rules;
    return capacityPerKey === Infinity || this.#insideOf(key) < capacityPerKey;
  }

  #insideOf(key: unknown): number {
    return (this.#inside as KeyedEntries<Submission<T, R>>).sizeOf(key);
  }

  #tooOld(): Submission<T, R> | null {
    return this.#inside.size > this.#rules.capacity ? this.#inside.oldest : null;
  }

  #tooOldOf(key: unknown): Submission<T, R> | null {
    if (this.#insideOf(key) <= this.#rules.capacityPerKey) return null;
    return (this.#inside as KeyedEntries<Submission<T, R>>).oldestOf(key);
  }

  #wait(job: Submission<T, R>): void {
    this.#inside.add(job);
    job.waits = 'inside';
    this.#fullnessTurned(job.key);
    // By the order, as it was asked for a place.
    if (job.isConcluded) this.leave(job);
  }

  #standOutside(job: Submission<T, R>): void {
    this.#outside.add(job);
    if (this.#movable !== null) this.#movable.add((job.twin = twinOf(job)));
    job.waits = 'outside';
  }

  /** Whether there is room for `key` may have changed. */
  #fullnessTurned(key: unknown): void {
    if (this.#rules.capacityPerKey !== Infinity) (this.#movable as KeyedEntries<Twin<T, R>>).turned(key);
  }

  /** Takes `job` out of where it waits, if it does: there may be room then for one outside, see `takeMovable`. */
  leave(job: Submission<T, R>): void {
    const { waits } = job;
    if (waits === null) return;
    job.waits = null;
    if (waits === 'inside') {
      this.#inside.remove(job);
      this.#fullnessTurned(job.key);
    } else {
      this.#outside.remove(job);
      this.#movable?.remove(job.twin as Twin<T, R>);
    }
  }

  /** One outside for whom there is room now has left: it is to enter. */
  takeMovable(): Submission<T, R> | null {
    if (this.#outside.size === 0 || this.#inside.size >= this.#rules.capacity) return null;
    const next = this.#movable === null ? this.#outside.first : (this.#movable.first?.of ?? null);
    if (next !== null) this.leave(next);
    return next;
  }

  /** Takes all out. */
  drain(): Submission<T, R>[] {
    const jobs = [...this.#inside.drain(), ...this.#outside.drain()];
    this.#movable?.drain();
    for (const job of jobs) job.waits = null;
    return jobs;
  }

  check(places: number): void {
    const { capacity, capacityPerKey } = this.#rules;
    for (const line of [this.#inside, this.#outside, this.#movable]) line?.check();
    const fail = (what: string): never => {
      throw new Error(`lobby: ${what}`);
    };
    if (this.#inside.size > capacity) fail('more wait than may');
    if (this.#movable !== null && this.#movable.size !== this.#outside.size)
      fail('two lines outside, and not the same');
    const movable = this.#movable === null ? this.#outside.first : (this.#movable.first?.of ?? null);
    if (movable !== null && this.#inside.size < capacity) fail('one waits for room that there is');
    if (capacityPerKey !== Infinity && movable !== null && this.#insideOf(movable.key) > capacityPerKey)
      fail('more of a key wait than may');
    if (this.#movable !== null && this.#busy.size !== places) fail('two of equal key have a place');
    this.#debounce?.check(this.size);
  }
}

function twinOf<T, R>(of: Submission<T, R>): Twin<T, R> {
  return { of, arrival: of.arrival, place: null, before: null, after: null, ranked: null, dated: null };
}
