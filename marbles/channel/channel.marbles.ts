import { channel } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

// The same script for each capacity: four sends, then somebody who takes one value after the other.
const inputs = {
  send: '   abcd--------',
  receive: '-----x-x-x-x',
} as const;

export const specs = [
  spec({
    title: 'with capacity 2, two sends complete by themselves; those beyond wait for a free slot',
    of: ['channel'],
    drawn: 'channel(2)',
    inputs,
    run: ({ send, receive }) => {
      const ch = channel<string>(2);
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    outputs: {
      sent: '    ab---c-d----',
      // c moves into the slot that a has left, in the same frame.
      received: '-----a-b-c-d',
      buffered: '12-------1-0',
      waiting: ' 0-12-1-0----',
    },
  }),
  spec({
    title: 'with capacity 0, the default, a send and a receive meet: neither completes alone',
    of: ['channel'],
    drawn: 'channel()',
    inputs,
    run: ({ send, receive }) => {
      const ch = channel<string>();
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    outputs: {
      sent: '    -----a-b-c-d',
      received: '-----a-b-c-d',
      buffered: '0-----------',
      waiting: ' 1234-3-2-1-0',
    },
  }),
  spec({
    title: 'with capacity Infinity no send ever waits, and nothing bounds the buffer',
    of: ['channel'],
    drawn: 'channel(Infinity)',
    inputs,
    run: ({ send, receive }) => {
      const ch = channel<string>(Infinity);
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    outputs: {
      sent: '    abcd--------',
      received: '-----a-b-c-d',
      buffered: '1234-3-2-1-0',
      waiting: ' 0-----------',
    },
  }),
  spec({
    title: 'every value is an ordinary one: nothing is flattened, or taken for the end',
    of: ['channel'],
    drawn: 'channel()',
    inputs: {
      send: '    -u-n-e-p--',
      close: '   ---------x',
    },
    run: ({ send, close }) => {
      const ch = channel<unknown>();
      send.subscribe((v) => ch.trySend(v));
      close.subscribe(() => ch.close());
      return { received: ch };
    },
    values: { u: undefined, n: null, e: new Error('a value'), p: Promise.resolve('inner') },
    outputs: {
      received: '-u-n-e-p-|',
    },
  }),
];
