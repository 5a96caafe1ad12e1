// Batches of a hundred, or of what has come within ten milliseconds: taken from a channel whose producer waits for room.

import { channel, forEach, go, groupWithin } from '../../dist/bundle/index.js';

const MOST = 100;
const MS = 10;

function* produce(values, n) {
  for (let i = 0; i < n; i++) yield* values.send(i);
  values.close();
}

export const row = {
  place: 16.2,
  title: 'batches of 100, or of 10 ms',
  what: 'value',
  aim: 'bufferTime',
  n: 1_000_000,
  expected: (n) => n + n / MOST,
  async rxsluice(n) {
    const values = channel(128);
    go(() => produce(values, n));
    let seen = 0;
    await forEach(groupWithin(values, MOST, MS), (batch) => {
      seen += batch.length + 1;
    }).promise();
    return seen;
  },
};
