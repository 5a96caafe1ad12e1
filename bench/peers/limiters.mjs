// Libraries that run promises, so many at a time, or in so much time: p-queue, bottleneck, fastq and async-mutex.

import { Mutex, Semaphore } from 'async-mutex';
import Bottleneck from 'bottleneck';
import fastq from 'fastq';
import PQueue from 'p-queue';
import { Desk } from '../desk.mjs';

/** 100 readers and 10 writers, each of which asks again when it was served: `ask` runs one step of many. */
async function demand(n, ask) {
  const owner = { state: 0 };
  const read = () => owner.state;
  const write = () => ++owner.state;
  let served = 0;
  const client = async (step) => {
    for (let i = 0; i < n / 110; i++) {
      await ask(step);
      served++;
    }
  };
  await Promise.all(Array.from({ length: 110 }, (_, i) => client(i < 100 ? read : write)));
  if (owner.state !== n / 11) throw new Error(`${n / 11} writes have made ${owner.state}`);
  return served;
}

/** Jobs that are done at once: in a microtask, since a worker that is done in the same call recurses once for each job. */
function fastJobs(n) {
  const queue = fastq((i, done) => queueMicrotask(() => done(null, i)), 16);
  let sum = 0;
  for (let i = 0; i < n; i++) queue.push(i, (_, done) => (sum += done));
  return new Promise((resolve) => (queue.drain = () => resolve(sum)));
}

/** Jobs that are done at once, asked for all at once. */
async function starts(n, schedule) {
  let sum = 0;
  await Promise.all(Array.from({ length: n }, (_, i) => schedule(async () => i).then((done) => (sum += done))));
  return sum;
}

function startsOfQueue(n, options) {
  const queue = new PQueue({ intervalCap: 1_000_000, interval: 1000, ...options });
  return starts(n, (job) => queue.add(job));
}

async function promisedJobs(n) {
  const queue = new PQueue({ concurrency: 16 });
  let sum = 0;
  for (let i = 0; i < n; i++) void queue.add(() => i).then((done) => (sum += done));
  await queue.onIdle();
  return sum;
}

export const peers = {
  bottleneck: {
    /** A bucket, that is filled anew each second. */
    async rate(n) {
      const limiter = new Bottleneck({
        reservoir: 1_000_000,
        reservoirRefreshAmount: 1_000_000,
        reservoirRefreshInterval: 1000,
      });
      const sum = await starts(n, (job) => limiter.schedule(job));
      await limiter.disconnect();
      return sum;
    },
  },
  'p-queue, strict': {
    /** In any window, as here. */
    rate: (n) => startsOfQueue(n, { strict: true }),
  },
  'p-queue': {
    rate: (n) => startsOfQueue(n, {}),
    'state-owner'(n) {
      const queue = new PQueue({ concurrency: 1 });
      return demand(n, (step) => queue.add(step));
    },
    async pool(n) {
      const desk = new Desk();
      const queue = new PQueue({ concurrency: 16 });
      let sum = 0;
      for (let i = 0; i < n; i++) void queue.add(() => desk.promise(i)).then((done) => (sum += done));
      await queue.onIdle();
      return sum;
    },
    'job-queue': promisedJobs,
    'job-queue-start': promisedJobs,
  },
  fastq: {
    work: fastJobs,
    'job-queue': fastJobs,
    'job-queue-start': fastJobs,
    'state-owner'(n) {
      const queue = fastq.promise(async (step) => step(), 1);
      return demand(n, (step) => queue.push(step));
    },
    pool(n) {
      const desk = new Desk();
      const queue = fastq((i, done) => desk.begin(() => done(null, i)), 16);
      let sum = 0;
      for (let i = 0; i < n; i++) queue.push(i, (_, done) => (sum += done));
      return new Promise((resolve) => (queue.drain = () => resolve(sum)));
    },
  },
  'async-mutex': {
    'state-owner'(n) {
      const mutex = new Mutex();
      return demand(n, (step) => mutex.runExclusive(step));
    },
    async pool(n) {
      const desk = new Desk();
      const semaphore = new Semaphore(16);
      const jobs = Array.from({ length: n }, (_, i) => semaphore.runExclusive(() => desk.promise(i)));
      return (await Promise.all(jobs)).reduce((sum, done) => sum + done);
    },
  },
};
