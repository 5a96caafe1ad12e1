import { map, mergeMap, throwError, TimeoutError } from 'rxjs';
import { CancelledError, ClosedError, jobQueue, sleep } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

const save = (text: string) => sleep(4).map(() => text);
const STATES = { w: 'waiting', r: 'running', t: 'retrying', d: 'done', f: 'failed', o: 'dropped', c: 'cancelled' };

export const specs = [
  spec({
    title:
      'start submits now, and the job brings the last value, also to those who come later; its state is there from the start',
    of: ['JobQueue.start'],
    drawn: 'jobs.start(a), jobs.start(b)',
    inputs: {
      start: '(ab)-----------',
      late: ' ------x--------',
    },
    run: ({ start, late }) => {
      const jobs = jobQueue(save);
      const [a, b] = [jobs.start('a'), jobs.start('b')];
      return {
        a,
        b,
        'a, late': late.pipe(mergeMap(() => a)),
        'states of a': a.state$,
        'states of b': b.state$,
        started: start,
      };
    },
    values: { ...STATES, a: 'a', b: 'b' },
    outputs: {
      started: '      (ab)',
      a: '            ----(a|)',
      'a, late': '      ------a',
      'states of a': '  r---(d|)',
      b: '            --------(b|)',
      'states of b': '  w---r---(d|)',
    },
  }),
  spec({
    title: 'results$ is what the handler emits from now on, through all attempts, and never fails',
    of: ['JobQueue.start'],
    drawn: 'jobs.start(x)',
    inputs: {
      first: ' -a-b#',
      second: '--c-(d|)',
    },
    run: ({ first, second }) => {
      const attempts = [first, second];
      const jobs = jobQueue((_: string) => attempts.shift() ?? throwError(() => new Error('no more')), {
        retry: { attempts: 2, backoff: () => 2 },
      });
      const job = jobs.start('x');
      return { results$: job.results$, state$: job.state$, job };
    },
    values: { ...STATES, e: 'done', a: 'a', b: 'b', c: 'c', d: 'd' },
    outputs: {
      results$: '-a-b----c-(d|)',
      state$: '  r---t-r---(e|)',
      job: '     ----------(d|)',
    },
  }),
  spec({
    title: 'cancel ends it at this call, and completes when it has cleaned up; until then it keeps its place',
    of: ['Job.cancel', 'JobQueue.start'],
    drawn: 'a.cancel()',
    inputs: {
      cancel: '  --x-----',
    },
    run: ({ cancel }) => {
      const jobs = jobQueue(
        function* (text: string) {
          let saved = false;
          try {
            yield* sleep(4);
            saved = true;
            return text;
          } finally {
            if (!saved) yield* sleep(3);
          }
        },
        { name: 'saves' },
      );
      const [a, b] = [jobs.start('a'), jobs.start('b')];
      return {
        'cancel()': perform(cancel, () => a.cancel('enough').map(() => 'x')),
        a,
        'states of a': a.state$,
        'states of b': b.state$,
        active$: jobs.active$.pipe(map((n) => String(n))),
      };
    },
    values: { ...STATES, x: 'x', '0': '0', '1': '1' },
    error: new CancelledError('saves/1', 'enough'),
    outputs: {
      'cancel()': '   -----x',
      a: '           --#',
      'states of a': 'r-(c|)',
      'states of b': 'w----r---(d|)',
      active$: '     1--------0',
    },
  }),
  spec({
    title: 'one that waits is withdrawn; one that is over stays as it is; after close it is refused',
    of: ['Job.cancel', 'JobQueue.start'],
    drawn: 'b.cancel(), a.cancel(), jobs.start(c)',
    inputs: {
      b: '-x---',
      a: '-----x',
      c: '------c',
    },
    run: ({ a, b, c }) => {
      const jobs = jobQueue(save, { name: 'saves' });
      const [first, second] = [jobs.start('a'), jobs.start('b')];
      second.subscribe({ error: () => undefined });
      return {
        'b.cancel()': perform(b, () => second.cancel().map(() => 'x')),
        'a.cancel()': perform(a, () => first.cancel().map(() => first.state)),
        'start(c)': perform(c, (text) => {
          jobs.close();
          return jobs.start(text);
        }),
      };
    },
    values: { x: 'x', d: 'done', E: new ClosedError('saves') },
    outputs: {
      'b.cancel()': '-x',
      'a.cancel()': '-----d',
      'start(c)': '------E',
    },
  }),
  spec({
    title: 'a coroutine waits for it as for any future, and leaving it disturbs nobody',
    of: ['JobQueue.start'],
    drawn: 'jobs.start(a).withTimeout(2)',
    inputs: {
      start: 'a----',
    },
    run: ({ start }) => {
      const jobs = jobQueue(save);
      return {
        'in 2': perform(start, (text) => jobs.start(text).withTimeout(2)),
        outcomes$: jobs.outcomes$.pipe(map(({ status }) => status)),
      };
    },
    values: { d: 'done', T: new TimeoutError() },
    outputs: {
      'in 2': '    --T',
      outcomes$: '----d',
    },
  }),
];
