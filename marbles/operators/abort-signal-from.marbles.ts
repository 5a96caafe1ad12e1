import { fromEvent, map, type Observable } from 'rxjs';
import { abortSignalFrom, takeUntilAborted } from '../../src/index.ts';
import { spec } from '../spec.ts';

/** Tells the reason when the signal aborts. */
function reasonOf(signal: AbortSignal): Observable<unknown> {
  return fromEvent(signal, 'abort').pipe(map(() => signal.reason as unknown));
}

export const specs = [
  spec({
    title: 'the signal aborts when its notifier first emits, and has that value as its reason',
    of: ['abortSignalFrom'],
    drawn: 'abortSignalFrom(notifier)',
    inputs: {
      notifier: '---a-b-',
      source: '  -x-x-x-',
    },
    run: ({ notifier, source }) => {
      const signal = abortSignalFrom(notifier);
      return { reason: reasonOf(signal), taken: source.pipe(takeUntilAborted(signal)) };
    },
    outputs: {
      reason: '  ---a---',
      // In this frame the notifier comes first.
      taken: '   -x-|',
    },
    subscribed: {
      notifier: '^--!---',
    },
  }),
  spec({
    title: "a notifier's error is a reason as well",
    of: ['abortSignalFrom'],
    drawn: 'abortSignalFrom(notifier)',
    inputs: {
      notifier: '---#',
    },
    run: ({ notifier }) => ({ reason: reasonOf(abortSignalFrom(notifier)) }),
    values: { E: new Error('gone') },
    error: new Error('gone'),
    outputs: {
      reason: '  ---E',
    },
  }),
  spec({
    title: 'one that completes without a value never aborts it',
    of: ['abortSignalFrom'],
    drawn: 'abortSignalFrom(notifier)',
    inputs: {
      notifier: '---|---',
    },
    run: ({ notifier }) => ({ reason: reasonOf(abortSignalFrom(notifier)) }),
    outputs: {
      reason: '  -------',
    },
  }),
];
