import { describe, expect, it } from 'vitest';
import { channel, forEach, go, mergeSelect, sleep } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, show } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';

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
