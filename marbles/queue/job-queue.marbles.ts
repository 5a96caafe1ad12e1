import { map, merge, mergeMap, type Observable, of, take, takeUntil, tap, throwError } from 'rxjs';
import { CancelledError, ClosedError, jobQueue, type JobQueueOptions, OverflowError, sleep } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

const save = (text: string) => sleep(4).map(() => text);

/** What becomes of three submissions while the first is saved. */
const policy = (
  title: string,
  drawn: string,
  options: JobQueueOptions<string>,
  outputs: Readonly<Record<'answers' | 'pending$' | 'active$', string>>,
  error?: unknown,
) =>
  spec({
    title,
    of: ['jobQueue', 'JobQueue.submit'],
    drawn: `jobQueue(save${drawn})`,
    inputs: {
      submit: ' abc----------',
    },
    run: ({ submit }) => {
      const jobs = jobQueue(save, { name: 'saves', ...options });
      return {
        answers: perform(submit, (text) => jobs.submit(text)),
        pending$: jobs.pending$.pipe(map((n) => String(n))),
        active$: jobs.active$.pipe(map((n) => String(n))),
      };
    },
    outputs,
    values: { E: error },
  });

export const specs = [
  policy(
    'one job at a time, unless told; each submission gets its own answer',
    '',
    {},
    {
      answers: '  ----a---b---c',
      pending$: '012-1---0----',
      active$: ' (01)--------0',
    },
  ),
  policy(
    'save now, and what was edited meanwhile next: only the latest, the one before it is dropped',
    ", { capacity: 1, overflow: 'dropOldest' }",
    { capacity: 1, overflow: 'dropOldest' },
    {
      answers: '  --E-a---c----',
      pending$: '01--0--------',
      active$: ' (01)----0----',
    },
    new CancelledError('saves', 'dropped'),
  ),
  policy(
    'or what is there has to be saved first, and what comes too early is dropped',
    ", { capacity: 1, overflow: 'dropNewest' }",
    { capacity: 1, overflow: 'dropNewest' },
    {
      answers: '  --E-a---b----',
      pending$: '01--0--------',
      active$: ' (01)----0----',
    },
    new CancelledError('saves', 'dropped'),
  ),
  policy(
    'or it fails',
    ", { capacity: 1, overflow: 'fail' }",
    { capacity: 1, overflow: 'fail' },
    {
      answers: '  --E-a---b----',
      pending$: '01--0--------',
      active$: ' (01)----0----',
    },
    new OverflowError('saves', 'c'),
  ),
  spec({
    title: 'with a key, jobs of one key run one after the other, and others beside them',
    of: ['JobQueue.submit'],
    drawn: 'jobQueue(slowly, { concurrency: 2, key: letter })',
    inputs: {
      submit: '(aab)--------',
    },
    run: ({ submit }) => {
      const slowly = (text: string) => sleep(6).map(() => text);
      const jobs = jobQueue(slowly, { concurrency: 2, key: (text) => text });
      return {
        answers: perform(submit, (text) => jobs.submit(text)),
        active$: jobs.active$.pipe(map((n) => String(n))),
      };
    },
    outputs: {
      answers: '------(ab)--a',
      active$: '(012)-1-----0',
    },
  }),
  spec({
    title: 'an order of its own: of those that wait, the least starts next',
    of: ['JobQueue.submit'],
    drawn: 'jobQueue(save, { order: by letter })',
    inputs: {
      submit: 'cab----------',
    },
    run: ({ submit }) => {
      const jobs = jobQueue(save, { order: (one, other) => (one < other ? -1 : 1) });
      return { answers: perform(submit, (text) => jobs.submit(text)) };
    },
    outputs: {
      answers: '----c---a---b',
    },
  }),
  spec({
    title: 'each ends in its own way: with many values, with none, with an error, with what the handler throws',
    of: ['JobQueue.submit'],
    drawn: 'jobQueue(each in its own way)',
    inputs: {
      submit: 'mnet',
    },
    run: ({ submit }, { cold }) => {
      const failure = new Error('it failed');
      const jobs = jobQueue((text: string): Observable<unknown> => {
        if (text === 't') throw new Error('it threw');
        if (text === 'e') return throwError(() => failure);
        return cold(text === 'm' ? '--x-(y|)' : '---|');
      });
      return {
        outcomes$: jobs.outcomes$.pipe(map(({ status }) => status)),
        answers: submit.pipe(mergeMap((text) => perform(of(text), () => jobs.submit(text)))),
      };
    },
    values: { d: 'done', f: 'failed', E: new Error('it failed'), T: new Error('it threw') },
    outputs: {
      outcomes$: '----d--(dff)',
      answers: '  --x-y--(ET)',
    },
  }),
  spec({
    title: 'unsubscribing one withdraws that one alone; one that runs keeps its place until it has cleaned up',
    of: ['JobQueue.submit'],
    drawn: 'jobQueue(save with a clean-up of 3)',
    inputs: {
      a: 'a------------',
      b: '-b-----------',
      c: '--c----------',
    },
    run: ({ a, b, c }, { time }) => {
      const jobs = jobQueue(function* (text: string) {
        let saved = false;
        try {
          yield* sleep(4);
          saved = true;
          return text;
        } finally {
          if (!saved) yield* sleep(3);
        }
      });
      const submit = mergeMap((text: string) => jobs.submit(text));
      return {
        outcomes$: jobs.outcomes$.pipe(map(({ input }) => input)),
        first: a.pipe(submit, takeUntil(sleep(time('---|')))),
        second: b.pipe(submit, takeUntil(sleep(time('--|')))),
        third: c.pipe(submit),
        active$: jobs.active$.pipe(map((n) => String(n))),
      };
    },
    outputs: {
      outcomes$: '--ba------c',
      first: '    ---|',
      second: '   --|',
      third: '    ----------c',
      active$: '  (01)------0',
    },
  }),
  spec({
    title: 'a callback may submit the next: it waits behind those that wait',
    of: ['JobQueue.submit'],
    drawn: 'a: jobs.submit(a), and then jobs.submit(n)',
    inputs: {
      submit: 'ab-----------',
    },
    run: ({ submit }) => {
      const jobs = jobQueue(save);
      return {
        answers: merge(
          submit.pipe(
            mergeMap((text) =>
              jobs
                .submit(text)
                .pipe(mergeMap((answer) => (answer === 'a' ? merge(of(answer), jobs.submit('n')) : of(answer)))),
            ),
            take(3),
          ),
        ),
      };
    },
    outputs: {
      answers: '----a---b---(n|)',
    },
  }),
  spec({
    title: 'close serves what was submitted, and refuses what comes after',
    of: ['JobQueue.close', 'JobQueue.submit'],
    drawn: 'jobs.close()',
    inputs: {
      submit: 'ab-c---------',
      close: ' --x----------',
    },
    run: ({ submit, close }) => {
      const jobs = jobQueue(save, { name: 'saves' });
      return {
        answers: perform(submit, (text) => jobs.submit(text)),
        closed: perform(close, () => jobs.close().map(() => 'x')),
        idle$: jobs.idle$.pipe(map((idle) => (idle ? 'i' : 'o'))),
      };
    },
    values: { C: new ClosedError('saves') },
    outputs: {
      answers: '---Ca---b----',
      closed: ' --------x----',
      idle$: '  (io)----(i|)',
    },
  }),
  spec({
    title: 'cancel ends every submission, and refuses what comes after',
    of: ['JobQueue.submit'],
    drawn: 'jobs.cancel()',
    inputs: {
      submit: 'ab-----c',
      cancel: '--x-----',
    },
    run: ({ submit, cancel }) => {
      const jobs = jobQueue(() => sleep(9), { name: 'saves' });
      return {
        answers: perform(submit, (text) => jobs.submit(text)),
        outcomes$: jobs.outcomes$.pipe(map(({ status }) => status)),
        cancelled: cancel.pipe(tap(() => jobs.cancel())),
      };
    },
    values: { X: new CancelledError('saves'), C: new ClosedError('saves'), c: 'cancelled' },
    outputs: {
      answers: '  --(XX)-C',
      outcomes$: '--(cc|)',
      cancelled: '--x-----',
    },
  }),
];
