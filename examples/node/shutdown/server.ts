// A server that ends well: on SIGTERM what is short finishes, and what is long is cancelled and cleans up.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from 'rxsluice';
import { event, main, serve, write } from 'rxsluice/node';

void main(function* () {
  const server = createServer().listen(0);
  yield* event(server, 'listening');
  const service = serve(server, function* (request, response, { name }) {
    try {
      yield* write(response, 'begun ');
      yield* sleep(request.url === '/short' ? 300 : 60_000);
      yield* write(response, 'done');
      console.log(`${name} finished`);
    } finally {
      yield* sleep(10);
      console.log(`${name} cleaned up`);
    }
  });

  console.log(`listening on ${(server.address() as AddressInfo).port}`);
  try {
    yield* sleep(Infinity);
  } finally {
    console.log('shutting down');
    console.log(yield* service.shutdown({ grace: 1000 }));
  }
});
