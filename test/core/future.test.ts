import { describe, expect, it } from 'vitest';
import { CancelledError, deferred, type Deferred, go, NotReadyError, poll, select } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';

const error = new Error('no');

describe('4.5 a deferred', () => {
  const OUTCOMES: readonly [string, (future: Deferred<number>) => boolean][] = [
    ['resolve', (future) => future.resolve(1)],
    ['reject', (future) => future.reject(error)],
    ['cancel', (future) => future.cancel('enough')],
  ];
  const told = (future: Deferred<number>): string[] => {
    const record = new Record();
    future.subscribe(record.by(future.status));
    return record.lines;
  };
  const EXPECTED = ['resolved got 1', 'rejected failed with no', 'cancelled failed with CancelledError(enough)'];

  it.each(
    OUTCOMES.flatMap(([first, doFirst], i) => OUTCOMES.map(([then, doThen]) => ({ first, doFirst, then, doThen, i }))),
  )('keeps its first outcome: $first, then $then', ({ doFirst, doThen, i }) => {
    const future = deferred<number>();
    future.attend({ ...nobody() });
    expect(doFirst(future)).toBe(true);
    check(future);
    expect(told(future)).toEqual([EXPECTED[i]]);
    expect(doThen(future)).toBe(false);
    check(future);
    expect(told(future)).toEqual([EXPECTED[i]]);
  });

  it('tells all who wait, in the order in which they came: observers at once, coroutines in this turn', () => {
    const record = new Record();
    const future = deferred<number>();
    future.subscribe(record.by('observer 1'));
    go(function* () {
      record.add(`coroutine 2 got ${yield* future}`);
    });
    future.subscribe(record.by('observer 3'));
    go(function* () {
      record.add(`coroutine 4 got ${yield* future}`);
    });
    check(future);
    future.resolve(7);
    record.add('resolve returned');
    check(future);
    expect(record.lines).toEqual([
      'observer 1 got 7',
      'observer 3 got 7',
      'coroutine 2 got 7',
      'coroutine 4 got 7',
      'resolve returned',
    ]);
  });

  it('has its outcome before anybody is told', () => {
    const record = new Record();
    const future = deferred<number>();
    future.subscribe(() => {
      record.add(`first: ${future.status} ${future.result()}, again: ${future.resolve(2)}`);
      future.subscribe(record.by('from inside'));
    });
    future.subscribe(record.by('second'));
    future.resolve(1);
    check(future);
    expect(record.lines).toEqual(['first: resolved 1, again: false', 'from inside got 1', 'second got 1']);
  });

  it('tells the others when an observer throws', () => {
    const record = new Record();
    const future = deferred<number>();
    future.subscribe(record.by('first'));
    future
      .map(() => {
        throw error;
      })
      .subscribe(record.by('broken'));
    future.subscribe(record.by('last'));
    future.resolve(1);
    expect(record.lines).toEqual(['first got 1', 'broken failed with no', 'last got 1']);
  });

  it('emits its value and completes, early or late', () => {
    const record = new Record();
    const future = deferred<number>();
    future.subscribe(record.all('early'));
    future.resolve(1);
    future.subscribe(record.all('late'));
    expect(record.lines).toEqual(['early got 1', 'early completed', 'late got 1', 'late completed']);
  });

  it('may have any value: undefined, an error, a promise, another deferred, none is looked into', () => {
    const got: unknown[] = [];
    const values = [undefined, null, error, Promise.resolve(1), deferred<number>()];
    for (const value of values) {
      const future = deferred<unknown>();
      future.subscribe((each) => got.push(each));
      future.resolve(value);
    }
    expect(got).toHaveLength(values.length);
    got.forEach((each, i) => expect(Object.is(each, values[i])).toBe(true));
  });

  it('can be selected, and polled', () => {
    const record = new Record();
    const future = deferred<number>();
    expect(poll(future)).toEqual({ ok: false, closed: false });
    select({ future, other: deferred() }).subscribe(record.by('select'));
    check(future);
    future.resolve(1);
    select({ future }).subscribe(record.by('late select'));
    expect(record.lines).toEqual(['select got future=1', 'late select got future=1']);
    expect(poll(future)).toEqual({ ok: true, value: 1 });
  });

  it('says whether an outcome was the first, also where nobody waits', () => {
    const [a, b, c] = [deferred<number>(), deferred<number>(), deferred<number>()];
    b.subscribe({ error: () => undefined });
    c.subscribe({ error: () => undefined });
    expect([a.resolve(1), a.resolve(2), a.cancel()]).toEqual([true, false, false]);
    expect([b.reject(1), b.resolve(2)]).toEqual([true, false]);
    expect([c.cancel(), c.reject(2)]).toEqual([true, false]);
  });

  it('says its name and its status', () => {
    const future = deferred<number>();
    expect(title(future)).toMatch(/^deferred#\d+, pending$/);
    future.resolve(1);
    expect(title(future)).toBe(`${future.name}, resolved`);
    expect(deferred().name).not.toBe(future.name);
  });

  it('names itself, and the reason, in the error of a cancel', () => {
    const future = deferred<number>();
    future.cancel('enough');
    let caught: unknown;
    try {
      future.result();
    } catch (thrown) {
      caught = thrown;
    }
    expect(caught).toBeInstanceOf(CancelledError);
    expect(caught).toMatchObject({ source: future.name, reason: 'enough' });
  });
});

describe.each(FORMS)('4.5 one of those who wait for a deferred, by $form,', ({ perform }) => {
  it('disturbs nobody by leaving', () => {
    const record = new Record();
    const future = deferred<number>();
    const leave = ['first', 'second', 'third', 'fourth'].map((name) => perform(future, record.by(name)));
    leave[0]!();
    check(future);
    leave[2]!();
    check(future);
    expect(future.status).toBe('pending');
    future.resolve(1);
    check(future);
    expect(record.lines).toEqual(['second got 1', 'fourth got 1']);
  });

  it('may leave last: then nobody waits', () => {
    const record = new Record();
    const future = deferred<number>();
    perform(future, record.by('left'))();
    check(future);
    future.resolve(1);
    perform(future, record.by('late'));
    expect(record.lines).toEqual(['late got 1']);
  });
});

describe('the result of a future', () => {
  it('is its value', () => {
    const future = deferred<number>();
    future.resolve(1);
    expect([future.status, future.result()]).toEqual(['resolved', 1]);
  });

  it('is NotReadyError while it is pending, with its name', () => {
    const future = deferred<number>();
    expect(future.status).toBe('pending');
    expect(() => future.result()).toThrow(NotReadyError);
    expect(() => future.result()).toThrow(future.name);
  });

  it('is what it was rejected with, the same object', () => {
    const future = deferred<number>();
    future.reject(error);
    expect(future.status).toBe('rejected');
    expect(() => future.result()).toThrow(error);
  });

  it('is NotReadyError of a task that cleans up, and its outcome afterwards', () => {
    const gate = deferred<void>();
    const task = go(function* () {
      try {
        yield* deferred<void>();
      } finally {
        yield* gate;
      }
    });
    task.cancel('enough');
    expect(() => task.result()).toThrow(NotReadyError);
    gate.resolve();
    expect(() => task.result()).toThrow(CancelledError);
  });
});

/** A waiter that does not care. */
function nobody(): Parameters<Deferred<number>['attend']>[0] {
  return {
    place: null,
    before: null,
    after: null,
    request: undefined,
    parcel: undefined,
    quiet: false,
    asleep: false,
    settle: () => undefined,
    linger: () => undefined,
    tell: () => undefined,
  };
}
