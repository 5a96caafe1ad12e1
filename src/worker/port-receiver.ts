// The end of a port that receives.
//
//   open ──the sender has closed──► closed, draining ──last value taken──► over
//     ├──cancel()──► cancelled ──the sender knows───────────────────────► over
//     └──the other side is gone──► draining, then it fails

import { checkHooks } from '../base/checks.ts';
import { Names } from '../base/names.ts';
import type { UndeliveredReason } from '../channel/options.ts';
import { End } from '../core/outcome.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { AttentiveLine } from './attention.ts';
import { Inbox } from './inbox.ts';
import { checkLinkOptions, checkWindow, Link, type LinkOptions, type LinkOwner } from './link.ts';
import { Port, type PortLike } from './port.ts';
import { pack, unpack } from './thrown.ts';
import { type Matter, refuse } from './wire.ts';

export interface PortReceiverOptions<T> extends LinkOptions {
  /** Values that may be sent and not yet taken: an integer >= 1 (default 16). */
  window?: number;
  /** Called once for each value that arrived, or was under way, when the receiver was cancelled. */
  onUndelivered?: (value: T, reason: UndeliveredReason) => void;
}

const WINDOW = 16;

const names = /* @__PURE__ */ new Names('portReceiver');

class Receiver<T> extends Inbox<T> implements LinkOwner {
  override readonly receivers: AttentiveLine;
  override readonly enders: AttentiveLine;
  readonly #name: string | undefined;
  readonly #number = names.draw();
  readonly #link: Link;
  readonly #onUndelivered: ((value: T, reason: UndeliveredReason) => void) | undefined;
  /** Inside of `cancel`: what the first report threw. */
  #thrown: { readonly error: unknown } | null | undefined;

  constructor(port: PortLike, options: PortReceiverOptions<T>) {
    const { window = WINDOW } = options;
    super(window);
    this.#name = options.name;
    this.#onUndelivered = options.onUndelivered;
    this.#link = new Link(new Port('portReceiver', port), this, 'receiver', window);
    [this.receivers, this.enders] = Inbox.lines(this, this.#link.attention);
    this.#link.open(options.heartbeat);
  }

  get name(): string {
    return this.#name ?? names.spell(this.#number);
  }

  // ───────────────────────────────────────────────────────────── the other side

  met(): void {
    // What we grant it knows already.
  }

  received(message: Matter): void {
    if (message[1] !== 0) refuse(message, `about ${message[1]}, on the port of a channel`);
    switch (message[0]) {
      case 'value':
        if (this.end !== null && this.end.how !== 'cancelled') refuse(message, 'after the end');
        this.arrive(message);
        return;
      case 'end':
        this.#sentAll(message.length === 3 ? unpack(message[2]) : undefined);
        return;
      default:
        refuse(message, 'to a receiver');
    }
  }

  #sentAll(cause: unknown): void {
    if (this.end?.how === 'cancelled') this.#link.close();
    else this.close(new End(this, 'closed', cause));
  }

  protected drained(): void {
    this.#link.post(['done', 0]);
    this.#link.close();
  }

  protected grant(n: number): void {
    this.#link.post(['credit', 0, n]);
  }

  lost(error: Error): void {
    this.close(new End(this, 'closed', error));
  }

  protected abandon(reason: unknown, wasOpen: boolean): void {
    this.#link.post(reason === undefined ? ['cancel', 0, this.taken] : ['cancel', 0, this.taken, pack(reason)]);
    // The sender answers, so that we hear of all that is under way.
    if (!wasOpen) this.#link.close();
  }

  // ───────────────────────────────────────────────────────────── values that will not be received

  override cancel(reason?: unknown): boolean {
    this.#thrown = null;
    try {
      const cancels = super.cancel(reason);
      const thrown = this.#thrown as { readonly error: unknown } | null;
      if (thrown !== null) throw thrown.error;
      return cancels;
    } finally {
      this.#thrown = undefined;
    }
  }

  protected lose(value: T): void {
    try {
      this.#onUndelivered?.(value, 'cancelled');
    } catch (error) {
      if (this.#thrown === null) this.#thrown = { error };
      else reportUnhandled(error);
    }
  }

  override toString(): string {
    const state = this.end === null ? 'open' : this.ended() === null ? 'draining' : this.end.how;
    const waiting = this.subscriptions + this.receivers.count((waiter) => !waiter.subscribed && !waiter.asleep);
    const parts = [`${this.buffer.size}/${this.window}`, waiting > 0 && `${waiting} receiving`, state];
    return `${names.title(this.#name, this.#number)} (${parts.filter((part) => part !== false).join(', ')})`;
  }
}

/**
 * Makes the receiving end of a channel over a port; `portSender` at the other end of the port is the sending one.
 *
 * ```
 * window of 2
 * send       ab-c----      a and b are posted at once, c when there is room again
 * receive    ---a-b-c
 * ```
 *
 * It grants `window` values, and more as they are taken, half of the window at a time: what is sent and not yet taken never
 * exceeds it. A window of 1 is a round trip for each value; a large one keeps both sides busy.
 *
 * It ends as a channel does: what the sender sent comes first, then its end or its cause. `cancel()` tells the sender, whose next
 * send fails; what has arrived, or is under way, is reported to `onUndelivered`. When the other side goes without a word, what has
 * arrived is still received, and then everything fails with `PeerGoneError`. A browser's port does not tell of that, and a thread
 * that called `self.close()` can never be seen to end: `heartbeat` finds out.
 *
 * A port has one use, and is closed after its end: a second one is a TypeError, here. In Node, the port keeps the process alive
 * while somebody waits on it, and not otherwise.
 *
 * @example
 * ```ts
 * self.onmessage = ({ data: port }) => {
 *   const frames = portReceiver<ImageData>(port, { window: 4 });
 *   go(() => forEach(frames, encode));
 * };
 * ```
 */
export function portReceiver<T>(port: PortLike, options: PortReceiverOptions<T> = {}): ReceiveChannel<T> {
  const own = checkLinkOptions('portReceiver', options);
  checkWindow('portReceiver', own.window ?? WINDOW);
  checkHooks('portReceiver', own, 'onUndelivered');
  return new Receiver(port, own);
}
