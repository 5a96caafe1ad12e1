// Follows a stream from some message on: every message once, in order, whatever happens to the connection and the servers.
//
// Invariants:
//   1. `heard` is called with growing numbers; between two of them the stream has, or had, nothing that was there to be delivered
//   2. there is at most one reader on the server that we listen to; another one is asked for when this one has missed a message,
//      or is silent for too long, or the connection was lost
//   3. all of this is of one stream; when it has gone and there is another one of its name, that is told (`anew`), and followed from
//      its beginning
//
// The reader on the server acknowledges nothing, lives in memory, and is forgotten there some seconds after we have gone.

import type { Msg, Subscription } from '@nats-io/nats-core';
import { type JetStream, pause } from './jetstream.ts';
import { messageOf, type Message } from './message.ts';

const HEARTBEAT_MS = 2000;

export type Start = { readonly from: number } | 'last' | 'new';

export class Follower {
  readonly #jet: JetStream;
  readonly #stream: string;
  readonly #heard: (message: Message) => void;
  readonly #anew: () => void;
  #subscription: Subscription | null = null;
  #start: Start;
  /** The last message that was heard, and how many this reader has delivered. */
  #last = 0;
  #delivered = 0;
  #silence: ReturnType<typeof setTimeout> | null = null;
  #state: 'starting' | 'following' | 'closed' = 'closed';
  readonly #again = (): void => void this.#restart();

  constructor(
    jet: JetStream,
    stream: string,
    start: Start,
    heard: (message: Message) => void,
    anew: () => void = () => undefined,
  ) {
    this.#jet = jet;
    this.#stream = stream;
    this.#start = start;
    this.#heard = heard;
    this.#anew = anew;
  }

  /** Resolves when it follows. */
  async open(): Promise<void> {
    this.#jet.wire.reconnected.add(this.#again);
    this.#state = 'following';
    await this.#restart();
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  async #restart(): Promise<void> {
    if (this.#state !== 'following') return;
    this.#state = 'starting';
    for (let backoff = 50; !this.isClosed; backoff = Math.min(2 * backoff, 1000)) {
      try {
        await this.#begin();
        if (this.#state === 'starting') this.#state = 'following';
        return;
      } catch {
        // No leader, say; or the stream is being made.
        await pause(backoff);
      }
    }
  }

  async #begin(): Promise<void> {
    const { wire } = this.#jet;
    await wire.up();
    if (this.isClosed) return;
    this.#unsubscribe();
    this.#delivered = 0;
    const inbox = wire.inbox();
    const name = `r${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
    const subscription = wire.connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error === null && this.#subscription === subscription) this.#hear(message);
      },
    });
    this.#subscription = subscription;
    const last = this.#last;
    const { delivered } = await this.#jet.makeReader(this.#stream, name, {
      name,
      deliver_subject: inbox,
      ack_policy: 'none',
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
      flow_control: true,
      idle_heartbeat: HEARTBEAT_MS * 1e6,
      inactive_threshold: 10_000 * 1e6,
      ...this.#policy(),
    } as never);
    // It starts where the stream ends: that has fewer messages than we have heard.
    if (delivered.stream_seq < last) {
      this.#last = 0;
      if (this.#start !== 'last') this.#start = { from: 1 };
      this.#anew();
      return this.#begin();
    }
    this.#listen();
  }

  #policy(): object {
    if (this.#last > 0) return { deliver_policy: 'by_start_sequence', opt_start_seq: this.#last + 1 };
    if (this.#start === 'last') return { deliver_policy: 'last' };
    if (this.#start === 'new') return { deliver_policy: 'new' };
    return { deliver_policy: 'by_start_sequence', opt_start_seq: Math.max(1, this.#start.from) };
  }

  #hear(raw: Msg): void {
    this.#listen();
    const message = messageOf(raw);
    if (message === null) return this.#control(raw);
    this.#delivered++;
    if (message.delivered !== this.#delivered) {
      this.#again();
      return;
    }
    if (message.seq <= this.#last) return;
    this.#last = message.seq;
    this.#heard(message);
  }

  /** A sign of life, which says how much we should have; or a question whether we keep up. */
  #control(raw: Msg): void {
    if (raw.reply !== undefined && raw.reply !== '') raw.respond();
    const { headers } = raw;
    const stalled = headers?.get('Nats-Consumer-Stalled') ?? '';
    if (stalled !== '') this.#jet.wire.tell(stalled, '');
    const last = headers?.get('Nats-Last-Consumer') ?? '';
    if (last !== '' && Number(last) !== this.#delivered) this.#again();
  }

  #listen(): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#silence = null;
    if (!this.isClosed) this.#silence = setTimeout(this.#again, 3 * HEARTBEAT_MS);
  }

  #unsubscribe(): void {
    if (this.#subscription !== null && !this.#jet.wire.connection.isClosed()) this.#subscription.unsubscribe();
    this.#subscription = null;
  }

  close(): void {
    this.#state = 'closed';
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#jet.wire.reconnected.delete(this.#again);
    this.#unsubscribe();
  }
}
