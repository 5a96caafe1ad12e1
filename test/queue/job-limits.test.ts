// What bounds, delays and repeats jobs: capacityPerKey, debounce, retry, timeout; and who controls them from outside.

import { EMPTY, NEVER, Observable, of, Subject, takeUntil, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  CancelledError,
  ClosedError,
  type Job,
  jobQueue,
  type JobQueueOptions,
  poll,
  sleep,
  type TaskContext,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, show, title } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { served, watchedStarts } from './watched.ts';

/** What starts, and how all end, with their frames. */
function watched(...those: Parameters<typeof watchedStarts>) {
  const { jobs, record, note } = watchedStarts(...those);
  jobs.outcomes$.subscribe((outcome) =>
    note(`${outcome.input} ${outcome.status}${outcome.status === 'failed' ? `: ${show(outcome.error)}` : ''}`),
  );
  const start = (...inputs: string[]): Job<string, string>[] => inputs.map((input) => jobs.start(input));
  return { jobs, record, note, start };
}

const key = (input: string): string => input[0] as string;

describe('5.7 capacityPerKey', () => {
  it('saves the latest edit of every document', () => {
    const { jobs, record, start } = watched({ key, capacityPerKey: 1, overflow: 'dropOldest' });
    virtual(() => {
      start('a3', 'a2', 'b2', 'a1', 'b1');
      check(jobs);
    });
    expect(record.lines).toEqual([
      '0 a3 starts',
      '0 a2 dropped',
      '0 b2 dropped',
      '3 a3 done',
      '3 a1 starts',
      '4 a1 done',
      '4 b1 starts',
      '5 b1 done',
    ]);
  });

  it.each([
    ['dropNewest', '0 a1 dropped'],
    ['fail', '0 a1 failed: OverflowError'],
  ] as const)('with %s it is what comes that goes, if its key is full', (overflow, line) => {
    const { record, start } = watched({ key, capacityPerKey: 1, overflow });
    virtual(() => start('a3', 'a2', 'b2', 'a1', 'c1'));
    expect(record.lines.filter((each) => /dropped|failed/.test(each))).toEqual([line]);
  });

  it('with suspend, one whose key is full waits outside, and keeps nobody of another key waiting', () => {
    const { jobs, record, start } = watched({ key, capacityPerKey: 1, concurrency: 2 });
    virtual(() => {
      start('a3', 'a2', 'a1', 'b1', 'c1');
      check(jobs);
      for (let t = 1; t < 8; t++) at(t, () => check(jobs));
    });
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
      '0 a3 starts',
      '0 b1 starts',
      '1 c1 starts',
      '3 a2 starts',
      '5 a1 starts',
    ]);
  });

  it('drops the oldest of that key, whatever the order; beyond capacity, the oldest of all', () => {
    const options = { key, capacityPerKey: 2, capacity: 3, overflow: 'dropOldest', order: 'lifo' } as const;
    const { jobs, record, start } = watched(options);
    virtual(() => {
      start('x9', 'b1', 'a1', 'a2', 'a3', 'c1');
      check(jobs);
    });
    expect(record.lines.filter((line) => line.endsWith('dropped'))).toEqual(['0 a1 dropped', '0 b1 dropped']);
  });

  it('drops nobody for one that the order makes leave', () => {
    const stop = new Subject<void>();
    const order = (a: string): number => (a === 'a3' ? (stop.next(), 1) : 1);
    const { jobs, record, start } = watched({ key, capacityPerKey: 1, overflow: 'dropOldest', order });
    virtual(() => {
      start('a1', 'a2');
      jobs.submit('a3').pipe(takeUntil(stop)).subscribe();
      check(jobs);
    });
    expect(record.lines.filter((line) => /dropped|cancelled/.test(line))).toEqual(['0 a3 cancelled']);
  });

  it('0: none waits whose key has one that waits or runs', () => {
    const { record, start } = watched({ key, capacityPerKey: 0, overflow: 'dropNewest', concurrency: 2 });
    virtual(() => start('a1', 'a2', 'b1', 'b2'));
    expect(record.lines.filter((line) => line.endsWith('dropped'))).toEqual(['0 a2 dropped', '0 b2 dropped']);
  });

  it('0, with suspend: those outside start when they may', () => {
    const { record, start } = watched({ key, capacityPerKey: 0 });
    virtual(() => start('a1', 'a2', 'b1'));
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
      '0 a1 starts',
      '1 a2 starts',
      '3 b1 starts',
    ]);
  });
});

