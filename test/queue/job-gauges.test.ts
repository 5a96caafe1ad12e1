// What gauges say to whoever looks in a callback: of a job's start, of its end, of anything that comes of these.

import { NEVER, type Observable, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { broadcast, type Coroutine, go, type Job, type JobQueue, jobQueue, sleep } from '../../src/index.ts';
import { check } from '../record.ts';
import { at, virtual } from '../virtual.ts';

type Jobs = JobQueue<string, string>;
type Look = (who: string) => () => void;

/** Of `jobs`: what those see who look for the first time. */
function looking(jobs: Jobs): { readonly seen: string[]; readonly look: Look } {
  const seen: string[] = [];
  const look = (who: string) => (): void => {
    const now: unknown[] = [];
    for (const gauge of [jobs.pending$, jobs.active$, jobs.idle$] as Observable<unknown>[])
      gauge.pipe(take(1)).subscribe((n) => now.push(n));
    seen.push(`${who}: ${now.join(' ')}`);
  };
  return { seen, look };
}

describe('5.7 whoever hears in a callback finds the gauges as things are', () => {
  it('of an end: it is counted no more, whoever looks', () => {
    const hold = new Subject<string>();
    const jobs: Jobs = jobQueue<string, string>((input) => (input === 'c' ? NEVER : hold));
    const { seen, look } = looking(jobs);
    const wait = function* (job: Job<string, string>): Coroutine<void> {
      yield* job;
      look('coroutine')();
    };
    const job = jobs.start('a');
    jobs.submit('b').subscribe({ next: look('next'), complete: look('complete') });
    job.subscribe(look('future'));
    job.state$.subscribe((state) => state === 'done' && look('state$')());
    job.results$.subscribe({ complete: look('results$') });
    go(() => wait(job));
    jobs.outcomes$.subscribe(({ input }) => look(`outcome of ${input}`)());
    jobs.whenIdle().subscribe(look('idle'));
    hold.complete();
    expect(seen).toEqual([
      'future: 1 0 false',
      'state$: 1 0 false',
      'results$: 1 0 false',
      'outcome of a: 1 0 false',
      'complete: 0 0 true',
      'outcome of b: 0 0 true',
      'idle: 0 0 true',
      'coroutine: 0 0 true',
    ]);
    check(jobs);
  });

  it('of a start, in its handler and its state', () => {
    const jobs: Jobs = jobQueue<string, string>((input) => {
      look(`handler of ${input}`)();
      return input === 'a' ? sleep(2).map(() => input) : NEVER;
    });
    const { seen, look } = looking(jobs);
    virtual(() => {
      jobs.start('a');
      const b = jobs.start('b');
      jobs.start('c');
      b.state$.subscribe((state) => look(state)());
    });
    expect(seen).toEqual([
      'handler of a: 0 1 false',
      'waiting: 2 1 false',
      'running: 1 1 false',
      'handler of b: 1 1 false',
    ]);
  });

  it('of a failure that is tried again, and of one that is not', () => {
    const jobs: Jobs = jobQueue<string, string>(() => throwError(() => new Error('no')), {
      retry: { attempts: 2, backoff: () => (look('backoff')(), 5) },
    });
    const { seen, look } = looking(jobs);
    virtual(() => {
      jobs.pause();
      const job = jobs.start('a');
      job.state$.subscribe((state) => look(state)());
      job.subscribe({ error: look('error') });
      jobs.resume();
    });
    expect(seen).toEqual([
      'waiting: 1 0 false',
      'running: 0 1 false',
      'backoff: 0 1 false',
      'retrying: 1 0 false',
      'running: 0 1 false',
      'error: 0 0 true',
      'failed: 0 0 true',
    ]);
  });

  it('of being dropped, cancelled and cleaned up', () => {
    const jobs: Jobs = jobQueue<string, string>(
      function* () {
        try {
          yield* sleep(9);
        } finally {
          yield* sleep(3);
        }
        return '';
      },
      { capacity: 1, overflow: 'dropOldest' },
    );
    const { seen, look } = looking(jobs);
    virtual(() => {
      const a = jobs.start('a');
      for (const input of ['b', 'c']) jobs.submit(input).subscribe({ error: look(`end of ${input}`) });
      at(1, () => {
        a.subscribe({ error: look('end of a') });
        a.cancel().subscribe(look('clean-up of a'));
        jobs.clear();
      });
    });
    expect(seen).toEqual([
      'end of b: 1 1 false',
      'end of a: 1 1 false',
      'end of c: 0 1 false',
      'clean-up of a: 0 0 true',
    ]);
  });

  it('while those before it are still to be told', () => {
    const jobs: Jobs = jobQueue<string, string>(() => NEVER, { concurrency: 5 });
    const seen: string[] = [];
    jobs.active$.subscribe((n) => {
      if (n === 1) jobs.start('b');
      if (n === 1) jobs.active$.subscribe((late) => seen.push(`late ${late}`));
    });
    jobs.active$.subscribe((n) => seen.push(`second ${n}`));
    jobs.start('a');
    expect(seen).toEqual(['second 0', 'late 2', 'second 1', 'second 2']);
  });

  it('also what its first values have made of it', () => {
    const jobs: Jobs = jobQueue<string, string>(() => NEVER, { concurrency: 5 });
    const seen: number[] = [];
    jobs.active$.subscribe((n) => {
      seen.push(n);
      if (n < 3) jobs.start('a');
    });
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it('the taps of a broadcast, too', () => {
    const prices = broadcast<number>();
    const seen: number[] = [];
    prices.taps$.subscribe();
    const tap = prices.tap();
    tap.whenEnded().subscribe(() => prices.taps$.pipe(take(1)).subscribe((n) => seen.push(n)));
    prices.tap();
    tap.cancel();
    expect(seen).toEqual([1]);
  });

  it('and a job is over that is cancelled by the order, as it gets its place and others move in', () => {
    let cancel: (() => void) | null = null;
    const order = (): number => {
      const now = cancel;
      cancel = null;
      now?.();
      return 0;
    };
    const jobs: Jobs = jobQueue<string, string>(() => NEVER, { capacity: 2, order });
    // The one for which the order was asked fails: it has changed what it compares.
    jobs.outcomes$.subscribe();
    const a = jobs.start('a');
    const b = jobs.start('b');
    for (const input of ['c', 'd', 'e']) jobs.start(input);
    cancel = () => void b.cancel();
    a.cancel();
    expect([b.state, b.status]).toEqual(['cancelled', 'cancelled']);
    check(jobs);
  });
});
