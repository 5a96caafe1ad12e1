// Cases that are observables and promises, and cases that are off.

import { asyncScheduler, EMPTY, NEVER, Observable, of, scheduled, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, channelFrom, select, sleep, trySelect, until } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { at, virtual } from '../virtual.ts';

/** `source`, which says when it is subscribed and unsubscribed. */
function traced<T>(told: Record, name: string, source: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    told.add(`${name} subscribed`);
    subscriber.add(source.subscribe(subscriber));
    return () => told.add(`${name} left`);
  });
}

describe.each(FORMS)('3.5 an observable as a case, by $form', ({ perform }) => {
  it('commits with its first value, and is unsubscribed', () => {
    const told = new Record();
    const source = new Subject<number>();
    const a = channel<number>();
    perform(select({ o: traced(told, 'o', source), a }), told.by('s'));
    source.next(1);
    check(a);
    source.next(2);
    expect(told.lines.toSorted()).toEqual(['o left', 'o subscribed', 's got o=1']);
    expect(a.receivers.first).toBeNull();
  });

  it('is subscribed only if no operation is ready', () => {
    const told = new Record();
    const a = channel<number>(1);
    a.trySend(1);
    perform(select({ o: traced(told, 'o', of(2)), a }), told.by('s'));
    check(a);
    expect(told.lines).toEqual(['s got a=1']);
  });

  it.each(['fair', 'priority'] as const)('is not subscribed if a channel that is asked answers: %s', (order) => {
    const told = new Record();
    select({ o: traced(told, 'o', of(1)), a: channelFrom([2]) }, { order }).subscribe(told.by('s'));
    expect(told.lines).toEqual(['s got a=2']);
  });

  it('is not subscribed if a send is ready, also by priority', () => {
    const told = new Record();
    const a = channel<number>(1);
    perform(select({ o: traced(told, 'o', of(2)), a: a.send(1) }, { order: 'priority' }), told.by('s'));
    check(a);
    expect(told.lines).toEqual(['s got a=undefined']);
  });

  it('is unsubscribed when it loses', () => {
    const told = new Record();
    const a = channel<number>();
    perform(select({ o: traced(told, 'o', NEVER), a }), told.by('s'));
    a.trySend(1);
    check(a);
    expect(told.lines).toEqual(['o subscribed', 'o left', 's got a=1']);
  });

  it('is unsubscribed when the select is withdrawn', () => {
    const told = new Record();
    const withdraw = perform(select({ o: traced(told, 'o', NEVER), a: channel() }), told.by('s'));
    withdraw();
    expect(told.lines).toEqual(['o subscribed', 'o left']);
  });

  it('commits with what it emits on subscription; later ones are not subscribed', () => {
    const told = new Record();
    const a = channel<number>();
    perform(select({ a, o: traced(told, 'o', of(1, 2)), p: traced(told, 'p', of(3)) }), told.by('s'));
    check(a);
    expect(told.lines.toSorted()).toEqual(['o left', 'o subscribed', 's got o=1']);
    expect(a.receivers.first).toBeNull();
  });

  it('stops a source that would never stop by itself', () => {
    const told = new Record();
    let produced = 0;
    const firehose = new Observable<number>((subscriber) => {
      while (!subscriber.closed) subscriber.next(++produced);
    });
    perform(select({ o: firehose, a: channel() }), told.by('s'));
    expect(told.lines).toEqual(['s got o=1']);
    expect(produced).toBe(1);
  });

  it('is switched off when it completes', () => {
    const told = new Record();
    const a = channel<number>();
    const source = new Subject<number>();
    perform(select({ empty: EMPTY, source, a }), told.by('s'));
    source.complete();
    check(a);
    expect(told.lines).toEqual([]);
    a.trySend(1);
    check(a);
    expect(told.lines).toEqual(['s got a=1']);
  });

  it('fails the select with its error, and withdraws the others', () => {
    const told = new Record();
    const a = channel<number>();
    perform(select({ broken: throwError(() => new Error('no')), a, o: traced(told, 'o', NEVER) }), told.by('s'));
    check(a);
    expect(told.lines).toEqual(['s failed with no']);
    expect(a.receivers.first).toBeNull();
  });

  it('fails the select with a later error', () => {
    const told = new Record();
    const a = channel<number>();
    const source = new Subject<number>();
    perform(select({ source, a, o: traced(told, 'o', NEVER) }), told.by('s'));
    source.error(new Error('no'));
    check(a);
    expect(told.lines.toSorted()).toEqual(['o left', 'o subscribed', 's failed with no']);
    expect(a.receivers.first).toBeNull();
  });

  it('fails the select with EmptyError when it was the last case that was on', () => {
    const told = new Record();
    const source = new Subject<number>();
    perform(select({ source, empty: EMPTY, off: null }), told.by('s'));
    expect(told.lines).toEqual([]);
    source.complete();
    expect(told.lines).toEqual(['s failed with EmptyError']);
  });

  it('fails the select with EmptyError at once when all complete on subscription', () => {
    const told = new Record();
    perform(select({ one: EMPTY, two: EMPTY }), told.by('s'));
    expect(told.lines).toEqual(['s failed with EmptyError']);
  });

  it('loses to the channel that it serves from its own subscription', () => {
    const told = new Record();
    const a = channel<number>();
    const source = new Observable<number>((subscriber) => {
      a.trySend(1);
      subscriber.next(2);
      return () => told.add('left');
    });
    perform(select({ source, a }), told.by('s'));
    check(a);
    expect(told.lines.toSorted()).toEqual(['left', 's got a=1']);
  });

  it('changes nothing by emitting while the cases that lost are left', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const second = new Subject<number>();
    const first = new Observable<number>(() => () => {
      second.next(2);
      told.add(`b takes: ${b.trySend(3)}`);
    });
    perform(select({ first, second, b, a }), told.by('s'));
    expect(a.trySend(1)).toBe(true);
    check(a, b);
    expect(told.lines).toEqual(['b takes: false', 's got a=1']);
    expect(second.observed).toBe(false);
  });

  it('may emit a value like any other: undefined, null, false, an error, an observable', () => {
    const told: unknown[] = [];
    const error = new Error('a value');
    const inner = of(1);
    for (const value of [undefined, null, false, error, inner]) {
      perform(select<{ o: Observable<unknown> }>({ o: of(value) }), {
        ...new Record().by('s'),
        next: (found) => told.push(found.value),
      });
    }
    expect(told).toEqual([undefined, null, false, error, inner]);
    expect(told[4]).toBe(inner);
  });

  it('may be any observable input: an array stands for its first element', () => {
    const told = new Record();
    perform(select({ list: [7, 8] }), told.by('s'));
    expect(told.lines).toEqual(['s got list=7']);
  });

  it('waits on the clock with everything else', () => {
    const told = new Record();
    virtual(() => {
      const o = scheduled([1], asyncScheduler);
      perform(select({ late: sleep(5), o }), told.by('s'));
    });
    expect(told.lines).toEqual(['s got o=1']);
  });

  it('given as an operation, until, is a case that fails by itself when it has no value', () => {
    const told = new Record();
    perform(select({ o: until(EMPTY), a: channel() }), told.by('s'));
    expect(told.lines).toEqual(['s failed with EmptyError']);
  });
});

