import { channel, ClosedError } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'map makes of the value another one, after the commit',
    of: ['Operation.map'],
    drawn: 'receive().map((v) => v.toUpperCase())',
    inputs: {
      send: '    ---a-b---',
      receive: ' x------x-',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(1);
      const upper = ch.receive().map((v) => v.toUpperCase());
      return {
        received: perform(receive, () => upper),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    outputs: {
      received: '---A---B-',
      sent: '    ---a-b---',
    },
  }),
  spec({
    title: 'what project throws fails this receive only: its value was taken, the next one comes',
    of: ['Operation.map'],
    drawn: 'receive().map(parse)',
    inputs: {
      send: '    -ab------',
      receive: ' ---x--x--',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(2);
      const parsed = ch.receive().map((v) => {
        if (v === 'a') throw new Error('what is a?');
        return v;
      });
      return {
        received: perform(receive, () => parsed),
        sent: perform(send, (v) => ch.send(v)),
        buffered: gauge(() => ch.size),
      };
    },
    values: { E: new Error('what is a?') },
    outputs: {
      received: '---E--b--',
      sent: '    -ab------',
      buffered: '0121--0--',
    },
  }),
  spec({
    title: 'a failure passes by without being mapped',
    of: ['Operation.map'],
    drawn: 'receive().map((v) => v.toUpperCase())',
    inputs: {
      receive: ' x-----',
      close: '   ---x--',
    },
    run: ({ receive, close }) => {
      const ch = channel<string>({ name: 'ch' });
      close.subscribe(() => ch.close());
      return { received: perform(receive, () => ch.receive().map((v) => v.toUpperCase())) };
    },
    values: { C: new ClosedError('ch') },
    outputs: {
      received: '---C--',
    },
  }),
  spec({
    title: 'unsubscribing withdraws what is mapped: the value stays for others',
    of: ['Operation.map'],
    drawn: 'receive().map((v) => v.toUpperCase())',
    inputs: {
      send: '    -----a-',
    },
    run: ({ send }) => {
      const ch = channel<string>(1);
      return {
        received: ch.receive().map((v) => v.toUpperCase()),
        sent: perform(send, (v) => ch.send(v)),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      received: '-------',
      sent: '    -----a-',
      // Nobody took it.
      buffered: '0----1-',
    },
    during: {
      received: '^--!',
    },
  }),
];
