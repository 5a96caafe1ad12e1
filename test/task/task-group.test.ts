import { from, of, takeUntil, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  CancelledError,
  channel,
  deferred,
  go,
  type Operation,
  select,
  sleep,
  type Task,
  type TaskGroup,
  taskGroup,
  TaskGroupError,
} from '../../src/index.ts';
import { check, Record, show, title } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { failing, job, raise } from './jobs.ts';
import { WAYS } from './ways.ts';

/** What `operation` failed with. */
function errorOf(operation: Operation<unknown>): unknown {
  let failure: unknown = 'none';
  virtual(() => operation.subscribe({ error: (error: unknown) => (failure = error) }));
  return failure;
}

function errorsOf(operation: Operation<unknown>): unknown[] {
  const error = errorOf(operation);
  expect(error).toBeInstanceOf(TaskGroupError);
  return (error as TaskGroupError).errors;
}

describe.each(WAYS)('4.6 taskGroup, by $way', ({ of: by }) => {
  it('ends with what its body returned, when every child has ended', () => {
    const told = new Record();
    virtual(() => {
      const group = taskGroup(function* (group) {
        group.go(() => job(told, 'a', 5, 2));
        group.go(() => job(told, 'b', 3));
        yield* sleep(1);
        told.add(`${frame()} body`);
        return 'result';
      });
      by(group).subscribe((value) => told.add(`${frame()} ${value}`));
    });
    expect(told.lines).toEqual(['1 body', '3 b done', '3 b clean', '5 a done', '7 a clean', '7 result']);
  });

  it('cancels all others when a child fails, and fails when they have cleaned up', () => {
    const told = new Record();
    virtual(() => {
      const group = taskGroup(function* (group) {
        group.go(() => job(told, 'a', 9, 2));
        group.go(() => failing(3, new Error('boom')));
        group.go(() => job(told, 'b', 9));
        yield* job(told, 'body', 9);
      });
      by(group).subscribe({
        error: (error: unknown) => told.add(`${frame()} ${show((error as TaskGroupError).errors[0])}`),
      });
    });
    expect(told.lines).toEqual(['3 body clean', '3 b clean', '5 a clean', '5 boom']);
  });

  it('cancels everything in the turn in which it is unsubscribed', () => {
    const told = new Record();
    virtual(() => {
      const group = taskGroup(function* (group) {
        group.go(() => job(told, 'a', 9));
        yield* job(told, 'body', 9);
      });
      const waiting = by(group).subscribe(told.all('group'));
      at(4, () => {
        waiting.unsubscribe();
        told.add('unsubscribed');
      });
    });
    expect(told.lines).toEqual(['4 body clean', '4 a clean', 'unsubscribed']);
  });

  it('runs its body anew for each who performs it', () => {
    const told = new Record();
    let runs = 0;
    const group = by(taskGroup(() => of(++runs)));
    group.subscribe(told.by('x'));
    group.subscribe(told.by('y'));
    expect(told.lines).toEqual(['x got 1', 'y got 2']);
  });
});

describe('4.6 taskGroup, by a promise', () => {
  it('resolves with what its body returned', async () => {
    const child = deferred<number>();
    const result = taskGroup(function* (group) {
      return (yield* group.go(child)) + 1;
    }).promise();
    child.resolve(1);
    await expect(result).resolves.toBe(2);
  });

  it('rejects with the errors of its children', async () => {
    const error = new Error('boom');
    const result = taskGroup((group) => group.go(() => Promise.reject(error))).promise();
    await expect(result).rejects.toMatchObject({ name: 'TaskGroupError', errors: [error] });
  });
});

