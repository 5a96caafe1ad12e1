// What workers do: `work`, on queues of ours and of others.

import {
  concat,
  defer,
  EMPTY,
  from,
  ignoreElements,
  lastValueFrom,
  NEVER,
  Observable,
  type ObservableInput,
  of,
  Subject,
  take,
  takeUntil,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  ClosedError,
  type Coroutine,
  coroutine,
  type Delivery,
  go,
  type Operation,
  type Queue,
  queue,
  type QueueOptions,
  sleep,
  StaleDeliveryError,
  until,
  work,
  type WorkOptions,
  type WorkQueue,
} from '../../src/index.ts';
import { check, Record, title } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

function filled<T>(values: readonly T[], options?: QueueOptions<T>): Queue<T> {
  const jobs = queue<T>(options);
  for (const value of values) jobs.trySend(value);
  return jobs;
}

/** A handler that takes `ms` and brings the value. */
const after = (ms: number) => (value: string) => sleep(ms).map(() => value);

describe('5.6 work', () => {
  it('handles one value after the other, and emits what handlers emit', () => {
    const record = new Record();
    virtual(() => {
      const jobs = filled(['a', 'b']);
      work(jobs, (value) => concat(of(`${value}1`), timer(2).pipe(ignoreElements()), of(`${value}2`))).subscribe(
        (got) => record.add(`${frame()} ${got}`),
      );
      at(10, () => jobs.trySend('c'));
    });
    expect(record.lines).toEqual(['0 a1', '2 a2', '2 b1', '4 b2', '10 c1', '12 c2']);
  });

  it.each([1, 2, 3])('never leases more than %i at once', (concurrency) => {
    let handled = 0;
    let most = 0;
    const jobs = filled(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    virtual(() => {
      let running = 0;
      work(
        jobs,
        (value) =>
          defer(() => {
            most = Math.max(most, ++running);
            expect(jobs.size).toBe(7 - handled - running);
            return after(3)(value).map(() => {
              running--;
              handled++;
            });
          }),
        { concurrency },
      ).subscribe();
    });
    expect([handled, most]).toEqual([7, concurrency]);
    expect(jobs.unfinished).toBe(0);
  });

  it('takes observables, promises, iterables, operations and coroutines', async () => {
    const ready = channel<string>(1);
    ready.trySend('what is ready');
    const handlers: ((value: number) => ObservableInput<string> | Coroutine<string>)[] = [
      () => of('observable', 'again'),
      () => Promise.resolve('promise'),
      () => ['iterable'],
      () => go(of(1)).map(() => 'operation'),
      () => ready.receive(),
      function* () {
        yield* until([1]);
        return 'coroutine';
      },
    ];
    const jobs = filled([...handlers.keys()]);
    jobs.close();
    const all = work(jobs, (which) => (handlers[which] as (typeof handlers)[0])(which));
    expect(await lastValueFrom(all.pipe(toArray()))).toEqual([
      'observable',
      'again',
      'promise',
      'iterable',
      'operation',
      'what is ready',
      'coroutine',
    ]);
  });

  it('acks when the handler completes, and lets those go who join', () => {
    const record = new Record();
    virtual(() => {
      const jobs = filled(['a', 'b']);
      jobs.join().subscribe(() => record.add(`${frame()} joined`));
      work(jobs, after(3), { concurrency: 2 }).subscribe((got) => record.add(`${frame()} ${got}`));
    });
    expect(record.lines).toEqual(['3 a', '3 b', '3 joined']);
  });

  it('nacks when the handler fails, throws or is not something to wait for', () => {
    const letters: unknown[] = [];
    const jobs = filled(['errs', 'throws', 'nonsense', 'fine'], {
      maxAttempts: 2,
      onDeadLetter: ({ value, attempts, error }) => letters.push([value, attempts, (error as Error).message]),
    });
    const got: string[] = [];
    virtual(() => {
      work(jobs, (value, { attempt }) => {
        got.push(`${value} ${attempt}`);
        if (value === 'errs') return throwError(() => new Error('it erred'));
        if (value === 'throws') throw new Error('it threw');
        return value === 'fine' ? EMPTY : (5 as unknown as Observable<never>);
      }).subscribe();
    });
    // To the front: it is the next.
    expect(got).toEqual(['errs 1', 'errs 2', 'throws 1', 'throws 2', 'nonsense 1', 'nonsense 2', 'fine 1']);
    expect(letters.map((letter) => (letter as unknown[]).slice(0, 2))).toEqual([
      ['errs', 2],
      ['throws', 2],
      ['nonsense', 2],
    ]);
    expect(letters.slice(0, 2).map((letter) => (letter as unknown[])[2])).toEqual(['it erred', 'it threw']);
  });

  it('waits for `backoff` before the next attempt, and handles others meanwhile', () => {
    const record = new Record();
    virtual(() => {
      const jobs = filled(['a', 'b', 'c']);
      const backoff = (attempt: number, value: string): number => (value === 'a' ? 5 * attempt : 0);
      work(
        jobs,
        (value, { attempt }) => {
          record.add(`${frame()} ${value}${attempt}`);
          return value === 'a' && attempt < 3 ? throwError(() => new Error('no')) : timer(1);
        },
        { backoff },
      ).subscribe();
    });
    expect(record.lines).toEqual(['0 a1', '0 b1', '1 c1', '5 a2', '15 a3']);
  });

  it('fails a handler that takes longer than `timeout`: cancelled, and nacked with TimeoutError', () => {
    const record = new Record();
    virtual(() => {
      const jobs = filled(['a', 'b'], {
        maxAttempts: 2,
        onDeadLetter: ({ value, error }) => record.add(`${frame()} ${value} dead: ${(error as Error).name}`),
      });
      jobs.close();
      work(
        jobs,
        function* (value, { attempt }) {
          record.add(`${frame()} ${value}${attempt}`);
          try {
            yield* sleep(value === 'a' ? 100 : 3);
          } finally {
            record.add(`${frame()} ${value}${attempt} ends`);
          }
          return value;
        },
        { timeout: 4 },
      ).subscribe(record.all('it'));
    });
    expect(record.lines).toEqual([
      '0 a1',
      '4 a1 ends',
      '4 a2',
      // A coroutine ends in the same turn, when it is its turn to run.
      '8 a2 ends',
      '8 a dead: TimeoutError',
      '8 b1',
      '11 b1 ends',
      'it got b',
      'it completed',
    ]);
  });

  it('keeps the place of a timed-out handler until its clean-up has ended', () => {
    const record = new Record();
    virtual(() => {
      work(
        filled(['a']),
        function* (_, { attempt }) {
          record.add(`${frame()} starts ${attempt}`);
          try {
            yield* sleep(attempt === 1 ? 100 : 1);
          } finally {
            if (attempt === 1) yield* sleep(10);
          }
        },
        { timeout: 5 },
      ).subscribe();
    });
    expect(record.lines).toEqual(['0 starts 1', '15 starts 2']);
  });

  it('has the value of a timed-out handler back before it leases the next', () => {
    const seen: string[] = [];
    virtual(() => {
      work(
        filled(['a', 'b']),
        (value, { attempt }) => {
          seen.push(`${frame()} ${value}${attempt}`);
          return attempt === 1 ? NEVER : EMPTY;
        },
        { timeout: 4 },
      ).subscribe();
    });
    expect(seen).toEqual(['0 a1', '4 a2', '4 b1', '8 b2']);
  });

  it('keeps no timer for a handler that is done, or given up', () => {
    expect(virtual(() => work(filled(['a']), after(1), { timeout: 1000 }).subscribe())).toBe(1);
    const last = virtual(() => {
      const subscription = work(filled(['a']), () => NEVER, { timeout: 1000 }).subscribe();
      at(3, () => subscription.unsubscribe());
    });
    expect(last).toBe(3);
  });

  it('completes when the queue has ended and everything is settled', () => {
    const record = new Record();
    virtual(() => {
      const jobs = filled(['a', 'b']);
      work(jobs, after(5), { concurrency: 2 }).subscribe({ complete: () => record.add(`${frame()} completed`) });
      at(1, () => jobs.close());
    });
    expect(record.lines).toEqual(['5 completed']);
  });

  it('waits at the end for what others have received and not done', () => {
    const record = new Record();
    virtual(() => {
      const jobs = filled(['a', 'b']);
      jobs.tryReceive();
      jobs.close();
      work(jobs, after(1)).subscribe({ complete: () => record.add(`${frame()} completed`) });
      at(7, () => jobs.taskDone());
    });
    expect(record.lines).toEqual(['7 completed']);
  });

  it('fails with the cause of the end, when everything is settled', () => {
    const record = new Record();
    virtual(() => {
      const jobs = filled(['a', 'b']);
      const cause = new Error('the cause');
      work(jobs, after(5), { concurrency: 2 }).subscribe(record.all('it'));
      at(1, () => jobs.close(cause));
      at(4, () => record.add('not yet'));
    });
    expect(record.lines).toEqual(['not yet', 'it got a', 'it got b', 'it failed with the cause']);
  });

  it('takes the end of something else for a failure', () => {
    const record = new Record();
    const jobs = filled(['a']);
    jobs.close(new ClosedError('something else'));
    work(jobs, () => EMPTY).subscribe(record.all('it'));
    expect(record.lines).toEqual(['it failed with ClosedError']);
  });

  it('fails with CancelledError when the queue is cancelled, after those that run', () => {
    const record = new Record();
    virtual(() => {
      const jobs = filled(['a', 'b', 'c']);
      work(jobs, after(5), { concurrency: 2 }).subscribe(record.all('it'));
      at(1, () => jobs.cancel('enough'));
    });
    expect(record.lines).toEqual(['it got a', 'it got b', 'it failed with CancelledError(enough)']);
  });

  describe('unsubscribed', () => {
    it.each(['fifo', 'lifo'] as const)('gives back what is leased, to the front and in its old order: %s', (order) => {
      const jobs = filled(['a', 'b', 'c', 'd'], { order });
      const cancelled: string[] = [];
      virtual(() => {
        const subscription = work(jobs, (value) => new Observable(() => () => cancelled.push(value)), {
          concurrency: 3,
        }).subscribe();
        expect(jobs.size).toBe(1);
        subscription.unsubscribe();
        check(jobs);
        const left: unknown[] = [];
        work(jobs, (value, { attempt }) => {
          left.push(`${value} ${attempt}`);
          return EMPTY;
        }).subscribe();
        const all = order === 'fifo' ? ['a', 'b', 'c', 'd'] : ['d', 'c', 'b', 'a'];
        // An attempt that was given back does not count.
        expect(left).toEqual(all.map((value) => `${value} 1`));
        expect(cancelled).toEqual(all.slice(0, 3));
      });
    });

    it('gives the first to the one that waits', () => {
      const jobs = filled(['a', 'b', 'c']);
      const record = new Record();
      const subscription = work(jobs, () => NEVER, { concurrency: 3 }).subscribe();
      jobs.receive().subscribe(record.by('receiver'));
      subscription.unsubscribe();
      expect(record.lines).toEqual(['receiver got a']);
      expect([jobs.tryReceive(), jobs.tryReceive()]).toEqual([
        { ok: true, value: 'b' },
        { ok: true, value: 'c' },
      ]);
      check(jobs);
    });

    it('leaves the line of those who lease', () => {
      const jobs = queue<string>();
      work(jobs, () => NEVER)
        .subscribe()
        .unsubscribe();
      expect(jobs.statistics().waitingReceivers).toBe(0);
      jobs.trySend('a');
      expect(jobs.size).toBe(1);
    });

    it('by what it emits: nothing more is handled', () => {
      const jobs = filled(['a', 'b', 'c']);
      const handled: string[] = [];
      work(jobs, (value) => {
        handled.push(value);
        return of(1, 2);
      })
        .pipe(take(3))
        .subscribe();
      expect(handled).toEqual(['a', 'b']);
      expect([jobs.size, jobs.unfinished]).toEqual([2, 2]);
      check(jobs);
    });

    it('by the one who is told of the same commit: the value is still the queue’s', () => {
      const jobs = queue<string>({ capacity: 1 });
      const handled: string[] = [];
      const subscription = work(jobs, (value) => {
        handled.push(value);
        return NEVER;
      }).subscribe();
      // It waited first, and is told first.
      jobs.send('a').subscribe();
      subscription.unsubscribe();
      expect(handled).toEqual(['a']);
      expect(jobs.tryReceive()).toEqual({ ok: true, value: 'a' });
    });

    it('by the one whose send moves in as it leases: the value is back at the front', () => {
      const jobs = filled(['a'], { capacity: 1 });
      const stop = new Subject<void>();
      const handled: string[] = [];
      jobs.send('b').subscribe(() => stop.next());
      work(jobs, (value) => {
        handled.push(value);
        return NEVER;
      })
        .pipe(takeUntil(stop))
        .subscribe();
      expect(handled).toEqual([]);
      const leased: unknown[] = [];
      for (let i = 0; i < 2; i++) jobs.lease().subscribe(({ value, attempt }) => leased.push([value, attempt]));
      expect(leased).toEqual([
        ['a', 1],
        ['b', 1],
      ]);
      check(jobs);
    });

    it('leaves settled what its handlers have settled', () => {
      const jobs = filled(['a', 'b', 'c']);
      const subscription = work(
        jobs,
        (value, delivery) => {
          if (value === 'b') delivery.ack();
          return NEVER;
        },
        { concurrency: 3 },
      ).subscribe();
      subscription.unsubscribe();
      expect([jobs.size, jobs.unfinished]).toEqual([2, 2]);
      expect([jobs.tryReceive(), jobs.tryReceive()]).toEqual([
        { ok: true, value: 'a' },
        { ok: true, value: 'c' },
      ]);
      check(jobs);
    });

    it('by its own handler: what that returns is not subscribed', () => {
      const jobs = filled(['a']);
      const stop = new Subject<void>();
      let subscribed = false;
      work(jobs, () => {
        stop.next();
        return defer(() => {
          subscribed = true;
          return NEVER;
        });
      })
        .pipe(takeUntil(stop))
        .subscribe();
      expect([subscribed, jobs.size]).toEqual([false, 1]);
    });

    it('as its handler takes a value: that is not lost either', () => {
      const stop = new Subject<void>();
      const values = channel<string>(1);
      values.trySend('x');
      values.send('y').subscribe(() => stop.next());
      work(filled(['a']), () => values.receive())
        .pipe(takeUntil(stop))
        .subscribe();
      expect([values.tryReceive(), values.tryReceive()]).toEqual([
        { ok: true, value: 'x' },
        { ok: true, value: 'y' },
      ]);
    });

    it('reports what a clean-up fails with', () => {
      const reported = reportsOf(() => {
        const subscription = work(filled(['a']), function* () {
          try {
            yield* sleep(10);
          } finally {
            yield* until(throwError(() => new Error('clean-up')));
          }
        }).subscribe();
        at(1, () => subscription.unsubscribe());
      });
      expect(reported).toEqual([new Error('clean-up')]);
    });
  });

  it('lets a handler settle its delivery itself', () => {
    const jobs = filled(['a', 'b', 'c']);
    const seen: string[] = [];
    virtual(() => {
      work(jobs, (value, delivery) => {
        seen.push(`${value} ${delivery.attempt}`);
        if (delivery.attempt > 1) return EMPTY;
        if (value === 'a') delivery.ack();
        else delivery.nack({ delay: value === 'b' ? 5 : 0 });
        return value === 'c' ? throwError(() => new Error('too late')) : EMPTY;
      }).subscribe();
    });
    expect(seen).toEqual(['a 1', 'b 1', 'c 1', 'c 2', 'b 2']);
    expect(jobs.unfinished).toBe(0);
  });

  it('swallows an ack that comes after the lease has run out, and keeps the place of its handler until then', () => {
    const record = new Record();
    virtual(() => {
      const jobs = filled(['a', 'b'], { leaseMs: 5 });
      work(jobs, (value, { attempt }) => {
        record.add(`${frame()} ${value}${attempt}`);
        return timer(value === 'a' && attempt === 1 ? 8 : 1);
      }).subscribe();
    });
    expect(record.lines).toEqual(['0 a1', '8 a2', '9 b1']);
  });

  it('fails with what `backoff` throws, and gives the value back', () => {
    const record = new Record();
    const jobs = filled(['a']);
    const options: WorkOptions<string> = {
      backoff: () => {
        throw new Error('backoff');
      },
    };
    work(jobs, () => throwError(() => new Error('no')), options).subscribe(record.all('it'));
    expect(record.lines).toEqual(['it failed with backoff']);
    expect(jobs.size).toBe(1);
    check(jobs);
  });

  it('fails with a RangeError when `backoff` gives no number of ms, and gives the value back', () => {
    const record = new Record();
    const jobs = filled(['a']);
    work(jobs, () => throwError(() => new Error('no')), { backoff: () => NaN }).subscribe(record.all('it'));
    expect(record.lines).toEqual(['it failed with RangeError']);
    expect(jobs.size).toBe(1);
  });

  it('is cold: each subscription brings workers of its own, and values are shared out', () => {
    const jobs = queue<string>();
    const record = new Record();
    virtual(() => {
      const worker = work(jobs, after(1));
      worker.subscribe(record.by('first'));
      worker.subscribe(record.by('second'));
      for (const value of ['a', 'b', 'c', 'd']) jobs.trySend(value);
    });
    expect(record.lines).toEqual(['first got a', 'second got b', 'first got c', 'second got d']);
  });

  it('does not recurse with the number of values', () => {
    const n = 100_000;
    const jobs = filled(Array.from({ length: n }, (_, i) => i));
    jobs.close();
    let sum = 0;
    let completed = false;
    // Where there is no budget.
    virtual(() => {
      work(jobs, (i) => of(i), { concurrency: 4 }).subscribe({
        next: (i) => (sum += i),
        complete: () => (completed = true),
      });
    });
    expect([sum, completed]).toEqual([(n * (n - 1)) / 2, true]);
  });

  it('does not recurse when each handler sends the next', () => {
    const jobs = filled([0]);
    let last = 0;
    virtual(() => {
      work(jobs, (i) => {
        last = i;
        if (i < 100_000) jobs.trySend(i + 1);
        return EMPTY;
      }).subscribe();
    });
    expect(last).toBe(100_000);
  });

  it('is named by those who look where it waits', () => {
    const jobs = queue<string>({ name: 'uploads' });
    const line: string[] = [];
    work(jobs, () => NEVER).subscribe();
    jobs.receivers.count((waiter) => line.push(title(waiter)) > 0);
    expect(line).toEqual(['lease on uploads']);
  });

  it.each([
    [{ concurrency: 0 }, 'work: concurrency must be an integer >= 1, or Infinity; got 0'],
    [{ concurrency: 1.5 }, 'work: concurrency must be an integer >= 1, or Infinity; got 1.5'],
    [{ timeout: 0 }, 'work: timeout must be more than 0 ms; got 0'],
    [{ timeout: NaN }, 'work: timeout must be more than 0 ms; got NaN'],
  ])('rejects %j where it is called', (options, message) => {
    expect(() => work(queue(), () => EMPTY, options)).toThrow(new RangeError(message));
  });

  it('rejects a backoff that is no function', () => {
    expect(() => work(queue(), () => EMPTY, { backoff: 100 as never })).toThrow(
      new TypeError('work: backoff must be a function; got 100'),
    );
  });

  it('rejects what is no queue, and what is no handler', () => {
    for (const nonsense of [[], undefined])
      expect(() => work(nonsense as unknown as WorkQueue<1>, () => EMPTY)).toThrow(
        'work: it needs a queue to lease from',
      );
    expect(() => work(queue(), () => EMPTY, { concurrency: Infinity })).not.toThrow();
    expect(() => work(queue(), () => EMPTY, { timeout: '5' as unknown as number })).toThrow(RangeError);
    expect(() => work(queue(), undefined as unknown as () => typeof EMPTY)).toThrow(TypeError);
  });
});

// ───────────────────────────────────────────────────────────── somebody else's queue

/** As little as the contract asks for, with answers that take time. */
class Remote implements WorkQueue<string> {
  readonly name = 'remote';
  readonly log: string[] = [];
  readonly waiting: string[];
  readonly attempts = new Map<string, number>();
  leased = 0;

  constructor(values: readonly string[]) {
    this.waiting = [...values];
  }

  send(): Operation<void> {
    return sleep(1);
  }
  lease(): Operation<Delivery<string>> {
    return coroutine(
      function* (this: Remote) {
        yield* sleep(1);
        const value = this.waiting.shift();
        if (value === undefined) throw Object.assign(new Error('ended'), { name: 'ClosedError', source: 'remote' });
        return this.#deliver(value);
      }.bind(this),
    );
  }
  #deliver(value: string): Delivery<string> {
    let open = true;
    const attempt = (this.attempts.get(value) ?? 0) + 1;
    this.attempts.set(value, attempt);
    this.leased++;
    const settle = (how: string): void => {
      if (!open) throw new StaleDeliveryError('remote', 'was settled');
      open = false;
      this.leased--;
      this.log.push(`${how} ${value} ${attempt}`);
    };
    return {
      value,
      attempt,
      ack: () => settle('ack'),
      nack: () => {
        settle('nack');
        this.waiting.unshift(value);
      },
      extend: () => undefined,
    };
  }
  join(): Operation<void> {
    return sleep(2);
  }
  close(): boolean {
    return true;
  }
}

