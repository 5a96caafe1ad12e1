import { type Observable, of, throwError } from 'rxjs';
import { channel, OverflowError, queueMap, type QueueMapOptions, sleep } from '../../src/index.ts';
import { losses } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

/** What a value is projected to: it takes four frames, and then emits the value. */
function save(value: string): Observable<string> {
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

export const specs = [
  row('one runs, all others wait: concatMap', {}, 'queueMap(save)', {
    saved: '      ----a---b---c---(d|)',
    undelivered: '-----------------',
  }),
  row('so many run: mergeMap', { concurrency: 2 }, 'queueMap(save, { concurrency: 2 })', {
    saved: '      ----ab--cd------|',
    undelivered: '-----------------',
  }),
  row(
    'what comes while one runs is dropped: exhaustMap',
    { capacity: 0, overflow: 'dropNewest' },
    "queueMap(save, { capacity: 0, overflow: 'dropNewest' })",
    {
      saved: '      ----a----d------|',
      undelivered: '-BC--------------',
    },
  ),
  row(
    'the one that runs gives way to the newest: switchMap',
    { capacity: 0, overflow: 'switch' },
    "queueMap(save, { capacity: 0, overflow: 'switch' })",
    {
      saved: '      ---------d------|',
      undelivered: '-----------------',
    },
  ),
  row(
    'save the latest: of those that come while one runs, the newest waits',
    { capacity: 1, overflow: 'dropOldest' },
    "queueMap(save, { capacity: 1, overflow: 'dropOldest' })",
    {
      saved: '      ----a---c---d---|',
      undelivered: '--E--------------',
    },
  ),
  spec({
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
  }),
  spec({
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
  }),
  spec({
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
  }),
  spec({
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
  }),
  spec({
    title: 'an error of any inner source errs at once, and the others are given up',
    of: ['queueMap'],
    drawn: 'queueMap(save, or fail after 2, { concurrency: 2 })',
    inputs: {
      edits: '-ab------',
    },
    run: ({ edits }, { cold }) => ({
      saved: edits.pipe(
        queueMap((value): Observable<string> => (value === 'b' ? cold('--#') : save(value)), { concurrency: 2 }),
      ),
    }),
    outputs: {
      saved: '----#----',
    },
    subscribed: {
      edits: '^---!----',
    },
  }),
  spec({
    title: 'what project throws is an error, too',
    of: ['queueMap'],
    drawn: 'queueMap(throws)',
    inputs: {
      edits: '-a-----',
    },
    run: ({ edits }) => ({
      saved: edits.pipe(
        queueMap((): Observable<string> => {
          throw 'error' as unknown as Error;
        }),
      ),
    }),
    outputs: {
      saved: '-#-----',
    },
    subscribed: {
      edits: '^!-----',
    },
  }),
  spec({
    title: 'unsubscribing gives up what runs, and reports what waits',
    of: ['queueMap'],
    drawn: 'queueMap(save)',
    inputs: {
      edits: '     abc------',
    },
    run: ({ edits }) => {
      const { undelivered, onUndelivered } = losses();
      return { saved: edits.pipe(queueMap(save, { onUndelivered })), undelivered };
    },
    outputs: {
      saved: '      ----a----',
      undelivered: '------C--',
    },
    values: { a: 'a', b: 'b', c: 'c', C: 'c cancelled' },
    during: {
      saved: '      ^-----!--',
    },
    subscribed: {
      edits: '     ^-----!--',
    },
  }),
  spec({
    title: 'a source without values just ends; one that errs errs at once',
    of: ['queueMap'],
    drawn: 'queueMap(of)',
    inputs: {
      empty: '   --|--',
      never: '   -----',
      failing: ' a-#--',
    },
    run: ({ empty, never, failing }) => ({
      completes: empty.pipe(queueMap((value) => of(value))),
      nothing: never.pipe(queueMap((value) => of(value))),
      fails: failing.pipe(queueMap((value) => of(value))),
      atOnce: failing.pipe(queueMap(() => throwError(() => new Error('boom')))),
    }),
    outputs: {
      completes: '--|--',
      nothing: '  -----',
      fails: '    a-#--',
      atOnce: '   #----',
    },
    error: new Error('boom'),
  }),
];
