// Sockets: an echo, and three clients. What a client does not read is not read from it either.

import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { forEach, gather, go } from 'rxsluice';
import { end, event, fromReadable, main, pump, serveSockets, write } from 'rxsluice/node';

/** Says three things, and listens until the other side has said all of it back. */
function* talk(port: number, name: string) {
  const socket = connect({ port, host: 'localhost', allowHalfOpen: true });
  yield* event(socket, 'connect');
  for (const word of ['hello', 'from', name]) yield* write(socket, `${word} `);
  yield* end(socket); // a FIN: nothing more to say
  let heard = '';
  yield* forEach(fromReadable<Buffer>(socket), (chunk) => void (heard += String(chunk)));
  return heard.trim();
}

void main(function* () {
  const server = createServer().listen(0);
  yield* event(server, 'listening');
  const service = serveSockets(server, (socket) => pump(fromReadable(socket), socket));

  const { port } = server.address() as AddressInfo;
  const talks = ['ada', 'bob', 'cleo'].map((name) => go(() => talk(port, name)));
  for (const heard of yield* gather(talks)) console.log(heard);
  console.log(yield* service.shutdown());
});
