// Semantics 14.2, for those who wait for a turn, or for what is out to come back: the child that stands behind its sibling, the job
// behind another, the lease that is to be settled by the one who waits for that, and work that holds a permit without being a task.

import { defer, merge, NEVER, of, takeUntil, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  coroutine,
  gather,
  type Job,
  type JobQueue,
  jobQueue,
  mutex,
  type Mutex,
  type Operation,
  type Queue,
  queue,
  select,
  semaphore,
  sleep,
  stateOwner,
  type Task,
  type TaskGroup,
  taskGroup,
  taskScope,
  until,
  wait,
  work,
} from '../../src/index.ts';
import { at } from '../virtual.ts';
import { seen, task } from './stuck.ts';

interface Kind {
  readonly program: () => void;
  readonly parties: readonly string[];
}

/** The forms in which one can wait for `operation`; `other` is as stuck. */
const FORMS: Record<string, (operation: Operation<unknown>, other: Operation<unknown>) => Operation<unknown>> = {
  'yield*': (operation) => operation,
  map: (operation) => operation.map(() => 1),
  gather: (operation) => gather([operation, sleep(1)]),
  'a coroutine': (operation) =>
    coroutine(function* () {
      yield* operation;
    }),
  'a select, all of whose cases are stuck': (operation, other) => select({ operation, other }),
};

function inEveryForm(
  what: string,
  parties: readonly string[],
  program: (wrap: (operation: Operation<unknown>, other: Operation<unknown>) => Operation<unknown>) => void,
): Record<string, Kind> {
  return Object.fromEntries(
    Object.entries(FORMS).map(([form, wrap]) => [
      `${what}, by ${form}`,
      {
        parties,
        program: () => {
          program(wrap);
        },
      },
    ]),
  );
}

// ───────────────────────────────────────────────────────────── children

/** A group of at most `limit` children, one of which waits for `later`, who stands behind it, as `wait` says. */
function crowded(
  limit: number,
  ahead: (group: TaskGroup) => void,
  waits: (later: Task<unknown>, another: Task<unknown>) => Operation<unknown>,
): void {
  task('parent', function* () {
    yield* taskGroup(
      function* (group) {
        ahead(group);
        group.go(
          function* () {
            yield* sleep(1);
            const [later, another] = ['later', 'another'].map((name) => group.go(() => sleep(1), { name }));
            yield* waits(later as Task<unknown>, another as Task<unknown>);
          },
          { name: 'first' },
        );
        yield* sleep(1);
      },
      { limit },
    );
  });
}

// ───────────────────────────────────────────────────────────── jobs

interface Ask {
  readonly to: 'ask' | 'serve';
  readonly key?: string | undefined;
}

/** Jobs of which those that ask wait for others of their own queue. */
function asking(
  options: object,
  wrap: (operation: Operation<unknown>, other: Operation<unknown>) => Operation<unknown>,
  serve: () => Operation<unknown> = () => sleep(1),
): JobQueue<Ask, unknown> {
  const jobs: JobQueue<Ask, unknown> = jobQueue(
    function* ({ to, key }: Ask) {
      yield* sleep(1);
      if (to === 'serve') return yield* serve();
      const [one, other] = [jobs.start({ to: 'serve', key }), jobs.start({ to: 'serve', key })];
      return yield* wrap(one, other);
    } as never,
    { name: 'jobs', ...options },
  );
  return jobs;
}
const byKey = { concurrency: 5, key: ({ key }: Ask) => key };

/** A queue with one job, that asks more of it. */
function submitting(options: object, more: (jobs: JobQueue<string, unknown>) => Operation<unknown>): void {
  const jobs: JobQueue<string, unknown> = jobQueue(
    function* (what: string) {
      yield* sleep(1);
      if (what !== 'serve') yield* more(jobs);
    } as never,
    { name: 'jobs', ...options },
  );
  jobs.start('ask').subscribe({ error: () => undefined });
}

function ask(jobs: JobQueue<Ask, unknown>, key?: string): Job<Ask, unknown> {
  const job = jobs.start({ to: 'ask', ...(key === undefined ? {} : { key }) });
  job.subscribe({ error: () => undefined });
  return job;
}

// ───────────────────────────────────────────────────────────── leases

