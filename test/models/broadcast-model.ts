// A broadcast in obvious lines. Who waits is looked for in plain lists; whatever may have changed is looked at again.

import type { Overflow } from '../../src/index.ts';

export type Policy = Overflow | 'conflate';

interface Sending {
  readonly name: string | null;
  readonly value: string;
  /** Part of a select: it happens as a whole, or not at all. */
  readonly whole: boolean;
  /** Some tap, or one who came later, has the value. */
  seen: boolean;
  /** Taps that are still without it. */
  lacking: ModelTap[];
}

interface Receiver {
  readonly name: string;
  /** What its outcome is told by: a select's key, and nothing for a receive. */
  readonly key: string;
}

export interface ModelTap {
  readonly id: number;
  readonly capacity: number;
  readonly policy: Policy;
  /** A subscriber takes all at once. */
  readonly subscriber: string | null;
  /** Room for what was kept for it, until that is taken. */
  past: number;
  buffer: string[];
  receivers: Receiver[];
  line: Sending[];
}

export class BroadcastModel {
  readonly #replay: number;
  taps: ModelTap[] = [];
  /** Those whose value no tap has seen. */
  unseen: Sending[] = [];
  #kept: Sending[] = [];
  /** How a receive ends once its tap has nothing left; null: open. */
  end: 'ClosedError' | 'the cause' | null = null;
  told: string[] = [];
  lost: string[] = [];

  constructor(replay: number) {
    this.#replay = replay;
  }

  // ───────────────────────────────────────────────────────────── sending

  send(name: string, value: string, whole: boolean): void {
    const sending: Sending = { name, value, whole, seen: false, lacking: [] };
    if (this.end !== null) this.#refuse(sending);
    else if (this.unseen.length > 0 || (whole && !this.#allHaveRoom(name))) this.unseen.push(sending);
    else this.#deliver(sending);
    this.#goOn();
  }

  /** A select, by priority: it sends if it can, else it receives if it can, else it waits for both. */
  both(name: string, value: string, tap: ModelTap): void {
    if (this.unseen.length === 0 && this.#allHaveRoom(null)) {
      this.send(name, value, true);
      return;
    }
    const received = this.#take(tap);
    if (received !== null) this.told.push(`${name} got received=${received}`);
    else {
      tap.receivers.push({ name, key: 'received=' });
      this.unseen.push({ name, value, whole: true, seen: false, lacking: [] });
    }
    this.#goOn();
  }

  trySend(value: string): boolean {
    if (this.end !== null || this.unseen.length > 0 || !this.#allHaveRoom(null)) return false;
    const sending: Sending = { name: null, value, whole: true, seen: false, lacking: [] };
    const accepted = this.#deliver(sending);
    this.#goOn();
    return accepted;
  }

  #refuse({ name, value, whole }: Sending): void {
    this.lost.push(`${value} closed`);
    this.told.push(`${name!} failed with ClosedError`);
    if (whole) this.#leaveTaps(name!);
  }

  /** True if some tap has it, or none is there to have it. */
  #deliver(sending: Sending): boolean {
    const { name, value, whole } = sending;
    if (this.taps.some((tap) => this.#isFull(tap, name) && tap.policy === 'fail')) {
      if (name !== null) this.told.push(`${name} failed with OverflowError`);
      if (name !== null && whole) this.#leaveTaps(name);
      return false;
    }
    // A select that sends does not receive.
    if (name !== null && whole) this.#leaveTaps(name);
    const taps = [...this.taps];
    for (const tap of taps) {
      if (!this.#hasRoom(tap, null)) {
        sending.lacking.push(tap);
        tap.line.push(sending);
      } else if (this.#put(tap, value)) sending.seen = true;
    }
    const accepted = sending.seen || sending.lacking.length > 0 || taps.length === 0;
    // What was only tried, and refused, is nowhere.
    if (accepted || name !== null) this.#keep(sending);
    this.#tellIfDone(sending);
    return accepted;
  }

  #hasRoom(tap: ModelTap, party: string | null): boolean {
    return tap.policy !== 'suspend' || !this.#isFull(tap, party);
  }
  #isFull(tap: ModelTap, party: string | null): boolean {
    if (tap.subscriber !== null || tap.receivers.some(({ name }) => name !== party)) return false;
    return tap.buffer.length >= tap.capacity + tap.past;
  }
  #allHaveRoom(party: string | null): boolean {
    return this.taps.every((tap) => this.#hasRoom(tap, party));
  }

  #put(tap: ModelTap, value: string): boolean {
    const receiver = tap.receivers.shift();
    if (tap.subscriber !== null) this.told.push(`${tap.subscriber} got ${value}`);
    else if (receiver !== undefined) {
      this.told.push(`${receiver.name} got ${receiver.key}${value}`);
      this.#leaveLines(receiver.name);
    } else if (tap.buffer.length < tap.capacity + tap.past) tap.buffer.push(value);
    else return this.#overflow(tap, value);
    return true;
  }

