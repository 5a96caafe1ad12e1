// Those who hear of every committed state: subscribers, and those who wait in a `when`, in one line.
//
// Invariants (`check()` asserts them):
//   1. a change is told to everybody before the next change is told to anybody
//   2. whoever joins has seen the state of that moment, and hears of those that are committed afterwards
//   3. changes that wait to be told  =>  somebody is being told now (or they will be before this library call returns)
//
// A commit inside of a listener's callback is a commit like any other: the state has changed when it returns. Only telling of
// it waits until all have heard of the change before. So everybody sees the same states in the same order, where a
// BehaviorSubject shows the second observer the later state first. It is a loop: nothing recurses with the changes.

import type { Subscriber, Unsubscribable } from 'rxjs';
import { Line, type Linked } from '../base/line.ts';
import { Ring } from '../base/ring.ts';
import { type Surroundings, surroundings } from '../core/ambient.ts';
import { type End, Failure } from '../core/outcome.ts';
import { enter, exit } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { type Place, serve, type Waiter } from '../core/waiter.ts';

/** How an owner ended, for its subscribers. */
export type Finale = { readonly how: 'completed' | 'cancelled' } | { readonly how: 'failed'; readonly cause: unknown };

interface Listener<S> extends Linked<Listener<S>> {
  /** The number of the last change before it came. */
  readonly since: number;
  readonly subscribed: boolean;
  hear(state: S): void;
  finish(finale: Finale): void;
}

/** What an audience tells its owner. */
export interface Stage<S> {
  readonly name: string;
  readonly value: S;
  /** What requests find after the end. */
  readonly end: End | null;
  /** Somebody came or went, or all have been told. */
  audienceChanged(): void;
}

export class Audience<S> extends Line<Listener<S>> {
  readonly #stage: Stage<S>;
  /** Changes to be told: the last `size` ones, but for those that there was nobody to tell of. */
  readonly #changes = new Ring<S>();
  /** Changes so far. */
  #count = 0;
  #telling = false;
  /** Who is to be told next, while telling. */
  #next: Listener<S> | null = null;

  constructor(stage: Stage<S>) {
    super();
    this.#stage = stage;
  }

  /** Somebody is being told. */
  get isTelling(): boolean {
    return this.#telling;
  }
  get number(): number {
    return this.#count;
  }

  override append(listener: Listener<S>): void {
    super.append(listener);
    if (this.first === listener) this.#stage.audienceChanged();
  }

