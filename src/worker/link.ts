// One side of a port, whatever it is used for: the greeting, the signs of life, and the end.
//
//   greeting ──hello──► met ──close(), fault, or the other side is gone──► over
//       └──────────────────────────────────────────────────────────────────┘
//
// Invariants:
//   1. only when met is the owner told of messages; once over, it is told of nothing, and nothing is posted
//   2. `lost` is called at most once, and not after `close()`
//   3. what comes in is of the protocol, or the port is closed with a `Malformed`, of which both sides hear

import { checkLimit, ownOptions } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { enter, exit } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { Attention } from './attention.ts';
import { PeerGoneError } from './errors.ts';
import { type Port, type PortListener } from './port.ts';
import {
  COUNTERPART,
  type Hello,
  Malformed,
  type Matter,
  type Message,
  parse,
  refuse,
  type Role,
  VERSION,
} from './wire.ts';

export interface LinkOwner {
  readonly name: string;
  /** The other side has said hello; `window` is what it grants to begin with. */
  met(window: number): void;
  /** Throws a Malformed at what could not be said. */
  received(matter: Matter): void;
  /** There is no other side any more. */
  lost(error: Error): void;
}

/** The longest delay a native timer keeps; beyond it, timers fire at once. */
const LONGEST = 2_147_483_647;
/** So many pings may be unanswered. */
const PATIENCE = 3;

export class Link implements PortListener {
  readonly port: Port;
  /** Of those who wait for what comes over this port. */
  readonly attention: Attention;
  readonly #owner: LinkOwner;
  readonly #role: Role;
  readonly #window: number;
  #state: 'greeting' | 'met' | 'over' = 'greeting';
  #pulse: ReturnType<typeof setInterval> | undefined;
  /** Pings since the last sign of life. */
  #unanswered = 0;

  constructor(port: Port, owner: LinkOwner, role: Role, window = 0) {
    this.port = port;
    this.#owner = owner;
    this.#role = role;
    this.#window = window;
    this.attention = new Attention((held) => this.#state !== 'over' && port.hold(held));
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }
  get isMet(): boolean {
    return this.#state === 'met';
  }

  /** Begins to listen. `heartbeat`: milliseconds between pings. */
  open(heartbeat = Infinity): void {
    this.port.listen(this);
    // In Node, listening alone would keep the process alive.
    this.port.hold(this.attention.isHeld);
    if (heartbeat !== Infinity) {
      this.#pulse = setInterval(() => this.#beat(), Math.min(heartbeat, LONGEST));
      (this.#pulse as { unref?: () => void }).unref?.();
    }
    this.#greet(false);
  }

  #greet(answer: boolean): void {
    const hello: Hello = ['rxsluice', VERSION, this.#role, answer, this.#window];
    this.#say(hello);
  }

  /** Throws a DataCloneError if it cannot be cloned. */
  post(message: Matter, transfer?: readonly unknown[]): void {
    if (this.#state !== 'over') this.#say(message, transfer);
  }

  #say(message: Message, transfer?: readonly unknown[]): void {
    try {
      this.port.post(message, transfer);
    } catch (error) {
      if (this.#canPost(error)) throw error;
      // A BroadcastChannel that its owner has closed says so in no other way.
      queueMicrotask(() => this.gone(undefined, error));
    }
  }

  /** Whether a message was at fault, and not the port. What clones a value may run the user's getters, and these throw anything. */
  #canPost(error: unknown): boolean {
    if ((error as { name?: unknown } | null)?.name !== 'InvalidStateError') return true;
    try {
      this.port.post(['pong']);
      return true;
    } catch {
      return false;
    }
  }

  heard(data: unknown): void {
    if (this.#state === 'over') return;
    this.#unanswered = 0;
    enter();
    try {
      this.#hear(data);
    } catch (error) {
      if (error instanceof Malformed) this.fail(error);
      else reportUnhandled(error);
    } finally {
      exit();
    }
  }

  #hear(data: unknown): void {
    const message = parse(data);
    switch (message[0]) {
      case 'rxsluice':
        this.#meet(message);
        return;
      case 'fault':
        this.#lose(new Malformed(`${this.#owner.name}: the other side has refused us: ${message[1]}`));
        return;
      case 'ping':
        this.#say(['pong']);
        return;
      case 'pong':
        return;
      default:
        if (this.#state === 'greeting') refuse(message, 'before it said hello');
        this.#owner.received(message);
    }
  }

  #meet(hello: Hello): void {
    const [, , role, isAnswer, window] = hello;
    if (role !== COUNTERPART[this.#role]) {
      throw new Malformed(`a ${this.#role} is at one end of the port, and a ${role} at the other`);
    }
    if (this.#state === 'met') return;
    if ((role === 'receiver') !== window > 0) refuse(hello, `with a window of ${window}`);
    this.#state = 'met';
    if (!isAnswer) this.#greet(true);
    this.#owner.met(window);
  }

  garbled(): void {
    if (this.#state === 'over') return;
    this.fail(new Malformed('it sent what cannot be read here'));
  }

  gone(exitCode: number | undefined, cause: unknown): void {
    const options = cause === undefined ? undefined : { cause };
    this.#lose(new PeerGoneError(this.#owner.name, exitCode, options));
  }

  #beat(): void {
    if (this.#unanswered >= PATIENCE) {
      this.gone(undefined, undefined);
      return;
    }
    this.#unanswered++;
    this.#say(['ping']);
  }

  /** The other side did what it must not. */
  fail(error: Malformed): void {
    if (this.#state === 'over') return;
    this.#say(['fault', error.message]);
    this.#lose(new Malformed(`${this.#owner.name}: the other side does not keep to the protocol: ${error.message}`));
  }

  #lose(error: Error): void {
    if (this.#state === 'over') return;
    this.close();
    enter();
    try {
      this.#owner.lost(error);
    } finally {
      exit();
    }
  }

  /** All is said, and heard. */
  close(): void {
    this.#end(() => this.port.close());
  }

  /** Hears nothing any more, and leaves the port open. */
  leave(): void {
    this.#end(() => this.port.leave());
  }

  #end(how: () => void): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    clearInterval(this.#pulse);
    this.port.hold(false);
    how();
  }
}

// ───────────────────────────────────────────────────────────── options

export interface LinkOptions {
  /** Shown by `toString()` and by errors. */
  name?: string;
  /**
   * Milliseconds, > 0, between signs of life: the other side is taken for gone after three that are not answered (default
   * Infinity: never). Workers, and Node's ports, tell by themselves. A side that computes for as long does not answer either.
   */
  heartbeat?: number;
}

/** The options as they count. */
export function checkLinkOptions<O extends LinkOptions>(whose: string, options: O): O {
  const own = ownOptions(whose, options);
  const { heartbeat = Infinity } = own;
  if (typeof heartbeat !== 'number' || !(heartbeat > 0)) {
    throw new RangeError(`${whose}: heartbeat must be a number of ms > 0, or Infinity; got ${describe(heartbeat)}`);
  }
  return own;
}

export function checkWindow(whose: string, window: number): void {
  checkLimit(whose, 'window', window, 1);
  if (window === Infinity) throw new RangeError(`${whose}: window must be an integer >= 1; got Infinity`);
}
