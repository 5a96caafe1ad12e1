/**
 * The client of a request, or of a connection, has gone before it was served.
 *
 * @see [ClientGoneError](../../docs/errors.md#clientgoneerror): what to do
 */
export class ClientGoneError extends Error {
  override readonly name: string = 'ClientGoneError';

  constructor(message = 'the client has gone') {
    super(message);
  }
}
