import { type IncomingMessage, type Server as HttpServer, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import type { TaskContext } from '../core/context.ts';
import type { Task } from '../task/task.ts';
import { has } from '../core/async-iterator.ts';
import { ClientGoneError } from './client-gone-error.ts';
import { DEAF, listen, type Listener, unlisten } from './ear.ts';
import { checkServe, Host, socketEvent, type Made, type ServeOptions, type Service } from './service.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, context: TaskContext) => Made;

/**
 * Serves HTTP: each request is a task, named `GET /path`.
 *
 * ```
 * requests      a--b--------
 * task of a     xxxxxx|          returned: the response is ended
 * task of b        xxx!          its client has gone: cancelled
 * ```
 *
 * The handler is a coroutine, or returns any observable input, which is run to its end. A client that goes (`close` of the response
 * before its `finish`) cancels its task, with `ClientGoneError` as the reason; keep-alive connections go on. A handler that fails:
 * 500, without details and without the headers that it had set, or the connection is cut where headers are out; then
 * `onError` is told. Cancelled by the scope: the same with 503. Returned without an end: the response is ended.
 *
 * `limit` is how many are handled at once; further ones wait, in order, and a client that leaves meanwhile never starts. No error of a
 * request, a response or their socket becomes an uncaught exception. Each handler keeps the AsyncLocalStorage context of its request.
 *
 * Hoist the generator function: one that is made for each request costs V8 some 4 µs.
 *
 * @example
 * ```ts
 * const service = serve(createServer().listen(8080), function* (request, response) {
 *   for (const row of rows) yield* write(response, row);
 * });
 * yield* service.shutdown({ grace: 10_000 });
 * ```
 *
 * After Go's net/http, and asyncio's servers.
 */
export function serve(server: HttpServer, handler: Handler, options: ServeOptions = {}): Service {
  return new HttpHost(server, handler, checkServe('serve', server, handler, options));
}

class HttpHost extends Host {
  readonly #handler: Handler;
  readonly #server: HttpServer;
  /** What tells of a connection that can be used. */
  readonly #event: string;
  /** Each of these, and how much of it had been read when its last response closed. */
  readonly #read = new Map<Socket, number>();
  /** Responses that have not closed. */
  readonly #open = new Set<ServerResponse>();

  constructor(server: HttpServer, handler: Handler, options: ServeOptions) {
    super('serve', server, options);
    this.#handler = handler;
    this.#server = server;
    this.#event = socketEvent(server);
    server.on('connection', this.#onConnection);
    server.on(this.#event, this.#onSocket);
    server.on('request', this.#onRequest);
  }

  readonly #onConnection = (socket: Socket): void => this.keep(socket);

  readonly #onSocket = (socket: Socket): void => {
    this.#read.set(socket, 0);
    socket.once('close', () => this.#read.delete(socket));
  };

  readonly #onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    let task: Task<unknown> | null = null;
    let isFinished = false;
    const { socket } = request;
    // It was connected before all this. (A stream of HTTP/2 has no socket of its own.)
    if (!this.#read.has(socket) && request.httpVersionMajor < 2) {
      this.#onConnection(socket);
      this.#onSocket(socket);
    }
    this.#open.add(response);
    const closed = (): void => {
      if (!this.#open.delete(response)) return;
      if (queued !== null) unlisten(socket, 'close', queued);
      if (this.#read.has(socket)) this.#read.set(socket, socket.bytesRead);
      if (!isFinished && task !== null) void task.cancel(new ClientGoneError());
      this.flushed();
    };
    // One that waits behind others of its connection is not told when that closes.
    const queued: Listener | null = response.socket === null ? { heard: closed } : null;
    if (queued !== null) listen(socket, 'close', queued);
    // Before the handler has a chance to listen: its task is to be cancelled before its writes fail.
    response.on('finish', () => {
      isFinished = response.writableEnded;
      // HTTP/2 says so, too, of one that nobody has ended.
      if (!isFinished) closed();
    });
    response.on('close', closed);
    response.on('error', DEAF);
    request.on('error', DEAF);
    if (this.scope.closed) {
      answer(response, 503);
      return;
    }
    task = this.start(
      nameOf(request),
      (context) => this.#handler(request, response, context),
      ({ status }) => {
        if (status !== 'resolved') answer(response, status === 'rejected' ? 500 : 503);
        else if (!response.writableEnded && !response.destroyed) response.end();
      },
    );
  };

  protected letIdleGo(): void {
    for (const { req } of this.#open) this.#read.set(req.socket, -1);
    for (const response of this.#open) response.shouldKeepAlive = false;
    for (const [socket, read] of this.#read) if (socket.bytesRead === read) socket.destroy();
  }

  protected get isFlushed(): boolean {
    return this.#open.size === 0;
  }

  protected stopListening(): void {
    // Also those that were there before all this, and have asked for nothing.
    if (has(this.#server, 'closeAllConnections')) this.#server.closeAllConnections();
    this.server.off('connection', this.#onConnection);
    this.server.off(this.#event, this.#onSocket);
    this.#server.off('request', this.#onRequest);
  }
}

function nameOf({ method, url }: IncomingMessage): string {
  const query = url?.indexOf('?') ?? -1;
  return `${method} ${query < 0 ? url : url?.slice(0, query)}`;
}

/** Of HTTP/2. */
const INTERNAL_ERROR = 2;

/** Answers in the handler's stead: nothing of what it had in mind is sent. Too late for that, the connection is cut. */
function answer(response: ServerResponse, code: 500 | 503): void {
  if (response.destroyed || response.writableEnded) return;
  const stream = response.req.httpVersionMajor < 2 ? null : (response as unknown as Http2ServerResponse).stream;
  if (response.headersSent) {
    // Without a code, it would be the good end of a stream.
    if (stream !== null) stream.close(INTERNAL_ERROR);
    else response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  const text = STATUS_CODES[code] as string;
  response.statusCode = code;
  if (stream === null) response.statusMessage = text;
  response.setHeader('Content-Type', 'text/plain');
  if (code === 503) response.shouldKeepAlive = false;
  response.end(text);
}
