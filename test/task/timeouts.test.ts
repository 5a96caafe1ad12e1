import { TimeoutError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, coroutine, go, sleep, taskGroup, type TaskGroupError } from '../../src/index.ts';
import { Record } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';
import { failing, job, raise } from './jobs.ts';

describe('4.7 a timeout of structured work', () => {
  it('cancels the group, fails at once, and lets the clean-up end by itself', () => {
    const told = new Record();
    virtual(() => {
      const group = taskGroup(function* (group) {
        group.go(() => job(told, 'a', 9, 2));
        yield* job(told, 'body', 9);
      });
      group.withTimeout(3).subscribe({ error: (error: unknown) => told.add(`${frame()} ${(error as Error).name}`) });
    });
    expect(told.lines).toEqual(['3 TimeoutError', '3 body clean', '5 a clean']);
  });

  it('never turns a foreign error into a TimeoutError, nor its own into another', () => {
    const told = new Record();
    virtual(() => {
      const work = channel<number>();
      work.receive().withTimeout(9).subscribe(told.by('cancelled'));
      coroutine(() => failing(1, new Error('own')))
        .withTimeout(9)
        .subscribe(told.by('failed'));
      coroutine(() => raise(new TimeoutError({ info: 'own' } as never)))
        .withTimeout(9)
        .subscribe({ error: (error: unknown) => told.add(JSON.stringify((error as { info: unknown }).info)) });
      at(2, () => work.cancel('gone'));
    });
    expect(told.lines).toEqual([
      '{"info":"own"}',
      'failed failed with own',
      'cancelled failed with CancelledError(gone)',
    ]);
  });

  it('inside of another fails by itself, and the outer one goes on', () => {
    const told = new Record();
    virtual(() =>
      coroutine(function* () {
        try {
          yield* sleep(9).withTimeout(2);
        } catch (error) {
          told.add(`${frame()} inner ${(error as Error).name}`);
        }
        yield* sleep(9);
      })
        .withTimeout(5)
        .subscribe({ error: (error: unknown) => told.add(`${frame()} outer ${(error as Error).name}`) }),
    );
    expect(told.lines).toEqual(['2 inner TimeoutError', '5 outer TimeoutError']);
  });

  it('of a child fails the group like any other error', () => {
    let errors: unknown[] = [];
    virtual(() =>
      taskGroup(function* (group) {
        group.go(sleep(9).withTimeout(2));
        yield* sleep(9);
      }).subscribe({ error: (error: unknown) => ({ errors } = error as TaskGroupError) }),
    );
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(TimeoutError);
  });

  it('is cleared when a body is cancelled in it, and works in a finally block', () => {
    const told = new Record();
    const last = virtual(() => {
      const task = go(function* () {
        try {
          yield* sleep(999).withTimeout(500);
        } finally {
          try {
            yield* sleep(9).withTimeout(3);
          } catch (error) {
            told.add(`${frame()} ${(error as Error).name}`);
          }
        }
      });
      at(1, () => task.cancel());
    });
    expect(told.lines).toEqual(['4 TimeoutError']);
    expect(last).toBe(4);
  });
});
