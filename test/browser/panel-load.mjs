// A page with much to show: ten thousand tasks, and a hundred thousand events a second. `panel.mjs` looks at what the panel makes of it.

import 'rxsluice/inspect/panel';
import { channel, go, sleep } from 'rxsluice';

const TASKS = 10_000;
const PLACES = 50;
/** Values in ten milliseconds; each is sent, and received. */
const VALUES = 500;

const panel = globalThis.document.createElement('rxsluice-panel');
globalThis.document.body.append(panel);
globalThis.panel = panel;

const never = channel({ name: 'never' });
for (let i = 0; i < TASKS / 10; i++) {
  go(
    function* () {
      for (let child = 1; child < 10; child++) go(() => never.receive(), { name: `child ${child} of ${i}` });
      yield* never.receive();
    },
    { name: `family ${i}` },
  );
}

const busy = Array.from({ length: PLACES }, (_, i) => channel({ name: `busy ${i}`, capacity: 16 }));
let sent = 0;
globalThis.sent = () => sent;
go(
  function* () {
    // As many as were due since last time: a timer may be late.
    for (let last = globalThis.performance.now(); ; yield* sleep(10)) {
      const now = globalThis.performance.now();
      const due = Math.min(Math.round(((now - last) / 10) * VALUES), 4 * VALUES);
      last = now;
      for (let i = 0; i < due; i++) {
        const place = busy[i % PLACES];
        place.trySend(sent++);
        place.tryReceive();
      }
    }
  },
  { name: 'pump' },
);
