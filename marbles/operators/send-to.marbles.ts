import { channel, sendTo } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'sendTo emits each value when it was accepted, in order, and completes when all are',
    of: ['sendTo'],
    drawn: 'sendTo(channel(1))',
    inputs: {
      source: ' abc|----',
      receive: '----x-x-x',
    },
    run: ({ source, receive }) => {
      const ch = channel<string>(1);
      return {
        accepted: source.pipe(sendTo(ch)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      accepted: 'a---b-(c|)',
      received: '----a-b-c',
      buffered: '1-------0',
    },
  }),
  spec({
    title: 'sendTo withdraws the send that waits when it is unsubscribed',
    of: ['sendTo'],
    drawn: 'sendTo(channel())',
    inputs: {
      source: ' -a-----',
      receive: '-----x-',
    },
    run: ({ source, receive }) => {
      const ch = channel<string>();
      return {
        accepted: source.pipe(sendTo(ch)),
        received: perform(receive, () => ch.receive()),
      };
    },
    during: { accepted: '^--!' },
    outputs: {
      accepted: '-------',
      received: '-------',
    },
    subscribed: { source: '^--!' },
  }),
  spec({
    title: "a source's error comes through",
    of: ['sendTo'],
    drawn: 'sendTo(channel(1))',
    inputs: {
      source: ' -a-#',
    },
    run: ({ source }) => ({ accepted: source.pipe(sendTo(channel<string>(1))) }),
    outputs: {
      accepted: '-a-#',
    },
  }),
];
