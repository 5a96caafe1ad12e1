// Jobs that are done by the next turn of the event loop, at most 16 at a time. What the jobs themselves cost is small: one
// macrotask ends all that run.

import { Observable } from 'rxjs';
import { channelFrom, queueMap } from '../../dist/index.js';

/** Ends all that have begun, in one macrotask. */
class Desk {
  #begun = [];

  begin(end) {
    if (this.#begun.push(end) === 1) setImmediate(() => this.#finish());
  }
  #finish() {
    const begun = this.#begun;
    this.#begun = [];
    for (const end of begun) end();
  }
}

function* count(n) {
  for (let i = 0; i < n; i++) yield i;
}

export const row = {
  place: 9,
  title: 'pool of 16 async jobs',
  what: 'job',
  aim: 154,
  n: 200_000,
  expected: (n) => (n * (n - 1)) / 2,
  rxsluice(n) {
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
      channelFrom(count(n))
        .pipe(queueMap(job, { concurrency: 16 }))
        .subscribe({ next: (i) => (sum += i), error: reject, complete: () => resolve(sum) });
    });
  },
  raw(n) {
    const desk = new Desk();
    return new Promise((resolve) => {
      let sum = 0;
      let next = 0;
      let ended = 0;
      const begin = () => {
        const i = next++;
        desk.begin(() => {
          sum += i;
          if (++ended === n) resolve(sum);
          else if (next < n) begin();
        });
      };
      while (next < 16) begin();
    });
  },
};