describe('5.6 work on a queue of somebody else’s', () => {
  it('leases, settles, and waits for the end and for `join`', () => {
    const record = new Record();
    const remote = new Remote(['a', 'b']);
    virtual(() => {
      work(remote, (value, { attempt }) =>
        value === 'a' && attempt === 1 ? throwError(() => new Error('no')) : of(value),
      ).subscribe({
        next: (got) => record.add(`${frame()} ${got}`),
        complete: () => record.add(`${frame()} completed`),
      });
    });
    expect(remote.log).toEqual(['nack a 1', 'ack a 2', 'ack b 1']);
    expect(record.lines).toEqual(['2 a', '3 b', '6 completed']);
  });

  it('unsubscribed, nacks what cannot be given back, the first last', () => {
    const remote = new Remote(['a', 'b', 'c']);
    virtual(() => {
      const subscription = work(remote, () => NEVER, { concurrency: 2 }).subscribe();
      at(5, () => subscription.unsubscribe());
    });
    expect(remote.log).toEqual(['nack b 1', 'nack a 1']);
    expect(remote.waiting).toEqual(['a', 'b', 'c']);
  });

  it('unsubscribed while it waits for a lease, withdraws that', () => {
    const remote = new Remote(['a']);
    virtual(() => {
      const subscription = work(remote, () => NEVER).subscribe();
      subscription.unsubscribe();
    });
    expect([remote.leased, remote.waiting]).toEqual([0, ['a']]);
  });

  it('unsubscribed, gives back what can be given back, the first last', () => {
    const log: string[] = [];
    const values = ['a', 'b'];
    const remote = {
      name: 'remote',
      lease: () =>
        sleep(1).map(() => {
          const value = values.shift();
          return {
            value,
            attempt: 1,
            nack: () => log.push(`nack ${value}`),
            release: () => log.push(`release ${value}`),
          };
        }),
    } as unknown as WorkQueue<string>;
    virtual(() => {
      const subscription = work(remote, () => NEVER, { concurrency: 2 }).subscribe();
      at(5, () => subscription.unsubscribe());
    });
    expect(log).toEqual(['release b', 'release a']);
  });

  it.each(['nack', 'release'])(
    'unsubscribed, takes no notice of what is stale, and reports what it cannot %s',
    (how) => {
      const errors: unknown[] = [new Error('connection lost'), new StaleDeliveryError('remote', 'was settled'), null];
      const fail = (): void => {
        throw errors.shift();
      };
      const remote = {
        name: 'remote',
        lease: () => sleep(1).map(() => ({ value: 'a', attempt: 1, [how]: fail })),
      } as unknown as WorkQueue<string>;
      const reported = reportsOf(() => {
        const subscription = work(remote, () => NEVER, { concurrency: 3 }).subscribe();
        at(5, () => subscription.unsubscribe());
      });
      expect([reported, errors]).toEqual([[new Error('connection lost'), null], []]);
    },
  );

  it('fails with what `lease` throws, and with what `join` fails with', () => {
    const record = new Record();
    const throwing = {
      name: 'throwing',
      lease: () => {
        throw new Error('not connected');
      },
    } as unknown as WorkQueue<string>;
    const ended = queue<string>();
    ended.close();
    const failing = {
      name: ended.name,
      lease: () => ended.lease(),
      join: () => until(throwError(() => new Error('connection lost'))),
    } as unknown as WorkQueue<string>;
    work(throwing, () => EMPTY).subscribe(record.all('first'));
    work(failing, () => EMPTY).subscribe(record.all('second'));
    expect(record.lines).toEqual(['first failed with not connected', 'second failed with connection lost']);
  });

  it('fails with what its settling fails with', () => {
    const record = new Record();
    const delivery = {
      value: 'a',
      attempt: 1,
      ack: () => {
        throw new Error('connection lost');
      },
      nack: () => undefined,
      extend: () => undefined,
    };
    const broken = { name: 'broken', lease: () => sleep(1).map(() => delivery) } as unknown as WorkQueue<string>;
    virtual(() => work(broken, () => EMPTY).subscribe(record.all('it')));
    expect(record.lines).toEqual(['it failed with connection lost']);
  });

  it('fails with what leasing fails with, after those that run', () => {
    const record = new Record();
    const leases = new Subject<Delivery<string>>();
    const remote = new Remote([]);
    virtual(() => {
      let asked = 0;
      const broken = {
        name: 'broken',
        lease: () =>
          asked++ === 0 ? sleep(1).map(() => ({ value: 'a', attempt: 1, ack: () => undefined })) : from(leases),
        join: () => remote.join(),
      } as unknown as WorkQueue<string>;
      work(broken, after(10), { concurrency: 2 }).subscribe(record.all('it'));
      at(5, () => leases.error(new Error('connection lost')));
    });
    expect(record.lines).toEqual(['it got a', 'it failed with connection lost']);
  });
});

