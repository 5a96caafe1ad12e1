// A channel in plain arrays: slow, and obviously right. Two of them make a world, because a select may stand in both.
//
// It tells in the order in which observers are told: whoever waited, then whoever came. Other forms of waiting are a
// rearrangement of that, which is the test's business.

import type { Overflow } from '../../src/index.ts';

export type Policy = Overflow | 'conflate';
/** What bounds the buffer: the number of values, their weights, or that and one value per key, replaced or merged. */
export type BoundBy = 'count' | 'weight' | 'key' | 'merging key';

const digits = (text: string): number[] => Array.from(text, Number).filter((digit) => !Number.isNaN(digit));
export const weigh = (text: string): number => 1 + (digits(text).reduce((sum, digit) => sum + digit, 0) % 3);
/** The same of a value and of what it was merged into. */
export const keyOf = (text: string): number => Number(/\d+/.exec(text)?.[0]) % 3;
export const merge = (pending: string, sent: string): string => `${pending}+${sent}`;

/** Somebody who waits, or has just come: an operation, or a subscriber. */
export interface Party {
  readonly id: string;
  readonly subscribes: boolean;
  readonly selects: boolean;
}

/** What a party would do: one thing, or in a select one of several. */
export interface Wish {
  readonly party: Party;
  readonly at: ChannelModel;
  readonly does: 'send' | 'receive' | 'receiveResult' | 'receiveMany' | 'await the end' | 'await the close';
  /** What it sends. */
  readonly value: string;
  /** What its outcome is prefixed with, in a select. */
  readonly key: string;
}

/** What all channels of a test have in common. */
export class World {
  told: { party: Party; text: string }[] = [];
  reports: string[] = [];
  readonly channels: ChannelModel[] = [];
  /** What is to be done at the end of this step. */
  duties: (() => void)[] = [];

  /** Performs the first wish that can be granted; else the party waits for all of them. */
  perform(wishes: readonly Wish[]): void {
    const ready = wishes.find((wish) => wish.at.ready(wish));
    if (ready !== undefined) ready.at.grant(ready);
    else for (const wish of wishes) wish.at.lineOf(wish).push(wish);
    this.finish();
  }

  waiting(): Party[] {
    const parties = this.channels
      .flatMap((ch) => [...ch.senders, ...ch.receivers, ...ch.enders, ...ch.closers])
      .map((w) => w.party);
    return [...new Set(parties)];
  }

  /** Takes the party out of every line. */
  remove(party: Party): Wish[] {
    const left: Wish[] = [];
    for (const ch of this.channels) {
      for (const line of [ch.senders, ch.receivers, ch.enders, ch.closers])
        for (const wish of line.filter((one) => one.party === party)) left.push(...line.splice(line.indexOf(wish), 1));
    }
    for (const { at, does } of left) if (does === 'send') this.duties.push(() => at.senderLeft());
    return left;
  }

  withdraw(party: Party, text: string | null): void {
    const left = this.remove(party);
    for (const wish of left) if (wish.does === 'send' && !party.selects) this.reports.push(`${wish.value} withdrawn`);
    if (text !== null) this.told.push({ party, text });
    this.finish();
  }

  finish(): void {
    for (const duty of this.duties.splice(0)) duty();
  }
}

export class ChannelModel {
  readonly buffer: string[] = [];
  readonly senders: Wish[] = [];
  readonly receivers: Wish[] = [];
  readonly enders: Wish[] = [];
  readonly closers: Wish[] = [];
  end: { error: string; clean: boolean } | null = null;
  delivered = 0;
  undelivered = 0;
  peak = 0;
  readonly world: World;
  readonly capacity: number;
  readonly policy: Policy;
  readonly bound: BoundBy;

  constructor(world: World, capacity: number, policy: Policy, bound: BoundBy) {
    this.world = world;
    this.capacity = capacity;
    this.policy = policy;
    this.bound = bound;
    world.channels.push(this);
  }

