// One value on its way to those taps that had no room for it when it was sent.

import { ACCEPTED } from '../channel/send.ts';
import { type Place, Standing, type Waiter, withdraw } from '../core/waiter.ts';
import type { Tap } from './tap.ts';

/** The place of the one who sends: it has one part in the line of each tap that is full. */
export class Offer<T> implements Place {
  readonly #name: string;
  readonly #value: T;
  readonly #parts: Part[] = [];
  /** Parts that wait. */
  #open = 0;
  /** Some tap has the value. */
  #taken: boolean;
  /** Who sends; null once served, or gone, or if nobody waits for it. */
  #user: Waiter | null;
  #state: 'waiting' | 'settled' | 'over' = 'waiting';
  readonly #withdrawn: (value: T) => void;

  /** `withdrawn` is called if nobody got the value. */
  constructor(name: string, value: T, user: Waiter | null, withdrawn: (value: T) => void) {
    this.#name = name;
    this.#value = value;
    this.#user = user;
    this.#taken = false;
    this.#withdrawn = withdrawn;
    if (user !== null) user.place = this;
  }

  /** Gets in line at `tap`. */
  stand(tap: Tap<T>): void {
    const part = new Part(this);
    part.parcel = this.#value;
    this.#parts.push(part);
    this.#open++;
    tap.senders.append(part);
  }

  /** Some tap is still without the value. */
  get isOpen(): boolean {
    return this.#open > 0;
  }

  /** A tap took the value at once. */
  taken(): void {
    this.#taken = true;
  }

  /** Nobody is to be waited for. Whoever sends gets `parcel`, unless that one has left, or was served. */
  end(parcel: unknown): void {
    const user = this.#user;
    if (this.#state !== 'waiting' || user === null) return;
    this.#state = 'over';
    user.place = null;
    user.settle(parcel);
    user.tell();
  }

  /** A part was served: its tap has the value, or is gone. */
  served(): void {
    this.#taken = true;
    if (--this.#open > 0) return;
    this.#state = 'settled';
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
    waiter.parcel = undefined;
    this.#user = null;
    this.#state = 'over';
    for (const part of this.#parts) withdraw(part);
    if (!this.#taken) this.#withdrawn(this.#value);
    return null;
  }

  toString(): string {
    return `send on ${this.#name}`;
  }
}

/** Stands in the line of one tap. */
class Part extends Standing {
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
    this.parcel = undefined;
    this.#offer.served();
  }
  tell(): void {
    this.#offer.tell();
  }
}
