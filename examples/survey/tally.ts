// The one who counts: a coroutine that owns the totals. Nobody else can touch them; the others send it what they have read,
// or ask. So there is nothing to lock, and whoever asks sees every change whole, and all that it has sent itself.

import { channel, coroutine, type Deferred, deferred, go, type Operation, select } from 'rxsluice';
import { type Reading, type Totals, TotalsBuilder } from './totals.ts';

export interface Tally {
  /** Completes when the totals have taken it: whoever reads faster than it is counted waits here. */
  write(reading: Reading): Operation<void>;
  read(): Operation<Totals>;
  /** Completes when the coroutine has ended. */
  stop(): Operation<void>;
}

export function openTally(): Tally {
  const writes = channel<Reading>({ name: 'writes' });
  const reads = channel<Deferred<Totals>>({ name: 'reads' });
  const stop = deferred<void>();

  const owner = go(
    function* () {
      const totals = new TotalsBuilder();
      try {
        for (;;) {
          const asked = yield* select({ write: writes, read: reads, stop });
          if (asked.key === 'write') totals.add(asked.value);
          else if (asked.key === 'read') asked.value.resolve(totals.snapshot());
          else return;
        }
      } finally {
        // Whoever still writes or reads fails, rather than to wait for ever.
        writes.cancel('the tally has stopped');
        reads.cancel('the tally has stopped');
      }
    },
    { name: 'tally' },
  );

  return {
    write: (reading) => writes.send(reading),
    read: () =>
      coroutine(function* () {
        const reply = deferred<Totals>();
        yield* reads.send(reply);
        return yield* reply;
      }),
    stop: () => {
      stop.resolve();
      return owner;
    },
  };
}
