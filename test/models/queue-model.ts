// A queue of work in plain arrays: slow, and obviously right. Time is a list of what is due.
//
// It tells in the order in which observers are told: whoever waited, then whoever came. `at` is the order in which they were
// settled, which is that in which coroutines go on at the end of their `turn`.

import type { Overflow } from '../../src/index.ts';

export type Policy = Overflow | 'conflate';
export type OrderName = 'fifo' | 'lifo' | 'priority';
export const merge = (pending: string, sent: string): string => `${pending}+${sent}`;
/** Three priorities, by the number of the value: of a merged one, by its last number. */
export const rank = (value: string): number => Number(/\d+$/.exec(value)?.[0] ?? 0) % 3;

/** Somebody who waits, or has just come. */
export interface Party {
  readonly id: string;
  readonly subscribes: boolean;
  readonly selects: boolean;
}

export type Does = 'send' | 'receive' | 'receiveResult' | 'lease' | 'join' | 'await the end';

/** What a party would do: one thing, or in a select one of several. */
export interface Wish {
  readonly party: Party;
  readonly does: Does;
  readonly value: string;
  /** What its outcome is prefixed with, in a select. */
  readonly key: string;
}

export interface Item {
  value: string;
  readonly arrival: number;
  attempts: number;
}

export interface Loan {
  readonly party: Party;
  readonly item: Item;
  readonly value: string;
  readonly attempt: number;
  ended: string | null;
  timer: Timer | null;
}

export interface Timer {
  readonly due: number;
  readonly fire: () => void;
}

export interface Setup {
  readonly order: OrderName;
  readonly capacity: number;
  readonly policy: Policy;
  readonly leaseMs: number;
  readonly maxAttempts: number;
}

export class QueueModel {
  readonly setup: Setup;
  // What happened in this step.
  told: { party: Party; text: string; at: number; turn: number }[] = [];
  reports: string[] = [];
  // Where values are. Those that a comparison could not place are in front of all that it did.
  readonly misfits: Item[] = [];
  readonly items: Item[] = [];
  readonly loans: Loan[] = [];
  readonly returning: { item: Item; timer: Timer }[] = [];
  taken = 0;
  settled = 0;
  sent = 0;
  undelivered = 0;
  peak = 0;
  // Who waits.
  readonly senders: Wish[] = [];
  readonly receivers: Wish[] = [];
  readonly enders: Wish[] = [];
  readonly joiners: Wish[] = [];
  end: { how: 'closed' | 'cancelled'; error: string; clean: boolean } | null = null;
  /** The comparison throws. */
  angry = false;
  now = 0;
  readonly timers: Timer[] = [];
  readonly #duties: (() => void)[] = [];
  #arrivals = 0;
  #settles = 0;
  #turns = 0;

  constructor(setup: Setup) {
    this.setup = setup;
  }

  // ───────────────────────────────────────────────────────────── what there is

  get size(): number {
    return this.misfits.length + this.items.length;
  }
  get leased(): number {
    return this.loans.filter(({ ended }) => ended === null).length;
  }
  get unfinished(): number {
    return this.size + this.taken + this.leased + this.returning.length;
  }
  get delivered(): number {
    return this.taken + this.leased + this.returning.length + this.settled;
  }

  ended(): boolean {
    if (this.end === null || this.size > 0 || this.senders.length > 0) return false;
    return this.end.how === 'cancelled' || this.leased + this.returning.length === 0;
  }

  statistics(): Record<string, number> {
    return {
      capacity: this.setup.capacity,
      buffered: this.size,
      peakBuffered: this.peak,
      waitingSenders: this.senders.length,
      waitingReceivers: this.receivers.length,
      sent: this.sent,
      delivered: this.delivered,
      undelivered: this.undelivered,
    };
  }

