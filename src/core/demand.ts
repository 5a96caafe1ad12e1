// Backpressure through RxJS's operators.
//
// An Observable is subscribed and then pushes. But who subscribes to a channel with a `Demand` is pulled for: the channel's
// subscription looks at the demand before it takes each value, and waits while the demand is shut. Nothing of RxJS is
// patched for that: the one who subscribes offers its demand for the length of the `subscribe` call, to the root of the
// chain of operators and to nobody else, and the root takes it if it knows how to be pulled, and if the one who subscribes to
// it delivers straight to the consumer: each subscriber that an RxJS operator makes knows its `destination`.
//
// What holds: between the root and the consumer, an operator that answers each value at once with at most one (map, filter,
// tap, scan, take, …) keeps pulling exact: the demand is shut in the very call in which a value takes the last free place.
// An operator that answers later (delay, debounceTime) has values under way that were pulled while a place was free; one
// that makes many of one (mergeMap, concatMap) may deliver more than there are places. What then arrives too early is the
// consumer's to keep, by its own policy. A chain that does not begin at the root (merge, defer, combineLatest), one that is
// subscribed anew later (retry, repeat), and one that many listen to (share) are pushed: in the last, one slow consumer would
// stop all others. `mergeSelect` is the merge that can be pulled.

import type { Observable, Subscriber } from 'rxjs';
import { shared } from './shared.ts';

const PULLED = Symbol.for('rxsluice.pulled');

/** The mark of what can be pulled: a root that takes a demand. Whichever copy of the library made it. */
export function pulled(): symbol {
  return PULLED;
}

/** Whether the chain of operators that `source` is was applied to what can be pulled. */
export function canBePulled(source: Observable<unknown>): boolean {
  return (rootOf(source) as { readonly pull?: unknown }).pull === PULLED;
}

/** What can be told to go on, and to wait. */
export interface Pausable {
  resume(): void;
  pause(): void;
}

export class Demand {
  #open = true;
  #tap: Pausable | null = null;

  get isOpen(): boolean {
    return this.#open;
  }
  /** Somebody pulls for it. */
  get isTaken(): boolean {
    return this.#tap !== null;
  }

  /** Whether the next value is wanted. */
  set(open: boolean): void {
    if (this.#open === open) return;
    this.#open = open;
    if (open) this.#tap?.resume();
    else this.#tap?.pause();
  }

  connect(tap: Pausable): void {
    this.#tap = tap;
  }
}

const offer = /* @__PURE__ */ shared('offer', () => ({
  root: null as Observable<unknown> | null,
  consumer: null as object | null,
  demand: null as Demand | null,
}));

/** Subscribes `subscriber` to `source`; the root of its chain is offered `demand`. */
export function subscribeWith<T>(demand: Demand, source: Observable<T>, subscriber: Subscriber<T>): void {
  const outer = { ...offer };
  Object.assign(offer, { root: rootOf(source), consumer: subscriber, demand });
  try {
    source.subscribe(subscriber);
  } finally {
    Object.assign(offer, outer);
  }
}

/** The demand that was offered to `root` by the `subscribe` call under way, for `subscriber`; it is taken once. */
export function takeDemand(root: Observable<unknown>, subscriber: object): Demand | null {
  if (offer.root !== root || !leadsTo(offer.consumer, subscriber)) return null;
  offer.root = null;
  return offer.demand;
}

/** Whether what `subscriber` gets is passed on to `consumer`, and to nobody else. */
function leadsTo(consumer: object | null, subscriber: object): boolean {
  let at: object | null | undefined = subscriber;
  while (at !== consumer && at !== null && at !== undefined) at = (at as { destination?: object | null }).destination;
  return at === consumer;
}

/** What the chain of operators was applied to: RxJS notes it in each Observable that an operator made. */
function rootOf(source: Observable<unknown>): Observable<unknown> {
  let root = source;
  for (;;) {
    const { source: inner } = root as unknown as { source: Observable<unknown> | undefined };
    if (inner === undefined) return root;
    root = inner;
  }
}
