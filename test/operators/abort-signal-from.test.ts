import { EMPTY, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { abortSignalFrom, deferred } from '../../src/index.ts';

describe('2.14 abortSignalFrom', () => {
  const reason = new Error('enough');

  it('aborts when the notifier first emits; what was emitted is the reason; the notifier is left', () => {
    const notifier = new Subject<unknown>();
    const signal = abortSignalFrom(notifier);
    const before = [signal.aborted, notifier.observed];
    notifier.next(reason);
    expect([before, signal.aborted, signal.reason === reason, notifier.observed]).toEqual([
      [false, true],
      true,
      true,
      false,
    ]);
  });

  it.each([
    ['an error', throwError(() => reason), true],
    ['a value that is there', of(reason), true],
    ['nothing, ever', NEVER, false],
    ['an end without a value', EMPTY, false],
  ])('%s: aborted is %s', (_, notifier, aborted) => {
    const signal = abortSignalFrom(notifier);
    expect([signal.aborted, signal.reason === reason]).toEqual([aborted, aborted]);
  });

  it('takes an operation, too', () => {
    const stop = deferred<string>();
    const signal = abortSignalFrom(stop);
    stop.resolve('stopped');
    expect([signal.aborted, signal.reason]).toEqual([true, 'stopped']);
  });
});
