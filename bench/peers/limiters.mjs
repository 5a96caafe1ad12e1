// Libraries that run promises, so many at a time: p-queue, fastq and async-mutex.

import { Semaphore } from 'async-mutex';
import fastq from 'fastq';
import PQueue from 'p-queue';
import { Desk } from '../desk.mjs';

export const peers = {
  'p-queue': {
    async pool(n) {
      const desk = new Desk();
      const queue = new PQueue({ concurrency: 16 });
      let sum = 0;
      for (let i = 0; i < n; i++) void queue.add(() => desk.promise(i)).then((done) => (sum += done));
      await queue.onIdle();
      return sum;
    },
  },
  fastq: {
    pool(n) {
      const desk = new Desk();
      const queue = fastq((i, done) => desk.begin(() => done(null, i)), 16);
      let sum = 0;
      for (let i = 0; i < n; i++) queue.push(i, (_, done) => (sum += done));
      return new Promise((resolve) => (queue.drain = () => resolve(sum)));
    },
  },
  'async-mutex': {
    async pool(n) {
      const desk = new Desk();
      const semaphore = new Semaphore(16);
      const jobs = Array.from({ length: n }, (_, i) => semaphore.runExclusive(() => desk.promise(i)));
      return (await Promise.all(jobs)).reduce((sum, done) => sum + done);
    },
  },
};
