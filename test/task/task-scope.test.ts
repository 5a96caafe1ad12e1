import { Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { CancelledError, sleep, TaskGroupError, taskScope } from '../../src/index.ts';
import { check, Record, show } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { failing, job, raise } from './jobs.ts';
import { WAYS } from './ways.ts';

describe.each(WAYS)('4.6 taskScope, waited for by $way', ({ of: by }) => {
  it('close waits for the children to end by themselves', () => {
    const told = new Record();
    virtual(() => {
      const scope = taskScope();
      scope.go(() => job(told, 'a', 5, 1));
      by(scope.close()).subscribe(() => told.add(`${frame()} closed`));
    });
    expect(told.lines).toEqual(['5 a done', '6 a clean', '6 closed']);
  });

  it('close fails with TaskGroupError if something failed', () => {
    const told = new Record();
    const reports = reportsOf(() => {
      const scope = taskScope();
      scope.go(() => failing(2, 'boom'));
      scope.go(() => job(told, 'a', 9, 1));
      by(scope.close()).subscribe({
        error: (error: unknown) => told.add(`${frame()} ${String((error as TaskGroupError).errors)}`),
      });
    });
    expect(told.lines).toEqual(['3 a clean', '3 boom']);
    expect(reports).toEqual([]);
  });

  it('close fails with the CancelledError of cancel', () => {
    const told = new Record();
    virtual(() => {
      const scope = taskScope();
      scope.go(() => job(told, 'a', 9));
      by(scope.close()).subscribe(told.by('close'));
      at(2, () => scope.cancel('enough'));
    });
    expect(told.lines).toEqual(['2 a clean', 'close failed with CancelledError(enough)']);
  });

  it('leaves the scope as it is when the one who waits for close leaves', () => {
    const told = new Record();
    virtual(() => {
      const scope = taskScope();
      scope.go(() => job(told, 'a', 5));
      const waiting = by(scope.close()).subscribe(told.by('close'));
      at(2, () => waiting.unsubscribe());
    });
    expect(told.lines).toEqual(['5 a done', '5 a clean']);
  });
});

describe('4.6 a scope', () => {
  it('starts a child before go returns, when called from plain code', () => {
    const told = new Record();
    const scope = taskScope({ name: 's' });
    scope.go(function* () {
      told.add('child');
    });
    told.add('after');
    expect(told.lines).toEqual(['child', 'after']);
    expect([scope.name, scope.size, scope.closed]).toEqual(['s', 0, false]);
    check(scope);
  });

  it('refuses new children from the call of close on, subscribed or not', () => {
    const scope = taskScope({ name: 's' });
    scope.close();
    expect(scope.closed).toBe(true);
    expect(() => scope.go(sleep(1))).toThrow(CancelledError);
    expect(() => scope.go(sleep(1))).toThrow('s was cancelled: s is closed');
    expect(scope.size).toBe(0);
  });

  it('closes at once when nothing runs, and for everybody who asks', () => {
    const told = new Record();
    const scope = taskScope();
    scope.close().subscribe(told.all('x'));
    scope.close().subscribe(told.all('y'));
    expect(told.lines).toEqual(['x got undefined', 'x completed', 'y got undefined', 'y completed']);
  });

  it('counts the refusal of a closed scope as a failure of the child that met it', () => {
    const told = new Record();
    virtual(() => {
      const scope = taskScope();
      scope.go(function* () {
        yield* sleep(1);
        scope.go(sleep(1));
      });
      scope.close().subscribe(told.by('close'));
    });
    expect(told.lines).toEqual(['close failed with TaskGroupError']);
  });

  it('reports its TaskGroupError once if it failed and nobody waits for it', () => {
    const reports = reportsOf(() => {
      const scope = taskScope();
      scope.go(() => failing(1, 'a'));
      scope.go(() => failing(1, 'b'));
      at(9, () => scope.unsubscribe());
    });
    expect(reports).toHaveLength(1);
    expect(reports[0]).toBeInstanceOf(TaskGroupError);
    expect((reports[0] as TaskGroupError).errors).toEqual(['a']);
  });

  it('holds the failures of clean-up, too, and tells one who closes it later', () => {
    const told = new Record();
    const reports = reportsOf(() => {
      const scope = taskScope();
      scope.go(() => failing(1, 'a'));
      scope.go(function* () {
        try {
          yield* sleep(9);
        } finally {
          yield* failing(2, 'b');
        }
      });
      at(2, () =>
        scope.close().subscribe({ error: (error: unknown) => told.add((error as TaskGroupError).errors.join()) }),
      );
    });
    expect(told.lines).toEqual(['a,b']);
    expect(reports).toEqual([]);
  });

  it('does not report that it was cancelled', () => {
    const reports = reportsOf(() => {
      const scope = taskScope();
      scope.go(sleep(9));
      scope.cancel('enough');
    });
    expect(reports).toEqual([]);
  });

  it('goes on after the failure of a child when onChildError is told', () => {
    const told = new Record();
    virtual(() => {
      const scope = taskScope({ onChildError: (error) => told.add(`told ${show(error)}`) });
      scope.go(() => failing(1, 'a'));
      at(2, () => scope.go(() => job(told, 'b', 1)));
    });
    expect(told.lines).toEqual(['told a', '3 b done', '3 b clean']);
  });

  it('limits how many run at once', () => {
    const told = new Record();
    virtual(() => {
      const scope = taskScope({ limit: 1 });
      scope.go(() => job(told, 'a', 2));
      scope.go(() => job(told, 'b', 2));
      check(scope);
      at(1, () => scope.close().subscribe(() => told.add(`${frame()} closed`)));
    });
    expect(told.lines).toEqual(['2 a done', '2 a clean', '4 b done', '4 b clean', '4 closed']);
  });

  it('rejects options that make no sense', () => {
    expect(() => taskScope({ limit: 0 })).toThrow(
      new RangeError('taskScope: limit must be an integer >= 1, or Infinity; got 0'),
    );
  });
});

describe('4.6 scope.unsubscribe', () => {
  it('cancels all, in the order in which they started, in this turn; the scope is closed', () => {
    const told = new Record();
    virtual(() => {
      const scope = taskScope();
      for (const name of ['a', 'b']) scope.go(() => job(told, name, 9));
      at(2, () => {
        scope.unsubscribe();
        scope.unsubscribe();
        check(scope);
        told.add(`closed ${scope.closed}, ${scope.size} left`);
        expect(() => scope.go(sleep(1))).toThrow(CancelledError);
      });
    });
    expect(told.lines).toEqual(['2 a clean', '2 b clean', 'closed true, 0 left']);
  });

  it('comes with the end of a subscription that it was added to', () => {
    const told = new Record();
    virtual(() => {
      const scope = taskScope();
      const subscription = new Subscription();
      subscription.add(scope);
      scope.go(() => job(told, 'a', 9));
      at(2, () => subscription.unsubscribe());
    });
    expect(told.lines).toEqual(['2 a clean']);
  });

  it('lets close wait for the clean-up, which is no failure', () => {
    const told = new Record();
    virtual(() => {
      const scope = taskScope();
      scope.go(() => job(told, 'a', 9, 2));
      scope.unsubscribe();
      scope.close().subscribe(() => told.add(`${frame()} closed`));
    });
    expect(told.lines).toEqual(['2 a clean', '2 closed']);
  });

  it('reports what fails in the clean-up', () => {
    const reports = reportsOf(() => {
      const scope = taskScope();
      scope.go(function* () {
        try {
          yield* sleep(9);
        } finally {
          raise('clean-up');
        }
      });
      scope.unsubscribe();
    });
    expect(reports.map((error): unknown => (error as TaskGroupError).errors)).toEqual([['clean-up']]);
  });

  it('does nothing to a scope that has ended', () => {
    const scope = taskScope();
    const { signal } = scope;
    scope.close();
    scope.unsubscribe();
    scope.cancel();
    expect(signal.aborted).toBe(false);
  });
});

describe('4.6 asyncDispose of a scope', () => {
  it('cancels, then waits', async () => {
    const told = new Record();
    {
      await using scope = taskScope();
      scope.go(function* () {
        try {
          yield* sleep(1e6);
        } finally {
          yield* sleep(0);
          told.add('clean');
        }
      });
    }
    told.add('disposed');
    expect(told.lines).toEqual(['clean', 'disposed']);
  });

  it('rejects with what failed, and not because it was cancelled', async () => {
    const cancelled = taskScope();
    cancelled.cancel('before');
    await expect(cancelled[Symbol.asyncDispose]()).resolves.toBeUndefined();
    const failed = taskScope();
    failed.go(function* () {
      try {
        yield* sleep(1e6);
      } finally {
        raise('clean-up');
      }
    });
    await expect(failed[Symbol.asyncDispose]()).rejects.toMatchObject({ errors: ['clean-up'] });
  });
});
