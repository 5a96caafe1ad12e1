// Two coroutines and two channels without a buffer: there and back.

import { channel, go } from '../../dist/bundle/index.js';
import { Loop } from '../raw.mjs';
import { Port } from '../raw-iterators.mjs';

function* ask(there, back, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    yield* there.send(i);
    sum += yield* back.receive();
  }
  return sum;
}

function* answer(there, back, n) {
  for (let i = 0; i < n; i++) yield* back.send((yield* there.receive()) + 1);
}

/** A place for one value, and for one who waits for it. */
class Desk {
  value = 0;
  given = false;
  waiting = [];
}

function give(loop, desk, value) {
  desk.value = value;
  desk.given = true;
  loop.wake(desk.waiting);
}

function take(desk) {
  desk.given = false;
  return desk.value;
}

function* rawAsk(loop, there, back, n, done) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    give(loop, there, i);
    while (!back.given) yield* loop.wait(back.waiting);
    sum += take(back);
  }
  done(sum);
}

function* rawAnswer(loop, there, back, n) {
  for (let i = 0; i < n; i++) {
    while (!there.given) yield* loop.wait(there.waiting);
    give(loop, back, take(there) + 1);
  }
}

export const row = {
  place: 2,
  title: 'rendezvous',
  what: 'round trip',
  aim: 120,
  n: 300_000,
  expected: (n) => (n * (n + 1)) / 2,
  rxsluice(n) {
    const there = channel();
    const back = channel();
    go(() => answer(there, back, n));
    return go(() => ask(there, back, n)).promise();
  },
  raw(n) {
    const loop = new Loop();
    const there = new Desk();
    const back = new Desk();
    let sum = 0;
    loop.spawn(rawAnswer(loop, there, back, n));
    loop.spawn(rawAsk(loop, there, back, n, (all) => (sum = all)));
    loop.run();
    return sum;
  },
  others: {
    /** The nearest thing to it without a rendezvous: a buffer for one value each way. */
    'raw iterators'(n) {
      const loop = new Loop();
      const there = new Port(loop, 1);
      const back = new Port(loop, 1);
      let sum = 0;
      loop.spawn(answer(there, back, n));
      loop.spawn(
        (function* () {
          sum = yield* ask(there, back, n);
        })(),
      );
      loop.run();
      return sum;
    },
  },
};
