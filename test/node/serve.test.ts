// 11.7: HTTP: each request is a task.

import {
  Agent,
  createServer,
  get,
  type IncomingMessage,
  request,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect as connect2, createServer as createServer2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { config, of } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { channel, type Coroutine, gate, sleep } from '../../src/index.ts';
import { ClientGoneError, end, serve, type Service, type ServeOptions, write } from '../../src/node/index.ts';
import { listening, pause, settled, until } from './real.ts';

type Handler = Parameters<typeof serve>[1];

interface Site {
  readonly server: Server;
  readonly service: Service;
  readonly port: number;
}

const open: Site[] = [];

async function site(handler: Handler, options?: ServeOptions): Promise<Site> {
  const server = createServer({ keepAliveTimeout: 60_000 });
  const service = serve(server, handler, options);
  const made = { server, service, port: await listening(server) };
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const { service } of open.splice(0)) await service.shutdown({ grace: 0 }).promise();
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

function ask(port: number, path = '/', options: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode as number, body, headers: response.headers }));
      response.on('error', reject);
    }).on('error', reject);
  });
}

describe('serve', () => {
  it('runs each request as a task, named by its method and path', async () => {
    const names: string[] = [];
    const { port } = await site(function* (_request, response, { name }) {
      names.push(name);
      yield* write(response, 'Start');
      yield* sleep(1);
      yield* write(response, 'End');
      yield* end(response);
    });
    const answers = await Promise.all([ask(port, '/a?b=c'), ask(port, '/a/b')]);
    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(['200 StartEnd', '200 StartEnd']);
    expect(names.sort()).toEqual(['GET /a', 'GET /a/b']);
  });

  it.each<[string, Handler]>([
    [
      'a coroutine',
      function* (_request, response) {
        yield* write(response, 'x');
      },
    ],
    [
      'a promise',
      async (_request, response) => {
        await pause(1);
        response.write('x');
      },
    ],
    [
      'an observable',
      (_request, response) => {
        response.write('x');
        return of(1, 2);
      },
    ],
    ['an operation', (_request, response) => write(response, 'x')],
    [
      'an iterable',
      (_request, response) => {
        response.write('x');
        return [];
      },
    ],
  ])('ends the response when %s has returned without', async (_what, handler) => {
    const { port } = await site(handler);
    expect(await ask(port)).toMatchObject({ status: 200, body: 'x' });
  });

  it('cancels the task of a client that goes, with ClientGoneError, and keeps serving', async () => {
    const ended: unknown[] = [];
    const started = gate();
    const { port } = await site(function* (request, response, { signal }) {
      if (request.url !== '/long') return void response.end('short');
      signal.addEventListener('abort', () => ended.push(signal.reason));
      try {
        started.set();
        for (;;) {
          yield* write(response, 'x');
          yield* sleep(1);
        }
      } finally {
        ended.push('finally');
      }
    });
    const leaving = get({ port, host: '127.0.0.1', path: '/long', agent: false }).on('error', () => undefined);
    await started.wait().promise();
    leaving.destroy();
    await until(() => ended.length === 2);
    expect(ended).toEqual(expect.arrayContaining(['finally', expect.any(ClientGoneError)]));
    expect(await ask(port)).toMatchObject({ body: 'short' });
  });

  it('keeps its word over HTTP/2, whose responses say less: paced, cancelled by its client, 500, cut', async () => {
    const told: unknown[] = [];
    let made = 0;
    const server = createServer2();
    const service = serve(
      server as unknown as Server,
      function* ({ url }, response, { signal }): Coroutine<void> {
        if (url === '/fails') throw new Error('before headers');
        if (url === '/long') signal.addEventListener('abort', () => told.push((signal.reason as Error).name));
        for (const chunk = Buffer.alloc(65_536); url === '/long'; made++) yield* write(response, chunk);
        yield* write(response, 'x');
        if (url === '/late') throw new Error('after headers');
      },
      { onError: (error) => told.push((error as Error).message) },
    );
    const client = connect2(`http://127.0.0.1:${await listening(server)}`);
    const asked = (path: string): Promise<unknown[]> => {
      const stream = client.request({ ':path': path });
      const heard: unknown[] = [];
      stream.on('response', (headers) => heard.push(headers[':status']));
      stream.on('data', (data) => heard.push(String(data)));
      stream.on('error', (error: NodeJS.ErrnoException) => heard.push(error.code));
      return new Promise((resolve) => void stream.on('close', () => resolve(heard)));
    };
    expect(await asked('/')).toEqual([200, 'x']);
    expect(await asked('/fails')).toEqual([500, 'Internal Server Error']);
    expect(await asked('/late')).toEqual([200, 'x', 'ERR_HTTP2_STREAM_ERROR']);
    const leaving = client.request({ ':path': '/long' });
    await new Promise((resolve) => leaving.on('response', resolve));
    await settled();
    expect(made).toBeLessThan(5);
    leaving.close(8);
    await until(() => told.length === 3);
    expect(told).toEqual(['before headers', 'after headers', 'ClientGoneError']);
    expect(await service.shutdown().promise()).toBe('drained');
    client.destroy();
  });

  it('does not cancel one whose response is finished: it may go on', async () => {
    const ended: string[] = [];
    const { port } = await site(function* (_request, response) {
      try {
        yield* end(response);
        yield* sleep(30);
        ended.push('went on');
      } finally {
        ended.push('finally');
      }
    });
    await ask(port);
    await until(() => ended.length === 2);
    expect(ended).toEqual(['went on', 'finally']);
  });

  it('answers 500 for one that fails before headers, without details and without its headers; then tells onError', async () => {
    const told: unknown[] = [];
    for (const early of [true, false]) {
      const { port } = await site(
        function* (_request, response): Coroutine<void> {
          response.statusCode = 201;
          response.statusMessage = 'Secret';
          response.setHeader('X-Secret', 'yes');
          response.setHeader('Set-Cookie', ['a=b', 'c=d']);
          response.setHeader('Content-Length', '5');
          if (!early) yield* sleep(1);
          throw new Error('secret');
        },
        { onError: (error, task) => told.push([(error as Error).message, task]) },
      );
      const { status, body, headers } = await ask(port, '/x');
      expect([status, body, headers['x-secret'], headers['set-cookie']]).toEqual([
        500,
        'Internal Server Error',
        undefined,
        undefined,
      ]);
    }
    expect(told).toEqual([
      ['secret', 'GET /x'],
      ['secret', 'GET /x'],
    ]);
  });

  it('has answered before onError is told, also where the handler fails at once', async () => {
    const answered: boolean[] = [];
    let current: ServerResponse | null = null;
    const { port } = await site(
      (_request, response) => {
        current = response;
        throw new Error('at once');
      },
      { onError: () => answered.push(current?.writableEnded === true) },
    );
    expect((await ask(port)).status).toBe(500);
    expect(answered).toEqual([true]);
  });

  it('cuts the connection of one that fails after headers', async () => {
    const { port } = await site(
      function* (_request, response) {
        yield* write(response, 'part');
        yield* sleep(5);
        throw new Error('late');
      },
      { onError: () => undefined },
    );
    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('reports a failure as unhandled where nobody is told; what onError throws too; and goes on', async () => {
    const reported: unknown[] = [];
    config.onUnhandledError = (error) => reported.push((error as Error).message);
    try {
      const failing: Handler = () => {
        throw new Error('of the handler');
      };
      const { port } = await site(failing);
      const other = await site(failing, {
        onError: () => {
          throw new Error('of onError');
        },
      });
      for (let i = 0; i < 2; i++)
        expect([(await ask(port)).status, (await ask(other.port)).status]).toEqual([500, 500]);
      await until(() => reported.length === 4);
      expect(reported.sort()).toEqual(['of onError', 'of onError', 'of the handler', 'of the handler']);
    } finally {
      config.onUnhandledError = null;
    }
  });

  it('keeps a connection alive across requests, failures and answers', async () => {
    const { port, server } = await site(
      function* (request, response) {
        yield* sleep(0);
        if (request.url === '/fail') throw new Error('x');
        response.end('ok');
      },
      { onError: () => undefined },
    );
    let connections = 0;
    server.on('connection', () => connections++);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const path of ['/', '/fail', '/']) await ask(port, path, { agent });
    expect(connections).toBe(1);
    agent.destroy();
  });

  it('answers 503 for one that the scope cancels before headers, and cuts it after', async () => {
    const { port, service } = await site(function* (request, response) {
      response.setHeader('X-Secret', 'yes');
      if (request.url === '/after') response.write('part');
      yield* sleep(60_000);
    });
    const before = ask(port, '/before');
    const after = ask(port, '/after');
    const outcome = Promise.allSettled([before, after]);
    await until(() => service.scope.size === 2);
    service.scope.cancel('stop');
    const [first, second] = await outcome;
    expect(first).toMatchObject({ status: 'fulfilled', value: { status: 503, body: 'Service Unavailable' } });
    expect((first as PromiseFulfilledResult<Answer>).value.headers['x-secret']).toBeUndefined();
    expect(second).toMatchObject({ status: 'rejected' });
    expect((await ask(port)).status).toBe(503);
  });

  it('handles no more than limit at once; others wait in order, and one that leaves meanwhile never starts', async () => {
    const started: string[] = [];
    const go = channel<void>();
    const { port, service } = await site(
      function* (request, response) {
        started.push(request.url as string);
        yield* go.receive();
        response.end();
      },
      { limit: 1 },
    );
    const first = ask(port, '/1');
    await until(() => started.length === 1);
    const leaving = get({ port, host: '127.0.0.1', path: '/2', agent: false }).on('error', () => undefined);
    await until(() => service.scope.size === 2);
    const third = ask(port, '/3');
    await until(() => service.scope.size === 3);
    leaving.destroy();
    await until(() => service.scope.size === 2);
    go.trySend(undefined);
    await until(() => started.length === 2);
    go.trySend(undefined);
    await Promise.all([first, third]);
    expect(started).toEqual(['/1', '/3']);
  });

  it('cancels all pipelined requests of a client that goes, and leaves nothing on a connection that stays', async () => {
    const reasons: unknown[] = [];
    const sockets = new Set<Socket>();
    const { port, service } = await site(function* ({ url, socket }, response, { signal }) {
      sockets.add(socket);
      try {
        yield* sleep(url === '/short' ? 1 : Infinity);
      } finally {
        if (signal.aborted) reasons.push(signal.reason);
      }
      response.end('done');
    });
    const pipelined = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(12);
    const leaving = connect(port, '127.0.0.1').on('error', () => undefined);
    leaving.write(pipelined('/long'));
    await until(() => service.scope.size === 12);
    leaving.destroy();
    await until(() => service.scope.size === 0);
    expect(reasons).toHaveLength(12);
    for (const reason of reasons) expect(reason).toBeInstanceOf(ClientGoneError);
    sockets.clear();
    let text = '';
    const staying = connect(port, '127.0.0.1').on('data', (data) => (text += String(data)));
    staying.write(pipelined('/short').slice(0, -pipelined('/short').length / 12));
    await until(() => text.split('done').length === 12);
    const [socket] = sockets as unknown as [Socket];
    const before = socket.listenerCount('close');
    staying.write(pipelined('/short'));
    await until(() => text.split('done').length === 24);
    await settled();
    expect(socket.listenerCount('close')).toBe(before);
    staying.destroy();
  });

  it('lets no error of a request, a response or a socket become an uncaught exception', async () => {
    const seen: string[] = [];
    const { port } = await site(
      function* (request, response) {
        seen.push('started');
        try {
          yield* sleep(30);
        } finally {
          response.write('too late');
          request.destroy(new Error('of the request'));
          seen.push('ended');
        }
      },
      { onError: () => undefined },
    );
    const client = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      headers: { 'Content-Length': 100 },
      agent: false,
    }).on('error', () => undefined);
    client.write('half');
    await until(() => seen.length === 1);
    client.socket?.resetAndDestroy();
    await until(() => seen.length === 2);
    const garbage = connect(port, '127.0.0.1').on('error', () => undefined);
    garbage.end('nonsense\r\n\r\n');
    await pause(20);
  });

  it('fails at the call for what is no server, no handler, or no option', () => {
    const handler: Handler = () => [];
    const server = createServer();
    for (const wrong of [null, undefined, {}, 1]) expect(() => serve(wrong as never, handler)).toThrow(TypeError);
    for (const wrong of [null, undefined, {}, 1]) expect(() => serve(server, wrong as never)).toThrow(TypeError);
    expect(() => serve(server, handler, null as never)).toThrow(TypeError);
    for (const limit of [0, -1, 1.5, NaN]) expect(() => serve(server, handler, { limit })).toThrow(RangeError);
    expect(() => serve(server, handler, { onError: 1 as never })).toThrow(TypeError);
    expect(server.listenerCount('request')).toBe(0);
  });
});

