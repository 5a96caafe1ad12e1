import { takeUntilAborted } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'takeUntilAborted completes, and unsubscribes from its source, when the signal aborts',
    of: ['takeUntilAborted'],
    drawn: 'takeUntilAborted(signal)',
    inputs: {
      source: ' -a-b-c-|',
      abort: '  ----x---',
    },
    run: ({ source, abort }) => {
      const controller = new AbortController();
      return {
        output: source.pipe(takeUntilAborted(controller.signal)),
        aborted: perform(abort, () => controller.abort()),
      };
    },
    outputs: {
      output: ' -a-b|',
      aborted: '----x---',
    },
    subscribed: { source: '^---!' },
  }),
  spec({
    title: 'a signal that has aborted before lets nothing through, and the source is not subscribed',
    of: ['takeUntilAborted'],
    drawn: 'takeUntilAborted(AbortSignal.abort())',
    inputs: {
      source: '-a-|',
    },
    run: ({ source }) => ({ output: source.pipe(takeUntilAborted(AbortSignal.abort())) }),
    outputs: {
      output: '|',
    },
    subscribed: { source: [] },
  }),
  spec({
    title: "a source's error comes through",
    of: ['takeUntilAborted'],
    drawn: 'takeUntilAborted(signal)',
    inputs: {
      source: '-a-#',
    },
    run: ({ source }) => ({ output: source.pipe(takeUntilAborted(new AbortController().signal)) }),
    outputs: {
      output: '-a-#',
    },
  }),
];
