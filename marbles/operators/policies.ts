// The policies of queueMap, one by one: each has a picture of its own, and those with the same source can be held against each
// other in that of queueMap.

import type { Observable } from 'rxjs';
import { channel, OverflowError, queueMap, type QueueMapOptions, sleep } from '../../src/index.ts';
import { losses } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

/** What a value is projected to: it takes four frames, and then emits the value. */
export function save(value: string): Observable<string> {
  return sleep(4).map(() => value);
}

/** The same source under each policy, so that the pictures can be held against each other. */
const row = (
  title: string,
  options: QueueMapOptions<string>,
  drawn: string,
  outputs: Readonly<Record<'saved' | 'undelivered', string>>,
) =>
  spec({
    title,
    of: ['queueMap'],
    drawn,
    inputs: {
      edits: '     abc--d----------|',
    },
    run: ({ edits }) => {
      const { undelivered, onUndelivered } = losses();
      return { saved: edits.pipe(queueMap(save, { ...options, onUndelivered })), undelivered };
    },
    outputs,
    values: { a: 'a', b: 'b', c: 'c', d: 'd', B: 'b dropped', C: 'c dropped', E: 'b evicted' },
  });

export const concat = row('one runs, all others wait: concatMap', {}, 'queueMap(save)', {
  saved: '      ----a---b---c---(d|)',
  undelivered: '-----------------',
});

export const merge = row('so many run: mergeMap', { concurrency: 2 }, 'queueMap(save, { concurrency: 2 })', {
  saved: '      ----ab--cd------|',
  undelivered: '-----------------',
});

export const exhaust = row(
  'what comes while one runs is dropped: exhaustMap',
  { capacity: 0, overflow: 'dropNewest' },
  "queueMap(save, { capacity: 0, overflow: 'dropNewest' })",
  {
    saved: '      ----a----d------|',
    undelivered: '-BC--------------',
  },
);

export const switching = row(
  'the one that runs gives way to the newest: switchMap',
  { capacity: 0, overflow: 'switch' },
  "queueMap(save, { capacity: 0, overflow: 'switch' })",
  {
    saved: '      ---------d------|',
    undelivered: '-----------------',
  },
);

export const switchOfTwo = row(
  'two run, and the older gives way to the newest: switch with concurrency 2',
  { concurrency: 2, capacity: 0, overflow: 'switch' },
  "queueMap(save, { concurrency: 2, capacity: 0, overflow: 'switch' })",
  {
    // `c` takes the place of `a`; when `d` comes, `b` and `c` still run, and `b` gives way.
    saved: '      ------c--d------|',
    undelivered: '-----------------',
  },
);

export const latest = row(
  'save the latest: of those that come while one runs, the newest waits',
  { capacity: 1, overflow: 'dropOldest' },
  "queueMap(save, { capacity: 1, overflow: 'dropOldest' })",
  {
    saved: '      ----a---c---d---|',
    undelivered: '--E--------------',
  },
);

export const fail = spec({
  title: 'by default, a value that finds no room is an error, and nothing is lost in silence',
  of: ['queueMap'],
  drawn: 'queueMap(save, { capacity: 1 })',
  inputs: {
    edits: '     -abc-----',
  },
  run: ({ edits }) => {
    const { undelivered, onUndelivered } = losses();
    return { saved: edits.pipe(queueMap(save, { capacity: 1, onUndelivered })), undelivered };
  },
  outputs: {
    saved: '      ---#-----',
    // The one that overflowed, then the one that waited. The one that ran had been projected.
    undelivered: '---(CB)--',
  },
  values: { B: 'b cancelled', C: 'c dropped' },
  error: new OverflowError('queueMap', 'c'),
  subscribed: {
    edits: '     ^--!-----',
  },
});

export const pulled = spec({
  title: 'a channel is asked for a value only when a place is free: its senders wait',
  of: ['queueMap'],
  drawn: 'queueMap(save, { concurrency: 2 })',
  inputs: {
    send: '   (abcd)-------',
  },
  run: ({ send }) => {
    const ch = channel<string>();
    return {
      sent: perform(send, (value) => ch.send(value)),
      saved: ch.pipe(queueMap(save, { concurrency: 2 })),
      waiting: gauge(() => ch.statistics().waitingSenders),
    };
  },
  outputs: {
    // Sends complete when their value is taken: `c` and `d` in frame 4, as `a` and `b` are done.
    sent: '   (ab)(cd)-----',
    saved: '  ----(ab)(cd)-',
    waiting: '2---0--------',
  },
});

export const byKey = spec({
  title: 'values of equal key never run at the same time; others pass them',
  of: ['queueMap'],
  drawn: 'queueMap(save, { concurrency: 2, key: first letter })',
  inputs: {
    edits: '(abc)-----------|',
  },
  run: ({ edits }) => ({
    saved: edits.pipe(queueMap(save, { concurrency: 2, key: (text) => text.charAt(0) })),
  }),
  outputs: {
    // `b` is x2, and waits for x1; `c`, y1, does not.
    saved: '----(ac)b-------|',
  },
  values: { a: 'x1', b: 'x2', c: 'y1' },
});

export const inOrder = spec({
  title: "order: 'source' keeps what is ready too early until it is its turn",
  of: ['queueMap'],
  drawn: "queueMap(sleep as long as it says, { concurrency: 3, order: 'source' })",
  inputs: {
    edits: '(521)-----|',
  },
  run: ({ edits }) => ({
    done: edits.pipe(queueMap((ms) => sleep(Number(ms)).map(() => ms), { concurrency: 3, order: 'source' })),
  }),
  outputs: {
    done: '-----(521)|',
  },
});
