// A queue of an engine, in memory: a queue of work, before which those wait who send while it is full of what is unfinished.
//
// Invariants (`check()` asserts them):
//   1. somebody waits to send  =>  the queue is open, and as much is unfinished as may be
//   2. somebody waits in `joiners`  =>  something is unfinished; in `closers`  =>  the queue is open
//   3. `#lent` holds the leases that have not ended
//   4. after the engine's end nobody waits for anything
// and those of a queue.

import { CancelledError } from '../base/errors.ts';
import type { Line } from '../base/line.ts';
import { Channel } from '../channel/channel.ts';
import type { UndeliveredReason } from '../channel/options.ts';
import { ACCEPTED, Send, Senders, type Sink, valueOf } from '../channel/send.ts';
import { Operation } from '../core/operation.ts';
import { End, Failure } from '../core/outcome.ts';
import { LineOf } from '../core/line-of.ts';
import { type ReceiveChannel } from '../core/pullable.ts';
import { afterwards, enter, exit } from '../core/turn.ts';
import { settleLine, tellAll, type Waiter } from '../core/waiter.ts';
import type { Item } from '../queue/stock.ts';
import { Lease, type Lender, TakeLease } from '../queue/lease.ts';
import type { DeadLetter } from '../queue/options.ts';
import { Queue } from '../queue/queue.ts';
import type { EngineDelivery, EngineQueue, EngineQueueOptions } from './engine.ts';
import { Letters } from './letters.ts';

/** What the engine's end means to all that is in it. */
export interface Home {
  readonly name: string;
  /** What those find who come after the end; null before. */
  readonly end: End | null;
}

export class MemoryQueue<T> implements EngineQueue<T>, Sink<T> {
  readonly name: string;
  readonly options: Required<Omit<EngineQueueOptions<T>, 'onDeadLetter'>> & Pick<EngineQueueOptions<T>, 'onDeadLetter'>;
  readonly senders: Line<Waiter> = new Senders<T>(this);
  readonly #home: Home;
  readonly #stock: Stock<T>;
  readonly #letters: Channel<DeadLetter<T>>;
  readonly #joiners = new LineOf('join of', this);
  readonly #closers = new LineOf('the close of', this);
  readonly #lease: Operation<EngineDelivery<T>>;

