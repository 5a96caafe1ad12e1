import { take, tap } from 'rxjs';
import { channel } from '../../src/index.ts';
import { unhandled } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'subscribers compete: each value reaches one of them, in turn; the end reaches all',
    of: ['channel'],
    drawn: 'channel()',
    inputs: {
      send: ' -a-b-c-d--',
      close: '---------x',
    },
    run: ({ send, close }) => {
      const ch = channel<string>();
      send.subscribe((v) => ch.trySend(v));
      close.subscribe(() => ch.close());
      return { one: ch, other: ch };
    },
    outputs: {
      one: '  -a---c---|',
      other: '---b---d-|',
    },
  }),
  spec({
    title: 'take(2) takes exactly two: the rest is for whoever comes next, and nothing is lost between',
    of: ['channel'],
    drawn: 'channel(4)',
    inputs: {
      send: '    -abcd-----',
    },
    run: ({ send }) => {
      const ch = channel<string>(4);
      send.subscribe((v) => ch.trySend(v));
      return {
        two: ch.pipe(take(2)),
        next: ch,
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      two: '     -a(b|)----',
      next: '    ------(cd)',
      buffered: '0--12-0---',
    },
    during: {
      next: '    ------^',
    },
  }),
  spec({
    title: 'who unsubscribes loses nothing for the others: what is sent meanwhile is kept',
    of: ['channel'],
    drawn: 'channel(2)',
    inputs: {
      send: '    -a-b-c---',
    },
    run: ({ send }) => {
      const ch = channel<string>(2);
      return {
        leaver: ch,
        later: ch,
        sent: perform(send, (v) => ch.send(v)),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      leaver: '  -a-------',
      later: '   ------(bc)',
      sent: '    -a-b-c---',
      buffered: '0--1-20--',
    },
    during: {
      leaver: '  ^-!',
      later: '   ------^',
    },
  }),
  spec({
    title: 'a close cause is the error of every subscriber, after the last value',
    of: ['channel'],
    drawn: 'channel()',
    inputs: {
      send: ' -a---',
      close: '---x-',
    },
    run: ({ send, close }) => {
      const ch = channel<string>();
      send.subscribe((v) => ch.trySend(v));
      close.subscribe(() => ch.close(new Error('broken')));
      return { one: ch, other: ch };
    },
    error: new Error('broken'),
    outputs: {
      one: '  -a-#',
      other: '---#',
    },
  }),
  spec({
    title: 'a channel that has ended before completes a new subscriber at once',
    of: ['channel'],
    drawn: 'channel()',
    inputs: {
      close: '-x---',
    },
    run: ({ close }) => {
      const ch = channel<string>();
      close.subscribe(() => ch.close());
      return { late: ch };
    },
    outputs: {
      late: ' ---|',
    },
    during: {
      late: ' ---^',
    },
  }),
  spec({
    title: 'an operator whose callback throws ends its own pipe, and costs nobody else a value',
    of: ['channel'],
    drawn: 'channel()',
    inputs: {
      send: '  -a-b-c---',
    },
    run: ({ send }) => {
      const ch = channel<string>();
      send.subscribe((v) => ch.trySend(v));
      return {
        throws: ch.pipe(
          tap(() => {
            throw new Error('oops');
          }),
        ),
        other: ch,
      };
    },
    error: new Error('oops'),
    outputs: {
      throws: '-#',
      other: ' ---b-c---',
    },
  }),
  spec({
    title: 'an observer that throws is reported, and goes on to be served',
    of: ['channel'],
    drawn: 'channel()',
    inputs: {
      send: '     -a-b---',
    },
    run: ({ send }) => {
      const ch = channel<string>();
      const reported = unhandled();
      let calls = 0;
      send.subscribe((v) => ch.trySend(v));
      ch.subscribe(() => {
        if (++calls === 1) throw new Error('oops');
      });
      return { unhandled: reported, calls: gauge(() => calls) };
    },
    values: { E: new Error('oops') },
    outputs: {
      unhandled: '-E-----',
      calls: '    01-2---',
    },
  }),
];