describe('4.6 the body of a group', () => {
  it('runs at once, and its children after its first wait', () => {
    const told = new Record();
    taskGroup(function* (group) {
      group.go(function* () {
        told.add('child');
      });
      told.add('body');
    }).subscribe(told.all('group'));
    told.add('after');
    expect(told.lines).toEqual(['body', 'child', 'group got undefined', 'group completed', 'after']);
  });

  it.each([
    ['an observable', from([1, 2, 3]), 3],
    ['an empty observable', from([]), undefined],
    ['an array', [1, 2], 2],
    ['a promise-like that is an operation', sleep(3).map(() => 7), 7],
  ])('may be %s, whose last value counts', (_what, input, value) => {
    const told = new Record();
    virtual(() => taskGroup(() => input as Operation<unknown>).subscribe(told.by('group')));
    expect(told.lines).toEqual([`group got ${String(value)}`]);
  });

  it('may be a promise, or an async iterable', async () => {
    await expect(taskGroup(() => Promise.resolve(1)).promise()).resolves.toBe(1);
    await expect(
      taskGroup(async function* () {
        yield await Promise.resolve(1);
        yield 2;
      }).promise(),
    ).resolves.toBe(2);
  });

  it('that throws fails the group, with its children cancelled', () => {
    const told = new Record();
    const error = new Error('body');
    const errors = errorsOf(
      taskGroup(function* (group) {
        group.go(() => job(told, 'a', 9));
        yield* sleep(2);
        raise(error);
      }),
    );
    expect(errors).toEqual([error]);
    expect(told.lines).toEqual(['2 a clean']);
  });

  it('gets the error of the child that it waits for, and cannot undo the failure', () => {
    const told = new Record();
    const error = new Error('child');
    const errors = errorsOf(
      taskGroup(function* (group) {
        try {
          yield* group.go(() => failing(1, error));
        } catch (caught) {
          told.add(`caught ${show(caught)}`);
        }
        return 'fine';
      }),
    );
    expect(errors).toEqual([error]);
    expect(told.lines).toEqual(['caught child']);
  });

  it('may start children from its children, until the last has ended', () => {
    const told = new Record();
    virtual(() =>
      taskGroup(function* (group) {
        group.go(function* () {
          yield* sleep(2);
          group.go(() => job(told, 'grandchild', 2));
        });
        return 'body';
      }).subscribe((value) => told.add(`${frame()} ${value}`)),
    );
    expect(told.lines).toEqual(['4 grandchild done', '4 grandchild clean', '4 body']);
  });

  it('that is no function, or returns nothing to run, is a TypeError', () => {
    expect(() => taskGroup(7 as never)).toThrow(new TypeError('taskGroup: the body must be a function; got 7'));
    const errors = errorsOf(taskGroup((() => 7) as never, { name: 'g' }));
    expect(errors).toEqual([new TypeError('g: its body must return a coroutine or an observable input; got 7')]);
  });
});

describe('4.6 the failures of a group', () => {
  it('are all real ones, in order of occurrence, those of finally blocks included', () => {
    const errors = errorsOf(
      taskGroup(function* (group) {
        group.go(function* () {
          try {
            yield* sleep(9);
          } finally {
            yield* failing(2, 'late clean-up');
          }
        });
        group.go(function* () {
          try {
            yield* sleep(9);
          } finally {
            yield* failing(1, 'clean-up');
          }
        });
        group.go(() => failing(3, 'first'));
        try {
          yield* sleep(9);
        } finally {
          raise(new Error('body'));
        }
      }),
    );
    expect(errors.map(show)).toEqual(['first', 'body', 'clean-up', 'late clean-up']);
  });

  it('list the same error object once', () => {
    const error = new Error('once');
    const errors = errorsOf(
      taskGroup(function* (group) {
        const child = group.go(() => failing(1, error));
        group.go(function* () {
          yield* child;
        });
        yield* child;
      }),
    );
    expect(errors).toEqual([error]);
  });

  it('of nested groups are nested', () => {
    const errors = errorsOf(
      taskGroup(function* (outer) {
        outer.go(
          taskGroup(function* (inner) {
            inner.go(() => failing(2, 'inner'));
          }),
        );
        yield* sleep(9);
      }),
    );
    expect(errors).toHaveLength(1);
    expect((errors[0] as TaskGroupError).errors).toEqual(['inner']);
  });

  it('may be undefined, and are counted in the message', () => {
    const error = errorOf(
      taskGroup(
        function* (group) {
          group.go(() => failing(1, undefined), { name: 'load' });
          try {
            yield* sleep(5);
          } finally {
            raise(new Error('second'));
          }
        },
        { name: 'build' },
      ),
    ) as TaskGroupError;
    expect(error.errors).toEqual([undefined, new Error('second')]);
    expect(error.message).toBe('build failed: load: undefined; second');
    expect(error.tasks).toEqual(['load', null]);
    expect(error.name).toBe('TaskGroupError');
    expect(error).toBeInstanceOf(AggregateError);
  });

  it('are the message, if there is one', () => {
    const group = taskGroup((group) => group.go(() => failing(1, new Error('boom')), { name: 'load' }), {
      name: 'build',
    });
    expect((errorOf(group) as TaskGroupError).message).toBe('build failed: load: boom');
  });

  it('are reported nowhere else', () => {
    const reports = reportsOf(() =>
      taskGroup(function* (group) {
        group.go(() => failing(1, 'a'));
        group.go(() => failing(1, 'b'));
      }).subscribe({ error: () => undefined }),
    );
    expect(reports).toEqual([]);
  });
});

