import type { Future } from './future.ts';
import { Operation } from './operation.ts';
import type { Waiter } from './waiter.ts';

/** Completes when a future has its outcome, whatever that is; whether somebody sees to its failure is not its business. */
export class Settled extends Operation<void> {
  readonly #future: Future<unknown>;

  constructor(future: Future<unknown>) {
    super();
    this.#future = future;
  }

  ready(): boolean {
    return this.#future.status !== 'pending';
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    this.#future.attend(waiter);
  }
  override open(): void {
    // However it ended, it did.
  }
}
