// Every kind of finding but deadlocks: a program that provokes it, and one that must not.

import { mergeMap, type Observable, share, Subscription, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  broadcast,
  channel,
  coroutine,
  deferred,
  gather,
  gate,
  go,
  groupWithin,
  jobQueue,
  mergeSelect,
  mutex,
  type Operation,
  produce,
  queue,
  select,
  sendTo,
  shield,
  sleep,
  stateOwner,
  taskGroup,
  until,
  work,
} from '../../src/index.ts';
import { type Finding, inspect } from '../../src/inspect/index.ts';
import { runMarbles } from '../../src/testing/index.ts';
import { at, virtual } from '../virtual.ts';
import { kindsIn, look } from './looking.ts';

/** Runs for so long, in real time. */
function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

/** In real time: what `program` has brought to light when its task has ended. */
async function really(
  program: () => Operation<unknown>,
  options: Parameters<typeof inspect>[0] = {},
): Promise<Finding[]> {
  using inspector = inspect(options);
  const found: Finding[] = [];
  inspector.findings$.subscribe((finding) => found.push(finding));
  await program().promise();
  return found;
}

/** Ways to wait for an operation: each starts, and gives what withdraws it. */
const FORMS: readonly (readonly [string, (operation: Operation<unknown>) => () => void])[] = [
  [
    'subscribe',
    (operation) => {
      const waiting = operation.subscribe();
      return () => waiting.unsubscribe();
    },
  ],
  [
    'promise',
    (operation) => {
      const given = new AbortController();
      operation.promise({ signal: given.signal }).catch(() => undefined);
      return () => given.abort();
    },
  ],
  ['yield*', inTask((operation) => operation)],
  ['map', inTask((operation) => operation.map(() => 1))],
  ['select', inTask((operation) => select({ operation }))],
  ['withTimeout', inTask((operation) => operation.withTimeout(100_000))],
  ['withSignal', inTask((operation) => operation.withSignal(new AbortController().signal))],
  ['withRetry', inTask((operation) => operation.withRetry({ attempts: 2 }))],
  ['gather', inTask((operation) => gather([operation]))],
  ['shield', inTask((operation) => shield(operation))],
];

function inTask(
  form: (operation: Operation<unknown>) => Operation<unknown>,
): (operation: Operation<unknown>) => () => void {
  return (operation) => {
    const task = go(
      function* () {
        yield* form(operation);
      },
      { name: 'waiter' },
    );
    task.subscribe({ error: () => undefined });
    return () => void task.cancel();
  };
}

describe('slowStep', () => {
  it('is found of a step that takes longer, once a task, with how long it took', async () => {
    const found = await really(
      () =>
        go(
          function* () {
            for (let i = 0; i < 3; i++) {
              yield* sleep(1);
              block(30);
            }
          },
          { name: 'cruncher' },
        ),
      { slowStep: 20 },
    );
    expect(found).toEqual([
      {
        kind: 'slowStep',
        task: 'cruncher',
        place: null,
        message: expect.stringMatching(/^cruncher has run for \d+ ms without a yield\* \(slowStep: 20 ms\)/),
      },
    ]);
  });

  it('is of the coroutine that was slow, not of the one that waits for it, nor of one that was started meanwhile', async () => {
    const found = await really(
      () =>
        go(
          function* () {
            yield* sleep(1);
            yield* taskGroup(function* (group) {
              group.go(
                function* () {
                  yield* sleep(0);
                  block(100);
                },
                { name: 'slow' },
              );
              yield* sleep(0);
            });
            go(
              function* () {
                yield* sleep(0);
              },
              { name: 'quick' },
            );
            yield* sleep(1);
          },
          { name: 'outer' },
        ),
      { slowStep: 80 },
    );
    expect(found.map(({ task }) => task)).toEqual(['slow']);
  });

  it('is none of many short steps, of a long wait, nor in virtual time', async () => {
    const quick = () =>
      go(function* () {
        for (let i = 0; i < 20; i++) {
          block(2);
          yield* sleep(1);
        }
      });
    expect(await really(quick, { slowStep: 5000 })).toEqual([]);
    const seen = look(
      () => {
        go(function* () {
          yield* sleep(1);
          block(5);
        });
      },
      { slowStep: 1 },
    );
    expect(seen.found).toEqual([]);
  });
});

