/**
 * A run that failed. Its stack begins at the line of the test that is concerned, so that a runner shows that line.
 *
 * @see [MarbleError](../../docs/errors.md#marbleerror): what to do
 */
export class MarbleError extends Error {
  override readonly name: string = 'MarbleError';

  /** `site`: the line that is concerned, as a stack. */
  constructor(message: string, site: { readonly frames: string } | null) {
    super(message);
    if (site !== null) this.stack = `${this.name}: ${message}\n${site.frames}`;
  }
}
