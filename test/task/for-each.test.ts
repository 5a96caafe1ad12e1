import { concat, EMPTY, ignoreElements, type ObservableInput, Subject, tap, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, type Coroutine, forEach, gate, go, mergeSelect, sleep } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, show } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';

function* waiting(value: number, told: Record): Coroutine<void> {
  yield* sleep(3);
  told.add(`body ${value}`);
}

/** A promise that calls back in the same call, so that virtual time need not wait for it. */
function later(value: number, told: Record): Promise<void> {
  const then = (resolve: () => void) => {
    at(3, () => {
      told.add(`body ${value}`);
      resolve();
    });
    return { then: () => undefined };
  };
  return { then } as unknown as Promise<void>;
}

function iterated(value: number, told: Record): AsyncIterable<void> {
  let asked = false;
  const next = (): unknown => {
    if (asked)
      return { then: (resolve: (result: unknown) => void) => (resolve({ done: true }), { then: () => undefined }) };
    asked = true;
    const then = (resolve: (result: unknown) => void) =>
      later(value, told).then(() => resolve({ done: false, value: undefined }));
    return { then };
  };
  return { [Symbol.asyncIterator]: () => ({ next }) } as unknown as AsyncIterable<void>;
}

describe.each(FORMS)('forEach, by $form,', ({ perform }) => {
  it('runs its body for each value in turn, and completes when the channel has ended', () => {
    const told = new Record();
    const a = channel<number>(3);
    for (const value of [1, 2]) a.trySend(value);
    perform(
      forEach(a, (value) => told.add(`body ${value}`)),
      told.by('forEach'),
    );
    check(a);
    a.trySend(3);
    check(a);
    a.close();
    check(a);
    expect(told.lines).toEqual(['body 1', 'body 2', 'body 3', 'forEach got undefined']);
  });

  it('receives the next value when the body for the last one has ended', () => {
    const told = new Record();
    virtual(() => {
      const a = channel<number>();
      perform(
        forEach(a, function* (value) {
          yield* sleep(3);
          told.add(`body ${value} ended at ${frame()}`);
        }),
        told.by('forEach'),
      );
      go(function* () {
        for (const value of [1, 2]) {
          yield* a.send(value);
          told.add(`sent ${value} at ${frame()}`);
        }
        a.close();
      });
    });
    expect(told.lines).toEqual([
      'sent 1 at 0',
      'body 1 ended at 3',
      'sent 2 at 3',
      'body 2 ended at 6',
      'forEach got undefined',
    ]);
  });

  it.each<[string, (value: number, told: Record) => ObservableInput<unknown> | Coroutine<unknown>]>([
    ['a coroutine', (value, told) => waiting(value, told)],
    ['an observable', (value, told) => timer(3).pipe(tap(() => told.add(`body ${value}`)))],
    ['an operation', (value, told) => sleep(3).map(() => told.add(`body ${value}`))],
    ['a task', (value, told) => go(() => waiting(value, told))],
    ['what is iterated asynchronously', (value, told) => iterated(value, told)],
    ['a promise', (value, told) => later(value, told)],
    [
      'an observable without a value',
      (value, told) =>
        concat(timer(3), EMPTY).pipe(tap({ complete: () => told.add(`body ${value}`) }), ignoreElements()),
    ],
  ])('waits for %s that its body returns', (_, body) => {
    const told = new Record();
    virtual(() => {
      const a = channel<number>(2);
      for (const value of [1, 2]) a.trySend(value);
      a.close();
      perform(
        forEach(a, (value) => {
          told.add(`begins ${value} at ${frame()}`);
          return body(value, told);
        }),
        { ...told.by('forEach'), next: () => told.add(`ended at ${frame()}`) },
      );
    });
    expect(told.lines).toEqual(['begins 1 at 0', 'body 1', 'begins 2 at 3', 'body 2', 'ended at 6']);
  });

  it.each<[string, (value: number) => ObservableInput<unknown>]>([
    ['an observable', (value) => throwError(() => new Error(`${value} failed`))],
    [
      'an operation',
      (value) =>
        gate()
          .wait()
          .map(() => value)
          .withSignal(AbortSignal.abort(new Error(`${value} failed`))),
    ],
    [
      'a promise',
      (value) =>
        ({ then: (_: unknown, reject: (error: unknown) => void) => reject(new Error(`${value} failed`)) }) as never,
    ],
  ])('fails with what %s that its body returns fails with, and receives nothing more', (_, body) => {
    const told = new Record();
    const a = channel<number>(2);
    for (const value of [1, 2]) a.trySend(value);
    perform(forEach(a, body), told.by('forEach'));
    check(a);
    expect([told.lines, a.size]).toEqual([['forEach failed with 1 failed'], 1]);
  });

  it.each([[[1, 2]], ['text'], [new Set([1])], [new Map()], [5], [null], [undefined], [{}]])(
    'ignores %o that its body returns',
    (made) => {
      const told = new Record();
      const a = channel<number>(2);
      for (const value of [1, 2]) a.trySend(value);
      a.close();
      perform(
        forEach(a, () => made as never),
        told.by('forEach'),
      );
      expect(told.lines).toEqual(['forEach got undefined']);
    },
  );

  it('leaves what its body waits for when it is withdrawn', () => {
    const told = new Record();
    const a = channel<number>(2);
    for (const value of [1, 2]) a.trySend(value);
    const source = new Subject<number>();
    const withdraw = perform(
      forEach(a, () => source),
      told.by('forEach'),
    );
    const observed = [source.observed];
    withdraw();
    check(a);
    observed.push(source.observed);
    expect([observed, told.lines, a.size]).toEqual([[true, false], [], 1]);
  });

  it('fails with the close cause, after the last value', () => {
    const told = new Record();
    const a = channel<number>(1);
    a.trySend(1);
    a.close(new Error('the cause'));
    perform(
      forEach(a, (value) => told.add(`body ${value}`)),
      told.by('forEach'),
    );
    expect(told.lines).toEqual(['body 1', 'forEach failed with the cause']);
  });

  it('fails with the cancellation of the channel', () => {
    const told = new Record();
    const a = channel<number>();
    perform(
      forEach(a, () => undefined),
      told.by('forEach'),
    );
    a.cancel('enough');
    check(a);
    expect(told.lines).toEqual(['forEach failed with CancelledError(enough)']);
  });

  it.each([
    [
      'a function',
      (value: number): void => {
        if (value === 2) throw new Error('no');
      },
    ],
    [
      'a coroutine',
      function* (value: number) {
        if (value === 2) throw new Error('no');
      },
    ],
  ])('fails with what its body throws, %s, and takes nothing more', (_, body) => {
    const told = new Record();
    const a = channel<number>(4);
    for (const value of [1, 2, 3]) a.trySend(value);
    perform(forEach(a, body), told.by('forEach'));
    check(a);
    expect(told.lines).toEqual(['forEach failed with no']);
    expect([a.tryReceive(), a.isClosed]).toEqual([{ ok: true, value: 3 }, false]);
  });

  it('takes nothing more when it is cancelled, in the body', () => {
    const told = new Record();
    virtual(() => {
      const a = channel<number>(4);
      for (const value of [1, 2, 3]) a.trySend(value);
      const withdraw = perform(
        forEach(a, function* (value) {
          try {
            yield* sleep(5);
            told.add(`body ${value}`);
          } finally {
            told.add(`body ${value} left at ${frame()}`);
          }
        }),
        told.by('forEach'),
      );
      at(7, () => {
        withdraw();
        check(a);
        expect([a.size, a.isClosed]).toEqual([1, false]);
      });
    });
    expect(told.lines).toEqual(['body 1', 'body 1 left at 5', 'body 2 left at 7']);
  });

  it('takes nothing more when it is cancelled between two values', () => {
    const told = new Record();
    const a = channel<number>();
    const withdraw = perform(
      forEach(a, (value) => told.add(`body ${value}`)),
      told.by('forEach'),
    );
    a.trySend(1);
    withdraw();
    check(a);
    expect(a.trySend(2)).toBe(false);
    expect(told.lines).toEqual(['body 1']);
  });

  it('takes nothing before it is performed', () => {
    const told = new Record();
    const a = channel<number>(1);
    a.trySend(1);
    const loop = forEach(a, (value) => told.add(`body ${value}`));
    expect(a.size).toBe(1);
    perform(loop, told.by('forEach'));
    expect(told.lines).toEqual(['body 1']);
  });

  it('shares a channel with other loops: each value is for one of them', () => {
    const told = new Record();
    const a = channel<number>();
    for (const name of ['one', 'two']) {
      perform(
        forEach(a, (value) => told.add(`${name} ${value}`)),
        told.by(name),
      );
    }
    for (const value of [1, 2, 3, 4]) a.trySend(value);
    a.close();
    check(a);
    expect(told.lines).toEqual(['one 1', 'two 2', 'one 3', 'two 4', 'one got undefined', 'two got undefined']);
  });

  it('goes over a merge of channels', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<string>();
    perform(
      forEach(mergeSelect({ a, b }), (found) => told.add(show(found))),
      told.by('forEach'),
    );
    a.trySend(1);
    b.trySend('x');
    a.close();
    b.close();
    check(a, b);
    expect(told.lines).toEqual(['a=1', 'b=x', 'forEach got undefined']);
  });
});

describe('forEach left by return', () => {
  it('inside of a coroutine takes nothing more: leaving the coroutine leaves the loop', () => {
    const a = channel<number>(4);
    for (const value of [1, 2, 3]) a.trySend(value);
    const task = go(function* () {
      yield* forEach(a, function* (value) {
        if (value === 2) yield* channel().receive();
      });
    });
    task.cancel();
    check(a);
    expect(a.size).toBe(1);
  });
});

describe('forEach', () => {
  it.each([[undefined], [5]])('rejects a body that is no function, where it is written: %s', (body) => {
    expect(() => forEach(channel(), body as never)).toThrow(TypeError);
    expect(() => forEach(channel(), body as never)).toThrow(/^forEach: the body must be a function; got /);
  });
});
