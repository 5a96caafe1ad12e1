import { type Observable, of, throwError } from 'rxjs';
import { queueMap } from '../../src/index.ts';
import { losses } from '../rows.ts';
import { spec } from '../spec.ts';
import {
  byKey,
  concat,
  exhaust,
  fail,
  inOrder,
  latest,
  merge,
  pulled,
  save,
  switching,
  switchOfTwo,
} from './policies.ts';

export const specs = [
  concat,
  merge,
  exhaust,
  switching,
  switchOfTwo,
  latest,
  fail,
  pulled,
  byKey,
  inOrder,
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