it('5.7 with capacity 0, those that wait for room start when there is a place: none hangs', () => {
  const { jobs, record, start } = watched({ capacity: 0 });
  virtual(() => {
    start('a1', 'b1', 'c1');
    check(jobs);
  });
  expect(record.lines.filter((line) => line.endsWith('done'))).toEqual(['1 a1 done', '2 b1 done', '3 c1 done']);
});

it('5.7 a place does not stay empty while somebody could have it, who waits for room behind those whose key is busy', () => {
  const { jobs, record, start } = watched({ capacity: 1, concurrency: 2, key });
  virtual(() => {
    start('a5', 'b1', 'a1', 'b2', 'c1');
    for (let t = 0; t < 9; t++) at(t, () => check(jobs));
  });
  expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
    '0 a5 starts',
    '0 b1 starts',
    '1 b2 starts',
    '3 c1 starts',
    '5 a1 starts',
  ]);
});

describe('5.7 debounce', () => {
  it('starts one when none of its key has been submitted for so long', () => {
    const { jobs, record, start } = watched({ key, debounce: 5, capacityPerKey: 1, overflow: 'dropOldest' });
    virtual(() => {
      start('a1');
      at(3, () => start('a2'));
      at(4, () => start('b1'));
      at(7, () => check(jobs));
    });
    expect(record.lines).toEqual(['3 a1 dropped', '8 a2 starts', '10 a2 done', '10 b1 starts', '11 b1 done']);
  });

  it('without a key: none at all', () => {
    const { record, start } = watched({ debounce: 5 });
    virtual(() => {
      start('a1');
      at(3, () => start('b1'));
    });
    expect(record.lines).toEqual(['8 a1 starts', '9 a1 done', '9 b1 starts', '10 b1 done']);
  });

  it('begins anew for one that waits for a place, too', () => {
    const { record, start } = watched({ debounce: 2 });
    virtual(() => {
      start('a5', 'b1');
      at(6, () => start('c1'));
    });
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
      '2 a5 starts',
      // At 7 there is a place.
      '8 b1 starts',
      '9 c1 starts',
    ]);
  });

  it.each(['dropNewest', 'fail'] as const)('begins anew also by one for which there is no room (%s)', (overflow) => {
    const { record, start } = watched({ debounce: 4, capacity: 1, overflow });
    virtual(() => {
      start('a1');
      at(3, () => start('b1'));
    });
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual(['7 a1 starts']);
  });

  it('stays begun when the last that was submitted is withdrawn; and none is left when all are', () => {
    const { jobs, record, start } = watched({ debounce: 4 });
    const last = virtual(() => {
      start('a1');
      at(2, () => start('b1')[0]?.cancel());
      at(20, () => {
        start('c1', 'd1').forEach((job) => job.cancel());
        check(jobs);
      });
    });
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual(['6 a1 starts']);
    // No timer is left behind.
    expect(last).toBe(20);
  });

  it('counts as waiting: in the gauges, and for capacity', () => {
    const { jobs, record, note, start } = watched({ debounce: 4, capacity: 1, overflow: 'dropOldest' });
    virtual(() => {
      jobs.pending$.subscribe((n) => note(`${n} pending`));
      const [job] = start('a1');
      expect([job?.state, job?.attempt]).toEqual(['waiting', 0]);
      start('b1');
    });
    expect(record.lines).toEqual([
      '0 0 pending',
      '0 1 pending',
      '0 a1 dropped',
      '4 0 pending',
      '4 b1 starts',
      '5 b1 done',
    ]);
  });

  it('flush() starts it now, if there is a place', () => {
    const { jobs, record, start } = watched({ key, debounce: 9 });
    const last = virtual(() => {
      start('a2', 'b1');
      at(1, () => {
        jobs.flush();
        check(jobs);
        start('c1');
      });
    });
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
      '1 a2 starts',
      '3 b1 starts',
      '10 c1 starts',
    ]);
    expect(last).toBe(11);
  });

  it('flush() on a paused queue starts nothing, and what it has flushed starts when that resumes', () => {
    const { jobs, record, start } = watched({ debounce: 9 });
    virtual(() => {
      start('a1');
      jobs.pause();
      jobs.flush();
      at(3, () => jobs.resume());
    });
    expect(record.lines[0]).toBe('3 a1 starts');
  });

  it('close() starts it now: leaving saves', () => {
    const { jobs, record, note, start } = watched({ debounce: 9 });
    virtual(() => {
      start('a1');
      at(2, () => jobs.close().subscribe(() => note('closed')));
    });
    expect(record.lines).toEqual(['2 a1 starts', '3 a1 done', '3 closed']);
  });

  it('Infinity: never, unless it is flushed; 0: in the next macrotask', () => {
    const never = watched({ debounce: Infinity });
    const soon = watched({ debounce: 0 });
    virtual(() => {
      never.start('a1');
      soon.start('a1');
      expect(soon.record.lines).toEqual([]);
      at(50, () => never.jobs.flush());
    });
    expect([never.record.lines[0], soon.record.lines[0]]).toEqual(['50 a1 starts', '0 a1 starts']);
  });
});

