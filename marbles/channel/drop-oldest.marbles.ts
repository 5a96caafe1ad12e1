import { channel, forEach, sleep } from '../../src/index.ts';
import { losses, unhandled } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a slow consumer sees the newest value there is; a producer never waits',
    of: ['channel'],
    drawn: "channel({ capacity: 1, overflow: 'dropOldest', onUndelivered })",
    inputs: {
      send: '       abc-de-f-----',
    },
    run: ({ send }) => {
      const { undelivered, onUndelivered } = losses();
      const ch = channel<string>({ capacity: 1, overflow: 'dropOldest', onUndelivered });
      const handled = channel<string>(Infinity);
      forEach(ch, function* (letter) {
        yield* sleep(3);
        handled.trySend(letter);
      }).subscribe();
      return {
        sent: perform(send, (v) => ch.send(v)),
        handled,
        buffered: gauge(() => ch.size),
        undelivered,
      };
    },
    values: { B: 'b evicted', D: 'd evicted' },
    outputs: {
      sent: '       abc-de-f-----',
      handled: '    ---a--c--e--f',
      buffered: '   01-01-01-0---',
      undelivered: '--B--D-------',
    },
  }),
  spec({
    title: 'while somebody waits to receive, there is no overflow',
    of: ['channel'],
    drawn: "channel({ capacity: 1, overflow: 'dropOldest' })",
    inputs: {
      receive: ' xxx------',
      send: '    ----(abcde)',
    },
    run: ({ receive, send }) => {
      const ch = channel<string>({ capacity: 1, overflow: 'dropOldest' });
      return {
        received: perform(receive, () => ch.receive()),
        sent: perform(send, (v) => ch.send(v)),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      received: '----(abc)',
      sent: '    ----(abcde)',
      buffered: '0---1----',
    },
  }),
  spec({
    title: 'what onUndelivered throws is reported; the send has done its work',
    of: ['channel'],
    drawn: "channel({ capacity: 1, overflow: 'dropOldest', onUndelivered })",
    inputs: {
      send: '     -ab----',
      receive: '  -----x-',
    },
    run: ({ send, receive }) => {
      const reported = unhandled();
      const onUndelivered = (): void => {
        throw new Error('oops');
      };
      const ch = channel<string>({ capacity: 1, overflow: 'dropOldest', onUndelivered });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        unhandled: reported,
      };
    },
    values: { E: new Error('oops') },
    outputs: {
      sent: '     -ab----',
      received: ' -----b-',
      unhandled: '--E----',
    },
  }),
];
