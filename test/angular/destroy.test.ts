// @vitest-environment jsdom
// A component that is destroyed by its own work, in the middle of whatever that does.

import { type Bed, bed, hearing, useTestBed } from './bed.ts';
import { effect, inject, Injector, provideZonelessChangeDetection, signal } from '@angular/core';
import { map, of, Subject, throwError, timer } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  injectJobQueue,
  injectScope,
  injectTask,
  latestByKey,
  optimisticState,
  provideRxsluice,
  untilSignal,
} from '../../src/angular/index.ts';
import { channel, type Coroutine, sleep } from '../../src/index.ts';
import { runMarblesAsync } from '../../src/testing/index.ts';

const { errors, provider } = hearing();
useTestBed(provideZonelessChangeDetection(), provider, provideRxsluice());
beforeEach(() => {
  errors.length = 0;
});

/** Runs `act` with a component, and some time longer: nothing waits at the end, and nobody heard of an error. */
async function inSilence<T>(make: (destroy: () => void) => T, act: (made: T, host: Bed<T>) => unknown): Promise<void> {
  await runMarblesAsync(async ({ expectIdle }) => {
    expectIdle();
    // What is made calls it later.
    const host: Bed<T> = bed(() => make(() => host.destroy()));
    await act(host.made, host);
    await sleep(100).promise();
  });
  expect(errors).toEqual([]);
}

describe('a component is destroyed by', () => {
  it('its own task, which ends cancelled at its next wait', async () => {
    const seen: unknown[] = [];
    await inSilence(
      (destroy) =>
        injectTask(function* () {
          try {
            yield* sleep(1);
            destroy();
            seen.push('goes on');
            yield* sleep(1);
            seen.push('never');
          } finally {
            seen.push('clean');
          }
        }),
      async (ref) => {
        await sleep(10).promise();
        expect([ref.status(), ref.task.status, ref.error()]).toEqual(['cancelled', 'cancelled', undefined]);
      },
    );
    expect(seen).toEqual(['goes on', 'clean']);
  });

  it('its own task as it fails, or returns: its ref is cancelled, and nobody is told', async () => {
    await inSilence(
      (destroy) => [
        injectTask(function* () {
          yield* sleep(1);
          destroy();
          return 1;
        }),
      ],
      async ([ref]) => {
        await sleep(10).promise();
        expect([ref?.status(), ref?.value()]).toEqual(['cancelled', undefined]);
      },
    );
  });

  it('a handler, in the middle of its job', async () => {
    const seen: unknown[] = [];
    await inSilence(
      (destroy) =>
        injectJobQueue(function* (n: number): Coroutine<number> {
          try {
            yield* sleep(1);
            destroy();
            seen.push(n);
            yield* sleep(1);
            return n;
          } finally {
            seen.push('clean');
          }
        }),
      async (jobs) => {
        const refs = [jobs.run(1), jobs.run(2)];
        await sleep(10).promise();
        seen.push(...refs.map((ref) => ref.state()), jobs.status(), jobs.active(), jobs.pending());
      },
    );
    expect(seen).toEqual([1, 'clean', 'cancelled', 'cancelled', 'idle', 0, 0]);
  });

  it.each(['key', 'order', 'handler', 'backoff', 'when'])(
    'a job queue’s %s, asked as a job is submitted',
    async (where) => {
      await inSilence(
        (destroy) => {
          const at = <R>(here: string, result: R): R => {
            if (here === where) destroy();
            return result;
          };
          return injectJobQueue(
            (n: number) => at('handler', n === 0 ? throwError(() => new Error('again')) : timer(5)),
            {
              key: (n) => at('key', n),
              order: () => at('order', 0),
              retry: { attempts: 3, backoff: () => at('backoff', 1), when: () => at('when', true) },
            },
          );
        },
        async (jobs) => {
          const refs = [0, 1, 2, 3].map((n) => jobs.run(n));
          await sleep(20).promise();
          for (const ref of refs) expect(ref.state()).toBe('cancelled');
          expect([jobs.status(), jobs.active(), jobs.pending()]).toEqual(['idle', 0, 0]);
        },
      );
    },
  );

  it.each(['outcomes$', 'active$', 'idle$', 'state$', 'results$', 'job', 'whenIdle'])(
    'one who listens to %s',
    async (where) => {
      await inSilence(
        (destroy) => ({ destroy, jobs: injectJobQueue((n: number) => of(n)) }),
        ({ destroy, jobs }) => {
          jobs.jobs.pause();
          const ref = jobs.run(1);
          const told: Record<string, { subscribe(tell: () => void): unknown }> = {
            outcomes$: jobs.jobs.outcomes$,
            active$: jobs.jobs.active$,
            idle$: jobs.jobs.idle$,
            state$: ref.job.state$,
            results$: ref.job.results$,
            job: ref.job,
            whenIdle: jobs.whenIdle(),
          };
          let calls = 0;
          told[where]?.subscribe(() => {
            if (calls++ > 0 || !where.includes('$') || where === 'results$' || where === 'outcomes$') destroy();
          });
          jobs.jobs.resume();
          expect(['done', 'cancelled']).toContain(ref.state());
          expect(['done', 'idle']).toContain(jobs.status());
          expect([jobs.active(), jobs.pending()]).toEqual([0, 0]);
          expect(jobs.run(2).state()).toBe('cancelled');
        },
      );
    },
  );

  it.each(['guess', 'save', 'commit', 'owner'])('%s of an optimistic change', async (where) => {
    await inSilence(
      (destroy) => ({ destroy, state: optimisticState('') }),
      async ({ destroy, state }) => {
        if (where === 'owner') state.owner.subscribe((s) => s === 'ab' && destroy());
        const ref = state.update(
          (s) => {
            if (where === 'guess') destroy();
            return `${s}a`;
          },
          () => {
            if (where === 'save') destroy();
            return timer(1);
          },
          {
            commit: (s) => {
              if (where === 'commit') destroy();
              return `${s}ab`;
            },
          },
        );
        await sleep(10).promise();
        expect(state.unsaved()).toBe(0);
        expect(state.value()).toBe(state.owner.value);
        expect(ref.state()).toBe('cancelled');
        expect((await ref.outcome()).status).toBe('cancelled');
      },
    );
  });

  it('what tells the keys of values, or by the source itself', async () => {
    for (const where of ['key', 'source'])
      await inSilence(
        (destroy) => {
          const source = channel<number>(4);
          const pushed = new Subject<number>();
          const key = (n: number): number => {
            if (where === 'key' && n === 2) destroy();
            return n;
          };
          return { destroy, source, pushed, all: [latestByKey(source, key), latestByKey(pushed, key)] };
        },
        async ({ destroy, source, pushed, all }) => {
          source.trySend(1);
          pushed.next(1);
          await sleep(20).promise();
          if (where === 'source') pushed.subscribe(destroy);
          source.trySend(2);
          pushed.next(2);
          pushed.next(3);
          await sleep(20).promise();
          expect(all.map((each) => [...each().keys()])).toEqual([[1], [1]]);
          expect([pushed.observed, source.trySend(4)]).toEqual([where === 'source', true]);
        },
      );
  });

  it('what reads a signal', async () => {
    const told: unknown[] = [];
    await inSilence(
      (destroy) => {
        const n = signal(0);
        const until = untilSignal(() => {
          if (n() === 1) destroy();
          return n() === 2;
        });
        return { n, until };
      },
      async ({ n, until }) => {
        const waiting = until.subscribe({ next: (x) => told.push(x), error: (x: unknown) => told.push(x) });
        n.set(1);
        await sleep(10).promise();
        n.set(2);
        await sleep(10).promise();
        waiting.unsubscribe();
      },
    );
    expect(told).toEqual([]);
  });

  it('a child of its scope, or by who hears of its failure', async () => {
    const seen: unknown[] = [];
    await inSilence(
      (destroy) =>
        injectScope({
          onChildError: () => {
            seen.push('told');
            destroy();
          },
        }),
      async (scope) => {
        const tasks = [
          scope.go(() => throwError(() => new Error('no'))),
          scope.go(function* () {
            yield* sleep(10);
          }),
        ];
        await sleep(20).promise();
        seen.push(tasks[1]?.status, scope.size, scope.go(() => of(1)).status);
      },
    );
    expect(seen).toEqual(['told', 'cancelled', 0, 'cancelled']);
  });

  it('an effect that sees how a job ended', async () => {
    await inSilence(
      (destroy) => {
        const jobs = injectJobQueue((n: number) => timer(5).pipe(map(() => n)));
        effect(() => {
          if (jobs.status() === 'done') destroy();
        });
        return jobs;
      },
      async (jobs) => {
        jobs.run(1);
        await sleep(20).promise();
        expect([jobs.status(), jobs.value(), jobs.run(2).state()]).toEqual(['done', 1, 'cancelled']);
      },
    );
  });
});

