import { Line } from '../base/line.ts';
import type { Waiter } from '../core/waiter.ts';

/** A line that knows how many wait, and for what. */
export class Waiters extends Line<Waiter> {
  readonly of: { readonly name: string };
  readonly #what: string;
  size = 0;

  /** What is waited for, for a person: `wait` on `gate#1`. */
  constructor(what: string, owner: { readonly name: string }) {
    super();
    this.#what = what;
    this.of = owner;
  }

  override append(waiter: Waiter): void {
    super.append(waiter);
    this.size++;
  }
  override shift(): Waiter | null {
    const first = super.shift();
    if (first !== null) this.size--;
    return first;
  }
  override leave(waiter: Waiter): null {
    this.size--;
    return super.leave(waiter);
  }

  override toString(): string {
    return `${this.#what} on ${this.of.name}`;
  }

  /** @internal */
  override check(): void {
    super.check();
    if (this.size !== this.count()) throw new Error(`${String(this)}: ${this.count()} wait, counted ${this.size}`);
  }
}

/** ` (open, 2 waiting)`: how it is, and how many wait. */
export function stateOf(title: string, state: string, waiting: number): string {
  return `${title} (${waiting === 0 ? state : `${state}, ${waiting} waiting`})`;
}
