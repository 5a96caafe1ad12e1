import { map, ReplaySubject, tap, TimeoutError } from 'rxjs';
import { jobQueue, type JobQueueOptions, type JobState, sleep } from '../../src/index.ts';
import { spec } from '../spec.ts';

/** Small letters up to m are edits of one document, the others of another: which are saved, and when. */
const edits = (
  title: string,
  drawn: string,
  edit: string,
  options: JobQueueOptions<string>,
  outputs: Readonly<Record<'starts' | 'outcomes$', string>>,
) =>
  spec({
    title,
    of: ['jobQueue', 'JobQueue.start'],
    drawn: `jobQueue(save, { ${drawn} })`,
    inputs: { edit },
    run: ({ edit }) => {
      const starts = new ReplaySubject<string>(Infinity);
      const jobs = jobQueue(
        (text: string) => {
          starts.next(text);
          return sleep(5).map(() => text);
        },
        { overflow: 'dropOldest', ...options },
      );
      edit.subscribe((text) => (text === '0' ? jobs.flush() : jobs.start(text)));
      return { starts, outcomes$: jobs.outcomes$.pipe(map(({ status, input }) => (status === 'done' ? input : '-'))) };
    },
    values: { o: '-' },
    outputs,
  });

const key = (text: string) => (text <= 'm' ? 'one' : 'other');

const STATES: Readonly<Record<string, JobState>> = { r: 'running', t: 'retrying', d: 'done', f: 'failed' };

export const specs = [
  edits(
    'one edit waits, and the latest is served next: that of the one document is dropped for one of the other',
    'capacity: 1',
    '         abxcy------------',
    { capacity: 1 },
    {
      starts: '   a----y',
      outcomes$: '--oooa----y',
    },
  ),
  edits(
    'one edit of every document waits: the latest of each is saved',
    'key: document, capacityPerKey: 1',
    '         abxcy------------',
    { key, capacityPerKey: 1 },
    {
      starts: '   a----c----y',
      outcomes$: '---ooa----c----y',
    },
  ),
  edits(
    'debounced, a save starts when its document was not edited for 3',
    'key: document, capacityPerKey: 1, debounce: 3, concurrency: 2',
    '         ab-x-----c-------',
    { key, capacityPerKey: 1, debounce: 3, concurrency: 2 },
    {
      starts: '   ----b-x-----c',
      outcomes$: '-o-------b-x-----c',
    },
  ),
  edits(
    'flush(), at 0, starts it now, and the next edit begins anew',
    'capacity: 1, debounce: 3',
    '         ab0-----c--------',
    { capacity: 1, debounce: 3 },
    {
      starts: '   --b--------c',
      outcomes$: '-o-----b--------c',
    },
  ),
  spec({
    title:
      'an attempt that failed is made again after its backoff: others run meanwhile, and it comes back before them',
    of: ['jobQueue', 'JobQueue.start'],
    drawn: 'jobQueue(fails once for a, { retry: { backoff: 3 } })',
    inputs: {
      start: '(abc)--------',
    },
    run: ({ start }) => {
      const starts = new ReplaySubject<string>(Infinity);
      const jobs = jobQueue(
        (text: string, { name }) => {
          starts.next(text);
          const fails = name.endsWith('/1') && first;
          first = false;
          return sleep(2).map(() => {
            if (fails) throw new Error('no');
            return text;
          });
        },
        { retry: { attempts: 2, backoff: () => 3 } },
      );
      let first = true;
      const a = new ReplaySubject<JobState>(Infinity);
      start.subscribe((text) => {
        const job = jobs.start(text);
        if (text === 'a') job.state$.subscribe(a);
      });
      return {
        starts,
        'states of a': a,
        outcomes$: jobs.outcomes$.pipe(map(({ input }) => input)),
        pending$: jobs.pending$.pipe(map((n) => String(n))),
      };
    },
    values: { ...STATES, a: 'a', b: 'b', c: 'c', '0': '0', '1': '1', '2': '2' },
    outputs: {
      starts: '       a-b-c-a',
      'states of a': '  r-t---r-(d|)',
      outcomes$: '    ----b-c-a',
      pending$: '     2---1-0',
    },
  }),
  spec({
    title: 'an attempt that takes too long is cancelled, and has failed when it has cleaned up',
    of: ['JobQueue.start'],
    drawn: 'jobQueue(never, { timeout: 3, retry: { attempts: 2 } })',
    inputs: {
      aborts: '',
    },
    run: ({ aborts }) => {
      const seen = new ReplaySubject<string>(Infinity);
      const jobs = jobQueue(
        function* (_: string, { signal }) {
          signal.addEventListener('abort', () => seen.next('x'));
          try {
            yield* sleep(Infinity);
          } finally {
            yield* sleep(2);
          }
        },
        { timeout: 3, retry: { attempts: 2 } },
      );
      const job = jobs.start('a');
      return { 'signal aborts': seen, state$: job.state$, job, started: aborts.pipe(tap()) };
    },
    values: { ...STATES, x: 'x' },
    error: new TimeoutError(),
    outputs: {
      started: '',
      'signal aborts': '---x----x',
      state$: '       r----(tr)-(f|)',
      job: '          ----------#',
    },
  }),
];