function full(options: object = {}): Queue<number> {
  const jobs = queue<number>({ name: 'jobs', ...options });
  for (const n of [1, 2]) jobs.trySend(n);
  return jobs;
}

/** A worker that joins before it settles. */
function joining(jobs: Queue<number>, join: () => Operation<unknown>): void {
  task('worker', function* () {
    const delivery = yield* jobs.lease();
    yield* sleep(1);
    yield* join();
    delivery.ack();
  });
}

const DEADLOCKS: Record<string, Kind> = {
  ...inEveryForm('a child that waits for one behind it', ['first', 'later'], (wrap) => {
    crowded(1, () => undefined, wrap);
  }),
  'two children that wait for one behind both': {
    parties: ['second', 'later'],
    program: () => {
      let later: Task<unknown> | null = null;
      crowded(
        2,
        (group) => {
          group.go(
            function* () {
              yield* sleep(5);
              yield* later as Task<unknown>;
            },
            { name: 'second' },
          );
        },
        (one) => (later = one),
      );
    },
  },
  'a child that waits for all behind it, by wait': {
    parties: ['first'],
    program: () => {
      crowded(
        1,
        () => undefined,
        (later, another) => wait([later, another]),
      );
    },
  },
  'a child of a scope that waits for one behind it': {
    parties: ['first', 'later'],
    program: () => {
      const scope = taskScope({ limit: 1 });
      scope
        .go(
          function* () {
            yield* scope.go(() => sleep(1), { name: 'later' });
          },
          { name: 'first' },
        )
        .subscribe({ error: () => undefined });
    },
  },
  'a child that is itself the wait for one behind it': {
    parties: ['first', 'later'],
    program: () => {
      const scope = taskScope({ limit: 1 });
      const later: { task?: Task<unknown> } = {};
      scope.go(coroutine(function* () { yield* sleep(1); yield* later.task as Task<unknown>; }), { name: 'first' }); // prettier-ignore
      later.task = scope.go(() => sleep(1), { name: 'later' });
    },
  },
  'a child that holds the lock that the one before it wants': {
    parties: ['outsider', 'first', 'later', 'a'],
    program: () => {
      const a = mutex({ name: 'a' });
      const scope = taskScope({ limit: 1 });
      const later: { task?: Task<unknown> } = {};
      task('outsider', function* () {
        yield* a.lock();
        yield* sleep(1);
        yield* later.task as Task<unknown>;
      });
      scope
        .go(
          function* () {
            yield* sleep(5);
            yield* a.lock();
          },
          { name: 'first' },
        )
        .subscribe({ error: () => undefined });
      later.task = scope.go(() => sleep(1), { name: 'later' });
    },
  },

  ...inEveryForm('a job that waits for another of its full queue', ['jobs'], (wrap) => {
    ask(asking({}, wrap));
  }),
  ...inEveryForm('a job that waits for another of its key', ['coroutine'], (wrap) => {
    ask(asking(byKey, wrap), 'k');
  }),
  'as many jobs as may run, each of which waits for one that may not yet': {
    parties: ['jobs'],
    program: () => {
      const jobs = asking({ concurrency: 3 }, (one) => one);
      for (let i = 0; i < 3; i++) ask(jobs);
    },
  },
  'a job that is itself the wait for another': {
    parties: ['jobs'],
    program: () => {
      const jobs: JobQueue<number, unknown> = jobQueue((n: number) => jobs.start(n + 1), { name: 'jobs' });
      jobs.start(1);
    },
  },
  'a job that waits for itself': {
    parties: ['jobs'],
    program: () => {
      const jobs: JobQueue<number, unknown> = jobQueue(
        function* () {
          yield* sleep(1);
          yield* job;
        } as never,
        { name: 'jobs', concurrency: 2 },
      );
      const job: Job<number, unknown> = jobs.start(1);
    },
  },
  'a job that waits until its queue is idle': {
    parties: ['jobs'],
    program: () => {
      const jobs: JobQueue<number, unknown> = jobQueue(
        function* () {
          yield* jobs.whenIdle();
        } as never,
        { name: 'jobs' },
      );
      jobs.start(1);
    },
  },
  'a job that waits for the end of its queue': {
    parties: ['jobs'],
    program: () => {
      const jobs: JobQueue<number, unknown> = jobQueue(
        function* () {
          yield* sleep(1);
          yield* jobs.close();
        } as never,
        { name: 'jobs', concurrency: 3 },
      );
      jobs.start(1);
    },
  },
  'a job that wants the lock of the one who waits for a job behind it': {
    parties: ['outsider', 'jobs', 'a'],
    program: () => {
      const a = mutex({ name: 'a' });
      const jobs = asking({}, () => a.lock(), () => sleep(1)); // prettier-ignore
      task('outsider', function* () {
        yield* a.lock();
        ask(jobs);
        yield* sleep(1);
        yield* jobs.start({ to: 'serve' });
      });
    },
  },

  ...inEveryForm('a job that submits another to its full queue, and waits for that', ['jobs'], (wrap) => {
    submitting({}, (jobs) => wrap(until(jobs.submit('serve')), until(jobs.submit('serve'))));
  }),
  'a job that submits another to its full queue, and hands that out': {
    parties: ['jobs'],
    program: () => {
      const jobs: JobQueue<number, unknown> = jobQueue((n: number) => jobs.submit(n + 1), { name: 'jobs' });
      jobs.start(1);
    },
  },
  'a job that submits another of its key, and waits for that': {
    parties: ['coroutine'],
    program: () => {
      submitting({ concurrency: 5, key: () => 'k' }, (jobs) => until(jobs.submit('serve')));
    },
  },
  'a task that waits for a job that it has submitted, which waits for it': {
    parties: ['one'],
    program: () => {
      const jobs = jobQueue(() => one as Operation<unknown>, { name: 'jobs' });
      const one: Task<unknown> = task('one', function* () {
        yield* sleep(1);
        yield* until(jobs.submit(1));
      });
    },
  },
  'a task that waits for work under a lock by until, which waits for it': {
    parties: ['one'],
    program: () => {
      const m = mutex({ name: 'm' });
      const one: Task<unknown> = task('one', function* () {
        yield* sleep(1);
        yield* until(m.withLock(one));
      });
    },
  },

  ...inEveryForm('a handler that sends to its own full queue', ['jobs'], (wrap) => {
    const jobs = full({ capacity: 2 });
    work(jobs, function* () {
      yield* sleep(1);
      yield* wrap(gather([3, 4].map((n) => jobs.send(n))), gather([3, 4].map((n) => jobs.send(n))));
    } as never).subscribe();
  }),
  'all handlers send to their own full queue': {
    parties: ['jobs'],
    program: () => {
      const jobs = queue<number>({ name: 'jobs', capacity: 1 });
      work(
        jobs,
        function* (n: number) {
          yield* sleep(1);
          yield* jobs.send(n);
          yield* jobs.send(n);
        } as never,
        { concurrency: 2 },
      ).subscribe();
      for (const n of [1, 2, 3]) jobs.trySend(n);
    },
  },

  ...inEveryForm('a handler that joins', ['jobs'], (wrap) => {
    const jobs = full();
    work(jobs, function* () {
      yield* sleep(1);
      yield* wrap(jobs.join(), jobs.join());
    } as never).subscribe();
  }),
  'a handler that joins at once': {
    parties: ['jobs'],
    program: () => {
      const jobs = full();
      work(jobs, function* () {
        yield* jobs.join();
      } as never).subscribe();
    },
  },
  'a handler that is itself a join': {
    parties: ['jobs'],
    program: () => {
      const jobs = full();
      work(jobs, () => jobs.join()).subscribe();
    },
  },

  'two permits, after work that held one of them': {
    parties: ['one', 's'],
    program: () => {
      const s = semaphore(2, { name: 's' });
      for (const name of ['one', 'two'])
        task(name, function* () {
          yield* s.acquire();
          yield* s.withPermit(function* () {
            yield* sleep(1);
          });
          yield* sleep(name === 'one' ? 1 : 5);
          yield* s.acquire();
        });
    },
  },
  ...held('a lock', (m) => m.lock(), (m, held) => m.withLock(held)), // prettier-ignore
  'a permit, held by work that wants another': {
    parties: ['s'],
    program: () => {
      const s = semaphore(1, { name: 's' });
      s.withPermit(s.acquire()).subscribe();
    },
  },
  'all permits, held by work that wants another': {
    parties: ['s'],
    program: () => {
      const s = semaphore(2, { name: 's' });
      for (let i = 0; i < 2; i++)
        s.withPermit(() =>
          coroutine(function* () {
            yield* sleep(1);
            yield* s.acquire();
          }),
        ).subscribe();
    },
  },
};

