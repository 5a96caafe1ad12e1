// Pulls messages of a durable consumer, as many as are wanted, and settles them.
//
// Invariants:
//   1. `expected` is what was pulled and has not come; with what is spare, it is at most what was wanted at some moment
//   2. every message that came and is not settled is in `#held`, and is kept alive by signs of life
//   3. a message that nobody wants for SPARE_MS is given back
//
// A pull that the server has forgotten (it was killed, or another one leads now) is known by its silence: while it waits, the
// server is to send a sign of life every second.

import type { Msg, Subscription } from '@nats-io/nats-core';
import { type JetStream, pause } from './jetstream.ts';
import { type Message, messageOf } from './message.ts';
import { isNobody, Nobody, Unknown, type Wire } from './wire.ts';

const EXPIRES_MS = 4000;
const HEARTBEAT_MS = 1000;
const SPARE_MS = 50;
const ACK_PATIENCE_MS = 2000;
/** Then whoever is to be told is not there any more. */
const GIVE_UP_MS = 600_000;

/** Who wants messages. */
export interface Taker {
  /** How many are wanted now. */
  readonly wanted: number;
  /** Precondition: wanted. False: it is not one to be taken, and was settled. */
  take(message: Message): void;
  /** Nothing came for a while; or `isGone`: what is pulled from may be gone. */
  idle(isGone: boolean): void;
  /** It is about to be given back, as if it had not been delivered. */
  returned(message: Message): void;
  /** This connection may not pull, or not hear what it has pulled. */
  refused(error: Error): void;
}

