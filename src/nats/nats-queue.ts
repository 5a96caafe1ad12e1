// A queue of work on a stream whose messages are gone when they are acked: what is sent to it, and who has what.
//
//   queue-stream.ts   its stream: made, counted, closed for everybody
//   vigil.ts          those who wait for what nobody tells: join, whenClosed, the end of a closed queue
//   dead-letters.ts   what was given up
//
// Invariants:
//   1. who waits for a lease is in `#leasing`, in the order in which they came
//   2. a delivery that has not ended is in `#lent`

import { TimeoutError } from 'rxjs';
import { ClosedError } from '../base/errors.ts';
import type { Operation } from '../core/operation.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { EngineDelivery, EngineQueue, EngineQueueOptions } from '../engine/engine.ts';
import type { DeadLetter } from '../queue/options.ts';
import { DeadLetters } from './dead-letters.ts';
import { type Lender, RemoteDelivery } from './delivery.ts';
import type { Message } from './message.ts';
import type { NatsHome } from './nats-home.ts';
import { Puller, type Taker } from './puller.ts';
import { DURABLE, type QueueOptions, QueueStream, type StreamUser } from './queue-stream.ts';
import { type Performance, Remote } from './remote.ts';
import { Sender } from './sender.ts';
import { Vigil, type Watched } from './vigil.ts';

/** How many messages are known to have been given back unused. */
const REMEMBERED = 10_000;

export class NatsQueue<T> implements EngineQueue<T>, Taker, Lender, StreamUser {
  readonly name: string;
  readonly options: QueueOptions<T>;
  readonly #home: NatsHome;
  readonly #stream: QueueStream<T>;
  readonly #sender: Sender;
  readonly #puller: Puller;
  readonly #dead: DeadLetters<T>;
  readonly #vigil: Vigil;
  readonly #leasing = new Set<Performance<EngineDelivery<T>>>();
  readonly #lent = new Map<Message, RemoteDelivery<T>>();
  /** By number in the stream: how often it was given back unused. */
  readonly #unused = new Map<number, number>();
  readonly #reconnected = (): void => void this.#stream.lookAgain(false);

