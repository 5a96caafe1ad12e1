// What goes over the connection: requests, each with one reply or several, and what is known of the connection itself.
//
// Invariants:
//   1. a conversation is in `#open` from its first message until it is closed; closed, it hears nothing more
//   2. the clock runs while a conversation is open, and not otherwise
//   3. nothing is sent while the connection is down: the client would drop it in silence
//
// One subscription serves all conversations: a reply's subject ends with the number of its conversation. The client's own
// `request` makes a promise race and a timer for each.

import { createInbox, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { BehaviorSubject, type Observable } from 'rxjs';

export type Status = 'connected' | 'reconnecting' | 'closed';

/** Nobody knows whether it arrived. */
export class Unknown extends Error {
  override readonly name: string = 'Unknown';
}

/** Nobody listens on that subject: not the service, or not JetStream, or not yet. */
export class Nobody extends Error {
  override readonly name: string = 'Nobody';
}

/** One who sent something, and hears what comes back. */
export interface Listener {
  heard(message: Msg): void;
  /** Nothing came back in time, or the connection went down. */
  lost(why: Error): void;
}

const TICK_MS = 50;

export class Wire {
  readonly connection: NatsConnection;
  readonly #status = new BehaviorSubject<Status>('connected');
  readonly status$: Observable<Status> = this.#status.asObservable();
  readonly #prefix: string | undefined;
  readonly #inbox: string;
  readonly #replies: Subscription;
  readonly #open = new Map<string, Conversation>();
  readonly #waiting = new Set<() => void>();
  #last = 0;
  #clock: ReturnType<typeof setInterval> | null = null;
  #watch: AsyncIterator<{ type: string }> | null = null;
  /** Called when the connection is up again. */
  readonly reconnected = new Set<() => void>();
  /** Called when the server refuses what was published, or subscribed to, there. */
  readonly refused = new Set<(subject: string, error: Error) => void>();
  /** Why no answer can come: the connection may not subscribe to its inbox. */
  #deaf: Error | null = null;

  constructor(connection: NatsConnection) {
    this.connection = connection;
    // What the user has told the client: it may be all that the connection may subscribe to.
    const { options } = connection as { options?: { inboxPrefix?: string } };
    this.#prefix = options?.inboxPrefix;
    this.#inbox = this.inbox();
    this.#replies = connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#hear(message);
        else this.#loseAll((this.#deaf = error));
      },
    });
    void this.#follow();
  }

  get status(): Status {
    return this.#status.value;
  }

  /** One may subscribe: a connection that is being drained refuses that, and a closed one says so before it tells. */
  get isOpen(): boolean {
    const { connection } = this;
    return this.status === 'connected' && !connection.isDraining() && !connection.isClosed();
  }

  /** A subject that nobody else listens to. */
  inbox(): string {
    return createInbox(this.#prefix);
  }

  async #follow(): Promise<void> {
    const watch = (this.#watch = this.connection.status()[Symbol.asyncIterator]());
    for (let next = await watch.next(); next.done !== true; next = await watch.next()) this.#note(next.value);
    if (this.connection.isClosed()) this.#become('closed');
  }

  #note(event: { type: string; error?: unknown }): void {
    if (event.type === 'disconnect') this.#become('reconnecting');
    else if (event.type === 'reconnect') this.#become('connected');
    else if (event.type === 'close') this.#become('closed');
    else if (event.type === 'error') this.#refused(event.error);
  }

  #become(status: Status): void {
    if (this.#status.value === status || this.#status.value === 'closed') return;
    this.#status.next(status);
    if (status !== 'connected') this.#loseAll(new Unknown('the connection was lost'));
    if (status === 'reconnecting') return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const go of waiting) go();
    if (status === 'connected') for (const act of [...this.reconnected]) act();
    else this.#status.complete();
  }

  #loseAll(why: Error): void {
    for (const conversation of [...this.#open.values()]) conversation.lose(why);
  }

  /** The server says that this connection may not publish, or subscribe to, that. */
  #refused(error: unknown): void {
    const { operation, subject } = (error ?? {}) as { operation?: string; subject?: string };
    if (subject === undefined) return;
    if (operation === 'publish')
      for (const one of [...this.#open.values()]) if (one.subject === subject) one.lose(error as Error);
    for (const tell of [...this.refused]) tell(subject, error as Error);
  }

  /** Resolves when the connection is up, or closed for good. */
  up(): Promise<void> {
    if (this.status !== 'reconnecting') return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  // ───────────────────────────────────────────────────────────── conversations

  #hear(message: Msg): void {
    this.#open.get(message.subject.slice(this.#inbox.length + 1))?.hear(message);
  }

  /** Sends, and hears what comes back until it is closed; is lost after `patience` ms of silence. May throw. */
  converse(
    subject: string,
    data: Uint8Array | string,
    listener: Listener,
    patience: number,
    headers?: MsgHdrs,
  ): Conversation {
    // prettier-ignore
    const id = String(++this.#last);
    const conversation = new Conversation(id, `${this.#inbox}.${id}`, subject, listener, patience, this.#forget);
    const deaf = this.status === 'connected' ? this.#deaf : new Unknown('the connection is down');
    if (deaf !== null) {
      conversation.lose(deaf);
      return conversation;
    }
    this.#open.set(id, conversation);
    this.#clock ??= setInterval(() => this.#tick(), TICK_MS);
    try {
      this.connection.publish(subject, data, { reply: conversation.inbox, ...(headers !== undefined && { headers }) });
    } catch (error) {
      conversation.close();
      throw error;
    }
    return conversation;
  }

  readonly #forget = (id: string): void => {
    this.#open.delete(id);
    if (this.#open.size > 0 || this.#clock === null) return;
    clearInterval(this.#clock);
    this.#clock = null;
  };

  #tick(): void {
    for (const conversation of [...this.#open.values()]) conversation.tick(TICK_MS);
  }

  /** One question, one answer. Rejects with Nobody, with Unknown, or with what publishing throws. */
  request(subject: string, data: Uint8Array | string, patience: number, headers?: MsgHdrs): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const conversation = this.converse(
        subject,
        data,
        {
          heard: (message) => {
            conversation.close();
            if (isNobody(message)) reject(new Nobody(`nobody listens on ${subject}`));
            else resolve(message);
          },
          lost: reject,
        },
        patience,
        headers,
      );
    });
  }

  /** Sends without an answer; dropped while the connection is down, or at the end of being drained. May throw. */
  tell(subject: string, data: Uint8Array | string, headers?: MsgHdrs): void {
    const { connection } = this;
    if (this.status !== 'connected') return;
    try {
      connection.publish(subject, data, headers === undefined ? {} : { headers });
    } catch (error) {
      if (!connection.isDraining() && !connection.isClosed()) throw error;
    }
  }

  /** Nobody asks any more. */
  close(): void {
    this.#loseAll(new Unknown('the connection is not used any more'));
    this.reconnected.clear();
    this.refused.clear();
    if (!this.connection.isClosed()) this.#replies.unsubscribe();
    void this.#watch?.return?.();
    this.#become('closed');
  }
}

export function isNobody(message: Msg): boolean {
  return message.data.length === 0 && message.headers?.code === 503;
}

export class Conversation {
  readonly inbox: string;
  readonly subject: string;
  readonly #id: string;
  readonly #listener: Listener;
  readonly #patience: number;
  readonly #forget: (id: string) => void;
  /** Milliseconds since it heard something. */
  #silent = 0;
  #closed = false;

  constructor(
    id: string,
    inbox: string,
    subject: string,
    listener: Listener,
    patience: number,
    forget: (id: string) => void,
  ) {
    this.#id = id;
    this.inbox = inbox;
    this.subject = subject;
    this.#listener = listener;
    this.#patience = patience;
    this.#forget = forget;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  hear(message: Msg): void {
    this.#silent = 0;
    this.#listener.heard(message);
  }

  tick(ms: number): void {
    this.#silent += ms;
    if (this.#silent > this.#patience) this.lose(new Unknown(`no answer from ${this.subject}`));
  }

  lose(why: Error): void {
    if (this.#closed) return;
    this.close();
    this.#listener.lost(why);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget(this.#id);
  }
}
