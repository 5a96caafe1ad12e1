// Something that changes, and is watched: a number of jobs, a state.
//
// Whoever subscribes gets what is so at that moment, and then what it becomes, whenever its owner says `look()`. Owners say so when
// a step is over: whoever subscribes in the middle of one, in the callback of a job's end, say, knows sooner than those who watch.
//
// A change from inside a callback is told when everybody knows of the last, so all get the same, in one order; one that has
// gone by then is told to nobody.

import { distinctUntilChanged, Observable, Subject } from 'rxjs';
import { eachInOwn } from './ambient.ts';

export class Gauge<V> {
  readonly values: Observable<V>;
  readonly #read: () => V;
  readonly #changes = new Subject<V>();
  /** What all have been told. */
  #told: V;
  /** Somebody has come who knows more. */
  #isOutrun = false;
  #isTelling = false;
  #isCompleted = false;

  constructor(read: () => V) {
    this.#read = read;
    this.#told = read();
    const values = new Observable<V>((subscriber) => {
      let value: V;
      do {
        value = read();
        subscriber.next(value);
        // Its callback may have changed it.
      } while (value !== read() && !subscriber.closed);
      if (value !== this.#told) this.#isOutrun = true;
      subscriber.add(this.#changes.subscribe(subscriber));
    });
    this.values = eachInOwn(values.pipe(distinctUntilChanged()));
  }

  /** It may have changed. */
  look(): void {
    if (this.#isTelling) return;
    let value = this.#read();
    if (value === this.#told && !this.#isOutrun) return;
    this.#isTelling = true;
    // Who knows it already is not told again: `distinctUntilChanged`.
    for (; value !== this.#told || this.#isOutrun; value = this.#read()) {
      this.#isOutrun = false;
      this.#told = value;
      this.#changes.next(value);
    }
    this.#isTelling = false;
    if (this.#isCompleted) this.#changes.complete();
  }

  /** It will not change any more; whoever subscribes later gets the last value, and the end. */
  complete(): void {
    this.#isCompleted = true;
    this.look();
    if (!this.#isTelling) this.#changes.complete();
  }
}
