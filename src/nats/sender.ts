// Sends values to a stream: each is stored once, or not at all.
//
// A message carries the id of its value. When nobody knows whether a try was stored, the next one has the same id, and the
// server says whether it knows it. A refusal is certain; after it the id is a new one (`id#1`), since servers of some versions
// remember the id of what they refused. `nats.md`'s rule, in `#store`.
//
// Invariants:
//   1. those who found the stream full stand in `#line`, in the order in which they asked; the first of them tries again
//   2. somebody waits in `#line`  =>  whoever asks stands behind
//
// So nobody overtakes, and a full stream is asked by one of each process.

import { headers as newHeaders } from '@nats-io/nats-core';
import { CODES, isRefused, isTransient, type JetStream, pause } from './jetstream.ts';
import { Nobody } from './wire.ts';

const PATIENCE_MS = 4000;
/** After so long a new id: the server says that an earlier try is under way, or that it is a duplicate of nothing. */
const STUCK_MS = 1000;

/** One value to be stored. */
export interface Letter {
  readonly id: string;
  readonly data: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Nobody waits for it any more: it need not be tried again. */
  readonly isOver: boolean;
}

export class Sender {
  readonly #jet: JetStream;
  readonly #subject: string;
  /** Throws if there is nothing to send to any more. Asked when nobody answers. */
  readonly #look: () => Promise<void>;
  readonly #line: (() => void)[] = [];

  constructor(jet: JetStream, subject: string, look: () => Promise<void>) {
    this.#jet = jet;
    this.#subject = subject;
    this.#look = look;
  }

  /** Resolves when it is stored, or over. Rejects when that is certain never to be, or the connection is closed. */
  async send(letter: Letter): Promise<void> {
    if (this.#line.length > 0) await this.#turn();
    else if (await this.#store(letter, null)) return;
    else await this.#turn();
    // The first in line.
    try {
      for (let wait = 2; !letter.isOver; wait = Math.min(2 * wait, 100)) {
        if (await this.#store(letter, wait)) return;
        await pause(wait * (0.5 + Math.random() / 2));
      }
    } finally {
      this.#line.shift();
      this.#line[0]?.();
    }
  }

  /** Resolves when one is the first in line. */
  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#line.push(resolve);
      if (this.#line.length === 1) resolve();
    });
  }

  /** False: full. `times`: how often it was, in some measure. */
  async #store(letter: Letter, times: number | null): Promise<boolean> {
    let id = times === null ? letter.id : `${letter.id}#${times}.${nonce()}`;
    let stuckSince: number | null = null;
    for (let backoff = 20; ; backoff = Math.min(2 * backoff, 500)) {
      await this.#jet.wire.up();
      const stuck = (): void => {
        stuckSince ??= performance.now();
        if (performance.now() - stuckSince < STUCK_MS) return;
        stuckSince = null;
        id = `${letter.id}#${nonce()}`;
      };
      try {
        const { seq, duplicate } = await this.#publish(letter, id);
        if (!duplicate || seq > 0) return true;
        stuck();
      } catch (error) {
        if (isRefused(error, CODES.full)) return false;
        if (isRefused(error, CODES.inProcess)) stuck();
        else if (!isTransient(error) || this.#jet.wire.status === 'closed') throw error;
        else if (error instanceof Nobody) await this.#look();
      }
      if (letter.isOver) return true;
      await pause(backoff);
    }
  }

  #publish(letter: Letter, id: string): Promise<{ seq: number; duplicate: boolean }> {
    const headers = newHeaders();
    headers.set('Nats-Msg-Id', id);
    for (const [key, value] of Object.entries(letter.headers ?? {})) headers.set(key, value);
    return this.#jet.publish(this.#subject, letter.data, headers, PATIENCE_MS);
  }
}

function nonce(): string {
  return Math.random().toString(36).slice(2, 10);
}

/** The id of the value in a message, whichever try this was. */
export function idOf(messageId: string): string {
  const at = messageId.indexOf('#');
  return at < 0 ? messageId : messageId.slice(0, at);
}
