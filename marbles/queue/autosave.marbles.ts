import { map } from 'rxjs';
import { CancelledError, jobQueue, sleep } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'save now, and if it was edited meanwhile, save the latest next, and tell how each ended',
    of: ['jobQueue', 'JobQueue.submit'],
    drawn: "jobQueue(save, { capacity: 1, overflow: 'dropOldest' })",
    inputs: {
      edit: '-abcd--------e-----',
    },
    run: ({ edit }) => {
      const saves = jobQueue((text: string) => sleep(5).map(() => text), {
        name: 'saves',
        capacity: 1,
        overflow: 'dropOldest',
      });
      return {
        answers: perform(edit, (text) => saves.submit(text)),
        pending$: saves.pending$.pipe(map((n) => String(n))),
        active$: saves.active$.pipe(map((n) => String(n))),
      };
    },
    values: { X: new CancelledError('saves', 'dropped') },
    outputs: {
      answers: ' ---XX-a----d------e',
      pending$: '0-1---0',
      active$: ' 01---------0-1----0',
    },
  }),
];
