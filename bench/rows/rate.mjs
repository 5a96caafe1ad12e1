// Jobs that are done at once, asked for all at once, under a limit that has room for all: what it costs to ask. (How long one
// waits under a limit that is reached is said by the limit.) bottleneck and p-queue run a job themselves, and give a promise.

import { rateLimiter } from '../../dist/bundle/index.js';

export const row = {
  place: 16.1,
  title: 'rate limit with room',
  what: 'start',
  aim: 'p-queue',
  // bottleneck has a timer for each of them, one after the other.
  n: 10_000,
  expected: (n) => (n * (n - 1)) / 2,
  rxsluice(n) {
    const limit = rateLimiter(1_000_000, 1000);
    let sum = 0;
    for (let i = 0; i < n; i++) limit.acquire().subscribe(() => (sum += i));
    return sum;
  },
  others: {
    async 'rxsluice, promises'(n) {
      const limit = rateLimiter(1_000_000, 1000);
      let sum = 0;
      const starts = Array.from({ length: n }, (_, i) =>
        limit
          .acquire()
          .promise()
          .then(() => (sum += i)),
      );
      await Promise.all(starts);
      return sum;
    },
    /** Few find room: a fiftieth is let go each millisecond. */
    'rxsluice, a limit that is reached'(n) {
      const limit = rateLimiter(n / 50, 1);
      return new Promise((resolve) => {
        let sum = 0;
        let started = 0;
        for (let i = 0; i < n; i++) {
          limit.acquire().subscribe(() => {
            sum += i;
            if (++started === n) resolve(sum);
          });
        }
      });
    },
  },
};
