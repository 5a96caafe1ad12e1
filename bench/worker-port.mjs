// Objects to a thread: through a port pair with a window, and by bare `postMessage`, which nothing holds back.

import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { go } from '../dist/bundle/index.js';
import { portSender } from '../dist/bundle/worker.js';
import { startThread } from './threads.mjs';

const threads = {};
const threadOf = (whose) => {
  threads[whose] ??= startThread(whose);
  return threads[whose];
};

/** The row of a window of so many values. */
export const rowOf = (window, place, aim) => ({
  place,
  title: `Objects to a thread, window of ${window}`,
  what: 'value',
  aim,
  n: 50_000,
  expected: (n) => (n * (n - 1)) / 2,
  async rxsluice(n) {
    const thread = threadOf('port');
    const { port1, port2 } = new MessageChannel();
    thread.postMessage([port2, window], [port2]);
    const out = portSender(port1);
    go(function* () {
      for (let i = 0; i < n; i++) yield* out.send({ n: i });
      out.close();
    });
    const [sum] = await once(thread, 'message');
    return sum;
  },
  others: {
    async 'bare postMessage'(n) {
      const thread = threadOf('bare');
      for (let i = 0; i < n; i++) thread.postMessage({ n: i });
      thread.postMessage(null);
      const [sum] = await once(thread, 'message');
      return sum;
    },
  },
});
