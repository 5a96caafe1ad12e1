import { concat } from 'rxjs';
import { channel, ClosedError } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'who waits longest receives first, and each value goes to one',
    of: ['Channel.receive'],
    drawn: 'channel()',
    inputs: {
      send: '          ----a-b---c',
      first: '         x------x---',
      second: '        --y--------',
    },
    run: ({ send, first, second }) => {
      const ch = channel<string>();
      return {
        sent: perform(send, (v) => ch.send(v)),
        receivedFirst: perform(first, () => ch.receive()),
        receivedSecond: perform(second, () => ch.receive()),
        waiting: gauge(() => ch.statistics().waitingReceivers),
      };
    },
    outputs: {
      sent: '          ----a-b---c',
      receivedFirst: ' ----a-----c',
      receivedSecond: '------b----',
      waiting: '       1-2-1-01--0',
    },
  }),
  spec({
    title: 'a receive that is withdrawn takes nothing: the value is there for others',
    of: ['Channel.receive'],
    drawn: 'channel()',
    inputs: {
      send: '     ----a----',
      other: '    ------x--',
    },
    run: ({ send, other }) => {
      const ch = channel<string>();
      return {
        withdrawn: ch.receive(),
        received: perform(other, () => ch.receive()),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    outputs: {
      withdrawn: '---------',
      received: ' ------a--',
      // Withdrawn in the frame before the send, which therefore waits for the other one.
      sent: '     ------a--',
    },
    during: {
      withdrawn: '^--!',
    },
  }),
  spec({
    title: 'what is buffered comes before what waits to be sent; each receive lets one send in',
    of: ['Channel.receive'],
    drawn: 'channel(1)',
    inputs: {
      send: '    abc------',
      receive: ' ----x-x-x',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(1);
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    outputs: {
      sent: '    a---b-c--',
      received: '----a-b-c',
      buffered: '1-------0',
      waiting: ' 012-1-0--',
    },
  }),
  spec({
    title: 'at the end of its channel, a receive fails',
    of: ['Channel.receive'],
    drawn: "channel({ capacity: 1, name: 'ch' })",
    inputs: {
      send: '    a------',
      close: '   --x----',
      receive: ' ---x-x-',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>({ capacity: 1, name: 'ch' });
      close.subscribe(() => ch.close());
      return {
        received: perform(receive, () => ch.receive()),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    values: { C: new ClosedError('ch') },
    outputs: {
      received: '---a-C-',
      sent: '    a------',
    },
  }),
  spec({
    title: 'one that receives again from inside of its callback has what comes next',
    of: ['Channel.receive'],
    drawn: 'concat(receive(), receive())',
    inputs: {
      send: '    -ab--c---',
    },
    run: ({ send }) => {
      const ch = channel<string>();
      send.subscribe((v) => ch.send(v).subscribe());
      return {
        received: concat(ch.receive(), ch.receive()),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    outputs: {
      received: '-a(b|)---',
      waiting: ' 0----1---',
    },
  }),
];
