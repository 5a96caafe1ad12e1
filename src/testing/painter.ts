// Animation frames: painted when the test says so, as in RxJS's run mode.

import type { Lab } from './lab.ts';

export class Painter {
  readonly #lab: Lab;
  #requests: Map<number, (time: number) => void> | null = null;
  #last = 0;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Paints at each marble of `marbles`. */
  animate(marbles: string): void {
    if (this.#requests !== null) throw new Error('animate() was called twice in this run');
    this.#requests = new Map();
    for (const { frame } of this.#lab.parse(marbles, 'demand').marks) {
      this.#lab.from({ what: `animate('${marbles}')` }, () => this.#lab.schedule(() => this.#paint(), frame));
    }
  }

  request(paint: (time: number) => void): number {
    this.#told().set(++this.#last, paint);
    return this.#last;
  }

  cancel(handle: number): void {
    this.#told().delete(handle);
  }

  #paint(): void {
    const requests = this.#told();
    const due = [...requests.values()];
    // A callback may ask for the next frame.
    requests.clear();
    for (const paint of due) paint(this.#lab.frame);
  }

  #told(): Map<number, (time: number) => void> {
    if (this.#requests === null) throw new Error('animate() was not called in this run');
    return this.#requests;
  }
}
