// What keeps a Node process alive: that somebody waits, and nothing else.

import { LineOf } from '../core/line-of.ts';
import type { Waiter } from '../core/waiter.ts';

/**
 * Counts who waits. `hold(true)` is called when the first comes; `hold(false)` a moment after all have left: those who take
 * one value after the other leave and come back all the time.
 */
export class Attention {
  readonly #hold: (held: boolean) => void;
  #count = 0;
  #isHeld = false;
  #isDue = false;

  constructor(hold: (held: boolean) => void) {
    this.#hold = hold;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  came(): void {
    this.#count++;
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#hold(true);
  }

  left(): void {
    this.#count--;
    if (this.#count > 0 || this.#isDue) return;
    this.#isDue = true;
    const timer = setTimeout(() => {
      this.#isDue = false;
      if (this.#count > 0) return;
      this.#isHeld = false;
      this.#hold(false);
    }, 1);
    // It fires as long as the process is held, which is what it is for.
    (timer as { unref?: () => void }).unref?.();
  }
}

/** A line of those who keep the process alive. */
export class AttentiveLine extends LineOf {
  readonly #attention: Attention;

  constructor(what: string, source: { readonly name: string }, attention: Attention) {
    super(what, source);
    this.#attention = attention;
  }

  override append(waiter: Waiter): void {
    super.append(waiter);
    this.#attention.came();
  }
  override prepend(waiter: Waiter): void {
    super.prepend(waiter);
    this.#attention.came();
  }
  override shift(): Waiter | null {
    const waiter = super.shift();
    if (waiter !== null) this.#attention.left();
    return waiter;
  }
  override leave(waiter: Waiter): null {
    super.leave(waiter);
    this.#attention.left();
    return null;
  }
}