describe('5.7 retry', () => {
  /** Fails so many times for each input, then brings it. */
  const failing = (times: number, ms = 1) => {
    const seen = new Map<string, number>();
    return (input: string): Observable<string> => {
      const n = (seen.get(input) ?? 0) + 1;
      seen.set(input, n);
      return sleep(ms).map(() => {
        if (n <= times) throw new Error(`no ${n}`);
        return input;
      });
    };
  };

  it('makes a failed attempt again, at most so many in all, and fails with the last error', () => {
    const backoffs: unknown[] = [];
    const backoff = (attempt: number, error: unknown): number => (backoffs.push([attempt, show(error)]), 2 * attempt);
    const { record, note, start } = watched({ retry: { attempts: 3, backoff } }, failing(9));
    virtual(() => start('a')[0]?.state$.subscribe(note));
    expect(record.lines).toEqual([
      '0 a starts',
      '0 running',
      '1 retrying',
      '3 running',
      '3 a starts',
      '4 retrying',
      '8 running',
      '8 a starts',
      '9 failed',
      '9 a failed: no 3',
    ]);
    expect(backoffs).toEqual([
      [1, 'no 1'],
      [2, 'no 2'],
    ]);
  });

  it('outside of its place: others run meanwhile, and it comes back before those that wait', () => {
    const again = failing(1);
    const real = watched({ retry: { attempts: 2, backoff: () => 3 } }, (input) =>
      input === 'a' ? again(input) : sleep(2).map(() => input),
    );
    virtual(() => {
      real.start('a', 'b', 'c', 'd');
      for (let t = 0; t < 9; t++) at(t, () => check(real.jobs));
    });
    expect(real.record.lines.filter((line) => line.endsWith('starts'))).toEqual([
      '0 a starts',
      '1 b starts',
      '3 c starts',
      '5 a starts',
      '6 d starts',
    ]);
  });

  it('keeps its key: no other of that key starts before it has ended', () => {
    const again = failing(1);
    const { jobs, record, start } = watched({ key, concurrency: 2, retry: { backoff: () => 5 } }, (input) =>
      input === 'a1' ? again(input) : sleep(1).map(() => input),
    );
    virtual(() => {
      start('a1', 'a2', 'b1');
      for (let t = 0; t < 9; t++) at(t, () => check(jobs));
    });
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
      '0 a1 starts',
      '0 b1 starts',
      '6 a1 starts',
      '7 a2 starts',
    ]);
  });

  it('counts as pending, fills no capacity, and is never dropped for room', () => {
    const options = { retry: { attempts: 2, backoff: () => 5 }, capacity: 1, overflow: 'dropOldest' } as const;
    const { jobs, record, start } = watched(options, failing(1));
    virtual(() => {
      start('a');
      at(2, () => {
        const seen: unknown[] = [];
        jobs.pending$.subscribe((n) => seen.push(n)).unsubscribe();
        jobs.active$.subscribe((n) => seen.push(n)).unsubscribe();
        jobs.idle$.subscribe((is) => seen.push(is)).unsubscribe();
        expect(seen).toEqual([1, 0, false]);
        expect(poll(jobs.whenIdle()).ok).toBe(false);
        expect(title(jobs)).toMatch(/\(1 retrying, open\)$/);
        start('b', 'c', 'd');
        check(jobs);
      });
    });
    expect(record.lines.filter((line) => / dropped| done/.test(line))).toEqual([
      '2 c dropped',
      '7 a done',
      '9 b done',
      '10 d done',
    ]);
  });

  it('can be cancelled and cleared meanwhile: its key is free, and no timer is left', () => {
    const { jobs, record, start } = watched({ key, retry: { backoff: () => 50 } }, (input) =>
      input.startsWith('x') ? sleep(1).map(() => input) : throwError(() => new Error('no')),
    );
    const last = virtual(() => {
      const [a] = start('a', 'b');
      start('x');
      at(5, () => {
        a?.cancel();
        check(jobs);
        jobs.clear();
        check(jobs);
        expect(title(jobs)).toMatch(/\(open\)$/);
      });
    });
    expect([record.lines.slice(-2), last]).toEqual([['5 a cancelled', '5 b dropped'], 5]);
  });

  it('is withdrawn by unsubscribing its submission', () => {
    const { jobs, record } = watched({ retry: { backoff: () => 50 } }, () => throwError(() => new Error('no')));
    const last = virtual(() => {
      const submission = jobs.submit('a').subscribe();
      at(5, () => submission.unsubscribe());
    });
    expect([record.lines, last]).toEqual([['0 a starts', '5 a cancelled'], 5]);
  });

  it('emits to its subscriber through all attempts', () => {
    const record = new Record();
    let n = 0;
    const jobs = jobQueue(
      () =>
        new Observable<number>((subscriber) => {
          subscriber.next(++n);
          if (n < 3) subscriber.error(new Error('no'));
          else subscriber.complete();
        }),
      { retry: {} },
    );
    jobs.submit(0).subscribe(record.all('s'));
    expect(record.lines).toEqual(['s got 1', 's got 2', 's got 3', 's completed']);
  });

  it('asks `when`: false fails at once', () => {
    const asked: unknown[] = [];
    const when = (error: unknown): boolean => (asked.push(show(error)), asked.length < 2);
    const { record, start } = watched({ retry: { when } }, failing(9));
    virtual(() => start('a'));
    expect([asked, record.lines.at(-1)]).toEqual([['no 1', 'no 2'], '2 a failed: no 2']);
  });

  it.each([new ClosedError('server'), new CancelledError('work')])(
    'takes %o for final, unless `when` says otherwise',
    (error) => {
      const closed = throwError(() => error);
      const plain = watched({ retry: { attempts: 2 } }, () => closed);
      const asked = watched({ retry: { attempts: 2, when: () => true } }, () => closed);
      virtual(() => {
        plain.start('a');
        asked.start('a');
      });
      expect([plain.record.lines.length, asked.record.lines.length]).toEqual([2, 3]);
    },
  );

  it.each([
    [
      'when',
      {
        when: () => {
          throw new Error('broken');
        },
      },
      'broken',
    ],
    [
      'backoff',
      {
        backoff: () => {
          throw new Error('broken');
        },
      },
      'broken',
    ],
    ['a backoff of NaN', { backoff: () => NaN }, 'RangeError'],
    ['a backoff below 0', { backoff: () => -1 }, 'RangeError'],
  ])('fails the job with what is thrown by %s', (_what, retry, message) => {
    const { jobs, record, start } = watched({ retry }, failing(9));
    virtual(() => start('a'));
    expect(record.lines.at(-1)).toBe(`1 a failed: ${message}`);
    check(jobs);
  });

  it.each(['when', 'backoff'] as const)('is not made when %s itself cancels the job', (by) => {
    const { jobs, record, start } = watched(
      { retry: { [by]: () => (job?.cancel(), by === 'when' ? true : 3) } },
      failing(9),
    );
    let job: Job<string, string> | undefined;
    virtual(() => ([job] = start('a')));
    expect(record.lines).toEqual(['0 a starts', '1 a cancelled']);
    check(jobs);
  });

  it('gives each attempt a signal of its own', () => {
    const aborted: boolean[] = [];
    const jobs = jobQueue(
      (_: string, { signal }) => {
        aborted.push(signal.aborted);
        return aborted.length < 3 ? NEVER : of(1);
      },
      { retry: {}, timeout: 2 },
    );
    virtual(() => void jobs.start('a'));
    expect(aborted).toEqual([false, false, false]);
  });

  it('without a backoff comes back at once, before those that wait', () => {
    const { record, start } = watched({ retry: {} }, failing(1));
    virtual(() => start('a', 'b'));
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
      '0 a starts',
      '1 a starts',
      '2 b starts',
      '3 b starts',
    ]);
  });

  it('does not recurse with the number of attempts', () => {
    let n = 0;
    const jobs = jobQueue(() => (++n < 100_000 ? throwError(() => new Error('no')) : EMPTY), { retry: {} });
    virtual(() => expect(jobs.start(0).attempt).toBe(100_000));
  });
});

