// The end of a port that sends.
//
//   open ──close()──► closing ──the last who waited has sent──► closed ──all taken, or cancelled there──► over
//     └──cancelled there─────────┴───────────────────────────────────────────────────────────────────────► over
//     └──the other side is gone──┴──────────────────────────────────┴────────────────────────────────────► over
//
// Invariants (`check()` asserts them, besides those of `outbox.ts`):
//   1. somebody waits for the end  =>  open
//   2. `end` was posted  =>  nobody waits to send, and nothing is posted any more

import { checkHooks } from '../base/checks.ts';
import { CancelledError } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import type { SendChannel } from '../channel/channel.ts';
import type { UndeliveredReason } from '../channel/options.ts';
import { type Operation } from '../core/operation.ts';
import { End, Failure } from '../core/outcome.ts';
import { enter, exit } from '../core/turn.ts';
import { Reached } from '../core/reached.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { settleLine, tellAll, type Waiter } from '../core/waiter.ts';
import { AttentiveLine } from './attention.ts';
import { checkLinkOptions, Link, type LinkOptions, type LinkOwner } from './link.ts';
import { Outbox } from './outbox.ts';
import { Port, type PortLike } from './port.ts';
import { pack, unpack } from './thrown.ts';
import { type Matter, refuse } from './wire.ts';

export interface PortSenderOptions<T> extends LinkOptions {
  /**
   * Called once for each value that was posted and, as far as can be known, never taken: the receiver was cancelled
   * (`cancelled`), or is gone. Of one that is gone nobody knows what it took last; that may be among them.
   */
  onUndelivered?: (value: T, reason: UndeliveredReason) => void;
}

/** The sending end of a channel whose receiver is on the other side of a port. */
export interface PortSender<T> extends SendChannel<T> {
  readonly name: string;
  /**
   * Commits when the receiver has granted room and the value is posted, and is cloned at that moment. What cannot be cloned
   * fails this send alone (`DataCloneError`), and transferables stay here. Withdrawn: nothing was posted.
   */
  send(value: T, transfer?: readonly unknown[]): Operation<void>;
  /** Completes when no more will be accepted; never fails. */
  whenClosed(): Operation<void>;
}

const names = /* @__PURE__ */ new Names('portSender');

class Sender<T> implements PortSender<T>, LinkOwner {
  readonly #name: string | undefined;
  readonly #number = names.draw();
  readonly #link: Link;
  readonly #outbox: Outbox<T>;
  readonly #closers: AttentiveLine;
  #state: 'open' | 'closing' | 'closed' | 'over' = 'open';
  /** What the channel is closed with; packed, if there is a cause. */
  #last: Matter = ['end', 0];
  #window = 0;

