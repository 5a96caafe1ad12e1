// In a page: a small program under `showInDevtools`, whose tracks are then looked for in a recorded trace.

import { channel, go, mutex, sleep } from 'rxsluice';
import { inspect, showInDevtools } from 'rxsluice/inspect';

/** What the page's own list of performance entries has afterwards. */
globalThis.runTracked = async () => {
  const inspector = inspect();
  const shown = showInDevtools(inspector);
  performance.measure('of the page', { start: 0, end: 1 });
  const orders = channel({ name: 'orders' });
  const lock = mutex({ name: 'till' });
  const clerk = go(
    function* () {
      for (let i = 0; i < 3; i++) {
        const order = yield* orders.receive();
        yield* lock.withLock(function* () {
          yield* sleep(order);
        });
      }
    },
    { name: 'clerk' },
  );
  go(
    function* () {
      for (let i = 0; i < 3; i++) {
        yield* sleep(20);
        yield* orders.send(10);
      }
    },
    { name: 'customer' },
  );
  // One that waits for ever: it is drawn all the same, when we stop.
  go(() => channel({ name: 'nothing' }).receive(), { name: 'stuck' });
  // A deadlock of one.
  const safe = mutex({ name: 'safe' });
  go(
    function* () {
      yield* safe.lock();
      yield* safe.lock();
    },
    { name: 'thief' },
  );
  await clerk;
  // So that a wait that goes on is drawn at least once.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  shown.unsubscribe();
  inspector.stop();
  return performance.getEntriesByType('measure').map(({ name }) => name);
};