describe('4.6 cancelling one child', () => {
  it('is no failure: the others live on', () => {
    const told = new Record();
    virtual(() =>
      taskGroup(function* (group) {
        const child = group.go(() => job(told, 'a', 9, 1));
        group.go(() => job(told, 'b', 5));
        yield* sleep(2);
        yield* child.cancel();
        told.add(`${frame()} cancelled`);
        return 'well';
      }).subscribe(told.by('group')),
    );
    expect(told.lines).toEqual(['3 a clean', '3 cancelled', '5 b done', '5 b clean', 'group got well']);
  });

  it('fails the body that waits for it; the group then fails with that CancelledError', () => {
    const told = new Record();
    let child!: Task<string>;
    const error = errorOf(
      taskGroup(function* (group) {
        child = group.go(() => job(told, 'a', 9));
        group.go(() => job(told, 'b', 9, 2));
        at(3, () => child.cancel('enough'));
        yield* child;
      }),
    );
    expect(told.lines).toEqual(['3 a clean', '5 b clean']);
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ reason: 'enough', source: child.name });
  });

  it('fails the body that waits for it in its clean-up, and then takes nothing away from a real failure', () => {
    const error = new Error('real');
    const errors = errorsOf(
      taskGroup(function* (group) {
        const child = group.go(() => sleep(9));
        child.cancel('enough');
        group.go(() => failing(1, error));
        try {
          yield* sleep(9);
        } finally {
          yield* child;
        }
      }),
    );
    expect(errors).toEqual([error]);
  });

  it('is no failure of a sibling that waits for it either', () => {
    const told = new Record();
    virtual(() =>
      taskGroup(function* (group) {
        const child = group.go(() => job(told, 'a', 9));
        group.go(function* () {
          yield* child;
        });
        yield* sleep(2);
        child.cancel();
        yield* sleep(2);
        return 'well';
      }).subscribe(told.by('group')),
    );
    expect(told.lines).toEqual(['2 a clean', 'group got well']);
  });

  it('is a failure if its finally block throws', () => {
    const errors = errorsOf(
      taskGroup(function* (group) {
        const child = group.go(function* () {
          try {
            yield* sleep(9);
          } finally {
            raise(new Error('clean-up'));
          }
        });
        yield* sleep(1);
        child.cancel();
        yield* sleep(9);
      }),
    );
    expect(errors).toEqual([new Error('clean-up')]);
  });

  it('differs from a CancelledError that came from elsewhere, which is a failure', () => {
    const work = channel<number>({ name: 'work' });
    const errors = errorsOf(
      taskGroup(function* (group) {
        group.go(work.receive());
        yield* sleep(1);
        work.cancel('gone');
        yield* sleep(1);
      }),
    );
    expect(errors.map(show)).toEqual(['CancelledError(gone)']);
    expect(errorsOf(taskGroup(() => work.receive())).map(show)).toEqual(['CancelledError(gone)']);
  });
});

describe('4.6 group.cancel', () => {
  it('cancels body and children; the group fails with that CancelledError when they have cleaned up', () => {
    const told = new Record();
    virtual(() =>
      taskGroup(
        function* (group) {
          group.go(() => job(told, 'a', 9, 2));
          yield* sleep(1);
          group.cancel('enough');
          group.cancel('again');
          told.add('goes on to its next wait');
          yield* sleep(1);
        },
        { name: 'g' },
      ).subscribe({
        error: (error: unknown) => told.add(`${frame()} ${show(error)} of ${(error as CancelledError).source}`),
      }),
    );
    expect(told.lines).toEqual(['goes on to its next wait', '3 a clean', '3 CancelledError(enough) of g']);
  });

  it('by a child, or when the body has ended, is the same', () => {
    const told = new Record();
    virtual(() =>
      taskGroup(function* (group) {
        group.go(() => job(told, 'a', 9));
        group.go(function* () {
          yield* sleep(1);
          group.cancel('child');
          yield* sleep(1);
          told.add('never');
        });
      }).subscribe(told.by('group')),
    );
    expect(told.lines).toEqual(['1 a clean', 'group failed with CancelledError(child)']);
  });

  it('yields to a real failure', () => {
    const errors = errorsOf(
      taskGroup(function* (group) {
        group.go(function* () {
          try {
            yield* sleep(5);
          } finally {
            raise(new Error('real'));
          }
        });
        yield* sleep(1);
        group.cancel('enough');
      }),
    );
    expect(errors).toEqual([new Error('real')]);
  });

  it('does nothing to a group that has ended', () => {
    const told = new Record();
    let leaked!: TaskGroup;
    taskGroup((group) => {
      leaked = group;
      return of(1);
    }).subscribe(told.all('group'));
    const { signal } = leaked;
    leaked.cancel('late');
    expect(told.lines).toEqual(['group got 1', 'group completed']);
    expect(signal.aborted).toBe(false);
  });
});

