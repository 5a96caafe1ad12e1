import { tap } from 'rxjs';
import { channel, ClosedError, OverflowError, sendTo } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'sendTo sends in order, one at a time; it emits each value when it was accepted',
    of: ['sendTo'],
    drawn: 'sendTo(channel(1))',
    inputs: {
      source: '  abc|------',
      receive: ' ----x-x-x-',
    },
    run: ({ source, receive }) => {
      const ch = channel<string>(1);
      return {
        accepted: source.pipe(sendTo(ch)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      // It completes when all are accepted, which is after its source.
      accepted: 'a---b-(c|)',
      received: '----a-b-c-',
      buffered: '1-------0-',
    },
  }),
  spec({
    title: 'close: true closes the channel when the source has completed, and all is accepted',
    of: ['sendTo'],
    drawn: 'sendTo(channel(2), { close: true })',
    inputs: {
      source: '    -a-b|----',
    },
    run: ({ source }) => {
      const ch = channel<string>(2);
      return { accepted: source.pipe(sendTo(ch, { close: true })), subscriber: ch };
    },
    outputs: {
      accepted: '  -a-b|----',
      subscriber: '-----(ab|)',
    },
    during: {
      subscriber: '-----^',
    },
  }),
  spec({
    title: 'unsubscribing withdraws the send that waits, and what stands behind it',
    of: ['sendTo'],
    drawn: 'sendTo(channel())',
    inputs: {
      source: '  -ab-----',
      receive: ' ------x-',
    },
    run: ({ source, receive }) => {
      const ch = channel<string>();
      return {
        accepted: source.pipe(sendTo(ch)),
        received: perform(receive, () => ch.receive()),
        waiting: gauge(() => ch.statistics().waitingSenders),
      };
    },
    outputs: {
      accepted: '--------',
      received: '--------',
      waiting: ' 01--0---',
    },
    during: {
      accepted: '^---!',
    },
    subscribed: {
      source: '  ^---!',
    },
  }),
  spec({
    title: 'maxBacklog bounds how far a source that pushes may run ahead; what waits is still sent',
    of: ['sendTo'],
    drawn: "sendTo(channel({ name: 'ch' }), { maxBacklog: 1 })",
    inputs: {
      source: '  -abc-----',
      receive: ' -----x-x-',
    },
    run: ({ source, receive }) => {
      const ch = channel<string>({ name: 'ch' });
      return {
        accepted: source.pipe(sendTo(ch, { maxBacklog: 1 })),
        received: perform(receive, () => ch.receive()),
      };
    },
    error: new OverflowError('sendTo(ch)', 'c'),
    outputs: {
      // a is being sent, b stands behind it; there is no place for c, and the error comes after them.
      accepted: '-----a-(b#)',
      received: '-----a-b-',
    },
    subscribed: {
      source: '  ^--!',
    },
  }),
  spec({
    title: 'a closed channel is an error, and the source is left',
    of: ['sendTo'],
    drawn: "sendTo(channel({ capacity: 3, name: 'ch' }))",
    inputs: {
      source: '  -a---b-c-',
      close: '   ---x-----',
    },
    run: ({ source, close }) => {
      const ch = channel<string>({ capacity: 3, name: 'ch' });
      close.subscribe(() => ch.close());
      return { accepted: source.pipe(sendTo(ch)) };
    },
    error: new ClosedError('ch'),
    outputs: {
      accepted: '-a---#',
    },
    subscribed: {
      source: '  ^----!',
    },
  }),
  spec({
    title: "a source's error comes after what waits; with close: true it is the close cause as well",
    of: ['sendTo'],
    drawn: 'sendTo(channel(1), { close: true })',
    inputs: {
      source: '  -(abc)-#',
      receive: ' --------x-x-x-x',
    },
    run: ({ source, receive }) => {
      const ch = channel<string>(1);
      return {
        accepted: source.pipe(sendTo(ch, { close: true })),
        received: perform(receive, () => ch.receive()),
      };
    },
    values: { E: new Error('gone') },
    error: new Error('gone'),
    outputs: {
      // a is in the buffer, b is being sent, and c stands behind it.
      accepted: '-a------b-(c#)',
      received: '--------a-b-c-E',
    },
  }),
  spec({
    title: 'an empty source leaves nothing in the channel; one that never emits does nothing',
    of: ['sendTo'],
    drawn: 'sendTo(channel())',
    inputs: {
      empty: '  --|',
      never: '  -----',
    },
    run: ({ empty, never }) => ({
      ofEmpty: empty.pipe(sendTo(channel<string>())),
      ofNever: never.pipe(sendTo(channel<string>())),
    }),
    outputs: {
      ofEmpty: '--|',
      ofNever: '-----',
    },
  }),
  spec({
    title: 'a subscriber that receives from inside of its callback lets the next one in',
    of: ['sendTo'],
    drawn: 'sendTo(channel(1)), tap(() => channel.tryReceive())',
    inputs: {
      source: '  -(abc|)',
    },
    run: ({ source }) => {
      const ch = channel<string>(1);
      return {
        accepted: source.pipe(
          sendTo(ch),
          tap(() => ch.tryReceive()),
        ),
      };
    },
    outputs: {
      accepted: '-(abc|)',
    },
  }),
];
