import { channel } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

const END = { ok: false, closed: true };

export const specs = [
  spec({
    title: 'receiveResult tells the end as a value',
    of: ['Channel.receiveResult'],
    drawn: 'channel(1)',
    inputs: {
      send: '    --a------',
      close: '   -----x---',
      receive: ' x--x---x-',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>(1);
      close.subscribe(() => ch.close());
      return {
        received: perform(receive, () => ch.receiveResult()),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    values: { A: { ok: true, value: 'a' }, C: END },
    outputs: {
      // The second one waits when the channel is closed; the third comes after that.
      received: '--A--C-C-',
      sent: '    --a------',
    },
  }),
  spec({
    title: 'a close cause is still an error',
    of: ['Channel.receiveResult'],
    drawn: 'channel()',
    inputs: {
      close: '   --x--',
    },
    run: ({ close }) => {
      const ch = channel<string>();
      close.subscribe(() => ch.close(new Error('broken')));
      return { received: ch.receiveResult() };
    },
    error: new Error('broken'),
    outputs: {
      received: '--#',
    },
  }),
  spec({
    title: 'withdrawn, it takes nothing',
    of: ['Channel.receiveResult'],
    drawn: 'channel(1)',
    inputs: {
      send: '     ---a-',
      receive: '  ----x',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(1);
      return {
        withdrawn: ch.receiveResult(),
        received: perform(receive, () => ch.receive()),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    outputs: {
      withdrawn: '-----',
      received: ' ----a',
      sent: '     ---a-',
    },
    during: {
      withdrawn: '^-!',
    },
  }),
];
