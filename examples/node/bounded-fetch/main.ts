// Ten requests, three at a time, against a server that counts.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep, taskGroup, until } from 'rxsluice';
import { event, main, serve } from 'rxsluice/node';

void main(function* () {
  let [now, most] = [0, 0];
  const server = createServer().listen(0);
  yield* event(server, 'listening');
  const service = serve(server, function* (request, response) {
    most = Math.max(most, ++now);
    yield* sleep(20);
    now--;
    response.end(`page ${request.url?.slice(1)}`);
  });
  const { port } = server.address() as AddressInfo;

  const pages: string[] = [];
  yield* taskGroup(
    function* (group) {
      for (let i = 1; i <= 10; i++) group.go(() => fetchPage(i));
    },
    { limit: 3 }, // the others wait, in order
  );

  function* fetchPage(i: number) {
    const response = yield* until(fetch(`http://localhost:${port}/${i}`));
    pages[i - 1] = yield* until(response.text());
  }

  console.log(pages.join(', '));
  console.log(`at most ${most} at once`);
  yield* service.shutdown();
});
