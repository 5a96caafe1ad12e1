import { Line } from '../base/line.ts';
import type { Offered } from '../channel/bound.ts';
import { valueOf } from '../channel/send.ts';
import type { UndeliveredReason } from '../channel/options.ts';
import { takeRequest, type Waiter } from '../core/waiter.ts';

/** What those who wait unseen ask of their broadcast. */
export interface Stand<T> {
  readonly name: string;
  /** A value is being delivered. */
  readonly delivers: boolean;
  /** Shows what is `offered` to the taps; `sender` waits for those that have no room. */
  begin(sender: Waiter, offered: Offered<T>): void;
  lose(value: T, reason: UndeliveredReason): void;
  /** Whoever waits unseen is to be looked at. */
  stirred(): void;
}

/** Those who wait to send, and whose value no tap has seen. */
export class Unseen<T> extends Line<Waiter> {
  readonly of: Stand<T>;

  constructor(stand: Stand<T>) {
    super();
    this.of = stand;
  }

  /** One who does not have to wait unseen is shown to the taps at once. */
  override append(waiter: Waiter): void {
    const stand = this.of;
    if (this.first !== null || waiter.quiet || stand.delivers) {
      super.append(waiter);
      return;
    }
    stand.begin(waiter, takeRequest(waiter) as Offered<T>);
  }

  override leave(waiter: Waiter): null {
    super.leave(waiter);
    const value = valueOf(waiter) as T;
    if (!waiter.quiet) this.of.lose(value, 'withdrawn');
    this.of.stirred();
    return null;
  }

  override toString(): string {
    return `send on ${this.of.name}`;
  }
}
