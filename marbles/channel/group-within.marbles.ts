import { channel, groupWithin } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a batch is full, or its first value has waited long enough; the end comes after the batch that was begun',
    of: ['groupWithin'],
    drawn: 'groupWithin(source, 3, 5)',
    inputs: {
      send: '    -abc--d--------e-|',
    },
    run: ({ send }) => {
      const ch = channel<string>(Infinity);
      send.subscribe({ next: (v) => ch.trySend(v), complete: () => ch.close() });
      return { batches: groupWithin(ch, 3, 5) };
    },
    values: { M: ['a', 'b', 'c'], N: ['d'], O: ['e'] },
    outputs: {
      // d came at frame 6.
      batches: ' ---M-------N-----(O|)',
    },
  }),
  spec({
    title: 'nothing is taken before a batch is asked for; withdrawn, what was collected goes back, in order',
    of: ['groupWithin'],
    drawn: 'groupWithin(channel(), 3, 9)',
    inputs: {
      send: '    a-b------',
      other: '   -----xx--',
    },
    run: ({ send, other }) => {
      const ch = channel<string>();
      return {
        batch: groupWithin(ch, 3, 9),
        sent: perform(send, (v) => ch.send(v)),
        other: perform(other, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      batch: '   ---------',
      // a waits until a batch is asked for, in frame 1.
      sent: '    -ab------',
      buffered: '0---210--',
      other: '   -----ab--',
    },
    during: {
      batch: '   -^--!',
    },
  }),
];