describe('longWait', () => {
  it.each(FORMS)('is found of who waits longer, when it does: %s', (_, perform) => {
    const { findings, found } = look(() => void perform(channel<number>({ name: 'orders' }).receive()), {
      longWait: 100,
    });
    const isTask = findings[0]?.task !== null;
    expect(found).toEqual([`frame 101: longWait${isTask ? ' of waiter' : ''} at orders`]);
    expect(findings[0]?.message).toMatch(/has waited for more than 100 ms \(longWait\): /);
  });

  it.each(FORMS)('is none of who is served, or leaves, in time: %s', (_, perform) => {
    expect(
      look(
        () => {
          const [orders, others] = [channel<number>(), channel<number>()];
          perform(orders.receive());
          at(100, () => orders.trySend(1));
          const leave = perform(others.receive());
          at(100, leave);
        },
        { longWait: 100 },
      ).found,
    ).toEqual([]);
  });

  it('is told again of the next wait that is too long, and not of the same', () => {
    const { found } = look(
      () => {
        const orders = channel<number>({ name: 'orders' });
        go(
          function* () {
            for (;;) yield* orders.receive();
          },
          { name: 'clerk' },
        );
        at(300, () => orders.trySend(1));
        at(350, () => orders.trySend(2));
        at(400, () => orders.trySend(3));
      },
      { longWait: 100 },
    );
    expect(found).toEqual(['frame 101: longWait of clerk at orders', 'frame 501: longWait of clerk at orders']);
  });

  it('counts each wait of one who waits again and again by itself, without a task too', () => {
    const program = (ms: number) => (): void => {
      const [from, to] = [channel<number>({ capacity: 9, name: 'from' }), channel<number>({ name: 'to' })];
      for (let i = 0; i < 9; i++) from.trySend(i);
      from.pipe(sendTo(to)).subscribe();
      for (let i = 1; i < 9; i++) at(i * ms, () => to.tryReceive());
    };
    expect(look(program(60), { longWait: 100 }, 500).found).toEqual([]);
    expect(look(program(200), { longWait: 100 }, 500).found).toEqual(
      [101, 301].map((t) => `frame ${t}: longWait at to`),
    );
  });

  it('is none of workers that have nothing to do', () => {
    const program = (): void => void work(queue<number>(), () => timer(1)).subscribe();
    expect(look(program, { longWait: 100 }).found).toEqual([]);
  });

  it('is found of every kind of wait: a lock, an owner, time, a task, a deferred, a group', () => {
    const { findings } = look(
      () => {
        const [lock, owner, later] = [mutex({ name: 'lock' }), stateOwner(0, { name: 'owner' }), deferred<void>()];
        lock.tryLock();
        go(() => lock.lock(), { name: 'locker' });
        go(() => owner.update(() => later.map(() => 1)), { name: 'asker' });
        const sleeper = go(() => sleep(500), { name: 'sleeper' });
        go(() => sleeper, { name: 'joiner' });
        go(() => later, { name: 'patient' });
        go(
          () =>
            taskGroup(function* () {
              yield* later;
            }),
          { name: 'parent' },
        );
      },
      { longWait: 100 },
    );
    const named = findings.filter(({ task }) => task !== null && !task.includes('#')).map(({ task }) => task);
    expect(named).toEqual(['locker', 'asker', 'sleeper', 'joiner', 'patient', 'parent']);
  });

  it('is found of a buffer that is full for longer, and none of one that has room in between', () => {
    const { found } = look(
      () => {
        const [full, busy] = [
          channel<number>({ name: 'full', capacity: 1 }),
          channel<number>({ name: 'busy', capacity: 1 }),
        ];
        full.trySend(1);
        for (let t = 0; t < 500; t += 50)
          at(t, () => {
            busy.tryReceive();
            busy.trySend(t);
          });
        at(500, () => busy.tryReceive());
      },
      { longWait: 100 },
    );
    expect(found).toEqual(['frame 101: longWait at full']);
  });

  it('is none of a subscription, which may wait for ever, nor without a limit', () => {
    expect(
      look(
        () => {
          channel<number>().subscribe();
          broadcast<number>().subscribe();
        },
        { longWait: 100 },
      ).found,
    ).toEqual([]);
    expect(
      look(() => {
        go(() => channel<number>().receive());
      }).found,
    ).toEqual([]);
  });
});

