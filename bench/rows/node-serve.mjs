// An HTTP request over loopback: by a handler under `serve`, which keeps contexts, and by a plain callback. The handler waits
// twice, as most do: for a permit, and for room in the response.

import { semaphore } from '../../dist/bundle/index.js';
import { end, serve, write } from '../../dist/bundle/node.js';
import { serving } from '../load.mjs';

const permits = semaphore(100);

function* handle(_request, response) {
  yield* permits.acquire();
  try {
    yield* write(response, 'hello');
    yield* end(response);
  } finally {
    permits.release();
  }
}

export const row = {
  place: 23,
  title: 'an HTTP request under `serve`',
  what: 'request',
  needs: 'autocannon',
  aim: '1.25 times a plain callback takes',
  n: 20_000,
  quick: 4000,
  expected: (n) => n,
  rxsluice: (n) =>
    serving(n, (server) => {
      const service = serve(server, handle);
      return () => service.shutdown().promise();
    }),
  others: {
    'a plain callback': (n) =>
      serving(n, (server) => {
        server.on('request', (_request, response) => {
          response.write('hello');
          response.end();
        });
        return () => server.close();
      }),
  },
};