describe('4.6 a group that is failing or ended', () => {
  it('refuses go by throwing CancelledError, and starts nothing', () => {
    const told = new Record();
    let leaked!: TaskGroup;
    virtual(() =>
      taskGroup(
        function* (group) {
          leaked = group;
          group.go(function* () {
            try {
              yield* sleep(9);
            } finally {
              try {
                group.go(() => job(told, 'never', 1));
              } catch (error) {
                told.add(show(error));
              }
            }
          });
          yield* sleep(1);
          raise(new Error('boom'));
        },
        { name: 'g' },
      ).subscribe(told.by('group')),
    );
    expect(told.take()).toEqual(['CancelledError(boom)', 'group failed with TaskGroupError']);
    expect(() => leaked.go(() => job(told, 'never', 1))).toThrow(CancelledError);
    expect(() => leaked.go(() => job(told, 'never', 1))).toThrow('g was cancelled: g is closed');
    expect(told.lines).toEqual([]);
    expect(leaked.size).toBe(0);
  });

  it('does not take its own refusal for a failure of the child that met it', () => {
    const error = new Error('boom');
    const errors = errorsOf(
      taskGroup(function* (group) {
        group.go(function* () {
          try {
            yield* sleep(9);
          } finally {
            group.go(sleep(1));
          }
        });
        yield* sleep(1);
        raise(error);
      }),
    );
    expect(errors).toEqual([error]);
  });

  it('refuses what cannot be run, with a TypeError, and is not touched by it', () => {
    const told = new Record();
    taskGroup(
      function* (group) {
        expect(() => group.go(5 as never)).toThrow(/^g\.go: work must be .* got 5$/);
        return group.size;
      },
      { name: 'g' },
    ).subscribe(told.by('group'));
    expect(told.lines).toEqual(['group got 0']);
  });
});

describe('1.3 whoever is told of the end of a child', () => {
  it('finds a group that has forgotten it, and that refuses more if it failed', () => {
    const told = new Record();
    virtual(() =>
      taskGroup(function* (group) {
        const look = (): void => {
          check(group);
          told.add(`${group.size} left`);
        };
        group.go(sleep(1)).subscribe(look);
        group
          .go(() => failing(2, 'boom'))
          .subscribe({
            error: () => {
              look();
              expect(() => group.go(sleep(1))).toThrow(CancelledError);
            },
          });
        group.go(sleep(9));
        yield* sleep(9);
      }).subscribe(told.by('group')),
    );
    expect(told.lines).toEqual(['2 left', '1 left', 'group failed with TaskGroupError']);
  });
});