describe('growing', () => {
  const flood = (ch: { trySend(n: number): boolean }, each: () => void = () => undefined) => {
    for (let t = 0; t < 600; t++)
      at(t, () => {
        ch.trySend(t);
        each();
      });
  };

  it('is found of an unbounded buffer from which nobody takes, or too few', () => {
    const { found, findings } = look(() => {
      const [never, slowly] = [
        channel<number>({ name: 'never', capacity: Infinity }),
        queue<number>({ name: 'slowly' }),
      ];
      flood(never);
      flood(slowly, () => {
        if (slowly.size % 3 === 2) slowly.tryReceive();
        slowly.trySend(0);
      });
    });
    expect(found.map((line) => line.replace(/frame \d+/, 'then'))).toEqual([
      'then: growing at never',
      'then: growing at slowly',
    ]);
    expect(findings[0]?.message).toMatch(
      /^the buffer of never only grows: it holds 1\d\d values, and nothing has been received/,
    );
  });

  it('is found in a tap', () => {
    const { found } = look(() => {
      const news = broadcast<number>({ name: 'news', capacity: Infinity });
      news.tap();
      flood(news);
    });
    expect(found).toHaveLength(1);
  });

  it('is none of a burst that is worked off, of a bounded buffer, nor of one that goes up and down', () => {
    expect(
      look(() => {
        const [burst, bounded, waves] = [
          channel<number>(Infinity),
          channel<number>({ capacity: 64, overflow: 'dropOldest' }),
          queue<number>(),
        ];
        for (let i = 0; i < 10_000; i++) burst.trySend(i);
        at(5, () => {
          while (burst.tryReceive().ok);
        });
        flood(bounded);
        for (let wave = 0; wave < 6; wave++)
          for (let i = 0; i < 90; i++) {
            at(wave * 100 + i, () => waves.trySend(i));
            if (i === 89)
              at(wave * 100 + 95, () => {
                while (waves.tryReceive().ok);
              });
          }
      }).found,
    ).toEqual([]);
  });
});

describe('stuckLease', () => {
  it('is found of a lease that lasts for too long, and is over when that is settled', () => {
    const { found, findings } = look(
      () => {
        const jobs = queue<string>({ name: 'jobs' });
        jobs.trySend('a');
        go(
          function* () {
            const job = yield* jobs.lease();
            yield* sleep(300);
            job.ack();
          },
          { name: 'worker' },
        );
      },
      { longWait: 200 },
    );
    expect(found.filter((line) => line.includes('stuckLease'))).toEqual(['frame 201: stuckLease of worker at jobs']);
    expect(findings.find(({ kind }) => kind === 'stuckLease')?.message).toContain(
      'has lasted for more than 200 ms (longWait)',
    );
  });

  it('is found when the task that has leased it has ended without settling it', () => {
    const { found } = look(() => {
      const jobs = queue<string>({ name: 'jobs' });
      go(
        function* () {
          yield* jobs.lease();
          yield* sleep(3);
        },
        { name: 'forgetful' },
      );
      go(
        function* () {
          yield* select({ job: jobs.lease() });
        },
        { name: 'select' },
      );
      jobs.trySend('a');
      jobs.trySend('b');
    });
    expect(found).toEqual(['frame 0: stuckLease of select at jobs', 'frame 3: stuckLease of forgetful at jobs']);
  });

  it('is none that is acked, nacked, released or runs out, nor of work, nor one that a child settles', () => {
    expect(
      look(
        () => {
          const jobs = queue<string>({ maxAttempts: 1 });
          for (const job of 'abcde') jobs.trySend(job);
          go(function* () {
            (yield* jobs.lease()).ack();
            (yield* jobs.lease()).nack();
            (yield* jobs.lease()).release?.();
          });
          go(function* () {
            const job = yield* jobs.lease();
            go(function* () {
              yield* sleep(5);
              job.ack();
            });
          });
          work(jobs, () => sleep(50)).subscribe();
          const brief = queue<string>({ leaseMs: 50 });
          brief.trySend('z');
          go(function* () {
            yield* brief.lease();
          });
          at(120, () => brief.cancel());
        },
        { longWait: 5000 },
      ).found,
    ).toEqual([]);
  });
});

