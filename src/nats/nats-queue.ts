// A queue of work on a stream whose messages are gone when they are acked.
//
//   stream     <prefix>_Q_<name>: as many messages as are unfinished, at most `capacity`; refuses what is too much
//   consumer   'workers', durable, for all processes: each message to one of them, again when it was not acked
//   closed     the subject of the stream is moved away, in one step for everybody
//
// Invariants:
//   1. who waits for a lease is in `#leasing`, in the order in which they came
//   2. a delivery that has not ended is in `#lent`
//   3. known here to be closed  =>  it is closed, or is being closed until that is confirmed

import { TimeoutError } from 'rxjs';
import { ClosedError } from '../base/errors.ts';
import type { Operation } from '../core/operation.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { EngineDelivery, EngineQueue, EngineQueueOptions } from '../engine/engine.ts';
import { checkSame } from '../engine/names.ts';
import type { DeadLetter } from '../queue/options.ts';
import { decodeError, encodeError, header } from './codec.ts';
import { type Lender, RemoteDelivery } from './delivery.ts';
import { pause } from './jetstream.ts';
import { RemoteLetters } from './letters.ts';
import type { Message } from './message.ts';
import type { NatsHome } from './nats-home.ts';
import { Puller, type Taker } from './puller.ts';
import { type Performance, Remote } from './remote.ts';
import { Sender } from './sender.ts';

type Options<T> = Pick<EngineQueueOptions<T>, 'capacity' | 'maxAttempts' | 'leaseMs' | 'onDeadLetter'>;

const DURABLE = 'workers';
const ATTEMPTS = 'Rxs-Attempts';
const ERROR = 'Rxs-Error';

/** How many messages are known to have been given back unused. */
const REMEMBERED = 10_000;

export class NatsQueue<T> implements EngineQueue<T>, Taker, Lender {
  readonly name: string;
  readonly options: Options<T>;
  readonly #home: NatsHome;
  readonly #stream: string;
  readonly #subject: string;
  readonly #sender: Sender;
  readonly #burial: Sender;
  readonly #puller: Puller;
  readonly #leasing = new Set<Performance<EngineDelivery<T>>>();
  readonly #joining = new Set<Performance<void>>();
  readonly #closing = new Set<Performance<void>>();
  readonly #lent = new Map<Message, RemoteDelivery<T>>();
  /** By number in the stream: how often it was given back unused. */
  readonly #unused = new Map<number, number>();
  readonly #letters = new Set<RemoteLetters<DeadLetter<T>>>();
  #lettersPrepared: Promise<void> | null = null;
  #closed: 'open' | 'closing' | 'closed' = 'open';
  /** What leases fail with once it is closed and settled; undefined: ClosedError. */
  #cause: unknown = undefined;
  #prepared: Promise<void> | null = null;
  #watching = false;
  #events: { unsubscribe(): void } | null = null;
  readonly #reconnected = (): void => void this.#lookAgain();

  constructor(home: NatsHome, name: string, options: EngineQueueOptions<T>) {
    const { subjects, jet } = home;
    this.#home = home;
    this.name = name;
    this.options = options;
    this.#stream = subjects.stream('Q', name);
    this.#subject = subjects.subject('Q', name);
    this.#sender = new Sender(jet, this.#subject, () => this.#checkOpen());
    this.#burial = new Sender(jet, subjects.subject('D', name), () => Promise.resolve());
    this.#puller = new Puller(jet, this.#stream, DURABLE, home.ackWait, this);
    home.wire.reconnected.add(this.#reconnected);
  }

  get #isClosed(): boolean {
    return this.#closed !== 'open';
  }

  // ───────────────────────────────────────────────────────────── what is there

