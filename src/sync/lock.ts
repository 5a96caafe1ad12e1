// The one permit of a mutex, and in whose name it is held: a coroutine that loses it to a condition gets it back in that name,
// and work under the lock releases what is its own, not what somebody else has locked meanwhile.
//
// Invariants (`check()` asserts the first):
//   1. somebody holds it  <=>  `holder` says who: a coroutine, an observer, work under the lock, or a mark for one unknown
//   2. a release that is due is that of one holder, and falls away when the lock is not held in its name any more
//   3. all who regain it in one name have one place in line, and hold it together
//
// A name is not a right: whoever calls `unlock` unlocks.

import type { Line } from '../base/line.ts';
import { LineOf } from '../core/line-of.ts';
import { detain, joinRests } from '../core/rest.ts';
import { afterwards, turn } from '../core/turn.ts';
import { partyOf, type Rest, serve, settleLine, Standing, tellAll, type Waiter, withdraw } from '../core/waiter.ts';
import { Permits } from './permits.ts';

export class Lock extends Permits {
  holder: object | null = null;
  /** Whose it is to be released from at the end of this library call. */
  #due: object | null = null;
  /** Those who regain it, by the name in which they do. Made when somebody has to wait for that. */
  #regaining: Map<object, Regaining> | null = null;

  constructor(owner: { readonly name: string }, verb: string) {
    super(owner, 1, verb);
  }

  override take(count: number, taker: object = turn.current ?? {}): void {
    super.take(count);
    this.holder = taker;
  }

  override giveBack(count: number): void {
    super.giveBack(count);
    this.holder = null;
  }

  override claim(holder: object): void {
    this.holder = holder;
  }

  override belongsTo(...holders: (object | null)[]): boolean {
    return this.holder !== null && holders.includes(this.holder);
  }

  /** Releases it at the end of this library call, once, however many ask for it. Precondition: it is held. */
  releaseAfterwards(): void {
    this.#due = this.holder;
    afterwards(this);
  }

  override perform(): void {
    if (turn.parking > 0) {
      // Somebody is about to wait for another condition of it, beside this one.
      afterwards(this);
      return;
    }
    // What was due may have been done by the user meanwhile.
    if (this.#due !== null && this.holder === this.#due) this.giveBack(1);
    this.#due = null;
    super.perform();
  }

  /** To hold it again, in the name of `holder`. */
  regainedBy(holder: object): Rest {
    return { join: joinRests, park: (waiter) => this.#regain(holder, waiter), detain };
  }

  #regain(holder: object, waiter: Waiter): void {
    // By another way, a `lock()` that was a case beside; or it was not released yet.
    const hasIt = this.holder !== null && (this.holder === holder || this.holder === partyOf(waiter));
    if (!hasIt && !this.fits(1)) {
      this.#standInLine(holder).append(waiter);
      return;
    }
    if (hasIt) {
      this.#due = null;
      this.holder = holder;
    } else this.take(1, holder);
    serve(waiter, undefined);
  }

  #standInLine(holder: object): Line<Waiter> {
    this.#regaining ??= new Map();
    let regaining = this.#regaining.get(holder);
    if (regaining === undefined) {
      regaining = new Regaining(this, holder);
      this.#regaining.set(holder, regaining);
      this.enqueue(regaining, 1);
    }
    return regaining.waiting;
  }

  /** `holder` has it, or nobody waits for that any more. */
  regained(holder: object): void {
    this.#regaining?.delete(holder);
  }

  override check(): void {
    super.check();
    if ((this.holder === null) !== (this.held === 0))
      throw new Error(`${this.owner.name}: ${this.held} is held, by ${this.holder === null ? 'nobody' : 'somebody'}`);
  }
}

/** Stands in line for all who regain a lock in one name. */
class Regaining extends Standing {
  readonly waiting: Line<Waiter>;
  readonly party: object;
  readonly #lock: Lock;
  readonly #settled: Waiter[] = [];

  constructor(lock: Lock, party: object) {
    super();
    this.#lock = lock;
    this.party = party;
    this.waiting = new Regainers(lock.owner, this);
  }

  override settle(): void {
    this.#lock.regained(this.party);
    settleLine(this.waiting, undefined, this.#settled);
  }
  tell(): void {
    tellAll(this.#settled);
  }

  /** The last of them has left. */
  giveUp(): void {
    this.#lock.regained(this.party);
    withdraw(this);
  }
}

class Regainers extends LineOf {
  readonly #regaining: Regaining;

  constructor(owner: { readonly name: string }, regaining: Regaining) {
    super('lock again', owner);
    this.#regaining = regaining;
  }

  override leave(waiter: Waiter): null {
    super.leave(waiter);
    if (this.first === null) this.#regaining.giveUp();
    return null;
  }
}
