// What becomes of a tree of coroutines that is cancelled at some moment, in obvious lines: a recursion over the tree that
// counts milliseconds.

/** A coroutine: it waits, one after another, for so many milliseconds or for a child; then its finally block waits too. */
export interface Tree {
  readonly name: string;
  readonly waits: readonly (number | Tree)[];
  readonly body: 'returns' | 'throws';
  readonly cleanUp: readonly number[];
  readonly after: 'returns' | 'throws';
}

export interface Fate {
  readonly at: number;
  readonly how: 'resolved' | 'cancelled' | `rejected ${string}`;
}

/** Runs `tree` from `start` on; the cancel comes at `cancelAt`. `log` gets who began and ended to clean up, and when. */
export function fate(tree: Tree, start: number, cancelAt: number, log: string[]): Fate {
  let now = start;
  let how: Fate['how'] = tree.body === 'throws' ? `rejected ${tree.name}` : 'resolved';
  for (const wait of tree.waits) {
    if (typeof wait === 'number') {
      // Of a timer and the cancel in the same millisecond, the cancel was set first.
      if (now + wait >= cancelAt) {
        now = cancelAt;
        how = 'cancelled';
        break;
      }
      now += wait;
    } else {
      const child = fate(wait, now, cancelAt, log);
      now = child.at;
      if (child.how === 'resolved') continue;
      how = child.how;
      break;
    }
  }
  return cleanUp(tree, { at: now, how }, cancelAt, log);
}

function cleanUp(tree: Tree, { at, how }: Fate, cancelAt: number, log: string[]): Fate {
  log.push(`${tree.name} began at ${at}`);
  let now = at;
  for (const wait of tree.cleanUp) {
    // Cut, when the cancel comes while it cleans up by itself; never again afterwards.
    if (now < cancelAt && now + wait >= cancelAt) return { at: cancelAt, how: 'cancelled' };
    now += wait;
  }
  log.push(`${tree.name} ended at ${now}`);
  return { at: now, how: tree.after === 'throws' ? `rejected clean-up of ${tree.name}` : how };
}
