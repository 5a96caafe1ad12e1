// What one reader sees of the dead letters of a queue: a letter is fetched when somebody waits for it, and is off the server
// when that one has it.
//
// Invariants:
//   1. a letter is asked for only while somebody waits here
//   2. a letter in `#back` was handed out and came back in the same turn; it is the next
//   3. it has ended  =>  nobody waits here, and nothing is pulled

import { CancelledError } from '../base/errors.ts';
import { End } from '../core/outcome.ts';
import { LineOf } from '../core/line-of.ts';
import { Unbuffered } from '../core/unbuffered.ts';
import { enter, exit } from '../core/turn.ts';
import type { Waiter } from '../core/waiter.ts';
import type { Message } from './message.ts';
import type { NatsHome } from './nats-home.ts';
import { Puller } from './puller.ts';

export interface Source<T> {
  readonly name: string;
  readonly stream: string;
  readonly durable: string;
  prepare(): Promise<void>;
  /** Nobody answers to those who pull. */
  gone(): void;
  open(message: Message): T;
  /** This reader reads no more. */
  left(): void;
}

export class RemoteLetters<T> extends Unbuffered<T> {
  /** @internal */
  override readonly enders: LineOf = new Enders(this);
  readonly #home: NatsHome;
  readonly #from: Source<T>;
  readonly #puller: Puller;
  readonly #back: T[] = [];
  #prepared = false;
  #end: End | null;

  constructor(home: NatsHome, from: Source<T>) {
    super();
    this.#home = home;
    this.#from = from;
    this.#end = home.end;
    const count = (): number => this.receivers.count(({ asleep }) => !asleep);
    this.#puller = new Puller(home.jet, from.stream, from.durable, home.ackWait, {
      get wanted() {
        return count();
      },
      take: (message) => this.#hand(message),
      idle: (isGone) => isGone && from.gone(),
      returned: () => undefined,
      refused: (error) => this.#finishWith(new End(this, 'closed', error)),
    });
  }

  get name(): string {
    return this.#from.name;
  }

  /** Somebody waits for a letter, or for the end. */
  get isAwaited(): boolean {
    return this.receivers.first !== null || this.enders.first !== null;
  }

  override get effectful(): boolean {
    return this.#end === null && this.#back.length === 0;
  }

  ready(): boolean {
    return this.#back.length > 0 || this.#end !== null;
  }
  take(): unknown {
    return this.#back.length > 0 ? this.#back.shift() : this.#end;
  }
  restore(value: T): void {
    this.#back.unshift(value);
    if (this.wanted()) this.#giveBack();
  }
  #giveBack(): void {
    const receiver = this.receivers.shift() as Waiter;
    receiver.settle(this.#back.shift());
    receiver.tell();
  }
  ended(): End | null {
    return this.#back.length === 0 ? this.#end : null;
  }

  override park(waiter: Waiter): void {
    super.park(waiter);
    this.ask();
  }

  /** Somebody waits. */
  ask(): void {
    if (this.#prepared) this.#puller.pump();
    this.#from.prepare().then(
      () => {
        this.#prepared = true;
        if (this.#end === null) this.#puller.begin(this.#home.ackWait);
        this.#puller.pump();
      },
      (error: unknown) => this.#finishWith(new End(this, 'closed', error)),
    );
  }

  #hand(message: Message): void {
    if (!this.wanted()) return;
    const receiver = this.receivers.shift() as Waiter;
    void this.#puller.ack(message);
    enter();
    try {
      receiver.settle(this.#from.open(message));
      receiver.tell();
    } finally {
      exit();
    }
  }

  // ───────────────────────────────────────────────────────────── ending

  /** The queue has ended, and there are no more letters. */
  finishClosed(): void {
    this.#finishWith(new End(this, 'closed'));
  }

  /** The engine has. */
  abandon(): void {
    this.#finishWith(new End(this, 'cancelled', new CancelledError(this.#home.name)));
  }

  cancel(reason?: unknown): boolean {
    if (this.ended() !== null) return false;
    this.#back.length = 0;
    this.#finishWith(new End(this, 'cancelled', new CancelledError(this.name, reason)));
    return true;
  }

  #finishWith(end: End): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#from.left();
    void this.#puller.close([]);
    if (this.ended() === null) return;
    enter();
    try {
      this.finish(end);
    } finally {
      exit();
    }
  }

  override toString(): string {
    return `${this.name} (${this.#end === null ? 'open' : this.#end.how})`;
  }
}

class Enders extends LineOf {
  readonly #letters: { readonly name: string; ask(): void };

  constructor(letters: { readonly name: string; ask(): void }) {
    super('the end of', letters);
    this.#letters = letters;
  }
  override append(waiter: Waiter): void {
    super.append(waiter);
    this.#letters.ask();
  }
}
