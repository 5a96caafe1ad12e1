// A channel in plain arrays: slow, and obviously right. Two of them make a world, because a select may stand in both.
//
// It tells in the order in which observers are told: whoever waited, then whoever came. Other forms of waiting are a
// rearrangement of that, which is the test's business.

import type { Overflow } from '../../src/index.ts';

export type Policy = Overflow | 'conflate';
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
  readonly does: 'send' | 'receive' | 'receiveResult' | 'await the end';
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
    const parties = this.channels.flatMap((ch) => [...ch.senders, ...ch.receivers, ...ch.enders]).map((w) => w.party);
    return [...new Set(parties)];
  }

  /** Takes the party out of every line. */
  remove(party: Party): Wish[] {
    const left: Wish[] = [];
    for (const ch of this.channels) {
      for (const line of [ch.senders, ch.receivers, ch.enders])
        for (const wish of line.filter((one) => one.party === party)) left.push(...line.splice(line.indexOf(wish), 1));
    }
    for (const { at, does } of left) if (does === 'send') this.duties.push(() => at.tellEnd());
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
  end: { error: string; clean: boolean } | null = null;
  delivered = 0;
  undelivered = 0;
  peak = 0;
  readonly world: World;
  readonly capacity: number;
  readonly policy: Policy;

  constructor(world: World, capacity: number, policy: Policy) {
    this.world = world;
    this.capacity = capacity;
    this.policy = policy;
    world.channels.push(this);
  }

  lineOf({ does }: Wish): Wish[] {
    return does === 'send' ? this.senders : does === 'await the end' ? this.enders : this.receivers;
  }

  ended(): boolean {
    return this.end !== null && this.buffer.length === 0 && this.senders.length === 0;
  }

  /** Whether a send would not have to wait. */
  accepts(): boolean {
    const room = this.buffer.length < this.capacity;
    return this.end !== null || this.receivers.length > 0 || room || this.policy !== 'suspend';
  }

  ready({ does }: Wish): boolean {
    if (does === 'send') return this.accepts();
    if (does === 'await the end') return this.ended();
    return this.buffer.length > 0 || this.senders.length > 0 || this.end !== null;
  }

  grant(wish: Wish): void {
    if (wish.does === 'await the end') this.tell(wish, 'ended');
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
    if (buffer.length < this.capacity) {
      buffer.push(value);
      this.peak = Math.max(this.peak, buffer.length);
      return 'sent';
    }
    if (this.policy === 'fail') return 'OverflowError';
    this.undelivered++;
    if (this.policy === 'dropNewest') world.reports.push(`${value} dropped`);
    else if (this.policy === 'conflate') buffer.push(merge(buffer.pop() ?? '', value));
    else {
      world.reports.push(`${buffer.shift() ?? ''} evicted`);
      buffer.push(value);
    }
    return this.policy === 'dropNewest' ? 'dropped' : 'sent';
  }

  /** Precondition: there is a value, or the end. */
  take(): string | null {
    const { buffer, senders } = this;
    if (buffer.length === 0 && senders.length === 0) return null;
    this.delivered++;
    const sender = buffer.length === 0 || buffer.length === this.capacity ? senders.shift() : undefined;
    if (sender !== undefined) {
      this.world.remove(sender.party);
      buffer.push(sender.value);
    }
    const value = buffer.shift() ?? '';
    if (sender !== undefined) this.tell(sender, 'sent');
    this.tellEnd();
    return value;
  }

  receive(wish: Wish): void {
    const value = this.take();
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
    this.tellEnd();
    this.world.finish();
    return true;
  }

  cancel(): boolean {
    if (this.ended()) return false;
    this.end = { error: 'CancelledError', clean: false };
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