  override leave(listener: Listener<S>): null {
    if (this.#next === listener) this.#next = listener.after;
    super.leave(listener);
    if (this.first === null) this.#stage.audienceChanged();
    return null;
  }

  /** A state was committed. It is told by the next `tellAll`. */
  announce(state: S): void {
    this.#count++;
    if (this.first !== null) this.#changes.push(state);
  }

  /** Tells everybody of all that was announced; if that is going on further out, it goes on there. */
  tellAll(): void {
    if (this.#telling || this.#changes.size === 0) return;
    this.#telling = true;
    this.#tell();
    this.#telling = false;
    this.#stage.audienceChanged();
  }

  #tell(): void {
    const changes = this.#changes;
    while (changes.size > 0) {
      const number = this.#count - changes.size + 1;
      const state = changes.shift();
      for (let listener = this.first; listener !== null; listener = this.#next) {
        this.#next = listener.after;
        if (listener.since < number) listener.hear(state);
      }
    }
  }

  /** Precondition: the owner has ended, and nothing is to be told. */
  finish(finale: Finale): void {
    for (let listener = this.shift(); listener !== null; listener = this.shift()) listener.finish(finale);
  }

  /** Gives `subscriber` the current state, then every change. */
  welcome(subscriber: Subscriber<S>): void {
    const subscription = new OwnerSubscription(this, subscriber);
    subscriber.add(subscription);
    this.#join(subscription);
  }

  /** Has `waiter` wait for a state that satisfies `predicate`; the current one may. */
  watch(waiter: Waiter, predicate: (state: S) => boolean): void {
    const lookout = new Lookout(this, this.#stage, waiter, predicate);
    waiter.place = lookout;
    this.#join(lookout);
  }

  /** Changes that `listener` makes when it hears of the current state are told when it has returned. */
  #join(listener: Listener<S>): void {
    const outermost = !this.#telling;
    this.#telling = true;
    this.append(listener);
    listener.hear(this.#stage.value);
    if (!outermost) return;
    this.#tell();
    this.#telling = false;
    this.#stage.audienceChanged();
  }

  override check(): void {
    super.check();
    if (this.#changes.size > 0 && !this.#telling) throw new Error('an audience has not been told of a change');
    this.#changes.check();
  }
}

/** One subscriber. */
class OwnerSubscription<S> implements Listener<S>, Unsubscribable {
  place: unknown = null;
  before: Listener<S> | null = null;
  after: Listener<S> | null = null;
  readonly since: number;
  readonly #audience: Audience<S>;
  readonly #subscriber: Subscriber<S>;
  readonly #surroundings: Surroundings | null = surroundings();

  constructor(audience: Audience<S>, subscriber: Subscriber<S>) {
    this.since = audience.number;
    this.#audience = audience;
    this.#subscriber = subscriber;
  }

  get subscribed(): boolean {
    return true;
  }

  hear(state: S): void {
    if (this.#surroundings === null) this.#hear(state);
    else this.#surroundings(() => this.#hear(state));
  }

  #hear(state: S): void {
    try {
      this.#subscriber.next(state);
    } catch (error) {
      // That of a Subscriber written by hand.
      this.unsubscribe();
      reportUnhandled(error);
    }
  }

  finish(finale: Finale): void {
    if (this.#surroundings === null) this.#finish(finale);
    else this.#surroundings(() => this.#finish(finale));
  }

  #finish(finale: Finale): void {
    try {
      if (finale.how === 'failed') this.#subscriber.error(finale.cause);
      else this.#subscriber.complete();
    } catch (error) {
      reportUnhandled(error);
    }
  }

  unsubscribe(): void {
    if (this.place === null) return;
    enter();
    this.#audience.leave(this);
    exit();
  }
}

/** One who waits in a `when`: that one's place. */
class Lookout<S> implements Listener<S>, Place {
  place: unknown = null;
  before: Listener<S> | null = null;
  after: Listener<S> | null = null;
  readonly since: number;
  readonly #audience: Audience<S>;
  readonly #stage: Stage<S>;
  readonly #waiter: Waiter;
  readonly #predicate: (state: S) => boolean;
  readonly #surroundings: Surroundings | null = surroundings();

  constructor(audience: Audience<S>, stage: Stage<S>, waiter: Waiter, predicate: (state: S) => boolean) {
    this.since = audience.number;
    this.#audience = audience;
    this.#stage = stage;
    this.#waiter = waiter;
    this.#predicate = predicate;
  }

  get subscribed(): boolean {
    return false;
  }

  hear(state: S): void {
    let parcel: unknown = state;
    try {
      if (!this.#matches(state)) return;
    } catch (error) {
      parcel = new Failure(error);
    }
    // The predicate itself may have withdrawn it, or have made a change that satisfied it.
    if (this.place === null) return;
    this.#audience.leave(this);
    this.#serve(parcel);
  }

  #matches(state: S): boolean {
    return this.#surroundings === null ? this.#predicate(state) : this.#surroundings(() => this.#predicate(state));
  }

  finish(): void {
    this.#serve(this.#stage.end);
  }

  #serve(parcel: unknown): void {
    const waiter = this.#waiter;
    serve(waiter, parcel);
  }

  leave(waiter: Waiter): null {
    waiter.place = null;
    this.#audience.leave(this);
    return null;
  }

  toString(): string {
    return `when on ${this.#stage.name}`;
  }
}
