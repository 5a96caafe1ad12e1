// How full a buffer is, over time.
//
// A buffer *only grows* when it has doubled again and again, each time in a later macrotask, and has never fallen to half of what
// it was. A burst does not count, however large: it comes in one call, or in two. One from which nobody has ever taken anything is
// found sooner.

import { quietly } from './patience.ts';

const FIRST_MARK = 16;
/** Doublings at different times, and values. */
const GROWS = { doublings: 5, size: 256 } as const;
const GROWS_UNTOUCHED = { doublings: 3, size: 100 } as const;

export class Level {
  /** When it became full; null: it is not. */
  fullSince: number | null = null;
  #mark = FIRST_MARK;
  #doublings = 0;
  #isLater = true;
  /** Somebody has taken something. */
  isTouched = false;

  /** It holds `size` values now. */
  rise(size: number): void {
    if (size < this.#mark) return;
    while (size >= this.#mark) this.#mark *= 2;
    if (!this.#isLater) return;
    this.#doublings++;
    this.#isLater = false;
    quietly(0, () => {
      this.#isLater = true;
    });
  }

  fall(size: number): void {
    this.isTouched = true;
    this.fullSince = null;
    if (this.#mark === FIRST_MARK || size >= this.#mark / 4) return;
    this.#mark = FIRST_MARK;
    this.#doublings = 0;
  }

  onlyGrows(size: number): boolean {
    const least = this.isTouched ? GROWS : GROWS_UNTOUCHED;
    return this.#doublings >= least.doublings && size >= least.size;
  }
}