describe('5.7 timeout', () => {
  it('cancels an attempt that takes longer, and fails it with TimeoutError', () => {
    const signals: AbortSignal[] = [];
    const { record, start } = watched({ timeout: 3 }, (input, { signal }) => {
      signals.push(signal);
      return served(input);
    });
    virtual(() => start('a9', 'b2'));
    expect(record.lines).toEqual(['0 a9 starts', '3 a9 failed: TimeoutError', '3 b2 starts', '5 b2 done']);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(show(signals[0]?.reason)).toBe('TimeoutError');
  });

  it('waits for the clean-up: until then it is active, and has not failed', () => {
    const { jobs, record, note, start } = watched({ timeout: 3, retry: { attempts: 2 } }, function* (input) {
      try {
        yield* sleep(9);
        return input;
      } finally {
        yield* sleep(2);
        note('clean');
      }
    });
    virtual(() => {
      start('a');
      at(4, () => {
        check(jobs);
        expect(title(jobs)).toMatch(/1 running/);
      });
    });
    expect(record.lines).toEqual(['0 a starts', '5 clean', '5 a starts', '10 clean', '10 a failed: TimeoutError']);
  });

  it('cancelled while it cleans up from that, it is cancelled, and not tried again', () => {
    const { jobs, record, note, start } = watched({ timeout: 3, retry: {} }, function* (input) {
      try {
        yield* sleep(9);
        return input;
      } finally {
        yield* sleep(4);
      }
    });
    virtual(() => {
      const [a] = start('a');
      at(4, () => a?.cancel().subscribe(() => note('gone')));
      jobs.whenIdle().subscribe(() => note('idle'));
    });
    expect(record.lines).toEqual(['0 a starts', '4 a cancelled', '7 gone', '7 idle']);
  });

  it('of one attempt is not that of the next: cancelled there, it is cancelled', () => {
    const { record, start } = watched({ timeout: 3, retry: {} }, () => NEVER);
    virtual(() => {
      const [a] = start('a');
      at(4, () => a?.cancel());
    });
    expect(record.lines).toEqual(['0 a starts', '3 a starts', '4 a cancelled']);
  });

  it('leaves no timer behind', () => {
    const { start, jobs } = watched({ timeout: 50 });
    const last = virtual(() => {
      start('a1', 'b9', 'c1');
      at(2, () => jobs.cancel());
    });
    expect(last).toBe(2);
  });

  it('is not begun for one that is cancelled by who is told of its start', () => {
    const { start, jobs } = watched({ timeout: 50 });
    jobs.pause();
    const [a] = start('a');
    a?.state$.subscribe((state) => {
      if (state === 'running') a.cancel();
    });
    expect(virtual(() => jobs.resume())).toBe(0);
    check(jobs);
  });
});