describe('splitSubscribers', () => {
  it('is found of two subscribers to one channel, when the second comes, and again when that comes again', () => {
    const { found, findings } = look(() => {
      const orders = channel<number>({ name: 'orders' });
      orders.subscribe();
      at(3, () => {
        const second = orders.subscribe();
        at(5, () => second.unsubscribe());
      });
      at(9, () => orders.subscribe());
    });
    expect(found).toEqual(['frame 3: splitSubscribers at orders', 'frame 9: splitSubscribers at orders']);
    expect(findings[0]?.message).toMatch(/^2 subscribers share orders: each value reaches only one of them/);
  });

  it('is found of whatever is pulled: produce, mergeSelect, groupWithin', () => {
    const { found } = look(() => {
      const made = produce<number>(
        function* (out) {
          yield* sleep(1);
          yield* out.send(1);
        },
        { name: 'made' },
      );
      const merged = mergeSelect({ a: channel<number>() });
      const batches = groupWithin(channel<number>(), 2, 10);
      for (const source of [made, merged, batches] as readonly Observable<unknown>[]) {
        source.subscribe();
        source.subscribe();
      }
    });
    expect(found.map((line) => line.replace(/#\d+/, ''))).toEqual([
      'frame 0: splitSubscribers at made',
      'frame 0: splitSubscribers at mergeSelect',
      'frame 0: splitSubscribers at groupWithin',
    ]);
  });

  it('is none of one after the other, of receives, of share, of a broadcast, nor of workers of a queue', () => {
    expect(
      look(() => {
        const [orders, shared, news, jobs] = [
          channel<number>(1),
          channel<number>(),
          broadcast<number>(),
          queue<number>(),
        ];
        orders.trySend(1);
        orders.pipe(take(1)).subscribe();
        orders.subscribe();
        go(() => orders.receive());
        const all = shared.pipe(share());
        all.subscribe();
        all.subscribe();
        news.subscribe();
        news.subscribe();
        jobs.subscribe();
        jobs.subscribe();
      }).found,
    ).toEqual([]);
  });
});

describe('ignoredCancel', () => {
  it('is found of a body whose finally block swallows it, by continue, break or return', () => {
    const { found } = look(() => {
      const looping = go(
        function* () {
          for (let i = 0; i < 3; i++) {
            try {
              yield* sleep(50);
            } finally {
              // eslint-disable-next-line no-unsafe-finally -- what this is about
              continue;
            }
          }
        },
        { name: 'continues' },
      );
      const breaking = go(
        function* () {
          for (;;) {
            try {
              yield* sleep(50);
            } finally {
              // eslint-disable-next-line no-unsafe-finally -- what this is about
              break;
            }
          }
          yield* sleep(10);
        },
        { name: 'breaks' },
      );
      const nested = go(
        function* () {
          yield* (function* () {
            for (;;) {
              try {
                yield* sleep(50);
              } finally {
                // eslint-disable-next-line no-unsafe-finally -- what this is about
                break;
              }
            }
          })();
        },
        { name: 'in a helper' },
      );
      at(5, () => {
        looping.cancel();
        breaking.cancel();
        nested.cancel();
      });
    });
    expect(found.map((line) => line.replace(/frame \d+: /, '')).sort()).toEqual([
      'ignoredCancel of breaks',
      'ignoredCancel of continues',
      'ignoredCancel of in a helper',
    ]);
  });

  it('is found of one that goes on and on in its finally block, before it has ended', () => {
    const { found } = look(() => {
      const task = go(
        function* () {
          try {
            yield* sleep(500);
          } finally {
            for (let i = 0; i < 300; i++) yield* sleep(1);
          }
        },
        { name: 'endless' },
      );
      at(5, () => task.cancel());
    });
    expect(found).toEqual(['frame 105: ignoredCancel of endless']);
  });

  it('is found of an async function that goes on to its end', async () => {
    using inspector = inspect();
    const found: Finding[] = [];
    inspector.findings$.subscribe((finding) => found.push(finding));
    const heard: string[] = [];
    const deaf = go(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        heard.push('deaf went on');
      },
      { name: 'deaf' },
    );
    const listens = go(
      ({ signal }) =>
        new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      { name: 'listens' },
    );
    deaf.cancel();
    listens.cancel(new Error('enough'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(heard).toEqual(['deaf went on']);
    expect(found.map(({ kind, task }) => [kind, task])).toEqual([['ignoredCancel', 'deaf']]);
  });

  it('is none of one that cleans up, waits meanwhile, fails in that, or was about to end', () => {
    expect(
      look(() => {
        const tasks = [
          go(function* () {
            yield* sleep(100);
          }),
          go(function* () {
            try {
              yield* sleep(100);
            } finally {
              yield* sleep(10);
              yield* sleep(10);
            }
          }),
          go(function* () {
            yield* coroutine(function* () {
              try {
                yield* sleep(100);
              } finally {
                yield* sleep(10);
              }
            });
          }),
          go(function* () {
            try {
              yield* (function* () {
                try {
                  yield* sleep(100);
                } finally {
                  yield* sleep(10);
                }
              })();
            } finally {
              yield* sleep(1);
            }
          }),
          go(function* () {
            try {
              yield* sleep(100);
            } finally {
              // eslint-disable-next-line no-unsafe-finally -- what this is about
              throw new Error('in vain');
            }
          }),
          go(function* () {
            yield* until(new Promise(() => undefined));
          }),
          go(function* () {
            yield* taskGroup(function* (group) {
              group.go(() => sleep(100));
              yield* sleep(100);
            });
          }),
        ];
        for (const task of tasks) task.subscribe({ error: () => undefined });
        at(5, () => {
          for (const task of tasks) task.cancel();
        });
        const ready = deferred<number>();
        const lucky = go(function* () {
          return yield* ready;
        });
        at(6, () => {
          ready.resolve(1);
          lucky.cancel();
        });
      }).found,
    ).toEqual([]);
  });
});

describe('spinning', () => {
  it('is found of a loop that never waits', async () => {
    const open = gate();
    open.set();
    let done = false;
    setTimeout(() => (done = true), 300);
    const found = await really(
      () =>
        go(
          function* () {
            while (!done) yield* open.wait();
          },
          { name: 'spinner' },
        ),
      { slowStep: 1000 },
    );
    expect(found.map(({ kind, task }) => [kind, task])).toEqual([['spinning', 'spinner']]);
    expect(found[0]?.message).toMatch(/^spinner has gone on for \d+ ms without waiting once/);
  });

  it('is found in virtual time, where no time passes', () => {
    const seen = look(() => {
      const open = gate();
      open.set();
      go(
        function* () {
          for (let i = 0; i < 2_000_000; i++) yield* open.wait();
        },
        { name: 'spinner' },
      );
    });
    expect(seen.found).toEqual(['frame 0: spinning of spinner']);
  });

  it('is none of one that works off a buffer, nor of two that wait for each other all the time', async () => {
    const ping = () =>
      go(function* () {
        const [there, back] = [channel<number>(), channel<number>()];
        const full = channel<number>(Infinity);
        for (let i = 0; i < 20_000; i++) full.trySend(i);
        for (let i = 0; i < 20_000; i++) yield* full.receive();
        const other = go(function* () {
          for (;;) yield* back.send(yield* there.receive());
        });
        for (const end = performance.now() + 200; performance.now() < end;) {
          yield* there.send(1);
          yield* back.receive();
        }
        yield* other.cancel();
      });
    expect((await really(ping, { slowStep: 1000 })).map(({ kind }) => kind)).not.toContain('spinning');
  });
});

describe('findings$', () => {
  it('tells those who subscribe later what lasts, and completes at stop', () => {
    const told: string[] = [];
    virtual(() => {
      const inspector = inspect();
      const orders = channel<number>({ name: 'orders' });
      const both = new Subscription();
      both.add(orders.subscribe());
      both.add(orders.subscribe());
      inspector.findings$.subscribe({
        next: ({ kind }) => told.push(`first: ${kind}`),
        complete: () => told.push('first: end'),
      });
      both.unsubscribe();
      inspector.findings$.subscribe({
        next: ({ kind }) => told.push(`second: ${kind}`),
        complete: () => told.push('second: end'),
      });
      inspector.stop();
      inspector.findings$.subscribe({ complete: () => told.push('third: end') });
    });
    expect(told).toEqual(['first: splitSubscribers', 'first: end', 'second: end', 'third: end']);
  });

  it('is told at the end of the library call, where the program may be asked and changed', () => {
    const told: unknown[] = [];
    virtual(() => {
      const inspector = inspect();
      const lock = mutex({ name: 'lock' });
      inspector.findings$.subscribe(() => {
        told.push(inspector.snapshot().tasks.map(({ name, state }) => `${name} ${state}`));
        lock.unlock();
      });
      go(
        function* () {
          yield* lock.lock();
          yield* lock.lock();
          told.push('went on');
        },
        { name: 'twice' },
      );
      told.push('go has returned');
      inspector.stop();
    });
    expect(told).toEqual([['twice waiting'], 'went on', 'go has returned']);
  });

  it('has names escaped', () => {
    const { findings } = look(() => {
      const orders = channel<number>({ name: 'a\nb' });
      orders.subscribe();
      orders.subscribe();
    });
    expect(findings[0]).toMatchObject({ place: 'a\\nb' });
    expect(findings[0]?.message).not.toContain('\n');
  });

  it('needs nothing of the program: an ordinary one has none', () => {
    const seen = look(() => {
      const jobs = jobQueue((n: number) => sleep(n));
      for (let i = 0; i < 20; i++) jobs.submit(i).subscribe();
      const orders = channel<number>(4);
      go(function* () {
        for (let i = 0; i < 50; i++) yield* orders.send(i);
        orders.close();
      });
      orders.pipe(mergeMap((n) => sleep(n), 2)).subscribe();
    });
    expect(kindsIn(seen)).toEqual([]);
  });

  it('works inside of runMarbles, in whose time it counts, and from outside', () => {
    const found: string[] = [];
    using outer = inspect({ longWait: 5 });
    outer.findings$.subscribe(({ kind }) => found.push(`outside: ${kind}`));
    runMarbles(({ cold, expectObservable }) => {
      const inner = inspect({ longWait: 5 });
      inner.findings$.subscribe(({ kind }) => found.push(`inside: ${kind}`));
      const ch = channel<string>();
      expectObservable(ch.receive()).toBe('---------(a|)');
      cold('---------a').subscribe((value) => {
        ch.trySend(value);
        inner.stop();
      });
    });
    expect(found).toEqual(['outside: longWait', 'inside: longWait']);
  });
});
