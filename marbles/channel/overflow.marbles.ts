import { channel, OverflowError } from '../../src/index.ts';
import { losses } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

// The same script for each policy: three sends into two slots, then one who takes what is there.
const inputs = {
  send: '   abc-------',
  receive: '----x-x-x-',
} as const;

export const specs = [
  spec({
    title: 'suspend (the default): the third send waits, and nothing is lost',
    of: ['channel'],
    drawn: 'channel(2)',
    inputs,
    run: ({ send, receive }) => {
      const ch = channel<string>(2);
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      sent: '    ab--c-----',
      received: '----a-b-c-',
      buffered: '12----1-0-',
    },
  }),
  spec({
    title: 'dropOldest: the newest values stay, and what was evicted is reported',
    of: ['channel'],
    drawn: "channel({ capacity: 2, overflow: 'dropOldest', onUndelivered })",
    inputs,
    run: ({ send, receive }) => {
      const { undelivered, onUndelivered } = losses();
      const ch = channel<string>({ capacity: 2, overflow: 'dropOldest', onUndelivered });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
        undelivered,
      };
    },
    values: { E: 'a evicted' },
    outputs: {
      sent: '       abc-------',
      received: '   ----b-c---',
      buffered: '   12--1-0---',
      undelivered: '--E-------',
    },
  }),
  spec({
    title: 'dropNewest: what does not fit is lost, and reported',
    of: ['channel'],
    drawn: "channel({ capacity: 2, overflow: 'dropNewest', onUndelivered })",
    inputs,
    run: ({ send, receive }) => {
      const { undelivered, onUndelivered } = losses();
      const ch = channel<string>({ capacity: 2, overflow: 'dropNewest', onUndelivered });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
        undelivered,
      };
    },
    values: { D: 'c dropped' },
    outputs: {
      sent: '       abc-------',
      received: '   ----a-b---',
      buffered: '   12--1-0---',
      undelivered: '--D-------',
    },
  }),
  spec({
    title: 'fail: the send that finds no room fails, and its error carries the value',
    of: ['channel'],
    drawn: "channel({ capacity: 2, overflow: 'fail', name: 'ch' })",
    inputs,
    run: ({ send, receive }) => {
      const ch = channel<string>({ capacity: 2, overflow: 'fail', name: 'ch' });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    values: { E: new OverflowError('ch', 'c') },
    outputs: {
      sent: '    abE-------',
      received: '----a-b---',
      buffered: '12--1-0---',
    },
  }),
  spec({
    title: 'conflate: what does not fit is merged into the newest one that waits',
    of: ['channel'],
    drawn: 'channel({ capacity: 2, conflate: (pending, sent) => pending + sent })',
    inputs,
    run: ({ send, receive }) => {
      const ch = channel<string>({ capacity: 2, conflate: (pending, sent) => pending + sent });
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    values: { M: 'bc' },
    outputs: {
      sent: '    abc-------',
      received: '----a-M---',
      buffered: '12--1-0---',
    },
  }),
];