  constructor(home: NatsHome, name: string, options: EngineQueueOptions<T>) {
    this.#home = home;
    this.name = name;
    this.options = options;
    this.#stream = new QueueStream(home, name, options, this);
    this.#sender = new Sender(home.jet, this.#stream.subject, () => this.#stream.checkOpen());
    this.#puller = new Puller(home.jet, this.#stream.stream, DURABLE, home.ackWait, this);
    this.#dead = new DeadLetters(home, name);
    this.#vigil = new Vigil(this.#watched());
    home.wire.reconnected.add(this.#reconnected);
  }

  // ───────────────────────────────────────────────────────────── sending

  send(value: T): Operation<void> {
    return new Remote<void>(this.#home, `send on ${this.name}`, (performance) => {
      const data = this.#home.codec.encode(value);
      const letter = {
        id: this.#home.draw(),
        data,
        get isOver() {
          return performance.isOver;
        },
      };
      performance.follow(this.#send(letter));
    });
  }

  async #send(letter: Parameters<Sender['send']>[0]): Promise<void> {
    if (this.#stream.isClosed) throw new ClosedError(this.name);
    await this.#stream.prepare();
    if (this.#stream.isClosed) throw new ClosedError(this.name);
    await this.#sender.send(letter);
  }

  // ───────────────────────────────────────────────────────────── leasing

  lease(): Operation<EngineDelivery<T>> {
    return new Remote<EngineDelivery<T>>(
      this.#home,
      `lease on ${this.name}`,
      (performance) => {
        this.#leasing.add(performance);
        performance.withdrawn = () => this.#leasing.delete(performance);
        this.#stream.prepare().then(
          () => {
            this.#puller.pump();
            if (this.#stream.isClosed) this.#vigil.look();
          },
          (error: unknown) => this.#leasing.delete(performance) && performance.reject(error),
        );
      },
      (delivery) => delivery.release?.(),
    );
  }

  get wanted(): number {
    return this.#leasing.size;
  }

  take(message: Message): void {
    const attempt = (message.attempt = Math.max(1, message.attempt - (this.#unused.get(message.seq) ?? 0)));
    const { maxAttempts = Infinity } = this.options;
    // Its last worker has not settled it in time.
    if (attempt > maxAttempts) return this.#bury(message, maxAttempts, new TimeoutError());
    let value: T;
    try {
      value = this.#home.codec.decode(message.data) as T;
    } catch (error) {
      return this.#bury(message, attempt, error);
    }
    const [performance] = this.#leasing as Iterable<Performance<EngineDelivery<T>>>;
    if (performance === undefined) return;
    const delivery = new RemoteDelivery<T>(this, message, value);
    this.#leasing.delete(performance);
    this.#lent.set(message, delivery);
    performance.resolve(delivery);
  }

  idle(isGone: boolean): void {
    if (this.#leasing.size > 0) void this.#stream.lookAgain(isGone);
  }

  refused(error: Error): void {
    for (const waiting of this.#leasing) waiting.reject(error);
    this.#leasing.clear();
  }

  get leaseMs(): number {
    return this.options.leaseMs ?? Infinity;
  }

  // ───────────────────────────────────────────────────────────── settling

  acked(message: Message): Promise<boolean> {
    this.#lent.delete(message);
    this.#unused.delete(message.seq);
    return this.#puller.ack(message);
  }

  nacked(message: Message, delay: number, error: unknown): void {
    this.#lent.delete(message);
    const { maxAttempts = Infinity } = this.options;
    if (message.attempt >= maxAttempts) this.#bury(message, message.attempt, error);
    else this.#puller.nack(message, delay);
  }

  released(message: Message): void {
    this.#lent.delete(message);
    this.#puller.release(message);
  }

  returned({ seq }: Message): void {
    this.#stream.tellUnused(seq);
  }

  unused(seq: number): void {
    const times = (this.#unused.get(seq) ?? 0) + 1;
    this.#unused.delete(seq);
    this.#unused.set(seq, times);
    if (this.#unused.size <= REMEMBERED) return;
    const [oldest] = this.#unused.keys();
    this.#unused.delete(oldest as number);
  }

  #bury(message: Message, attempts: number, error: unknown): void {
    this.#puller.bury(message, async () => {
      try {
        const letter = await this.#dead.write(message, attempts, error);
        this.#unused.delete(message.seq);
        this.#tellOf(letter);
      } catch (failure) {
        if (this.#home.end === null) reportUnhandled(failure);
        throw failure;
      }
    });
  }

  #tellOf(letter: DeadLetter<T>): void {
    try {
      this.options.onDeadLetter?.(letter);
    } catch (thrown) {
      reportUnhandled(thrown);
    }
  }

  deadLetters(): ReceiveChannel<DeadLetter<T>> {
    return this.#dead.read(async () => {
      await this.#stream.prepare();
      this.#vigil.look();
    });
  }

  // ───────────────────────────────────────────────────────────── waiting for it

  unfinished(): Operation<number> {
    return new Remote<number>(this.#home, `unfinished of ${this.name}`, (performance) => {
      performance.follow(this.#stream.prepare().then(() => this.#stream.count()));
    });
  }

  join(): Operation<void> {
    return new Remote<void>(this.#home, `join of ${this.name}`, (performance) =>
      this.#vigil.join(performance, this.#stream.prepare()),
    );
  }

  whenClosed(): Operation<void> {
    return new Remote<void>(this.#home, `the close of ${this.name}`, (performance) => {
      if (this.#stream.state === 'closed') performance.resolve();
      else this.#vigil.whenClosed(performance, this.#stream.prepare());
    });
  }

  #watched(): Watched {
    const [home, stream, leasing, dead] = [this.#home, this.#stream, this.#leasing, this.#dead];
    return {
      get isOver() {
        return home.end !== null;
      },
      get state() {
        return stream.state;
      },
      get isAwaited() {
        return leasing.size > 0 || dead.areAwaited;
      },
      count: () => stream.count(),
      lookout: () => {
        const waiting = [...leasing];
        const fail = (error: unknown): void => {
          for (const one of waiting) if (leasing.delete(one)) one.reject(error);
        };
        const end = (): Promise<void> => {
          fail(stream.cause === undefined ? new ClosedError(this.name) : stream.cause);
          return dead.finish();
        };
        return { fail, end };
      },
    };
  }

  // ───────────────────────────────────────────────────────────── what becomes of its stream

  ready(ackWait: number): void {
    this.#puller.begin(ackWait);
  }

  closed(): void {
    this.#vigil.closed();
  }

  /** What is lent was lost with the stream before: an ack would be taken for that of a message of this one. */
  replaced(): void {
    for (const delivery of this.#lent.values()) delivery.abandon();
    this.#puller.forget();
    this.#lent.clear();
    this.#unused.clear();
  }

  close(cause?: unknown): boolean {
    return this.#stream.close(cause);
  }

  /** The engine's end: resolves when what was acked is confirmed. */
  async abandon(): Promise<void> {
    this.#home.wire.reconnected.delete(this.#reconnected);
    this.#dead.abandon();
    for (const delivery of this.#lent.values()) delivery.abandon();
    const lent = [...this.#lent.keys()];
    this.#lent.clear();
    const confirmed = this.#puller.close(lent);
    this.#stream.abandon();
    await confirmed;
  }

  toString(): string {
    return `engine queue ${this.name} (${this.#lent.size} leased here, ${this.#stream.state})`;
  }
}