describe('shutdown', () => {
  it('stops accepting, waits for what runs, then closes every connection; twice is one', async () => {
    const go = gate();
    const { port, service, server } = await site(function* (_request, response) {
      yield* write(response, 'Start');
      yield* go.wait();
      yield* write(response, 'End');
    });
    const agent = new Agent({ keepAlive: true });
    const running = ask(port, '/', { agent });
    await until(() => service.scope.size === 1);
    const first = service.shutdown();
    expect(service.shutdown({ grace: 0 })).toBe(first);
    const done = first.promise();
    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await pause(10);
    go.set();
    expect((await running).body).toBe('StartEnd');
    expect(await done).toBe('drained');
    expect([server.listening, server.listenerCount('connection')]).toEqual([
      false,
      createServer().listenerCount('connection'),
    ]);
    expect(await service.shutdown().promise()).toBe('drained');
  });

  it('answers a late request on a connection that was kept alive 503, and closes idle ones', async () => {
    const go = gate();
    const { port, service } = await site(function* (_request, response) {
      yield* write(response, 'x');
      yield* go.wait();
    });
    let text = '';
    const socket = connect(port, '127.0.0.1').on('data', (data) => (text += String(data)));
    const idle = new Promise((resolve) => connect(port, '127.0.0.1').on('close', resolve).resume());
    const ended = new Promise((resolve) => socket.on('close', resolve));
    // Pipelined: the second one arrives while the first is handled.
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => service.scope.size === 1);
    const done = service.shutdown().promise();
    socket.write('GET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
    await pause(20);
    go.set();
    expect(await done).toBe('drained');
    await Promise.all([ended, idle]);
    expect(text).toContain('HTTP/1.1 200 OK');
    expect(text).not.toContain('/2');
  });

  it('cancels after grace, waits for the clean-up, and says so', async () => {
    const ended: string[] = [];
    const { port, service } = await site(function* (_request, response) {
      yield* write(response, 'x');
      try {
        yield* sleep(60_000);
      } finally {
        yield* sleep(20);
        ended.push('cleaned up');
      }
    });
    const running = ask(port).catch(() => 'cut');
    await until(() => service.scope.size === 1);
    expect(await service.shutdown({ grace: 20 }).promise()).toBe('cancelled');
    expect([ended, await running]).toEqual([['cleaned up'], 'cut']);
  });

  it('lets an answer out that is on its way to a slow client, at most until grace runs out', async () => {
    const body = 'x'.repeat(8_000_000);
    const { port, service } = await site(function* (_request, response) {
      response.end(body);
      yield* sleep(0);
    });
    const received = new Promise<number>((resolve) => {
      get({ port, host: '127.0.0.1', agent: false }, (response) => {
        let size = 0;
        response.on('error', () => undefined);
        response.on('data', (chunk: Buffer) => (size += chunk.length));
        response.on('end', () => resolve(size));
        response.pause();
        setTimeout(() => response.resume(), 50);
      });
    });
    await pause(20);
    expect(await service.shutdown().promise()).toBe('drained');
    expect(await received).toBe(body.length);
    const other = await site(function* (_request, response) {
      response.end(body);
      yield* sleep(0);
    });
    get({ port: other.port, host: '127.0.0.1', agent: false }, (response) =>
      response.on('error', () => undefined).pause(),
    ).on('error', () => undefined);
    await pause(20);
    expect(await other.service.shutdown({ grace: 30 }).promise()).toBe('cancelled');
  });

  it('closes connections that were there before the server was served', async () => {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const port = await listening(server);
    const closed: Promise<unknown>[] = [];
    const [used] = Array.from({ length: 2 }, () => {
      const socket = connect(port, '127.0.0.1').resume();
      closed.push(new Promise((resolve) => socket.on('close', resolve)));
      return socket;
    }) as [Socket];
    await until(() => (server as unknown as { _connections: number })._connections === 2);
    const service = serve(server, (_request, response) => end(response));
    const answered = new Promise((resolve) => used.once('data', resolve));
    used.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await answered;
    expect(await service.shutdown().promise()).toBe('drained');
    await Promise.all(closed);
  });

  it('completes, and has taken its listeners off, when a late request was cut off with its connection', async () => {
    const go = gate();
    const { port, server, service } = await site(function* (_request, response) {
      yield* go.wait();
      response.end('x');
    });
    const socket = connect(port, '127.0.0.1').resume();
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => service.scope.size === 1);
    let left = -1;
    service.shutdown().subscribe(() => (left = server.listenerCount('request')));
    socket.write('GET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
    await pause(20);
    go.set();
    expect(await service.shutdown().promise()).toBe('drained');
    expect(left).toBe(0);
  });

  it('of a server that never listened, or is closed, completes too', async () => {
    expect(
      await serve(createServer(), () => [])
        .shutdown()
        .promise(),
    ).toBe('drained');
    const { server, service } = await site(() => []);
    server.close();
    await settled();
    expect(await service.shutdown().promise()).toBe('drained');
  });

  it('rejects a grace that is none', () => {
    const service = serve(createServer(), () => []);
    for (const grace of [-1, NaN]) expect(() => service.shutdown({ grace })).toThrow(RangeError);
    expect(() => service.shutdown({ grace: '1' as never })).toThrow(TypeError);
    expect(() => service.shutdown(null as never)).toThrow(TypeError);
  });
});
