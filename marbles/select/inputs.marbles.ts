import { EmptyError } from 'rxjs';
import { channel, select } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

const pair = ({ key, value }: { readonly key: string; readonly value: unknown }): string => `${key} ${String(value)}`;

export const specs = [
  spec({
    title: 'an observable is a case: its first value commits, and then it is unsubscribed',
    of: ['select'],
    drawn: 'select({ ch, source })',
    inputs: {
      source: '  ---a-b-',
    },
    run: ({ source }) => {
      const ch = channel<string>();
      return {
        selected: select({ ch, source }).map(pair),
        waiting: gauge(() => ch.statistics().waitingReceivers),
      };
    },
    values: { S: 'source a' },
    outputs: {
      selected: '---(S|)',
      waiting: ' 1--0---',
    },
    subscribed: {
      source: '  ^--!---',
    },
  }),
  spec({
    title: 'it is subscribed only if no operation is ready, and unsubscribed when it loses',
    of: ['select'],
    drawn: 'select({ ch, source })',
    inputs: {
      send: '    a---b-----',
      select: '  -x-x------',
      source: '  --s-------',
    },
    run: ({ send, select: calls, source }) => {
      const ch = channel<string>(1);
      send.subscribe((v) => ch.trySend(v));
      return { selected: perform(calls, () => select({ ch, source }).map(pair)) };
    },
    values: { A: 'ch a', B: 'ch b' },
    outputs: {
      selected: '-A--B-----',
    },
    subscribed: {
      // By the second select, a frame before b comes.
      source: '  ---^!-----',
    },
  }),
  spec({
    title: 'one that completes without a value switches its case off',
    of: ['select'],
    drawn: 'select({ ch, source })',
    inputs: {
      source: '  --|',
      send: '    -----a-',
    },
    run: ({ source, send }) => {
      const ch = channel<string>();
      const selected = select({ ch, source }).map(pair);
      send.subscribe((v) => ch.trySend(v));
      return { selected };
    },
    values: { A: 'ch a' },
    outputs: {
      selected: '-----(A|)',
    },
  }),
  spec({
    title: 'when all are switched off there is nothing to wait for: EmptyError',
    of: ['select'],
    drawn: 'select({ one, other })',
    inputs: {
      one: '     --|---',
      other: '   ----|-',
    },
    run: ({ one, other }) => ({ selected: select({ one, other }) }),
    error: new EmptyError(),
    outputs: {
      selected: '----#',
    },
  }),
  spec({
    title: 'its error fails the select',
    of: ['select'],
    drawn: 'select({ ch, source })',
    inputs: {
      source: '  --#',
    },
    run: ({ source }) => ({ selected: select({ ch: channel<string>(), source }) }),
    error: new Error('gone'),
    outputs: {
      selected: '--#',
    },
  }),
  spec({
    title: 'a falsy case is off: write a condition before it',
    of: ['select'],
    drawn: "select({ left: v !== 'r' && left, right: v !== 'l' && right })",
    inputs: {
      toLeft: '  ab-------',
      toRight: ' xy-------',
      select: '  --r-l-r-l',
    },
    run: ({ toLeft, toRight, select: calls }) => {
      const left = channel<string>(2);
      const right = channel<string>(2);
      toLeft.subscribe((v) => left.trySend(v));
      toRight.subscribe((v) => right.trySend(v));
      return {
        selected: perform(calls, (v) =>
          select({ left: v !== 'r' && left, right: v !== 'l' && right }).map(({ value }) => value),
        ),
      };
    },
    outputs: {
      selected: '--x-a-y-b',
    },
  }),
  spec({
    title: 'without a case that is on it would wait for ever: TypeError, at the call',
    of: ['select'],
    drawn: 'select({ left: false, right: undefined })',
    inputs: {
      select: '  -x-',
    },
    run: ({ select: calls }) => ({ selected: perform(calls, () => select({ left: false, right: undefined })) }),
    values: { T: new TypeError('select: no case is on; it would wait for ever') },
    outputs: {
      selected: '-T-',
    },
  }),
];
