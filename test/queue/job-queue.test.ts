// Jobs: every submission ends, whatever happens to it and to the others.

import {
  defer,
  EMPTY,
  firstValueFrom,
  map,
  NEVER,
  Observable,
  of,
  Subject,
  take,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  condition,
  type Coroutine,
  go,
  jobQueue,
  type JobQueue,
  type JobQueueOptions,
  mutex,
  select,
  sleep,
  type TaskContext,
  until,
} from '../../src/index.ts';
import { check, Record, show, title } from '../record.ts';
import { runMarbles } from '../../src/testing/index.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

/** Brings the input after as many ms as `input` ends with. */
const served = (input: string): Observable<string> => sleep(Number(/\d+$/.exec(input)?.[0] ?? 0)).map(() => input);

/** A queue of jobs, of which all that happens is written down with its frame. */
function watched(
  options: JobQueueOptions<string>,
  handler: (input: string, context: TaskContext) => Observable<string> | Coroutine<string> = served,
) {
  const record = new Record();
  const note = (line: string): void => record.add(`${frame()} ${line}`);
  const jobs = jobQueue<string, string>((input, context) => {
    note(`${input} starts`);
    return handler(input, context);
  }, options);
  jobs.outcomes$.subscribe((outcome) => note(`${outcome.input}: ${outcome.status}`));
  const submit = (input: string) =>
    jobs.submit(input).subscribe({
      next: (value) => note(`${input} emits ${value}`),
      error: (error: unknown) => note(`${input} fails with ${show(error)}`),
      complete: () => note(`${input} completes`),
    });
  return { jobs, record, note, submit };
}