/** Work that is no task's, and waits under a lock. */
function held(
  what: string,
  take: (m: Mutex) => Operation<void>,
  under: (m: Mutex, work: never) => { subscribe(): unknown },
): Record<string, Kind> {
  const works: Record<string, (m: Mutex) => unknown> = {
    'an operation': (m) => take(m),
    'a function that returns one': (m) => () => take(m),
    'a mapped operation': (m) => () => take(m).map(() => 1),
    'a select': (m) => () => select({ one: take(m), other: m.lock() }),
    'a generator': (m) =>
      function* () {
        yield* sleep(1);
        yield* take(m);
      },
  };
  const own = Object.entries(works).map(([form, make]): [string, Kind] => [
    `${what}, held by work that wants it again: ${form}`,
    {
      parties: ['m'],
      program: () => {
        const m = mutex({ name: 'm' });
        under(m, make(m) as never).subscribe();
      },
    },
  ]);
  const crossed = Object.entries(works).map(([form, make]): [string, Kind] => [
    `${what}, held by work that wants that of a task which wants this one: ${form}`,
    {
      parties: ['one', 'm', 'n'],
      program: () => {
        const [m, n] = [mutex({ name: 'm' }), mutex({ name: 'n' })];
        task('one', function* () {
          yield* n.lock();
          yield* sleep(5);
          yield* m.lock();
        });
        at(1, () => {
          under(m, make(n) as never).subscribe();
        });
      },
    },
  ]);
  return Object.fromEntries([...own, ...crossed]);
}

