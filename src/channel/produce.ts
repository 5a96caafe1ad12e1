// A channel that owns its producer: a coroutine that starts when a value is asked for, and goes when the channel goes.
//
//   idle ──asked for a value, or there is a buffer──► running ──returns, fails──► over
//     └──cancelled──► over                              └──cancelled──► cleaning ──► over
//
// Invariants (`check()` asserts them):
//   1. idle  =>  nothing was sent; over  =>  closed
//
// After Kotlin's `produce` and `callbackFlow`, and Python's asynchronous generators with a buffer.

import { checkFunction } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { LazySignal, type TaskContext } from '../core/context.ts';
import { Fiber, type FiberOwner } from '../core/fiber.ts';
import { isCoroutine } from '../core/is-coroutine.ts';
import type { Coroutine } from '../core/operation.ts';
import { type ReceiveChannel } from '../core/pullable.ts';
import { enter, exit } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { Waiter } from '../core/waiter.ts';
import { asCause } from './channel-from.ts';
import type { SendChannel } from './channel.ts';
import { type ChannelOptions, checkOptions, type UndeliveredReason } from './options.ts';
import { OwningChannel } from './owning-channel.ts';

/** What sends to `out` as long as it may. */
export type Producer<T> = (out: SendChannel<T>, context: TaskContext) => Coroutine<void>;

export class Produced<T> extends OwningChannel<T> implements FiberOwner, TaskContext {
  readonly #what: string;
  readonly #body: Producer<T>;
  readonly #fiber: Fiber;
  #signal: LazySignal | null = null;
  #state: 'idle' | 'running' | 'cleaning' | 'over' = 'idle';

  /** `what`: the function that was called. */
  constructor(what: string, body: Producer<T>, options: ChannelOptions<T>) {
    super(options);
    this.#what = what;
    this.#body = body;
    this.#fiber = new Fiber(this);
    if (this.capacity > 0) this.#start();
  }

  get signal(): AbortSignal {
    return (this.#signal ??= new LazySignal()).signal;
  }

  // ───────────────────────────────────────────────────────────── being asked

  /** Asking starts it. */
  override get effectful(): boolean {
    return this.#state === 'idle';
  }

  override park(waiter: Waiter): void {
    super.park(waiter);
    if (this.#state === 'idle') this.#start();
  }

  #start(): void {
    this.#state = 'running';
    enter();
    try {
      // At once, so that who asks without waiting may be answered.
      this.#fiber.run();
    } finally {
      exit();
    }
  }

  // ───────────────────────────────────────────────────────────── the producer

  begin(): Coroutine<unknown> {
    const body = this.#body(this, this);
    if (isCoroutine(body)) return body;
    throw new TypeError(`${this.#what}: the body must be a generator function; it returned ${describe(body)}`);
  }
  resolved(): void {
    this.#over(() => this.close());
  }
  failed(error: unknown): void {
    this.#over(() => {
      // Closed before, there is nobody whom it could tell.
      if (!this.close(asCause(error))) reportUnhandled(error);
    });
  }
  stopped(): void {
    this.#over(() => this.close());
  }

  #over(close: () => void): void {
    this.#state = 'over';
    enter();
    try {
      close();
      this.lookAtEnd();
    } finally {
      exit();
    }
  }

  // ───────────────────────────────────────────────────────────── ending

  override cancel(reason?: unknown): boolean {
    if (this.ended() !== null) {
      this.#stop(reason);
      return false;
    }
    enter();
    try {
      this.#stop(reason);
      return super.cancel(reason);
    } finally {
      exit();
    }
  }

  #stop(reason: unknown): void {
    if (this.#state === 'idle') {
      this.#state = 'over';
    } else if (this.#state === 'running') {
      this.#state = 'cleaning';
      this.#fiber.cancel();
      this.#signal?.abort(reason);
    }
  }

  /** @internal What the producer was about to send goes with the channel. */
  override lose(value: T, reason: UndeliveredReason): void {
    super.lose(value, reason === 'withdrawn' && this.#state === 'cleaning' ? 'cancelled' : reason);
  }

  /** @internal */
  protected get isFed(): boolean {
    return this.#state !== 'over';
  }

  /** @internal */
  override check(): void {
    super.check();
    if (this.#state === 'idle' && this.statistics().sent > 0) throw new Error(`${this.name}: sent before it was asked`);
    if (this.#state === 'over' && !this.isClosed) throw new Error(`${this.name}: its producer is gone, and it is open`);
  }
}

/**
 * Makes a channel that owns its producer.
 *
 * ```
 * receive      --x---x---x
 * produce
 *   body       --a---b|           starts when a value is asked for; out.send(v) waits until v is taken
 *   receives   --a---b---(end)
 * ```
 *
 * `body` starts when a value is first asked for, in whatever form, `tryReceive` included; at once, if `options` give it a
 * buffer to fill. It is paced by `out.send`. Its return closes the channel, its failure is the close cause: both come after
 * what was sent. `out.close()` ends the channel before the body has ended.
 *
 * `cancel()` cancels the body too: its `finally` blocks run and may wait, and `whenEnded()` completes when they have. A value
 * that it was about to send is reported once, as `cancelled`. What fails in its clean-up is reported through
 * `config.onUnhandledError`. Unsubscribing, or taking no more, does not cancel it: that is what `flow` does.
 *
 * Options are those of a channel; capacity 0 unless told. TypeError if `body` is no function.
 *
 * ![produce in marbles](../../marbles/channel/produce.svg)
 *
 * @example
 * ```ts
 * const pages = produce<Page>(function* (out, { signal }) {
 *   for (let page = yield* until(load(1, signal)); page !== null; page = yield* until(load(page.next, signal))) {
 *     yield* out.send(page);
 *   }
 * });
 * yield* forEach(pages, function* (page) {
 *   yield* until(render(page));
 * });
 * ```
 *
 * After Kotlin's `produce`.
 */
export function produce<T>(body: Producer<T>, options: ChannelOptions<T> = {}): ReceiveChannel<T> {
  checkFunction('produce', 'the body', body);
  return new Produced('produce', body, checkOptions('produce', options));
}
