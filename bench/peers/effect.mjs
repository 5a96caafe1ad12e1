// Effect: fibers and bounded queues. It has no rendezvous (a queue of one stands for it) and no select (a merge of streams is
// the nearest).

import { Effect, Fiber, Queue, Stream, SynchronizedRef } from 'effect';
import { Desk } from '../desk.mjs';

const produce = (numbers, from, to) =>
  Effect.gen(function* () {
    for (let i = from; i < to; i++) yield* Queue.offer(numbers, i);
  });

const consume = (numbers, n) =>
  Effect.gen(function* () {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += yield* Queue.take(numbers);
    return sum;
  });

const map = (source, target, n) =>
  Effect.gen(function* () {
    for (let i = 0; i < n; i++) yield* Queue.offer(target, (yield* Queue.take(source)) + 1);
  });

const count = (numbers) =>
  Effect.gen(function* () {
    for (let i = 2; ; i++) yield* Queue.offer(numbers, i);
  });

const filter = (source, target, prime) =>
  Effect.gen(function* () {
    for (;;) {
      const number = yield* Queue.take(source);
      if (number % prime !== 0) yield* Queue.offer(target, number);
    }
  });

/** A program as a contender. */
const program = (body) => (n) => Effect.runPromise(Effect.gen(() => body(n)));

const FOUR = [0, 1, 2, 3];

/** The first `n` values of several queues, as they come. */
const sumOfMerged = (queues, n) =>
  Stream.mergeAll(queues.map(Stream.fromQueue), { concurrency: 'unbounded' }).pipe(
    Stream.take(n),
    Stream.runFold(
      () => 0,
      (sum, i) => sum + i,
    ),
  );

export const peers = {
  effect: {
    item: program(function* (n) {
      const numbers = yield* Queue.bounded(128);
      yield* Effect.forkChild(produce(numbers, 0, n));
      return yield* consume(numbers, n);
    }),
    'four-to-four': program(function* (n) {
      const numbers = yield* Queue.bounded(64);
      const share = n / 4;
      for (const i of FOUR) yield* Effect.forkChild(produce(numbers, i * share, (i + 1) * share));
      const consumers = [];
      for (let i = 0; i < 4; i++) consumers.push(yield* Effect.forkChild(consume(numbers, share)));
      return (yield* Fiber.joinAll(consumers)).reduce((sum, part) => sum + part);
    }),
    'round-trip': program(function* (n) {
      const there = yield* Queue.bounded(1);
      const back = yield* Queue.bounded(1);
      yield* Effect.forkChild(map(there, back, n));
      let sum = 0;
      for (let i = 0; i < n; i++) {
        yield* Queue.offer(there, i);
        sum += yield* Queue.take(back);
      }
      return sum;
    }),
    'merge-select': program(function* (n) {
      const queues = [];
      for (let i = 0; i < 65; i++) queues.push(yield* Queue.bounded(128));
      yield* Effect.forkChild(produce(queues[64], 0, n));
      return yield* sumOfMerged(queues, n);
    }),
    blocked: program(function* (n) {
      const numbers = yield* Queue.bounded(1);
      for (let i = 0; i < n; i++) yield* Effect.forkDetach(Queue.take(numbers));
      yield* Effect.yieldNow;
      return numbers;
    }),
    spawn: program(function* (n) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += yield* Fiber.join(yield* Effect.forkChild(Effect.succeed(1)));
      return sum;
    }),
    sieve: program(function* (n) {
      let numbers = yield* Queue.bounded(1);
      yield* Effect.forkChild(count(numbers));
      let prime = 0;
      for (let i = 0; i < n; i++) {
        prime = yield* Queue.take(numbers);
        const target = yield* Queue.bounded(1);
        yield* Effect.forkChild(filter(numbers, target, prime));
        numbers = target;
      }
      return prime;
    }),
    'map-stages': program(function* (n) {
      const line = [];
      for (let i = 0; i < 4; i++) line.push(yield* Queue.bounded(64));
      yield* Effect.forkChild(produce(line[0], 0, n));
      for (let i = 0; i < 3; i++) yield* Effect.forkChild(map(line[i], line[i + 1], n));
      return yield* consume(line[3], n);
    }),
    'state-owner': program(function* (n) {
      const owner = yield* SynchronizedRef.make(0);
      const read = SynchronizedRef.get(owner);
      const write = SynchronizedRef.updateEffect(owner, (state) => Effect.succeed(state + 1));
      const client = (step) =>
        Effect.gen(function* () {
          for (let i = 0; i < n / 110; i++) yield* step;
          return n / 110;
        });
      const clients = Array.from({ length: 110 }, (_, i) => client(i < 100 ? read : write));
      const served = yield* Effect.all(clients, { concurrency: 'unbounded' });
      if ((yield* read) !== n / 11) throw new Error('a write was lost');
      return served.reduce((sum, part) => sum + part);
    }),
    pool: program(function* (n) {
      const desk = new Desk();
      let sum = 0;
      const job = (i) => Effect.callback((resume) => desk.begin(() => resume(Effect.succeed(i))));
      const jobs = Array.from({ length: n }, (_, i) => i);
      yield* Effect.forEach(jobs, (i) => Effect.map(job(i), (done) => (sum += done)), {
        concurrency: 16,
        discard: true,
      });
      return sum;
    }),
  },
};
