// Sixteen workers take jobs from a channel; each job gives way once, and gives a number: it ends in the microtask in which all
// sixteen that run end. (Go's jobs call `Gosched`, asyncio's `sleep(0)`.)
//
// The same jobs through `queueMap`, 16 at a time, stand beside it: as coroutines, and with an Observable for each job.

import { Observable } from 'rxjs';
import { channel, deferred, go, queueMap } from '../../dist/bundle/index.js';
import { AT_ONCE, Desk } from '../desk.mjs';
import { Buffer, Loop, send } from '../raw.mjs';

const CAPACITY = 128;

/** `yield* host.turn`: gives way, until all who run have. */
class Host {
  #next = deferred();
  #waiting = 0;

  get turn() {
    if (++this.#waiting === AT_ONCE) queueMicrotask(() => this.#begin());
    return this.#next;
  }
  #begin() {
    const turn = this.#next;
    this.#next = deferred();
    this.#waiting = 0;
    turn.resolve();
  }
}

function* produce(jobs, n) {
  for (let i = 0; i < n; i++) yield* jobs.send(i);
  jobs.close();
}

function jobsOf(n) {
  const jobs = channel(CAPACITY);
  go(() => produce(jobs, n));
  return jobs;
}

function* work(jobs, host, done) {
  for (;;) {
    const job = yield* jobs.receiveResult();
    if (!job.ok) return;
    yield* host.turn;
    done(job.value);
  }
}

/** Through `queueMap`: what it emits is added up. */
function flattened(n, project) {
  return new Promise((resolve, reject) => {
    let sum = 0;
    jobsOf(n)
      .pipe(queueMap(project, { concurrency: AT_ONCE }))
      .subscribe({ next: (i) => (sum += i), error: reject, complete: () => resolve(sum) });
  });
}

class RawHost {
  #loop;
  #line = [];

  constructor(loop) {
    this.#loop = loop;
  }
  turn() {
    if (this.#line.length === AT_ONCE - 1) queueMicrotask(() => this.#begin());
    return this.#loop.wait(this.#line);
  }
  #begin() {
    for (let n = this.#line.length; n > 0; n--) this.#loop.wake(this.#line);
    this.#loop.run();
  }
}

function* rawWork(jobs, host, n, done) {
  for (;;) {
    while (jobs.empty) {
      if (done.count === n) return;
      yield* jobs.value();
    }
    const i = jobs.shift();
    yield* host.turn();
    done.add(i);
  }
}

export const row = {
  place: 9,
  title: 'pool of 16 async jobs',
  what: 'job',
  aim: 154,
  n: 200_000,
  expected: (n) => (n * (n - 1)) / 2,
  async rxsluice(n) {
    const jobs = jobsOf(n);
    const host = new Host();
    let sum = 0;
    const workers = Array.from({ length: AT_ONCE }, () => go(() => work(jobs, host, (i) => (sum += i))));
    for (const worker of workers) await worker.promise();
    return sum;
  },
  raw(n) {
    const loop = new Loop();
    const jobs = new Buffer(loop, CAPACITY);
    const host = new RawHost(loop);
    return new Promise((resolve) => {
      const done = {
        count: 0,
        sum: 0,
        add(i) {
          this.sum += i;
          if (++this.count === n) resolve(this.sum);
        },
      };
      loop.spawn(send(jobs, 0, n));
      for (let i = 0; i < AT_ONCE; i++) loop.spawn(rawWork(jobs, host, n, done));
      loop.run();
    });
  },
  others: {
    'queueMap, coroutines'(n) {
      const host = new Host();
      return flattened(n, function* (i) {
        yield* host.turn;
        return i;
      });
    },
    'queueMap, Observables'(n) {
      const desk = new Desk();
      return flattened(
        n,
        (i) =>
          new Observable((subscriber) => {
            desk.begin(() => {
              subscriber.next(i);
              subscriber.complete();
            });
          }),
      );
    },
  },
};
