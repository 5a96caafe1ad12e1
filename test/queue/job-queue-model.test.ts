// Random scripts, played to a queue of jobs and to its model: who started, who ended how, in which order, and all counts.

import fc from 'fast-check';
import { type Observable, Subject, take } from 'rxjs';
import { describe, it } from 'vitest';
import {
  type Coroutine,
  deferred,
  type Deferred,
  type Job,
  jobQueue,
  type JobQueue,
  type JobState,
  poll,
  until,
} from '../../src/index.ts';
import { type JobsSetup, JobsModel, type ModelJob } from '../models/jobs.ts';
import { check } from '../record.ts';
import { runs } from '../random.ts';
import { at, virtual } from '../virtual.ts';
import { expectEqual, expectIs } from '../quick.ts';
import { OVERFLOWS } from '../../src/channel/options.ts';

type Step =
  | {
      readonly does: 'submit';
      readonly by: 'submit' | 'start';
      readonly key: number;
      readonly priority: number;
      readonly cleansUp: boolean;
    }
  | { readonly does: 'done' | 'failed' | 'leave' | 'clean' | 'wait' | 'concurrency'; readonly which: number }
  | { readonly does: 'close' | 'cancel' | 'pause' | 'resume' | 'flush' | 'clear' };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      does: fc.constant('submit' as const),
      by: fc.constantFrom('submit', 'start'),
      key: fc.nat(2),
      priority: fc.nat(3),
      cleansUp: fc.boolean(),
    }),
  },
  { weight: 10, arbitrary: fc.record({ does: fc.constantFrom('done', 'failed'), which: fc.nat(9) }) },
  { weight: 7, arbitrary: fc.record({ does: fc.constantFrom('leave', 'clean', 'clean'), which: fc.nat(19) }) },
  { weight: 8, arbitrary: fc.record({ does: fc.constant('wait' as const), which: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('concurrency' as const), which: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('pause', 'resume', 'resume', 'flush', 'clear') }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('close', 'close', 'cancel') }) },
);

const SETUP: fc.Arbitrary<JobsSetup> = fc
  .record({
    concurrency: fc.constantFrom(1, 2, 3),
    capacity: fc.constantFrom(0, 1, 2, Infinity),
    capacityPerKey: fc.constantFrom(Infinity, Infinity, 0, 1, 2),
    overflow: fc.constantFrom('suspend', ...OVERFLOWS),
    order: fc.constantFrom('fifo', 'lifo', 'least'),
    keyed: fc.boolean(),
    debounce: fc.constantFrom(undefined, undefined, 0, 4),
    retry: fc.constantFrom(undefined, { attempts: 2, ms: 0 }, { attempts: 3, ms: 3 }),
    timeout: fc.constantFrom(Infinity, Infinity, 7),
  })
  .filter(({ capacity, capacityPerKey, overflow, debounce, keyed }) => {
    if (capacityPerKey < Infinity && !keyed) return false;
    const least = Math.min(capacity, capacityPerKey);
    return least > 0 || (overflow !== 'dropOldest' && debounce === undefined);
  });

/** The real thing, driven by hand. */
class Real {
  readonly jobs: JobQueue<ModelJob, number>;
  readonly log: string[] = [];
  readonly #started = new Map<ModelJob, Job<ModelJob, number>>();
  readonly #ends = new Map<ModelJob, Subject<number> | Deferred<number>>();
  readonly #cleanUps = new Map<ModelJob, Deferred<void>>();
  readonly #leave = new Map<ModelJob, () => void>();

  constructor({ order, keyed, capacityPerKey, debounce, retry, ...setup }: JobsSetup) {
    this.jobs = jobQueue((job: ModelJob) => this.#handle(job), {
      ...setup,
      order: order === 'least' ? (a, b) => a.priority - b.priority : order,
      ...(keyed && { key: ({ key }: ModelJob) => key, capacityPerKey }),
      ...(debounce !== undefined && { debounce }),
      ...(retry !== undefined && { retry: { attempts: retry.attempts, backoff: () => retry.ms } }),
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

  submit(job: ModelJob, by: 'submit' | 'start'): void {
    const ends: string[] = [];
    const observer = {
      error: (error: unknown) => ends.push((error as Error).name),
      complete: () => ends.push('complete'),
    };
    if (by === 'start') {
      const started = this.jobs.start(job);
      this.#started.set(job, started);
      this.#leave.set(job, () => started.cancel());
      started.subscribe(observer);
    } else {
      const subscription = this.jobs.submit(job).subscribe(observer);
      this.#leave.set(job, () => subscription.unsubscribe());
    }
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
    return [now(pending$), now(active$), now(idle$), poll(this.jobs.whenIdle()).ok];
  }

  /** Of those that were started. */
  states(): [number, string, number, string][] {
    return [...this.#started].map(([{ id }, { state, attempt, status }]) => [id, state, attempt, status]);
  }
  isKnown = (job: ModelJob): boolean => this.#started.has(job);
}

const STATUS: Readonly<Record<JobState, string>> = {
  waiting: 'pending',
  running: 'pending',
  retrying: 'pending',
  done: 'resolved',
  failed: 'rejected',
  dropped: 'cancelled',
  cancelled: 'cancelled',
};

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
      const { by, key, priority, cleansUp } = step;
      const job = { id, key, priority, cleansUp };
      model.submit(job);
      real.submit(job, by);
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
      // Before: the clean-up of its next attempt is another.
      real.cleaned(job);
      model.cleaned(job);
      return;
    }
    case 'concurrency':
      model.setConcurrency(step.which + 1);
      real.jobs.concurrency = step.which + 1;
      return;
    case 'wait':
      return;
    default:
      model[step.does]();
      real.jobs[step.does]();
  }
}

function compare(model: JobsModel, real: Real): void {
  expectEqual(real.log, model.log);
  check(real.jobs);
  expectEqual(real.counts(), [model.pending, model.active, model.isIdle, model.isIdle]);
  const states = [...model.states].filter(([job]) => real.isKnown(job));
  expectEqual(
    real.states(),
    states.map(([job, state]) => [job.id, state, model.attempts.get(job) ?? 0, STATUS[state]]),
  );
}

function script(setup: JobsSetup, steps: readonly Step[]): void {
  const model = new JobsModel(setup);
  const real = new Real(setup);
  const failures: unknown[] = [];
  virtual(() => {
    let time = 0;
    const then = (act: () => void): void => {
      const due = time;
      at(due, () => {
        if (failures.length > 0) return;
        try {
          model.pass(due);
          act();
        } catch (error) {
          failures.push(error);
        }
      });
    };
    for (const [i, step] of steps.entries()) {
      if (step.does === 'wait') time += step.which;
      then(() => {
        play(model, real, step, i);
        compare(model, real);
      });
    }
    time += 100;
    then(() => {
      compare(model, real);
      let served = false;
      real.jobs.close().subscribe(() => (served = true));
      model.close();
      expectIs(served, model.served);
      real.jobs.cancel();
      for (const job of [...model.running, ...model.cleaning]) real.cleaned(job);
      expectIs(served, true);
    });
  });
  if (failures.length > 0) throw failures[0];
}

describe('a queue of jobs does what its model does', () => {
  it('whatever is done to it', () => {
    fc.assert(fc.property(SETUP, fc.array(STEP, { minLength: 1, maxLength: 50, size: 'max' }), script), runs(600));
  });
});