describe('4.6 clean-up', () => {
  it('runs in the order in which the children started, the body first', () => {
    const told = new Record();
    errorOf(
      taskGroup(function* (group) {
        for (const name of ['a', 'b', 'c']) group.go(() => job(told, name, 9));
        group.go(() => failing(1, 'boom'));
        for (const name of ['d', 'e']) group.go(() => job(told, name, 9));
        yield* job(told, 'body', 9);
      }),
    );
    expect(told.lines).toEqual(['1 body clean', '1 a clean', '1 b clean', '1 c clean', '1 d clean', '1 e clean']);
  });

  it('never runs of a child that has not begun', () => {
    const told = new Record();
    errorOf(
      taskGroup(function* (group) {
        group.go(() => job(told, 'a', 9));
        raise(new Error('before anybody began'));
      }),
    );
    expect(told.lines).toEqual([]);
  });

  it('is waited for by a coroutine that waits for the group and is cancelled', () => {
    const told = new Record();
    virtual(() => {
      const task = go(function* () {
        try {
          yield* taskGroup(function* (group) {
            group.go(() => job(told, 'a', 9, 3));
            yield* sleep(9);
          });
        } finally {
          told.add(`${frame()} waited`);
        }
      });
      at(2, () => task.cancel().subscribe(() => told.add(`${frame()} ${task.status}`)));
    });
    expect(told.lines).toEqual(['5 a clean', '5 waited', '5 cancelled']);
  });

  it('holds up nobody if there is none: the child had not begun, and the body had ended', () => {
    const told = new Record();
    go(function* () {
      const task = go(function* () {
        try {
          yield* taskGroup((group) => {
            group.go(() => job(told, 'never', 9));
            return of(1);
          });
        } finally {
          told.add('clean');
        }
      });
      // In line before the child.
      go(function* () {
        told.add('cancels');
        task.cancel();
      });
    });
    expect(told.lines).toEqual(['cancels', 'clean']);
  });

  it('that fails then fails that coroutine, and is reported nowhere else', () => {
    let task!: Task<void>;
    const reports = reportsOf(() => {
      task = go(function* () {
        yield* taskGroup(function* () {
          try {
            yield* sleep(9);
          } finally {
            yield* failing(1, 'clean-up');
          }
        });
      });
      task.subscribe({ error: () => undefined });
      at(2, () => task.cancel());
    });
    expect(task.status).toBe('rejected');
    expect(() => task.result()).toThrow(TaskGroupError);
    expect(reports).toEqual([]);
  });

  it('that fails after unsubscribing is reported, as one TaskGroupError', () => {
    const reports = reportsOf(() => {
      const group = taskGroup(function* (group) {
        for (const name of ['a', 'b']) {
          group.go(function* () {
            try {
              yield* sleep(9);
            } finally {
              yield* failing(1, name);
            }
          });
        }
        yield* sleep(9);
      });
      group.pipe(takeUntil(timer(3))).subscribe();
    });
    expect(reports).toHaveLength(1);
    expect((reports[0] as TaskGroupError).errors).toEqual(['a', 'b']);
  });

  it('that succeeds after unsubscribing is not', () => {
    const reports = reportsOf(() => {
      const group = taskGroup(function* (group) {
        group.go(() => job(new Record(), 'a', 9, 1));
        yield* sleep(9);
      });
      group.pipe(takeUntil(timer(3))).subscribe();
    });
    expect(reports).toEqual([]);
  });
});

describe('4.6 the limit of a group', () => {
  it('holds, first come, first served', () => {
    const told = new Record();
    virtual(() =>
      taskGroup(
        function* (group) {
          for (const name of ['a', 'b', 'c', 'd']) group.go(() => job(told, name, name === 'a' ? 5 : 2));
          check(group);
          told.add(`${group.size}: ${title(group)}`);
          yield* sleep(3);
          check(group);
          told.add(`${group.size}: ${title(group)}`);
        },
        { limit: 2, name: 'g' },
      ).subscribe(told.by('group')),
    );
    expect(told.lines).toEqual([
      '4: group g (2 running, 2 queued, open)',
      ...['2 b done', '2 b clean'],
      '3: group g (2 running, 1 queued, open)',
      ...['4 c done', '4 c clean', '5 a done', '5 a clean', '6 d done', '6 d clean'],
      'group got undefined',
    ]);
  });

  it('frees the place of one who is cancelled, in the queue or out of it', () => {
    const told = new Record();
    virtual(() =>
      taskGroup(
        function* (group) {
          const [a, b] = ['a', 'b', 'c'].map((name) => group.go(() => job(told, name, 5)));
          b!.cancel();
          check(group);
          yield* sleep(1);
          a!.cancel();
          yield* sleep(1);
          check(group);
        },
        { limit: 1 },
      ).subscribe(told.by('group')),
    );
    expect(told.lines).toEqual(['1 a clean', '6 c done', '6 c clean', 'group got undefined']);
  });

  it('keeps those queued from ever starting when the group fails', () => {
    const told = new Record();
    const errors = errorsOf(
      taskGroup(
        function* (group) {
          group.go(() => failing(1, 'boom'));
          const queued = group.go(() => job(told, 'never', 1));
          queued.subscribe({ error: (error: unknown) => told.add(show(error)) });
        },
        { limit: 1 },
      ),
    );
    expect(errors).toEqual(['boom']);
    expect(told.lines).toEqual(['CancelledError(boom)']);
  });

  it.each([0, -1, 1.5, NaN, '2'])('is no %s', (limit) => {
    const message = /^taskGroup: limit must be an integer >= 1, or Infinity; got /;
    expect(() => taskGroup(() => of(1), { limit: limit as number })).toThrow(RangeError);
    expect(() => taskGroup(() => of(1), { limit: limit as number })).toThrow(message);
  });
});

