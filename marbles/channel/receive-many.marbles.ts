import { channel, ClosedError, queue } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'receiveMany takes all there is, at most so many, and waits for the first',
    of: ['Channel.receiveMany'],
    drawn: 'channel(2)   // receiveMany(3)',
    inputs: {
      send: '    abcd-----e',
      receive: ' ----x-x-x--',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(2);
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receiveMany(3)),
        buffered: gauge(() => ch.size),
      };
    },
    values: { M: ['a', 'b', 'c'], N: ['d'], O: ['e'] },
    outputs: {
      // c, which waited to be sent, is received with those before it; d moves in.
      sent: '    ab--(cd)-e',
      received: '----M-N--O',
      buffered: '12--1-0---',
    },
  }),
  spec({
    title: 'at the end of its channel it fails, after the last values',
    of: ['Channel.receiveMany'],
    drawn: "channel({ capacity: 4, name: 'ch' })   // receiveMany(9)",
    inputs: {
      send: '    ab-----',
      close: '   --x----',
      receive: ' ---x-x-',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>({ capacity: 4, name: 'ch' });
      close.subscribe(() => ch.close());
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receiveMany(9)),
      };
    },
    values: { M: ['a', 'b'], C: new ClosedError('ch') },
    outputs: {
      sent: '    ab-----',
      received: '---M-C-',
    },
  }),
  spec({
    title: 'it waits in line like any receiver, and withdrawn has taken nothing',
    of: ['Channel.receiveMany'],
    drawn: 'channel()   // receiveMany(9)',
    inputs: {
      send: '    ----a--b-',
      other: '   --x------',
    },
    run: ({ send, other }) => {
      const ch = channel<string>();
      return {
        withdrawn: ch.receiveMany(9),
        many: ch.receiveMany(9),
        other: perform(other, () => ch.receive()),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    values: { M: ['a'] },
    outputs: {
      withdrawn: '---------',
      many: '     ----(M|)',
      other: '    -------b-',
      sent: '     ----a--b-',
    },
    during: {
      withdrawn: '^--!',
    },
  }),
  spec({
    title: 'from a queue: in the order in which single receives would have had them',
    of: ['Queue.receiveMany'],
    drawn: "queue({ order: 'lifo', capacity: 2 })   // receiveMany(3)",
    inputs: {
      send: '    abc----',
      receive: ' ----x--',
    },
    run: ({ send, receive }) => {
      const jobs = queue<string>({ order: 'lifo', capacity: 2 });
      return {
        sent: perform(send, (v) => jobs.send(v)),
        received: perform(receive, () => jobs.receiveMany(3)),
        unfinished: gauge(() => jobs.unfinished),
      };
    },
    values: { M: ['b', 'c', 'a'] },
    outputs: {
      sent: '      ab--c--',
      received: '  ----M--',
      unfinished: '12--3--',
    },
  }),
];
