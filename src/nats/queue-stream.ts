// The stream of a queue, and its consumer: what is known of them here, and how they are closed for everybody.
//
//   stream     <prefix>_Q_<name>: as many messages as are unfinished, at most `capacity`; refuses what is too much
//   consumer   'workers', durable, for all processes: each message to one of them, again when it was not acked
//
//   open ──close()──► closing ──its subject was moved away, in one step for everybody──► closed
//     ▲                  │
//     └──── refused ─────┘
//
// Invariants:
//   1. known here to be closed  =>  it is closed, or is being closed until that is confirmed or refused
//   2. numbers of messages that are remembered are those of the stream that was made at `#born`

import type { StreamInfo } from '@nats-io/jetstream';
import { ClosedError } from '../base/errors.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { EngineQueueOptions } from '../engine/engine.ts';
import { checkSame } from '../engine/names.ts';
import { decodeError, encodeError } from './codec.ts';
import { pause } from './jetstream.ts';
import type { NatsHome } from './nats-home.ts';
import { Preparation } from './preparation.ts';

export const DURABLE = 'workers';

export type QueueOptions<T> = Pick<EngineQueueOptions<T>, 'capacity' | 'maxAttempts' | 'leaseMs' | 'onDeadLetter'>;

/** Who is told what becomes of a stream. */
export interface StreamUser {
  /** It is there, and can be pulled from. */
  ready(ackWait: number): void;
  closed(): void;
  /** It is another one than before: what was of the one before is gone. */
  replaced(): void;
  /** A message was given back unused, by some process. */
  unused(seq: number): void;
}

export class QueueStream<T> {
  readonly stream: string;
  readonly subject: string;
  readonly #name: string;
  readonly #home: NatsHome;
  readonly #options: QueueOptions<T>;
  readonly #user: StreamUser;
  readonly #preparation = new Preparation(() => this.#make());
  #state: 'open' | 'closing' | 'closed' = 'open';
  /** What leases fail with once it is closed and settled; undefined: ClosedError. */
  cause: unknown = undefined;
  #born: string | null = null;
  #events: { unsubscribe(): void } | null = null;

  constructor(home: NatsHome, name: string, options: QueueOptions<T>, user: StreamUser) {
    this.#home = home;
    this.#name = name;
    this.#options = options;
    this.#user = user;
    this.stream = home.subjects.stream('Q', name);
    this.subject = home.subjects.subject('Q', name);
  }

  get state(): 'open' | 'closing' | 'closed' {
    return this.#state;
  }
  /** It is closed, or is being closed. */
  get isClosed(): boolean {
    return this.#state !== 'open';
  }

  // ───────────────────────────────────────────────────────────── what is there

  /** Has the stream and its consumer made, if they are not there, and learns what others have said of them. */
  prepare(): Promise<void> {
    return this.#preparation.done();
  }

