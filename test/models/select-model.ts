// Channels and selects in obvious lines: no lines of waiters, no claims. Who waits is one list, in the order in which they
// came; whoever is looked for is looked for from its front.

export type Case = { readonly key: string; readonly channel: number } & (
  { readonly kind: 'receive' } | { readonly kind: 'send'; readonly value: number }
);

export interface Party {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly priority: boolean;
  readonly skips: boolean;
}

export interface Outcome {
  readonly party: string;
  readonly text: string;
}

interface ModelChannel {
  readonly capacity: number;
  buffer: number[];
  end: 'open' | 'closed' | 'failed' | 'cancelled';
}

export class SelectModel {
  readonly channels: readonly ModelChannel[];
  waiting: Party[] = [];
  /** Those who waited and were served by the step under way. */
  served: Outcome[] = [];

  constructor(capacities: readonly number[]) {
    this.channels = capacities.map((capacity) => ({ capacity, buffer: [], end: 'open' }));
  }

  /** The cases that could commit now: one of them will, if there is any. */
  readyCases(party: Party): Case[] {
    return party.cases.filter((one) => !this.#isOff(party, one) && this.#isReady(one));
  }

  /** What becomes of one who arrives, or null: it waits. `found`, what became of it really, tells which case was drawn. */
  arrive(party: Party, found: string): string | null {
    if (party.cases.every((one) => this.#isOff(party, one))) return 'failed with ClosedError';
    const ready = this.readyCases(party);
    if (ready.length === 0) {
      this.waiting.push(party);
      return null;
    }
    const drawn = ready.find((one) => found === this.#failure(one) || found.startsWith(`got ${one.key}=`));
    const one = party.priority ? ready[0]! : drawn;
    if (one === undefined) return `one of ${ready.map(({ key }) => key).join(', ')}`;
    return this.#failure(one) ?? this.#commit(one);
  }

  /** The one who came last waits with its cases in this order. */
  stand(party: Party): void {
    this.waiting[this.waiting.length - 1] = party;
  }

  withdraw(name: string): void {
    this.waiting = this.waiting.filter((party) => party.name !== name);
    this.#finish();
  }

  close(channel: number, withCause: boolean): void {
    const it = this.channels[channel]!;
    if (it.end === 'open') it.end = withCause ? 'failed' : 'closed';
    this.#finish();
  }

  cancel(channel: number): void {
    const it = this.channels[channel]!;
    if (this.#hasEnded(channel)) return;
    it.end = 'cancelled';
    it.buffer = [];
    for (;;) {
      const sender = this.#first(channel, 'send');
      if (sender === undefined) break;
      this.#serve(sender.party, 'failed with CancelledError(undefined)');
    }
    this.#finish();
  }

  /** How many stand in line at a channel. */
  count(channel: number, kind: Case['kind']): number {
    return this.waiting
      .flatMap((party) => party.cases.filter((one) => !this.#isOff(party, one)))
      .filter((one) => one.channel === channel && one.kind === kind).length;
  }

  #hasEnded(channel: number): boolean {
    const { end, buffer } = this.channels[channel]!;
    return end !== 'open' && buffer.length === 0 && this.#first(channel, 'send') === undefined;
  }

  #isOff(party: Party, { channel, kind }: Case): boolean {
    return party.skips && kind === 'receive' && this.channels[channel]!.end === 'closed' && this.#hasEnded(channel);
  }

  #isReady({ channel, kind }: Case): boolean {
    const { capacity, buffer, end } = this.channels[channel]!;
    if (end !== 'open') return true;
    if (kind === 'receive') return buffer.length > 0 || this.#first(channel, 'send') !== undefined;
    return buffer.length < capacity || this.#first(channel, 'receive') !== undefined;
  }

  /** What a case that is ready fails with. */
  #failure({ channel, kind }: Case): string | null {
    if (kind === 'send') return this.channels[channel]!.end === 'open' ? null : 'failed with ClosedError';
    return this.#hasEnded(channel) ? this.#endOf(channel) : null;
  }

  #endOf(channel: number): string {
    const { end } = this.channels[channel]!;
    if (end === 'failed') return 'failed with the cause';
    return end === 'cancelled' ? 'failed with CancelledError(undefined)' : 'failed with ClosedError';
  }

  #commit(one: Case): string {
    const { buffer } = this.channels[one.channel]!;
    if (one.kind === 'send') {
      const receiver = this.#first(one.channel, 'receive');
      if (receiver === undefined) buffer.push(one.value);
      else this.#serve(receiver.party, `got ${receiver.one.key}=${one.value}`);
      return `got ${one.key}=undefined`;
    }
    const sender = this.#first(one.channel, 'send');
    if (sender?.one.kind === 'send') {
      buffer.push(sender.one.value);
      this.#serve(sender.party, `got ${sender.one.key}=undefined`);
    }
    const value = buffer.shift()!;
    this.#finish();
    return `got ${one.key}=${value}`;
  }

  /** Those who wait to receive from what has ended learn of it. */
  #finish(): void {
    this.channels.forEach((_, channel) => {
      if (!this.#hasEnded(channel)) return;
      for (const party of [...this.waiting]) {
        if (!party.cases.some((one) => one.kind === 'receive' && one.channel === channel)) continue;
        if (party.cases.every((one) => this.#isOff(party, one))) this.#serve(party, 'failed with ClosedError');
        else if (
          party.cases.some((one) => one.channel === channel && one.kind === 'receive' && !this.#isOff(party, one))
        )
          this.#serve(party, this.#endOf(channel));
      }
    });
  }

  #first(channel: number, kind: Case['kind']): { party: Party; one: Case } | undefined {
    for (const party of this.waiting) {
      const one = party.cases.find((each) => each.channel === channel && each.kind === kind);
      if (one !== undefined) return { party, one };
    }
    return undefined;
  }

  #serve(party: Party, text: string): void {
    this.waiting = this.waiting.filter((other) => other !== party);
    this.served.push({ party: party.name, text });
  }
}