/** Two that lock in opposite order, of which one is given up after a while as a whole, however deep that stands. */
function givenUp(what: string, giveUp: (body: Operation<unknown>) => Operation<unknown>): Record<string, () => void> {
  type Take = (first: Mutex, second: Mutex) => Operation<unknown>;
  const takes: Record<string, Take> = {
    'a coroutine': (first, second) =>
      coroutine(function* () {
        yield* first.lock();
        yield* sleep(5);
        yield* second.lock();
      }),
    'work under a lock': (first, second) =>
      first.withLock(function* () {
        yield* sleep(5);
        yield* second.lock();
      }),
    'the child of a group': (first, second) =>
      taskGroup(function* (group) {
        group.go(takes['a coroutine']?.(first, second) as Operation<unknown>);
        yield* sleep(1);
      }),
    'a step of an owner': (first, second) => stateOwner<unknown>(0).update(() => takes['a coroutine']?.(first, second)),
    'one of several': (first, second) => gather([takes['a coroutine']?.(first, second) as Operation<unknown>]),
    'a job': (first, second) =>
      until(jobQueue(() => takes['a coroutine']?.(first, second) as Operation<unknown>).submit(1)),
  };
  return Object.fromEntries(
    Object.entries(takes).flatMap(([form, take]) =>
      [0, 1].map((depth): [string, () => void] => [
        `two locks in opposite order, of which one is taken by ${form} with ${what}${depth === 0 ? '' : ' further out'}`,
        () => {
          const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
          task('one', function* () {
            yield* a.lock();
            yield* sleep(5);
            yield* b.lock();
          });
          task('two', function* () {
            yield* giveUp(depth === 0 ? take(b, a) : coroutine(() => take(b, a) as never));
          });
        },
      ]),
    ),
  );
}

describe('a deadlock', () => {
  it.each(Object.entries(DEADLOCKS))('is found: %s', (_kind, { program, parties }) => {
    const { findings, cycles } = seen(program);
    expect(findings, 'once').toHaveLength(1);
    expect(cycles, 'and it is in the snapshot').toHaveLength(1);
    for (const party of parties) expect(findings[0]?.message).toContain(party);
  });
});

