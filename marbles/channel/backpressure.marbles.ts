import { channel, forEach, sleep } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

// One picture of what a channel is for; the pages begin with it.
export const specs = [
  spec({
    title: 'a slow consumer slows its producer, and nothing is lost',
    of: ['channel', 'Channel.send', 'forEach'],
    drawn: 'forEach(channel(2), function* () { yield* sleep(3); })',
    inputs: {
      send: '    abc-de-f-----------',
    },
    run: ({ send }) => {
      const ch = channel<string>(2);
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
      // e and f wait: each for the consumer to take one out of the buffer.
      sent: '    abc-d-e--f---------',
      handled: ' ---a--b--c--d--e--f',
      buffered: '01212-------1--0---',
      waiting: ' 0----101-0---------',
    },
  }),
];