describe('5.7 what a handler is told', () => {
  it('is of its own attempt, also when it asks in the next', () => {
    const contexts: TaskContext[] = [];
    const jobs = jobQueue<string, never>(
      (_, context) => {
        contexts.push(context);
        return contexts.length === 1 ? throwError(() => new Error('no')) : NEVER;
      },
      { retry: { attempts: 2 } },
    );
    jobs.start('a').cancel('enough');
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([false, true]);
  });
});

describe('5.7 pause and resume', () => {
  it('lets what runs go on and nothing more start; the gauges say what is', () => {
    const { jobs, record, note, start } = watched();
    virtual(() => {
      start('a2', 'b1');
      jobs.pause();
      expect(jobs.isPaused).toBe(true);
      jobs.pending$.subscribe((n) => note(`${n} pending`));
      jobs.active$.subscribe((n) => note(`${n} active`));
      jobs.idle$.subscribe((is) => note(`idle: ${is}`));
      at(4, () => {
        start('c1');
        check(jobs);
        expect(title(jobs)).toMatch(/\(2 waiting, open, paused\)$/);
      });
      at(6, () => jobs.resume());
    });
    expect(jobs.isPaused).toBe(false);
    expect(record.lines).toEqual([
      '0 a2 starts',
      '0 1 pending',
      '0 1 active',
      '0 idle: false',
      '2 a2 done',
      '2 0 active',
      '4 2 pending',
      '6 1 pending',
      '6 1 active',
      '6 b1 starts',
      '7 b1 done',
      '7 0 pending',
      '7 c1 starts',
      '8 c1 done',
      '8 0 active',
      '8 idle: true',
    ]);
  });

  it('accepts what is submitted meanwhile, as far as there is room', () => {
    const { jobs, record, start } = watched({ capacity: 1, overflow: 'dropNewest' });
    virtual(() => {
      jobs.pause();
      start('a1', 'b1');
      at(1, () => jobs.resume());
    });
    expect(record.lines).toEqual(['0 b1 dropped', '1 a1 starts', '2 a1 done']);
  });

  it('keeps back the next attempt, too', () => {
    const { jobs, record, start } = watched({ retry: { attempts: 2 } });
    virtual(() => {
      start('!1');
      jobs.pause();
      at(4, () => {
        check(jobs);
        jobs.resume();
      });
    });
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual(['0 !1 starts', '4 !1 starts']);
  });

  it('close() waits for resume()', () => {
    const { jobs, record, note, start } = watched();
    virtual(() => {
      jobs.pause();
      start('a1');
      jobs.close().subscribe(() => note('closed'));
      at(3, () => jobs.resume());
    });
    expect(record.lines).toEqual(['3 a1 starts', '4 a1 done', '4 closed']);
  });

  it('cancel() does not', () => {
    const { jobs, record, note, start } = watched();
    jobs.pause();
    start('a1');
    jobs.close().subscribe(() => note('closed'));
    jobs.cancel();
    expect(record.lines.map((line) => line.replace(/^\d+ /, ''))).toEqual(['a1 cancelled', 'closed']);
  });

  it('from inside of a handler: that one goes on, and no other starts', () => {
    const { jobs, record, start } = watched({ concurrency: 2 }, (input) => {
      jobs.pause();
      return served(input);
    });
    virtual(() => start('a1', 'b1'));
    expect(record.lines).toEqual(['0 a1 starts', '1 a1 done']);
  });
});

