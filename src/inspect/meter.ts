// Meters: how an inspection hears of what passes through a place. The core has no hook for that, since each would be paid for
// with every value. Instead, a place that is made while somebody looks on has some of its own methods replaced, on that one
// object, by ones that tell the inspection what they have done. Others are not touched.
//
// The methods are `@internal` ones, and each is called once for what it stands for:
//   a channel    accept        a value has been sent; by whoever runs
//                senders.shift the same of one that has waited to be sent
//                take, hand    a value has been received: by whoever runs, or by the first in line
//                takeMany      several have
//                lend, lendTo  a value of a queue is out on a lease; settled, nacked, released, unheard: not any more
//                subscriptions how many subscribe
//   a broadcast  accept, begin a value has been sent
//   a semaphore  take, claim, belongsTo, giveBack of its pool: who holds permits
//   an owner     announce of its audience: a state was committed

import type { Line } from '../base/line.ts';
import type { Waiter } from '../core/waiter.ts';
import { partyOf } from '../core/waiter.ts';
import type { PlaceRecord, Thing } from './places.ts';

/** What a meter tells. `party`: who, if that is known. */
export interface Metered {
  sent(record: PlaceRecord, value: unknown, party: object | null): void;
  received(record: PlaceRecord, value: unknown, party: object | null): void;
  subscribed(record: PlaceRecord, count: number): void;
  lent(record: PlaceRecord, lease: object, party: object | null): void;
  /** A lease of `entry` has ended. */
  returned(entry: object): void;
  /** Who runs; null: plain code. */
  readonly running: object | null;
}

interface Flow extends Thing {
  senders: Line<Waiter>;
  receivers: Line<Waiter>;
  subscriptions: number;
  isClosed: boolean;
  accept(value: unknown, ...more: unknown[]): unknown;
  take(): unknown;
  takeMany(max: number): unknown;
  hand(value: unknown): void;
  cancel(reason?: unknown): boolean;
  ended(): object | null;
}

interface Lending extends Flow {
  lend(): unknown;
  lendTo(entry: object): object;
  settled(entry: object): void;
  nacked(entry: object, ...how: unknown[]): void;
  released(entries: readonly object[], ...where: unknown[]): void;
  unheard(entry: object): void;
}

/** Whatever `place` is; of some kinds there is nothing to hear. */
export function meterPlace(metered: Metered, record: PlaceRecord, place: object): void {
  if ('accept' in place && 'takeMany' in place) meterChannel(metered, record, place);
  else if ('accept' in place) meterBroadcast(metered, record, place);
  else if ('subscriptions' in place) meterSubscriptions(metered, record, place);
  else if (record.kind === 'semaphore') meterSemaphore(metered, record, place);
  else if (record.kind === 'stateOwner') meterOwner(metered, record, place);
}

/** What became of a send that was accepted. */
const ACCEPTED = undefined;

/** There is one end of a channel, and nobody else has it. */
function isEnd(flow: Flow, parcel: unknown): boolean {
  return parcel === flow.ended() && parcel !== null;
}

function meterChannel(metered: Metered, record: PlaceRecord, channel: object): void {
  const flow = channel as Flow;
  const { senders } = flow;
  const accept = flow.accept.bind(flow);
  const take = flow.take.bind(flow);
  const takeMany = flow.takeMany.bind(flow);
  const hand = flow.hand.bind(flow);
  const cancel = flow.cancel.bind(flow);
  const shift = senders.shift.bind(senders);
  let cancels = false;
  let takes = 0;

  flow.accept = (value, ...more) => {
    const outcome = accept(value, ...more);
    if (outcome === ACCEPTED) metered.sent(record, value, metered.running);
    return outcome;
  };
  senders.shift = () => {
    const sender = shift();
    const offered = sender?.request as { value: unknown } | null | undefined;
    if (sender !== null && offered != null && !cancels) metered.sent(record, offered.value, partyOf(sender));
    return sender;
  };
  flow.cancel = (...reason) => {
    cancels = true;
    try {
      return cancel(...reason);
    } finally {
      cancels = false;
    }
  };
  flow.take = () => {
    takes++;
    const parcel = take();
    if (--takes === 0 && !isEnd(flow, parcel)) metered.received(record, parcel, metered.running);
    return parcel;
  };
  flow.takeMany = (max) => {
    takes++;
    const parcel = takeMany(max) as { values?: unknown[] };
    if (--takes === 0 && !isEnd(flow, parcel))
      for (const value of parcel.values ?? []) metered.received(record, value, metered.running);
    return parcel;
  };
  flow.hand = (value) => {
    const { first } = flow.receivers;
    const party = first === null || first.subscribed === true ? metered.running : partyOf(first);
    hand(value);
    metered.received(record, value, party);
  };
  if ('lend' in flow) meterQueue(metered, record, flow as Lending);
  meterSubscriptions(metered, record, flow);
}

