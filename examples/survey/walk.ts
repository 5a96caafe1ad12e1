// The files below some folders, one after the other, as fast as they are asked for: an async generator, since that is what
// `channelFrom` pulls. Nothing is collected, so a million files take no more memory than ten.

import { type Stats } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from './system-error.ts';

export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

export type Found = { readonly kind: 'file'; readonly path: string } | ({ readonly kind: 'unreadable' } & Unreadable);

/**
 * Each of `paths` that is a file, and the files below each that is a folder whose name is `wanted`.
 *
 * In a folder, a link to a file counts as a file. A link to a folder is not followed, so that nothing is counted twice and
 * links in a circle do no harm; as one of `paths` it is. Pipes, devices and sockets in folders are passed over.
 */
export async function* walk(paths: Iterable<string>, wanted: (name: string) => boolean): AsyncGenerator<Found, void> {
  for (const path of paths) {
    const target = await targetOf(path);
    if (target?.isDirectory() === true) yield* walkFolder(path, wanted);
    else yield { kind: 'file', path };
  }
}

async function* walkFolder(folder: string, wanted: (name: string) => boolean): AsyncGenerator<Found, void> {
  try {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* walkFolder(path, wanted);
      else if (wanted(entry.name) && (entry.isFile() || (entry.isSymbolicLink() && (await mayBeFile(path)))))
        yield { kind: 'file', path };
    }
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null) throw error;
    yield { kind: 'unreadable', path: folder, reason };
  }
}

/** A link that leads nowhere may be one: whoever reads it will say why it cannot be read. */
async function mayBeFile(path: string): Promise<boolean> {
  const target = await targetOf(path);
  return target === null || target.isFile();
}

async function targetOf(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null);
}