describe('5.7 clear', () => {
  it('drops all that wait: in their order, those outside, debounced and tried again included', () => {
    const { jobs, record, start } = watched(
      { key, concurrency: 2, capacity: 3, debounce: 3, retry: { backoff: () => 50 } },
      (input) => (input.startsWith('r') ? throwError(() => new Error('no')) : served(input)),
    );
    virtual(() => {
      start('r', 'a9', 'b9');
      at(4, () => {
        start('c1', 'd1', 'e1', 'f1');
        check(jobs);
        expect(title(jobs)).toMatch(/\(2 running, 4 waiting, 1 retrying, open\)$/);
        jobs.clear();
        check(jobs);
      });
      at(5, () => jobs.cancel());
    });
    expect(record.lines.slice(3)).toEqual([
      ...['r', 'c1', 'd1', 'e1', 'f1'].map((input) => `4 ${input} dropped`),
      '5 a9 cancelled',
      '5 b9 cancelled',
    ]);
  });

  it('what a callback submits meanwhile is not dropped, and starts when all have been told', () => {
    const { jobs, record, start } = watched();
    virtual(() => {
      const [, b] = start('a2', 'b1', 'c1');
      b?.subscribe({ error: () => start('d1') });
      jobs.clear();
      check(jobs);
    });
    expect(record.lines).toEqual([
      '0 a2 starts',
      '0 b1 dropped',
      '0 c1 dropped',
      '2 a2 done',
      '2 d1 starts',
      '3 d1 done',
    ]);
  });

  it('on an empty queue does nothing', () => {
    const { jobs, record } = watched();
    jobs.clear();
    expect(record.lines).toEqual([]);
  });
});

