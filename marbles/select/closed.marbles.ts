import { channel, ClosedError, select } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a closed channel is ready: the select fails with its end',
    of: ['select'],
    drawn: 'select({ open, closing })',
    inputs: {
      send: '    -----a-',
      close: '   --x----',
      select: '  ?--?--?',
    },
    run: ({ send, close, select: calls }) => {
      const open = channel<string>(1);
      const closing = channel<string>({ name: 'closing' });
      send.subscribe((v) => open.trySend(v));
      close.subscribe(() => closing.close());
      return {
        selected: perform(calls, () => select({ closing, open }, { order: 'priority' }).map(({ value }) => value)),
      };
    },
    values: { C: new ClosedError('closing') },
    outputs: {
      // Again and again: the last one does not even see a.
      selected: '--CC--C',
    },
  }),
  spec({
    title: "onClosed: 'skip': a closed channel is off, and the others go on; when all are, ClosedError",
    of: ['select'],
    drawn: "select({ left, right }, { onClosed: 'skip' })",
    inputs: {
      closeLeft: ' --x--------',
      toRight: '   -----a-----',
      closeRight: '-------x---',
      select: '    ?-----?---?',
    },
    run: ({ closeLeft, toRight, closeRight, select: calls }) => {
      const left = channel<string>();
      const right = channel<string>();
      closeLeft.subscribe(() => left.close());
      closeRight.subscribe(() => right.close());
      toRight.subscribe((v) => right.trySend(v));
      return {
        selected: perform(calls, () => select({ left, right }, { onClosed: 'skip' }).map(({ value }) => value)),
      };
    },
    values: { C: new ClosedError('select of left, right') },
    outputs: {
      selected: '  -----a-C--C',
    },
  }),
  spec({
    title: 'a close cause is not skipped',
    of: ['select'],
    drawn: "select({ left, right }, { onClosed: 'skip' })",
    inputs: {
      close: '   --x',
    },
    run: ({ close }) => {
      const left = channel<string>();
      const right = channel<string>();
      close.subscribe(() => left.close(new Error('broken')));
      return { selected: select({ left, right }, { onClosed: 'skip' }) };
    },
    error: new Error('broken'),
    outputs: {
      selected: '--#',
    },
  }),
  spec({
    title: 'a send case on a closed channel fails the select',
    of: ['select'],
    drawn: "select({ give: out.send(v), take: other }, { onClosed: 'skip' })",
    inputs: {
      close: '   --x---',
      select: '  a---b-',
    },
    run: ({ close, select: calls }) => {
      const out = channel<string>({ name: 'out', capacity: 1 });
      const other = channel<string>();
      out.trySend('0');
      close.subscribe(() => out.close());
      return {
        selected: perform(calls, (v) => select({ give: out.send(v), take: other }, { onClosed: 'skip' })),
      };
    },
    values: { C: new ClosedError('out') },
    outputs: {
      // The first one was waiting when the channel was closed, and is still received by whoever comes.
      selected: '----C-',
    },
  }),
];
