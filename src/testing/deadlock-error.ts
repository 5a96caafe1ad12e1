/**
 * Thrown when all that is alive waits for something that cannot come: by `expectIdle`, and by `explore`.
 *
 * ```text
 * frame    0    5
 * worker   ---x        receive on jobs, since frame 3
 * nobody   sends
 * ```
 *
 * @example
 * ```ts
 * expect(() => explore(program)).toThrow(DeadlockError);
 * ```
 *
 * @see [DeadlockError](../../docs/errors.md#deadlockerror): what to do
 */
export class DeadlockError extends Error {
  override readonly name: string = 'DeadlockError';
  /** A line for each task that waits: who, on what, since when. */
  readonly blocked: readonly string[];

  constructor(message: string, blocked: readonly string[]) {
    super(message);
    this.blocked = blocked;
  }
}
