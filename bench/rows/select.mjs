// One consumer selects over four channels of capacity 64, each with a producer of its own.

import { channel, go, select } from '../../dist/bundle/index.js';
import { Buffer, Loop, send } from '../raw.mjs';
import { Port, selectOf, sendAll } from '../raw-iterators.mjs';

const FOUR = [0, 1, 2, 3];

function* produce(numbers, from, to) {
  for (let i = from; i < to; i++) yield* numbers.send(i);
}

function* consume(a, b, c, d, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* select({ a, b, c, d })).value;
  return sum;
}

/** An operation is cold: one can be performed again and again. */
function* consumeWithOne(a, b, c, d, n) {
  const next = select({ a, b, c, d });
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* next).value;
  return sum;
}

function run(consumer, n) {
  const channels = FOUR.map(() => channel(64));
  const share = n / 4;
  channels.forEach((numbers, i) => go(() => produce(numbers, i * share, (i + 1) * share)));
  return go(() => consumer(...channels, n)).promise();
}

/** In turn rather than by chance. */
function* rawConsume(buffers, n, add) {
  let sum = 0;
  let next = 0;
  for (let i = 0; i < n; i++) {
    let tried = 0;
    while (buffers[next & 3].empty) {
      next++;
      if (++tried % 4 === 0) yield* buffers[0].value();
    }
    sum += buffers[next++ & 3].shift();
  }
  add(sum);
}

function* rawIteratorConsume([a, b, c, d], n, add) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* selectOf({ a, b, c, d })).value;
  add(sum);
}

function rawIterator(n) {
  const loop = new Loop();
  const receivers = [];
  const ports = FOUR.map(() => new Port(loop, 64, receivers));
  const share = n / 4;
  let sum = 0;
  ports.forEach((port, i) => loop.spawn(sendAll(port, i * share, (i + 1) * share)));
  loop.spawn(rawIteratorConsume(ports, n, (all) => (sum = all)));
  loop.run();
  return sum;
}

export const row = {
  place: 4,
  title: 'select over 4 fed channels',
  what: 'item',
  aim: 60,
  n: 400_000,
  expected: (n) => (n * (n - 1)) / 2,
  rxsluice: (n) => run(consume, n),
  others: { 'rxsluice, select made once': (n) => run(consumeWithOne, n), 'raw iterators': rawIterator },
  raw(n) {
    const loop = new Loop();
    const receivers = [];
    const buffers = FOUR.map(() => new Buffer(loop, 64, receivers));
    const share = n / 4;
    let sum = 0;
    buffers.forEach((buffer, i) => loop.spawn(send(buffer, i * share, (i + 1) * share)));
    loop.spawn(rawConsume(buffers, n, (all) => (sum = all)));
    loop.run();
    return sum;
  },
};
