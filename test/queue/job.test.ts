// Jobs as `start` hands them out: what they tell, to whom, and who is not bothered.

import { EMPTY, firstValueFrom, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  CancelledError,
  ClosedError,
  type Coroutine,
  gather,
  go,
  Job,
  jobQueue,
  NotReadyError,
  poll,
  select,
  sleep,
  until,
  wait,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, show, title } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { watchedStarts } from './watched.ts';

/** What starts, and what those are told who started it. */
function watched(...those: Parameters<typeof watchedStarts>) {
  const { jobs, record, note } = watchedStarts(...those);
  const start = (input: string): Job<string, string> => {
    const job = jobs.start(input);
    job.subscribe({
      next: (value) => note(`${input} brings ${show(value)}`),
      error: (error: unknown) => note(`${input} fails with ${show(error)}`),
    });
    return job;
  };
  return { jobs, record, note, start };
}

/** A handler that takes 10, and cleans up for 3 when it is stopped. */
function* cleaning(input: string): Coroutine<string> {
  let left = true;
  try {
    yield* sleep(10);
    left = false;
    return input;
  } finally {
    if (left) yield* sleep(3);
  }
}

describe('5.7 start', () => {
  it('submits now, whether or not somebody watches', () => {
    const { jobs, record } = watched();
    jobs.outcomes$.subscribe(({ input, status }) => record.add(`${input} ${status}`));
    virtual(() => {
      expect(jobs.start('a1')).toBeInstanceOf(Job);
      expect(record.take()).toEqual(['0 a1 starts']);
      jobs.start('b1');
      expect(record.take()).toEqual([]);
      check(jobs);
    });
    expect(record.lines).toEqual(['a1 done', '1 b1 starts', 'b1 done']);
  });

  it('brings the last value of the attempt that succeeded, or undefined', () => {
    const jobs = jobQueue((input: string) => (input === 'many' ? of(1, 2, 3) : input === 'none' ? EMPTY : NEVER));
    expect(jobs.start('many').result()).toBe(3);
    expect(jobs.start('none').result()).toBeUndefined();
    let n = 0;
    const again = jobQueue(
      () =>
        n++ === 0
          ? new Observable<number>((subscriber) => {
              subscriber.next(1);
              subscriber.error(new Error('no'));
            })
          : EMPTY,
      { retry: { attempts: 2 } },
    );
    const job = again.start('x');
    expect([job.status, job.result(), job.attempt]).toEqual(['resolved', undefined, 2]);
  });

  describe.each(FORMS)('can be waited for as $form', ({ perform }) => {
    it.each([
      ['done', 'a3', 'w got a3'],
      ['failed', '!3', 'w failed with no !3'],
    ])('%s', (_how, input, line) => {
      const told = new Record();
      virtual(() => {
        const { jobs } = watched();
        const job = jobs.start(input);
        perform(job, told.by('w'));
        at(9, () => perform(job, { ...told.by('late'), next: () => told.add('late'), error: () => told.add('late') }));
      });
      expect(told.lines).toEqual([line, 'late']);
    });

    it('cancelled', () => {
      const told = new Record();
      virtual(() => {
        const { jobs } = watched({ name: 'saves' });
        const job = jobs.start('a9');
        perform(job, told.by('w'));
        at(2, () => job.cancel('enough'));
      });
      expect(told.lines).toEqual(['w failed with CancelledError(enough)']);
    });

    it('dropped', () => {
      const told = new Record();
      virtual(() => {
        const { jobs } = watched({ capacity: 1, overflow: 'dropOldest' });
        for (const input of ['a9', 'b9']) perform(jobs.start(input), told.by(input));
        jobs.start('c9');
      });
      expect(told.lines).toEqual(['b9 failed with CancelledError(dropped)', 'a9 got a9']);
    });

    it('and leaving it does not stop it', () => {
      const { jobs, record } = watched();
      virtual(() => {
        const job = jobs.start('a3');
        const leave = perform(job, new Record().by('w'));
        job.subscribe(() => record.add('the other is told'));
        at(1, leave);
      });
      expect(record.lines).toEqual(['0 a3 starts', 'the other is told']);
    });

    it('cancel() completes when it has cleaned up, and never fails', () => {
      const told = new Record();
      virtual(() => {
        const { jobs } = watched({}, cleaning);
        const job = jobs.start('a');
        at(2, () =>
          perform(job.cancel(), { ...told.by('c'), next: () => told.add(`${frame()} ${jobs.toString().slice(-6)}`) }),
        );
      });
      expect(told.lines).toEqual(['5 (open)']);
    });
  });

  it('is polled, selected, gathered, waited for and awaited like any future', async () => {
    const { jobs } = watched();
    const told: unknown[] = [];
    virtual(() => {
      const [a, b] = [jobs.start('a2'), jobs.start('b2')];
      told.push(poll(a), a.status);
      expect(() => a.result()).toThrow(NotReadyError);
      select({ b, a }).subscribe(({ key }) => told.push(key));
      gather([a, b]).subscribe((both) => told.push(both));
      wait([a, b], { until: 'first' }).subscribe(({ done, pending }) => told.push([done.length, pending.length]));
      at(9, () => told.push(poll(b)));
    });
    expect(told).toEqual([
      { ok: false, closed: false },
      'pending',
      'a',
      [1, 1],
      ['a2', 'b2'],
      { ok: true, value: 'b2' },
    ]);
    const quick = jobQueue((n: number) => Promise.resolve(n));
    expect(await quick.start(1).promise()).toBe(1);
    expect(await firstValueFrom(quick.start(2))).toBe(2);
    await expect(
      jobQueue(() => throwError(() => new Error('no')))
        .start(0)
        .promise(),
    ).rejects.toThrow('no');
  });

  it('maps, and has its time: which withdraws who waits, and not the job', () => {
    const { jobs, record, note } = watched();
    virtual(() => {
      const job = jobs.start('a5');
      job.withTimeout(2).subscribe({ error: (error: unknown) => note(show(error)) });
      job.map((value) => `${value}!`).subscribe(note);
    });
    expect(record.lines).toEqual(['0 a5 starts', '2 TimeoutError', '5 a5!']);
  });

  it('tells where it is, the present state first, and completes after the last', () => {
    const { jobs, record } = watched();
    virtual(() => {
      const [a, b] = [jobs.start('a2'), jobs.start('b2')];
      a.state$.subscribe(record.all('a'));
      b.state$.subscribe(record.all('b'));
      at(9, () => b.state$.subscribe(record.all('late')));
      at(9, () => expect([a.state, b.state, a.status]).toEqual(['done', 'done', 'resolved']));
    });
    expect(record.lines.filter((line) => !line.endsWith('starts'))).toEqual([
      'a got running',
      'b got waiting',
      'a got done',
      'a completed',
      'b got running',
      'b got done',
      'b completed',
      'late got done',
      'late completed',
    ]);
  });

  it('knows its end before anybody is told of it', () => {
    const seen: unknown[] = [];
    const stop = new Subject<string>();
    const jobs = jobQueue(() => stop);
    const job = jobs.start('a');
    const look = (who: string) => () => seen.push([who, job.status, job.state]);
    job.subscribe({ complete: look('future') });
    job.state$.subscribe({ complete: look('state$') });
    job.results$.subscribe({ complete: look('results$') });
    jobs.outcomes$.subscribe(look('outcomes$'));
    stop.complete();
    expect(seen).toEqual(['future', 'state$', 'results$', 'outcomes$'].map((who) => [who, 'resolved', 'done']));
  });

  it('shows what the handler emits from now on, and never fails', () => {
    const source = new Subject<number>();
    const jobs = jobQueue(() => source);
    const record = new Record();
    const job = jobs.start('a');
    job.subscribe(record.by('job'));
    source.next(1);
    job.results$.subscribe(record.all('first'));
    source.next(2);
    job.results$.subscribe(record.all('second'));
    source.next(3);
    source.error(new Error('no'));
    job.results$.subscribe(record.all('late'));
    expect(record.lines).toEqual([
      'first got 2',
      'first got 3',
      'second got 3',
      'job failed with no',
      'first completed',
      'second completed',
      'late completed',
    ]);
  });

  it('completes results$ of one that is dropped or cancelled', () => {
    const { jobs, record } = watched({ capacity: 1, overflow: 'dropOldest' });
    const [a, b] = [jobs.start('a'), jobs.start('b')];
    a.results$.subscribe(record.all('a'));
    b.results$.subscribe(record.all('b'));
    record.take();
    jobs.start('c');
    a.cancel();
    expect(record.lines.slice(0, 2)).toEqual(['b completed', 'a completed']);
  });

  it('has a name, a number, and prints itself', () => {
    const { jobs } = watched({ name: 'saves' });
    const job = jobs.start('a9');
    expect([job.name, title(job), job.input, job.attempt]).toEqual(['saves/1', 'saves/1, running', 'a9', 1]);
    expect(title(jobs.start('b'))).toBe('saves/2, waiting');
    check(job);
    jobs.cancel();
  });
});