describe('5.7 concurrency', () => {
  it('set to more, more start at once; to fewer, as those that run end', () => {
    const { jobs, record, start } = watched();
    virtual(() => {
      start('a4', 'b4', 'c4', 'd4');
      at(1, () => {
        jobs.concurrency = 3;
        expect(jobs.concurrency).toBe(3);
        check(jobs);
      });
      at(2, () => {
        jobs.concurrency = 1;
        check(jobs);
      });
    });
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
      '0 a4 starts',
      '1 b4 starts',
      '1 c4 starts',
      '5 d4 starts',
    ]);
  });

  it.each([0, -1, 1.5, NaN, '2' as unknown as number])('rejects %s, naming the queue, and stays as it was', (value) => {
    const jobs = jobQueue(() => EMPTY, { name: 'saves', concurrency: 2 });
    expect(() => {
      jobs.concurrency = value;
    }).toThrow(
      new RangeError(
        `saves: concurrency must be an integer >= 1, or Infinity; got ${typeof value === 'string' ? '"2"' : value}`,
      ),
    );
    expect(jobs.concurrency).toBe(2);
  });

  it('Infinity: all', () => {
    const jobs = jobQueue(() => NEVER, { concurrency: 1 });
    // In real time it might rest.
    virtual(() => {
      for (let i = 0; i < 100; i++) jobs.start(i);
      jobs.concurrency = Infinity;
      expect(title(jobs)).toMatch(/\(100 running, open\)$/);
    });
  });
});

describe('5.7 whenIdle', () => {
  describe.each(FORMS)('as $form', ({ perform }) => {
    it('completes when nothing runs or waits, at once if so, again and again', () => {
      const told = new Record();
      const { jobs, start } = watched();
      const note = (name: string) => ({ ...told.by(name), next: () => told.add(`${frame()} ${name}`) });
      virtual(() => {
        perform(jobs.whenIdle(), note('at once'));
        start('a1', 'b1');
        const idle = jobs.whenIdle();
        perform(idle, note('first'));
        const leave = perform(idle, note('withdrawn'));
        leave();
        at(5, () => {
          start('c1');
          perform(idle, note('second'));
        });
      });
      expect(told.lines).toEqual(['0 at once', '2 first', '6 second']);
    });
  });

  it('is not told while one that is told of an end submits the next', () => {
    const { jobs, record, note, start } = watched();
    virtual(() => {
      start('a1')[0]?.subscribe(() => start('b1'));
      jobs.whenIdle().subscribe(() => note('idle'));
      jobs.idle$.subscribe((is) => note(`idle: ${is}`));
    });
    expect(record.lines).toEqual([
      '0 a1 starts',
      '0 idle: false',
      '1 b1 starts',
      '1 a1 done',
      '2 b1 done',
      '2 idle: true',
      '2 idle',
    ]);
  });

  it('nor is idle$, when who is told of active$ submits the next', () => {
    const { jobs, record, note, start } = watched();
    let more = 1;
    virtual(() => {
      start('a1');
      jobs.active$.subscribe((n) => {
        if (n === 0 && more-- > 0) start('b1');
      });
      jobs.idle$.subscribe((is) => note(`idle: ${is}`));
      jobs.whenIdle().subscribe(() => note('idle'));
    });
    expect(record.lines).toEqual([
      '0 a1 starts',
      '0 idle: false',
      '1 a1 done',
      '1 b1 starts',
      '2 b1 done',
      '2 idle: true',
      '2 idle',
    ]);
  });

  it('completes when a job that was cancelled has cleaned up', () => {
    const stop = new Subject<void>();
    const jobs = jobQueue(function* () {
      try {
        yield* sleep(9);
      } finally {
        yield* sleep(2);
      }
    });
    const told: number[] = [];
    virtual(() => {
      const job = jobs.start(0);
      at(1, () => job.cancel());
      at(2, () => jobs.whenIdle().subscribe(() => told.push(frame())));
    });
    stop.complete();
    expect(told).toEqual([3]);
  });
});

