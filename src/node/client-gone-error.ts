/** The client of a request, or of a connection, has gone before it was served. */
export class ClientGoneError extends Error {
  override readonly name: string = 'ClientGoneError';

  constructor(message = 'the client has gone') {
    super(message);
  }
}
