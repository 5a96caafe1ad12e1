import { concat, EMPTY, NEVER, Observable, of, Subject, throwError, timer, UnsubscriptionError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, go, until } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { Record, title } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

describe.each(FORMS)('until, waited for by $form', ({ perform }) => {
  it('gives the first value, when that comes', () => {
    const told = new Record();
    virtual(() => {
      perform(
        until(timer(3, 1)).map((n) => `${n} in frame ${frame()}`),
        told.by('a'),
      );
    });
    expect(told.lines).toEqual(['a got 0 in frame 3']);
  });

  it('unsubscribes once it has it, before anybody is told', () => {
    const told = new Record();
    const source = new Subject<number>();
    perform(
      until(source).map((n) => `${n}, observed: ${source.observed}`),
      told.by('a'),
    );
    source.next(1);
    source.next(2);
    expect(told.lines).toEqual(['a got 1, observed: false']);
  });

  it('stops a source that emits without end as it is subscribed', () => {
    const told = new Record();
    let emitted = 0;
    const firehose = new Observable<number>((subscriber) => {
      while (!subscriber.closed) subscriber.next(++emitted);
    });
    perform(until(firehose), told.by('a'));
    expect([told.lines, emitted]).toEqual([['a got 1'], 1]);
  });

  it.each<[string, Observable<never>, string]>([
    ['an empty source', EMPTY, 'EmptyError'],
    ['a source that errs', throwError(() => new Error('thrown')), 'thrown'],
  ])('fails on %s', (_, source, name) => {
    const told = new Record();
    perform(until(source), told.by('a'));
    expect(told.lines).toEqual([`a failed with ${name}`]);
  });

  it('unsubscribes when it is withdrawn', () => {
    const source = new Subject<number>();
    const withdraw = perform(until(source), new Record().by('a'));
    const before = source.observed;
    withdraw();
    expect([before, source.observed]).toEqual([true, false]);
  });

  describe('of a promise', () => {
    it('gives its value, later, also undefined', async () => {
      const told = new Record();
      perform(until(Promise.resolve(1)), told.by('a'));
      perform(until(Promise.resolve(undefined)), told.by('b'));
      told.add('asked');
      await Promise.resolve();
      expect(told.lines).toEqual(['asked', 'a got 1', 'b got undefined']);
    });

    it('fails with what it is rejected with', async () => {
      const told = new Record();
      perform(until(Promise.reject(new Error('rejected'))), told.by('a'));
      await Promise.resolve();
      expect(told.lines).toEqual(['a failed with rejected']);
    });

    it('hears nothing of it once it is withdrawn, nor does anybody else', async () => {
      const told = new Record();
      for (const promise of [Promise.resolve(1), Promise.reject(new Error('rejected'))]) {
        perform(until(promise), told.by('a'))();
      }
      await new Promise((resolve) => setTimeout(resolve));
      expect(told.lines).toEqual([]);
    });

    it('fails where its own `then` throws', () => {
      const told = new Record();
      const then = (): never => {
        throw new Error('in then');
      };
      perform(until(Object.assign(Promise.resolve(1), { then })), told.by('a'));
      expect(told.lines).toEqual(['a failed with in then']);
    });
  });

  it('goes on where the teardown of its source throws, and that reaches the hook', () => {
    const told = new Record();
    let emit = (): void => undefined;
    const source = new Observable<number>((subscriber) => {
      emit = () => subscriber.next(1);
      return () => {
        throw new Error('thrown');
      };
    });
    const reported = reportsOf(() => {
      perform(until(source), told.by('a'));
      emit();
    });
    expect([told.lines, reported]).toEqual([['a got 1'], [expect.any(UnsubscriptionError)]]);
  });

  it('takes one value from a channel', () => {
    const told = new Record();
    const ch = channel<number>(Infinity);
    for (const n of [1, 2]) ch.trySend(n);
    perform(until(ch), told.by('a'));
    ch.check();
    expect([told.lines, ch.size]).toEqual([['a got 1'], 1]);
  });
});

describe('until', () => {
  it('calls what it waits for an observable, for a person', () => {
    const task = go(function* () {
      yield* until(NEVER);
    });
    expect(title(task)).toBe(`${task.name}, waiting: an observable`);
    task.cancel();
  });

  it('subscribes anew for each performance, and not before', () => {
    const told = new Record();
    let subscriptions = 0;
    const source = new Observable<number>((subscriber) => {
      subscriber.next(++subscriptions);
    });
    const operation = until(source);
    expect(subscriptions).toBe(0);
    operation.subscribe(told.by('a'));
    operation.subscribe(told.by('b'));
    expect(told.lines).toEqual(['a got 1', 'b got 2']);
  });

  it('takes promises, iterables and async iterables too', async () => {
    async function* numbers() {
      yield await Promise.resolve(3);
    }
    const values = [until(Promise.resolve(1)), until([2, 9]), until(numbers())].map((op) => op.promise());
    expect(await Promise.all(values)).toEqual([1, 2, 3]);
  });

  it('gives undefined as a value', () => {
    const told = new Record();
    until(concat(of(undefined), NEVER)).subscribe(told.by('a'));
    expect(told.lines).toEqual(['a got undefined']);
  });

  it('can be withdrawn by the source itself, as it is subscribed', () => {
    const told = new Record();
    virtual(() => {
      const source = new Observable<number>((subscriber) => {
        subscription.unsubscribe();
        subscriber.next(1);
      });
      let subscription = NEVER.subscribe();
      at(1, () => {
        subscription = until(concat(timer(1), source)).subscribe(told.by('a'));
      });
    });
    expect(told.lines).toEqual(['a got 0']);
  });
});
