// A chunked response that is held open until ten workers have acknowledged.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { channel, go, sleep, until } from 'rxsluice';
import { event, main, serve, write } from 'rxsluice/node';

interface Request {
  readonly number: number;
  readonly answer: (text: string) => void;
}

const requests = channel<Request>();

/** Takes one request, works on it, and acknowledges. */
function* worker() {
  const { number, answer } = yield* requests.receive();
  yield* sleep(5);
  answer(String(number));
}

void main(function* () {
  const server = createServer().listen(0);
  yield* event(server, 'listening');

  const service = serve(server, function* (_request, response) {
    yield* write(response, 'Start'); // the client has this at once
    const answers = channel<string>(10);
    for (let i = 1; i <= 10; i++) go(worker);
    for (let number = 1; number <= 10; number++) {
      yield* requests.send({ number, answer: (text) => answers.trySend(text) });
      yield* write(response, yield* answers.receive());
    }
    yield* write(response, 'End'); // returning ends the response
  });

  const { port } = server.address() as AddressInfo;
  const response = yield* until(fetch(`http://localhost:${port}/`));
  console.log(response.headers.get('transfer-encoding'), yield* until(response.text()));
  yield* service.shutdown();
});
