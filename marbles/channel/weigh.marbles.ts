import { channel } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

/** `a` weighs 1, `b` 2, and so on. */
const weigh = (letter: string): number => letter.charCodeAt(0) - 96;

export const specs = [
  spec({
    title: 'weigh bounds the sum of the weights: what does not fit waits, and nobody overtakes it',
    of: ['channel'],
    drawn: 'channel({ capacity: 4, weigh })   // a is 1, b is 2, c is 3',
    inputs: {
      send: '    b-ca-----',
      receive: ' ----x-x--',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>({ capacity: 4, weigh });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    values: { B: 'b' },
    outputs: {
      // c weighs 3 and a 1: together they have room once b is gone.
      sent: '    b---(ca)-',
      received: '----b-c--',
      buffered: '1---2-1--',
      waiting: ' 0-120----',
    },
  }),
  spec({
    title: 'one that is heavier than the capacity is accepted into an empty buffer, and nothing beside it',
    of: ['channel'],
    drawn: 'channel({ capacity: 2, weigh })',
    inputs: {
      send: '    d-a----',
      receive: ' ----x--',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>({ capacity: 2, weigh });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
      };
    },
    outputs: {
      sent: '    d---a--',
      received: '----d--',
    },
  }),
];
