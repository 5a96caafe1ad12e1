import { channelFrom, type Coroutine, forEach, type ReceiveChannel } from 'rxsluice';
import { chunksOf } from './chunks.ts';
import { reasonOf } from './system-error.ts';
import type { Tally } from './tally.ts';
import { type Counts, TextCounter } from './text-counter.ts';
import type { Found } from './walk.ts';

/** All the text that a reader has in memory at once. Small enough that a Ctrl-C is heard between two of them. */
const CHUNK = 16 * 1024;

/** Reads one file after the other until there are no more, and tells the tally. Any number of readers share the files. */
export function* reader(files: ReceiveChannel<Found>, tally: Tally): Coroutine<void> {
  const buffer = new Uint8Array(CHUNK);
  yield* forEach(files, function* (found) {
    if (found.kind === 'unreadable') yield* tally.write(found);
    else yield* readFile(found.path, buffer, tally);
  });
}

function* readFile(path: string, buffer: Uint8Array, tally: Tally): Coroutine<void> {
  // Without a buffer of its own, a channel asks for the next piece only when the last one has been dealt with.
  const pieces = channelFrom(chunksOf(path, buffer), { name: path });
  const counter = new TextCounter();
  try {
    yield* forEach(pieces, (piece) => tell(tally, piece.length, counter.count(piece)));
    yield* tell(tally, 0, counter.end());
    yield* tally.write({ kind: 'file', path, lines: counter.lines, words: counter.words });
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null) throw error;
    yield* tally.write({ kind: 'unreadable', path, reason });
  } finally {
    // Closes the file of a reader that was stopped.
    pieces.cancel();
  }
}

function* tell(tally: Tally, bytes: number, counts: Counts): Coroutine<void> {
  yield* tally.write({ kind: 'piece', bytes, ...counts });
}