  toString(): string {
    const undone = this.taken + this.returning.length;
    const parts = [`${this.size}/${this.setup.capacity}`];
    if (this.senders.length > 0) parts.push(`${this.senders.length} sending`);
    if (this.receivers.length > 0) parts.push(`${this.receivers.length} receiving`);
    if (this.leased > 0) parts.push(`${this.leased} leased`);
    if (undone > 0) parts.push(`${undone} not done`);
    parts.push(this.end === null ? 'open' : this.ended() ? this.end.how : 'draining');
    return `queue q (${parts.join(', ')})`;
  }

  // ───────────────────────────────────────────────────────────── the order

  #leavesBefore(a: Item, b: Item): boolean {
    return rank(a.value) < rank(b.value) || (rank(a.value) === rank(b.value) && a.arrival < b.arrival);
  }

  /** False: the comparison has thrown, and nothing has changed. */
  #insert(item: Item, cameBack: boolean): boolean {
    const { items } = this;
    const { order } = this.setup;
    if (order === 'priority') {
      if (this.angry && items.length > 0) return false;
      const at = items.findIndex((other) => this.#leavesBefore(item, other));
      items.splice(at < 0 ? items.length : at, 0, item);
    } else if (order === 'lifo' || cameBack) items.unshift(item);
    else items.push(item);
    this.peak = Math.max(this.peak, this.size);
    return true;
  }

  #removeFirst(): Item | undefined {
    return this.misfits.shift() ?? this.items.shift();
  }

  #remove(item: Item): void {
    for (const all of [this.misfits, this.items]) {
      const at = all.indexOf(item);
      if (at >= 0) all.splice(at, 1);
    }
  }

  /** By arrival. */
  #oldest(): Item {
    return [...this.misfits, ...this.items].reduce((a, b) => (a.arrival < b.arrival ? a : b));
  }
  #newest(): Item {
    return [...this.misfits, ...this.items].reduce((a, b) => (a.arrival > b.arrival ? a : b));
  }

  // ───────────────────────────────────────────────────────────── who waits

  lineOf({ does }: Wish): Wish[] {
    if (does === 'send') return this.senders;
    if (does === 'join') return this.joiners;
    return does === 'await the end' ? this.enders : this.receivers;
  }

  waiting(): Party[] {
    const wishes = [...this.senders, ...this.receivers, ...this.enders, ...this.joiners];
    return [...new Set(wishes.map(({ party }) => party))];
  }

  #leaveAll(party: Party): Wish[] {
    const left: Wish[] = [];
    for (const line of [this.senders, this.receivers, this.enders, this.joiners])
      for (const wish of line.filter((one) => one.party === party)) left.push(...line.splice(line.indexOf(wish), 1));
    return left;
  }

  /** Performs the first wish that can be granted; else the party waits for all of them, for so long. */
  perform(wishes: readonly Wish[], ms: number): void {
    const ready = wishes.find((wish) => this.ready(wish));
    const { party } = wishes[0]!;
    if (ready !== undefined) this.#grant(ready);
    else if (ms <= 0) this.#tell(party, 'TimeoutError');
    else {
      for (const wish of wishes) this.lineOf(wish).push(wish);
      if (ms < Infinity)
        this.#limits.set(
          party,
          this.#after(ms, () => this.withdraw(party, 'TimeoutError')),
        );
    }
    this.finish();
  }
  readonly #limits = new Map<Party, Timer>();

  withdraw(party: Party, text: string | null): void {
    this.#settle(party);
    for (const { does, value } of this.#leave.splice(0))
      if (does === 'send' && !party.selects) this.reports.push(`${value} withdrawn`);
    if (text !== null) this.#tell(party, text);
    this.finish();
  }
  readonly #leave: Wish[] = [];

  /** It leaves every line, and its time is not kept any more. */
  #settle(party: Party): void {
    const limit = this.#limits.get(party);
    if (limit !== undefined) this.#callOff(limit);
    this.#leave.splice(0, Infinity, ...this.#leaveAll(party));
  }

  finish(): void {
    for (const duty of this.#duties.splice(0)) duty();
  }

  #tell(party: Party, text: string, key = '', at = ++this.#settles): void {
    this.told.push({
      party,
      text: /Error|cause|comparison/.test(text) ? text : `${key}${text}`,
      at,
      turn: this.#turns,
    });
  }

  // ───────────────────────────────────────────────────────────── sending

  /** A send would not have to wait. */
  accepts(): boolean {
    const room = this.size < this.setup.capacity;
    return this.end !== null || this.receivers.length > 0 || room || this.setup.policy !== 'suspend';
  }

  ready({ does }: Wish): boolean {
    if (does === 'send') return this.accepts();
    if (does === 'join') return this.unfinished === 0;
    return this.ended() || (does !== 'await the end' && this.size > 0);
  }

  #grant(wish: Wish): void {
    const { does, party, key, value } = wish;
    if (does === 'send') {
      const outcome = this.accept(value, 'report');
      // A send that was dropped completes like any other.
      this.#tell(party, outcome === 'dropped' ? 'sent' : outcome, key);
    } else if (does === 'join') this.#tell(party, 'joined', key);
    else if (does === 'await the end') this.#tell(party, 'ended', key);
    else this.#receive(wish);
  }

  /** What becomes of a value that does not wait. */
  accept(value: string, ifClosed: 'report' | 'keep silent'): string {
    if (this.end !== null) {
      if (ifClosed === 'report') this.reports.push(`${value} closed`);
      return 'ClosedError';
    }
    const receiver = this.receivers.shift();
    if (receiver !== undefined) {
      this.sent++;
      this.#give(receiver, this.#arrive(value));
      return 'sent';
    }
    if (this.size < this.setup.capacity) return this.#keep(value) ? 'sent' : 'comparison';
    switch (this.setup.policy) {
      case 'dropNewest':
        this.sent++;
        this.undelivered++;
        this.reports.push(`${value} dropped`);
        return 'dropped';
      case 'dropOldest': {
        const oldest = this.#oldest();
        const peak = this.peak;
        if (!this.#keep(value)) return 'comparison';
        this.peak = peak;
        this.#remove(oldest);
        this.undelivered++;
        this.reports.push(`${oldest.value} evicted`);
        return 'sent';
      }
      case 'conflate':
        return this.#mergeInto(this.#newest(), value) ? 'sent' : 'comparison';
      case 'suspend':
      case 'fail':
        return 'OverflowError';
    }
  }

  #arrive(value: string): Item {
    return { value, arrival: ++this.#arrivals, attempts: 0 };
  }

  #keep(value: string): boolean {
    if (!this.#insert(this.#arrive(value), false)) return false;
    this.sent++;
    return true;
  }

  #mergeInto(pending: Item, value: string): boolean {
    const { peak } = this;
    const merged = { ...pending, value: merge(pending.value, value) };
    if (this.setup.order === 'priority') {
      if (!this.#insert(merged, false)) return false;
      this.#remove(pending);
      this.peak = peak;
    } else pending.value = merged.value;
    this.sent++;
    this.undelivered++;
    return true;
  }

  // ───────────────────────────────────────────────────────────── receiving

  #receive(wish: Wish): void {
    const item = this.#take(wish.does);
    if (item === null) this.#tell(wish.party, this.#endFor(wish), wish.key);
    else this.#hand(wish, item);
  }

  /** Precondition: there is a value, or the end. */
  #take(does: Does): Item | null {
    const item = this.#removeFirst();
    if (item === undefined) return null;
    // Counted before the others are told: a closed queue does not end with a value that is leased.
    const loan = does === 'lease' ? this.#lend(item) : null;
    if (loan === null) this.taken++;
    this.#moveIn();
    this.#tellEnd();
    this.#made = loan;
    return item;
  }
  #made: Loan | null = null;

  #moveIn(): void {
    while (this.senders.length > 0 && this.size < this.setup.capacity) {
      const { party, value, key } = this.senders.shift()!;
      this.#settle(party);
      const at = ++this.#settles;
      if (this.#keep(value)) {
        this.#tell(party, 'sent', key, at);
        return;
      }
      this.#duties.push(() => this.#tell(party, 'comparison', key, at));
    }
  }

  #lend(item: Item): Loan {
    item.attempts++;
    const { value, attempts: attempt } = item;
    // Whose it is, is written in when he is told.
    const loan: Loan = { party: NOBODY, item, value, attempt, ended: null, timer: null };
    this.loans.push(loan);
    return loan;
  }

  /** Tells of a value that was taken for this wish. */
  #hand({ party, does, key }: Wish, item: Item): void {
    const loan = this.#made;
    this.#made = null;
    if (does !== 'lease' || loan === null) {
      this.#tell(party, `got ${item.value}`, key);
      return;
    }
    this.#tell(party, `leased ${item.value} #${item.attempts}`, key);
    (loan as { party: Party }).party = party;
    this.#startLease(loan);
  }

  /** To one who waited. */
  #give(wish: Wish, item: Item): void {
    this.#settle(wish.party);
    if (wish.does === 'lease') this.#made = this.#lend(item);
    else this.taken++;
    this.#hand(wish, item);
    if (!wish.party.subscribes) return;
    if (this.ended()) this.#tell(wish.party, this.#endFor(wish));
    else this.receivers.push(wish);
  }

  subscribe(wish: Wish): void {
    while (this.size > 0) this.#receive(wish);
    if (this.ended()) this.#tell(wish.party, this.#endFor(wish));
    else this.receivers.push(wish);
    this.finish();
  }

  /** What a `tryReceive` or a poll of a receive finds. */
  tryReceive(does: 'receive' | 'lease', party: Party): unknown {
    if (this.size === 0) return { ok: false, closed: this.ended() };
    const item = this.#take(does)!;
    const loan = this.#made;
    this.#made = null;
    if (loan !== null) {
      (loan as { party: Party }).party = party;
      this.#startLease(loan);
    }
    this.finish();
    return { ok: true, value: loan === null ? item.value : `${item.value} #${item.attempts}` };
  }

  // ───────────────────────────────────────────────────────────── settling

  taskDone(): string {
    if (this.taken === 0) return 'RangeError';
    this.taken--;
    this.settled++;
    this.#look();
    return 'ok';
  }

  #startLease(loan: Loan): void {
    const { leaseMs } = this.setup;
    if (leaseMs < Infinity)
      loan.timer = this.#after(leaseMs, () => {
        this.#endLoan(loan, 'has run out');
        this.#failed(loan.item, 0, 'TimeoutError');
        this.finish();
      });
  }

  #endLoan(loan: Loan, how: string): boolean {
    if (loan.ended !== null) return false;
    loan.ended = how;
    if (loan.timer !== null) this.#callOff(loan.timer);
    return true;
  }

  ack(loan: Loan): string {
    if (!this.#endLoan(loan, 'was acked')) return 'StaleDeliveryError';
    this.settled++;
    this.#look();
    this.finish();
    return 'ok';
  }

  nack(loan: Loan, delay: number, error: string): string {
    if (!this.#endLoan(loan, 'was nacked')) return 'StaleDeliveryError';
    this.#failed(loan.item, delay, error);
    this.finish();
    return 'ok';
  }

  extend(loan: Loan): string {
    if (loan.ended !== null) return 'StaleDeliveryError';
    if (loan.timer !== null) this.#callOff(loan.timer);
    this.#startLease(loan);
    return 'ok';
  }

  release(loan: Loan): string {
    if (!this.#endLoan(loan, 'was released')) return 'ok';
    loan.item.attempts--;
    if (this.end?.how === 'cancelled') this.settled++;
    else this.#comeBack(loan.item);
    this.#look();
    this.finish();
    return 'ok';
  }

  #failed(item: Item, delay: number, error: string): void {
    if (this.end?.how === 'cancelled') this.settled++;
    else if (item.attempts >= this.setup.maxAttempts) {
      this.settled++;
      this.reports.push(`${item.value} dead after ${item.attempts}: ${error}`);
    } else if (delay === 0) this.#comeBack(item);
    else {
      const one = { item, timer: this.#after(delay, () => this.#isBack(one)) };
      this.returning.push(one);
    }
    this.#look();
  }

  #isBack(one: { item: Item; timer: Timer }): void {
    this.returning.splice(this.returning.indexOf(one), 1);
    this.#comeBack(one.item);
    this.#look();
    this.finish();
  }

  #comeBack(item: Item): void {
    const receiver = this.receivers.shift();
    if (receiver !== undefined) this.#give(receiver, item);
    else if (!this.#insert(item, true)) {
      this.misfits.unshift(item);
      this.peak = Math.max(this.peak, this.size);
      this.reports.push('unhandled comparison');
    }
  }

  // ───────────────────────────────────────────────────────────── ending

  close(error: string | undefined): boolean {
    if (this.end !== null) return false;
    this.end = { how: 'closed', error: error ?? 'ClosedError', clean: error === undefined };
    this.#tellEnd();
    this.finish();
    return true;
  }

  cancel(): boolean {
    if (this.ended()) return false;
    this.end = { how: 'cancelled', error: 'CancelledError', clean: false };
    const lost: string[] = [];
    for (let item = this.#removeFirst(); item !== undefined; item = this.#removeFirst()) lost.push(item.value);
    for (const { item, timer } of this.returning.splice(0)) {
      this.#callOff(timer);
      lost.push(item.value);
    }
    this.undelivered += lost.length;
    const failed = this.senders.splice(0);
    for (const { party, value } of failed) {
      this.#settle(party);
      lost.push(value);
    }
    for (const { party } of failed) this.#tell(party, 'CancelledError');
    this.#tellEnd();
    for (const value of lost) this.reports.push(`${value} cancelled`);
    this.#look();
    this.finish();
    return true;
  }

  /** Tells all who wait for what is true now. */
  #look(): void {
    if (this.unfinished === 0)
      for (let wish = this.joiners.shift(); wish !== undefined; wish = this.joiners.shift()) {
        this.#settle(wish.party);
        this.#tell(wish.party, 'joined', wish.key);
      }
    this.#tellEnd();
  }

  #tellEnd(): void {
    if (!this.ended()) return;
    for (const line of [this.receivers, this.enders])
      for (let wish = line.shift(); wish !== undefined; wish = line.shift()) {
        this.#settle(wish.party);
        this.#tell(wish.party, wish.does === 'await the end' ? 'ended' : this.#endFor(wish), wish.key);
      }
  }

  #endFor({ does, party }: Wish): string {
    const { error, clean } = this.end ?? { error: '', clean: false };
    return clean && (does === 'receiveResult' || party.subscribes) ? 'end' : error;
  }

  // ───────────────────────────────────────────────────────────── time

  #after(ms: number, fire: () => void): Timer {
    const timer = { due: this.now + ms, fire };
    this.timers.push(timer);
    return timer;
  }

  #callOff(timer: Timer): void {
    const at = this.timers.indexOf(timer);
    if (at >= 0) this.timers.splice(at, 1);
  }

  /** Goes on to what is due next: all that is due in that frame, each in a turn of its own, in the order in which it was set. */
  pass(): void {
    if (this.timers.length === 0) return;
    this.now = Math.min(...this.timers.map(({ due }) => due));
    for (let next = this.#due(); next !== undefined; next = this.#due()) {
      this.#callOff(next);
      this.#turns++;
      next.fire();
    }
  }

  #due(): Timer | undefined {
    return this.timers.find(({ due }) => due === this.now);
  }
}

const NOBODY: Party = { id: 'nobody', subscribes: false, selects: false };
