import { broadcast, channel } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'whenClosed tells who sends that no more is accepted, drained or not',
    of: ['Channel.whenClosed'],
    drawn: 'channel(2)',
    inputs: {
      send: '       a---------',
      close: '      ---x------',
      receive: '    ------x---',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>(2);
      close.subscribe(() => ch.close());
      return {
        sent: perform(send, (v) => ch.send(v)),
        whenClosed: ch.whenClosed(),
        received: perform(receive, () => ch.receive()),
        whenEnded: ch.whenEnded(),
        buffered: gauge(() => ch.size),
      };
    },
    values: { u: undefined },
    outputs: {
      sent: '      a---------',
      whenClosed: '---(u|)---',
      received: '  ------a---',
      whenEnded: ' ------(u|)',
      buffered: '  1-----0---',
    },
  }),
  spec({
    title: 'it never fails, and of what is closed already it completes at once; unsubscribed, it waits no more',
    of: ['Channel.whenClosed'],
    drawn: 'channel()',
    inputs: {
      cancel: '  --x---',
      ask: '     ----x-',
    },
    run: ({ cancel, ask }) => {
      const ch = channel<string>();
      cancel.subscribe(() => ch.cancel('enough'));
      const whenClosed = ch.whenClosed();
      return { first: whenClosed, leaver: whenClosed, late: perform(ask, () => whenClosed.map(() => 'closed')) };
    },
    values: { u: undefined, C: 'closed' },
    outputs: {
      first: '   --(u|)',
      leaver: '  ------',
      late: '    ----C-',
    },
    during: {
      leaver: '^!',
    },
  }),
  spec({
    title: 'a broadcast is closed for its producers before its taps have ended',
    of: ['Broadcast.whenClosed'],
    drawn: 'broadcast({ capacity: 1 })',
    inputs: {
      send: '       a-------',
      close: '      --x-----',
      receive: '    ----x---',
    },
    run: ({ send, close, receive }) => {
      const news = broadcast<string>({ capacity: 1 });
      const tap = news.tap();
      close.subscribe(() => news.close());
      return {
        sent: perform(send, (v) => news.send(v)),
        whenClosed: news.whenClosed(),
        received: perform(receive, () => tap.receive()),
        tapEnded: tap.whenEnded(),
      };
    },
    values: { u: undefined },
    outputs: {
      sent: '      a-------',
      whenClosed: '--(u|)--',
      received: '  ----a---',
      tapEnded: '  ----(u|)',
    },
  }),
];