  /** Has the stream and its consumer made, if they are not there, and learns what others have said of them. */
  prepare(): Promise<void> {
    return (this.#prepared ??= this.#prepare().catch((error: unknown) => {
      this.#prepared = null;
      throw error;
    }));
  }

  async #prepare(): Promise<void> {
    const home = this.#home;
    if (!home.create) {
      this.#puller.begin(home.ackWait);
      return;
    }
    // Before it looks: a close is either heard or seen.
    this.#events ??= home.hear('Q', this.name, (text) => this.#heard(text));
    const { capacity = Infinity, maxAttempts = Infinity, leaseMs = Infinity } = this.options;
    const info = await home.jet.makeStream({
      ...home.streamOptions(this.#stream, this.#subject),
      retention: 'workqueue',
      discard: 'new',
      ...(capacity !== Infinity && { max_msgs: capacity }),
      metadata: { rxsluice: JSON.stringify({ capacity, maxAttempts, leaseMs }) },
    });
    this.#adopt(info.config.metadata?.rxsluice);
    this.#note(info.config);
    const { config } = await home.jet.makeConsumer(this.#stream, home.consumerOptions(DURABLE));
    this.#puller.begin((config.ack_wait ?? home.ackWait * 1e6) / 1e6);
  }

  /** What this handle does not say it takes from what is there; what it says must be so. */
  #adopt(stored: string | undefined): void {
    if (stored === undefined) return;
    const said = JSON.parse(stored) as Record<string, number | null>;
    const is = Object.fromEntries(Object.entries(said).map(([key, value]) => [key, value ?? Infinity]));
    // A hook is of this process alone, and is not among them.
    checkSame('engine.queue', this.name, is, this.options as object);
    Object.assign(this.options, is);
  }

  #note(config: { subjects: string[]; metadata?: Record<string, string> }): void {
    if (config.subjects.includes(this.#subject)) return;
    const cause = config.metadata?.rxsluice_cause;
    if (!this.#isClosed && cause !== undefined) this.#cause = decodeError(cause);
    this.#nowClosed();
  }

  #nowClosed(): void {
    this.#closed = 'closed';
    for (const waiting of this.#closing) waiting.resolve();
    this.#closing.clear();
    this.#watch();
  }

  async #look(): Promise<void> {
    const info = await this.#home.jet.stream(this.#stream);
    if (info !== null) this.#note(info.config);
  }

  /** Looks whether it was closed, while somebody may care. */
  async #lookAgain(): Promise<void> {
    if (this.#closed === 'closed' || this.#home.end !== null || !this.#home.create) return;
    await this.#look().catch(() => undefined);
  }

  async #checkOpen(): Promise<void> {
    await this.#look();
    if (this.#isClosed) throw new ClosedError(this.name);
  }

  #heard(text: string): void {
    if (text === 'closed') void this.#lookAgain();
    else if (text.startsWith('unused ')) this.#noteUnused(Number(text.slice(7)));
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
    if (this.#isClosed) throw new ClosedError(this.name);
    await this.prepare();
    if (this.#isClosed) throw new ClosedError(this.name);
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
        this.prepare().then(
          () => {
            this.#puller.pump();
            if (this.#isClosed) this.#watch();
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

  idle(): void {
    if (this.#leasing.size > 0) void this.#lookAgain();
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

  /** The server counts this delivery; we, and the others that hear of it, do not. */
  unused({ seq }: Message): void {
    if (this.#events === null) this.#noteUnused(seq);
    else this.#home.tell('Q', this.name, `unused ${seq}`);
  }

  #noteUnused(seq: number): void {
    const times = (this.#unused.get(seq) ?? 0) + 1;
    this.#unused.delete(seq);
    this.#unused.set(seq, times);
    if (this.#unused.size <= REMEMBERED) return;
    const [oldest] = this.#unused.keys();
    this.#unused.delete(oldest as number);
  }

  #bury(message: Message, attempts: number, error: unknown): void {
    const { data, id } = message;
    this.#puller.bury(message, async () => {
      const headers = { [ATTEMPTS]: String(attempts), [ERROR]: encodeError(error) };
      await this.#prepareLetters();
      await this.#burial.send({ id: `dead.${id}`, data, headers, isOver: false });
      this.#unused.delete(message.seq);
      this.#tellOf(this.#letterOf(data, attempts, error));
    });
  }

  #tellOf(letter: DeadLetter<T>): void {
    try {
      this.options.onDeadLetter?.(letter);
    } catch (thrown) {
      reportUnhandled(thrown);
    }
  }

  // ───────────────────────────────────────────────────────────── dead letters

  #prepareLetters(): Promise<void> {
    const { jet, subjects, create } = this.#home;
    if (!create) return Promise.resolve();
    return (this.#lettersPrepared ??= (async () => {
      const stream = subjects.stream('D', this.name);
      await jet.makeStream({
        ...this.#home.streamOptions(stream, subjects.subject('D', this.name)),
        retention: 'workqueue',
      });
      await jet.makeConsumer(stream, this.#home.consumerOptions(DURABLE));
    })().catch((error: unknown) => {
      this.#lettersPrepared = null;
      throw error;
    }));
  }

  /** What cannot be decoded is shown as the bytes that it is. */
  #letterOf(data: Uint8Array, attempts: number, error: unknown): DeadLetter<T> {
    let value: unknown = data;
    try {
      value = this.#home.codec.decode(data);
    } catch {
      // Then that is what the letter is about.
    }
    return { value: value as T, attempts, error };
  }

  deadLetters(): ReceiveChannel<DeadLetter<T>> {
    const letters: RemoteLetters<DeadLetter<T>> = new RemoteLetters(this.#home, {
      name: `${this.name}'s dead letters`,
      stream: this.#home.subjects.stream('D', this.name),
      durable: DURABLE,
      prepare: async () => {
        await this.prepare();
        await this.#prepareLetters();
        this.#watch();
      },
      open: ({ data, headers }) =>
        this.#letterOf(data, Number(header(headers, ATTEMPTS)), decodeError(header(headers, ERROR))),
      left: () => this.#letters.delete(letters),
    });
    if (this.#home.end === null) this.#letters.add(letters);
    return letters;
  }

  // ───────────────────────────────────────────────────────────── waiting for it

  unfinished(): Operation<number> {
    return new Remote<number>(this.#home, `unfinished of ${this.name}`, (performance) => {
      performance.follow(this.prepare().then(() => this.#count()));
    });
  }

  join(): Operation<void> {
    return new Remote<void>(this.#home, `join of ${this.name}`, (performance) =>
      this.#await(this.#joining, performance),
    );
  }

  whenClosed(): Operation<void> {
    return new Remote<void>(this.#home, `the close of ${this.name}`, (performance) => {
      if (this.#closed === 'closed') performance.resolve();
      else this.#await(this.#closing, performance);
    });
  }

  #await(line: Set<Performance<void>>, performance: Performance<void>): void {
    line.add(performance);
    performance.withdrawn = () => line.delete(performance);
    this.prepare().then(
      () => this.#watch(),
      (error: unknown) => line.delete(performance) && performance.reject(error),
    );
  }

  /**
   * How many are not settled. The stream says what it holds, the consumer what it has not had acked. Where these differ, a
   * message is just coming or going; or it was acked, and the server killed before it took it out: then the consumer is right.
   */
  async #count(): Promise<number> {
    const { jet } = this.#home;
    for (let tries = 0; ; tries++) {
      const [stream, consumer] = await Promise.all([jet.stream(this.#stream), jet.consumer(this.#stream, DURABLE)]);
      if (stream === null || consumer === null) throw new Error(`${this.name}: its stream is gone`);
      this.#note(stream.config);
      const { messages } = stream.state;
      const open = consumer.num_pending + consumer.num_ack_pending;
      if (messages === open || tries === 8) return tries === 8 ? open : messages;
      await pause(10 * 2 ** tries);
    }
  }

  get #isWatched(): boolean {
    if (this.#home.end !== null) return false;
    return this.#joining.size + this.#closing.size > 0 || (this.#closed === 'closed' && this.#isAwaited);
  }

  /** Somebody waits for what a closed queue still has, or for its end. */
  get #isAwaited(): boolean {
    return this.#leasing.size > 0 || [...this.#letters].some((letters) => letters.isAwaited);
  }

  /** Looks again and again, while somebody waits for what nobody tells. */
  #watch(): void {
    if (this.#watching || !this.#isWatched) return;
    this.#watching = true;
    void this.#follow().finally(() => {
      this.#watching = false;
    });
  }

  async #follow(): Promise<void> {
    for (let wait = 10; this.#isWatched; wait = Math.min(1.5 * wait, 250)) {
      const joining = [...this.#joining];
      const leasing = [...this.#leasing];
      const letters = [...this.#letters];
      const left = await this.#count().catch((error: unknown) => this.#fail(error, [...joining, ...leasing]));
      if (left === 0) {
        for (const waiting of joining) if (this.#joining.delete(waiting)) waiting.resolve();
        if (this.#closed === 'closed') await this.#end(leasing, letters);
      }
      if (this.#isWatched) await pause(wait);
    }
  }

  #fail(error: unknown, waiting: Performance<never>[]): number {
    for (const one of waiting) one.reject(error);
    for (const line of [this.#joining, this.#leasing])
      for (const one of line) if (one.isOver) line.delete(one as never);
    return -1;
  }

  async #end(leasing: Performance<never>[], letters: RemoteLetters<DeadLetter<T>>[]): Promise<void> {
    for (const waiting of leasing) {
      if (this.#leasing.delete(waiting))
        waiting.reject(this.#cause === undefined ? new ClosedError(this.name) : this.#cause);
    }
    const awaited = letters.filter(({ isAwaited }) => isAwaited);
    if (awaited.length === 0) return;
    const { jet, subjects } = this.#home;
    const info = await jet.stream(subjects.stream('D', this.name)).catch(() => undefined);
    if (info === undefined || (info?.state.messages ?? 0) > 0) return;
    for (const one of awaited) one.finishClosed();
  }

  // ───────────────────────────────────────────────────────────── ending

  close(cause?: unknown): boolean {
    if (this.#isClosed || this.#home.end !== null) return false;
    this.#closed = 'closing';
    this.#cause = cause;
    this.#shut(cause).catch((error: unknown) => this.#home.end === null && reportUnhandled(error));
    return true;
  }

  async #shut(cause: unknown): Promise<void> {
    const { jet, subjects } = this.#home;
    await this.prepare();
    const info = await jet.stream(this.#stream);
    if (info?.config.subjects.includes(this.#subject) === true) {
      const { config } = info;
      const told = cause === undefined ? {} : { rxsluice_cause: encodeError(cause) };
      await jet.updateStream({
        ...config,
        subjects: [subjects.closed(this.name)],
        metadata: { ...config.metadata, ...told },
      });
      this.#home.tell('Q', this.name, 'closed');
    }
    this.#nowClosed();
  }

  /** The engine's end: resolves when what was acked is confirmed. */
  async abandon(): Promise<void> {
    this.#home.wire.reconnected.delete(this.#reconnected);
    for (const letters of [...this.#letters]) letters.abandon();
    for (const delivery of this.#lent.values()) delivery.abandon();
    const lent = [...this.#lent.keys()];
    this.#lent.clear();
    const confirmed = this.#puller.close(lent);
    this.#events?.unsubscribe();
    await confirmed;
  }

  toString(): string {
    return `engine queue ${this.name} (${this.#lent.size} leased here, ${this.#closed})`;
  }
}