describe('4.6 onChildError', () => {
  it('is told of the failure of a child, whose siblings live on', () => {
    const told = new Record();
    virtual(() =>
      taskGroup(
        function* (group) {
          group.go(() => failing(1, 'a'), { name: 'one' });
          group.go(() => job(told, 'b', 3));
          const cancelled = group.go(() => job(told, 'c', 3));
          yield* sleep(2);
          cancelled.cancel();
          return 'well';
        },
        { onChildError: (error, child) => told.add(`${frame()} ${show(error)} of ${child.name}, ${child.status}`) },
      ).subscribe(told.by('group')),
    );
    expect(told.lines).toEqual(['1 a of one, rejected', '2 c clean', '3 b done', '3 b clean', 'group got well']);
  });

  it('does not keep the body from failing the group', () => {
    const errors = errorsOf(
      taskGroup(
        function* (group) {
          yield* group.go(() => failing(1, 'boom'));
        },
        { onChildError: () => undefined },
      ),
    );
    expect(errors).toEqual(['boom']);
  });

  it('fails the group with what it throws', () => {
    const told = new Record();
    const errors = errorsOf(
      taskGroup(
        function* (group) {
          group.go(() => job(told, 'a', 9));
          group.go(() => failing(1, 'child'));
        },
        {
          onChildError: () => {
            raise(new Error('callback'));
          },
        },
      ),
    );
    expect(errors).toEqual([new Error('callback')]);
    expect(told.lines).toEqual(['1 a clean']);
  });

  it('is a function', () => {
    expect(() => taskGroup(() => of(1), { onChildError: 1 as never })).toThrow(
      new TypeError('taskGroup: onChildError must be a function; got 1'),
    );
  });
});

describe('4.6 the signal of a group', () => {
  it('aborts with the reason of the cancel, also for one who asks for it afterwards', () => {
    const told = new Record();
    errorOf(
      taskGroup(function* (group) {
        const { signal } = group;
        signal.addEventListener('abort', () => told.add(`aborted: ${show(signal.reason)}`));
        yield* sleep(1);
        group.cancel('enough');
      }),
    );
    errorOf(
      taskGroup(function* (group) {
        group.cancel('before');
        told.add(`${group.signal.aborted}: ${show(group.signal.reason)}`);
      }),
    );
    expect(told.lines).toEqual(['aborted: enough', 'true: before']);
  });

  it('is the same for all who ask', () => {
    const signals: AbortSignal[] = [];
    errorOf(
      taskGroup(function* (group) {
        signals.push(group.signal, group.signal);
        yield* sleep(1);
        group.cancel();
      }),
    );
    expect(signals[0]).toBe(signals[1]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('aborts with the error that fails the group, and on unsubscribing', () => {
    const signals: AbortSignal[] = [];
    const error = new Error('boom');
    virtual(() => {
      taskGroup(function* (group) {
        signals.push(group.signal, group.go(() => sleep(9)).signal);
        yield* failing(1, error);
      }).subscribe({ error: () => undefined });
      taskGroup(function* (group) {
        signals.push(group.signal);
        yield* sleep(9);
      })
        .subscribe()
        .unsubscribe();
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
    expect(signals.slice(0, 2).map(({ reason }): unknown => reason)).toEqual([error, error]);
  });
});

describe('4.6 what a group leaves behind', () => {
  it('is nothing in a select that it loses: its children have gone', () => {
    const told = new Record();
    virtual(() => {
      const group = taskGroup(function* (group) {
        group.go(() => job(told, 'a', 9));
        yield* sleep(9);
      });
      select({ group, late: sleep(3) }).subscribe(({ key }) => told.add(`${frame()} ${key}`));
    });
    expect(told.lines).toEqual(['3 late', '3 a clean']);
  });
});
