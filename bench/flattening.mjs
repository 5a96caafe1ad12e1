// A row for queueMap beside RxJS's own: inner sources that have their value at once, none of which waits, since of those
// concatMap loses many.

import { concatMap, mergeMap, Observable, of } from 'rxjs';
import { queueMap } from '../dist/bundle/index.js';

/** So many values as one source, and that often, so that there is something to measure. */
const TOTAL = 200_000;

function run(size, flatten) {
  const source = new Observable((subscriber) => {
    for (let i = 0; i < size; i++) subscriber.next(i);
    subscriber.complete();
  });
  return (n) => {
    let sum = 0;
    for (let left = n; left > 0; left -= size) source.pipe(flatten).subscribe((value) => (sum += value));
    return sum;
  };
}

export function flattening(size, label) {
  return {
    place: 10 + Math.log10(size) / 10,
    title: `queueMap over ${label} values`,
    what: 'value',
    aim: 'mergeMap',
    n: TOTAL,
    fixed: true,
    expected: (n) => (n * (size - 1)) / 2,
    rxsluice: run(
      size,
      queueMap((value) => of(value)),
    ),
    others: {
      concatMap: run(
        size,
        concatMap((value) => of(value)),
      ),
      mergeMap: run(
        size,
        mergeMap((value) => of(value)),
      ),
    },
  };
}
