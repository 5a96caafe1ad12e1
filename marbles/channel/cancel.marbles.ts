import { CancelledError, channel, ClosedError } from '../../src/index.ts';
import { losses } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'cancel ends a channel at once: what it holds is lost, and reported; whoever waits fails',
    of: ['channel', 'Channel.send', 'Channel.receive', 'Channel.whenEnded'],
    drawn: "channel({ capacity: 1, name: 'ch', onUndelivered })",
    inputs: {
      send: '       ab-----c',
      cancel: '     ---x----',
      receive: '    -----x--',
    },
    run: ({ send, cancel, receive }) => {
      const { undelivered, onUndelivered } = losses();
      const ch = channel<string>({ capacity: 1, name: 'ch', onUndelivered });
      cancel.subscribe(() => ch.cancel('enough'));
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        whenEnded: ch.whenEnded(),
        buffered: gauge(() => ch.size),
        undelivered,
      };
    },
    values: {
      X: new CancelledError('ch', 'enough'),
      C: new ClosedError('ch'),
      A: 'a cancelled',
      B: 'b cancelled',
      D: 'c closed',
      u: undefined,
    },
    outputs: {
      // b was waiting, and fails as cancelled; c comes later, and finds a closed channel.
      sent: '       a--X---C',
      received: '   -----X--',
      whenEnded: '  ---(u|)-',
      buffered: '   1--0----',
      undelivered: '---(AB)D',
    },
  }),
  spec({
    title: 'everybody who waits for a value fails, in whatever form they wait',
    of: ['channel', 'Channel.receive', 'Channel.receiveResult'],
    drawn: "channel({ name: 'ch' })",
    inputs: {
      cancel: '       ---x',
    },
    run: ({ cancel }) => {
      const ch = channel<string>({ name: 'ch' });
      cancel.subscribe(() => ch.cancel('enough'));
      return { receive: ch.receive(), receiveResult: ch.receiveResult(), subscriber: ch };
    },
    error: new CancelledError('ch', 'enough'),
    outputs: {
      receive: '      ---#',
      receiveResult: '---#',
      subscriber: '   ---#',
    },
  }),
  spec({
    title: 'a closed channel that still holds values can be cancelled, and that is what one gets to see',
    of: ['channel', 'Channel.receive'],
    drawn: "channel({ capacity: 2, name: 'ch' })",
    inputs: {
      send: '     ab-------',
      close: '    --x------',
      cancel: '   -----x-x-',
      receive: '  ---x--x--',
    },
    run: ({ send, close, cancel, receive }) => {
      const ch = channel<string>({ capacity: 2, name: 'ch' });
      close.subscribe(() => ch.close(new Error('broken')));
      return {
        sent: perform(send, (v) => ch.send(v)),
        cancelled: perform(cancel, () => ch.cancel('enough')),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    values: { t: true, f: false, X: new CancelledError('ch', 'enough') },
    outputs: {
      sent: '     ab-------',
      // The second time it had ended.
      cancelled: '-----t-f-',
      received: ' ---a--X--',
      buffered: ' 12-1-0---',
    },
  }),
  spec({
    title: 'what onUndelivered throws reaches the one who cancelled; everybody else is served',
    of: ['channel', 'Channel.whenEnded'],
    drawn: 'channel({ capacity: 2, onUndelivered })',
    inputs: {
      send: '     ab---',
      cancel: '   ---x-',
    },
    run: ({ send, cancel }) => {
      let reports = 0;
      const onUndelivered = (v: string): void => {
        reports++;
        if (v === 'a') throw new Error('oops');
      };
      const ch = channel<string>({ capacity: 2, onUndelivered });
      return {
        sent: perform(send, (v) => ch.send(v)),
        cancelled: perform(cancel, () => ch.cancel()),
        whenEnded: ch.whenEnded(),
        reports: gauge(() => reports),
      };
    },
    values: { E: new Error('oops'), u: undefined },
    outputs: {
      sent: '     ab---',
      cancelled: '---E-',
      whenEnded: '---(u|)',
      reports: '  0--2-',
    },
  }),
];