function meterQueue(metered: Metered, record: PlaceRecord, flow: Lending): void {
  const lend = flow.lend.bind(flow);
  const lendTo = flow.lendTo.bind(flow);
  const settled = flow.settled.bind(flow);
  const nacked = flow.nacked.bind(flow);
  const released = flow.released.bind(flow);
  const unheard = flow.unheard.bind(flow);
  const { receivers } = flow;
  const shift = receivers.shift.bind(receivers);
  /** Who is being served, and leases at that. */
  let served: WeakRef<Waiter> | null = null;
  receivers.shift = () => {
    const receiver = shift();
    served = receiver !== null && 'entry' in receiver ? new WeakRef(receiver) : null;
    return receiver;
  };
  flow.lend = () => {
    const lease = lend();
    if (!isEnd(flow, lease)) metered.lent(record, lease as object, metered.running);
    return lease;
  };
  flow.lendTo = (entry) => {
    const lease = lendTo(entry);
    metered.lent(record, lease, partyIn(served) ?? metered.running);
    return lease;
  };
  flow.settled = (entry) => {
    metered.returned(entry);
    settled(entry);
  };
  flow.nacked = (entry, ...how) => {
    metered.returned(entry);
    nacked(entry, ...how);
  };
  flow.released = (entries, ...where) => {
    for (const entry of entries) metered.returned(entry);
    released(entries, ...where);
  };
  flow.unheard = (entry) => {
    metered.returned(entry);
    unheard(entry);
  };
}

function partyIn(served: WeakRef<Waiter> | null): object | null {
  const waiter = served?.deref();
  return waiter === undefined ? null : partyOf(waiter);
}

function meterSubscriptions(metered: Metered, record: PlaceRecord, flow: object): void {
  let count = 0;
  Object.defineProperty(flow, 'subscriptions', {
    get: () => count,
    set(next: number) {
      count = next;
      metered.subscribed(record, next);
    },
  });
}

function meterBroadcast(metered: Metered, record: PlaceRecord, broadcast: object): void {
  const flow = broadcast as {
    accept(value: unknown, ...more: unknown[]): unknown;
    begin(sender: Waiter, offered: { value: unknown }): void;
  };
  const accept = flow.accept.bind(flow);
  const begin = flow.begin.bind(flow);
  flow.accept = (value, ...more) => {
    const outcome = accept(value, ...more);
    if (outcome === ACCEPTED) metered.sent(record, value, metered.running);
    return outcome;
  };
  flow.begin = (sender, offered) => {
    const { value } = offered;
    begin(sender, offered);
    metered.sent(record, value, partyOf(sender));
  };
}

function meterSemaphore(metered: Metered, record: PlaceRecord, semaphore: object): void {
  const { pool } = semaphore as {
    pool: {
      take(count: number, taker?: object): void;
      claim(holder: object): void;
      belongsTo(holder: object, ...others: (object | null)[]): boolean;
      giveBack(count: number): void;
    };
  };
  const take = pool.take.bind(pool);
  const claim = pool.claim.bind(pool);
  const belongsTo = pool.belongsTo.bind(pool);
  const giveBack = pool.giveBack.bind(pool);
  let last: { party: object | null; count: number } | null = null;
  pool.take = (count, taker) => {
    take(count, taker);
    last = { party: taker ?? metered.running, count };
    record.holders.take(last.party, count);
  };
  pool.claim = (holder) => {
    claim(holder);
    // Who took them did so for this work.
    if (last !== null) {
      record.holders.giveBack(last.party, last.count);
      record.holders.take(holder, last.count);
    }
  };
  // Work asks whether they are its own right before it gives them back.
  let asks: object | null = null;
  pool.belongsTo = (holder, ...others) => {
    asks = holder;
    return belongsTo(holder, ...others);
  };
  pool.giveBack = (count) => {
    giveBack(count);
    record.holders.giveBack(asks ?? metered.running, count);
    asks = null;
  };
}

function meterOwner(metered: Metered, record: PlaceRecord, owner: object): void {
  const { audience } = (owner as { serializer: { audience: { announce(state: unknown): void } } }).serializer;
  const announce = audience.announce.bind(audience);
  audience.announce = (state) => {
    announce(state);
    metered.sent(record, state, metered.running);
  };
}
