import { map, tap } from 'rxjs';
import { CancelledError, jobQueue, type JobQueue, type JobQueueOptions, sleep } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

const save = (text: string) => sleep(3).map(() => text);
const numbers = map((n: number) => String(n));

/** Makes a queue of what is submitted at the start, and shows how it is served. */
const queueOf = (submitted: string, options: JobQueueOptions<string> = {}) => {
  const jobs = jobQueue(save, { name: 'saves', ...options });
  for (const text of submitted) jobs.submit(text).subscribe({ error: () => undefined });
  return jobs;
};
const served = (jobs: JobQueue<string, string>) =>
  jobs.outcomes$.pipe(map(({ status, input }) => (status === 'done' ? input : status)));

export const specs = [
  spec({
    title: 'paused, nothing more starts; what runs goes on, and what comes waits: the gauges say so',
    of: ['JobQueue.whenIdle'],
    drawn: 'jobs.pause(), jobs.resume()',
    inputs: {
      pause: '   -x------',
      submit: '  --c-----',
      resume: '  -----x--',
    },
    run: ({ pause, submit, resume }) => {
      const jobs = queueOf('ab');
      return {
        pause: pause.pipe(tap(() => jobs.pause())),
        submit: submit.pipe(tap((text) => jobs.start(text))),
        resume: resume.pipe(tap(() => jobs.resume())),
        served: served(jobs),
        pending$: jobs.pending$.pipe(numbers),
        active$: jobs.active$.pipe(numbers),
        'whenIdle()': jobs.whenIdle().map(() => 'x'),
      };
    },
    outputs: {
      pause: '       -x',
      submit: '      --c',
      resume: '      -----x',
      served: '      ---a----b--c',
      pending$: '    1-2--1--0---',
      active$: '     1--0-1-----0',
      'whenIdle()': '-----------(x|)',
    },
  }),
  spec({
    title: 'idle already: at once; and not before a clean-up has ended',
    of: ['JobQueue.whenIdle'],
    drawn: 'jobs.whenIdle()',
    inputs: {
      call: 'x----',
    },
    run: ({ call }) => {
      const jobs = jobQueue(function* (text: string) {
        try {
          yield* sleep(9);
          return text;
        } finally {
          yield* sleep(4);
        }
      });
      const before = perform(call, () => jobs.whenIdle());
      return {
        before,
        after: call.pipe(
          tap(() => jobs.start('a').cancel()),
          (calls) => perform(calls, () => jobs.whenIdle()),
        ),
      };
    },
    outputs: {
      before: 'x',
      after: ' ----x',
    },
  }),
  spec({
    title: 'set to more, those that wait start at once; to less, none starts until few enough run',
    of: ['JobQueue.whenIdle'],
    drawn: 'jobs.concurrency = n',
    inputs: {
      set: '     -21----',
    },
    run: ({ set }) => {
      const jobs = queueOf('abcd');
      return {
        set: set.pipe(tap((n) => (jobs.concurrency = Number(n)))),
        served: served(jobs),
        active$: jobs.active$.pipe(numbers),
        'whenIdle()': jobs.whenIdle().map(() => 'x'),
      };
    },
    outputs: {
      set: '         -21',
      served: '      ---ab--c--d',
      active$: '     12-1------0',
      'whenIdle()': '----------(x|)',
    },
  }),
  spec({
    title: 'clear drops all that wait, and what runs goes on',
    of: ['JobQueue.start'],
    drawn: 'jobs.clear()',
    inputs: {
      clear: ' -x---',
    },
    run: ({ clear }) => {
      const jobs = queueOf('a');
      const b = jobs.start('b');
      return {
        clear: clear.pipe(tap(() => jobs.clear())),
        b,
        served: served(jobs),
        pending$: jobs.pending$.pipe(numbers),
      };
    },
    values: { x: 'x', a: 'a', d: 'dropped', '0': '0', '1': '1' },
    error: new CancelledError('saves', 'dropped'),
    outputs: {
      clear: '   -x',
      b: '       -#',
      served: '  -d-a',
      pending$: '10',
    },
  }),
  spec({
    title: 'close on a paused queue waits for resume',
    of: ['JobQueue.close'],
    drawn: 'jobs.close()',
    inputs: {
      close: '  x-----',
      resume: ' --x---',
    },
    run: ({ close, resume }) => {
      const jobs = jobQueue(save);
      jobs.pause();
      jobs.start('a');
      return {
        'close()': perform(close, () => jobs.close()),
        resume: resume.pipe(tap(() => jobs.resume())),
        served: served(jobs),
      };
    },
    outputs: {
      'close()': '-----x',
      resume: '   --x',
      served: '   -----(a|)',
    },
  }),
];
