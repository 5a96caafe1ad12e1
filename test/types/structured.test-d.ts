import { type Observable, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  asCompleted,
  channel,
  coroutine,
  deferred,
  type Deferred,
  gather,
  go,
  type Operation,
  shield,
  singleFlight,
  sleep,
  type Task,
  type TaskGroup,
  taskGroup,
  TaskGroupError,
  type TaskScope,
  taskScope,
  until,
  wait,
} from 'rxsluice';

const numbers = channel<number>();
const task = go(function* () {
  return 'x';
});

describe('gather', () => {
  it('has a result for each input, in place', () => {
    const all = gather([numbers.receive(), sleep(1), task, until(of(true))]);
    expectTypeOf(all).toEqualTypeOf<Operation<[number, void, string, boolean]>>();
  });

  it('of an array has an array', () => {
    const receives: Operation<number>[] = [];
    expectTypeOf(gather(receives)).toEqualTypeOf<Operation<number[]>>();
  });

  it('takes operations only', () => {
    // @ts-expect-error a number is nothing to wait for
    gather([7]);
  });
});

describe('wait and asCompleted', () => {
  it('keep the futures as they are', () => {
    const waiting = wait([task, deferred<number>()], { until: 'first', timeout: 5 });
    type Either = Task<string> | Deferred<number>;
    expectTypeOf(waiting).toEqualTypeOf<
      Operation<{ readonly done: readonly Either[]; readonly pending: readonly Either[] }>
    >();
    expectTypeOf(asCompleted([task])).toEqualTypeOf<Observable<Task<string>>>();
  });

  it('take futures only, and no other condition', () => {
    // @ts-expect-error a number is no future
    wait([7]);
    // @ts-expect-error until is one of three
    wait([task], { until: 'last' });
  });
});

describe('shield', () => {
  it('is of the same type', () => {
    expectTypeOf(shield(numbers.receive())).toEqualTypeOf<Operation<number>>();
  });
});

describe('taskGroup', () => {
  it('has the type of what its body returns, or of the values of its input', () => {
    const byCoroutine = taskGroup(function* (group) {
      expectTypeOf(group).toEqualTypeOf<TaskGroup>();
      return yield* group.go(numbers.receive());
    });
    expectTypeOf(byCoroutine).toEqualTypeOf<Operation<number>>();
    expectTypeOf(taskGroup(() => of('x'))).toEqualTypeOf<Operation<string>>();
    expectTypeOf(taskGroup(async () => Promise.resolve(1))).toEqualTypeOf<Operation<number>>();
  });

  it('starts children as go does', () => {
    taskGroup(function* (group) {
      expectTypeOf(group.go(() => Promise.resolve(1))).toEqualTypeOf<Task<number>>();
      expectTypeOf(group.go(of(1))).toEqualTypeOf<Task<number | undefined>>();
      const child = group.go(function* ({ signal }) {
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        yield* coroutine(function* () {});
        return 'x';
      });
      expectTypeOf(child).toEqualTypeOf<Task<string>>();
    });
  });

  it('takes a body and options only', () => {
    // @ts-expect-error no such option
    taskGroup(() => of(1), { concurrency: 2 });
  });
});

describe('cancelChildren', () => {
  it('is an operation, of a group and of a scope', () => {
    taskGroup(function* (group) {
      expectTypeOf(group.cancelChildren('enough')).toEqualTypeOf<Operation<void>>();
      yield* group.cancelChildren();
    });
    expectTypeOf(taskScope().cancelChildren()).toEqualTypeOf<Operation<void>>();
  });
});

describe('taskScope', () => {
  it('is a group that can be closed, unsubscribed and disposed of', () => {
    const scope = taskScope({ onChildError: (_error, child) => expectTypeOf(child).toEqualTypeOf<Task<unknown>>() });
    expectTypeOf(scope).toEqualTypeOf<TaskScope>();
    expectTypeOf(scope).toExtend<TaskGroup>();
    expectTypeOf(scope.close()).toEqualTypeOf<Operation<void>>();
    expectTypeOf(scope).toExtend<AsyncDisposable>();
  });
});

describe('TaskGroupError', () => {
  it('is an AggregateError', () => {
    expectTypeOf(new TaskGroupError([])).toExtend<AggregateError>();
  });

  it('says whose failures they are', () => {
    expectTypeOf<TaskGroupError['tasks']>().toEqualTypeOf<readonly (string | null)[]>();
  });
});

describe('singleFlight', () => {
  it('is a function of the key, whatever loads', () => {
    const byCoroutine = singleFlight(function* (id: number) {
      yield* sleep(id);
      return 'x';
    });
    expectTypeOf(byCoroutine).toEqualTypeOf<(key: number) => Operation<string>>();
    const byPromise = singleFlight((id: string, { signal }) => {
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      return Promise.resolve(id.length);
    });
    expectTypeOf(byPromise).toEqualTypeOf<(key: string) => Operation<number>>();
    expectTypeOf(singleFlight((id: number) => numbers.receive().map(() => `${id}`))).toEqualTypeOf<
      (key: number) => Operation<string>
    >();
    expectTypeOf(gather([byCoroutine(1), byPromise('a')])).toEqualTypeOf<Operation<[string, number]>>();
  });

  it('takes nothing of which there may be none, or many', () => {
    // @ts-expect-error an Observable may have many values: until says which
    singleFlight((id: number) => of(id));
    singleFlight((id: number) => until(of(id)));
    // @ts-expect-error the key is a number
    singleFlight((id: number) => until(of(id)))('a');
  });
});
