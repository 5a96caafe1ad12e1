// The sending half of a port: what is posted, and who waits for leave to post.
//
// Invariants (`check()` asserts them):
//   1. 0 <= credit = window - (posted - acknowledged): what was posted and not yet taken never exceeds the window
//   2. somebody waits to send  =>  there is no credit left
//   3. `kept` holds what was posted and is not known to be taken, oldest first, if somebody wants to hear of its loss
//   4. ended  =>  who comes is refused; who waited before a close is still served
//
// A value is cloned at the moment at which its send commits: a later change does not reach the other side, and what cannot be
// cloned fails its own send. What is its own clone, numbers and strings that is, may be posted a little later: all those of one
// run of a coroutine go in one message, and take along what comes before them.

import { describe } from '../base/errors.ts';
import { Ring } from '../base/ring.ts';
import type { UndeliveredReason } from '../channel/options.ts';
import { Operation } from '../core/operation.ts';
import { End, Failure } from '../core/outcome.ts';
import { afterwards, type Duty } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { takeRequest, tellAll, type Waiter } from '../core/waiter.ts';
import { type Attention, AttentiveLine } from './attention.ts';
import { flatCopy, NOT_FLAT } from './flat.ts';
import { type Matter, refuse } from './wire.ts';

/** Where an outbox posts to. */
export interface Outlet {
  post(message: Matter, transfer?: readonly unknown[]): void;
  readonly attention: Attention;
}

type Values = ['value', number, ...unknown[]];

export class Outbox<T> implements Duty {
  readonly owner: { readonly name: string };
  readonly senders: AttentiveLine;
  readonly #outlet: Outlet;
  readonly #id: number;
  readonly #onUndelivered: ((value: T, reason: UndeliveredReason) => void) | undefined;
  readonly #emptied: () => void;
  #credit = 0;
  #posted = 0;
  /** Posted, and not known to be taken. */
  #under = 0;
  #kept: Ring<T> | null = null;
  /** What is to be posted before this run of a coroutine ends. */
  #batch: Values;
  #isDue = false;
  #end: End | null = null;

  /** `emptied` is called when the last who waited has left. */
  constructor(
    owner: { readonly name: string },
    outlet: Outlet,
    id: number,
    emptied: () => void = () => undefined,
    onUndelivered?: (value: T, reason: UndeliveredReason) => void,
  ) {
    this.owner = owner;
    this.#outlet = outlet;
    this.#id = id;
    this.#emptied = emptied;
    this.#onUndelivered = onUndelivered;
    if (onUndelivered !== undefined) this.#kept = new Ring();
    this.senders = new SendersLine(owner, outlet.attention, this);
    this.#batch = ['value', id];
  }

  get end(): End | null {
    return this.#end;
  }

  send(value: T, transfer?: readonly unknown[]): Operation<void> {
    if (transfer !== undefined && !Array.isArray(transfer)) {
      throw new TypeError(`${this.owner.name}: send: transfer must be an array; got ${describe(transfer)}`);
    }
    return new PortSend(this, value, transfer);
  }

  /** A send does not have to wait. */
  accepts(): boolean {
    return this.#end !== null || this.#credit > 0;
  }

  /** Undefined: posted. Precondition: accepts. */
  accept(value: T, transfer: readonly unknown[] | undefined): End | Failure | undefined {
    return this.#end ?? this.#post(value, transfer);
  }

