import { tap } from 'rxjs';
import { channel, ClosedError } from '../../src/index.ts';
import { losses } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a send completes when a slot of the buffer, or a receiver, has its value',
    of: ['Channel.send'],
    drawn: 'channel(1)',
    inputs: {
      send: '    -a-b------c',
      receive: ' -----x--xx-',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(1);
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      // a has a slot at once; b waits for it; c finds a receiver that waits.
      sent: '    -a---b----c',
      received: '-----a--b-c',
      buffered: '01------0--',
    },
  }),
  spec({
    title: 'a send that is withdrawn while it waits has not happened, and its value is reported',
    of: ['Channel.send'],
    drawn: 'channel({ onUndelivered })',
    inputs: {
      one: '        -a--------',
      other: '      --b-------',
      receive: '    ------x-x-',
    },
    run: ({ one, other, receive }) => {
      const { undelivered, onUndelivered } = losses();
      const ch = channel<string>({ onUndelivered });
      return {
        sentByOne: perform(one, (v) => ch.send(v)),
        sentByOther: perform(other, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        undelivered,
      };
    },
    values: { W: 'a withdrawn' },
    outputs: {
      sentByOne: '  ----------',
      sentByOther: '------b---',
      received: '   ------b---',
      undelivered: '----W-----',
    },
    during: {
      sentByOne: '  ^---!',
    },
  }),
  spec({
    title: 'a send on a closed channel fails',
    of: ['Channel.send'],
    drawn: "channel({ capacity: 2, name: 'ch', onUndelivered })",
    inputs: {
      send: '       -a---b-',
      close: '      ---x---',
    },
    run: ({ send, close }) => {
      const { undelivered, onUndelivered } = losses();
      const ch = channel<string>({ capacity: 2, name: 'ch', onUndelivered });
      close.subscribe(() => ch.close());
      return { sent: perform(send, (v) => ch.send(v)), undelivered };
    },
    values: { C: new ClosedError('ch'), L: 'b closed' },
    outputs: {
      sent: '       -a---C-',
      undelivered: '-----L-',
    },
  }),
  spec({
    title: 'a send is cold: each performance sends anew, and none before it is performed',
    of: ['Channel.send'],
    drawn: "const hello = channel.send('h')",
    inputs: {
      perform: ' ---x--y--',
    },
    run: ({ perform: calls }) => {
      const ch = channel<string>(2);
      const hello = ch.send('h');
      return {
        sent: perform(calls, () => hello),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      sent: '    ---x--y--',
      buffered: '0--1--2--',
    },
  }),
  spec({
    title: 'trySend never waits: it says whether the value was accepted',
    of: ['Channel.trySend'],
    drawn: 'channel(1)',
    inputs: {
      trySend: ' a-b---c---d',
      receive: ' ----x------',
      close: '   --------x--',
    },
    run: ({ trySend, receive, close }) => {
      const ch = channel<string>(1);
      close.subscribe(() => ch.close());
      return {
        accepted: perform(trySend, (v) => ch.trySend(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    values: { t: true, f: false },
    outputs: {
      accepted: 't-f---t---f',
      received: '----a------',
      buffered: '1---0-1----',
    },
  }),
  spec({
    title: 'what a subscriber sends from inside of its callback comes after the value that it is in',
    of: ['Channel.send'],
    drawn: 'channel(2)',
    inputs: {
      send: '    -a----b-',
    },
    run: ({ send }) => {
      const ch = channel<string>(2);
      send.subscribe((v) => ch.send(v).subscribe());
      const answers = tap((v: string) => {
        if (v === 'a') for (const answer of 'AB') ch.send(answer).subscribe();
      });
      return { received: ch.pipe(answers) };
    },
    outputs: {
      received: '-(aAB)b-',
    },
  }),
];
