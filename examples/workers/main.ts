import { channel, forEach, go, sleep } from 'rxsluice';

const jobs = channel<number>(2);

// Each job goes to exactly one of the workers: whichever has waited longest.
for (const worker of ['ann', 'bob']) {
  forEach(jobs, function* (job) {
    yield* sleep(20 * job); // job 2 takes twice as long as job 1
    console.log(`${worker} has done job ${job}`);
  }).subscribe();
}

go(function* () {
  for (const job of [1, 9, 2, 1, 1]) yield* jobs.send(job); // waits while both are busy and two are buffered
  jobs.close();
});

// All are taken; the last ones may still be at work.
jobs.whenEnded().subscribe(() => {
  console.log('nothing left to take');
});
