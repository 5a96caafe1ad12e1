import { tap } from 'rxjs';
import { takeUntilAborted } from '../../src/index.ts';
import { spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'takeUntilAborted completes, and unsubscribes from its source, when the signal aborts',
    of: ['takeUntilAborted'],
    drawn: 'takeUntilAborted(signal)',
    inputs: {
      source: '-a-b-c-d-',
      abort: ' ----x----',
    },
    run: ({ source, abort }) => {
      const controller = new AbortController();
      abort.subscribe(() => controller.abort());
      return { output: source.pipe(takeUntilAborted(controller.signal)) };
    },
    outputs: {
      output: '-a-b|',
    },
    subscribed: {
      source: '^---!',
    },
  }),
  spec({
    title: 'if the signal has aborted before, the source is not even subscribed',
    of: ['takeUntilAborted'],
    drawn: 'takeUntilAborted(AbortSignal.abort())',
    inputs: {
      source: '-a-|',
    },
    run: ({ source }) => ({ output: source.pipe(takeUntilAborted(AbortSignal.abort())) }),
    outputs: {
      output: '|',
    },
    subscribed: {
      source: [],
    },
  }),
  spec({
    title: 'until then it is its source: its values, its end',
    of: ['takeUntilAborted'],
    drawn: 'takeUntilAborted(signal)',
    inputs: {
      source: '-a-b|---',
      abort: ' ------x-',
    },
    run: ({ source, abort }) => {
      const controller = new AbortController();
      abort.subscribe(() => controller.abort());
      return { output: source.pipe(takeUntilAborted(controller.signal)) };
    },
    outputs: {
      output: '-a-b|',
    },
  }),
  spec({
    title: "a source's error comes through",
    of: ['takeUntilAborted'],
    drawn: 'takeUntilAborted(signal)',
    inputs: {
      source: '-a-#',
    },
    run: ({ source }) => ({ output: source.pipe(takeUntilAborted(new AbortController().signal)) }),
    error: new Error('gone'),
    outputs: {
      output: '-a-#',
    },
  }),
  spec({
    title: 'a source that never emits is ended by the signal, too',
    of: ['takeUntilAborted'],
    drawn: 'takeUntilAborted(signal)',
    inputs: {
      source: '------',
      abort: ' ---x--',
    },
    run: ({ source, abort }) => {
      const controller = new AbortController();
      abort.subscribe(() => controller.abort());
      return { output: source.pipe(takeUntilAborted(controller.signal)) };
    },
    outputs: {
      output: '---|',
    },
  }),
  spec({
    title: 'unsubscribed early, it leaves its source',
    of: ['takeUntilAborted'],
    drawn: 'takeUntilAborted(signal)',
    inputs: {
      source: '-a-b-c-',
      abort: ' -----x-',
    },
    run: ({ source, abort }) => {
      const controller = new AbortController();
      abort.subscribe(() => controller.abort());
      return { output: source.pipe(takeUntilAborted(controller.signal)) };
    },
    outputs: {
      output: '-a-----',
    },
    during: {
      output: '^-!',
    },
    subscribed: {
      source: '^-!',
    },
  }),
  spec({
    title: 'aborted from inside of a callback, it ends there: that value goes no further',
    of: ['takeUntilAborted'],
    drawn: 'takeUntilAborted(controller.signal), tap(() => controller.abort())',
    inputs: {
      source: '-a-b-|',
    },
    run: ({ source }) => {
      const controller = new AbortController();
      return {
        output: source.pipe(
          takeUntilAborted(controller.signal),
          tap(() => controller.abort()),
        ),
      };
    },
    outputs: {
      output: '-|',
    },
  }),
];
