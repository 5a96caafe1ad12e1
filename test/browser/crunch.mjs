// A module worker, and a thread of Node's, without change.

import { sleep } from 'rxsluice';
import { expose, withTransfer } from 'rxsluice/worker';

let made = 0;

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
