import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Attempt,
  type Channel,
  type Coroutine,
  type DeadLetter,
  type Delivery,
  forEach,
  go,
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
