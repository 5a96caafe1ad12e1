import { Starting } from '../core/operation.ts';
import { enter, exit } from '../core/turn.ts';
import { type Place, type Rest, serve, type Waiter } from '../core/waiter.ts';
import { CallCleanUp, type CallOptions, type Host, Job } from './job.ts';

/** Calls a handler, and waits for its last value. */
export class Call<R> extends Starting<R> {
  readonly #host: Host;
  readonly #name: string;
  readonly #args: readonly unknown[];
  readonly #options: CallOptions;

  constructor(host: Host, name: string, args: readonly unknown[], options: CallOptions) {
    super();
    this.#host = host;
    this.#name = name;
    this.#args = args;
    this.#options = options;
  }

  /** An answer takes a message at least: to try it without waiting is to leave it. */
  override get wouldWait(): boolean {
    return this.#host.refusal === null;
  }

  park(waiter: Waiter): void {
    const job = new CallJob(this.#host, this.#name, this.#args, this.#options, waiter);
    enter();
    try {
      this.#host.submit(job);
    } finally {
      exit();
    }
  }

  override toString(): string {
    return `call of ${this.#name} on ${this.#host.name}`;
  }
}

/** One performance of it: the place of the one who waits. */
class CallJob extends Job implements Place {
  readonly #host: Host;
  /** Who waits; null once served, or gone. */
  #waiter: Waiter | null;
  #cleanUp: CallCleanUp | null = null;

  constructor(host: Host, name: string, args: readonly unknown[], options: CallOptions, waiter: Waiter) {
    super(name, args, options, 0);
    this.#host = host;
    this.#waiter = waiter;
    waiter.place = this;
    host.attention.came();
  }

  over(parcel: unknown, isGone: boolean): void {
    const waiter = this.#waiter;
    if (waiter === null) {
      this.#cleanUp?.end(parcel, isGone);
      return;
    }
    this.#left();
    serve(waiter, parcel);
  }

  #left(): void {
    this.#waiter = null;
    this.#host.attention.left();
  }

  leave(waiter: Waiter): Rest | null {
    waiter.place = null;
    this.#left();
    const isRunning = this.session !== null;
    if (isRunning)
      this.#cleanUp = new CallCleanUp({ name: `${this.name} on ${this.#host.name}` }, this.#host.attention);
    this.#host.withdraw(this, undefined);
    return this.#cleanUp;
  }

  override toString(): string {
    return `call of ${this.name} on ${this.#host.name}`;
  }
}
