// 11.7, of sockets: each connection is a task.

import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { forEach, gate, sleep } from '../../src/index.ts';
import {
  ClientGoneError,
  end,
  event,
  fromReadable,
  pump,
  serveSockets,
  type ServeOptions,
  type Service,
  write,
} from '../../src/node/index.ts';
import { all, listening, pause, until } from './real.ts';

type Handler = Parameters<typeof serveSockets>[1];

const open: Service[] = [];

async function site(
  handler: Handler,
  options?: ServeOptions,
): Promise<{ server: Server; service: Service; port: number }> {
  const server = createServer();
  const service = serveSockets(server, handler, options);
  open.push(service);
  return { server, service, port: await listening(server) };
}

afterEach(async () => {
  for (const service of open.splice(0)) await service.shutdown({ grace: 0 }).promise();
});

const client = (port: number): Socket =>
  connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined);

describe('serveSockets', () => {
  it('runs each connection as a task, named by its address; a FIN is only the end of what can be read', async () => {
    const names: string[] = [];
    const { port } = await site(function* (socket, { name }) {
      names.push(name);
      let text = '';
      yield* forEach(fromReadable<Buffer>(socket), (chunk) => void (text += String(chunk)));
      yield* sleep(10);
      yield* write(socket, text.toUpperCase());
    });
    const socket = client(port);
    socket.end('hello');
    expect(Buffer.concat(await all<Buffer>(socket)).toString()).toBe('HELLO');
    expect(names).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
  });

  it('echoes a megabyte', async () => {
    const { port } = await site((socket) => pump(fromReadable<Buffer>(socket), socket));
    const socket = client(port);
    const data = Buffer.alloc(1_000_000, 'abc');
    socket.end(data);
    expect(Buffer.concat(await all<Buffer>(socket)).equals(data)).toBe(true);
  });

  it('puts out what was written before the socket is destroyed', async () => {
    const data = Buffer.alloc(5_000_000, 'x');
    let served: Socket | null = null;
    const { port } = await site(function* (socket) {
      served = socket;
      socket.write(data);
      yield* sleep(0);
    });
    expect(Buffer.concat(await all<Buffer>(client(port))).length).toBe(data.length);
    await until(() => served?.destroyed === true);
  });

  it.each([0, Infinity])(
    'cancels the task of a connection that is reset, with ClientGoneError; errors reach nobody else: %s',
    async (pause) => {
      const ended: unknown[] = [];
      const errors: unknown[] = [];
      const { port } = await site(
        function* (socket, { signal }) {
          signal.addEventListener('abort', () => ended.unshift(signal.reason));
          try {
            for (;;) {
              yield* write(socket, Buffer.alloc(65_536));
              if (pause > 0) yield* sleep(pause);
            }
          } finally {
            ended.push('finally');
          }
        },
        { onError: (error) => errors.push(error) },
      );
      const socket = client(port);
      await new Promise((resolve) => socket.once('data', resolve));
      socket.resetAndDestroy();
      await until(() => ended.includes('finally'));
      // One that writes all the time may find out by itself.
      if (pause === 0) ended.splice(0, ended.length - 1);
      else expect(ended.shift()).toBeInstanceOf(ClientGoneError);
      expect([ended, errors]).toEqual([['finally'], []]);
    },
  );

  it('cuts one that fails, and tells onError', async () => {
    const told: unknown[] = [];
    const { port } = await site(
      function* (socket) {
        yield* write(socket, 'part');
        throw new Error('x');
      },
      { onError: (error, task) => told.push([(error as Error).message, task.split(':')[0]]) },
    );
    await all(client(port)).catch(() => undefined);
    expect(told).toEqual([['x', '127.0.0.1']]);
  });

  it('serves no more than limit at once, in order', async () => {
    const go = gate();
    let most = 0;
    let now = 0;
    const { port, service } = await site(
      function* (socket) {
        most = Math.max(most, ++now);
        yield* go.wait();
        now--;
        yield* end(socket);
      },
      { limit: 2 },
    );
    const clients = Array.from({ length: 5 }, () => all(client(port)));
    await until(() => service.scope.size === 5);
    go.set();
    await Promise.all(clients);
    expect(most).toBe(2);
  });

  it('shuts down: waits for what runs, cancels after grace, closes all', async () => {
    const go = gate();
    const { port, service } = await site(function* (socket) {
      yield* go.wait();
      yield* write(socket, 'bye');
    });
    const text = all<Buffer>(client(port));
    await until(() => service.scope.size === 1);
    const done = service.shutdown().promise();
    await pause(5);
    go.set();
    expect([await done, String(await text)]).toEqual(['drained', 'bye']);
    const other = await site(function* (socket) {
      yield* event(socket, 'never');
    });
    const cut = all(client(other.port)).catch(() => undefined);
    await until(() => other.service.scope.size === 1);
    expect(await other.service.shutdown({ grace: 10 }).promise()).toBe('cancelled');
    await cut;
  });

  it('fails at the call for what is no server, or no handler', () => {
    expect(() => serveSockets(null as never, () => [])).toThrow(TypeError);
    expect(() => serveSockets(createServer(), 1 as never)).toThrow(TypeError);
    expect(() => serveSockets(createServer(), () => [], { limit: 0 })).toThrow(RangeError);
  });
});
