import { NEVER, Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, select, semaphore } from '../../src/index.ts';
import { check, Record } from '../record.ts';

describe('3.1 what happens while the cases that lose are withdrawn', () => {
  it('finds no channel among the losers: a teardown cannot send to a case that has lost', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const teardown = new Observable<never>(() => () => told.add(`sent ${b.trySend(2)}`));
    select({ teardown, a, b }).subscribe(told.by('select'));
    a.trySend(1);
    check(a, b);
    expect(told.lines).toEqual(['sent false', 'select got a=1']);
  });

  it('is not a second outcome, when one observable emits in the teardown of another', () => {
    const told = new Record();
    const a = channel<number>();
    let emit = (_value: number): void => undefined;
    const second = new Observable<number>((subscriber) => {
      emit = (value) => subscriber.next(value);
    });
    const first = new Observable<never>(() => () => emit(2));
    select({ first, second, a }).subscribe(told.by('select'));
    a.trySend(1);
    check(a);
    expect(told.lines).toEqual(['select got a=1']);
  });

  it('serves those behind a lost acquire only when all cases have left', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const permits = semaphore(2);
    permits.tryAcquire();
    select({ permits: permits.acquire(2), a, b }).subscribe(told.by('select'));
    permits.acquire().subscribe(() => told.add(`has a permit, sent ${b.trySend(2)}`));
    a.trySend(1);
    check(a, b, permits);
    expect(told.lines.sort()).toEqual(['has a permit, sent false', 'select got a=1']);
    expect(permits.available).toBe(0);
  });

  it('leaves them all before a teardown runs when the whole select is withdrawn', () => {
    const told = new Record();
    const b = channel<number>();
    const teardown = new Observable<never>(() => () => told.add(`sent ${b.trySend(2)}`));
    const waiting = select({ teardown, b }).subscribe(told.by('select'));
    waiting.unsubscribe();
    check(b);
    expect(told.lines).toEqual(['sent false']);
  });
});

describe('3.1 a case that is served while its select leaves', () => {
  it('gives the value back to its channel', () => {
    const a = channel<number>();
    const b = channel<number>();
    const sends = new Observable<number>(() => () => {
      b.trySend(9);
    });
    select({ sends, inner: select({ b, never: NEVER }), a }).subscribe();
    a.trySend(1);
    expect(b.tryReceive()).toEqual({ ok: true, value: 9 });
    check(a, b);
  });
});
