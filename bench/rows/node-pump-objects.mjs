// A stream of objects into another one: through a channel and `pump`, and by `pipeline`.

import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fromReadable, pump } from '../../dist/bundle/node.js';

function numbers(n) {
  let i = 0;
  return new Readable({
    objectMode: true,
    read() {
      this.push(i < n ? i++ : null);
    },
  });
}

function adding() {
  const sink = new Writable({ objectMode: true, write: (i, _, done) => ((sink.sum += i), done()) });
  sink.sum = 0;
  return sink;
}

export const row = {
  place: 21,
  title: 'objects from stream to stream',
  what: 'chunk',
  aim: '1.67 times `pipeline` takes',
  n: 200_000,
  expected: (n) => (n * (n - 1)) / 2,
  async rxsluice(n) {
    const sink = adding();
    await pump(fromReadable(numbers(n)), sink).promise();
    return sink.sum;
  },
  others: {
    async pipeline(n) {
      const sink = adding();
      await pipeline(numbers(n), sink);
      return sink.sum;
    },
  },
};
