import { channel } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'whenEnded waits until a closed channel is drained',
    of: ['Channel.whenEnded'],
    drawn: 'channel(2)',
    inputs: {
      send: '     ab-------',
      close: '    ---x-----',
      receive: '  -----x-x-',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>(2);
      close.subscribe(() => ch.close());
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
        whenEnded: ch.whenEnded(),
      };
    },
    values: { u: undefined },
    outputs: {
      sent: '     ab-------',
      received: ' -----a-b-',
      buffered: ' 12---1-0-',
      whenEnded: '-------(u|)',
    },
  }),
  spec({
    title: 'it never fails: a cause, or a cancel, is an end like any other',
    of: ['Channel.whenEnded'],
    drawn: 'channel()',
    inputs: {
      close: '      --x----',
      cancel: '     ----x--',
    },
    run: ({ close, cancel }) => {
      const broken = channel<string>();
      const cancelled = channel<string>();
      close.subscribe(() => broken.close(new Error('broken')));
      cancel.subscribe(() => cancelled.cancel('enough'));
      return { ofBroken: broken.whenEnded(), ofCancelled: cancelled.whenEnded() };
    },
    values: { u: undefined },
    outputs: {
      ofBroken: '   --(u|)-',
      ofCancelled: '----(u|)',
    },
  }),
  spec({
    title: 'a channel that nobody closes does not end, however empty it is',
    of: ['Channel.whenEnded'],
    drawn: 'channel()',
    inputs: {
      send: '     -a-----',
      receive: '  ---x---',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>();
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        whenEnded: ch.whenEnded(),
      };
    },
    outputs: {
      sent: '     ---a---',
      received: ' ---a---',
      whenEnded: '-------',
    },
  }),
  spec({
    title: 'unsubscribed, it waits no more; asked again, it waits again',
    of: ['Channel.whenEnded'],
    drawn: 'channel()',
    inputs: {
      close: ' -----x-',
    },
    run: ({ close }, { expectIdle }) => {
      const ch = channel<string>();
      close.subscribe(() => ch.close());
      expectIdle();
      const whenEnded = ch.whenEnded();
      return { leaver: whenEnded, other: whenEnded };
    },
    values: { u: undefined },
    outputs: {
      leaver: '-------',
      other: ' -----(u|)',
    },
    during: {
      leaver: '^--!',
    },
  }),
];
