// One load for all who ask for the same key while it runs.
//
//   loading ──the load ends────────────► over: all who wait are told; the next asks anew
//      └──the last who waits leaves────► abandoned: cancelled; who comes meanwhile starts a new one
//
// Invariants:
//   1. a load is found by its key  <=>  it is loading
//   2. loading, and its body has begun  =>  somebody waits
//
// After golang.org/x/sync/singleflight, with cancellation: a load belongs to those who wait for it, and goes with the last.

import { checkFunction } from '../base/checks.ts';
import { Line } from '../base/line.ts';
import { Names } from '../base/names.ts';
import { LazySignal, type TaskContext } from '../core/context.ts';
import { Fiber, type FiberOwner } from '../core/fiber.ts';
import { type Coroutine, type Operation, Starting } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { CleanUp } from '../core/clean-up.ts';
import { enter, exit } from '../core/turn.ts';
import { type Place, type Rest, settleAll, type Waiter } from '../core/waiter.ts';
import { bodyOf } from './work.ts';

const names = /* @__PURE__ */ new Names('singleFlight');

type Load<K, T> = (key: K, context: TaskContext) => Coroutine<T> | Operation<T> | PromiseLike<T>;

/**
 * Loads once for all who ask for the same key at the same time.
 *
 * ```
 * ask for k      x-x-------x
 * load(k)        ----v|    ----w|
 *   first        ----(v|)
 *   second         --(v|)
 *   third                  ----(w|)     nothing is kept: it loads anew
 * ```
 *
 * Each operation that it gives joins the load for its key that runs, or begins one. Emits what the load brings and completes; a
 * load that fails fails all who wait, with the same error, and the next who asks loads anew. Keys compare as in a Map.
 *
 * One who leaves disturbs nobody. When the last has left, the load is cancelled: its `finally` blocks run, its signal aborts, a
 * promise is abandoned; that last one, if it is a coroutine, waits for the clean-up. Who comes meanwhile starts a new load at
 * once. The load runs in the context of the first who asked. Joining and leaving are O(1).
 *
 * ![singleFlight in marbles](../../marbles/task/single-flight.svg)
 *
 * @example
 * ```ts
 * const user = singleFlight((id: string, { signal }) => fetch(`/users/${id}`, { signal }).then((r) => r.json()));
 * const [a, b] = yield* gather([user('7'), user('7')]); // one request
 * ```
 *
 * After golang.org/x/sync/singleflight.
 */
export function singleFlight<K, T>(
  load: (key: K, context: TaskContext) => Coroutine<T> | Operation<T> | PromiseLike<T>,
): (key: K) => Operation<T> {
  checkFunction('singleFlight', 'load', load);
  const flights = new Map<K, Flight<K, T>>();
  return (key) => new Boarding(flights, load, key);
}

class Boarding<K, T> extends Starting<T> {
  readonly #flights: Map<K, Flight<K, T>>;
  readonly #load: Load<K, T>;
  readonly #key: K;

  constructor(flights: Map<K, Flight<K, T>>, load: Load<K, T>, key: K) {
    super();
    this.#flights = flights;
    this.#load = load;
    this.#key = key;
  }

  override get wouldWait(): boolean {
    return this.#flights.has(this.#key);
  }

  park(waiter: Waiter): void {
    const found = this.#flights.get(this.#key);
    const flight = found ?? new Flight(this.#flights, this.#load, this.#key);
    flight.join(waiter);
    if (found !== undefined) return;
    this.#flights.set(this.#key, flight);
    // At once, like a coroutine: if nothing has to be waited for, all is told when this returns.
    flight.fiber.run();
  }
}

/** One load, and those who wait for it. */
class Flight<K, T> implements FiberOwner, Place, TaskContext {
  readonly fiber: Fiber = new Fiber(this);
  readonly #waiters = new Line<Waiter>();
  readonly #number = names.draw();
  readonly #flights: Map<K, Flight<K, T>>;
  readonly #load: Load<K, T>;
  readonly #key: K;
  #signal: LazySignal | null = null;
  #cleanUp: CleanUp | null = null;

  constructor(flights: Map<K, Flight<K, T>>, load: Load<K, T>, key: K) {
    this.#flights = flights;
    this.#load = load;
    this.#key = key;
  }

  get name(): string {
    return names.spell(this.#number);
  }
  get signal(): AbortSignal {
    return (this.#signal ??= new LazySignal()).signal;
  }

  begin(): Coroutine<unknown> {
    const load = this.#load;
    return bodyOf(() => load(this.#key, this), this);
  }
  resolved(value: unknown): void {
    this.#end(value);
  }
  failed(error: unknown): void {
    this.#end(new Failure(error));
  }
  stopped(): void {
    this.#end(undefined);
  }

  #end(parcel: unknown): void {
    enter();
    try {
      if (this.#cleanUp !== null) this.#cleanUp.end(parcel);
      else {
        this.#flights.delete(this.#key);
        settleAll(this.#waiters, parcel);
      }
    } finally {
      exit();
    }
  }

  join(waiter: Waiter): void {
    this.#waiters.append(waiter);
    waiter.place = this;
  }

  leave(waiter: Waiter): Rest | null {
    this.#waiters.leave(waiter);
    if (this.#waiters.first !== null) return null;
    this.#flights.delete(this.#key);
    const cleanUp = (this.#cleanUp = new CleanUp(this));
    this.fiber.cancel();
    this.#signal?.abort(undefined);
    return this.fiber.ended ? null : cleanUp;
  }
  toString(): string {
    return `the load of ${this.name}`;
  }
}