  /** Precondition: there is credit. */
  #post(value: T, transfer: readonly unknown[] | undefined): Failure | undefined {
    const batch = this.#batch;
    const copy = transfer === undefined ? flatCopy(value) : NOT_FLAT;
    batch.push(copy === NOT_FLAT ? value : copy);
    if (copy === NOT_FLAT) {
      try {
        this.#outlet.post(batch, transfer);
      } catch (error) {
        batch.pop();
        return new Failure(error);
      }
      this.#batch = ['value', this.#id];
    } else if (!this.#isDue) {
      this.#isDue = true;
      afterwards(this);
    }
    this.#credit--;
    this.#posted++;
    this.#under++;
    this.#kept?.push(value);
    return undefined;
  }

  perform(): void {
    this.#isDue = false;
    this.flush();
  }

  /** Posts what is under way. */
  flush(): void {
    const batch = this.#batch;
    if (batch.length === 2) return;
    this.#batch = ['value', this.#id];
    this.#outlet.post(batch);
  }

  /** The other side takes so many to begin with. */
  opened(window: number): void {
    this.#credit += window;
    this.#serve();
  }

  /** The other side has taken `n` more. */
  granted(message: Matter, n: number): void {
    if (n > this.#under) refuse(message, `of ${n}, and ${this.#under} are under way`);
    this.#settled(n);
    this.#credit += n;
    this.#serve();
  }

  #settled(n: number): void {
    this.#under -= n;
    if (this.#kept !== null) for (let i = 0; i < n; i++) this.#kept.shift();
  }

  #serve(): void {
    const served: Waiter[] = [];
    while (this.#credit > 0) {
      const sender = this.senders.shift();
      if (sender === null) break;
      const { value, transfer } = takeRequest(sender) as PortSend<T>;
      sender.settle(this.#post(value, transfer));
      served.push(sender);
    }
    tellAll(served);
    if (served.length > 0) this.senderLeft();
  }

  /** One who waited is gone. */
  senderLeft(): void {
    if (this.senders.first === null) this.#emptied();
  }

  /** Who comes from now on is too late; who waits does not have to leave. */
  close(end: End): void {
    this.#end = end;
  }

  /** Nothing is posted any more; who waits fails with `error`, who comes with that of `end`. To be told. */
  finish(end: End, error: unknown): Waiter[] {
    this.#end = end;
    const settled: Waiter[] = [];
    for (let sender = this.senders.shift(); sender !== null; sender = this.senders.shift()) {
      takeRequest(sender);
      sender.settle(new Failure(error));
      settled.push(sender);
    }
    return settled;
  }

  /** Of all that was posted `taken` were received, or nobody knows how many; the others are lost, and so reported. */
  lose(taken: number | null): void {
    if (taken !== null) this.#settled(Math.max(0, taken - (this.#posted - this.#under)));
    const lost = this.#kept?.clear() ?? [];
    this.#under = 0;
    for (const value of lost) {
      try {
        this.#onUndelivered?.(value, 'cancelled');
      } catch (error) {
        reportUnhandled(error);
      }
    }
  }

  get underWay(): number {
    return this.#under;
  }
  /** All that was ever posted. */
  get posted(): number {
    return this.#posted;
  }

  /** @internal */
  check(window: number): void {
    this.senders.check();
    const state = `credit ${this.#credit}, under way ${this.#under}, window ${window}`;
    const fail = (what: string): never => {
      throw new Error(`${this.owner.name}: ${what}: ${state}`);
    };
    if (this.#end === null && this.#credit + this.#under !== window) fail('the window is not kept');
    if (this.#credit > 0 && this.senders.first !== null) fail('somebody waits beside a credit');
    if (this.#kept !== null && this.#kept.size !== this.#under) fail('what is kept is not what is under way');
  }
}

/** What poll and select see of a send that is too late. Never clean: it is an error. */
const SENT_TOO_LATE = /* @__PURE__ */ new End({ name: 'a closed port' }, 'closed', 'sent too late');

export class PortSend<T> extends Operation<void> {
  readonly #outbox: Outbox<T>;
  readonly value: T;
  readonly transfer: readonly unknown[] | undefined;

  constructor(outbox: Outbox<T>, value: T, transfer: readonly unknown[] | undefined) {
    super();
    this.#outbox = outbox;
    this.value = value;
    this.transfer = transfer;
  }

  ready(): boolean {
    return this.#outbox.accepts();
  }
  commit(): unknown {
    return this.#outbox.accept(this.value, this.transfer);
  }
  park(waiter: Waiter): void {
    waiter.request = this;
    this.#outbox.senders.append(waiter);
  }
  override open(parcel: unknown): void {
    if (parcel instanceof End) throw parcel.error;
    super.open(parcel);
  }
  override ended(): End | null {
    return this.#outbox.end === null ? null : SENT_TOO_LATE;
  }
  override toString(): string {
    return `send on ${this.#outbox.owner.name}`;
  }
}

/** Whoever is withdrawn takes the value along: it was never posted. */
class SendersLine extends AttentiveLine {
  readonly #outbox: Outbox<any>;

  constructor(owner: { readonly name: string }, attention: Attention, outbox: Outbox<any>) {
    super('send on', owner, attention);
    this.#outbox = outbox;
  }

  override leave(waiter: Waiter): null {
    super.leave(waiter);
    takeRequest(waiter);
    this.#outbox.senderLeft();
    return null;
  }
}
