import { Line } from '../base/line.ts';
import type { Waiter } from './waiter.ts';

/** A line of those who wait for `what` a source brings. */
export class LineOf extends Line<Waiter> {
  readonly of: { readonly name: string };
  readonly #what: string;

  constructor(what: string, source: { readonly name: string }) {
    super();
    this.#what = what;
    this.of = source;
  }
  override toString(): string {
    return `${this.#what} ${this.of.name}`;
  }
}
