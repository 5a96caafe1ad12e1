import { Observable, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Attempt,
  type Channel,
  type Coroutine,
  type DeadLetter,
  type Delivery,
  forEach,
  type Future,
  go,
  type Job as JobHandle,
  type JobOutcome,
  jobQueue,
  type JobState,
  type NackOptions,
  type Operation,
  type Order,
  poll,
  Queue,
  queue,
  type QueueOptions,
  type ReceiveChannel,
  select,
  type SendChannel,
  StaleDeliveryError,
  type Task,
  work,
  type WorkQueue,
} from 'rxsluice';

interface Job {
  readonly url: string;
  readonly priority: number;
}
const jobs = queue<Job>();

describe('a queue', () => {
  it('is a class, made by a function or by new', () => {
    expectTypeOf(jobs).toEqualTypeOf<Queue<Job>>();
    expectTypeOf(new Queue<Job>()).toEqualTypeOf<Queue<Job>>();
  });

  it('is a channel, both of its ends, and a work queue', () => {
    expectTypeOf(jobs).toExtend<Channel<Job>>();
    expectTypeOf(jobs).toExtend<SendChannel<Job>>();
    expectTypeOf(jobs).toExtend<ReceiveChannel<Job>>();
    expectTypeOf(jobs).toExtend<Observable<Job>>();
    expectTypeOf(jobs).toExtend<WorkQueue<Job>>();
  });

  it('knows what it is of from its options', () => {
    expectTypeOf(queue({ order: (a: Job, b: Job) => a.priority - b.priority })).toEqualTypeOf<Queue<Job>>();
    expectTypeOf(queue({ conflate: (a: string, b: string) => a + b })).toEqualTypeOf<Queue<string>>();
    queue<Job>({
      order: (a, b) => {
        expectTypeOf(a).toEqualTypeOf<Job>();
        return a.priority - b.priority;
      },
      onDeadLetter: (letter) => expectTypeOf(letter).toEqualTypeOf<DeadLetter<Job>>(),
      onUndelivered: (job) => expectTypeOf(job).toEqualTypeOf<Job>(),
    });
  });

  it('has an order by name or by comparison', () => {
    expectTypeOf<Order<Job>>().toEqualTypeOf<'fifo' | 'lifo' | ((a: Job, b: Job) => number)>();
    expectTypeOf<QueueOptions<Job>['order']>().toEqualTypeOf<Order<Job> | undefined>();
    // @ts-expect-error no such order
    queue({ order: 'random' });
    // @ts-expect-error a comparison says by how much
    queue<Job>({ order: (a, b) => a.priority < b.priority });
    // @ts-expect-error only its own methods change it
    jobs.unfinished = 0;
  });
});

