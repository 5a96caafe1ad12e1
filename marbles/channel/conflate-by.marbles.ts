import { channel } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

/** `a` and `A` have one key. */
const conflateBy = (letter: string): string => letter.toLowerCase();

export const specs = [
  spec({
    title: 'the latest of each key: a value is replaced where it stands, full or not',
    of: ['channel'],
    drawn: 'channel({ capacity: 2, conflateBy: letter })',
    inputs: {
      send: '    abA-B----',
      receive: ' ------x-x',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>({ capacity: 2, conflateBy });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
        evicted: gauge(() => ch.statistics().undelivered),
      };
    },
    outputs: {
      sent: '    abA-B----',
      received: '------A-B',
      buffered: '12----1-0',
      evicted: ' 0-1-2----',
    },
  }),
  spec({
    title: 'behind one that waits for room, a send of a buffered key waits its turn, and replaces when it moves in',
    of: ['channel'],
    drawn: 'channel({ capacity: 1, conflateBy: letter })',
    inputs: {
      send: '    abB------',
      receive: ' ----x-x--',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>({ capacity: 1, conflateBy });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      sent: '    a---(bB)-',
      received: '----a-B--',
      buffered: '1-----0--',
    },
  }),
  spec({
    title: 'with conflate, equal keys are merged; overflow says what becomes of others',
    of: ['channel'],
    drawn:
      "channel({ capacity: 1, conflateBy: letter, conflate: (pending, sent) => pending + sent, overflow: 'dropOldest' })",
    inputs: {
      send: '    aA-b-B---',
      receive: ' ------x--',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>({
        capacity: 1,
        conflateBy: ([letter = '']) => conflateBy(letter),
        conflate: (pending, sent) => pending + sent,
        overflow: 'dropOldest',
      });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        lost: gauge(() => ch.statistics().undelivered),
      };
    },
    values: { M: 'bB' },
    outputs: {
      sent: '    aA-b-B---',
      received: '------M--',
      lost: '    01-2-3---',
    },
  }),
];
