// Clean-up, passed on through an observable.
//
// An operation that is withdrawn returns what it leaves to be done; an Observable that is unsubscribed returns nothing. So a
// source of ours leaves it to the subscriber that it was given, if that is one of ours, which takes it over: it *inherits*.
// In between there can be nothing but operators of ours: those of RxJS put a subscriber of their own there, which does not know.

import type { Rest } from './waiter.ts';

/** How we know our own, whichever copy of the library made it. */
export const HEIR: symbol = /* @__PURE__ */ Symbol.for('rxsluice.heir');

/** A subscriber that waits for the clean-up of its source, or knows who does. */
export interface Heir {
  /** `HEIR`. */
  readonly heir: symbol;
  /** May be called as long as its source goes on, and while it unsubscribes. */
  inherit(rest: Rest): void;
}

/** Leaves `rest`, if there is any, to `subscriber`, if that cares. */
export function bequeath(rest: Rest | null, subscriber: object): void {
  if (rest !== null && (subscriber as Partial<Heir>).heir === HEIR) (subscriber as Heir).inherit(rest);
}
