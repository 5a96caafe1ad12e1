// What Node's own streams fail with, for those cases in which no stream is there to say it.

/** The codes that users know from Node, and look for. */
type Code = 'ERR_STREAM_PREMATURE_CLOSE' | 'ERR_STREAM_DESTROYED' | 'ERR_STREAM_WRITE_AFTER_END';

const MESSAGES: Readonly<Record<Code, string>> = {
  ERR_STREAM_PREMATURE_CLOSE: 'Premature close',
  ERR_STREAM_DESTROYED: 'The stream was destroyed',
  ERR_STREAM_WRITE_AFTER_END: 'write after end',
};

export function streamError(code: Code): NodeJS.ErrnoException {
  return Object.assign(new Error(MESSAGES[code]), { code });
}
