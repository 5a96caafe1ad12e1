// A queue of jobs that are there, handled 16 at a time, each by an Observable that is done at once: what `work` itself costs,
// leasing and settling included.

import { lastValueFrom, mergeMap as flatten, of, range, tap } from 'rxjs';
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
  async rxsluice(n) {
    const jobs = queue();
    for (let i = 0; i < n; i++) jobs.trySend(i);
    jobs.close();
    let sum = 0;
    // What takes long gives the host its chance: the rest is leased from a macrotask.
    await lastValueFrom(work(jobs, (i) => of(i), { concurrency: 16 }).pipe(tap((i) => (sum += i))));
    return jobs.unfinished === 0 ? sum : 'not ended';
  },
};
