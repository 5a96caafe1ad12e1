import { channel, poll } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'poll never waits: it says what it got, or that there is nothing yet, or nothing ever again',
    of: ['poll'],
    drawn: 'poll(channel.receive())',
    inputs: {
      send: '  --a------',
      close: ' ------x--',
      poll: '  -x-x-x-x-',
    },
    run: ({ send, close, poll: calls }) => {
      const ch = channel<string>(1);
      close.subscribe(() => ch.close());
      return {
        polled: perform(calls, () => poll(ch.receive())),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    values: { N: { ok: false, closed: false }, A: { ok: true, value: 'a' }, C: { ok: false, closed: true } },
    outputs: {
      polled: '-N-A-N-C-',
      sent: '  --a------',
    },
  }),
  spec({
    title: 'what could not commit leaves no trace: nobody is there who could receive it later',
    of: ['poll'],
    drawn: "poll(channel.send('a'))",
    inputs: {
      poll: '    -a-----',
      receive: ' ---x---',
    },
    run: ({ poll: calls, receive }) => {
      const ch = channel<string>();
      return {
        polled: perform(calls, (v) => poll(ch.send(v))),
        received: perform(receive, () => ch.receive()),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    values: { N: { ok: false, closed: false } },
    outputs: {
      polled: '  -N-----',
      received: '-------',
      waiting: ' 0------',
    },
  }),
  spec({
    title: 'what fails otherwise is thrown by poll itself',
    of: ['poll'],
    drawn: 'poll(channel.receive().map(parse))',
    inputs: {
      send: '  -a-----',
      poll: '  ---x---',
    },
    run: ({ send, poll: calls }) => {
      const ch = channel<string>(1);
      const parsed = ch.receive().map((v) => {
        throw new Error(`what is ${v}?`);
      });
      return {
        polled: perform(calls, () => poll(parsed)),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    values: { E: new Error('what is a?') },
    outputs: {
      polled: '---E---',
      sent: '  -a-----',
    },
  }),
];