describe('5.7 a queue of jobs', () => {
  it('runs one at a time, in order, unless told, and each submission gets its own answer', () => {
    const { jobs, record, submit } = watched({});
    virtual(() => {
      for (const input of ['a3', 'b1', 'c2']) submit(input);
      at(1, () => check(jobs));
    });
    expect(record.lines).toEqual([
      '0 a3 starts',
      '3 a3 emits a3',
      '3 a3 completes',
      '3 a3: done',
      '3 b1 starts',
      '4 b1 emits b1',
      '4 b1 completes',
      '4 b1: done',
      '4 c2 starts',
      '6 c2 emits c2',
      '6 c2 completes',
      '6 c2: done',
    ]);
  });

  it('submits for each subscription, and not before', () => {
    const { jobs, record } = watched({});
    virtual(() => {
      const submission = jobs.submit('a1');
      expect(record.lines).toEqual([]);
      submission.subscribe();
      submission.subscribe();
    });
    expect(record.lines).toEqual(['0 a1 starts', '1 a1: done', '1 a1 starts', '2 a1: done']);
  });

  it('tells how each ended: the last value, or nothing, or the error', () => {
    const outcomes: unknown[] = [];
    const jobs = jobQueue((input: string) =>
      input === 'fails' ? throwError(() => new Error('it failed')) : input === 'empty' ? EMPTY : of(1, 2),
    );
    jobs.outcomes$.subscribe((outcome) => outcomes.push(outcome));
    for (const input of ['many', 'empty', 'fails']) jobs.submit(input).subscribe({ error: () => undefined });
    expect(outcomes).toEqual([
      { status: 'done', input: 'many', result: 2 },
      { status: 'done', input: 'empty', result: undefined },
      { status: 'failed', input: 'fails', error: new Error('it failed') },
    ]);
  });

  it.each([1, 2, 3])('never runs more than %i at once', (concurrency) => {
    let running = 0;
    let most = 0;
    const jobs = jobQueue(
      () =>
        new Observable(() => {
          most = Math.max(most, ++running);
          return () => running--;
        }),
      { concurrency },
    );
    virtual(() => {
      const all = Array.from({ length: 7 }, () => jobs.submit(1).subscribe());
      all.forEach((subscription, i) => at(i, () => subscription.unsubscribe()));
    });
    expect([running, most]).toEqual([0, concurrency]);
  });

  describe('counts what waits and what runs', () => {
    it('as values that are there on subscription', () => {
      const jobs = jobQueue(() => NEVER, { concurrency: 2 });
      const seen: unknown[] = [];
      const look = (): void => {
        seen.length = 0;
        jobs.pending$.pipe(take(1)).subscribe((n) => seen.push(n));
        jobs.active$.pipe(take(1)).subscribe((n) => seen.push(n));
        jobs.idle$.pipe(take(1)).subscribe((is) => seen.push(is));
      };
      look();
      expect(seen).toEqual([0, 0, true]);
      for (let i = 0; i < 5; i++) jobs.submit(i).subscribe();
      look();
      expect(seen).toEqual([3, 2, false]);
      check(jobs);
    });

    it('and tells each change once, also after the end', () => {
      const { jobs, submit } = watched({});
      const seen = new Record();
      virtual(() => {
        jobs.pending$.subscribe({ next: (n) => seen.add(`pending ${n}`), complete: () => seen.add('pending ends') });
        jobs.active$.subscribe({ next: (n) => seen.add(`active ${n}`), complete: () => seen.add('active ends') });
        jobs.idle$.subscribe({ next: (is) => seen.add(`idle ${is}`), complete: () => seen.add('idle ends') });
        expect(seen.take()).toEqual(['pending 0', 'active 0', 'idle true']);
        submit('a2');
        expect(seen.take()).toEqual(['active 1', 'idle false']);
        submit('b2');
        expect(seen.take()).toEqual(['pending 1']);
        // One goes and the next comes: as many run as before.
        at(3, () => expect(seen.take()).toEqual(['pending 0']));
        at(5, () => expect(seen.take()).toEqual(['active 0', 'idle true']));
        at(6, () => {
          jobs.close().subscribe();
          expect(seen.take()).toEqual(['pending ends', 'active ends', 'idle ends']);
          jobs.idle$.subscribe(seen.all('late'));
        });
      });
      expect(seen.lines).toEqual(['late got true', 'late completed']);
    });

    it('also what the subscriber changes as it is told the first', () => {
      const jobs = jobQueue(() => NEVER);
      const seen: number[] = [];
      jobs.active$.subscribe((n) => {
        seen.push(n);
        if (n === 0) jobs.submit(1).subscribe();
      });
      expect(seen).toEqual([0, 1]);
    });

    it('the same to all, in one order, also when one of them submits in its callback', () => {
      const jobs = jobQueue(() => NEVER);
      const record = new Record();
      jobs.pending$.subscribe((n) => {
        record.add(`first ${n}`);
        if (n === 1) jobs.submit(3).subscribe();
      });
      jobs.pending$.subscribe((n) => record.add(`second ${n}`));
      record.take();
      jobs.submit(1).subscribe();
      jobs.submit(2).subscribe();
      expect(record.lines).toEqual(['first 1', 'second 1', 'first 2', 'second 2']);
    });
  });

  describe('beyond its capacity', () => {
    it('lets them wait all the same, in order, unless told', () => {
      const { jobs, record, submit } = watched({ capacity: 1 });
      virtual(() => {
        for (const input of ['a1', 'b1', 'c1', 'd1']) submit(input);
        check(jobs);
        expect(title(jobs)).toMatch(/^jobQueue#\d+ \(1 running, 3 waiting, open\)$/);
      });
      expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
        '0 a1 starts',
        '1 b1 starts',
        '2 c1 starts',
        '3 d1 starts',
      ]);
    });

    it('fails one that moves in and has no place in the order, and the next moves in', () => {
      const order = (a: string, b: string): number => {
        if (a.startsWith('x')) throw new Error('no order');
        return a < b ? -1 : 1;
      };
      const { jobs, record, submit } = watched({ capacity: 2, order });
      virtual(() => {
        for (const input of ['a1', 'b1', 'c1', 'x1', 'd1']) submit(input);
        at(1, () => check(jobs));
      });
      expect(record.lines.filter((line) => / starts|fail/.test(line))).toEqual([
        '0 a1 starts',
        '1 x1 fails with no order',
        '1 x1: failed',
        '1 b1 starts',
        '2 c1 starts',
        '3 d1 starts',
      ]);
    });

    it('orders only those for whom there is room', () => {
      const { record, submit } = watched({ capacity: 2, order: 'lifo' });
      virtual(() => {
        for (const input of ['a1', 'b1', 'c1', 'd1', 'e1']) submit(input);
      });
      const started = record.lines.filter((line) => line.endsWith('starts')).map((line) => line.split(' ')[1]);
      expect(started).toEqual(['a1', 'c1', 'd1', 'e1', 'b1']);
    });

    it('drops the oldest that waits: save now, and the latest next', () => {
      const { record, submit } = watched({ capacity: 1, overflow: 'dropOldest' });
      virtual(() => {
        for (const input of ['a3', 'b3', 'c3']) submit(input);
      });
      expect(record.lines).toEqual([
        '0 a3 starts',
        '0 b3 fails with CancelledError(dropped)',
        '0 b3: dropped',
        '3 a3 emits a3',
        '3 a3 completes',
        '3 a3: done',
        '3 c3 starts',
        '6 c3 emits c3',
        '6 c3 completes',
        '6 c3: done',
      ]);
    });

    it('drops the oldest by arrival, whatever the order', () => {
      const { record, submit } = watched({ capacity: 2, overflow: 'dropOldest', order: 'lifo' });
      virtual(() => {
        for (const input of ['a1', 'b1', 'c1', 'd1']) submit(input);
      });
      expect(record.lines.filter((line) => line.includes(': '))).toEqual([
        '0 b1: dropped',
        '1 a1: done',
        '2 d1: done',
        '3 c1: done',
      ]);
    });

    it('drops nobody for one that the order makes leave', () => {
      const stop = new Subject<void>();
      const { jobs, record, note, submit } = watched({
        capacity: 1,
        overflow: 'dropOldest',
        order: (a) => {
          if (a === 'x1') stop.next();
          return 1;
        },
      });
      virtual(() => {
        for (const input of ['a1', 'b1']) submit(input);
        jobs.pending$.subscribe((n) => note(`${n} pending`));
        jobs.submit('x1').pipe(takeUntil(stop)).subscribe();
        check(jobs);
      });
      expect(record.lines.filter((line) => !/emits|completes/.test(line))).toEqual([
        '0 a1 starts',
        '0 1 pending',
        '0 x1: cancelled',
        '1 a1: done',
        '1 0 pending',
        '1 b1 starts',
        '2 b1: done',
      ]);
    });

    it('drops what comes', () => {
      const { record, submit } = watched({ capacity: 0, overflow: 'dropNewest' });
      virtual(() => {
        submit('a3');
        submit('b3');
        at(3, () => submit('c1'));
      });
      expect(record.lines.filter((line) => line.includes(': '))).toEqual(['0 b3: dropped', '3 a3: done', '4 c1: done']);
    });

    it('fails what comes, with the input in the error', () => {
      const outcomes: unknown[] = [];
      const errors: unknown[] = [];
      const jobs = jobQueue(() => NEVER, { name: 'saves', capacity: 1, overflow: 'fail' });
      jobs.outcomes$.subscribe((outcome) => outcomes.push(outcome));
      for (const input of ['a', 'b', 'c'])
        jobs.submit(input).subscribe({ error: (error: unknown) => errors.push(error) });
      expect(errors).toMatchObject([{ name: 'OverflowError', source: 'saves', value: 'c' }]);
      expect(outcomes).toEqual([{ status: 'failed', input: 'c', error: errors[0] }]);
    });
  });

  describe('its order', () => {
    it('says which of those that wait starts next; equals in order of arrival', () => {
      const { record, submit } = watched({ order: (a, b) => a.charCodeAt(0) - b.charCodeAt(0) });
      virtual(() => {
        for (const input of ['x1', 'c1', 'b2', 'a1', 'b1']) submit(input);
      });
      const started = record.lines.filter((line) => line.endsWith('starts')).map((line) => line.split(' ')[1]);
      expect(started).toEqual(['x1', 'a1', 'b2', 'b1', 'c1']);
    });

    it.each([{}, { key: (input: string) => input }])(
      'fails the submission for which it throws, and that alone: %o',
      (keyed) => {
        let broken = false;
        const order = (a: string, b: string): number => {
          if (broken) throw new Error('no order');
          return a < b ? -1 : 1;
        };
        const { jobs, record, submit } = watched({ order, ...keyed });
        virtual(() => {
          for (const input of ['a1', 'd1', 'c1']) submit(input);
          broken = true;
          submit('b1');
          broken = false;
          check(jobs);
        });
        expect(record.lines.filter((line) => / starts|fails|failed/.test(line))).toEqual([
          '0 a1 starts',
          '0 b1 fails with no order',
          '0 b1: failed',
          '1 c1 starts',
          '2 d1 starts',
        ]);
      },
    );
  });

  describe('with a key', () => {
    const key = (input: string): string => input[0] as string;

    it('runs those of one key one after the other, and others beside them', () => {
      const { jobs, record, submit } = watched({ concurrency: 2, key });
      virtual(() => {
        for (const input of ['a3', 'a2', 'b1', 'a1', 'c1']) submit(input);
        for (let t = 0; t < 8; t++) at(t, () => check(jobs));
      });
      expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
        '0 a3 starts',
        '0 b1 starts',
        '1 c1 starts',
        '3 a2 starts',
        '5 a1 starts',
      ]);
    });

    it('drops the oldest that waits, also if its key is busy', () => {
      const { jobs, record, submit } = watched({ concurrency: 2, key, capacity: 2, overflow: 'dropOldest' });
      virtual(() => {
        for (const input of ['a5', 'b5', 'c1', 'a1', 'd1', 'e1']) submit(input);
        check(jobs);
      });
      expect(record.lines.filter((line) => / dropped| starts/.test(line))).toEqual([
        '0 a5 starts',
        '0 b5 starts',
        '0 c1: dropped',
        '0 a1: dropped',
        '5 d1 starts',
        '5 e1 starts',
      ]);
    });

    it('fails the submission for which it throws', () => {
      const { record, submit } = watched({
        key: () => {
          throw new Error('no key');
        },
      });
      submit('a');
      expect(record.lines.map((line) => line.replace(/^\d+ /, ''))).toEqual(['a fails with no key', 'a: failed']);
    });

    it('takes every value for a key', () => {
      const keys = [undefined, null, NaN, undefined, NaN];
      const started: unknown[] = [];
      const jobs = jobQueue(
        (input: unknown) => {
          started.push(input);
          return NEVER;
        },
        { concurrency: 9, key: (input) => input },
      );
      for (const input of keys) jobs.submit(input).subscribe();
      expect(started).toEqual([undefined, null, NaN]);
    });

    it('finds the next in little time, however many wait for a busy key', () => {
      let comparisons = 0;
      const jobs = jobQueue((input: string) => (input === 'busy' ? NEVER : of(input)), {
        concurrency: 2,
        key: (input) => input,
        order: () => {
          comparisons++;
          return 0;
        },
      });
      for (let i = 0; i < 20_000; i++) jobs.submit('busy').subscribe();
      comparisons = 0;
      for (let i = 0; i < 100; i++) jobs.submit(`other ${i}`).subscribe();
      expect(comparisons).toBeLessThan(100 * 40);
    });
  });

  describe('unsubscribing a submission', () => {
    it('withdraws it alone, while it waits', () => {
      const { jobs, record, submit } = watched({});
      virtual(() => {
        submit('a2');
        const b = submit('b1');
        submit('c1');
        at(1, () => {
          b.unsubscribe();
          check(jobs);
        });
      });
      expect(record.lines.filter((line) => / starts|: /.test(line))).toEqual([
        '0 a2 starts',
        '1 b1: cancelled',
        '2 a2: done',
        '2 c1 starts',
        '3 c1: done',
      ]);
    });

    it('leaves the mutex of a condition released that its handler waited for, and notifies nobody', () => {
      const record = new Record();
      const lock = mutex();
      const changed = condition(lock);
      const jobs = jobQueue(() => changed.wait());
      lock.tryLock();
      const waiting = jobs.submit(1).subscribe();
      lock.tryLock();
      changed.wait().subscribe(record.by('other'));
      waiting.unsubscribe();
      expect([record.lines, lock.locked]).toEqual([[], false]);
      check(jobs, lock, changed);
    });

    it('makes room for one who waits for room', () => {
      const { jobs, submit } = watched({ capacity: 1 });
      virtual(() => {
        submit('a5');
        const b = submit('b1');
        const c = submit('c1');
        submit('d1');
        b.unsubscribe();
        check(jobs);
        c.unsubscribe();
        check(jobs);
      });
    });

    it('cancels it if it runs, and starts the next', () => {
      const { record, submit } = watched({}, (input) => new Observable(() => () => record.add(`${input} given up`)));
      virtual(() => {
        const a = submit('a');
        submit('b');
        at(2, () => a.unsubscribe());
      });
      expect(record.lines).toEqual(['0 a starts', 'a given up', '2 a: cancelled', '2 b starts']);
    });

    it('keeps its place, and its key, until its clean-up has ended', () => {
      const { jobs, record, note, submit } = watched({}, function* (input) {
        try {
          yield* sleep(10);
          return input;
        } finally {
          yield* sleep(3);
          note(`${input} clean`);
        }
      });
      virtual(() => {
        const a = submit('a');
        submit('b').add(() => undefined);
        at(2, () => a.unsubscribe());
        at(3, () => {
          check(jobs);
          expect(title(jobs)).toContain('1 running, 1 waiting');
        });
      });
      expect(record.lines.slice(0, 4)).toEqual(['0 a starts', '2 a: cancelled', '5 a clean', '5 b starts']);
    });

    it('aborts its signal, and only then', () => {
      const signals: AbortSignal[] = [];
      const jobs = jobQueue(
        (input: string, { signal }) => {
          signals.push(signal);
          return input === 'done' ? of(1) : NEVER;
        },
        { concurrency: 2 },
      );
      jobs.submit('done').subscribe();
      jobs.submit('left').subscribe().unsubscribe();
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    });

    it('aborts its signal also when that is asked for afterwards', () => {
      const seen: boolean[] = [];
      const jobs = jobQueue(function* (_: string, context) {
        try {
          yield* sleep(10);
        } finally {
          seen.push(context.signal.aborted);
        }
      });
      virtual(() => {
        const a = jobs.submit('a').subscribe();
        at(1, () => a.unsubscribe());
      });
      expect(seen).toEqual([true]);
    });

    it('from inside the handler of another: the next starts when that handler has returned', () => {
      const record = new Record();
      const jobs = jobQueue(
        (input: string) => {
          record.add(`${input} starts`);
          if (input === 'c') a.unsubscribe();
          record.add(`${input} is called`);
          return input === 'b' ? first : NEVER;
        },
        { concurrency: 2 },
      );
      const first = new Subject<never>();
      const a = jobs.submit('a').subscribe();
      for (const input of ['b', 'c', 'd']) jobs.submit(input).subscribe();
      record.take();
      first.complete();
      expect(record.lines).toEqual(['c starts', 'c is called', 'd starts', 'd is called']);
    });

    it.each(['key', 'order', 'active$'])(
      'from inside what is called before its handler: that is not called (%s)',
      (by) => {
        const stop = new Subject<void>();
        const record = new Record();
        const jobs = jobQueue<string, string>((input) => (record.add(`${input} starts`), NEVER), {
          key: (input) => {
            if (by === 'key' && input === 'x') stop.next();
            return input;
          },
          order: (a) => {
            if (by === 'order' && a === 'x') stop.next();
            return 1;
          },
        });
        jobs.outcomes$.subscribe(({ status, input }) => record.add(`${input}: ${status}`));
        const subscriptions = (by === 'active$' ? [] : ['a', 'b']).map((input) => jobs.submit(input).subscribe());
        jobs.active$.subscribe((n) => {
          if (by === 'active$' && n === 1) stop.next();
        });
        record.take();
        jobs.submit('x').pipe(takeUntil(stop)).subscribe();
        for (const subscription of subscriptions) subscription.unsubscribe();
        expect(record.lines.filter((line) => line.startsWith('x'))).toEqual(['x: cancelled']);
        check(jobs);
        expect(title(jobs)).toMatch(/^jobQueue#\d+ \(open\)$/);
      },
    );

    it('by its own key, where a place is free: it never runs', () => {
      const stop = new Subject<void>();
      const seen: unknown[] = [];
      const jobs = jobQueue(() => NEVER, { key: () => stop.next() });
      jobs.active$.subscribe((n) => seen.push(n));
      jobs.outcomes$.subscribe(({ status }) => seen.push(status));
      jobs.submit('x').pipe(takeUntil(stop)).subscribe();
      expect(seen).toEqual([0, 'cancelled']);
    });

    // What is asked as a job is submitted: `key` for each, `order` where two wait.
    it.each([
      ['cancel', 'key', false, ['1: cancelled', 'completed', 'closed']],
      ['cancel', 'key', true, ['1: cancelled', 'completed', 'closed']],
      ['cancel', 'order', false, ['1: cancelled', '2: cancelled', '3: cancelled', 'completed', 'closed']],
      ['cancel', 'order', true, ['1: cancelled', '2: cancelled', 'completed', 'closed']],
      ['close', 'key', false, ['run 1', '1: done', 'completed', 'closed']],
      ['close', 'key', true, ['run 1', '1: done', 'completed', 'closed']],
      ['close', 'order', false, ['1: done', 'run 2', '2: done', 'run 3', '3: done', 'completed', 'closed']],
      ['close', 'order', true, ['run 1', '1: done', 'run 2', '2: done', 'completed', 'closed']],
    ] as const)('with its queue: %s by its own %s, paused: %s', (how, where, isPaused, expected) => {
      runMarbles(({ flush }) => {
        const record = new Record();
        const end = (at: string): void => {
          if (at !== where || record.lines.includes('ending')) return;
          record.add('ending');
          jobs[how]();
          jobs.close().subscribe(() => record.add('closed'));
        };
        const jobs: JobQueue<number, 0> = jobQueue(
          (n: number) => {
            record.add(`run ${n}`);
            return timer(5);
          },
          {
            key: (n) => (end('key'), n),
            order: (a, b) => (end('order'), a - b),
          },
        );
        jobs.outcomes$.subscribe({
          next: ({ input, status }) => record.add(`${input}: ${status}`),
          complete: () => record.add('completed'),
        });
        if (isPaused) jobs.pause();
        const started = [1, 2, 3].map((n) => jobs.start(n));
        for (const job of started) job.subscribe({ error: () => undefined });
        jobs.resume();
        flush();
        const lines = record.lines.filter((line) => line !== 'ending');
        // The first of several runs before the order is asked.
        expect(where === 'order' && !isPaused ? lines.slice(1) : lines).toEqual(expected);
        expect(started.every(({ status }) => status !== 'pending')).toBe(true);
        check(jobs);
        expect(title(jobs)).toMatch(/^jobQueue#\d+ \(closed\)$/);
      });
    });

    it('before it is submitted: nothing was', () => {
      const stop = new Subject<void>();
      const seen: unknown[] = [];
      const jobs = jobQueue(() => NEVER, { key: () => seen.push('key') });
      jobs.outcomes$.subscribe(({ status }) => seen.push(status));
      defer(() => {
        stop.next();
        return jobs.submit('x');
      })
        .pipe(takeUntil(stop))
        .subscribe();
      expect(seen).toEqual([]);
    });

    it('from inside its own handler: what that returns is not subscribed', () => {
      const stop = new Subject<void>();
      const record = new Record();
      const jobs = jobQueue((input: string) => {
        if (input === 'a') stop.next();
        return new Observable<string>((subscriber) => {
          record.add(`${input} subscribed`);
          subscriber.next(input);
          return () => record.add(`${input} torn down`);
        });
      });
      jobs.outcomes$.subscribe(({ status, input }) => record.add(`${input}: ${status}`));
      jobs.submit('a').pipe(takeUntil(stop)).subscribe();
      jobs.submit('b').pipe(take(1)).subscribe();
      expect(record.lines).toEqual(['a: cancelled', 'b subscribed', 'b: cancelled', 'b torn down']);
      check(jobs);
    });

    it('with the only value of a coroutine or a promise: that is done', async () => {
      const outcomes: string[] = [];
      const jobs = jobQueue((input: string) =>
        input === 'promise'
          ? Promise.resolve(1)
          : (function* (): Coroutine<number> {
              return yield* until([2]);
            })(),
      );
      jobs.outcomes$.subscribe(({ input, status }) => outcomes.push(`${input} ${status}`));
      expect(await firstValueFrom(jobs.submit('promise'))).toBe(1);
      expect(await firstValueFrom(jobs.submit('coroutine'))).toBe(2);
      expect(outcomes).toEqual(['promise done', 'coroutine done']);
    });

    it('reports what its clean-up fails with', () => {
      const reported = reportsOf(() => {
        const { submit } = watched({}, function* (input) {
          try {
            yield* sleep(10);
          } finally {
            yield* until(throwError(() => new Error('clean-up')));
          }
          return input;
        });
        const a = submit('a');
        at(1, () => a.unsubscribe());
      });
      expect(reported).toEqual([new Error('clean-up')]);
    });
  });

  it('lets one that is submitted by a callback wait behind those that wait', () => {
    const { jobs, record, submit } = watched({});
    virtual(() => {
      jobs.submit('a2').subscribe({ complete: () => submit('c1') });
      submit('b1');
    });
    expect(record.lines.filter((line) => line.endsWith('starts'))).toEqual([
      '0 a2 starts',
      '2 b1 starts',
      '3 c1 starts',
    ]);
  });

  describe('close', () => {
    it('refuses more from this call on, and waits until what was submitted is served', () => {
      const { jobs, record, note, submit } = watched({ name: 'saves', capacity: 1 });
      virtual(() => {
        for (const input of ['a2', 'b2', 'c2']) submit(input);
        const closed = jobs.close();
        submit('d1');
        closed.subscribe({ next: () => note('closed'), complete: () => note('that is all') });
        jobs.outcomes$.subscribe({ complete: () => note('no more outcomes') });
      });
      expect(record.lines.filter((line) => !/ starts|emits|completes/.test(line))).toEqual([
        '0 d1 fails with ClosedError',
        '2 a2: done',
        '4 b2: done',
        '6 c2: done',
        '6 no more outcomes',
        '6 closed',
        '6 that is all',
      ]);
      expect(title(jobs)).toBe('jobQueue saves (closed)');
    });

    it('completes at once where nothing is left, and can be called again', () => {
      const jobs = jobQueue(() => EMPTY);
      const record = new Record();
      jobs.close().subscribe(record.all('first'));
      jobs.close().subscribe(record.all('second'));
      expect(record.lines).toEqual([
        'first got undefined',
        'first completed',
        'second got undefined',
        'second completed',
      ]);
    });

    it('waits for clean-ups too', () => {
      const { jobs, record, note, submit } = watched({}, function* (input) {
        try {
          yield* sleep(10);
          return input;
        } finally {
          yield* sleep(3);
        }
      });
      virtual(() => {
        const a = submit('a');
        jobs.close().subscribe(() => note('closed'));
        at(2, () => a.unsubscribe());
      });
      expect(record.lines).toEqual(['0 a starts', '2 a: cancelled', '5 closed']);
    });

    it('says that it drains, while something waits or runs', () => {
      const { jobs, submit } = watched({ name: 'saves' });
      virtual(() => {
        for (const input of ['a1', 'b1']) submit(input);
        jobs.close();
        expect(title(jobs)).toBe('jobQueue saves (1 running, 1 waiting, draining)');
      });
      expect(title(jobs)).toBe('jobQueue saves (closed)');
    });
  });

  describe('cancel', () => {
    it('ends all submissions, those that run first, and refuses more', () => {
      const { jobs, record, submit } = watched({ concurrency: 2, capacity: 1 });
      virtual(() => {
        for (const input of ['a9', 'b9', 'c9', 'd9']) submit(input);
        at(2, () => {
          jobs.cancel('enough');
          check(jobs);
          submit('e9');
          jobs.cancel('again');
        });
      });
      expect(record.lines.slice(2)).toEqual([
        ...['a9', 'b9', 'c9', 'd9'].flatMap((input) => [
          `2 ${input} fails with CancelledError(enough)`,
          `2 ${input}: cancelled`,
        ]),
        '2 e9 fails with ClosedError',
      ]);
      expect(title(jobs)).toMatch(/\(closed\)$/);
    });

    it('lets a clean-up end that goes on already', () => {
      const { jobs, record, note, submit } = watched({}, function* (input) {
        try {
          yield* sleep(10);
          return input;
        } finally {
          yield* sleep(5);
          note(`${input} clean`);
        }
      });
      virtual(() => {
        const a = submit('a');
        at(1, () => a.unsubscribe());
        at(2, () => {
          jobs.cancel();
          check(jobs);
          note(title(jobs).replace(/^.*\(/, '('));
          jobs.close().subscribe(() => note('closed'));
        });
      });
      expect(record.lines).toEqual([
        '0 a starts',
        '1 a: cancelled',
        '2 (1 running, draining)',
        '6 a clean',
        '6 closed',
      ]);
    });

    it('ends each once, also if a callback leaves another', () => {
      const { jobs, record, submit } = watched({});
      const others: { unsubscribe(): void }[] = [];
      jobs.submit('a').subscribe({ error: () => others.forEach((other) => other.unsubscribe()) });
      others.push(submit('b'), submit('c'));
      jobs.cancel();
      expect(record.lines.filter((line) => line.includes(': ')).map((line) => line.replace(/^\d+ /, ''))).toEqual([
        'b: cancelled',
        'c: cancelled',
        'a: cancelled',
      ]);
    });

    it('from inside a job: it is cancelled where it waits next', () => {
      const { jobs, record, note, submit } = watched({}, function* (input) {
        jobs.cancel('from inside');
        note(`${input} goes on`);
        try {
          yield* sleep(1);
        } finally {
          note(`${input} cleans up`);
        }
        return input;
      });
      virtual(() => {
        submit('a');
        submit('b');
      });
      expect(record.lines).toEqual([
        '0 a starts',
        '0 a fails with CancelledError(from inside)',
        '0 a: cancelled',
        '0 a goes on',
        '0 a cleans up',
        '0 b fails with ClosedError',
      ]);
    });

    it('serves the others when a callback throws', () => {
      const { jobs, record, submit } = watched({});
      const reported = reportsOf(() => {
        jobs.submit('a9').subscribe({
          error: () => {
            throw new Error('callback');
          },
        });
        submit('b9');
        jobs.cancel();
      });
      expect(record.lines.slice(1)).toEqual([
        '0 a9: cancelled',
        '0 b9 fails with CancelledError(undefined)',
        '0 b9: cancelled',
      ]);
      expect(reported).toEqual([new Error('callback')]);
    });
  });

  it('gives each job a name, for a person', () => {
    const seen: string[] = [];
    const jobs = jobQueue((_: string, { name }) => (seen.push(name), EMPTY), { name: 'saves' });
    for (const input of ['a', 'b']) jobs.submit(input).subscribe();
    expect(seen).toEqual(['saves/1', 'saves/2']);
  });

  it('does not recurse with the number of jobs', () => {
    const hold = new Subject<number>();
    let done = 0;
    const jobs = jobQueue((input: number) => (input === 0 ? hold : of(input)));
    jobs.outcomes$.subscribe(() => done++);
    for (let i = 0; i < 100_000; i++) jobs.submit(i).subscribe();
    // Where there is no budget.
    virtual(() => hold.complete());
    expect(done).toBe(100_000);
  });

  it('can be waited for in a coroutine, and is cancelled with it', () => {
    const { jobs, record, note } = watched({});
    virtual(() => {
      const task = go(function* () {
        note(`got ${yield* until(jobs.submit('a2'))}`);
        yield* until(jobs.submit('b9'));
      });
      at(5, () => task.cancel());
    });
    expect(record.lines.filter((line) => !line.includes(' starts'))).toEqual([
      // `until` has enough with the first value.
      '2 a2: done',
      '2 got a2',
      '5 b9: cancelled',
    ]);
  });

  it.each<[string, JobQueueOptions<number>, (jobs: JobQueue<number, unknown>) => void]>([
    ['waits for a place', {}, (jobs) => jobs.start(1000)],
    ['waits, paused', {}, (jobs) => jobs.pause()],
    ['waits for its key', { concurrency: 2, key: () => 'k' }, (jobs) => jobs.start(1000)],
    ['waits for room', { capacity: 0 }, (jobs) => jobs.start(1000)],
    ['waits for quiet', { debounce: 100 }, () => undefined],
    ['is tried again', { retry: { backoff: () => 100 } }, () => undefined],
  ])('a coroutine that leaves a job which %s goes on at once', (_what, options, before) => {
    const told: string[] = [];
    virtual(() => {
      const failing = options.retry !== undefined;
      const jobs = jobQueue<number, unknown>(
        (ms) => (failing ? throwError(() => new Error('no')) : sleep(ms)),
        options,
      );
      before(jobs);
      const task = go(function* () {
        try {
          yield* until(jobs.submit(1)).withTimeout(10);
        } catch {
          told.push(`deadline ${frame()}`);
        }
        yield* select({ job: until(jobs.submit(2)), late: sleep(10) });
        told.push(`another case ${frame()}`);
        yield* until(jobs.submit(3));
      });
      task.subscribe({ error: () => undefined });
      at(30, () => task.cancel().subscribe(() => told.push(`cancelled ${frame()}`)));
      at(40, () => jobs.cancel());
    });
    expect(told).toEqual(['deadline 10', 'another case 20', 'cancelled 30']);
  });

  it('a coroutine that is cancelled by who is asked whether its job is tried again goes on', () => {
    const told: string[] = [];
    virtual(() => {
      const when = (): boolean => {
        task.cancel().subscribe(() => told.push(`cancelled ${frame()}`));
        return true;
      };
      const jobs = jobQueue<number, unknown>(() => timer(1).pipe(map(() => { throw new Error('no'); })), { retry: { when } }); // prettier-ignore
      const task = go(function* () {
        yield* until(jobs.submit(1));
      });
      task.subscribe({ error: () => undefined });
      jobs.whenIdle().subscribe(() => told.push(`idle ${frame()}`));
    });
    expect(told.sort()).toEqual(['cancelled 1', 'idle 1']);
  });

  it.each(['complete', 'error'] as const)(
    'one that is cancelled by the teardown of its source, at its %s, is over once',
    (end) => {
      virtual(() => {
        const source = new Observable<never>((subscriber) => {
          subscriber.add(() => first.cancel());
          at(1, () => (end === 'error' ? subscriber.error(new Error('late')) : subscriber.complete()));
        });
        const jobs = jobQueue((input: string) => (input === 'a' ? source : NEVER), { concurrency: 3, key: () => 'k' });
        const outcomes: string[] = [];
        jobs.outcomes$.subscribe(({ status, input }) => {
          outcomes.push(`${status} ${input}`);
          jobs.start('b');
        });
        const first = jobs.start('a');
        first.subscribe({ error: () => undefined });
        at(2, () => {
          const last = jobs.start('c');
          expect([outcomes, last.state]).toEqual([['cancelled a'], 'waiting']);
          check(jobs);
        });
      });
    },
  );

  it.each<[JobQueueOptions<string>, Error]>([
    [{ concurrency: 0 }, new RangeError('jobQueue: concurrency must be an integer >= 1, or Infinity; got 0')],
    [{ capacity: -1 }, new RangeError('jobQueue: capacity must be an integer >= 0, or Infinity; got -1')],
    [
      { capacity: 0, overflow: 'dropOldest' },
      new RangeError('jobQueue: dropOldest replaces a buffered value, it needs capacity >= 1; got capacity 0'),
    ],
    [
      { overflow: 'switch' as 'fail' },
      new TypeError('jobQueue: overflow must be suspend or dropOldest or dropNewest or fail; got "switch"'),
    ],
    [{ order: 'random' as 'fifo' }, new TypeError('jobQueue: order must be fifo, lifo or a comparison; got "random"')],
    [{ key: 'id' as unknown as () => unknown }, new TypeError('jobQueue: key must be a function; got "id"')],
  ])('rejects %o where it is made', (options, error) => {
    expect(() => jobQueue(() => EMPTY, options)).toThrow(error);
  });

  it('rejects what is no handler', () => {
    expect(() => jobQueue(undefined as unknown as () => typeof EMPTY)).toThrow(
      new TypeError('jobQueue: handler must be a function; got undefined'),
    );
  });
});