export class Puller {
  readonly #jet: JetStream;
  readonly #taker: Taker;
  readonly #next: string;
  readonly #pulls = new Set<Pull>();
  /** Pulls that were thought to be forgotten: what still comes is not lost. */
  readonly #lingering = new Set<Pull>();
  readonly #spare: Message[] = [];
  readonly #held = new Set<Message>();
  /** Settlements that are not confirmed. */
  readonly #confirming = new Set<Promise<boolean>>();
  #spareTimer: ReturnType<typeof setTimeout> | null = null;
  #life: ReturnType<typeof setInterval> | null = null;
  #ackWait: number;
  #state: 'unready' | 'ready' | 'waiting' | 'over' = 'unready';
  /** Messages to be pulled ahead of being wanted. */
  #ahead = 0;
  #served = 0;
  #servedSince = 0;
  readonly #reconnected = (): void => {
    // The server has forgotten them with the connection.
    for (const pull of [...this.#pulls]) this.#close(pull);
    this.pump();
  };
  readonly #refused = (subject: string, error: Error): void => {
    if (subject === this.#next || [...this.#pulls].some(({ inbox }) => inbox === subject)) this.#taker.refused(error);
  };

  constructor(jet: JetStream, stream: string, durable: string, ackWait: number, taker: Taker) {
    this.#jet = jet;
    this.#next = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`;
    this.#ackWait = ackWait;
    this.#taker = taker;
    jet.wire.reconnected.add(this.#reconnected);
    jet.wire.refused.add(this.#refused);
  }

  /** What is pulled from is there. */
  begin(ackWait: number): void {
    if (this.#state !== 'unready') return;
    this.#ackWait = ackWait;
    this.#state = 'ready';
    this.pump();
  }

  // ───────────────────────────────────────────────────────────── pulling

  /** Serves who wants with what is spare, and pulls what is missing. */
  pump(): void {
    const taker = this.#taker;
    while (taker.wanted > 0 && this.#spare.length > 0) this.#give(this.#spare.shift() as Message);
    if (this.#state !== 'ready' || !this.#jet.wire.isOpen || taker.wanted === 0) return;
    let expected = this.#spare.length;
    for (const { left } of this.#pulls) expected += left;
    const missing = taker.wanted + this.#ahead - expected;
    // Pulls are made of several: each is a request.
    if (taker.wanted > expected || missing > this.#ahead / 2) this.#pull(Math.max(missing, taker.wanted - expected));
  }

  #give(message: Message): void {
    this.#measure();
    this.#taker.take(message);
  }

  /**
   * Who asks again and again within milliseconds, one at a time, would wait for a round trip each time. So as many are pulled
   * ahead as were taken in the last few milliseconds: they are wanted in the next few.
   */
  #measure(): void {
    const now = performance.now();
    this.#served++;
    if (now - this.#servedSince < 5) return;
    const span = now - this.#servedSince;
    this.#ahead = span > 50 ? 0 : Math.min(128, Math.floor((this.#served * 5) / span));
    this.#served = 0;
    this.#servedSince = now;
  }

  #pull(count: number): void {
    const { wire } = this.#jet;
    const body = { batch: count, expires: EXPIRES_MS * 1e6, idle_heartbeat: HEARTBEAT_MS * 1e6 };
    const pull = new Pull(wire, count, {
      heard: (message) => this.#heard(pull, message),
      silent: () => this.#ended(pull, 0),
    });
    this.#pulls.add(pull);
    pull.send(this.#next, JSON.stringify(body));
  }

  #heard(pull: Pull, raw: Msg): void {
    const message = messageOf(raw);
    if (message !== null) {
      pull.left--;
      if (pull.left <= 0) this.#close(pull);
      this.#arrived(message);
      return;
    }
    const { code = 0, description = '' } = raw.headers ?? {};
    if (code === 100) return;
    // 404 and 408: nothing came in time. 409: the consumer is gone, or led by another server, or too many pull.
    const again = code === 408 || code === 404 ? 0 : isNobody(raw) ? 250 : 100;
    this.#ended(pull, again);
    if (!/completed/i.test(description)) this.#taker.idle(isNobody(raw) || /deleted/i.test(description));
  }

  #close(pull: Pull): void {
    this.#pulls.delete(pull);
    pull.close();
  }

  #ended(pull: Pull, again: number): void {
    if (!this.#pulls.delete(pull)) return;
    if (again === 0 && pull.isSilent) this.#linger(pull);
    else pull.close();
    if (again > 0) this.#rest(again);
    else this.pump();
  }

  #linger(pull: Pull): void {
    this.#lingering.add(pull);
    pull.linger(() => this.#lingering.delete(pull));
  }

  /** Does not pull for a moment: whoever was asked is not there, or has enough of it. */
  #rest(ms: number): void {
    if (this.#state !== 'ready') return;
    this.#state = 'waiting';
    setTimeout(() => {
      if (this.#state !== 'waiting') return;
      this.#state = 'ready';
      this.pump();
    }, ms);
  }

  #arrived(message: Message): void {
    if (this.#state === 'over') {
      this.release(message);
      return;
    }
    this.#hold(message);
    if (this.#taker.wanted > 0 && this.#spare.length === 0) {
      this.#give(message);
      this.pump();
      return;
    }
    this.#spare.push(message);
    this.#watchSpare();
    this.pump();
  }

  /** If nothing spare is taken for a while, all of it is given back. */
  #watchSpare(): void {
    if (this.#spareTimer !== null) return;
    const oldest = this.#spare[0];
    this.#spareTimer = setTimeout(() => {
      this.#spareTimer = null;
      if (this.#spare[0] === oldest) this.#giveBackSpare();
      if (this.#spare.length > 0) this.#watchSpare();
    }, SPARE_MS);
  }

  #giveBackSpare(): void {
    this.#ahead = 0;
    // The last first: each goes to the front.
    for (const message of this.#spare.splice(0).reverse()) this.release(message);
  }

  // ───────────────────────────────────────────────────────────── keeping alive

  #hold(message: Message): void {
    this.#held.add(message);
    this.#life ??= setInterval(() => this.#signOfLife(), this.#ackWait / 3);
  }

  #letGo(message: Message): void {
    this.#held.delete(message);
    if (this.#held.size > 0 || this.#life === null) return;
    clearInterval(this.#life);
    this.#life = null;
  }

  #signOfLife(): void {
    for (const { reply } of this.#held) this.#jet.wire.tell(reply, '+WPI');
  }

  // ───────────────────────────────────────────────────────────── settling

  /** Final, and told until it is confirmed: true. False: it never was. */
  ack(message: Message): Promise<boolean> {
    return this.#track(this.#tellUntilConfirmed(message, '+ACK'));
  }

  /** Gives it back after `delay` ms. Told once: whoever has it then is not to be disturbed by a second time. */
  nack(message: Message, delay: number): void {
    this.#letGo(message);
    this.#tellOnce(message, delay > 0 ? `-NAK {"delay": ${Math.round(delay * 1e6)}}` : NAK);
  }

  /** All that came is gone, with what it was pulled from. */
  forget(): void {
    this.#spare.length = 0;
    for (const message of this.#held) this.#letGo(message);
  }

  /** Gives it back unused. */
  release(message: Message): void {
    this.#taker.returned(message);
    this.nack(message, 0);
  }

  /** It will not be delivered again, once `stored` has resolved: it is a dead letter. If that fails, it comes back. */
  bury(message: Message, stored: () => Promise<void>): void {
    void this.#track(
      (async () => {
        try {
          await stored();
          await this.#tellUntilConfirmed(message, '+TERM');
        } finally {
          this.#letGo(message);
        }
      })(),
    );
  }

  #track(settlement: Promise<void>): Promise<boolean> {
    const confirmed = settlement
      .then(
        () => true,
        () => false,
      )
      .finally(() => this.#confirming.delete(confirmed));
    this.#confirming.add(confirmed);
    return confirmed;
  }

  async #tellUntilConfirmed(message: Message, what: string): Promise<void> {
    const { wire } = this.#jet;
    const since = performance.now();
    try {
      for (let backoff = 20; ; backoff = Math.min(2 * backoff, 1000)) {
        await wire.up();
        try {
          await wire.request(message.reply, what, ACK_PATIENCE_MS);
          return;
        } catch (error) {
          const isOver = performance.now() - since > GIVE_UP_MS || wire.status === 'closed';
          if (isOver || !this.#held.has(message) || !(error instanceof Unknown || error instanceof Nobody)) throw error;
        }
        await pause(backoff);
      }
    } finally {
      this.#letGo(message);
    }
  }

  #tellOnce(message: Message, what: string): void {
    this.#jet.wire.tell(message.reply, what);
  }

  // ───────────────────────────────────────────────────────────── the end

  /** Gives back all that is held, and pulls no more. What is being confirmed goes on until it is. */
  close(lent: Iterable<Message>): Promise<unknown> {
    this.#state = 'over';
    const { wire } = this.#jet;
    wire.reconnected.delete(this.#reconnected);
    wire.refused.delete(this.#refused);
    if (this.#spareTimer !== null) clearTimeout(this.#spareTimer);
    // What is on its way to us is given back, too.
    const drained = [...this.#pulls, ...this.#lingering].map((pull) => pull.drain());
    this.#pulls.clear();
    this.#lingering.clear();
    for (const message of [...this.#spare.splice(0), ...lent].reverse()) this.release(message);
    return Promise.all([...drained, ...this.#confirming]);
  }
}

/**
 * One request for several messages. It has a subscription of its own: what is delivered to it bears the subject that it was
 * sent to, and so tells only by its subscription whose it is.
 */
class Pull {
  /** Messages that have not come. */
  left: number;
  isSilent = false;
  readonly inbox: string;
  readonly #wire: Wire;
  readonly #subscription: Subscription;
  readonly #silent: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(wire: Wire, count: number, by: { heard(message: Msg): void; silent(): void }) {
    this.left = count;
    this.#wire = wire;
    this.#silent = () => by.silent();
    this.inbox = wire.inbox();
    this.#subscription = wire.connection.subscribe(this.inbox, {
      callback: (error, message) => {
        if (error !== null) return;
        if (!this.isSilent) this.#listen();
        by.heard(message);
      },
    });
  }

  send(subject: string, body: string): void {
    this.#listen();
    this.#wire.connection.publish(subject, body, { reply: this.inbox });
  }

  #listen(): void {
    this.#stop();
    this.#timer = setTimeout(() => {
      this.isSilent = true;
      this.#silent();
    }, 3 * HEARTBEAT_MS);
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Is closed, and tells of it, when nothing can come any more. */
  linger(over: () => void): void {
    this.#timer = setTimeout(() => {
      over();
      this.close();
    }, 2 * EXPIRES_MS);
  }

  /** Hears what was sent to it before the server knows that it is closed. Resolves when it does. */
  async drain(): Promise<void> {
    this.#stop();
    this.isSilent = true;
    if (!this.#wire.connection.isClosed()) await this.#subscription.drain().catch(() => undefined);
  }

  close(): void {
    this.#stop();
    if (!this.#wire.connection.isClosed()) this.#subscription.unsubscribe();
  }
}

const NAK = '-NAK';
