// Animation frames: painted when the test says so, as in RxJS's run mode; in an asynchronous run also when it says nothing.
//
// Invariants:
//   1. without `animate`, a frame is promised (`#next`) exactly while somebody has asked for one; with it, never
//   2. who asks while a frame is painted gets the next one

import type { Subscription } from 'rxjs';
import { checkFunction, checkText } from '../base/checks.ts';
import type { Lab } from './lab.ts';

type Paint = (time: number) => void;

export class Painter {
  readonly #lab: Lab;
  /** Milliseconds from frame to frame, as long as nobody called `animate`; null: then there are none. */
  readonly #period: number | null;
  readonly #requests = new Map<number, Paint>();
  #last = 0;
  #animated = false;
  #next: Subscription | null = null;

  constructor(lab: Lab, period: number | null) {
    this.#lab = lab;
    this.#period = period;
  }

  /** Paints at each marble of `marbles`, and at no other time. */
  animate(marbles: string): void {
    checkText('animate', 'marbles', marbles);
    if (this.#animated) throw new Error('animate() was called twice in this run');
    const { marks } = this.#lab.parse(marbles, 'frames');
    this.#animated = true;
    this.#promise();
    for (const { frame } of marks) {
      this.#lab.from({ what: `animate('${marbles}')` }, () => this.#lab.schedule(() => this.#paint(), frame));
    }
  }

  request(paint: Paint): number {
    checkFunction('requestAnimationFrame', 'callback', paint);
    this.#check();
    this.#requests.set(++this.#last, paint);
    this.#promise();
    return this.#last;
  }

  cancel(handle: number): void {
    this.#check();
    this.#requests.delete(handle);
    this.#promise();
  }

  #paint(): void {
    const due = [...this.#requests.keys()];
    for (const handle of due) {
      const paint = this.#requests.get(handle);
      // An earlier callback may have withdrawn it.
      if (paint === undefined) continue;
      this.#requests.delete(handle);
      paint(this.#lab.frame);
    }
  }

  /** Promises the next frame, or takes the promise back. */
  #promise(): void {
    const period = this.#animated || this.#requests.size === 0 ? null : this.#period;
    if ((period !== null) === (this.#next !== null)) return;
    this.#next?.unsubscribe();
    this.#next = null;
    if (period === null) return;
    const lab = this.#lab;
    const wait = (Math.floor(lab.frame / period) + 1) * period - lab.frame;
    this.#next = lab.from({ what: 'an animation frame', site: lab.site }, () =>
      lab.schedule(() => {
        this.#next = null;
        this.#paint();
        this.#promise();
      }, wait),
    );
  }

  #check(): void {
    if (this.#period === null && !this.#animated) throw new Error('animate() was not called in this run');
  }
}
