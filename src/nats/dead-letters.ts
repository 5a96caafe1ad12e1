// The dead letters of a queue: a stream of their own, made when one is written or read.
//
// Invariants:
//   1. a value is settled when its letter is stored, and not before
//   2. every reader that has not ended is in `#readers`

import type { ReceiveChannel } from '../core/pullable.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { DeadLetter } from '../queue/options.ts';
import { decodeError, encodeError, header } from './codec.ts';
import { RemoteLetters } from './letters.ts';
import type { Message } from './message.ts';
import type { NatsHome } from './nats-home.ts';
import { Preparation } from './preparation.ts';
import { DURABLE } from './queue-stream.ts';
import { Sender } from './sender.ts';

const ATTEMPTS = 'Rxs-Attempts';
const ERROR = 'Rxs-Error';

export class DeadLetters<T> {
  readonly #home: NatsHome;
  readonly #name: string;
  readonly #stream: string;
  readonly #subject: string;
  readonly #sender: Sender;
  readonly #readers = new Set<RemoteLetters<DeadLetter<T>>>();
  readonly #preparation = new Preparation(() => this.#make());

  constructor(home: NatsHome, name: string) {
    this.#home = home;
    this.#name = name;
    this.#stream = home.subjects.stream('D', name);
    this.#subject = home.subjects.subject('D', name);
    this.#sender = new Sender(home.jet, this.#subject, () => this.#preparation.again());
  }

  async #make(): Promise<void> {
    const { jet, create } = this.#home;
    if (!create) return;
    await jet.makeStream({ ...this.#home.streamOptions(this.#stream, this.#subject), retention: 'workqueue' });
    await jet.makeConsumer(this.#stream, this.#home.consumerOptions(DURABLE));
  }

  // ───────────────────────────────────────────────────────────── writing

  /** Resolves when the letter is stored. */
  async write({ data, id }: Message, attempts: number, error: unknown): Promise<DeadLetter<T>> {
    const headers = { [ATTEMPTS]: String(attempts), [ERROR]: encodeError(error) };
    await this.#preparation.done();
    await this.#sender.send({ id: `dead.${id}`, data, headers, isOver: false });
    return this.#letterOf(data, attempts, error);
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

  // ───────────────────────────────────────────────────────────── reading

  /** `prepare`: what the reader needs besides. */
  read(prepare: () => Promise<void>): ReceiveChannel<DeadLetter<T>> {
    const reader: RemoteLetters<DeadLetter<T>> = new RemoteLetters(this.#home, {
      name: `${this.#name}'s dead letters`,
      stream: this.#stream,
      durable: DURABLE,
      prepare: () => this.#preparation.done().then(prepare),
      gone: () => void this.#preparation.again().catch(reportUnhandled),
      open: ({ data, headers }) =>
        this.#letterOf(data, Number(header(headers, ATTEMPTS)), decodeError(header(headers, ERROR))),
      left: () => this.#readers.delete(reader),
    });
    if (this.#home.end === null) this.#readers.add(reader);
    return reader;
  }

  /** Somebody waits for a letter, or for the end. */
  get areAwaited(): boolean {
    return [...this.#readers].some(({ isAwaited }) => isAwaited);
  }

  /** The queue has ended. So have those who wait, if there are no more letters. */
  async finish(): Promise<void> {
    const awaited = [...this.#readers].filter(({ isAwaited }) => isAwaited);
    if (awaited.length === 0) return;
    const info = await this.#home.jet.stream(this.#stream).catch(() => undefined);
    if (info === undefined || (info?.state.messages ?? 0) > 0) return;
    for (const reader of awaited) reader.finishClosed();
  }

  /** The engine's end. */
  abandon(): void {
    for (const reader of [...this.#readers]) reader.abandon();
  }
}