describe('what is waited for', () => {
  it('is an operation', () => {
    expectTypeOf(jobs.join()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(jobs.lease()).toEqualTypeOf<Operation<Delivery<Job>>>();
    expectTypeOf(jobs.receive()).toEqualTypeOf<Operation<Job>>();
    expectTypeOf(poll(jobs.lease())).toEqualTypeOf<Attempt<Delivery<Job>>>();
    expectTypeOf<ReturnType<Queue<Job>['taskDone']>>().toEqualTypeOf<void>();
  });

  it('is waited for in a coroutine, and selected', () => {
    const task = go(function* () {
      yield* jobs.join();
      return yield* jobs.lease();
    });
    expectTypeOf(task).toEqualTypeOf<Task<Delivery<Job>>>();
    const chosen = select({ lease: jobs.lease(), idle: jobs.join(), next: jobs });
    expectTypeOf(chosen).toExtend<
      Operation<
        | { readonly key: 'lease'; readonly value: Delivery<Job> }
        | { readonly key: 'idle'; readonly value: void }
        | { readonly key: 'next'; readonly value: Job }
      >
    >();
    forEach(jobs, function* (job): Coroutine<void> {
      expectTypeOf(job).toEqualTypeOf<Job>();
      yield* jobs.join();
    });
  });
});

describe('a delivery', () => {
  it('is of the value, and is only read and settled', () => {
    expectTypeOf<Delivery<Job>['value']>().toEqualTypeOf<Job>();
    expectTypeOf<Delivery<Job>['attempt']>().toEqualTypeOf<number>();
    expectTypeOf<Delivery<Job>['nack']>().toBeCallableWith();
    expectTypeOf<Delivery<Job>['nack']>().toBeCallableWith({ delay: 5, error: 'no' });
    expectTypeOf<Delivery<Job>['ack']>().toEqualTypeOf<() => void>();
    expectTypeOf<NackOptions>().toEqualTypeOf<{ delay?: number; error?: unknown }>();
    expectTypeOf<DeadLetter<Job>>().toEqualTypeOf<{
      readonly value: Job;
      readonly attempts: number;
      readonly error: unknown;
    }>();
  });

  it('need not be able to release: a queue that cannot leaves it out', () => {
    expectTypeOf<{
      readonly value: Job;
      readonly attempt: number;
      ack(): void;
      nack(): void;
      extend(): void;
    }>().toExtend<Delivery<Job>>();
  });

  it('that is stale is an error', () => {
    expectTypeOf(new StaleDeliveryError('q', 'was acked')).toExtend<Error>();
    expectTypeOf<StaleDeliveryError['source']>().toEqualTypeOf<string>();
  });
});

describe('a work queue', () => {
  it('is what workers need, in memory or remote', () => {
    expectTypeOf<keyof WorkQueue<Job>>().toEqualTypeOf<'name' | 'send' | 'lease' | 'join' | 'close'>();
    expectTypeOf<ReturnType<WorkQueue<Job>['close']>>().toEqualTypeOf<boolean>();
  });
});

describe('a job', () => {
  const uploads = jobQueue((_file: string): Observable<number> => new Observable<number>());

  it('is a future of the last value, or of nothing', () => {
    const job = uploads.start('a');
    expectTypeOf(job).toEqualTypeOf<JobHandle<string, number>>();
    expectTypeOf(job).toExtend<Future<number | undefined>>();
    expectTypeOf(job.result()).toEqualTypeOf<number | undefined>();
    expectTypeOf(job.input).toEqualTypeOf<string>();
    expectTypeOf(job.attempt).toEqualTypeOf<number>();
    expectTypeOf(job.state$).toEqualTypeOf<Observable<JobState>>();
    expectTypeOf(job.results$).toEqualTypeOf<Observable<number>>();
    expectTypeOf(job.cancel('why')).toEqualTypeOf<Operation<void>>();
    // A list of all kinds.
    expectTypeOf(job).toExtend<JobHandle<unknown, unknown>>();
    // @ts-expect-error only its queue moves it
    job.state = 'done';
    // @ts-expect-error another input
    uploads.start(5);
  });

  it('is submitted as an observable of what the handler emits', () => {
    expectTypeOf(uploads.submit('a')).toEqualTypeOf<Observable<number>>();
    expectTypeOf(uploads.whenIdle()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(uploads.close()).toEqualTypeOf<Operation<void>>();
    expectTypeOf<(typeof uploads)['isPaused']>().toEqualTypeOf<boolean>();
    uploads.concurrency = 3;
    // @ts-expect-error it is paused by pause()
    uploads.isPaused = true;
  });

  it('has rules that know its input', () => {
    jobQueue((file: { name: string }) => of(file), {
      key: (file) => file.name,
      capacityPerKey: 1,
      debounce: 5,
      timeout: 5,
      retry: { attempts: 3, backoff: (attempt, _error) => attempt, when: (error) => error instanceof TypeError },
      order: (a, b) => a.name.length - b.name.length,
    });
    // @ts-expect-error a supervisor's intensity is no rule of a job
    jobQueue(() => of(1), { retry: { within: 5 } });
    // @ts-expect-error no such policy
    jobQueue(() => of(1), { overflow: 'switch' });
  });

  it('ends in one of four ways', () => {
    expectTypeOf<JobOutcome<string, number>['status']>().toEqualTypeOf<'done' | 'failed' | 'dropped' | 'cancelled'>();
    expectTypeOf<JobState>().toEqualTypeOf<JobOutcome<string, number>['status'] | 'waiting' | 'running' | 'retrying'>();
  });
});

describe('work', () => {
  it('is told to stop by any input', () => {
    work(jobs, () => of(1), { stop: Promise.resolve(), grace: 100 });
    work(jobs, () => of(1), { stop: of(1) });
    // @ts-expect-error a number brings nothing
    work(jobs, () => of(1), { stop: 5 });
  });
});
