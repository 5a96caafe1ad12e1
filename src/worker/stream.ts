// The values of a handler, as a channel that is pulled: a receiver whose sender is a call.
//
//   new ──a value is asked for──► running ──it ends, fails, or its thread is gone──► over
//    └──cancel()──► over            └──cancel()──► cleaning ──that has ended─────────► over

import { asCause } from '../channel/channel-from.ts';
import { Names } from '../base/names.ts';
import { type Operation } from '../core/operation.ts';
import { End, Failure } from '../core/outcome.ts';
import { enter, exit } from '../core/turn.ts';
import { Reached } from '../core/reached.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { settleAll, type Waiter } from '../core/waiter.ts';
import { AttentiveLine } from './attention.ts';
import { Inbox } from './inbox.ts';
import { type CallOptions, type Host, Job } from './job.ts';
import type { Matter } from './wire.ts';

const names = /* @__PURE__ */ new Names('stream');

export class RemoteStream<T> extends Inbox<T> {
  override readonly receivers: AttentiveLine;
  override readonly enders: AttentiveLine;
  /** Those who wait until nothing of it is left. */
  readonly #closers: AttentiveLine;
  readonly #number = names.draw();
  readonly #host: Host;
  readonly #job: StreamJob;
  #state: 'new' | 'running' | 'cleaning' | 'over' = 'new';

  constructor(host: Host, name: string, args: readonly unknown[], options: CallOptions, window: number) {
    super(window);
    this.#host = host;
    [this.receivers, this.enders] = Inbox.lines(this, host.attention);
    this.#closers = new AttentiveLine('the end of', this, host.attention);
    this.#job = new StreamJob(name, args, options, window, {
      arrived: (message) => this.arrive(message),
      over: (parcel, isGone) => this.#over(parcel, isGone),
    });
  }

  get name(): string {
    return names.spell(this.#number);
  }

  /** Asking for a value begins it. */
  override get effectful(): boolean {
    return this.#state === 'new';
  }

  override park(waiter: Waiter): void {
    super.park(waiter);
    if (this.#state !== 'new') return;
    this.#state = 'running';
    enter();
    try {
      this.#host.submit(this.#job);
    } finally {
      exit();
    }
  }

  protected grant(n: number): void {
    this.#job.session?.granted(this.#job, n);
  }
  protected lose(): void {
    // What a call brings too late is nobody's.
  }
  protected drained(): void {
    this.#closeIfOver();
  }

  protected abandon(reason: unknown): void {
    if (this.#state === 'new') this.#state = 'over';
    if (this.#state !== 'running') return;
    this.#state = 'cleaning';
    const isRunning = this.#job.session !== null;
    this.#host.withdraw(this.#job, reason);
    if (!isRunning) this.#state = 'over';
  }

  override cancel(reason?: unknown): boolean {
    const cancels = super.cancel(reason);
    if (cancels) {
      enter();
      this.#closeIfOver();
      exit();
    }
    return cancels;
  }

  #over(parcel: unknown, isGone: boolean): void {
    const isCancelled = this.#state === 'cleaning';
    this.#state = 'over';
    if (!isCancelled)
      this.close(new End(this, 'closed', parcel instanceof Failure ? asCause(parcel.error) : undefined));
    else if (parcel instanceof Failure && !isGone) reportUnhandled(parcel.error);
    this.#closeIfOver();
  }

  #closeIfOver(): void {
    if (this.isOver) settleAll(this.#closers, undefined);
  }

  /** It has ended, here and there. */
  get isOver(): boolean {
    return this.#state === 'over' && this.ended() !== null;
  }

  override whenEnded(): Operation<void> {
    return new Reached(this.#closers, () => this.isOver);
  }

  override toString(): string {
    const state = this.end === null ? this.#state : this.ended() === null ? 'draining' : this.end.how;
    return `${this.name} of ${this.#job.name} on ${this.#host.name} (${this.buffer.size}/${this.window}, ${state})`;
  }
}

interface Listener {
  arrived(message: Extract<Matter, readonly ['value', ...unknown[]]>): void;
  over(parcel: unknown, isGone: boolean): void;
}

class StreamJob extends Job {
  readonly #listener: Listener;

  constructor(name: string, args: readonly unknown[], options: CallOptions, window: number, listener: Listener) {
    super(name, args, options, window);
    this.#listener = listener;
  }

  override arrive(message: Extract<Matter, readonly ['value', ...unknown[]]>): void {
    this.#listener.arrived(message);
  }
  over(parcel: unknown, isGone: boolean): void {
    this.#listener.over(parcel, isGone);
  }
}
