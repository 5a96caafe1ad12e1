// A channel that owns what feeds it: it is over when it has ended, and what fed it has cleaned up.
//
// Invariant (`check()` asserts it): somebody waits in `whenEnded`  =>  not over
//
// What an observable of ours leaves to clean up when it is unsubscribed, it leaves to who listened; a channel that is cancelled
// says it by `whenEnded`. A promise that somebody else's iterator answers with is not waited for: it may never come.

import { Remains } from '../core/clean-up.ts';
import { LineOf } from '../core/line-of.ts';
import type { Operation } from '../core/operation.ts';
import type { End } from '../core/outcome.ts';
import { Reached } from '../core/reached.ts';
import { enter, exit } from '../core/turn.ts';
import { type Rest, settleAll, type Waiter } from '../core/waiter.ts';
import { Channel } from './channel.ts';

export abstract class OwningChannel<T> extends Channel<T> {
  /** Those who wait until it is over. */
  readonly #leavers = new LineOf('the end of', this);

  /** @internal What feeds it is at work, or cleans up: it is not over, also if it has ended. */
  protected abstract get isFed(): boolean;

  get #isOver(): boolean {
    return !this.isFed && this.ended() !== null;
  }

  /** @internal What fed it is gone, perhaps. */
  lookAtEnd(): void {
    if (this.#isOver) settleAll(this.#leavers, undefined);
  }

  /** @internal */
  override finish(end: End, settled?: Waiter[]): void {
    super.finish(end, settled);
    this.lookAtEnd();
  }

  override whenEnded(): Operation<void> {
    return new Reached(this.#leavers, () => this.#isOver);
  }

  /** @internal */
  override check(): void {
    super.check();
    this.#leavers.check();
    if (this.#leavers.first !== null && this.#isOver) throw new Error(`${this.name}: somebody waits for what is over`);
  }
}

/** One whose source may leave something to clean up. */
export abstract class FedChannel<T> extends OwningChannel<T> {
  #left: Left | null = null;

  /** @internal */
  protected get isFed(): boolean {
    return this.#left?.isOver === false;
  }

  /** @internal What its source leaves to be done. */
  inherit(rest: Rest | null): void {
    if (rest !== null) (this.#left ??= new Left(this)).add(rest);
  }
}

/** What is left to clean up. What fails in there is reported: the end of a channel does not fail. */
class Left extends Remains {
  readonly #channel: FedChannel<unknown>;

  constructor(channel: FedChannel<any>) {
    super(channel);
    this.#channel = channel;
  }

  override end(parcel: unknown): void {
    super.end(parcel);
    enter();
    try {
      this.#channel.lookAtEnd();
    } finally {
      exit();
    }
  }
}
