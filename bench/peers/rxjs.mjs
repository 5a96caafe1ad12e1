// Plain RxJS, where it can do the job. It cannot hold back a source, so that there is no buffer with a bound.

import { map, merge, mergeMap, Observable, range, Subject } from 'rxjs';
import { Desk } from '../desk.mjs';

function sumOf(values) {
  let sum = 0;
  values.subscribe((value) => (sum += value));
  return () => sum;
}

export const peers = {
  'RxJS merge': {
    'merge-select'(n) {
      const hot = new Subject();
      const idle = Array.from({ length: 64 }, () => new Subject());
      const sum = sumOf(merge(...idle, hot));
      for (let i = 0; i < n; i++) hot.next(i);
      return sum();
    },
  },
  'RxJS map, no buffers': {
    'map-stages': (n) =>
      sumOf(
        range(0, n).pipe(
          map((i) => i + 1),
          map((i) => i + 1),
          map((i) => i + 1),
        ),
      )(),
  },
  'RxJS mergeMap': {
    pool(n) {
      const desk = new Desk();
      const job = (i) =>
        new Observable((subscriber) => {
          desk.begin(() => {
            subscriber.next(i);
            subscriber.complete();
          });
        });
      return new Promise((resolve, reject) => {
        let sum = 0;
        range(0, n)
          .pipe(mergeMap(job, 16))
          .subscribe({ next: (i) => (sum += i), error: reject, complete: () => resolve(sum) });
      });
    },
  },
};
