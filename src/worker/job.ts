// One call, on the side that calls. It waits for a thread, or runs on one, and is over once.

import { ownOptions } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import type { Linked } from '../base/line.ts';
import { Failure } from '../core/outcome.ts';
import { detain } from '../core/rest.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { type Rest, serve, settleAll, type Waiter } from '../core/waiter.ts';
import { type Attention, AttentiveLine } from './attention.ts';
import { type Matter, refuse } from './wire.ts';

export interface CallOptions {
  /** What of the arguments is to be moved, and not cloned, when the call begins. */
  transfer?: readonly unknown[];
  /** Milliseconds, >= 0, after a cancel before the thread itself is terminated, when the handler does not end (default Infinity). */
  killAfter?: number;
}

/** The options as they count. */
export function checkCall<O extends CallOptions>(whose: string, name: unknown, args: unknown, options: O): O {
  if (typeof name !== 'string') throw new TypeError(`${whose}: the name must be a string; got ${describe(name)}`);
  if (!Array.isArray(args)) throw new TypeError(`${whose}: args must be an array; got ${describe(args)}`);
  const own = ownOptions(whose, options);
  const { transfer, killAfter = Infinity } = own;
  if (transfer !== undefined && !Array.isArray(transfer)) {
    throw new TypeError(`${whose}: transfer must be an array; got ${describe(transfer)}`);
  }
  if (typeof killAfter !== 'number' || !(killAfter >= 0)) {
    throw new RangeError(`${whose}: killAfter must be a number of ms >= 0, or Infinity; got ${describe(killAfter)}`);
  }
  return own;
}

/** Where calls are made: one thread, or several. */
export interface Host {
  readonly name: string;
  readonly attention: Attention;
  /** What a call fails with at once; null while it takes calls. */
  readonly refusal: Error | null;
  submit(job: Job): void;
  /** Gives it up. Precondition: it was submitted, and is not over. */
  withdraw(job: Job, reason: unknown): void;
}

/** The thread that runs a call, as far as the call has to tell it something. */
export interface Runner {
  /** It may send `n` values more. */
  granted(job: Job, n: number): void;
  cancel(job: Job, reason: unknown): void;
}

export abstract class Job implements Linked<Job> {
  place: unknown = null;
  before: Job | null = null;
  after: Job | null = null;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly transfer: readonly unknown[] | undefined;
  readonly killAfter: number;
  /** Values that may be under way; 0: only the last one is wanted. */
  readonly window: number;
  /** The thread that it runs on, and its number there. */
  session: Runner | null = null;
  id = 0;

  constructor(name: string, args: readonly unknown[], options: CallOptions, window: number) {
    this.name = name;
    this.args = args;
    this.transfer = options.transfer;
    this.killAfter = options.killAfter ?? Infinity;
    this.window = window;
  }

  /** Values of a stream. */
  arrive(message: Extract<Matter, readonly ['value', ...unknown[]]>): void {
    refuse(message, 'for a call that is no stream');
  }

  /** It has ended: with this result, or a Failure. `isGone`: the thread did, or it never began. */
  abstract over(parcel: unknown, isGone: boolean): void;
}

/** The clean-up of a call that was given up: those who must not go on before it has ended wait here. */
export class CallCleanUp extends AttentiveLine implements Rest {
  #ended = false;

  constructor(whose: { readonly name: string }, attention: Attention) {
    super('the clean-up of', whose, attention);
  }

  park(waiter: Waiter): void {
    if (this.#ended) serve(waiter, undefined);
    else this.append(waiter);
  }

  detain(waiter: Waiter, rests: readonly Rest[]): void {
    detain(waiter, rests);
  }

  /** A failure is that of those who wait, else it belongs to nobody. With the thread, its clean-up ends too. */
  end(parcel: unknown, isGone: boolean): void {
    this.#ended = true;
    const outcome = parcel instanceof Failure && !isGone ? parcel : undefined;
    if (this.first !== null) settleAll(this, outcome);
    else if (outcome !== undefined) reportUnhandled(outcome.error);
  }
}