  lineOf({ does }: Wish): Wish[] {
    if (does === 'send') return this.senders;
    if (does === 'await the close') return this.closers;
    return does === 'await the end' ? this.enders : this.receivers;
  }

  ended(): boolean {
    return this.end !== null && this.buffer.length === 0 && this.senders.length === 0;
  }

  /** Where in the buffer one of its key is. */
  twinOf(value: string): number {
    return this.bound.endsWith('key') ? this.buffer.findIndex((one) => keyOf(one) === keyOf(value)) : -1;
  }

  isOver(buffer: readonly string[]): boolean {
    if (this.bound !== 'weight') return buffer.length > this.capacity;
    return (
      this.capacity === 0 || (buffer.length > 1 && buffer.reduce((sum, one) => sum + weigh(one), 0) > this.capacity)
    );
  }

  /** Whether it has a place in the buffer. */
  fits(value: string): boolean {
    return this.twinOf(value) >= 0 || !this.isOver([...this.buffer, value]);
  }

  /** Whether a send would not have to wait. */
  accepts(value: string): boolean {
    const room = this.senders.length === 0 && this.fits(value);
    return this.end !== null || this.receivers.length > 0 || room || this.policy !== 'suspend';
  }

  ready({ does, value }: Wish): boolean {
    if (does === 'send') return this.accepts(value);
    if (does === 'await the close') return this.end !== null;
    if (does === 'await the end') return this.ended();
    return this.buffer.length > 0 || this.senders.length > 0 || this.end !== null;
  }

  grant(wish: Wish): void {
    if (wish.does === 'await the end') this.tell(wish, 'ended');
    else if (wish.does === 'await the close') this.tell(wish, 'closed');
    else if (wish.does === 'send') this.tell(wish, this.accept(wish.value, 'report'));
    else this.receive(wish);
  }

  /** What becomes of a value that does not wait. */
  accept(value: string, ifClosed: 'report' | 'keep silent'): string {
    const { buffer, world } = this;
    if (this.end !== null) {
      if (ifClosed === 'report') world.reports.push(`${value} closed`);
      return 'ClosedError';
    }
    const receiver = this.receivers.shift();
    if (receiver !== undefined) {
      this.delivered++;
      world.remove(receiver.party);
      this.tell(receiver, `got ${value}`);
      if (receiver.party.subscribes) this.receivers.push(receiver);
      return 'sent';
    }
    if (this.fits(value)) {
      this.put(value);
      return 'sent';
    }
    switch (this.policy) {
      case 'suspend':
      case 'fail':
        return 'OverflowError';
      case 'dropNewest':
        this.undelivered++;
        world.reports.push(`${value} dropped`);
        return 'dropped';
      case 'conflate':
        this.undelivered++;
        buffer.push(merge(buffer.pop() ?? '', value));
        return 'sent';
      case 'dropOldest':
        buffer.push(value);
        while (this.isOver(buffer)) {
          this.undelivered++;
          world.reports.push(`${buffer.shift() ?? ''} evicted`);
        }
        this.peak = Math.max(this.peak, buffer.length);
        return 'sent';
    }
  }

  /** Precondition: it fits. */
  put(value: string): void {
    const { buffer } = this;
    const twin = this.twinOf(value);
    if (twin < 0) {
      buffer.push(value);
      this.peak = Math.max(this.peak, buffer.length);
      return;
    }
    this.undelivered++;
    const pending = buffer[twin] ?? '';
    if (this.bound === 'key') this.world.reports.push(`${pending} evicted`);
    buffer[twin] = this.bound === 'key' ? value : merge(pending, value);
  }

  /** Those who wait to send move in while the first fits. */
  moveIn(): Wish[] {
    const moved: Wish[] = [];
    for (let first = this.senders[0]; first !== undefined && this.fits(first.value); first = this.senders[0]) {
      this.senders.shift();
      this.world.remove(first.party);
      this.put(first.value);
      moved.push(first);
    }
    return moved;
  }

