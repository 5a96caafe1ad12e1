// The survey as a whole:
//
//   walk ──channelFrom──► files (a buffer of 256) ──► 16 readers ──writes──► tally ◄──reads── watcher, the end
//
// Everything is pulled from the right: the walk goes on when the buffer has room, a reader reads on when the tally has taken
// what it read. So what is in memory is bounded, however many files there are and however fast the disk is.

import { channelFrom, coroutine, type Coroutine, gather, go, type Operation, select, sleep } from 'rxsluice';
import { reader } from './reader.ts';
import { openTally, type Tally } from './tally.ts';
import type { Totals } from './totals.ts';
import { type Found, walk } from './walk.ts';

export const READERS = 16;
export const BUFFER = 256;
/** Milliseconds between two looks of a watcher. */
const LOOK = 100;
/** Milliseconds that a survey which was stopped waits for its readers to close their files. */
const GRACE = 50;

/** What a watcher sees. */
export interface Progress {
  readonly totals: Totals;
  readonly found: number;
}

export interface SurveyOptions {
  readonly paths: readonly string[];
  /** Which files of a folder, by name; all unless told. */
  readonly wanted?: (name: string) => boolean;
  /** Ends the survey early. */
  readonly stop?: Operation<unknown> | undefined;
  readonly watcher?: ((progress: Progress) => void) | undefined;
}

export interface SurveyResult {
  readonly totals: Totals;
  readonly interrupted: boolean;
}

/** Counts everything in `paths`. If `stop` comes first: what was counted until then. Unsubscribing stops it, without a result. */
export function survey({ paths, wanted = () => true, stop, watcher }: SurveyOptions): Operation<SurveyResult> {
  return coroutine(function* () {
    let found = 0;
    async function* walked(): AsyncGenerator<Found, void> {
      for await (const entry of walk(paths, wanted)) {
        found++;
        yield entry;
      }
    }
    const tally = openTally();
    const files = channelFrom(walked(), { capacity: BUFFER, name: 'files' });
    const readers = Array.from({ length: READERS }, (_, i) =>
      go(() => reader(files, tally), { name: `reader ${i + 1}` }),
    );
    const watching = watcher && go(() => watch(tally, (totals) => watcher({ totals, found })));
    const halt = (): Operation<void>[] => {
      const cancelled = readers.map((task) => task.cancel());
      files.cancel();
      return cancelled;
    };
    try {
      const first = yield* select({ done: gather(readers), stop });
      const interrupted = first.key === 'stop';
      if (interrupted) yield* select({ closed: gather(halt()), late: sleep(GRACE) });
      return { totals: yield* tally.read(), interrupted };
    } finally {
      halt();
      watching?.cancel();
      yield* tally.stop();
    }
  });
}

function* watch(tally: Tally, look: (totals: Totals) => void): Coroutine<void> {
  for (;;) {
    yield* sleep(LOOK);
    look(yield* tally.read());
  }
}
