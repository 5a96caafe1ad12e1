// A thread that sends one value, and ends itself, which a browser tells nobody of.

import { go } from 'rxsluice';
import { portSender } from 'rxsluice/worker';

const out = portSender(globalThis);

go(function* () {
  yield* out.send('the last');
  setTimeout(() => globalThis.close(), 50);
});