  senderLeft(): void {
    for (const sender of this.moveIn()) this.tell(sender, 'sent');
    this.tellEnd();
  }

  /** Precondition: there is a value, or the end. */
  take(max = 1): string | null {
    const { buffer, senders } = this;
    if (buffer.length === 0 && senders.length === 0) return null;
    const taken: string[] = [];
    const moved: Wish[] = [];
    while (taken.length < max && (buffer.length > 0 || senders.length > 0)) {
      this.delivered++;
      const buffered = buffer.shift();
      if (buffered === undefined) {
        const sender = senders.shift() as Wish;
        this.world.remove(sender.party);
        moved.push(sender);
        taken.push(sender.value);
      } else {
        taken.push(buffered);
        moved.push(...this.moveIn());
      }
    }
    for (const sender of moved) this.tell(sender, 'sent');
    this.tellEnd();
    return taken.join(',');
  }

  receive(wish: Wish): void {
    const value = this.take(wish.does === 'receiveMany' ? 3 : 1);
    this.tell(wish, value === null ? this.endFor(wish) : `got ${value}`);
  }

  subscribe(wish: Wish): void {
    while (this.ready(wish) && !this.ended()) this.receive(wish);
    if (this.ended()) this.tell(wish, this.endFor(wish));
    else this.receivers.push(wish);
    this.world.finish();
  }

  close(error: string | undefined): boolean {
    if (this.end !== null) return false;
    this.end = { error: error ?? 'ClosedError', clean: error === undefined };
    this.tellClosed();
    this.tellEnd();
    this.world.finish();
    return true;
  }

  cancel(): boolean {
    if (this.ended()) return false;
    this.end = { error: 'CancelledError', clean: false };
    this.tellClosed();
    const lost = this.buffer.splice(0);
    this.undelivered += lost.length;
    const failed: Wish[] = [];
    for (let sender = this.senders.shift(); sender !== undefined; sender = this.senders.shift()) {
      this.world.remove(sender.party);
      failed.push(sender);
      lost.push(sender.value);
    }
    for (const sender of failed) this.tell(sender, 'CancelledError');
    this.tellEnd();
    for (const value of lost) this.world.reports.push(`${value} cancelled`);
    this.world.finish();
    return true;
  }

  tellClosed(): void {
    const closers = this.closers.splice(0);
    for (const wish of closers) this.world.remove(wish.party);
    for (const wish of closers) this.tell(wish, 'closed');
  }

  /** Tells all who wait, if this is the end. */
  tellEnd(): void {
    if (!this.ended()) return;
    const settled: Wish[] = [];
    for (let wish = this.receivers.shift(); wish !== undefined; wish = this.receivers.shift()) {
      this.world.remove(wish.party);
      settled.push(wish);
    }
    settled.push(...this.enders.splice(0));
    for (const wish of settled) this.tell(wish, wish.does === 'await the end' ? 'ended' : this.endFor(wish));
  }

  endFor({ does, party }: Wish): string {
    const { error, clean } = this.end ?? { error: '', clean: false };
    return clean && (does === 'receiveResult' || party.subscribes) ? 'end' : error;
  }

  tell({ party, key }: Wish, text: string): void {
    const failed = /Error|cause/.test(text);
    // A send that was dropped completes like any other.
    this.world.told.push({ party, text: failed ? text : `${key}${text === 'dropped' ? 'sent' : text}` });
  }

  statistics(): Record<string, number> {
    const buffered = this.buffer.length;
    return {
      capacity: this.capacity,
      buffered,
      peakBuffered: this.peak,
      waitingSenders: this.senders.length,
      waitingReceivers: this.receivers.length,
      sent: this.delivered + buffered + this.undelivered,
      delivered: this.delivered,
      undelivered: this.undelivered,
    };
  }
}
