import { Observable, Subject } from 'rxjs';
import { eachInOwn } from './ambient.ts';

/** A value that is watched: whoever subscribes gets it at once, then each change, all in the same order. */
export class Gauge<V> {
  readonly values: Observable<V>;
  readonly #changes = new Subject<V>();
  #value: V;
  /** What all have been told. */
  #told: V;
  #telling = false;
  #completed = false;

  constructor(value: V) {
    this.#value = this.#told = value;
    const values = new Observable<V>((subscriber) => {
      const known = this.#told;
      subscriber.next(known);
      // Its callback may have changed it.
      if (known !== this.#told) subscriber.next(this.#told);
      subscriber.add(this.#changes.subscribe(subscriber));
    });
    this.values = eachInOwn(values);
  }

  /** A change from inside a callback is told when everybody knows of the last. */
  set(value: V): void {
    this.#value = value;
    if (this.#telling) return;
    this.#telling = true;
    while (this.#told !== this.#value) {
      this.#told = this.#value;
      this.#changes.next(this.#told);
    }
    this.#telling = false;
    if (this.#completed) this.#changes.complete();
  }

  /** It will not change any more; whoever subscribes later gets the last value, and the end. */
  complete(): void {
    this.#completed = true;
    this.set(this.#value);
  }
}
