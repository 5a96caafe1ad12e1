import { describe, expect, it } from 'vitest';
import { type Coroutine, go, sleep, taskGroup, TaskGroupError, taskScope } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

function* cleaning(told: Record, name: string, ms: number): Coroutine<void> {
  try {
    yield* sleep(1000);
  } finally {
    told.add(`${name} cleans up`);
    yield* sleep(ms);
    told.add(`${name} is gone at ${frame()}`);
  }
}

describe('4.12 cancelChildren', () => {
  it('acts at the call, waits for the clean-up, and is no failure: the body goes on', () => {
    virtual(() => {
      const told = new Record();
      const group = taskGroup(function* (group) {
        group.go(() => cleaning(told, 'a', 3));
        group.go(() => cleaning(told, 'b', 5));
        yield* sleep(1);
        const cancelled = group.cancelChildren('enough');
        told.add('cancelled');
        yield* cancelled;
        told.add(`body goes on at ${frame()}`);
        group.go(function* () {
          yield* sleep(1);
          told.add('c');
        });
        return 'x';
      });
      group.subscribe(told.by('group'));
      at(20, () =>
        expect(told.lines).toEqual([
          'cancelled',
          'a cleans up',
          'b cleans up',
          'a is gone at 4',
          'b is gone at 6',
          'body goes on at 6',
          'c',
          'group got x',
        ]),
      );
    });
  });

  it('lets those who wait in the queue never begin, and those who come meanwhile live', () => {
    virtual(() => {
      const told = new Record();
      const scope = taskScope({ limit: 1 });
      for (const name of ['a', 'b', 'c']) scope.go(() => cleaning(told, name, 2), { name });
      scope.cancelChildren('enough').subscribe(() => told.add(`all are gone at ${frame()}`));
      scope.go(function* () {
        yield* sleep(1);
        told.add(`d at ${frame()}`);
      });
      check(scope);
      at(20, () => {
        expect(told.lines).toEqual(['a cleans up', 'a is gone at 2', 'all are gone at 2', 'd at 3']);
        check(scope);
      });
    });
  });

  it('completes at once where nobody is, and whoever waits for a child has its CancelledError', () => {
    virtual(() => {
      const told = new Record();
      const scope = taskScope();
      scope.cancelChildren().subscribe(told.by('none'));
      const child = scope.go(() => sleep(5), { name: 'child' });
      child.subscribe(told.by('child'));
      scope.cancelChildren('enough').subscribe(told.by('one'));
      expect(told.lines).toEqual([
        'none got undefined',
        'child failed with CancelledError(enough)',
        'one got undefined',
      ]);
    });
  });

  it('a clean-up that fails is that child’s failure, and the operation completes all the same', () => {
    virtual(() => {
      const told = new Record();
      const oops = new Error('oops');
      const group = taskGroup(
        function* (group) {
          group.go(
            function* () {
              try {
                yield* sleep(1000);
              } finally {
                yield* sleep(2);
                yield* failing(oops);
              }
            },
            { name: 'child' },
          );
          yield* sleep(1);
          group.cancelChildren().subscribe(told.by('cancel'));
          yield* sleep(100);
        },
        { name: 'group' },
      );
      const task = go(group);
      task.subscribe({ error: () => undefined });
      at(50, () => {
        expect(told.lines).toEqual(['cancel got undefined']);
        expect(() => task.result()).toThrow(TaskGroupError);
        expect(() => task.result()).toThrow('group failed: child: oops');
      });
    });
  });
});

function* failing(error: Error): Coroutine<void> {
  yield* sleep(0);
  throw error;
}

describe('TaskGroupError.tasks', () => {
  it('says whose failure each error is, also the message', () => {
    const reported = reportsOf(() => {
      const task = go(
        taskGroup(
          function* (group) {
            for (const name of ['a', 'b', 'c', 'd']) {
              group.go(
                function* () {
                  try {
                    yield* sleep(9);
                  } finally {
                    yield* failing(new Error(`no ${name}`));
                  }
                },
                { name },
              );
            }
            yield* failing(new Error('not me'));
          },
          { name: 'build' },
        ),
      );
      task.subscribe({ error: () => undefined });
      at(9, () => {
        let thrown: unknown;
        try {
          task.result();
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toMatchObject({
          tasks: [null, 'a', 'b', 'c', 'd'],
          message: 'build failed: not me; a: no a; b: no b; and 2 more',
        });
      });
    });
    expect(reported).toEqual([]);
  });

  it('is null for each, unless told', () => {
    expect(new TaskGroupError([1, 2]).tasks).toEqual([null, null]);
  });
});
