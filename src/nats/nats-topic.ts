// A topic. With `replay`, a stream that each subscriber follows from so many messages before its end; without, a subject that
// is heard by who is there.

import { Observable, type Subscriber } from 'rxjs';
import { ClosedError } from '../base/errors.ts';
import type { Operation } from '../core/operation.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { EngineTopic } from '../engine/engine.ts';
import { checkSame } from '../engine/names.ts';
import { Follower } from './follower.ts';
import type { NatsHome } from './nats-home.ts';
import { Preparation } from './preparation.ts';
import { Remote } from './remote.ts';
import { Sender } from './sender.ts';

/** Messages beyond `replay` that are kept for those who are slow. */
const SLACK = 100_000;

export class NatsTopic<T> extends Observable<T> implements EngineTopic<T> {
  readonly name: string;
  readonly options: { readonly replay: number };
  readonly #home: NatsHome;
  readonly #stream: string;
  readonly #subject: string;
  readonly #sender: Sender;
  readonly #subscribers = new Map<Subscriber<T>, () => void>();
  readonly #preparation = new Preparation(() => this.#make());

  constructor(home: NatsHome, name: string, replay: number) {
    super();
    this.#home = home;
    this.name = name;
    this.options = { replay };
    this.#stream = home.subjects.stream('T', name);
    this.#subject = home.subjects.subject('T', name);
    this.#sender = new Sender(home.jet, this.#subject, () => this.#preparation.again());
  }

  async #make(): Promise<void> {
    if (!this.#home.create) return;
    const { replay } = this.options;
    const info = await this.#home.jet.makeStream({
      ...this.#home.streamOptions(this.#stream, this.#subject),
      retention: 'limits',
      discard: 'old',
      ...(replay !== Infinity && { max_msgs: replay + SLACK }),
      metadata: { rxsluice: JSON.stringify({ replay }) },
    });
    const stored = JSON.parse(info.config.metadata?.rxsluice ?? '{}') as { replay?: number | null };
    if (stored.replay !== undefined)
      checkSame('engine.topic', this.name, { replay: stored.replay ?? Infinity }, this.options);
  }

  // ───────────────────────────────────────────────────────────── sending

  send(value: T): Operation<void> {
    return new Remote<void>(this.#home, `send on ${this.name}`, (performance) => {
      const data = this.#home.codec.encode(value);
      if (this.options.replay === 0) {
        performance.follow(this.#publish(data));
        return;
      }
      const letter = {
        id: this.#home.draw(),
        data,
        get isOver() {
          return performance.isOver;
        },
      };
      performance.follow(this.#preparation.done().then(() => this.#sender.send(letter)));
    });
  }

  /** It is on its way when the server has answered to what was sent after it. */
  async #publish(data: Uint8Array): Promise<void> {
    const { wire } = this.#home;
    for (;;) {
      await wire.up();
      if (this.#home.end !== null) throw new ClosedError(this.name);
      wire.connection.publish(this.#subject, data);
      try {
        await wire.connection.flush();
        return;
      } catch (error) {
        if (wire.status === 'closed') throw error;
      }
    }
  }

  // ───────────────────────────────────────────────────────────── hearing

  /** @internal */
  protected _subscribe(subscriber: Subscriber<T>): void {
    if (this.#home.end !== null) {
      subscriber.complete();
      return;
    }
    const leave = this.options.replay === 0 ? this.#hear(subscriber) : this.#follow(subscriber);
    this.#subscribers.set(subscriber, leave);
    subscriber.add(() => {
      this.#subscribers.delete(subscriber);
      leave();
    });
  }

  #hear(subscriber: Subscriber<T>): () => void {
    const { connection } = this.#home.wire;
    const subscription = connection.subscribe(this.#subject, {
      callback: (error, message) => {
        if (error === null) this.#tell(subscriber, message.data);
        else subscriber.error(error);
      },
    });
    return () => {
      if (!connection.isClosed()) subscription.unsubscribe();
    };
  }

  #follow(subscriber: Subscriber<T>): () => void {
    let follower: Follower | null = null;
    const begin = async (): Promise<void> => {
      await this.#preparation.done();
      const info = await this.#home.jet.stream(this.#stream);
      const last = info?.state.last_seq ?? 0;
      const { replay } = this.options;
      if (subscriber.closed) return;
      follower = new Follower(this.#home.jet, this.#stream, { from: Math.max(1, last - replay + 1) }, ({ data }) =>
        this.#tell(subscriber, data),
      );
      await follower.open();
    };
    begin().catch((error: unknown) => subscriber.error(error));
    return () => follower?.close();
  }

  #tell(subscriber: Subscriber<T>, data: Uint8Array): void {
    let value: T;
    try {
      value = this.#home.codec.decode(data) as T;
    } catch (error) {
      // It stops nobody.
      reportUnhandled(error);
      return;
    }
    subscriber.next(value);
  }

  /** The engine's end. */
  abandon(): void {
    for (const [subscriber, leave] of [...this.#subscribers]) {
      leave();
      subscriber.complete();
    }
  }
}
