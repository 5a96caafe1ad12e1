// Chunks of 64 KiB from a file to a stream: through a channel and `pump`, and by `pipeline`.

import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fromReadable, pump } from '../../dist/bundle/node.js';

const CHUNK = 65_536;

/** A file without an end, read so far. */
const chunks = (n) => createReadStream('/dev/zero', { end: n * CHUNK - 1, highWaterMark: CHUNK });

function counting() {
  const sink = new Writable({ write: (chunk, _, done) => ((sink.size += chunk.length), done()) });
  sink.size = 0;
  return sink;
}

export const row = {
  place: 22,
  title: '64 KiB chunks from a file to a stream',
  what: 'chunk',
  aim: '1.67 times `pipeline` takes',
  n: 20_000,
  expected: (n) => n * CHUNK,
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
