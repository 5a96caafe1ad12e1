import { NEVER, of, ReplaySubject, throwError } from 'rxjs';
import { queue, sleep, work, type WorkOptions } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

const slowly = (value: string) => sleep(3).map(() => value);

const pool = (title: string, concurrency: number, handled: string, left: string) =>
  spec({
    title,
    of: ['work'],
    drawn: `work(jobs, slowly, { concurrency: ${concurrency} })`,
    inputs: {
      send: 'abc-d--------',
    },
    run: ({ send }) => {
      const jobs = queue<string>();
      send.subscribe((value) => jobs.trySend(value));
      return { handled: work(jobs, slowly, { concurrency }), unfinished: gauge(() => jobs.unfinished) };
    },
    outputs: { handled, unfinished: left },
  });

/** A handler that fails for b, the first time. */
const failing = (title: string, drawn: string, options: WorkOptions<string>, handled: string) =>
  spec({
    title,
    of: ['work'],
    drawn: `work(jobs, fails once for b${drawn})`,
    inputs: {
      send: 'abc----------',
    },
    run: ({ send }) => {
      const jobs = queue<string>();
      send.subscribe((value) => jobs.trySend(value));
      return {
        handled: work(
          jobs,
          (value, { attempt }) =>
            value === 'b' && attempt === 1
              ? sleep(2).map(() => {
                  throw new Error('no');
                })
              : sleep(2).map(() => value),
          options,
        ),
      };
    },
    outputs: { handled },
  });

export const specs = [
  pool('one after the other, unless told', 1, '---a--b--c--d', '12323-2--1--0'),
  pool('no more are leased than may run at once', 2, '---ab-cd', '1232--10'),
  failing('a value whose handler failed comes back to the front, and is the next', '', {}, '--a---b-c'),
  failing(
    'or after a while: others are handled meanwhile',
    ', { backoff: 3 }',
    { backoff: () => 3 },
    '               --a---c--b',
  ),
  spec({
    title: 'a handler that takes too long is cancelled, and has failed; after so many attempts the value is given up',
    of: ['work'],
    drawn: 'work(jobs of 2 attempts, never for b, { timeout: 3 })',
    inputs: {
      send: 'ab-----------',
    },
    run: ({ send }) => {
      const dead = new ReplaySubject<string>(Infinity);
      const jobs = queue<string>({ maxAttempts: 2, onDeadLetter: ({ value }) => dead.next(value) });
      send.subscribe({ next: (value) => jobs.trySend(value), complete: () => jobs.close() });
      return { handled: work(jobs, (value) => (value === 'b' ? NEVER : of(value)), { timeout: 3 }), dead };
    },
    outputs: {
      handled: 'a------------',
      dead: '   -------b-----',
    },
  }),
  spec({
    title: 'a handler may bring many values, or none; the end comes when everything is settled',
    of: ['work'],
    drawn: 'work(jobs, as it is)',
    inputs: {
      send: 'abc|',
    },
    run: ({ send }, { cold }) => {
      const jobs = queue<string>();
      send.subscribe({ next: (value) => jobs.trySend(value), complete: () => jobs.close() });
      const inner: Record<string, string> = { a: '-x-y|', b: '--|', c: '-z-|' };
      return { handled: work(jobs, (value) => cold(inner[value] ?? '|')) };
    },
    outputs: {
      handled: '-x-y---z-|',
    },
  }),
  spec({
    title: 'nothing to do, and nothing to come',
    of: ['work'],
    drawn: 'work(jobs, slowly)',
    inputs: {
      close: '---x',
    },
    run: ({ close }) => {
      const jobs = queue<string>();
      close.subscribe(() => jobs.close());
      return { handled: work(jobs, slowly), never: work(queue<string>(), slowly) };
    },
    outputs: {
      handled: '---|',
      never: '  ----',
    },
  }),
  spec({
    title: 'the cause of the end comes last',
    of: ['work'],
    drawn: 'work(jobs, slowly, { concurrency: 2 })',
    inputs: {
      send: '(ab#)--',
    },
    run: ({ send }) => {
      const jobs = queue<string>();
      send.subscribe({
        next: (value) => jobs.trySend(value),
        error: (error: unknown) => jobs.close(error),
      });
      return { handled: work(jobs, slowly, { concurrency: 2 }) };
    },
    outputs: {
      handled: '---(ab#)',
    },
  }),
  spec({
    title: 'unsubscribing gives back what is leased, to the front and in its old order, and no attempt is counted',
    of: ['work', 'Queue.lease'],
    drawn: 'work(jobs, never, { concurrency: 2 })',
    inputs: {
      send: '(abc)---------',
      next: '------xxx',
    },
    run: ({ send, next }) => {
      const jobs = queue<string>();
      send.subscribe((value) => jobs.trySend(value));
      return {
        handled: work(jobs, () => NEVER, { concurrency: 2 }),
        leased: perform(next, () => jobs.lease().map(({ value, attempt }) => (attempt === 1 ? value : 'again'))),
      };
    },
    during: { handled: '^---!' },
    outputs: {
      handled: '-----',
      leased: ' ------abc',
    },
  }),
  spec({
    title: 'a handler may send more work to its own queue',
    of: ['work'],
    drawn: 'work(jobs, A and then its parts)',
    inputs: {
      send: 'A----------',
    },
    run: ({ send }) => {
      const jobs = queue<string>();
      send.subscribe((value) => jobs.trySend(value));
      return {
        handled: work(jobs, (value) => {
          if (value === 'A') for (const part of ['x', 'y']) jobs.trySend(part);
          return slowly(value);
        }),
      };
    },
    outputs: {
      handled: '---A--x--y-',
    },
  }),
  spec({
    title: 'what backoff throws fails the whole, and the value is back in the queue',
    of: ['work'],
    drawn: 'work(jobs, fails, { backoff: throws })',
    inputs: {
      send: '-a---',
    },
    run: ({ send }) => {
      const jobs = queue<string>();
      send.subscribe((value) => jobs.trySend(value));
      return {
        handled: work(jobs, () => throwError(() => new Error('no')), {
          backoff: () => {
            throw 'error' as unknown as Error;
          },
        }),
        buffered: gauge(() => jobs.size),
      };
    },
    outputs: {
      handled: '-#---',
      buffered: '01--',
    },
  }),
  spec({
    title:
      'told to stop, it leases no more and lets what runs end; after its grace the rest is cancelled, and goes back',
    of: ['work'],
    drawn: 'work(jobs, a takes 3, others 9, { concurrency: 2, stop, grace: 4 })',
    inputs: {
      send: '(abc)-----',
      stop: '--x-------',
    },
    run: ({ send, stop }) => {
      const jobs = queue<string>();
      send.subscribe((value) => jobs.trySend(value));
      return {
        handled: work(jobs, (value) => sleep(value === 'a' ? 3 : 9).map(() => value), {
          concurrency: 2,
          stop,
          grace: 4,
        }),
        waiting: gauge(() => jobs.size),
      };
    },
    outputs: {
      handled: '---a--|',
      waiting: '1-----2',
    },
  }),
];