  constructor(home: Home, name: string, options: EngineQueueOptions<T>) {
    const { capacity = Infinity, maxAttempts = Infinity, leaseMs = Infinity, onDeadLetter } = options;
    this.name = name;
    this.options = { capacity, maxAttempts, leaseMs, ...(onDeadLetter !== undefined && { onDeadLetter }) };
    this.#home = home;
    this.#letters = new Channel({ name: `${name}'s dead letters`, capacity: Infinity });
    this.#stock = new Stock({ name, maxAttempts, leaseMs, onDeadLetter: (letter) => this.#bury(letter) }, () =>
      this.#settled(),
    );
    this.#lease = new TakeHere(home, this.#stock) as Operation<unknown> as Operation<EngineDelivery<T>>;
    this.#stock.whenEnded().subscribe(() => this.#letters.close());
  }

  get isClosed(): boolean {
    return this.#stock.isClosed;
  }

  // ───────────────────────────────────────────────────────────── sending

  send(value: T): Operation<void> {
    return new Send(this, value);
  }

  get #isFull(): boolean {
    return this.#stock.unfinished >= this.options.capacity;
  }

  accepts(): boolean {
    return this.isClosed || (this.senders.first === null && !this.#isFull);
  }

  accept(value: T): unknown {
    if (this.isClosed) return SENT_TOO_LATE;
    this.#stock.trySend(value);
    return ACCEPTED;
  }

  lose(_value: T, _reason: UndeliveredReason): void {
    // It was never the queue's, and whoever sent it knows.
  }
  senderLeft(): void {
    // Nothing hangs on those who wait to send.
  }

  /** Something was settled: there may be room for those who wait to send, and that may have been all that one waits for. */
  #settled(): void {
    const { senders } = this;
    while (senders.first !== null && !this.#isFull) {
      const sender = senders.shift() as Waiter;
      const value = valueOf(sender) as T;
      sender.settle(ACCEPTED);
      this.#stock.trySend(value);
      sender.tell();
    }
    if (this.#stock.unfinished > 0 || this.#joiners.first === null) return;
    const told: Waiter[] = [];
    settleLine(this.#joiners, undefined, told);
    tellAll(told);
  }

  // ───────────────────────────────────────────────────────────── taking

  lease(): Operation<EngineDelivery<T>> {
    return this.#lease;
  }

  #bury(letter: DeadLetter<T>): void {
    // When the queue is done with it: whoever is let in may call anything.
    afterwards({ perform: () => this.#settled() });
    try {
      this.options.onDeadLetter?.(letter);
    } finally {
      // Not later: a queue that is closed may end with this letter.
      this.#letters.trySend(letter);
    }
  }

  deadLetters(): ReceiveChannel<DeadLetter<T>> {
    return new Letters(this.#letters, this.#home.end);
  }

  // ───────────────────────────────────────────────────────────── waiting for it

  unfinished(): Operation<number> {
    return new Awaited(this.#home, this.#joiners, () => true, () => this.#stock.unfinished); // prettier-ignore
  }

  join(): Operation<void> {
    return new Awaited(this.#home, this.#joiners, () => this.#stock.unfinished === 0);
  }

  whenClosed(): Operation<void> {
    return new Awaited(this.#home, this.#closers, () => this.isClosed);
  }

  close(cause?: unknown): boolean {
    if (this.isClosed || this.#home.end !== null) return false;
    enter();
    try {
      this.#stock.close(cause);
      const told: Waiter[] = [];
      settleLine(this.senders, SENT_TOO_LATE, told);
      settleLine(this.#closers, undefined, told);
      tellAll(told);
    } finally {
      exit();
    }
    return true;
  }

  /** The engine's end. Precondition: `home.end` is there. */
  abandon(): void {
    const failure = new Failure(new CancelledError(this.#home.name));
    const told: Waiter[] = [];
    for (const line of [this.senders, this.#joiners, this.#closers]) settleLine(line, failure, told);
    tellAll(told);
    this.#letters.cancel();
    this.#stock.abandon();
  }

  toString(): string {
    return `engine ${String(this.#stock)}`;
  }

  /** @internal */
  check(): void {
    const { unfinished } = this.#stock;
    const fail = (what: string): never => {
      throw new Error(`${String(this)}: ${what}`);
    };
    for (const part of [this.#stock, this.#letters, this.senders, this.#joiners, this.#closers]) part.check();
    if (this.senders.first !== null && (this.isClosed || !this.#isFull)) fail('somebody waits to send without need');
    if (this.#joiners.first !== null && unfinished === 0) fail('somebody waits for work that is done');
    if (this.#closers.first !== null && this.isClosed) fail('somebody waits for a close that has been');
    if (unfinished > this.options.capacity) fail('more is unfinished than may be');
    if (this.#home.end === null) return;
    if ([this.senders, this.#joiners, this.#closers].some(({ first }) => first !== null))
      fail('somebody waits after the end');
  }
}

const SENT_TOO_LATE = /* @__PURE__ */ new End({ name: 'a closed queue' }, 'closed', 'sent too late');

/** Where values are, that knows who has them. */
class Stock<T> extends Queue<T> {
  readonly #freed: () => void;
  readonly #lent = new Map<Item<T>, Lease<T>>();

  constructor(options: ConstructorParameters<typeof Queue<T>>[0], freed: () => void) {
    super(options);
    this.#freed = freed;
  }

  override lend(): unknown {
    const parcel = super.lend();
    if (parcel instanceof Lease) this.#note(parcel as Lease<T>);
    return parcel;
  }
  override lendTo(entry: Item<T>): Lease<T> {
    return this.#note(super.lendTo(entry));
  }
  #note(lease: Lease<T>): Lease<T> {
    this.#lent.set(lease.entry, lease);
    return lease;
  }

  override settled(entry: Item<T>): void {
    this.#lent.delete(entry);
    enter();
    try {
      super.settled(entry);
      this.#freed();
    } finally {
      exit();
    }
  }
  override nacked(entry: Item<T>, delay: number, error: unknown): void {
    this.#lent.delete(entry);
    super.nacked(entry, delay, error);
  }
  override released(entries: readonly Item<T>[], where: 'front' | 'in place'): void {
    for (const entry of entries) this.#lent.delete(entry);
    super.released(entries, where);
  }
  override unheard(entry: Item<T>): void {
    this.#lent.delete(entry);
    super.unheard(entry);
  }

  /** Ends: what is lent comes back, to nobody. */
  abandon(): void {
    const entries = [...this.#lent.values()].map((lease) => lease.surrender()).filter((entry) => entry !== null);
    this.cancel();
    this.released(entries, 'front');
  }
}

class TakeHere<T> extends TakeLease<T> {
  readonly #home: Home;

  constructor(home: Home, lender: Lender<T>) {
    super(lender);
    this.#home = home;
  }
  override ready(): boolean {
    return this.#home.end !== null || super.ready();
  }
  override commit(): unknown {
    return this.#home.end ?? super.commit();
  }
  override ended(): End | null {
    return this.#home.end ?? super.ended();
  }
}

/** Waits in `line` until something is so; after the engine's end it fails. */
class Awaited<R = void> extends Operation<R> {
  readonly #home: Home;
  readonly #line: LineOf;
  readonly #isSo: () => boolean;
  readonly #brings: (() => R) | undefined;

  constructor(home: Home, line: LineOf, isSo: () => boolean, brings?: () => R) {
    super();
    this.#home = home;
    this.#line = line;
    this.#isSo = isSo;
    this.#brings = brings;
  }

  ready(): boolean {
    return this.#home.end !== null || this.#isSo();
  }
  commit(): unknown {
    return this.#home.end ?? this.#brings?.();
  }
  park(waiter: Waiter): void {
    this.#line.append(waiter);
  }
  override open(parcel: unknown): R {
    if (parcel instanceof End) throw parcel.error;
    return super.open(parcel);
  }
  override ended(): End | null {
    return this.#home.end;
  }
  override toString(): string {
    return String(this.#line);
  }
}
