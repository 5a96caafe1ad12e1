import { Observable, of, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { takeUntilAborted } from '../../src/index.ts';
import { Record } from '../record.ts';
import { Endless } from './endless.ts';

/** How many listen to it. */
function watched() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener: (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    },
    removeEventListener: (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    },
  });
  return { controller, signal, listeners: () => listeners };
}

describe('2.14 takeUntilAborted', () => {
  it('emits what comes before, completes at the abort, and leaves the source', () => {
    const told = new Record();
    const { controller, signal } = watched();
    const source = new Subject<number>();
    source.pipe(takeUntilAborted(signal)).subscribe(told.all('out'));
    source.next(1);
    controller.abort();
    source.next(2);
    expect([told.lines, source.observed]).toEqual([['out got 1', 'out completed'], false]);
  });

  it('aborted already: completes, and does not subscribe to the source', () => {
    const told = new Record();
    const source = new Observable(() => told.add('subscribed'));
    source.pipe(takeUntilAborted(AbortSignal.abort())).subscribe(told.all('out'));
    expect(told.lines).toEqual(['out completed']);
  });

  it.each<[string, (source: Subject<number>, leave: () => void, abort: () => void) => void]>([
    ['completes', (source) => source.complete()],
    ['errs', (source) => source.error(new Error('source'))],
    ['is left', (_source, leave) => leave()],
    ['is aborted', (_source, _leave, abort) => abort()],
  ])('leaves no listener behind when it %s', (_, end) => {
    const { controller, signal, listeners } = watched();
    const source = new Subject<number>();
    const subscription = source.pipe(takeUntilAborted(signal)).subscribe({ error: () => undefined });
    const before = listeners();
    end(
      source,
      () => subscription.unsubscribe(),
      () => controller.abort(),
    );
    expect([before, listeners()]).toEqual([1, 0]);
  });

  it('aborted from inside an emission of a synchronous source, stops there', () => {
    const told = new Record();
    const controller = new AbortController();
    of(1, 2, 3)
      .pipe(takeUntilAborted(controller.signal))
      .subscribe({
        ...told.all('out'),
        next: (n) => {
          told.add(`out got ${n}`);
          if (n === 2) controller.abort();
        },
      });
    expect(told.lines).toEqual(['out got 1', 'out got 2', 'out completed']);
  });

  it('a source without an end, all at once, is asked for 3 by take(3)', () => {
    const endless = new Endless();
    endless.values.pipe(takeUntilAborted(new AbortController().signal), take(3)).subscribe();
    expect(endless.asked).toBe(3);
  });
});
