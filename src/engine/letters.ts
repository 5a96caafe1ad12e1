// What one reader sees of the dead letters of a queue. Readers compete, each letter goes to one of them, in one line; one that
// is cancelled leaves the letters to the others.
//
// Invariants (`check()` asserts them):
//   1. whoever waits here for a letter has a stand-in, in `#standIns` and in the line of the letters themselves
//   2. somebody waits in `enders`  <=>  the watch stands among those who wait for the end of the letters
//   3. it has ended  =>  nobody waits here

import { CancelledError } from '../base/errors.ts';
import type { Channel } from '../channel/channel.ts';
import { End } from '../core/outcome.ts';
import { LineOf } from '../core/line-of.ts';
import { Unbuffered } from '../core/unbuffered.ts';
import { enter, exit } from '../core/turn.ts';
import { type Place, type Rest, settleAll, Standing, tellAll, type Waiter, withdraw } from '../core/waiter.ts';

export class Letters<T> extends Unbuffered<T> {
  /** @internal */
  override readonly enders: LineOf = new Enders(this);
  readonly #origin: Channel<T>;
  readonly #standIns = new Set<StandIn>();
  readonly #watch: Watch;
  #end: End | null;

  /** `end`: that of its engine, if it comes after it. */
  constructor(origin: Channel<T>, end: End | null) {
    super();
    this.#origin = origin;
    this.#end = end;
    this.#watch = new Watch(this.enders);
  }

  get name(): string {
    return this.#origin.name;
  }

  /** @internal */
  ready(): boolean {
    return this.#end !== null || this.#origin.ready();
  }
  /** @internal */
  take(): unknown {
    return this.#end ?? this.#origin.take();
  }
  /** @internal */
  restore(value: T): void {
    this.#origin.restore(value);
  }
  /** @internal */
  ended(): End | null {
    return this.#end ?? this.#origin.ended();
  }

  /** @internal */
  override keep(waiter: Waiter, place: 'first' | 'last'): void {
    const standIn = new StandIn(waiter, this.#standIns);
    this.#origin.keep(standIn, place);
  }

  /** @internal Somebody waits for the end, or nobody any more. */
  endersChanged(): void {
    if (this.enders.first === null) withdraw(this.#watch);
    else if (this.#watch.place === null && this.ended() === null) this.#origin.enders.append(this.#watch);
  }

  /** Ends this reader, and leaves the letters to others. */
  cancel(reason?: unknown): boolean {
    if (this.ended() !== null) return false;
    const end = (this.#end = new End(this, 'cancelled', new CancelledError(this.name, reason)));
    const settled: Waiter[] = [];
    enter();
    try {
      for (const standIn of [...this.#standIns]) {
        withdraw(standIn);
        standIn.settle(end);
        settled.push(standIn);
      }
      withdraw(this.#watch);
      tellAll(settled);
      settleAll(this.enders, undefined);
    } finally {
      exit();
    }
    return true;
  }

  override toString(): string {
    return `${this.name} (${this.#origin.size} to take${this.ended() === null ? '' : ', ended'})`;
  }

  /** @internal */
  override check(): void {
    super.check();
    const fail = (what: string): never => {
      throw new Error(`${String(this)}: ${what}`);
    };
    for (const { place } of this.#standIns) if (place !== this.#origin.receivers) fail('one who waits stands nowhere');
    if (this.ended() !== null && this.#standIns.size > 0) fail('somebody waits for what has ended');
    if ((this.enders.first !== null) !== (this.#watch.place !== null)) fail('the end is not watched for');
  }
}

/** Stands in the line of the letters for one who waits here. */
class StandIn extends Standing implements Place {
  readonly #user: Waiter;
  readonly #all: Set<StandIn>;

  constructor(user: Waiter, all: Set<StandIn>) {
    super();
    this.#user = user;
    this.#all = all;
    user.place = this;
    all.add(this);
  }

  override get quiet(): boolean {
    return this.#user.quiet;
  }
  override get asleep(): boolean {
    return this.#user.asleep;
  }
  override get subscribed(): boolean {
    return this.#user.subscribed === true;
  }
  get party(): object {
    return this.#user.party ?? this.#user;
  }
  override settle(parcel: unknown): void {
    this.#all.delete(this);
    this.#user.place = null;
    this.#user.settle(parcel);
  }
  tell(): void {
    this.#user.tell();
  }
  override followed(): void {
    this.#user.followed?.();
  }
  override passedOver(): void {
    this.#all.delete(this);
    this.#user.place = null;
    this.#user.passedOver?.();
  }
  leave(): Rest | null {
    this.#all.delete(this);
    this.#user.place = null;
    return withdraw(this);
  }
  override toString(): string {
    return String(this.place);
  }
}

/** Those who wait for the end of one reader. */
class Enders extends LineOf {
  readonly #letters: { readonly name: string; endersChanged(): void };

  constructor(letters: { readonly name: string; endersChanged(): void }) {
    super('the end of', letters);
    this.#letters = letters;
  }
  override append(waiter: Waiter): void {
    super.append(waiter);
    this.#letters.endersChanged();
  }
  override leave(waiter: Waiter): null {
    super.leave(waiter);
    this.#letters.endersChanged();
    return null;
  }
}

/** Waits for the end of the letters, for all who wait for that of this reader. */
class Watch extends Standing {
  readonly #enders: LineOf;

  constructor(enders: LineOf) {
    super();
    this.#enders = enders;
  }
  tell(): void {
    settleAll(this.#enders, undefined);
  }
}
