// A thread of the tests, that runs what was built.

import { sleep } from 'rxsluice';
import { expose, withTransfer } from 'rxsluice/worker';

export const handlers = {
  add: (a, b) => a + b,
  *count(n) {
    for (let i = 0; i < n; i++) yield i;
  },
  *forever(flag) {
    try {
      yield* sleep(1e9);
    } finally {
      yield* sleep(50);
      Atomics.store(flag, 0, 1);
    }
  },
  spin() {
    for (;;);
  },
  nap(ms) {
    return sleep(ms).promise();
  },
  busy(ms) {
    const end = Date.now() + ms;
    while (Date.now() < end);
    return ms;
  },
  exit(code) {
    process.exit(code);
  },
  *crash() {
    setTimeout(() => {
      throw new RangeError('crashed');
    });
    yield* sleep(1e9);
  },
  fill(size) {
    const bytes = new Uint8Array(size).fill(7);
    return withTransfer(bytes, [bytes.buffer]);
  },
  length(bytes) {
    return bytes.byteLength;
  },
};

expose(handlers);
