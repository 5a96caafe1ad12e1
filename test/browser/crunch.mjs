// A module worker, and a thread of Node's, without change.

import { channel, ClosedError, sleep } from 'rxsluice';
import { expose, inThread, portSender, withTransfer } from 'rxsluice/worker';
import { EmptyError, of } from 'rxjs';

let made = 0;
let marks = 0;
let lastReason = null;

class OddError extends Error {
  name = 'OddError';
  code = 7;
  callback = () => 1;
}

const thrown = {
  aggregate: () => new AggregateError([new Error('a'), new OddError('b')], 'many'),
  dom: () => new DOMException('stop', 'AbortError'),
  rxjs: () => new EmptyError(),
  ours: () => new ClosedError('orders'),
  odd: () => new OddError('odd'),
  text: () => 'text',
  round: () => {
    const error = new Error('round');
    error.cause = error;
    return error;
  },
};

const kinds = {
  promise: () => Promise.resolve(3),
  observable: () => of(1, 2, 3),
  channel: () => {
    const values = channel(3);
    for (const value of [1, 2, 3]) values.trySend(value);
    values.close();
    return values;
  },
  async *asyncGenerator() {
    for (const value of [1, 2, 3]) yield value;
  },
  readable: () =>
    new ReadableStream({
      start(controller) {
        for (const value of [1, 2, 3]) controller.enqueue(value);
        controller.close();
      },
    }),
  *coroutine() {
    yield* sleep(1);
    return 3;
  },
  array: () => [1, 2, 3],
};

expose({
  add: (a, b) => a + b,
  made: () => made,
  *count(n) {
    for (let i = 0; i < n; i++) {
      made = i + 1;
      yield i;
    }
  },
  *forever() {
    try {
      yield* sleep(1e9);
    } finally {
      yield* sleep(20);
      made = -1;
    }
  },
  *ticks() {
    try {
      for (let i = 0; ; i++) {
        yield* sleep(1);
        yield i;
      }
    } finally {
      yield* sleep(20);
      made = 'ticks have ended';
    }
  },
  signalled() {
    this.signal.addEventListener('abort', () => (lastReason = this.signal.reason.name));
    return new Promise(() => undefined);
  },
  lastReason: () => lastReason,
  mark: () => ++marks,
  sum: (bytes) => bytes.reduce((a, b) => a + b),
  kind: (kind) => kinds[kind](),
  throws(kind) {
    throw thrown[kind]();
  },
  uncloneable: () => () => 1,
  nested: (a, b) => inThread((x, y) => x + y, [a, b]),
  *produce(port, pause = 0) {
    const out = portSender(port);
    for (const value of [1, 2, 3, 4, 5]) {
      yield* out.send(value);
      if (pause > 0) yield* sleep(pause);
    }
    out.close();
    return 'made';
  },
  spin() {
    for (;;);
  },
  *crash() {
    setTimeout(() => {
      throw new RangeError('crashed');
    });
    yield* sleep(1e9);
  },
  fails() {
    throw new TypeError('no', { cause: new RangeError('inner') });
  },
  fill(size) {
    const bytes = new Uint8Array(size).fill(7);
    return withTransfer(bytes, [bytes.buffer]);
  },
});
