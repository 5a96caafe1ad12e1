import {
  concatMap,
  defer,
  exhaustMap,
  finalize,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  share,
  Subject,
  switchMap,
} from 'rxjs';
import { jobQueue, sleep } from '../../src/index.ts';
import { spec } from '../spec.ts';

/** A save takes five frames, and emits what it has saved. */
const save = (text: string) => sleep(5).map(() => text);

/** What RxJS alone makes of the edits: what is saved, and what had begun and was given up. */
function flattened(
  edits: Observable<string>,
  flatten: (project: (text: string) => Observable<string>) => OperatorFunction<string, string>,
): Observable<string> {
  const givenUp = new Subject<string>();
  const watched = (text: string) =>
    defer(() => {
      let isSaved = false;
      const saving = save(text).map((saved) => {
        isSaved = true;
        return saved;
      });
      return saving.pipe(
        finalize(() => {
          if (!isSaved) givenUp.next(`${text} given up`);
        }),
      );
    });
  return merge(edits.pipe(flatten(watched)), givenUp);
}

export const specs = [
  spec({
    title: 'two edits come while the first is saved; a job queue saves the latest next',
    of: ['jobQueue', 'JobQueue.start'],
    drawn: 'save takes 5 ms',
    inputs: {
      typed: '    -abc-------------',
    },
    run: ({ typed }) => {
      const edits = typed.pipe(share()); // all begin in frame 0, so that none misses the first one
      const saves = jobQueue(save, { capacity: 1, overflow: 'dropOldest' });
      edits.subscribe((text) => saves.start(text));
      return {
        concatMap: flattened(edits, (project) => concatMap(project)),
        exhaustMap: flattened(edits, (project) => exhaustMap(project)),
        switchMap: flattened(edits, (project) => switchMap(project)),
        jobQueue: saves.outcomes$.pipe(map(({ status, input }) => `${input} ${status}`)),
      };
    },
    values: {
      a: 'a',
      b: 'b',
      c: 'c',
      A: 'a given up',
      B: 'b given up',
      x: 'b dropped',
      y: 'a done',
      z: 'c done',
    },
    outputs: {
      concatMap: ' ------a----b----c',
      exhaustMap: '------a',
      switchMap: ' --AB----c',
      jobQueue: '  ---x--y----z',
    },
  }),
];
