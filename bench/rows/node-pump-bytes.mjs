// Chunks of 64 KiB from stream to stream: through a channel and `pump`, and by `pipeline`.

import { Buffer } from 'node:buffer';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fromReadable, pump } from '../../dist/bundle/node.js';

const CHUNK = Buffer.alloc(65_536, 'x');

function chunks(n) {
  let i = 0;
  return new Readable({
    read() {
      this.push(i++ < n ? CHUNK : null);
    },
  });
}

function counting() {
  const sink = new Writable({ write: (chunk, _, done) => ((sink.size += chunk.length), done()) });
  sink.size = 0;
  return sink;
}

export const row = {
  place: 22,
  title: '64 KiB chunks from stream to stream',
  what: 'chunk',
  aim: '1.67 times `pipeline` takes',
  n: 50_000,
  expected: (n) => n * CHUNK.length,
  async rxsluice(n) {
    const sink = counting();
    await pump(fromReadable(chunks(n)), sink).promise();
    return sink.size;
  },
  others: {
    async pipeline(n) {
      const sink = counting();
      await pipeline(chunks(n), sink);
      return sink.size;
    },
  },
};
