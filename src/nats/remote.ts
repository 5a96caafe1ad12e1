// An operation whose outcome comes over the connection: it starts when it is performed, and a withdrawal is told to what is
// under way.
//
// Invariants:
//   1. a performance ends once: resolved, rejected or withdrawn
//   2. it is in the engine's `waiting` from its start to its end

import { Starting } from '../core/operation.ts';
import { type End, Failure } from '../core/outcome.ts';
import { type Place, serve, type Waiter } from '../core/waiter.ts';

/** What the engine's end means to all that waits. */
export interface Home {
  readonly name: string;
  /** What those find who come after the end; null before. */
  readonly end: End | null;
  readonly waiting: Set<Performance<never>>;
}

export class Remote<T> extends Starting<T> {
  readonly #home: Home;
  readonly #what: string;
  readonly #start: (performance: Performance<T>) => void;
  readonly #giveBack: ((value: T) => void) | undefined;

  /** `giveBack`: what to do with a value that came to one who had left. */
  constructor(home: Home, what: string, start: (performance: Performance<T>) => void, giveBack?: (value: T) => void) {
    super();
    this.#home = home;
    this.#what = what;
    this.#start = start;
    this.#giveBack = giveBack;
  }

  park(waiter: Waiter): void {
    const performance = new Performance<T>(this.#home, this.#what, waiter);
    const { end } = this.#home;
    if (end !== null) performance.reject(end.error);
    else this.#begin(performance);
  }

  #begin(performance: Performance<T>): void {
    try {
      this.#start(performance);
    } catch (error) {
      performance.reject(error);
    }
  }

  override restore(parcel: unknown): null {
    if (!(parcel instanceof Failure)) this.#giveBack?.(parcel as T);
    return null;
  }

  override toString(): string {
    return this.#what;
  }
}

/** The place of one who waits. */
export class Performance<T> implements Place {
  readonly #home: Home;
  readonly #what: string;
  #waiter: Waiter | null;
  /** Called when it was withdrawn, or has ended with the engine. */
  withdrawn: (() => void) | null = null;

  constructor(home: Home, what: string, waiter: Waiter) {
    this.#home = home;
    this.#what = what;
    this.#waiter = waiter;
    waiter.place = this;
    home.waiting.add(this);
  }

  get isOver(): boolean {
    return this.#waiter === null;
  }

  /** False: it had ended before. */
  resolve(value: T): boolean {
    return this.#settle(value);
  }
  reject(error: unknown): boolean {
    return this.#settle(new Failure(error));
  }

  /** The engine has ended. */
  abandon(error: unknown): void {
    const { withdrawn } = this;
    if (this.reject(error)) withdrawn?.();
  }

  /** Settles it as `answer` does. */
  follow(answer: Promise<T>): void {
    answer.then(
      (value) => this.resolve(value),
      (error: unknown) => this.reject(error),
    );
  }

  #settle(parcel: unknown): boolean {
    const waiter = this.#waiter;
    if (waiter === null) return false;
    this.#over();
    serve(waiter, parcel);
    return true;
  }

  #over(): void {
    this.#waiter = null;
    this.#home.waiting.delete(this);
  }

  leave(waiter: Waiter): null {
    waiter.place = null;
    this.#over();
    this.withdrawn?.();
    return null;
  }

  toString(): string {
    return this.#what;
  }
}
