// Random scripts, played to a queue of jobs and to its model: who started, who ended how, in which order, and all counts.

import fc from 'fast-check';
import { type Observable, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type Coroutine, deferred, type Deferred, jobQueue, type JobQueue, until } from '../../src/index.ts';
import { type JobsSetup, JobsModel, type ModelJob } from '../models/jobs.ts';
import { check } from '../record.ts';
import { runs } from '../random.ts';

type Step =
  | { readonly does: 'submit'; readonly key: number; readonly priority: number; readonly cleansUp: boolean }
  | { readonly does: 'done' | 'failed' | 'leave' | 'clean'; readonly which: number }
  | { readonly does: 'close' | 'cancel' };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      does: fc.constant('submit' as const),
      key: fc.nat(2),
      priority: fc.nat(3),
      cleansUp: fc.boolean(),
    }),
  },
  { weight: 10, arbitrary: fc.record({ does: fc.constantFrom('done', 'done', 'failed'), which: fc.nat(9) }) },
  { weight: 7, arbitrary: fc.record({ does: fc.constantFrom('leave', 'leave', 'clean'), which: fc.nat(19) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('close', 'close', 'cancel') }) },
);

const SETUP: fc.Arbitrary<JobsSetup> = fc
  .record({
    concurrency: fc.constantFrom(1, 2, 3),
    capacity: fc.constantFrom(0, 1, 2, Infinity),
    overflow: fc.constantFrom('suspend', 'suspend', 'dropOldest', 'dropNewest', 'fail'),
    order: fc.constantFrom('fifo', 'lifo', 'least'),
    keyed: fc.boolean(),
  })
  .filter(({ capacity, overflow }) => capacity > 0 || overflow !== 'dropOldest');

/** The real thing, driven by hand. */
class Real {
  readonly jobs: JobQueue<ModelJob, number>;
  readonly log: string[] = [];
  readonly #ends = new Map<ModelJob, Subject<number> | Deferred<number>>();
  readonly #cleanUps = new Map<ModelJob, Deferred<void>>();
  readonly #leave = new Map<ModelJob, () => void>();

  constructor({ order, keyed, ...setup }: JobsSetup) {
    this.jobs = jobQueue((job: ModelJob) => this.#handle(job), {
      ...setup,
      order: order === 'least' ? (a, b) => a.priority - b.priority : order,
      ...(keyed && { key: ({ key }: ModelJob) => key }),
    });
    this.jobs.outcomes$.subscribe(({ input, status }) => this.log.push(`${input.id} ${status}`));
  }

  #handle(job: ModelJob): Subject<number> | Coroutine<number> {
    this.log.push(`${job.id} starts`);
    if (!job.cleansUp) {
      const end = new Subject<number>();
      this.#ends.set(job, end);
      return end;
    }
    const end = deferred<number>();
    this.#ends.set(job, end);
    const cleanUp = deferred<void>();
    this.#cleanUps.set(job, cleanUp);
    return (function* (): Coroutine<number> {
      let left = true;
      try {
        const value = yield* until(end);
        left = false;
        return value;
      } catch (error) {
        left = false;
        throw error;
      } finally {
        if (left) yield* cleanUp;
      }
    })();
  }

  submit(job: ModelJob): void {
    const ends: string[] = [];
    const subscription = this.jobs.submit(job).subscribe({
      error: (error: unknown) => ends.push((error as Error).name),
      complete: () => ends.push('complete'),
    });
    this.#leave.set(job, () => subscription.unsubscribe());
    if (ends[0] === 'ClosedError') this.log.push(`${job.id} ClosedError`);
  }
  end(job: ModelJob, how: 'done' | 'failed'): void {
    const end = this.#ends.get(job) as Subject<number> | Deferred<number>;
    if (how === 'failed') {
      if (end instanceof Subject) end.error(new Error('failed'));
      else end.reject(new Error('failed'));
    } else if (end instanceof Subject) {
      end.next(1);
      end.complete();
    } else end.resolve(1);
  }
  leave(job: ModelJob): void {
    this.#leave.get(job)?.();
  }
  cleaned(job: ModelJob): void {
    this.#cleanUps.get(job)?.resolve();
  }

  counts(): unknown[] {
    const { pending$, active$, idle$ } = this.jobs;
    return [now(pending$), now(active$), now(idle$)];
  }
}

/** What an observable emits on subscription. */
function now<T>(values: Observable<T>): T | undefined {
  let first: T | undefined;
  values.pipe(take(1)).subscribe((value) => (first = value));
  return first;
}

function pick<T>(all: readonly T[], which: number): T | undefined {
  return all[which % Math.max(1, all.length)];
}

function play(model: JobsModel, real: Real, step: Step, id: number): void {
  switch (step.does) {
    case 'submit': {
      const { key, priority, cleansUp } = step;
      const job = { id, key, priority, cleansUp };
      model.submit(job);
      real.submit(job);
      return;
    }
    case 'done':
    case 'failed': {
      const job = pick(model.running, step.which);
      if (job === undefined) return;
      model.end(job, step.does);
      real.end(job, step.does);
      return;
    }
    case 'leave': {
      const job = pick(model.alive, step.which);
      if (job === undefined) return;
      model.leave(job);
      real.leave(job);
      return;
    }
    case 'clean': {
      const job = pick(model.cleaning, step.which);
      if (job === undefined) return;
      model.cleaned(job);
      real.cleaned(job);
      return;
    }
    case 'close':
      model.close();
      real.jobs.close();
      return;
    case 'cancel':
      model.cancel();
      real.jobs.cancel();
  }
}

describe('a queue of jobs does what its model does', () => {
  it('whatever is done to it', () => {
    fc.assert(
      fc.property(SETUP, fc.array(STEP, { minLength: 1, maxLength: 50, size: 'max' }), (setup, steps) => {
        const model = new JobsModel(setup);
        const real = new Real(setup);
        let served = false;
        for (const [i, step] of steps.entries()) {
          play(model, real, step, i);
          expect(real.log).toEqual(model.log);
          check(real.jobs);
          const pending = model.waiting.length + model.outside.length;
          const active = model.running.length + model.cleaning.length;
          expect(real.counts()).toEqual([pending, active, pending + active === 0]);
        }
        real.jobs.close().subscribe(() => (served = true));
        model.close();
        expect(served).toBe(model.served);
        real.jobs.cancel();
        for (const job of [...model.running, ...model.cleaning]) real.cleaned(job);
        expect(served).toBe(true);
      }),
      runs(1500),
    );
  });
});
