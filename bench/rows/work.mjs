// A queue of jobs that are there, handled 16 at a time, each by an Observable that is done at once: what `work` itself costs,
// leasing and settling included.

import { mergeMap as flatten, of, range } from 'rxjs';
import { queue, work } from '../../dist/bundle/index.js';

/** RxJS, which keeps no account. */
function mergeMap(n) {
  let sum = 0;
  range(0, n)
    .pipe(flatten((i) => of(i), 16))
    .subscribe((i) => (sum += i));
  return sum;
}

export const row = {
  place: 15,
  title: 'work, 16 at a time',
  what: 'job',
  aim: 'fastq',
  n: 1_000_000,
  expected: (n) => (n * (n - 1)) / 2,
  others: { mergeMap },
  rxsluice(n) {
    const jobs = queue();
    for (let i = 0; i < n; i++) jobs.trySend(i);
    jobs.close();
    let sum = 0;
    let ended = false;
    work(jobs, (i) => of(i), { concurrency: 16 }).subscribe({
      next: (i) => (sum += i),
      complete: () => (ended = jobs.unfinished === 0),
    });
    return ended ? sum : 'not ended';
  },
};
