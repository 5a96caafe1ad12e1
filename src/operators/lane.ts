// One inner source: the subscriber that listens to it, and what its projection is told.
//
// A lane is no child of the consumer's subscription. That would be a search through all that run, for each one that ends;
// so the one who runs them keeps them in a line, and gives them up when the consumer leaves.

import { from, type ObservableInput } from 'rxjs';
import type { Linked } from '../base/line.ts';
import type { Ring } from '../base/ring.ts';
import { Fiber, type FiberOwner } from '../core/fiber.ts';
import { isCoroutine } from '../core/is-coroutine.ts';
import type { Coroutine } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { OwnSubscriber } from '../core/own-subscriber.ts';
import { LazySignal } from '../core/context.ts';
import { CleanUp } from '../core/clean-up.ts';
import { enter, exit } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { Rest } from '../core/waiter.ts';

/** What a projection is told. */
export interface ProjectContext {
  /** 0 for the first value that is projected. */
  readonly index: number;
  /** Aborts when the inner source is given up, not when it completes. Made when first asked for. */
  readonly signal: AbortSignal;
}

/** Who runs them. */
export interface Host<R> {
  emitted(lane: Lane<R>, value: R): void;
  failed(error: unknown): void;
  /** It has completed, and is torn down. */
  ended(lane: Lane<R>): void;
  /** What an inner source leaves to be cleaned up. */
  inherit(rest: Rest): void;
}

export class Lane<R> extends OwnSubscriber<R> implements Linked<Lane<R>>, ProjectContext {
  place: unknown = null;
  before: Lane<R> | null = null;
  after: Lane<R> | null = null;
  readonly key: unknown;
  /** Where its value came in the source. */
  readonly arrival: number;
  readonly index: number;
  /** Results that wait for their turn; made when there are some. */
  kept: Ring<R> | null = null;
  /** How it ended; while it runs, or when it was given up: null. */
  outcome: 'completed' | 'failed' | null = null;
  /** It has completed, and is torn down. */
  hasEnded = false;
  #signal: LazySignal | null = null;
  readonly #host: Host<R>;

  constructor(host: Host<R>, key: unknown, arrival: number, index: number) {
    super();
    this.#host = host;
    this.key = key;
    this.arrival = arrival;
    this.index = index;
  }

  get signal(): AbortSignal {
    this.#signal ??= new LazySignal();
    if (this.closed && this.outcome === null) this.#signal.abort(undefined);
    return this.#signal.signal;
  }

  run(made: ObservableInput<R> | Coroutine<R>): void {
    // Before it is subscribed: what is made there may be wrong.
    const input = isCoroutine(made) ? new Body(made as Coroutine<R>, this) : from(made);
    // `project` itself may have made it give way, or the consumer leave.
    if (!this.closed) input.subscribe(this);
  }

  protected override _next(value: R): void {
    const { self } = this;
    self.#host.emitted(self, value);
  }

  protected override _error(error: unknown): void {
    const { self } = this;
    self.outcome = 'failed';
    try {
      self.#host.failed(error);
    } finally {
      self.unsubscribe();
    }
  }

  protected override _complete(): void {
    const { self } = this;
    self.outcome = 'completed';
    self.unsubscribe();
  }

  override inherit(rest: Rest): void {
    this.self.#host.inherit(rest);
  }

  /** Torn down before anything else starts, as in RxJS. */
  override unsubscribe(): void {
    const { self } = this;
    if (self.closed) return;
    try {
      super.unsubscribe();
    } finally {
      if (self.outcome === 'completed') self.#host.ended(self);
      else if (self.outcome === null) self.#signal?.abort(undefined);
    }
  }
}

/** A projection that is a coroutine: it emits what that yields, or else returns. As `coroutine`, without an operation that could be waited for. */
class Body<R> implements FiberOwner {
  readonly #body: Coroutine<R>;
  readonly #lane: Lane<R>;
  readonly #fiber = new Fiber(this);
  #hasYielded = false;
  /** Once it was given up. */
  #cleanUp: CleanUp | null = null;

  constructor(body: Coroutine<R>, lane: Lane<R>) {
    this.#body = body;
    this.#lane = lane;
  }

  get name(): string {
    return `queueMap#${this.#lane.index}`;
  }

  subscribe(): void {
    enter();
    try {
      this.#lane.add(this);
      this.#fiber.run();
    } finally {
      exit();
    }
  }

  unsubscribe(): void {
    enter();
    try {
      this.#fiber.cancel();
      if (!this.#fiber.ended) this.#lane.inherit((this.#cleanUp = new CleanUp(this)));
    } finally {
      exit();
    }
  }

  begin(): Coroutine<R> {
    return this.#body;
  }
  yielded(value: unknown): void {
    this.#hasYielded = true;
    this.#tell(() => this.#lane.next(value as R));
  }
  resolved(value: unknown): void {
    this.#cleanUp?.end(undefined);
    this.#tell(() => {
      if (!this.#hasYielded) this.#lane.next(value as R);
      this.#lane.complete();
    });
  }
  #tell(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      // Not an observer's error, which RxJS keeps from us, but that of a Subscriber written by hand.
      reportUnhandled(error);
    }
  }
  failed(error: unknown): void {
    if (this.#cleanUp !== null) this.#cleanUp.end(new Failure(error));
    else if (this.#lane.closed) reportUnhandled(error);
    else this.#lane.error(error);
  }
  stopped(): void {
    this.#cleanUp?.end(undefined);
  }
}
