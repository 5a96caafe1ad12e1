// A task for each request. While one handler computes for long, in slices, the others are answered.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gather, go, sleep, type TaskContext, until } from 'rxsluice';
import { event, main, serve } from 'rxsluice/node';

// Outside of `serve`: a generator function that is made for each request costs more than the request.
function* handle(request: IncomingMessage, response: ServerResponse, { name }: TaskContext) {
  if (request.url === '/long') {
    let sum = 0;
    for (let slice = 0; slice < 200; slice++) {
      for (let i = 0; i < 1_000_000; i++) sum += i % 7;
      yield* sleep(0); // lets others run
    }
    response.end(`${name}: computed ${sum > 0}`);
    return;
  }
  yield* sleep(10);
  response.end(`${name}: hello`);
}

void main(function* () {
  const server = createServer().listen(0);
  yield* event(server, 'listening');
  const service = serve(server, handle);

  const { port } = server.address() as AddressInfo;
  const ask = (path: string) => until(fetch(`http://localhost:${port}${path}`).then((response) => response.text()));

  const long = go(ask('/long'));
  yield* sleep(20);
  console.log(yield* gather(['/ada', '/bob', '/cleo'].map(ask)));
  console.log(long.status); // they did not have to wait for it
  console.log(yield* long);
  console.log(yield* service.shutdown());
});
