// Who is alive in a run: every task, and everybody else who waits, each with the frame since which it does.

import { printable } from '../base/printable.ts';
import type { FiberOwner } from '../core/fiber.ts';
import { type Runnable, turn, type Watch } from '../core/turn.ts';
import { realTime } from './host.ts';
import type { Lab } from './lab.ts';

interface Waiting {
  readonly place: unknown;
}

/** Real milliseconds after which a turn that is still in the same frame is taken for endless. */
const PATIENCE = 5000;
/** Waiters are swept when there are twice as many as were left by the last sweep, and more than this. */
const SWEEP = 1000;

export class Census implements Watch {
  readonly #lab: Lab;
  /** Alive, and since when in its present state. */
  readonly #fibers = new Map<Runnable, number>();
  readonly #waiters = new Map<Waiting, number>();
  #sweepAt = SWEEP;
  #spinning = { frame: NaN, since: 0 };

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  started(fiber: Runnable): void {
    this.#fibers.set(fiber, this.#lab.frame);
  }

  ended(fiber: Runnable): void {
    this.#fibers.delete(fiber);
  }

  waits(waiter: Waiting): void {
    if (this.#fibers.has(waiter as Runnable)) {
      this.#fibers.set(waiter as Runnable, this.#lab.frame);
      return;
    }
    this.#waiters.set(waiter, this.#lab.frame);
    if (this.#waiters.size < this.#sweepAt) return;
    for (const { 0: known } of this.#waiters) if (known.place === null) this.#waiters.delete(known);
    this.#sweepAt = Math.max(SWEEP, 2 * this.#waiters.size);
  }

  /** @throws Error in the coroutine that runs, if it is one of those that go on for ever in one frame. */
  spins(): void {
    const { frame } = this.#lab;
    if (this.#spinning.frame !== frame) this.#spinning = { frame, since: realTime() };
    else if (turn.current !== null && realTime() - this.#spinning.since > PATIENCE) {
      this.#spinning = { frame: NaN, since: 0 };
      throw new Error(`frame ${frame} does not pass: ${nameOf(turn.current)} goes on without waiting for any time`);
    }
  }

  /** A line for each task that has not ended. (Of coroutines, only tasks have a status.) */
  get tasks(): string[] {
    const tasks = [...this.#fibers].filter(([fiber]) => 'status' in ownerOf(fiber));
    return tasks.map(([fiber, since]) => printable(`${nameOf(fiber)}: ${placeOf(fiber)}, since frame ${since}`));
  }

  /** A line for each other one that waits: observers of operations and of channels. */
  get observers(): string[] {
    const waiting = [...this.#waiters].filter(([{ place }]) => place !== null);
    return waiting.map(([{ place }, since]) => printable(`an observer: ${placeOf({ place })}, since frame ${since}`));
  }
}

/** What a coroutine is called, as it can be shown. */
export function nameOf(fiber: Runnable): string {
  return printable(ownerOf(fiber).name);
}

/** Every coroutine is a fiber, of this copy of the library or of another. */
function ownerOf(runnable: Runnable): FiberOwner {
  return (runnable as unknown as { owner: FiberOwner }).owner;
}

function placeOf({ place }: Waiting): string {
  return (place as { toString(): string } | null)?.toString() ?? 'running';
}
