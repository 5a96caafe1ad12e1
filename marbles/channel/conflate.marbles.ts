import { channel, forEach, sleep } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'while the consumer is busy, what arrives is added up: it gets everything, in fewer pieces',
    of: ['channel'],
    drawn: 'channel({ capacity: 1, conflate: (pending, sent) => pending + sent })',
    inputs: {
      send: '    abc-de----',
    },
    run: ({ send }) => {
      const ch = channel<string>({ capacity: 1, conflate: (pending, sent) => pending + sent });
      const handled = channel<string>(Infinity);
      forEach(ch, function* (letters) {
        yield* sleep(3);
        handled.trySend(letters);
      }).subscribe();
      return {
        sent: perform(send, (v) => ch.send(v)),
        handled,
        buffered: gauge(() => ch.size),
        merged: gauge(() => ch.statistics().undelivered),
      };
    },
    values: { M: 'bc', N: 'de' },
    outputs: {
      sent: '    abc-de----',
      handled: ' ---a--M--N',
      buffered: '01-01-0---',
      // A value that was merged is counted as undelivered, and not reported: nothing of it is lost.
      merged: '  0-1--2----',
    },
  }),
  spec({
    title: 'what conflate throws is the failure of that send; what was buffered stays as it was',
    of: ['channel'],
    drawn: 'channel({ capacity: 1, conflate })',
    inputs: {
      send: '    -ab---',
      receive: ' ----x-',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>({
        capacity: 1,
        conflate: (pending, sent) => {
          throw new Error(`${pending} and ${sent}?`);
        },
      });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
      };
    },
    values: { E: new Error('a and b?') },
    outputs: {
      sent: '    -aE---',
      received: '----a-',
    },
  }),
  spec({
    title: 'the newest value takes in the next, and the ones before it stay as they are',
    of: ['channel'],
    drawn: 'channel({ capacity: 3, conflate: (pending, sent) => sent })',
    inputs: {
      send: '    abcde----',
      receive: ' -----xxx-',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>({ capacity: 3, conflate: (_pending, sent) => sent });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      sent: '    abcde----',
      received: '-----abe-',
      buffered: '123--210-',
    },
  }),
];
