// Very many who ask at once.

import { map, type Observable, Subject, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type Coroutine, sleep, stateOwner } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { virtual } from '../virtual.ts';

/** A step that brings `next(state)` after `ms`. */
const slowly =
  <S>(ms: number, next: (state: S) => S) =>
  (state: S): Observable<S> =>
    timer(ms).pipe(map(() => next(state)));

describe.each(FORMS)('7.1 one request at a time, by $form', ({ perform }) => {
  it('makes 10 000 of 10 000 concurrent increments', () => {
    const owner = stateOwner(0);
    virtual(() => {
      for (let i = 0; i < 10_000; i++) {
        const step =
          i % 3 === 0
            ? (n: number): number => n + 1
            : i % 3 === 1
              ? slowly<number>(1, (n) => n + 1)
              : function* (n: number): Coroutine<number> {
                  yield* sleep(1);
                  return n + 1;
                };
        perform(owner.update(step), new Record().by('x'));
      }
      check(owner);
    });
    expect(owner.value).toBe(10_000);
    check(owner);
  });

  it('serves 100 000 who wait without deep stacks', () => {
    const owner = stateOwner(0);
    const gate = new Subject<number>();
    let served = 0;
    perform(
      owner.update(() => gate),
      new Record().by('x'),
    );
    const observer = { next: () => served++, error: () => undefined, complete: () => undefined };
    // Where the clock stands still, a turn has no budget to spend.
    virtual(() => {
      for (let i = 0; i < 100_000; i++)
        perform(
          owner.update((n) => n + 1),
          observer,
        );
      gate.next(0);
      gate.complete();
    });
    expect([served, owner.value]).toEqual([100_000, 100_000]);
    check(owner);
  });
});
