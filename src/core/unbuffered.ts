import { End } from './outcome.ts';
import { Pullable } from './pullable.ts';
import { Batch } from './receive.ts';

/** A source that has its values from others, one by one: many are taken as long as it is ready. */
export abstract class Unbuffered<T> extends Pullable<T> {
  /** @internal */
  takeMany(max: number): unknown {
    const first = this.take();
    if (first instanceof End) return first;
    const values = [first as T];
    while (values.length < max && this.ready() && this.ended() === null) {
      const next = this.take();
      if (next instanceof End) break;
      values.push(next as T);
    }
    return new Batch(values);
  }
}