  constructor(port: PortLike, options: PortSenderOptions<T>) {
    this.#name = options.name;
    this.#link = new Link(new Port('portSender', port), this, 'sender');
    this.#outbox = new Outbox(this, this.#link, 0, () => this.#closeIfDone(), options.onUndelivered);
    this.#closers = new AttentiveLine('the end of', this, this.#link.attention);
    this.#link.open(options.heartbeat);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }
  get isClosed(): boolean {
    return this.#state !== 'open';
  }

  send(value: T, transfer?: readonly unknown[]): Operation<void> {
    return this.#outbox.send(value, transfer);
  }

  trySend(value: T): boolean {
    enter();
    try {
      if (this.isClosed || !this.#outbox.accepts()) return false;
      const outcome = this.#outbox.accept(value, undefined);
      // What cannot be cloned has nobody to tell.
      if (outcome instanceof Failure) reportUnhandled(outcome.error);
      return outcome === undefined;
    } finally {
      exit();
    }
  }

  close(cause?: unknown): boolean {
    if (this.isClosed) return false;
    this.#state = 'closing';
    if (cause !== undefined) this.#last = ['end', 0, pack(cause)];
    enter();
    try {
      const settled: Waiter[] = [];
      settleLine(this.#closers, undefined, settled);
      this.#outbox.close(new End(this, 'closed'));
      this.#closeIfDone();
      tellAll(settled);
    } finally {
      exit();
    }
    return true;
  }

  #closeIfDone(): void {
    if (this.#state !== 'closing' || this.#outbox.senders.first !== null) return;
    this.#state = 'closed';
    this.#outbox.flush();
    this.#link.post(this.#last);
  }

  whenClosed(): Operation<void> {
    return new Reached(this.#closers, () => this.isClosed);
  }

  // ───────────────────────────────────────────────────────────── the other side

  met(window: number): void {
    this.#window = window;
    this.#outbox.opened(window);
  }

  received(message: Matter): void {
    if (message[1] !== 0) refuse(message, `about ${message[1]}, on the port of a channel`);
    switch (message[0]) {
      case 'credit':
        this.#outbox.granted(message, message[2]);
        return;
      case 'cancel':
        if (message[2] > this.#outbox.posted) refuse(message, `after ${message[2]} values, of ${this.#outbox.posted}`);
        this.#cancelled(message[2], message.length === 4 ? unpack(message[3]) : undefined);
        return;
      case 'done':
        if (this.#state !== 'closed') refuse(message, 'before the end');
        this.#link.close();
        this.#over(new End(this, 'closed'), undefined, this.#outbox.posted);
        return;
      default:
        refuse(message, 'to a sender');
    }
  }

  #cancelled(taken: number, reason: unknown): void {
    // The receiver listens until it has this: what it is sent meanwhile is reported there.
    this.#outbox.flush();
    if (this.#state !== 'closed') this.#link.post(['end', 0]);
    this.#link.close();
    this.#over(new End(this, 'closed'), new CancelledError(this.name, reason), taken);
  }

  lost(error: Error): void {
    this.#over(new End(this, 'closed', this.isClosed ? undefined : error), error, null);
  }

  /** Those who wait fail with `error`. */
  #over(end: End, error: unknown, taken: number | null): void {
    this.#state = 'over';
    const settled = this.#outbox.finish(end, error);
    settleLine(this.#closers, undefined, settled);
    tellAll(settled);
    this.#outbox.lose(taken);
  }

  toString(): string {
    const waiting = this.#outbox.senders.count();
    const parts = [
      `${this.#outbox.underWay}/${this.#window} under way`,
      waiting > 0 && `${waiting} sending`,
      this.#state,
    ];
    return `${names.title(this.#name, this.#number)} (${parts.filter((part) => part !== false).join(', ')})`;
  }

  /** @internal */
  check(): void {
    this.#outbox.check(this.#window);
    this.#closers.check();
    const fail = (what: string): never => {
      throw new Error(`${String(this)}: ${what}`);
    };
    if (this.#state !== 'open' && this.#closers.first !== null) fail('somebody waits for an end that has come');
    const isOver = this.#state === 'closed' || this.#state === 'over';
    if (isOver && this.#outbox.senders.first !== null) fail('somebody waits to send what nobody will take');
  }
}

/**
 * Makes the sending end of a channel over a port; `portReceiver` at the other end of the port is the receiving one.
 *
 * ```
 * window of 2
 * send       ab-c----      a and b are posted at once, c when there is room again
 * receive    ---a-b-c
 * ```
 *
 * The receiver grants how much may be sent and not yet taken, so a slow receiver slows its sender, across threads. Values arrive
 * in the order of sending. They are cloned, as `postMessage` does it, when their send commits; what is listed in `transfer` is
 * moved at that moment. What many sends of one turn bring is posted together, where it is its own clone.
 *
 * When the receiver is cancelled, those who wait here fail with `CancelledError`, and later sends with `ClosedError`. When the
 * other side goes without a word (its port was closed, its thread has ended) they fail with `PeerGoneError`. A browser's port does
 * not tell of that, and a thread that called `self.close()` can never be seen to end: `heartbeat` finds out.
 *
 * A port has one use, and is closed after its end: a second one is a TypeError, here. In Node, the port keeps the process alive
 * while somebody waits on it, and not otherwise.
 *
 * @example
 * ```ts
 * const { port1, port2 } = new MessageChannel();
 * worker.postMessage(port2, [port2]);
 * const frames = portSender<ImageData>(port1);
 * yield* frames.send(image, [image.data.buffer]);
 * ```
 */
export function portSender<T>(port: PortLike, options: PortSenderOptions<T> = {}): PortSender<T> {
  const own = checkLinkOptions('portSender', options);
  checkHooks('portSender', own, 'onUndelivered');
  return new Sender(port, own);
}
