import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { NotAFileError } from './system-error.ts';

/** Does not wait for somebody to write, if it is a pipe. Not known on Windows. */
const AT_ONCE = (constants as Partial<typeof constants>).O_NONBLOCK ?? 0;

/**
 * The bytes of a file, in pieces. Each is a view of `buffer`, good until the next one is asked for: the whole file is never in
 * memory. Whoever stops early (by `return()`, which `channelFrom` calls when it is cancelled) closes the file, too.
 */
export async function* chunksOf(path: string, buffer: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const file = await open(path, constants.O_RDONLY | AT_ONCE);
  try {
    if (!(await file.stat()).isFile()) throw new NotAFileError();
    for (;;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
