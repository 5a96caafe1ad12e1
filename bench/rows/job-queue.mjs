// Jobs that are submitted at once and done at once, at most 16 at a time: what a submission costs, its answer and its outcome
// included. Those that are submitted first hold the queue until all are, so that the others wait.

import { concat, of, Subject } from 'rxjs';
import { jobQueue } from '../../dist/bundle/index.js';

export const row = {
  place: 16,
  title: 'jobQueue, 16 at a time',
  what: 'job',
  aim: 'p-queue',
  n: 1_000_000,
  expected: (n) => (n * (n - 1)) / 2,
  async rxsluice(n) {
    const hold = new Subject();
    const jobs = jobQueue((i) => (i < 16 ? concat(hold, of(i)) : of(i)), { concurrency: 16 });
    let sum = 0;
    let done = 0;
    jobs.outcomes$.subscribe(({ status }) => {
      if (status === 'done') done++;
    });
    const add = (i) => (sum += i);
    for (let i = 0; i < n; i++) jobs.submit(i).subscribe(add);
    hold.complete();
    // What takes long gives the host its chance: the rest is served from a macrotask.
    await jobs.close().promise();
    return done === n ? sum : `${done} done`;
  },
};
