// The receiving half of a port: what has come and is not yet taken.
//
// Invariants (`check()` asserts them, besides those of `pullable.ts`):
//   1. what has come and is not taken, what may still come, and what was taken and not granted anew make up the window
//   2. somebody who is awake waits to receive  =>  nothing is here
//   3. closed, and nothing is here  =>  ended, and nobody waits for anything
//
// Room is granted anew when half of the window was taken, and at the end of the library call in which that was: what is given
// back at once, by one who left before being told, was not taken.

import { CancelledError } from '../base/errors.ts';
import { Ring } from '../base/ring.ts';
import { End } from '../core/outcome.ts';
import { Unbuffered } from '../core/unbuffered.ts';
import { afterwards, type Duty, enter, exit } from '../core/turn.ts';
import type { Waiter } from '../core/waiter.ts';
import { type Attention, AttentiveLine } from './attention.ts';
import { type Matter, refuse } from './wire.ts';

export abstract class Inbox<T> extends Unbuffered<T> implements Duty {
  protected readonly buffer = new Ring<T>();
  protected readonly window: number;
  /** Values that may still come. */
  #room: number;
  /** Taken since the last grant. */
  #owed = 0;
  /** Taken in all. */
  protected taken = 0;
  #isDue = false;
  protected end: End | null = null;

  constructor(window: number) {
    super();
    this.window = window;
    this.#room = window;
  }

  /** Lets the lines of those who wait keep the process alive. Called by the constructor of each kind. */
  protected static lines(inbox: { readonly name: string }, attention: Attention): [AttentiveLine, AttentiveLine] {
    return [new AttentiveLine('receive on', inbox, attention), new AttentiveLine('the end of', inbox, attention)];
  }

  /** `n` more may come: tells the other side. */
  protected abstract grant(n: number): void;
  /** It will not be received. */
  protected abstract lose(value: T): void;
  /** The last value before the end has been taken. */
  protected abstract drained(): void;

  // ───────────────────────────────────────────────────────────── what comes

  protected arrive(message: Extract<Matter, readonly ['value', ...unknown[]]>): void {
    const count = message.length - 2;
    if (count > this.#room) refuse(message, `of ${count}, where ${this.#room} were granted`);
    this.#room -= count;
    if (this.end !== null) {
      for (let i = 2; i < message.length; i++) this.lose(message[i] as T);
      return;
    }
    for (let i = 2; i < message.length; i++) this.buffer.push(message[i] as T);
    this.#serve();
  }

  #serve(): void {
    while (this.buffer.size > 0 && this.wanted()) {
      const receiver = this.receivers.shift() as Waiter;
      receiver.settle(this.#takeOut());
      receiver.tell();
    }
  }

  /** No more comes. */
  protected close(end: End): void {
    if (this.end !== null) return;
    this.end = end;
    if (this.buffer.size === 0) this.#finish(end);
  }

  #finish(end: End): void {
    this.finish(end);
    this.drained();
  }

  // ───────────────────────────────────────────────────────────── receiving

  /** @internal */
  ready(): boolean {
    return this.buffer.size > 0 || this.end !== null;
  }

  /** @internal */
  take(): unknown {
    if (this.buffer.size === 0) return this.end;
    const value = this.#takeOut();
    if (this.end !== null && this.buffer.size === 0) this.#finish(this.end);
    return value;
  }

  #takeOut(): T {
    this.taken++;
    this.#owed++;
    if (!this.#isDue) {
      this.#isDue = true;
      afterwards(this);
    }
    return this.buffer.shift();
  }

  /** @internal Grants anew what was taken, if it is time. */
  perform(): void {
    this.#isDue = false;
    const owed = this.#owed;
    if (this.end !== null || owed < this.window / 2) return;
    this.#owed = 0;
    this.#room += owed;
    this.grant(owed);
  }

  /** @internal */
  restore(value: T): void {
    this.taken--;
    this.#owed--;
    if (this.end?.how === 'cancelled') {
      this.lose(value);
      return;
    }
    this.buffer.unshift(value);
    this.#serve();
  }

  /** @internal */
  ended(): End | null {
    return this.buffer.size === 0 ? this.end : null;
  }

  // ───────────────────────────────────────────────────────────── giving up

  cancel(reason?: unknown): boolean {
    if (this.ended() !== null) return false;
    const wasOpen = this.end === null;
    const end = (this.end = new End(this, 'cancelled', new CancelledError(this.name, reason)));
    const lost = this.buffer.clear();
    enter();
    try {
      this.abandon(reason, wasOpen);
      this.finish(end);
      for (const value of lost) this.lose(value);
    } finally {
      exit();
    }
    return true;
  }

  /** It was cancelled: tells the other side. `wasOpen`: more could have come. */
  protected abstract abandon(reason: unknown, wasOpen: boolean): void;

  /** @internal */
  override check(): void {
    super.check();
    this.buffer.check();
    const state = `${this.buffer.size} here, ${this.#room} to come, ${this.#owed} owed, window ${this.window}`;
    const fail = (what: string): never => {
      throw new Error(`${this.name}: ${what}: ${state}`);
    };
    const awake = this.receivers.count((waiter) => !waiter.asleep) > 0;
    if (awake && this.buffer.size > 0) fail('somebody waits beside a value');
    if (this.end !== null) return;
    if (this.buffer.size + this.#room + this.#owed !== this.window) fail('the window is not kept');
  }
}
