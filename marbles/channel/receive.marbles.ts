import { channel, ClosedError } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

const NOT_OK = { ok: false, closed: true };

export const specs = [
  spec({
    title: 'who waits longest receives first, and each value goes to one',
    of: ['Channel.receive'],
    drawn: 'channel()',
    inputs: {
      receive: 'x-y------z',
      send: '   ---a-b-c--',
    },
    run: ({ receive, send }) => {
      const ch = channel<string>();
      return {
        received: perform(receive, () => ch.receive()),
        sent: perform(send, (v) => ch.send(v)),
        waiting: gauge(() => ch.statistics().waitingReceivers),
      };
    },
    outputs: {
      received: '---a-b---c',
      sent: '    ---a-b---c',
      waiting: ' 1-21-0----',
    },
  }),
  spec({
    title: 'a receive that is withdrawn leaves the value to others',
    of: ['Channel.receive'],
    drawn: 'channel()',
    inputs: {
      first: ' x-------',
      second: '-----y--',
      send: '  ----a---',
    },
    run: ({ first, second, send }) => {
      const ch = channel<string>();
      return {
        one: perform(first, () => ch.receive()),
        other: perform(second, () => ch.receive()),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    // Withdrawn in the frame before the send, which therefore waits for the second.
    during: { one: '^--!' },
    outputs: {
      one: '   --------',
      other: ' -----a--',
      sent: '  -----a--',
    },
  }),
  spec({
    title: 'what is buffered, and sends that wait, are still received after close; then the end',
    of: ['Channel.receive'],
    drawn: "channel({ capacity: 1, name: 'ch' })",
    inputs: {
      send: '   (ab)-----',
      close: '  --x------',
      receive: '---x-x-x-',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>({ capacity: 1, name: 'ch' });
      return {
        sent: perform(send, (v) => ch.send(v)),
        closed: perform(close, () => ch.close()),
        received: perform(receive, () => ch.receive()),
      };
    },
    values: { t: true, C: new ClosedError('ch') },
    outputs: {
      sent: '    a--b-----',
      closed: '  --t------',
      received: '---a-b-C-',
    },
  }),
  spec({
    title: 'a close cause comes after the last value, the same to everybody',
    of: ['Channel.receive'],
    drawn: 'channel(1)',
    inputs: {
      send: '   a-----',
      close: '  -x----',
      receive: '--x-x-',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>(1);
      return {
        sent: perform(send, (v) => ch.send(v)),
        closed: perform(close, () => ch.close(new Error('no more'))),
        received: perform(receive, () => ch.receive()),
      };
    },
    values: { t: true, E: new Error('no more') },
    outputs: {
      sent: '    a-----',
      closed: '  -t----',
      received: '--a-E-',
    },
  }),
  spec({
    title: 'receiveResult tells the end as a value',
    of: ['Channel.receiveResult'],
    drawn: 'channel(2)',
    inputs: {
      send: '   a------',
      close: '  ---x---',
      receive: 'x-x--x-',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>(2);
      return {
        received: perform(receive, () => ch.receiveResult()),
        sent: perform(send, (v) => ch.send(v)),
        closed: perform(close, () => ch.close()),
      };
    },
    values: { t: true, A: { ok: true, value: 'a' }, N: NOT_OK },
    outputs: {
      received: 'A--N-N-',
      sent: '    a------',
      closed: '  ---t---',
    },
  }),
];
