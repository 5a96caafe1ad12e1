// An HTTP request whose handler is a task that waits three times, with AsyncLocalStorage contexts kept and not.

import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, go } from '../../dist/bundle/index.js';
import { keepAsyncContext } from '../../dist/bundle/node.js';
import { serving } from '../load.mjs';

const store = new AsyncLocalStorage();

function attach(server) {
  const questions = channel();
  go(function* () {
    for (;;) (yield* questions.receive()).trySend('hello');
  });
  function* handle(response) {
    for (let i = 0; i < 2; i++) {
      const answer = channel(1);
      yield* questions.send(answer);
      response.write(yield* answer.receive());
    }
    response.end();
  }
  server.on('request', (request, response) => store.run(request, () => go(() => handle(response))));
  return () => server.close();
}

export const row = {
  place: 24,
  title: 'an HTTP request, contexts kept',
  what: 'request',
  needs: 'autocannon',
  aim: '1.15 times it takes without',
  n: 20_000,
  quick: 4000,
  expected: (n) => n,
  rxsluice(n) {
    keepAsyncContext();
    return serving(n, attach);
  },
  others: { 'contexts not kept': (n) => serving(n, attach) },
};