  async #make(): Promise<void> {
    const home = this.#home;
    if (!home.create) {
      this.#user.ready(home.ackWait);
      return;
    }
    // Before it looks: a close is either heard or seen.
    this.#events ??= home.hear('Q', this.#name, (text) => this.#heard(text));
    const { capacity = Infinity, maxAttempts = Infinity, leaseMs = Infinity } = this.#options;
    const info = await home.jet.makeStream({
      ...home.streamOptions(this.stream, this.subject),
      retention: 'workqueue',
      discard: 'new',
      ...(capacity !== Infinity && { max_msgs: capacity }),
      metadata: { rxsluice: JSON.stringify({ capacity, maxAttempts, leaseMs }) },
    });
    this.#adopt(info.config.metadata?.rxsluice);
    this.#note(info);
    const { config } = await home.jet.makeConsumer(this.stream, home.consumerOptions(DURABLE));
    this.#user.ready((config.ack_wait ?? home.ackWait * 1e6) / 1e6);
  }

  /** What this handle does not say it takes from what is there; what it says must be so. */
  #adopt(stored: string | undefined): void {
    if (stored === undefined) return;
    const said = JSON.parse(stored) as Record<string, number | null>;
    const is = Object.fromEntries(Object.entries(said).map(([key, value]) => [key, value ?? Infinity]));
    // A hook is of this process alone, and is not among them.
    checkSame('engine.queue', this.#name, is, this.#options as object);
    Object.assign(this.#options, is);
  }

  #note({ config, created }: StreamInfo): void {
    if (this.#born !== null && this.#born !== created) this.#user.replaced();
    this.#born = created;
    if (config.subjects.includes(this.subject)) return;
    const cause = config.metadata?.rxsluice_cause;
    if (!this.isClosed && cause !== undefined) this.cause = decodeError(cause);
    this.#nowClosed();
  }

  #nowClosed(): void {
    this.#state = 'closed';
    this.#user.closed();
  }

  /** Looks what has become of it, while somebody may care. `isGone`: nobody answers to those who pull. */
  async lookAgain(isGone: boolean): Promise<void> {
    if (this.#state === 'closed' || this.#home.end !== null || !this.#home.create) return;
    await (isGone ? this.#preparation.again() : this.#look()).catch(() => undefined);
  }

  async #look(): Promise<void> {
    const info = await this.#home.jet.stream(this.stream);
    if (info !== null) this.#note(info);
    else if (this.#home.create) await this.#preparation.again();
    else throw this.#missing();
  }

  /** Nobody takes what is sent: throws if it is closed, or not there and not ours to make. */
  async checkOpen(): Promise<void> {
    await this.#look();
    if (this.isClosed) throw new ClosedError(this.#name);
  }

  #missing(): Error {
    this.#preparation.forget();
    return new Error(`${this.#name}: there is no stream ${this.stream}${this.#home.create ? ' any more' : ''}`);
  }

  #heard(text: string): void {
    if (text === 'closed') void this.lookAgain(false);
    else if (text.startsWith('unused ')) this.#user.unused(Number(text.slice(7)));
  }

  /** The server counts this delivery; we, and the others that hear of it, do not. */
  tellUnused(seq: number): void {
    if (this.#events === null) this.#user.unused(seq);
    else this.#home.tell('Q', this.#name, `unused ${seq}`);
  }

  // ───────────────────────────────────────────────────────────── how much is in it

  /**
   * How many are not settled. The stream says what it holds, the consumer what it has not had acked. Where these differ, a
   * message is just coming or going; or it was acked, and the server killed before it took it out: then the consumer is right.
   */
  async count(): Promise<number> {
    const { jet, create } = this.#home;
    for (let tries = 0; ; tries++) {
      const [stream, consumer] = await Promise.all([jet.stream(this.stream), jet.consumer(this.stream, DURABLE)]);
      if (stream === null) throw this.#missing();
      this.#note(stream);
      const { messages } = stream.state;
      const open = consumer === null ? null : consumer.num_pending + consumer.num_ack_pending;
      if (messages === open || (tries === 8 && open !== null)) return open;
      if (open === null) {
        if (!create || tries === 8) throw new Error(`${this.#name}: ${this.stream} has no consumer ${DURABLE}`);
        await this.#preparation.again();
      } else await pause(10 * 2 ** tries);
    }
  }

  // ───────────────────────────────────────────────────────────── ending

  close(cause: unknown): boolean {
    if (this.isClosed || this.#home.end !== null) return false;
    this.#state = 'closing';
    this.cause = cause;
    this.#shut(cause).catch((error: unknown) => this.#stillOpen(error));
    return true;
  }

  async #shut(cause: unknown): Promise<void> {
    const { jet, subjects } = this.#home;
    await this.prepare();
    await this.#look();
    const info = await jet.stream(this.stream);
    if (info?.config.subjects.includes(this.subject) === true) {
      const { config } = info;
      const told = cause === undefined ? {} : { rxsluice_cause: encodeError(cause) };
      await jet.updateStream({
        ...config,
        subjects: [subjects.closed(this.#name)],
        metadata: { ...config.metadata, ...told },
      });
      this.#home.tell('Q', this.#name, 'closed');
    }
    this.#nowClosed();
  }

  /** It may not be closed by this connection, say. */
  #stillOpen(error: unknown): void {
    if (this.#home.end !== null) return;
    this.#state = 'open';
    this.cause = undefined;
    reportUnhandled(error);
  }

  abandon(): void {
    this.#events?.unsubscribe();
  }
}