const NONE: Record<string, () => void> = {
  ...givenUp('a deadline', (body) => body.withTimeout(1000)),
  ...givenUp('a signal', (body) => body.withSignal(new AbortController().signal)),
  ...givenUp('another case', (body) => select({ body, late: sleep(1000) })),
  'a job that submits another to its full queue with a deadline': () => {
    submitting({}, (jobs) => until(jobs.submit('serve')).withTimeout(1000));
  },
  'a job that submits another to its full queue, and may hear of something else': () => {
    submitting({}, (jobs) => until(merge(jobs.submit('serve'), NEVER)));
    submitting({}, (jobs) => until(jobs.submit('serve').pipe(takeUntil(timer(1000)))));
  },
  'a handler that sends to its own full queue, beside another worker': () => {
    const jobs = full({ capacity: 2 });
    const body = function* (n: number): Generator<never, void> {
      yield* sleep(1);
      if (n === 1) yield* jobs.send(3);
    } as never;
    work(jobs, body, { concurrency: 2 }).subscribe();
    jobs.trySend(3);
    jobs.trySend(3);
  },
  'who stands behind one that wants more permits than are free, and may leave': () => {
    const s = semaphore(2, { name: 's' });
    task('one', function* () {
      yield* s.acquire();
      yield* sleep(5);
      yield* behind;
    });
    task('ahead', function* () {
      yield* sleep(1);
      yield* s.acquire(2).withTimeout(1000);
    });
    const behind = task('behind', function* () {
      yield* sleep(2);
      yield* s.acquire();
    });
  },
  'a select that waits for what one of its cases brings, before the other stands': () => {
    const one: Task<unknown> = task('one', function* () {
      yield* sleep(1);
      yield* select({
        own: coroutine(function* () {
          yield* one;
        }),
        late: coroutine(() => sleep(1000) as never),
      });
    });
  },
  'a child that waits for one behind it with a deadline': () => {
    crowded(
      1,
      () => undefined,
      (later) => later.withTimeout(1000),
    );
  },
  'a child that waits for one behind it, or for a timer': () => {
    crowded(
      1,
      () => undefined,
      (later) => select({ later, late: sleep(1000) }),
    );
  },
  'a child that waits for one behind it, and another whose end makes room': () => {
    crowded(
      2,
      (group) => {
        group.go(() => sleep(1000), { name: 'busy' });
      },
      (later) => later,
    );
  },
  'a child that waits for one for whom there is room': () => {
    crowded(
      3,
      () => undefined,
      (later) => later,
    );
  },
  'a body that waits for children that have their turn one after the other': () => {
    task('parent', function* () {
      yield* taskGroup(
        function* (group) {
          const children = Array.from({ length: 5 }, () => group.go(() => sleep(500)));
          yield* children[4] as Task<unknown>;
        },
        { limit: 1 },
      );
    });
  },

  'a job that waits for another with a deadline': () => {
    ask(asking({}, (one) => one.withTimeout(1000)));
  },
  'a job that waits for another, or for a timer': () => {
    ask(asking({}, (one) => select({ one, late: sleep(1000) })));
  },
  'a job that waits for another, for which there is a place': () => {
    ask(asking({ concurrency: 3 }, (one) => one, () => sleep(1000))); // prettier-ignore
  },
  'a job that waits for another, while a third will make room': () => {
    const jobs = asking({ concurrency: 2 }, (one) => one, () => sleep(1000)); // prettier-ignore
    jobs.start({ to: 'serve' });
    ask(jobs);
  },
  'a job that waits for one of another key': () => {
    const jobs: JobQueue<string, unknown> = jobQueue(
      function* (key: string) {
        if (key === 'a') yield* jobs.start('b');
        else yield* sleep(1000);
      } as never,
      { name: 'jobs', key: (key) => key, concurrency: 2 },
    );
    jobs.start('a');
  },
  'a job that may take only so long': () => {
    ask(asking({ timeout: 1000 }, (one) => one));
  },
  'a job that waits for one that a newer one may drop': () => {
    ask(asking({ capacity: 1, overflow: 'dropOldest' }, (_one, other) => other));
  },
  'a job that waits for one that is paused': () => {
    const jobs = asking({ concurrency: 3 }, (one) => one);
    ask(jobs);
    jobs.pause();
  },
  'a job that waits for one that is tried again': () => {
    const jobs: JobQueue<string, unknown> = jobQueue(
      function* (what: string) {
        yield* sleep(1);
        if (what === 'fail') throw new Error('not yet');
        yield* failing;
      } as never,
      { name: 'jobs', retry: { attempts: 50, backoff: () => 60 }, concurrency: 2 },
    );
    const failing: Job<string, unknown> = jobs.start('fail');
    failing.subscribe({ error: () => undefined });
    jobs.start('wait').subscribe({ error: () => undefined });
  },
  'somebody outside who waits for jobs, and for their idleness': () => {
    const jobs = asking({}, (one) => one, () => sleep(1000)); // prettier-ignore
    task('one', function* () {
      yield* gather([jobs.start({ to: 'serve' }), jobs.start({ to: 'serve' })]);
    });
    task('two', function* () {
      yield* jobs.whenIdle();
    });
  },

  'a worker that joins with a deadline': () => {
    const jobs = full();
    joining(jobs, () => jobs.join().withTimeout(1000));
  },
  'a worker that joins, or gives up': () => {
    const jobs = full();
    joining(jobs, () => select({ all: jobs.join(), late: sleep(1000) }));
  },
  'a worker that joins, when its lease runs out': () => {
    const jobs = full({ leaseMs: 1000 });
    joining(jobs, () => jobs.join());
  },
  'a worker that joins with its delivery in hand, which anybody may settle': () => {
    const jobs = full();
    joining(jobs, () => jobs.join());
  },
  'a worker that joins another queue': () => {
    const other = full();
    joining(full(), () => other.join());
  },
  'a worker that joins while another works': () => {
    const jobs = full();
    task('main', function* () {
      const delivery = yield* jobs.lease();
      delivery.ack();
      yield* jobs.join();
    });
    joining(jobs, () => sleep(1000));
  },
  'one who leases for its children, and joins': () => {
    const jobs = full();
    task('main', function* () {
      for (let i = 0; i < 2; i++) {
        const delivery = yield* jobs.lease();
        task('child', function* () {
          yield* sleep(1000);
          delivery.ack();
        });
      }
      yield* jobs.join();
    });
  },
  'one who starts workers, and joins': () => {
    const jobs = full();
    task('main', function* () {
      work(jobs, () => timer(1000), { concurrency: 2 }).subscribe();
      yield* jobs.join();
    });
  },
  'one who subscribes to leases, and joins': () => {
    const jobs = full();
    task('main', function* () {
      for (let i = 0; i < 2; i++) jobs.lease().subscribe((delivery) => void timer(1000).subscribe(() => { delivery.ack(); })); // prettier-ignore
      yield* jobs.join();
    });
  },
  'a handler that joins, and may take only so long': () => {
    const jobs = full({ maxAttempts: 1 });
    work(jobs, () => jobs.join(), { timeout: 1000 }).subscribe();
  },
  'a handler that joins, and may be stopped': () => {
    const jobs = full();
    work(jobs, () => jobs.join(), { stop: timer(1000), grace: 10 }).subscribe();
  },
  'a handler that has settled its delivery, and joins': () => {
    const jobs = queue<number>({ name: 'jobs' });
    jobs.trySend(1);
    jobs.trySend(2);
    task('other', function* () {
      const delivery = yield* jobs.lease();
      yield* sleep(1000);
      delivery.ack();
    });
    work(jobs, function* (_n: number, delivery: { ack(): void }) {
      yield* sleep(1);
      delivery.ack();
      yield* jobs.join();
    } as never).subscribe();
  },

  'work that wants its lock with a deadline': () => {
    const m = mutex({ name: 'm' });
    m.withLock(m.lock().withTimeout(1000)).subscribe({ error: () => undefined });
  },
  'work that wants its lock until a notifier emits': () => {
    const m = mutex({ name: 'm' });
    m.withLock(m.lock().pipe(takeUntil(timer(1000)))).subscribe();
  },
  'work that wants its lock, or a timer': () => {
    const m = mutex({ name: 'm' });
    m.withLock(() => select({ one: m.lock(), late: sleep(1000) })).subscribe();
  },
  'work that is no more than slow': () => {
    const m = mutex({ name: 'm' });
    m.withLock(NEVER).subscribe();
    m.withLock(defer(() => of(1))).subscribe();
    task('one', function* () {
      yield* until(m.withLock(of(1)));
    });
  },
};

describe('no deadlock', () => {
  it.each(Object.entries(NONE))('is %s', (_kind, program) => {
    const { findings, cycles } = seen(program);
    expect([findings, cycles]).toEqual([[], []]);
  });
});
