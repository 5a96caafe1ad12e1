import type { Line } from '../base/line.ts';
import { Operation } from '../core/operation.ts';
import type { Waiter } from '../core/waiter.ts';

/** Waits until nothing more is accepted. */
export class WhenClosed extends Operation<void> {
  readonly #sink: { readonly name: string; readonly isClosed: boolean };
  readonly #closers: Line<Waiter>;

  constructor(sink: { readonly name: string; readonly isClosed: boolean }, closers: Line<Waiter>) {
    super();
    this.#sink = sink;
    this.#closers = closers;
  }

  ready(): boolean {
    return this.#sink.isClosed;
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    this.#closers.append(waiter);
  }
  override toString(): string {
    return `the close of ${this.#sink.name}`;
  }
}
