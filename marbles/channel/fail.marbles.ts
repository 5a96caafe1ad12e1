import { channel, OverflowError } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'the send that finds no room fails at once; the channel, and what it holds, is as before',
    of: ['channel'],
    drawn: "channel({ capacity: 1, overflow: 'fail', name: 'ch' })",
    inputs: {
      send: '    -ab----c-',
      receive: ' -----x--x',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>({ capacity: 1, overflow: 'fail', name: 'ch' });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    values: { O: new OverflowError('ch', 'b') },
    outputs: {
      sent: '    -aO----c-',
      received: '-----a--c',
      buffered: '01---0-10',
    },
  }),
  spec({
    title: 'trySend returns false instead',
    of: ['Channel.trySend'],
    drawn: "channel({ capacity: 1, overflow: 'fail' })",
    inputs: {
      trySend: ' -ab---',
    },
    run: ({ trySend }) => {
      const ch = channel<string>({ capacity: 1, overflow: 'fail' });
      return {
        accepted: perform(trySend, (v) => ch.trySend(v)),
        buffered: gauge(() => ch.size),
      };
    },
    values: { t: true, f: false },
    outputs: {
      accepted: '-tf---',
      buffered: '01----',
    },
  }),
  spec({
    title: 'without a buffer, a send fails unless somebody waits to receive',
    of: ['channel'],
    drawn: "channel({ overflow: 'fail', name: 'ch' })",
    inputs: {
      send: '    -a--b---',
      receive: ' ---x----',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>({ overflow: 'fail', name: 'ch' });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
      };
    },
    values: { O: new OverflowError('ch', 'a') },
    outputs: {
      sent: '    -O--b---',
      received: '----b---',
    },
  }),
];
