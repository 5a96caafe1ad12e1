import { Operation } from '../core/operation.ts';
import { type LineOf } from '../core/line-of.ts';
import type { Waiter } from '../core/waiter.ts';

/** Waits until nothing is unfinished. */
export class Join extends Operation<void> {
  readonly #of: { readonly unfinished: number };
  readonly #line: LineOf;

  constructor(of: { readonly unfinished: number }, line: LineOf) {
    super();
    this.#of = of;
    this.#line = line;
  }

  ready(): boolean {
    return this.#of.unfinished === 0;
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    this.#line.append(waiter);
  }
  override toString(): string {
    return String(this.#line);
  }
}