describe('5.6 a coroutine that works', () => {
  it('is cancelled with those who handle', () => {
    const jobs = filled(['a', 'b']);
    const record = new Record();
    virtual(() => {
      const task = go(work(jobs, () => new Observable(() => () => record.add('given up'))));
      at(3, () => task.cancel());
    });
    expect(record.lines).toEqual(['given up']);
    expect(jobs.size).toBe(2);
  });
});

describe('5.6 work that is told to stop', () => {
  /** A crew over a queue of the given values: what it emits, and how the queue stands at its end. */
  function crew(
    values: string[],
    options: WorkOptions<string>,
    handler = after(3),
    queueOptions?: QueueOptions<string>,
  ) {
    const record = new Record();
    const note = (line: string): void => record.add(`${frame()} ${line}`);
    const jobs = filled(values, queueOptions);
    const subscribe = () =>
      work(jobs, handler, options).subscribe({
        next: note,
        error: (error: unknown) => note(`fails with ${(error as Error).message}`),
        complete: () => note(`completes, ${jobs.size} left, ${jobs.unfinished} unfinished`),
      });
    return { jobs, record, note, subscribe };
  }
  /** Takes 9, and cleans up for 2 when it is stopped. */
  function* slow(value: string): Coroutine<string> {
    let left = true;
    try {
      yield* sleep(9);
      left = false;
      return value;
    } finally {
      if (left) yield* sleep(2);
    }
  }

  it('leases no more, lets what runs end, and completes', () => {
    const { jobs, record, subscribe } = crew(['a', 'b', 'c', 'd'], { concurrency: 2, stop: timer(1) });
    virtual(subscribe);
    expect(record.lines).toEqual(['3 a', '3 b', '3 completes, 2 left, 2 unfinished']);
    check(jobs);
  });

  it('completes at once where nothing runs, and takes nothing that comes later', () => {
    const { jobs, record, subscribe } = crew([], { stop: timer(4) });
    virtual(() => {
      subscribe();
      at(5, () => jobs.trySend('a'));
    });
    expect([record.lines, jobs.size]).toEqual([['4 completes, 0 left, 0 unfinished'], 1]);
  });

  it.each<[string, () => ObservableInput<unknown>]>([
    ['a value that is there', () => of(1)],
    ['many', () => [1, 2, 3]],
    ['an operation', () => until([1])],
    [
      'an endless source',
      () =>
        new Observable((subscriber) => {
          while (!subscriber.closed) subscriber.next(1);
        }),
    ],
  ])('before it begins, by %s: nothing is leased', (_what, stop) => {
    const { jobs, record, subscribe } = crew(['a'], { stop: stop() });
    virtual(subscribe);
    expect([record.lines, title(jobs)]).toEqual([['0 completes, 1 left, 1 unfinished'], title(jobs)]);
    expect(jobs.statistics().delivered).toBe(0);
  });

  it('by a promise', async () => {
    const jobs = filled(['a']);
    const stop = Promise.resolve();
    expect(await lastValueFrom(work(jobs, () => NEVER, { stop, grace: 0 }).pipe(toArray()))).toEqual([]);
    expect(jobs.size).toBe(1);
  });

  it('cancels what still runs after `grace`, and gives it back uncounted, in its old order, when it has cleaned up', () => {
    const { jobs, record, subscribe } = crew(
      ['a', 'b', 'c'],
      { concurrency: 2, stop: timer(1), grace: 4 },
      slow as never,
    );
    virtual(subscribe);
    expect(record.lines).toEqual(['7 completes, 3 left, 3 unfinished']);
    const back: string[] = [];
    for (let i = 0; i < 3; i++) jobs.lease().subscribe(({ value, attempt }) => back.push(`${value} ${attempt}`));
    expect(back).toEqual(['a 1', 'b 1', 'c 1']);
    check(jobs);
  });

  it('lets those end that need less than `grace`, and no timer is left', () => {
    const { record, subscribe } = crew(['a', 'b'], { stop: timer(1), grace: 50 });
    expect(virtual(subscribe)).toBe(3);
    expect(record.lines).toEqual(['3 a', '3 completes, 1 left, 1 unfinished']);
  });

  it('with grace 0, cancels what runs at once', () => {
    const { record, subscribe } = crew(['a', 'b'], { concurrency: 2, stop: timer(1), grace: 0 });
    virtual(subscribe);
    expect(record.lines).toEqual(['1 completes, 2 left, 2 unfinished']);
  });

  it('gives back together those that are stopped together, before it completes', () => {
    const { jobs, subscribe } = crew(['a', 'b', 'c'], { concurrency: 3, stop: timer(1), grace: 1 }, after(9), {
      order: 'lifo',
    });
    virtual(subscribe);
    const order: string[] = [];
    for (let i = 0; i < 3; i++) jobs.lease().subscribe(({ value }) => order.push(value));
    expect(order).toEqual(['c', 'b', 'a']);
  });

  it('leaves in the queue what waits for its backoff, and what fails meanwhile', () => {
    const failing = (value: string) =>
      sleep(value === 'a' ? 1 : 4).map((): string => {
        throw new Error(value);
      });
    const options = { concurrency: 2, backoff: () => 5, stop: timer(2) };
    const { jobs, record, subscribe } = crew(['a', 'b'], options, failing);
    const attempts: string[] = [];
    virtual(() => {
      subscribe();
      at(20, () => {
        for (let i = 0; i < 2; i++)
          jobs.lease().subscribe(({ value, attempt }) => attempts.push(`${value} ${attempt}`));
      });
    });
    expect(record.lines).toEqual(['4 completes, 0 left, 2 unfinished']);
    expect(attempts.sort()).toEqual(['a 2', 'b 2']);
  });

  it('a handler that takes too long meanwhile has failed, as ever', () => {
    const { jobs, record, subscribe } = crew(['a'], { timeout: 5, stop: timer(1) }, after(9));
    virtual(subscribe);
    expect(record.lines).toEqual(['5 completes, 1 left, 1 unfinished']);
    jobs.lease().subscribe(({ attempt }) => expect(attempt).toBe(2));
  });

  it('fails when `stop` does: what runs is cancelled, and goes back', () => {
    const stop = concat(
      timer(2).pipe(ignoreElements()),
      throwError(() => new Error('no signal')),
    );
    const { jobs, record, subscribe } = crew(['a', 'b'], { stop }, after(9));
    virtual(subscribe);
    expect([record.lines, jobs.size]).toEqual([['2 fails with no signal'], 2]);
  });

  it('goes on when `stop` completes without a value', () => {
    const { record, jobs, subscribe } = crew(['a'], { stop: EMPTY });
    virtual(() => {
      subscribe();
      at(5, () => jobs.close());
    });
    expect(record.lines).toEqual(['3 a', '5 completes, 0 left, 0 unfinished']);
  });

  it('does not wait for what others have leased of a queue that has ended', () => {
    const { jobs, record, subscribe } = crew(['a', 'b'], { stop: timer(9) });
    virtual(() => {
      jobs.lease().subscribe();
      subscribe();
      jobs.close();
    });
    expect(record.lines).toEqual(['3 b', '9 completes, 0 left, 1 unfinished']);
  });

  it('listens to `stop` from its subscription to its end, and only then', () => {
    const stop = new Subject<void>();
    const { jobs, subscribe } = crew(['a'], { stop });
    expect(stop.observed).toBe(false);
    virtual(() => {
      subscribe().unsubscribe();
      expect(stop.observed).toBe(false);
      subscribe();
      expect(stop.observed).toBe(true);
      jobs.close();
    });
    expect(stop.observed).toBe(false);
  });

  it('from inside a handler: that one ends, and no other begins', () => {
    const stop = new Subject<void>();
    const { record, subscribe } = crew(['a', 'b'], { concurrency: 2, stop }, (value) => {
      stop.next();
      return after(3)(value);
    });
    virtual(subscribe);
    expect(record.lines).toEqual(['3 a', '3 completes, 1 left, 1 unfinished']);
  });

  it('by who is told of the very commit that would have brought the next value: that goes back', () => {
    const stop = new Subject<void>();
    const { jobs, record, subscribe } = crew([], { stop });
    virtual(() => {
      subscribe();
      jobs.send('a').subscribe(() => stop.next());
    });
    expect(record.lines.at(-1)).toMatch(/completes/);
    check(jobs);
  });

  it('unsubscribed while it stops, it gives back what runs', () => {
    const { jobs, record, subscribe } = crew(['a', 'b'], { stop: timer(1), grace: 50 }, after(9));
    const last = virtual(() => {
      const crew = subscribe();
      at(3, () => crew.unsubscribe());
    });
    expect([record.lines, jobs.size, last]).toEqual([[], 2, 3]);
  });

  it('gives back, or nacks, what a queue of somebody else has leased', () => {
    const log: string[] = [];
    const delivery = (value: string, release: boolean): Delivery<string> => ({
      value,
      attempt: 1,
      ack: () => log.push(`ack ${value}`),
      nack: () => log.push(`nack ${value}`),
      extend: () => undefined,
      ...(release && { release: () => void log.push(`release ${value}`) }),
    });
    const deliveries = [delivery('a', true), delivery('b', false)];
    const remote: WorkQueue<string> = {
      name: 'remote',
      send: () => until([undefined]),
      lease: () => until(deliveries.length > 0 ? [deliveries.shift()!] : NEVER),
      join: () => until(NEVER),
      close: () => true,
    };
    virtual(() =>
      work(remote, () => NEVER, { concurrency: 3, stop: timer(1), grace: 0 }).subscribe({
        complete: () => log.push('done'),
      }),
    );
    expect(log).toEqual(['nack b', 'release a', 'done']);
  });

  it.each<[WorkOptions<string>, Error]>([
    [{ grace: -1 }, new RangeError('work: grace must be a number of ms >= 0; got -1')],
    [{ grace: NaN }, new RangeError('work: grace must be a number of ms >= 0; got NaN')],
    [{ stop: 5 as never }, new TypeError('work: stop must be an observable input; got 5')],
  ])('rejects %o where it is called', (options, error) => {
    expect(() => work(queue<string>(), () => NEVER, options)).toThrow(error);
  });
});
