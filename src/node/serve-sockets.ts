import type { Server, Socket } from 'node:net';
import type { TaskContext } from '../core/context.ts';
import type { Task } from '../task/task.ts';
import { ClientGoneError } from './client-gone-error.ts';
import { DEAF } from './ear.ts';
import { checkServe, Host, socketEvent, type Made, type ServeOptions, type Service } from './service.ts';

type Handler = (socket: Socket, context: TaskContext) => Made;

/**
 * Serves sockets: each connection is a task, named by its address.
 *
 * ```
 * connections   a--b--------
 * task of a     xxxxxx|          returned: what it wrote goes out, the socket is destroyed
 * task of b        xxx!          reset: cancelled
 * ```
 *
 * The socket is destroyed when its task has ended: after what was written is out if the handler returned, at once if it failed or
 * was cancelled. A reset, or a broken connection, cancels the task with `ClientGoneError` as the reason, or fails it by the write that
 * finds out first: `onError` hears of neither. A FIN of the other side
 * is only the end of what can be read: answers can still be written. Everything else is as `serve` has it; with a TLS server the
 * sockets are those of its secure connections.
 *
 * @example
 * ```ts
 * serveSockets(createServer().listen(7), (socket) => pump(fromReadable(socket), socket));
 * ```
 */
export function serveSockets(server: Server, handler: Handler, options: ServeOptions = {}): Service {
  return new SocketHost(server, handler, checkServe('serveSockets', server, handler, options));
}

class SocketHost extends Host {
  readonly #handler: Handler;
  readonly #event: string;

  constructor(server: Server, handler: Handler, options: ServeOptions) {
    super('serveSockets', server, options);
    this.#handler = handler;
    this.#event = socketEvent(server);
    server.on('connection', this.#onConnection);
    server.on(this.#event, this.#onSocket);
  }

  readonly #onConnection = (socket: Socket): void => this.keep(socket);

  readonly #onSocket = (socket: Socket): void => {
    let task: Task<unknown> | null = null;
    socket.allowHalfOpen = true;
    socket.on('error', DEAF);
    // Before the handler has a chance to listen: its task is to be cancelled before its writes fail.
    socket.on('error', () => gone());
    socket.on('close', () => gone());
    const gone = (): void => {
      const isDone = socket.readableEnded && socket.writableFinished && socket.errored === null;
      if (!isDone && task !== null) void task.cancel(new ClientGoneError());
    };
    if (this.scope.closed) {
      socket.destroy();
      return;
    }
    task = this.start(
      `${socket.remoteAddress}:${socket.remotePort}`,
      (context) => this.#handler(socket, context),
      ({ status }) => {
        // Puts out what was written, first.
        if (status === 'resolved') socket.destroySoon();
        else socket.destroy();
      },
    );
  };

  protected letIdleGo(): void {
    // A connection has its task, and is never idle.
  }

  /** Of a task that has returned, what it wrote may still be on its way. */
  protected get isFlushed(): boolean {
    return this.sockets.size === 0;
  }

  protected override closed(): void {
    this.flushed();
  }

  protected stopListening(): void {
    this.server.off('connection', this.#onConnection);
    this.server.off(this.#event, this.#onSocket);
  }
}
