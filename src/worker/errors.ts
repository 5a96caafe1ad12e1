// The errors of threads and ports. Like all of the library's they carry a `name` of their own.

/**
 * The other side went away without saying goodbye: the port was closed, the thread has ended or crashed, or it gave no sign of
 * life. What it died of, where that is known, is the `cause`.
 *
 * @see [PeerGoneError](../../docs/errors.md#peergoneerror): what to do
 */
export class PeerGoneError extends Error {
  override readonly name: string = 'PeerGoneError';
  /** The name of the port or thread. */
  readonly source: string;
  /** The exit code of a thread of Node's. */
  readonly exitCode: number | undefined;

  constructor(source: string, exitCode?: number, options?: ErrorOptions) {
    super(`${source}: the other side is gone${exitCode === undefined ? '' : ` (exit code ${exitCode})`}`, options);
    this.source = source;
    this.exitCode = exitCode;
  }
}

/**
 * What the other side threw, where its class cannot cross: with its message, stack, cause, `errors`, and those of its own
 * properties that can be cloned.
 *
 * @see [RemoteError](../../docs/errors.md#remoteerror): what to do
 */
export class RemoteError extends Error {
  override readonly name: string = 'RemoteError';
  /** Its name over there. */
  readonly remoteName: string;

  constructor(remoteName: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.remoteName = remoteName;
  }
}
