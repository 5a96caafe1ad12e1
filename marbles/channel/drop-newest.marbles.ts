import { channel, forEach, sleep } from '../../src/index.ts';
import { losses } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a slow consumer handles what came first; what comes while there is no room is dropped',
    of: ['channel'],
    drawn: "channel({ capacity: 1, overflow: 'dropNewest', onUndelivered })",
    inputs: {
      send: '       abc-d---------',
    },
    run: ({ send }) => {
      const { undelivered, onUndelivered } = losses();
      const ch = channel<string>({ capacity: 1, overflow: 'dropNewest', onUndelivered });
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
    values: { C: 'c dropped' },
    outputs: {
      // A send that drops its value completes all the same: it does not wait, and it does not fail.
      sent: '       abc-d---------',
      handled: '    ---a--b--d----',
      buffered: '   01-01-0-------',
      undelivered: '--C-----------',
    },
  }),
  spec({
    title: 'trySend tells the truth: false, for a value that was dropped',
    of: ['Channel.trySend'],
    drawn: "channel({ capacity: 1, overflow: 'dropNewest' })",
    inputs: {
      trySend: '    -ab---c-',
      receive: '    ----x---',
    },
    run: ({ trySend, receive }) => {
      const ch = channel<string>({ capacity: 1, overflow: 'dropNewest' });
      return {
        accepted: perform(trySend, (v) => ch.trySend(v)),
        received: perform(receive, () => ch.receive()),
        undelivered: gauge(() => ch.statistics().undelivered),
      };
    },
    values: { t: true, f: false },
    outputs: {
      accepted: '   -tf---t-',
      received: '   ----a---',
      undelivered: '0-1-----',
    },
  }),
  spec({
    title: 'without a buffer, a value is dropped unless somebody waits for it',
    of: ['channel'],
    drawn: "channel({ overflow: 'dropNewest', onUndelivered })",
    inputs: {
      send: '       -a--b---',
      receive: '    ---x--x-',
    },
    run: ({ send, receive }) => {
      const { undelivered, onUndelivered } = losses();
      const ch = channel<string>({ overflow: 'dropNewest', onUndelivered });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        undelivered,
      };
    },
    values: { A: 'a dropped' },
    outputs: {
      sent: '       -a--b---',
      received: '   ----b---',
      undelivered: '-A------',
    },
  }),
];
