import type { LineOf } from './line-of.ts';
import { Operation } from './operation.ts';
import { serve, type Waiter } from './waiter.ts';

/**
 * Waits until something is so. Those who wait stand in `line`, which whoever brings it about settles. What an end is waited for
 * by may also be what is left of a withdrawn source (`restOf`): whoever parks there may do so when that has ended long since.
 */
export class Reached extends Operation<void> {
  readonly #line: LineOf;
  readonly #isSo: () => boolean;

  constructor(line: LineOf, isSo: () => boolean) {
    super();
    this.#line = line;
    this.#isSo = isSo;
  }

  ready(): boolean {
    return this.#isSo();
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    if (this.#isSo()) serve(waiter, undefined);
    else this.#line.append(waiter);
  }
  override toString(): string {
    return String(this.#line);
  }
}
