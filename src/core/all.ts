import { Operation } from './operation.ts';
import { Joint } from './rest.ts';
import type { Waiter } from './waiter.ts';

/** Completes when all of `operations`, which never fail, have. */
export class All extends Operation<void> {
  readonly #operations: readonly Operation<void>[];

  constructor(operations: readonly Operation<void>[]) {
    super();
    this.#operations = operations;
  }

  #open(): Operation<void>[] {
    return this.#operations.filter((operation) => !operation.ready());
  }

  ready(): boolean {
    return this.#open().length === 0;
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    const open = this.#open();
    if (open.length === 1) open[0]?.park(waiter);
    else new Joint(waiter).stand(open);
  }
  override open(): void {
    // However they ended, they did.
  }
}
