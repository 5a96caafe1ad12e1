// Who waits for too long: looked for at the first moment at which somebody may have, and not before.
//
// One timer, while somebody waits; it keeps no process alive.

import type { Unsubscribable } from 'rxjs';
import { after, now } from '../core/clock.ts';

/** Something that lasts, since when. */
export interface Lasting {
  readonly since: number;
}

export class Patience {
  readonly #look: () => number;
  #timer: Unsubscribable | null = null;
  #dueAt = Infinity;

  /** `look` tells of all that has lasted for too long, and returns since when the first of the others has; Infinity: there is none. */
  constructor(look: () => number) {
    this.#look = look;
  }

  /** Something lasts, since now, and must not last for more than `limit`. */
  begin(limit: number): void {
    if (limit < Infinity && this.#timer === null) this.#set(now(), limit);
  }

  #set(since: number, limit: number): void {
    this.#dueAt = since + limit + 1;
    this.#timer = quietly(Math.max(0, this.#dueAt - now()), () => {
      this.#timer = null;
      const first = this.#look();
      if (first < Infinity) this.#set(first, limit);
    });
  }

  /** Nothing lasts. */
  end(): void {
    this.#timer?.unsubscribe();
    this.#timer = null;
  }
}

/** A timer for which no process stays alive. */
export function quietly(ms: number, fire: () => void): Unsubscribable {
  const timer = after(ms, fire);
  (timer as { id?: { unref?: () => void } }).id?.unref?.();
  return timer;
}
