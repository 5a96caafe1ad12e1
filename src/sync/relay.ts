import type { Observable } from 'rxjs';
import { Starting } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { OwnSubscriber } from '../core/own-subscriber.ts';
import { detain, joinRests } from '../core/rest.ts';
import { enter, exit, turn } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { partyOf, type Place, type Rest, type Waiter } from '../core/waiter.ts';

/** Gets what is passed on. */
interface Receiver {
  next(value: unknown): void;
}

/** Passes on to `destination` what `input` emits, and waits for its end and for its teardown. */
export class Relayed extends Starting<never> {
  readonly #input: Observable<unknown>;
  readonly #destination: Receiver;

  constructor(input: Observable<unknown>, destination: Receiver) {
    super();
    this.#input = input;
    this.#destination = destination;
  }

  park(waiter: Waiter): void {
    new Relay(waiter, this.#destination).connect(this.#input);
  }
}

/** The place of one who waits for the end of an observable. */
class Relay extends OwnSubscriber<unknown> implements Place, Rest {
  #waiter: Waiter;
  /** What its source has left to be done. */
  readonly #rests: Rest[] = [];
  readonly #destination: Receiver;
  /** Inside of the source's subscribe function: it has not returned its teardown yet, which would run when it does. */
  #connecting = true;
  /** What the one who waits is to be settled with. */
  #outcome: { readonly parcel: unknown } | null = null;

  // Not `destination`: that is Subscriber's own field.
  constructor(waiter: Waiter, receiver: Receiver) {
    super();
    this.#waiter = waiter;
    this.#destination = receiver;
  }

  connect(input: Observable<unknown>): void {
    this.#waiter.place = this;
    turn.watch?.listens?.(this, input);
    input.subscribe(this);
    this.#connecting = false;
    if (this.#outcome !== null) this.#serve(this.#outcome.parcel);
  }

  protected override _next(value: unknown): void {
    this.self.#destination.next(value);
  }
  /** @internal For those who look on: who waits. */
  get asker(): object {
    return partyOf(this.#waiter);
  }

  protected override _error(error: unknown): void {
    this.self.#end(new Failure(error));
  }
  protected override _complete(): void {
    this.self.#end(undefined);
  }

  #end(parcel: unknown): void {
    const waiter = this.#waiter;
    this.#stop();
    // That may have made it leave.
    if (this.#waiter !== waiter || waiter.place !== this) return;
    if (this.#connecting) this.#outcome = { parcel };
    else this.#serve(parcel);
  }

  /** The source's teardown; what it throws must not keep permits from being released. */
  #stop(): void {
    try {
      this.unsubscribe();
    } catch (error) {
      reportUnhandled(error);
    }
  }

  override inherit(rest: Rest): void {
    this.self.#rests.push(rest);
  }

  #serve(parcel: unknown): void {
    const waiter = this.#waiter;
    enter();
    try {
      waiter.place = null;
      waiter.settle(parcel);
      const rest = joinRests(this.#rests);
      if (rest !== null) waiter.linger(rest);
      waiter.tell();
    } finally {
      exit();
    }
  }

  leave(waiter: Waiter): Rest | null {
    waiter.place = null;
    this.#outcome = null;
    this.#stop();
    return joinRests([this.#connecting ? this : null, ...this.#rests]);
  }

  /** Waits for a source that was left inside of its subscribe function. */
  park(waiter: Waiter): void {
    this.#waiter = waiter;
    waiter.place = this;
    this.#outcome = { parcel: undefined };
  }
  detain(waiter: Waiter, rests: readonly Rest[]): void {
    detain(waiter, rests);
  }

  override toString(): string {
    return 'an observable';
  }
}
