import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Coroutine,
  type DeadLetter,
  type Engine,
  type EngineOwner,
  type EngineQueue,
  type EngineTopic,
  memoryEngine,
  NobodyServesError,
  type Operation,
  type ReceiveChannel,
  type TaskContext,
  work,
  type WorkQueue,
} from 'rxsluice';

interface Job {
  readonly url: string;
}
const engine = memoryEngine();

describe('an engine', () => {
  it('is what memoryEngine makes', () => {
    expectTypeOf(engine).toEqualTypeOf<Engine>();
    expectTypeOf(engine.close()).toEqualTypeOf<Operation<void>>();
  });

  it('has queues, which are work queues', () => {
    const jobs = engine.queue<Job>('jobs', { capacity: 1, maxAttempts: 2, leaseMs: 3, onDeadLetter: () => undefined });
    expectTypeOf(jobs).toEqualTypeOf<EngineQueue<Job>>();
    expectTypeOf(jobs).toExtend<WorkQueue<Job>>();
    expectTypeOf(jobs.unfinished()).toEqualTypeOf<Operation<number>>();
    expectTypeOf(jobs.whenClosed()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(jobs.deadLetters()).toEqualTypeOf<ReceiveChannel<DeadLetter<Job>>>();
    expectTypeOf(jobs.lease().map(({ value, id }) => [value, id] as const)).toEqualTypeOf<
      Operation<readonly [Job, string]>
    >();
    work(jobs, (job, delivery) => {
      expectTypeOf(job).toEqualTypeOf<Job>();
      expectTypeOf(delivery.id).toEqualTypeOf<string | undefined>();
      return [];
    });
    // @ts-expect-error: what is sent must be a job
    jobs.send(1);
  });

  it('has owners, whose type is that of the initial state', () => {
    const owner = engine.owner('count', { n: 0 });
    expectTypeOf(owner).toEqualTypeOf<EngineOwner<{ n: number }>>();
    expectTypeOf(owner).toExtend<Observable<{ n: number }>>();
    expectTypeOf(owner.modify((state) => [state, 'answer'])).toEqualTypeOf<Operation<string>>();
    // @ts-expect-error: a step is pure, and brings the state itself
    owner.update((state) => Promise.resolve(state));
  });

  it('has topics', () => {
    expectTypeOf(engine.topic<number>('news', { replay: 1 })).toEqualTypeOf<EngineTopic<number>>();
    expectTypeOf(engine.topic<number>('news').send(1)).toEqualTypeOf<Operation<void>>();
  });

  it('calls and serves', () => {
    expectTypeOf(engine.call<Job, number>('size')).toEqualTypeOf<(input: Job) => Operation<number>>();
    const served = engine.serve<Job, number>('size', function* (job, context): Coroutine<number> {
      expectTypeOf(job).toEqualTypeOf<Job>();
      expectTypeOf(context).toEqualTypeOf<TaskContext>();
      return yield* engine.call<Job, number>('size')(job);
    });
    expectTypeOf(served).toEqualTypeOf<Observable<never>>();
    expectTypeOf(new NobodyServesError('size').service).toEqualTypeOf<string>();
  });
});