describe('3.5 a promise as a case', () => {
  it('commits with its value', async () => {
    const found = await select({ p: Promise.resolve(1), a: channel<number>() }).promise();
    expect(found).toEqual({ key: 'p', value: 1 });
  });

  it('fails the select when it rejects', async () => {
    const a = channel<number>();
    await expect(select({ p: Promise.reject(new Error('no')), a }).promise()).rejects.toThrow('no');
    check(a);
    expect(a.receivers.first).toBeNull();
  });

  it('is asked nothing if an operation is ready', async () => {
    const a = channel<number>(1);
    a.trySend(1);
    let asked = 0;
    const lazy: PromiseLike<number> = {
      then: (resolve) => {
        asked++;
        return Promise.resolve(2).then(resolve);
      },
    };
    expect(await select({ lazy, a }).promise()).toEqual({ key: 'a', value: 1 });
    expect(asked).toBe(0);
  });

  it('that comes after the select was decided changes nothing', async () => {
    const told = new Record();
    const a = channel<number>();
    let resolve = (_: number): void => undefined;
    const p = new Promise<number>((settle) => (resolve = settle));
    select({ p, a }).subscribe(told.all('s'));
    a.trySend(1);
    resolve(2);
    await p;
    check(a);
    expect(told.lines).toEqual(['s got a=1', 's completed']);
  });
});

describe('3.5 a falsy case', () => {
  it.each<[unknown]>([[null], [undefined], [false], [0], [NaN], [''], [0n]])('is off: %s', (off) => {
    const told = new Record();
    const a = channel<number>();
    select({ off: off as null, a }).subscribe(told.by('s'));
    check(a);
    a.trySend(1);
    expect(told.lines).toEqual(['s got a=1']);
  });

  it.each([
    ['no cases', {}],
    ['nothing but cases that are off', { a: null, b: undefined, c: false }],
  ] as const)('leaves nothing to wait for, a TypeError where it is written: %s', (_, cases) => {
    for (const choose of [select, trySelect]) {
      expect(() => choose(cases)).toThrow(TypeError);
      expect(() => choose(cases)).toThrow(`${choose.name}: no case is on`);
    }
  });
});

describe.each(FORMS)('3.5 an operation that fails by itself, by $form', ({ perform }) => {
  it('fails the select, and the others are withdrawn', () => {
    const told = new Record();
    virtual(() => {
      const a = channel<number>();
      const b = channel<number>();
      perform(select({ a: a.receive().withTimeout(2), b }), told.by('s'));
      at(3, () => {
        check(a, b);
        expect([a.receivers.first, b.receivers.first]).toEqual([null, null]);
      });
    });
    expect(told.lines).toEqual(['s failed with TimeoutError']);
  });

  it('fails the select at once when it is ready to fail', () => {
    const told = new Record();
    const a = channel<number>({ capacity: 1, overflow: 'fail' });
    a.trySend(1);
    perform(select({ full: a.send(2), other: channel() }), told.by('s'));
    check(a);
    expect(told.lines).toEqual(['s failed with OverflowError']);
  });
});
