import { CancelledError, channel } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'whenEnded waits until a closed channel is drained',
    of: ['Channel.whenEnded'],
    drawn: 'channel(1)',
    inputs: {
      send: '   a-----',
      close: '  --x---',
      receive: '----x-',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>(1);
      return {
        sent: perform(send, (v) => ch.send(v)),
        closed: perform(close, () => ch.close()),
        received: perform(receive, () => ch.receive()),
        whenEnded: ch.whenEnded(),
      };
    },
    values: { t: true, V: undefined },
    outputs: {
      sent: '     a-----',
      closed: '   --t---',
      received: ' ----a-',
      whenEnded: '----(V|)',
    },
  }),
  spec({
    title: 'whenEnded never fails, and tells of a cancel at once',
    of: ['Channel.whenEnded'],
    drawn: "channel({ capacity: 1, name: 'ch' })",
    inputs: {
      send: '  ab---',
      cancel: '--x--',
    },
    run: ({ send, cancel }) => {
      const ch = channel<string>({ capacity: 1, name: 'ch' });
      return {
        sent: perform(send, (v) => ch.send(v)),
        cancelled: perform(cancel, () => ch.cancel('enough')),
        whenEnded: ch.whenEnded(),
        buffered: gauge(() => ch.size),
      };
    },
    values: { t: true, V: undefined, E: new CancelledError('ch', 'enough') },
    outputs: {
      sent: '     a-E--',
      cancelled: '--t--',
      whenEnded: '--(V|)',
      buffered: ' 1-0--',
    },
  }),
  spec({
    title: 'subscribers compete: each value reaches one of them, in turn; the end reaches all',
    of: ['channel'],
    drawn: 'channel()',
    inputs: {
      send: ' -a-b-c---',
      close: '--------x',
    },
    run: ({ send, close }) => {
      const ch = channel<string>();
      return {
        one: ch,
        other: ch,
        sent: perform(send, (v) => ch.send(v)),
        closed: perform(close, () => ch.close()),
      };
    },
    values: { t: true },
    outputs: {
      one: '   -a---c--|',
      other: ' ---b----|',
      sent: '  -a-b-c---',
      closed: '--------t',
    },
  }),
];
