import { channel, forEach, sleep } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a slow consumer slows the producer: never is more in between than the buffer holds',
    of: ['channel', 'Channel.send', 'forEach'],
    drawn: 'channel(1)',
    inputs: {
      send: '    abc-d--------',
    },
    run: ({ send }) => {
      const ch = channel<string>(1);
      const handled = channel<string>(Infinity);
      forEach(ch, function* (letter) {
        yield* sleep(3);
        handled.trySend(letter);
      }).subscribe();
      return {
        sent: perform(send, (v) => ch.send(v)),
        handled,
        buffered: gauge(() => ch.size),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    outputs: {
      // The consumer has a at once, b is buffered, c waits for the slot of b, and d for that of c.
      sent: '    ab-c--d------',
      handled: ' ---a--b--c--d',
      buffered: '01-------0---',
      waiting: ' 0-101-0------',
    },
  }),
  spec({
    title: 'sends that wait are let in, one for each receive, in the order in which they came',
    of: ['Channel.send'],
    drawn: 'channel(1)',
    inputs: {
      send: '    abcd-----',
      receive: ' ----x-xx-',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(1);
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    outputs: {
      sent: '    a---b-cd-',
      received: '----a-bc-',
      waiting: ' 01232-10-',
    },
  }),
  spec({
    title: 'while nobody receives, a full channel lets nobody in',
    of: ['Channel.send'],
    drawn: 'channel(1)',
    inputs: {
      send: '    -ab---',
    },
    run: ({ send }) => {
      const ch = channel<string>(1);
      return {
        sent: perform(send, (v) => ch.send(v)),
        buffered: gauge(() => ch.size),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    outputs: {
      sent: '    -a----',
      buffered: '01----',
      waiting: ' 0-1---',
    },
  }),
  spec({
    title: 'one that leaves the line lets the next one move up',
    of: ['Channel.send'],
    drawn: 'channel(1)',
    inputs: {
      send: '        a--------',
      leaver: '      -b-------',
      other: '       --c------',
      receive: '     -----x-x-',
    },
    run: ({ send, leaver, other, receive }) => {
      const ch = channel<string>(1);
      return {
        sent: perform(send, (v) => ch.send(v)),
        sentByLeaver: perform(leaver, (v) => ch.send(v)),
        sentByOther: perform(other, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    outputs: {
      sent: '        a--------',
      sentByLeaver: '---------',
      sentByOther: ' -----c---',
      received: '    -----a-c-',
      waiting: '     0121-0---',
    },
    during: {
      sentByLeaver: '^--!',
    },
  }),
];
