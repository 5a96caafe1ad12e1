/** What running work is told. */
export interface TaskContext {
  readonly name: string;
  /** Aborts, with the reason, when the task is cancelled. Made when first asked for: an AbortController costs a hundred subscriptions. */
  readonly signal: AbortSignal;
}

/** The signal of whoever may be cancelled: nothing, until somebody asks for it. */
export class LazySignal {
  #controller: AbortController | null = null;
  #aborted: { reason: unknown } | null = null;

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#aborted !== null) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  /** Whoever does it again does it for the same reason. */
  abort(reason: unknown): void {
    this.#aborted = { reason };
    this.#controller?.abort(reason);
  }
}