describe('5.7 rejects nonsense where it is written', () => {
  it.each<[JobQueueOptions<string>, Error]>([
    [{ capacityPerKey: 1 }, new TypeError('jobQueue: capacityPerKey counts the jobs of one key, it needs a key')],
    [
      { capacityPerKey: -1, key },
      new RangeError('jobQueue: capacityPerKey must be an integer >= 0, or Infinity; got -1'),
    ],
    [
      { capacityPerKey: 0, key, overflow: 'dropOldest' },
      new RangeError('jobQueue: dropOldest replaces a job that waits, it needs capacityPerKey >= 1; got 0'),
    ],
    [
      { capacity: 0, debounce: 5 },
      new RangeError('jobQueue: what is debounced waits, it needs capacity >= 1; got capacity 0'),
    ],
    [
      { capacityPerKey: 0, key, debounce: 0 },
      new RangeError('jobQueue: what is debounced waits, it needs capacity >= 1; got capacity 0'),
    ],
    [{ debounce: -1 }, new RangeError('jobQueue: debounce must be a number of ms >= 0; got -1')],
    [{ debounce: '5' as unknown as number }, new RangeError('jobQueue: debounce must be a number of ms >= 0; got "5"')],
    [{ timeout: 0 }, new RangeError('jobQueue: timeout must be more than 0 ms; got 0')],
    [{ retry: null as unknown as object }, new TypeError('jobQueue: retry: options must be an object; got null')],
    [{ retry: 3 as unknown as object }, new TypeError('jobQueue: retry: options must be an object; got 3')],
    [
      { retry: { attempts: 0 } },
      new RangeError('jobQueue: retry: attempts must be an integer >= 1, or Infinity; got 0'),
    ],
    [
      { retry: { backoff: 5 as unknown as () => number } },
      new TypeError('jobQueue: retry: backoff must be a function; got 5'),
    ],
    [
      { retry: { when: true as unknown as () => boolean } },
      new TypeError('jobQueue: retry: when must be a function; got true'),
    ],
    [null as unknown as object, new TypeError('jobQueue: options must be an object; got null')],
    [3 as unknown as object, new TypeError('jobQueue: options must be an object; got 3')],
  ])('%o', (options, error) => {
    expect(() => jobQueue(() => EMPTY, options)).toThrow(error);
  });

  it('and looks at own keys only', () => {
    const inherited = Object.create({ concurrency: 0, debounce: -1 }) as JobQueueOptions<number>;
    expect(jobQueue(() => EMPTY, inherited).concurrency).toBe(1);
  });
});

it('5.7 reports nothing of all this', () => {
  const reported = reportsOf(() => {
    const { jobs, start } = watched({
      debounce: 2,
      retry: { attempts: 2 },
      timeout: 3,
      overflow: 'dropOldest',
      capacity: 1,
    });
    start('a1', '!1', 'b9');
    at(9, () => jobs.close());
  });
  expect(reported).toEqual([]);
});
