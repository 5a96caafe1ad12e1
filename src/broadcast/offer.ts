// One value on its way to the taps: to those that have room at once, to the others when they have.
//
//   showing ──► waiting ──► settled ──told──► over
//      │           └──its user left──────────► over
//      └──its user left──► left ──all taps have seen it──► over
//
// Invariant: waiting  =>  a part of it stands in the line of each tap that is still without the value.

import type { Offered } from '../channel/bound.ts';
import { ACCEPTED } from '../channel/send.ts';
import { type Place, Standing, type Waiter, withdraw } from '../core/waiter.ts';
import type { Sent } from './replay.ts';
import type { Tap } from './tap.ts';

/** Who is told what becomes of a value. */
export interface Fates<T> {
  /** A tap that had no room has it. */
  seen(sent: Sent<T>): void;
  /** Nobody got it. */
  withdrawn(sent: Sent<T>): void;
}

/** The place of the one who sends: it has one part in the line of each tap that is full. */
export class Offer<T> implements Place {
  readonly #name: string;
  readonly #sent: Sent<T>;
  readonly #offered: Offered<T>;
  readonly parts: OfferWaiter[] = [];
  /** Parts that wait. */
  #open = 0;
  /** Who sends; null once served, or gone, or if nobody waits for it. */
  #user: Waiter | null;
  #state: 'showing' | 'left' | 'waiting' | 'settled' | 'over' = 'showing';
  readonly #fates: Fates<T>;

  constructor(name: string, sent: Sent<T>, offered: Offered<T>, user: Waiter | null, fates: Fates<T>) {
    this.#name = name;
    this.#sent = sent;
    this.#offered = offered;
    this.#user = user;
    this.#fates = fates;
    if (user !== null) user.place = this;
  }

  get needs(): 'all' {
    return 'all';
  }

  /** Gets in line at `tap`. */
  stand(tap: Tap<T>): void {
    const part = new OfferWaiter(this);
    part.request = this.#offered;
    this.parts.push(part);
    this.#open++;
    this.#sent.waits = true;
    tap.senders.append(part);
  }

  /** All taps have seen the value. Whoever sends it is settled, if none is without it. */
  shown(): void {
    if (this.#state === 'left') this.#withdraw();
    else {
      this.#state = 'waiting';
      this.#settle();
    }
  }

  /** A part was served: its tap has the value, or is gone. */
  served(): void {
    this.#fates.seen(this.#sent);
    this.#open--;
    if (this.#state === 'waiting') this.#settle();
  }

  #settle(): void {
    if (this.#open > 0) return;
    this.#state = 'settled';
    this.#sent.waits = false;
    if (this.#user === null) return;
    this.#user.place = null;
    this.#user.settle(ACCEPTED);
  }

  tell(): void {
    if (this.#state !== 'settled') return;
    this.#state = 'over';
    this.#user?.tell();
  }

  leave(waiter: Waiter): null {
    waiter.place = null;
    this.#user = null;
    if (this.#state === 'showing') this.#state = 'left';
    else this.#withdraw();
    return null;
  }

  #withdraw(): void {
    this.#state = 'over';
    this.#sent.waits = false;
    for (const part of this.parts) withdraw(part);
    if (!this.#sent.seen) this.#fates.withdrawn(this.#sent);
  }

  toString(): string {
    return `send on ${this.#name}`;
  }
}

/** Stands in the line of one tap. */
class OfferWaiter extends Standing {
  readonly #offer: Offer<any>;

  constructor(offer: Offer<any>) {
    super();
    this.#offer = offer;
  }

  /** What becomes of the value is reported by the offer. */
  override get quiet(): boolean {
    return true;
  }
  override settle(): void {
    this.request = undefined;
    this.#offer.served();
  }
  tell(): void {
    this.#offer.tell();
  }
}
