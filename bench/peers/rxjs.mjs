// Plain RxJS, where it can do the job. It cannot hold back a source, so that there is no buffer with a bound.

import { bufferTime, concatMap, defer, map, merge, mergeMap, Observable, of, range, Subject, tap } from 'rxjs';
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
  'RxJS bufferTime': {
    batch(n) {
      let seen = 0;
      range(0, n)
        .pipe(bufferTime(10, null, 100))
        // At its end it emits what it has begun, empty or not.
        .subscribe((batch) => (seen += batch.length > 0 ? batch.length + 1 : 0));
      return seen;
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
  'RxJS concatMap over a Subject': {
    /** A client that was served asks again: in a microtask, since from inside of the answer RxJS would recurse. */
    async 'state-owner'(n) {
      const asked = new Subject();
      let state = 0;
      asked
        .pipe(concatMap(({ step, resolve }) => defer(() => of((state = step(state)))).pipe(tap(resolve))))
        .subscribe();
      const ask = (step) => new Promise((resolve) => asked.next({ step, resolve }));
      let served = 0;
      const client = async (step) => {
        for (let i = 0; i < n / 110; i++) {
          await ask(step);
          served++;
        }
      };
      const read = (state) => state;
      const write = (state) => state + 1;
      await Promise.all(Array.from({ length: 110 }, (_, i) => client(i < 100 ? read : write)));
      if (state !== n / 11) throw new Error('a write was lost');
      return served;
    },
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
