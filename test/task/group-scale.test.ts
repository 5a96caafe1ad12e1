// Groups of 100 000. In virtual time, where a turn has no budget and is not cut.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { asCompleted, deferred, gather, go, type Task, type TaskGroup, taskGroup, wait } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { virtual } from '../virtual.ts';
import { raise } from './jobs.ts';

const MANY = 100_000;

describe('4.6 a group of 100 000 children', () => {
  it('holds none that has ended', async () => {
    let group!: TaskGroup;
    const children: WeakRef<Task<number>>[] = [];
    const running = taskGroup(function* (own) {
      group = own;
      yield* deferred();
    }).subscribe();
    virtual(() => {
      for (let i = 0; i < MANY; i++) {
        const child = group.go(function* () {
          return i;
        });
        if (i % 1000 === 0) children.push(new WeakRef(child));
      }
    });
    check(group);
    expect(group.size).toBe(0);
    setFlagsFromString('--expose-gc');
    // What a WeakRef was made of lives to the end of the job.
    await new Promise((resolve) => setImmediate(resolve));
    (runInNewContext('gc') as () => void)();
    expect(children.filter((child) => child.deref() !== undefined)).toHaveLength(0);
    running.unsubscribe();
  });

  it('ends without recursion when all end at once', () => {
    const told = new Record();
    virtual(() => {
      const start = deferred<void>();
      taskGroup(function* (group) {
        for (let i = 0; i < MANY; i++) group.go(start);
      }).subscribe(told.by('group'));
      start.resolve();
    });
    expect(told.lines).toEqual(['group got undefined']);
  });

  it('fails without recursion when all fail at once, with every error', () => {
    let errors: unknown[] = [];
    virtual(() => {
      const start = deferred<void>();
      taskGroup(function* (group) {
        for (let i = 0; i < MANY; i++) {
          group.go(function* () {
            try {
              yield* start;
            } finally {
              raise(i);
            }
          });
        }
      }).subscribe({ error: (error: unknown) => ({ errors } = error as AggregateError) });
      start.reject('boom');
    });
    expect(errors).toHaveLength(MANY);
    expect(errors.every((error, index) => error === index)).toBe(true);
  });

  it('is cancelled without recursion, running or queued', () => {
    const told = new Record();
    let cleaned = 0;
    virtual(() => {
      const waiting = taskGroup(
        function* (group) {
          for (let i = 0; i < MANY; i++) {
            group.go(function* () {
              try {
                yield* deferred();
              } finally {
                cleaned++;
              }
            });
          }
        },
        { limit: MANY / 2 },
      ).subscribe(told.all('group'));
      waiting.unsubscribe();
    });
    expect(cleaned).toBe(MANY / 2);
    expect(told.lines).toEqual([]);
  });
});

describe('4.9 100 000 futures', () => {
  it('are gathered, waited for, and emitted as they complete, without recursion', () => {
    const told = new Record();
    virtual(() => {
      const futures = Array.from({ length: MANY }, () => deferred<number>());
      gather(futures)
        .map((values) => values.length)
        .subscribe(told.by('gather'));
      wait(futures)
        .map(({ done }) => done.length)
        .subscribe(told.by('wait'));
      let emitted = 0;
      asCompleted(futures).subscribe({
        next: () => {
          emitted++;
          // Each settles the next from inside of its own emission.
          futures[emitted]?.resolve(emitted);
        },
        complete: () => told.add(`asCompleted ${emitted}`),
      });
      const chain = go(function* () {
        for (const future of futures) yield* future;
      });
      chain.subscribe(told.by('chain'));
      futures[0]!.resolve(0);
    });
    expect(told.lines).toEqual([
      `gather got ${MANY}`,
      `wait got ${MANY}`,
      `asCompleted ${MANY}`,
      'chain got undefined',
    ]);
  });
});
