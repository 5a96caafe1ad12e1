import { broadcast, ClosedError } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a send completes when every tap has it; ready taps have it at once',
    of: ['Broadcast.send', 'Broadcast.tap', 'broadcast'],
    drawn: 'broadcast()',
    inputs: {
      send: '   -a-----b-',
      receive: '---x--y--',
    },
    run: ({ send, receive }) => {
      const b = broadcast<string>();
      const slow = b.tap();
      return {
        fast: b.tap({ capacity: 2 }),
        slow: perform(receive, () => slow.receive()),
        sent: perform(send, (v) => b.send(v)),
      };
    },
    outputs: {
      fast: '-a-----b-',
      slow: '---a---b-',
      sent: '---a---b-',
    },
  }),
  spec({
    title: 'a send that is withdrawn is not seen by those that did not have it yet',
    of: ['Broadcast.send'],
    drawn: 'broadcast()',
    inputs: {
      send: '   -a-------',
      other: '  --b------',
      receive: '------x--',
    },
    run: ({ send, other, receive }) => {
      const b = broadcast<string>();
      const slow = b.tap();
      return {
        fast: b.tap({ capacity: 2 }),
        slow: perform(receive, () => slow.receive()),
        sent: perform(send, (v) => b.send(v)),
        sentToo: perform(other, (v) => b.send(v)),
      };
    },
    outputs: {
      fast: '   -ab------',
      slow: '   ------b--',
      sent: '   ---------',
      sentToo: '------b--',
    },
    during: { sent: '^---!' },
  }),
  spec({
    title: 'a lossy tap loses only its own; a new tap has what is kept for it',
    of: ['Broadcast.tap', 'broadcast'],
    drawn: 'broadcast({ replay: 1 })',
    inputs: {
      send: ' -a-b-c-d-',
      read: ' -------x-',
      close: '--------x',
    },
    run: ({ send, read, close }) => {
      const b = broadcast<string>({ replay: 1, capacity: 4 });
      const lossy = b.tap({ capacity: 1, overflow: 'dropOldest' });
      close.subscribe(() => b.close());
      return {
        sent: perform(send, (v) => b.send(v)),
        whole: b,
        late: b,
        lossy: perform(read, () => lossy.receive()),
        taps: gauge(() => b.taps),
      };
    },
    outputs: {
      sent: ' -a-b-c-d-',
      whole: '-a-b-c-d|',
      late: ' ----bc-d|',
      lossy: '-------d-',
      taps: ' 2---3---0',
    },
    during: { late: '----^' },
  }),
  spec({
    title: 'trySend is all taps or none, and a closed broadcast refuses',
    of: ['Broadcast.trySend', 'Broadcast.send'],
    drawn: 'broadcast({ capacity: 1 })',
    inputs: {
      trySend: '-a-b---',
      close: '  ----x--',
      send: '   -----c-',
    },
    run: ({ trySend, close, send }) => {
      const b = broadcast<string>({ capacity: 1, name: 'b' });
      b.tap();
      close.subscribe(() => b.close());
      return {
        accepted: perform(trySend, (v) => b.trySend(v)),
        sent: perform(send, (v) => b.send(v)),
      };
    },
    values: { t: true, f: false, C: new ClosedError('b') },
    outputs: {
      accepted: '-t-f---',
      sent: '    -----C-',
    },
  }),
];