  #overflow(tap: ModelTap, value: string): boolean {
    switch (tap.policy) {
      case 'dropNewest':
        this.lost.push(`${value} dropped`);
        return false;
      case 'conflate':
        tap.buffer.push(`${tap.buffer.pop()!}+${value}`);
        return true;
      case 'dropOldest':
        // The oldest have to go, and of those from before each takes its own room along.
        for (; tap.past > 0; tap.past--) this.lost.push(`${tap.buffer.shift()!} evicted`);
        if (tap.buffer.length >= tap.capacity) this.lost.push(`${tap.buffer.shift()!} evicted`);
        tap.buffer.push(value);
        return true;
      case 'suspend':
      case 'fail':
        throw new Error('the model is wrong: it does not wait, and is refused before');
    }
  }

  #keep(sending: Sending): void {
    if (this.#replay === 0) {
      if (this.taps.length === 0) this.lost.push(`${sending.value} dropped`);
      return;
    }
    this.#kept.push(sending);
    this.#trim();
  }

  /** As many more are kept as may still be withdrawn. */
  #trim(): void {
    const isOpen = ({ seen, lacking }: Sending): boolean => !seen && lacking.length > 0;
    while (this.#kept.length > this.#replay + this.#kept.filter(isOpen).length) {
      const gone = this.#kept.shift()!;
      if (!gone.seen && gone.lacking.length === 0) this.lost.push(`${gone.value} evicted`);
    }
  }

  #tellIfDone({ name, whole, lacking }: Sending): void {
    if (name !== null && lacking.length === 0) this.told.push(`${name} got ${whole ? 'sent=' : ''}undefined`);
  }

  /** `tap` has its value, or is gone. */
  #served(sending: Sending, tap: ModelTap): void {
    sending.seen = true;
    sending.lacking = sending.lacking.filter((other) => other !== tap);
    this.#trim();
    this.#tellIfDone(sending);
  }

  /** Those who waited unseen, as far as they can go now. */
  #goOn(): void {
    for (;;) {
      const first = this.unseen[0];
      if (first === undefined || (first.whole && !this.#allHaveRoom(first.name))) return;
      this.unseen.shift();
      this.#deliver(first);
    }
  }

  // ───────────────────────────────────────────────────────────── taps

  tap(id: number, capacity: number, policy: Policy, subscriber: string | null): void {
    const buffer = this.#kept.slice(-this.#replay).map((sending) => {
      sending.seen = true;
      return sending.value;
    });
    this.#trim();
    const tap: ModelTap = { id, capacity, policy, subscriber, past: buffer.length, buffer, receivers: [], line: [] };
    this.taps.push(tap);
    if (subscriber !== null) {
      for (const value of buffer.splice(0)) this.told.push(`${subscriber} got ${value}`);
      tap.past = 0;
    }
    this.#finish();
  }

  /** Null: it waits. */
  receive(id: number, receiver: Receiver): string | null {
    const tap = this.taps.find((one) => one.id === id);
    if (tap === undefined) return 'ended';
    const value = this.#take(tap);
    if (value === null) tap.receivers.push(receiver);
    this.#finish();
    this.#goOn();
    return value;
  }

  /** As `receive`, and waits for nothing. */
  tryReceive(id: number): string | null {
    const tap = this.taps.find((one) => one.id === id);
    const value = tap === undefined ? null : this.#take(tap);
    this.#finish();
    this.#goOn();
    return value;
  }

  #take(tap: ModelTap): string | null {
    if (tap.buffer.length === 0 && tap.line.length === 0) return null;
    if (tap.past > 0) tap.past--;
    const next = tap.line[0];
    if (next !== undefined && tap.buffer.length <= tap.capacity + tap.past) {
      tap.line.shift();
      tap.buffer.push(next.value);
      this.#served(next, tap);
    }
    return tap.buffer.shift()!;
  }

  cancelTap(id: number): void {
    const tap = this.taps.find((one) => one.id === id);
    if (tap === undefined) return;
    this.taps = this.taps.filter((one) => one !== tap);
    for (const value of tap.buffer) this.lost.push(`${value} cancelled`);
    for (const { name } of tap.receivers) {
      this.told.push(`${name} failed with CancelledError(undefined)`);
      this.#leaveLines(name);
    }
    for (const sending of tap.line) {
      this.lost.push(`${sending.value} cancelled`);
      this.#served(sending, tap);
    }
    this.#goOn();
  }

  // ───────────────────────────────────────────────────────────── leaving, and the end

  /** One who waits has left: of a select, all cases. */
  withdraw(name: string): void {
    for (const { value, whole } of this.#leaveLines(name)) if (!whole) this.lost.push(`${value} withdrawn`);
    const shown = this.taps.flatMap(({ line }) => line).find((sending) => sending.name === name);
    if (shown !== undefined) {
      for (const tap of this.taps) tap.line = tap.line.filter((sending) => sending !== shown);
      shown.lacking = [];
      if (!shown.seen) {
        this.#kept = this.#kept.filter((sending) => sending !== shown);
        this.lost.push(`${shown.value} withdrawn`);
      }
    }
    this.#finish();
    this.#goOn();
  }

  #leaveLines(name: string): Sending[] {
    const left = this.unseen.filter((sending) => sending.name === name);
    this.unseen = this.unseen.filter((sending) => sending.name !== name);
    this.#leaveTaps(name);
    return left;
  }
  #leaveTaps(name: string): void {
    for (const tap of this.taps) tap.receivers = tap.receivers.filter((receiver) => receiver.name !== name);
  }

  close(cause: boolean): boolean {
    if (this.end !== null) return false;
    this.end = cause ? 'the cause' : 'ClosedError';
    for (let sending = this.unseen.shift(); sending !== undefined; sending = this.unseen.shift()) {
      if (sending.whole) this.#refuse(sending);
      else this.#deliver(sending);
    }
    this.#finish();
    return true;
  }

  /** Taps that are closed and have nothing left have ended. */
  #finish(): void {
    if (this.end === null) return;
    for (const tap of this.taps.filter(({ buffer, line }) => buffer.length + line.length === 0)) {
      this.taps = this.taps.filter((one) => one !== tap);
      for (const { name } of tap.receivers) this.told.push(`${name} failed with ${this.end}`);
      if (tap.subscriber !== null)
        this.told.push(`${tap.subscriber} ${this.end === 'the cause' ? 'failed with the cause' : 'completed'}`);
    }
  }

  /** Everybody who can leave. */
  get waiting(): string[] {
    const names = [
      ...this.unseen.map(({ name }) => name!),
      ...this.taps.flatMap(({ line }) => line.map(({ name }) => name!)),
      ...this.taps.flatMap(({ receivers }) => receivers.map(({ name }) => name)),
    ];
    return [...new Set(names)];
  }
}
