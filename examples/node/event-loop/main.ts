// Sleeps and sockets on one thread: while some sleep, others are served. All of it takes as long as the longest.

import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gather, go, sleep } from 'rxsluice';
import { event, fromReadable, main, serveSockets, write } from 'rxsluice/node';

const log: string[] = [];

function* sleeper(ms: number) {
  yield* sleep(ms);
  log.push(`slept ${ms} ms`);
}

/** Asks, waits for the answer, and says so. */
function* client(port: number, ms: number) {
  const socket = connect(port, 'localhost');
  yield* event(socket, 'connect');
  yield* write(socket, String(ms));
  log.push(String(yield* fromReadable<Buffer>(socket).receive()));
}

void main(function* () {
  const server = createServer().listen(0);
  yield* event(server, 'listening');
  const service = serveSockets(server, function* (socket) {
    const ms = Number(yield* fromReadable<Buffer>(socket).receive());
    yield* sleep(ms);
    yield* write(socket, `answered after ${ms} ms`);
  });
  const { port } = server.address() as AddressInfo;

  const from = performance.now();
  yield* gather([
    go(() => sleeper(300)),
    go(() => client(port, 200)),
    go(() => sleeper(100)),
    go(() => client(port, 400)),
  ]);
  console.log(log);
  console.log(performance.now() - from < 900 ? 'at the same time' : 'one after the other');
  yield* service.shutdown();
});
