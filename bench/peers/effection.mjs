// Effection: structured concurrency. Its queues and channels are unbounded, so that only what needs no bound is here.

import { createQueue, run, spawn, suspend } from 'effection';

function* answer(there, back, n) {
  for (let i = 0; i < n; i++) back.add((yield* there.next()).value + 1);
}

// eslint-disable-next-line require-yield -- It never waits, and is an operation.
function* one() {
  return 1;
}

export const peers = {
  effection: {
    'round-trip': (n) =>
      run(function* () {
        const there = createQueue();
        const back = createQueue();
        yield* spawn(() => answer(there, back, n));
        let sum = 0;
        for (let i = 0; i < n; i++) {
          there.add(i);
          sum += (yield* back.next()).value;
        }
        return sum;
      }),
    blocked: (n) =>
      new Promise((resolve) => {
        void run(function* () {
          const numbers = createQueue();
          for (let i = 0; i < n; i++) yield* spawn(() => numbers.next());
          resolve(numbers);
          yield* suspend();
        });
      }),
    spawn: (n) =>
      run(function* () {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += yield* yield* spawn(one);
        return sum;
      }),
  },
};
