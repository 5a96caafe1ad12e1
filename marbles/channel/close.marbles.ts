import { tap } from 'rxjs';
import { channel, ClosedError } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'what is buffered, and sends that wait, are still received after close; then the end',
    of: ['channel', 'Channel.receive', 'Channel.whenEnded'],
    drawn: "channel({ capacity: 1, name: 'ch' })",
    inputs: {
      send: '     ab--c------',
      close: '    --x--------',
      receive: '  -----x-x-x-',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>({ capacity: 1, name: 'ch' });
      close.subscribe(() => ch.close());
      return {
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        whenEnded: ch.whenEnded(),
        buffered: gauge(() => ch.size),
      };
    },
    values: { C: new ClosedError('ch'), u: undefined },
    outputs: {
      // c is sent too late; b was waiting when the channel was closed.
      sent: '     a---Cb-----',
      received: ' -----a-b-C-',
      whenEnded: '-------(u|)',
      buffered: ' 1------0---',
    },
  }),
  spec({
    title: 'whoever waits for a value learns of the end: a receive fails, a subscriber completes',
    of: ['channel', 'Channel.receive', 'Channel.receiveResult'],
    drawn: "channel({ name: 'ch' })",
    inputs: {
      close: '        ---x',
    },
    run: ({ close }) => {
      const ch = channel<string>({ name: 'ch' });
      close.subscribe(() => ch.close());
      return {
        receive: ch.receive(),
        receiveResult: ch.receiveResult(),
        subscriber: ch,
      };
    },
    values: { E: { ok: false, closed: true } },
    error: new ClosedError('ch'),
    outputs: {
      receive: '      ---#',
      receiveResult: '---(E|)',
      subscriber: '   ---|',
    },
  }),
  spec({
    title: 'close(cause): the cause comes after the last value, the same for everybody',
    of: ['channel', 'Channel.receive', 'Channel.receiveResult'],
    drawn: 'channel(1)',
    inputs: {
      send: '      a-------',
      close: '     -x------',
      receive: '   ---x-x--',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>(1);
      close.subscribe(() => ch.close(new Error('broken')));
      return {
        received: perform(receive, () => ch.receive()),
        sent: perform(send, (v) => ch.send(v)),
        subscriber: ch,
      };
    },
    values: { E: new Error('broken') },
    error: new Error('broken'),
    outputs: {
      received: '  ---a-E--',
      sent: '      a-------',
      subscriber: '------#',
    },
    during: {
      subscriber: '------^',
    },
  }),
  spec({
    title: 'only the first close counts, and its cause stays',
    of: ['channel'],
    drawn: 'channel(1)',
    inputs: {
      send: '    -v-------',
      close: '   --a-b----',
      receive: ' ------x-x',
    },
    run: ({ send, close, receive }) => {
      const ch = channel<string>(1);
      return {
        closed: perform(close, (cause) => ch.close(cause)),
        received: perform(receive, () => ch.receive()),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    values: { t: true, f: false },
    outputs: {
      closed: '  --t-f----',
      received: '------v-a',
      sent: '    -v-------',
    },
  }),
  spec({
    title: 'a subscriber that closes the channel from inside of its callback has what came before',
    of: ['channel'],
    drawn: 'channel(2)',
    inputs: {
      send: '      (abc)-',
    },
    run: ({ send }) => {
      const ch = channel<string>(2);
      send.subscribe((v) => ch.trySend(v));
      return { subscriber: ch.pipe(tap(() => ch.close())) };
    },
    outputs: {
      // c finds the buffer full.
      subscriber: '------(ab|)',
    },
    during: {
      subscriber: '------^',
    },
  }),
];
