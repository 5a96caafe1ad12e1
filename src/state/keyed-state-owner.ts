// One owner for each key, for as long as there is something to own.
//
// Invariants (`check()` asserts them):
//   1. a key has one owner at a time: the one in `#known`, for as long as anybody holds it
//   2. an owner with requests or listeners, or whose state differs from the initial one, is held by `#living`; no other is
//
// An owner that is idle at its initial state cannot be told from one that is made anew, but by a user who kept a handle. So it
// is held weakly: such a handle stays the key's owner, and what nobody holds costs nothing. Needs no hint from the user, and
// no count of handles.

import { checkFunction, checkLimit, ownOptions } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { keptIn, surroundings } from '../core/ambient.ts';
import { enter, exit } from '../core/turn.ts';
import { StateOwner, type StateOwnerOptions } from './state-owner.ts';

const names = /* @__PURE__ */ new Names('keyedStateOwner');

/** One owner per key, made when first asked and forgotten when idle at its initial state: different keys do not wait for each other. */
export class KeyedStateOwner<K, S> {
  readonly name: string;
  readonly #initial: (key: K) => S;
  readonly #options: StateOwnerOptions<S>;
  /** Those that have something to lose. */
  #living = new Map<K, StateOwner<S>>();
  /** All that anybody may hold. */
  #known = new Map<K, WeakRef<StateOwner<S>>>();
  readonly #collected: FinalizationRegistry<K>;

  /** @internal */
  constructor(initial: (key: K) => S, options: StateOwnerOptions<S> = {}) {
    checkFunction('keyedStateOwner', 'initial', initial);
    const own = ownOptions('keyedStateOwner', options);
    const { capacity = Infinity, equal = Object.is } = own;
    checkLimit('keyedStateOwner', 'capacity', capacity, 0);
    checkFunction('keyedStateOwner', 'equal', equal);
    this.name = own.name ?? names.spell(names.draw());
    this.#initial = keptIn(surroundings(), initial);
    this.#options = own;
    this.#collected = new FinalizationRegistry((key) => {
      if (this.#known.get(key)?.deref() === undefined) this.#known.delete(key);
    });
  }

  /** The owner of `key`. The same one for as long as anybody holds it or it has something to lose; after `cancel`, a fresh one. */
  of(key: K): StateOwner<S> {
    const known = this.#living.get(key) ?? this.#known.get(key)?.deref();
    if (known !== undefined && !this.#isForgotten(key, known)) return known;
    const initial = this.#initial(key);
    const owner: StateOwner<S> = new StateOwner(
      initial,
      { ...this.#options, name: `${this.name}[${describe(key)}]` },
      () => this.#review(key, owner, initial),
    );
    this.#living.delete(key);
    this.#known.set(key, new WeakRef(owner));
    this.#collected.register(owner, key);
    return owner;
  }

  /** The keys that live: those with requests, with subscribers, or with a state that differs from the initial one. */
  get size(): number {
    return this.#living.size;
  }

  /** The keys that live, those first that came to life first. */
  keys(): IterableIterator<K> {
    return this.#living.keys();
  }

  /** Cancels every owner, and forgets all keys. */
  cancel(reason?: unknown): void {
    const owners = new Set(this.#living.values());
    for (const handle of this.#known.values()) {
      const owner = handle.deref();
      if (owner !== undefined) owners.add(owner);
    }
    this.#living = new Map();
    this.#known = new Map();
    enter();
    try {
      for (const owner of owners) owner.cancel(reason);
    } finally {
      exit();
    }
  }

  /** Cancelled; or ended, and at its initial state. */
  #isForgotten(key: K, { serializer }: StateOwner<S>): boolean {
    return serializer.isCancelled || (serializer.isOver && !this.#living.has(key));
  }

  #review(key: K, owner: StateOwner<S>, initial: S): void {
    // One that was cancelled is not the key's owner any more.
    if (this.#known.get(key)?.deref() !== owner) return;
    if (this.#lives(owner, initial)) this.#living.set(key, owner);
    else this.#living.delete(key);
  }

  #lives({ serializer }: StateOwner<S>, initial: S): boolean {
    if (serializer.isCancelled) return false;
    if (!serializer.isIdle || serializer.audience.first !== null) return true;
    try {
      return !serializer.equals(serializer.value, initial);
    } catch {
      // Nobody asked for this comparison, so nobody can be told; forgetting would lose a state.
      return true;
    }
  }

  toString(): string {
    return `${this.name} (${this.size} living)`;
  }

  /** @internal */
  check(): void {
    for (const [key, owner] of this.#living) {
      owner.check();
      if (this.#known.get(key)?.deref() !== owner) throw new Error(`${this.name}: ${describe(key)} has two owners`);
    }
  }
}

/**
 * Makes a family of state owners, one for each key: requests for one key are served one at a time, different keys do not wait
 * for each other.
 *
 * ```
 * of('a').update(slow)   -x-----a
 * of('b').update(slow)   --x-----b
 * of('a').read           ---x---a
 * ```
 *
 * A key lives while it has requests, subscribers, or a state that differs, by `equal`, from `initial(key)`. Then it is
 * forgotten: a million keys that came and went cost nothing. A handle that you keep stays the key's owner.
 *
 * @example
 * ```ts
 * const carts = keyedStateOwner((user: string): Cart => emptyCart, { equal: sameCart });
 * carts.of('ann').update((cart) => add(cart, item)).subscribe();
 * ```
 */
export function keyedStateOwner<K, S>(initial: (key: K) => S, options?: StateOwnerOptions<S>): KeyedStateOwner<K, S> {
  return new KeyedStateOwner(initial, options);
}