describe('5.7 what is nobody’s error', () => {
  it('one that is dropped, cleared or cancelled', () => {
    const reported = reportsOf(() => {
      const { jobs } = watched({ capacity: 1, overflow: 'dropOldest' });
      for (const input of ['a9', 'b9', 'c9']) jobs.start(input);
      jobs.clear();
      jobs.start('d9').cancel();
      jobs.start('e9');
      jobs.cancel('all');
    });
    expect(reported).toEqual([]);
  });

  it('a failure that outcomes$ hears of, or who waits for the job', () => {
    const reported = reportsOf(() => {
      const heard = watched();
      const outcomes = heard.jobs.outcomes$.subscribe();
      heard.jobs.start('!1');
      at(2, () => outcomes.unsubscribe());
      watched()
        .jobs.start('!1')
        .subscribe({ error: () => undefined });
      // Within the macrotask.
      const late = watched().jobs.start('!1');
      at(1, () => late.subscribe({ error: () => undefined }));
    });
    expect(reported).toEqual([]);
  });

  it('but one that nobody hears of is reported, once', () => {
    const reported = reportsOf(() => {
      const { jobs } = watched();
      const outcomes = jobs.outcomes$.subscribe();
      outcomes.unsubscribe();
      jobs.start('!1').state$.subscribe();
      watched({ capacity: 0, overflow: 'fail' }).jobs.pause();
    });
    expect(reported).toEqual([new Error('no !1')]);
  });

  it('and so is one for which there was no room, or that came too late', () => {
    const reported = reportsOf(() => {
      const { jobs } = watched({ name: 'saves', capacity: 0, overflow: 'fail' });
      jobs.pause();
      jobs.start('a');
      jobs.cancel();
      jobs.start('b');
    });
    expect(reported.map(show)).toEqual(['OverflowError', 'ClosedError']);
  });
});

