// The same jobs by `start`, which hands out a Job for each; one listener hears how all of them end, as on a page.

import { concat, of, Subject } from 'rxjs';
import { jobQueue } from '../../dist/bundle/index.js';

export const row = {
  place: 16.5,
  title: 'jobQueue.start, 16 at a time',
  what: 'job',
  aim: 'fastq',
  n: 1_000_000,
  expected: (n) => (n * (n - 1)) / 2,
  async rxsluice(n) {
    const hold = new Subject();
    const jobs = jobQueue((i) => (i < 16 ? concat(hold, of(i)) : of(i)), { concurrency: 16 });
    let sum = 0;
    jobs.outcomes$.subscribe(({ result }) => (sum += result));
    for (let i = 0; i < n; i++) jobs.start(i);
    hold.complete();
    await jobs.close().promise();
    return sum;
  },
};
