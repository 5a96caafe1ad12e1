// How an operator of ours stands between a source and a destination. Every operator uses this, and nothing else.
//
// The subscriber that listens to the source belongs to the destination before it is subscribed. So a destination that has
// had enough (`take(3)`) closes it in the middle of a synchronous source, which then stops: with the usual
// `new Observable((sub) => source.subscribe(…))` it would run to its end first.

import { from, Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { inOwn } from '../core/ambient.ts';
import { type Demand, subscribeWith } from '../core/demand.ts';
import { bequeath } from '../core/heir.ts';
import { OwnSubscriber } from '../core/own-subscriber.ts';
import { turn } from '../core/turn.ts';
import type { Rest } from '../core/waiter.ts';

export interface Handlers<In> {
  next(value: In): void;
  /** Default: passes it on. */
  error?(error: unknown): void;
  /** Default: passes it on. */
  complete?(): void;
  /** How much of the source is wanted (default: all of it, at once). */
  readonly demand?: Demand;
  /** Called when it is over, in whatever way; the source is quiet by then. */
  finalize?(): void;
}

/**
 * `connect` is called for each subscription, with the destination, and with what leaves the source while the destination still
 * listens; it returns what to do with the source's events.
 */
export function operate<In, Out>(
  connect: (destination: Subscriber<Out>, leave: () => void) => Handlers<In>,
): OperatorFunction<In, Out> {
  return (input) => {
    const output = new Observable<Out>((destination) => {
      if (turn.ambient === null) stand(connect, input, destination);
      else inOwn(() => stand(connect, input, destination));
    });
    // As RxJS notes it, so that who pulls finds the root of the chain.
    (output as unknown as { source: Observable<In> }).source = input;
    return output;
  };
}

function stand<In, Out>(
  connect: (destination: Subscriber<Out>, leave: () => void) => Handlers<In>,
  input: Observable<In>,
  destination: Subscriber<Out>,
): void {
  const handlers = connect(destination, () => intake.unsubscribe());
  if (destination.closed) return;
  const intake: Intake<In> = new Intake(destination, handlers);
  destination.add(intake);
  if (handlers.finalize !== undefined) destination.add(() => handlers.finalize?.());
  // Of another RxJS's Observable, too: that one does not tell our subscriber how to unsubscribe.
  const source = from(input);
  if (handlers.demand === undefined) source.subscribe(intake);
  else subscribeWith(handlers.demand, source, intake);
}

/** What a handler throws is the destination's error. */
class Intake<In> extends OwnSubscriber<In> {
  readonly #destination: Subscriber<never>;
  readonly #handlers: Handlers<In>;

  constructor(destination: Subscriber<never>, handlers: Handlers<In>) {
    super();
    this.#destination = destination;
    // Where its values go, as every subscriber of RxJS says it.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- There is no other way to say it.
    this.destination = destination;
    this.#handlers = handlers;
  }

  override inherit(rest: Rest): void {
    bequeath(rest, this.self.#destination);
  }

  protected override _next(value: In): void {
    const { self } = this;
    try {
      self.#handlers.next(value);
    } catch (error) {
      self.#destination.error(error);
    }
  }

  // As in RxJS: the destination hears of it before the source is torn down.
  protected override _error(error: unknown): void {
    const { self } = this;
    try {
      if (self.#handlers.error === undefined) self.#destination.error(error);
      else self.#handlers.error(error);
    } finally {
      self.unsubscribe();
    }
  }

  protected override _complete(): void {
    const { self } = this;
    try {
      if (self.#handlers.complete === undefined) self.#destination.complete();
      else self.#handlers.complete();
    } finally {
      self.unsubscribe();
    }
  }
}
