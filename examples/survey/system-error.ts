import { getSystemErrorMap } from 'node:util';

/** Why a file could not be read, for a person; null: not a failure of the file system, but of this program. */
export function reasonOf(error: unknown): string | null {
  if (error instanceof NotAFileError) return error.message;
  const { errno, code } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || errno === undefined) return null;
  const [, sentence] = getSystemErrorMap().get(errno) ?? [];
  return `${sentence ?? error.message} (${String(code)})`;
}

/** Thrown by reading what is no regular file: a pipe, a device, a folder that took the place of a file. */
export class NotAFileError extends Error {
  constructor() {
    super('not a regular file');
  }
}
