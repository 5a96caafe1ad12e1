// Libraries that run promises, so many at a time: p-queue, fastq and async-mutex.

import { Mutex, Semaphore } from 'async-mutex';
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

export const peers = {
  'p-queue': {
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
    async 'job-queue'(n) {
      const queue = new PQueue({ concurrency: 16 });
      let sum = 0;
      for (let i = 0; i < n; i++) void queue.add(() => i).then((done) => (sum += done));
      await queue.onIdle();
      return sum;
    },
  },
  fastq: {
    work: fastJobs,
    'job-queue': fastJobs,
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
