import { channel, OverflowError, type UndeliveredReason } from '../../src/index.ts';
import { Subject } from 'rxjs';
import { gauge, perform, spec } from '../spec.ts';

// The same script for each policy: three sends into two slots, then one who takes what is there.
const inputs = {
  send: '   abc-------',
  receive: '----x-x-x-',
} as const;

export const specs = [
  spec({
    title: 'suspend (the default): the third send waits',
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
    title: 'dropOldest: the newest values stay, and who was evicted is told',
    of: ['channel'],
    drawn: "channel({ capacity: 2, overflow: 'dropOldest' })",
    inputs,
    run: ({ send, receive }) => {
      const lost = new Subject<string>();
      const onUndelivered = (v: string, reason: UndeliveredReason): void => lost.next(`${v} ${reason}`);
      const ch = channel<string>({ capacity: 2, overflow: 'dropOldest', onUndelivered });
      return {
        undelivered: lost,
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    values: { E: 'a evicted' },
    outputs: {
      undelivered: '--E-------',
      sent: '       abc-------',
      received: '   ----b-c---',
      buffered: '   12--1-0---',
    },
  }),
  spec({
    title: 'dropNewest: what does not fit is lost, and told',
    of: ['channel'],
    drawn: "channel({ capacity: 2, overflow: 'dropNewest' })",
    inputs,
    run: ({ send, receive }) => {
      const lost = new Subject<string>();
      const onUndelivered = (v: string, reason: UndeliveredReason): void => lost.next(`${v} ${reason}`);
      const ch = channel<string>({ capacity: 2, overflow: 'dropNewest', onUndelivered });
      return {
        undelivered: lost,
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    values: { D: 'c dropped' },
    outputs: {
      undelivered: '--D-------',
      sent: '       abc-------',
      received: '   ----a-b---',
      buffered: '   12--1-0---',
    },
  }),
  spec({
    title: 'fail: the send that finds no room fails, and has its value back',
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
    title: 'conflate: the newest one that waits takes in what does not fit',
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