describe('5.7 start after the end', () => {
  it.each(['close', 'cancel'] as const)('%s: a job that was rejected with ClosedError', (end) => {
    const reported = reportsOf(() => {
      const { jobs, record } = watched({ name: 'saves' });
      jobs.outcomes$.subscribe(() => record.add('an outcome'));
      jobs[end]();
      const job = jobs.start('a');
      expect([job.status, job.state, job.attempt, job.input]).toEqual(['rejected', 'failed', 0, 'a']);
      expect(() => job.result()).toThrow(new ClosedError('saves'));
      job.state$.subscribe(record.all('state'));
      job.results$.subscribe(record.all('results'));
      job.cancel().subscribe(record.all('cancel'));
      job.subscribe(record.by('job'));
      expect(record.lines).toEqual([
        'state got failed',
        'state completed',
        'results completed',
        'cancel got undefined',
        'cancel completed',
        'job failed with ClosedError',
      ]);
    });
    expect(reported).toEqual([]);
  });
});

describe('5.7 job.cancel', () => {
  it('withdraws one that waits, alone, at this call', () => {
    const { jobs, record, start } = watched();
    virtual(() => {
      start('a2');
      const b = start('b2');
      start('c2');
      at(1, () => {
        expect(poll(b.cancel('not needed')).ok).toBe(true);
        expect([b.status, b.state]).toEqual(['cancelled', 'cancelled']);
        check(jobs);
      });
    });
    expect(record.lines).toEqual([
      '0 a2 starts',
      '1 b2 fails with CancelledError(not needed)',
      '2 a2 brings a2',
      '2 c2 starts',
      '4 c2 brings c2',
    ]);
  });

  it('cancels one that runs: told at this call, its place is free when it has cleaned up', () => {
    const { jobs, record, note, start } = watched({ name: 'saves' }, cleaning);
    virtual(() => {
      const a = start('a');
      start('b');
      jobs.active$.subscribe((n) => note(`${n} active`));
      jobs.outcomes$.subscribe(({ input, status }) => note(`${input} ${status}`));
      at(2, () => {
        a.cancel('enough').subscribe(() => note('has cleaned up'));
        a.cancel('again').subscribe(() => note('that, too'));
        check(jobs);
      });
    });
    expect(record.lines).toEqual([
      '0 a starts',
      '0 1 active',
      '2 a fails with CancelledError(enough)',
      '2 a cancelled',
      '5 has cleaned up',
      '5 that, too',
      '5 b starts',
      '15 b brings b',
      '15 b done',
      '15 0 active',
    ]);
  });

  it('says whose job it was, and aborts its signal with the reason', () => {
    const signals: AbortSignal[] = [];
    const jobs = jobQueue((_: string, { signal }) => (signals.push(signal), NEVER), { name: 'saves' });
    const job = jobs.start('a');
    job.cancel('enough');
    expect(() => job.result()).toThrow(new CancelledError('saves/1', 'enough'));
    expect(signals.map(({ aborted, reason }) => [aborted, reason as unknown])).toEqual([[true, 'enough']]);
    const all = jobs.start('b');
    jobs.cancel('all');
    expect(() => all.result()).toThrow(new CancelledError('saves', 'all'));
    expect(signals[1]?.reason).toBe('all');
  });

  it('by its last value: that is done', () => {
    const jobs = jobQueue((n: number) => Promise.resolve(n));
    const job = jobs.start(1);
    job.results$.subscribe(() => {
      job.cancel();
    });
    return expect(job.promise()).resolves.toBe(1);
  });

  it('from inside its handler: what that returns is not performed', () => {
    const record = new Record();
    const jobs = jobQueue((_: string) => {
      jobs.cancel();
      return new Observable(() => record.add('subscribed'));
    });
    jobs.start('a').subscribe(record.by('a'));
    expect(record.lines).toEqual(['a failed with CancelledError(undefined)']);
    check(jobs);
  });

  it('reports what its clean-up fails with, and never fails itself', () => {
    const record = new Record();
    const reported = reportsOf(() => {
      const { jobs } = watched({}, function* (input) {
        try {
          yield* sleep(10);
        } finally {
          yield* until(throwError(() => new Error('clean-up')));
        }
        return input;
      });
      const job = jobs.start('a');
      at(1, () => job.cancel().subscribe(record.all('cancel')));
    });
    expect(reported).toEqual([new Error('clean-up')]);
    expect(record.lines).toEqual(['cancel got undefined', 'cancel completed']);
  });

  it('withdrawn, it cancels all the same; and who waits in a coroutine may be cancelled', () => {
    const { jobs, record, note } = watched({}, cleaning);
    virtual(() => {
      const job = jobs.start('a');
      at(1, () => {
        const task = go(function* () {
          try {
            yield* job.cancel();
          } finally {
            note('left');
          }
        });
        at(1, () => task.cancel());
      });
      jobs.whenIdle().subscribe(() => note('idle'));
    });
    expect(record.lines).toEqual(['0 a starts', '2 left', '4 idle']);
  });
});
