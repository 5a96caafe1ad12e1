import { channel, ClosedError, trySelect } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'trySelect commits a case that is ready now; if there is none, it has nothing, and leaves no trace',
    of: ['trySelect'],
    drawn: "trySelect({ left, right }, { order: 'priority' })",
    inputs: {
      toLeft: '   ---a------',
      toRight: '  -----b----',
      trySelect: '-x--x-x-x-',
    },
    run: ({ toLeft, toRight, trySelect: calls }) => {
      const left = channel<string>(1);
      const right = channel<string>(1);
      toLeft.subscribe((v) => left.trySend(v));
      toRight.subscribe((v) => right.trySend(v));
      return {
        selected: perform(calls, () => trySelect({ left, right }, { order: 'priority' })?.value ?? 'nothing'),
        buffered: gauge(() => left.size + right.size),
      };
    },
    values: { N: 'nothing' },
    outputs: {
      selected: ' -N--a-b-N-',
      buffered: ' 0--1010---',
    },
  }),
  spec({
    title: 'of an observable it takes what comes at once; what comes later it does not wait for',
    of: ['trySelect'],
    drawn: 'trySelect({ source })',
    inputs: {
      trySelect: '-x---',
      source: '   -a--',
    },
    run: ({ trySelect: calls, source }) => ({
      selected: perform(calls, () => trySelect({ source })?.value ?? 'nothing'),
    }),
    values: { N: 'nothing' },
    outputs: {
      selected: ' -N---',
    },
    subscribed: {
      source: '   -(^!)',
    },
  }),
  spec({
    title: 'what select would fail with, it throws',
    of: ['trySelect'],
    drawn: 'trySelect({ ch })',
    inputs: {
      close: '    --x----',
      trySelect: '-x--x--',
    },
    run: ({ close, trySelect: calls }) => {
      const ch = channel<string>({ name: 'ch' });
      close.subscribe(() => ch.close());
      return { selected: perform(calls, () => trySelect({ ch })?.value ?? 'nothing') };
    },
    values: { N: 'nothing', C: new ClosedError('ch') },
    outputs: {
      selected: ' -N--C--',
    },
  }),
];