describe('what is made after a destroy', () => {
  it('is ended, and calls nothing', async () => {
    const calls: string[] = [];
    const call = (name: string): never => {
      calls.push(name);
      throw new Error(name);
    };
    await inSilence(
      () => inject(Injector),
      async (injector, { destroy }) => {
        destroy();
        const source = new Subject<number>();
        const task = injectTask(() => call('task'), { injector, pending: true });
        const jobs = injectJobQueue(() => call('job'), { injector, pending: true, onDestroy: 'drain' });
        const scope = injectScope({ injector, onChildError: () => call('child') });
        const state = optimisticState('s', { injector, transferKey: 'key' });
        const latest = latestByKey(source, () => call('key'), { injector });
        jobs.connect(of(1));
        const refs = [
          jobs.run(1),
          state.update(
            () => call('guess'),
            () => call('save'),
          ),
        ];
        source.next(1);
        expect([task.status(), scope.go(() => call('go')).status, ...refs.map((ref) => ref.state())]).toEqual(
          Array(4).fill('cancelled'),
        );
        expect([jobs.status(), jobs.active(), state.value(), state.unsaved(), latest().size]).toEqual([
          'idle',
          0,
          's',
          0,
          0,
        ]);
        expect(await Promise.all(refs.map((ref) => ref.outcome()))).toMatchObject(
          Array(2).fill({ status: 'cancelled' }),
        );
        task.cancel();
        refs.forEach((ref) => ref.cancel());
        await jobs.whenIdle().promise();
        let ticks = 0;
        untilSignal(() => ticks++ < 0, { injector })
          .subscribe(() => call('signal'))
          .unsubscribe();
      },
    );
    expect(calls).toEqual([]);
  });
});
