import { channel, ClosedError } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'neither side of a rendezvous completes alone',
    of: ['channel', 'Channel.send', 'Channel.receive'],
    drawn: 'channel()',
    inputs: {
      send: '    -a----b---',
      receive: ' ---x-x----',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>();
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
      };
    },
    outputs: {
      sent: '    ---a--b---',
      received: '---a--b---',
    },
  }),
  spec({
    title: 'a full channel makes the next send wait for a slot',
    of: ['Channel.send'],
    drawn: 'channel(1)',
    inputs: {
      send: '    -a-b------c',
      receive: ' -----x--x---',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(1);
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      sent: '    -a---b----c',
      received: '-----a--b---',
      buffered: '01------0-1',
    },
  }),
  spec({
    title: 'a send that is withdrawn while it waits has not happened',
    of: ['Channel.send'],
    drawn: 'channel()',
    inputs: {
      send: '    -a-------',
      receive: ' -----x---',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>();
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
      };
    },
    outputs: {
      sent: '    ---------',
      received: '---------',
    },
    during: { sent: '^--!' },
  }),
  spec({
    title: 'a send on a closed channel fails',
    of: ['Channel.send'],
    drawn: "channel({ name: 'ch' })",
    inputs: {
      send: '    -a--b',
      close: '   --x--',
      receive: ' ---x-',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>({ capacity: 1, name: 'ch' });
      return {
        sent: perform(send, (v) => ch.send(v)),
        closed: perform(close, () => ch.close()),
        received: perform(receive, () => ch.receive()),
      };
    },
    outputs: {
      sent: '    -a--C',
      closed: '  --t--',
      received: '---a-',
    },
    values: { t: true, C: new ClosedError('ch') },
  }),
];
