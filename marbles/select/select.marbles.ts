import { channel, ClosedError, mergeSelect, select, sleep } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'select commits the first case that becomes ready, and leaves the others untouched',
    of: ['select'],
    drawn: 'select({ left, right })',
    inputs: {
      select: '  x-----y--',
      toLeft: '  ---a-----',
      toRight: ' ----b----',
    },
    run: ({ select: calls, toLeft, toRight }) => {
      const left = channel<string>(1);
      const right = channel<string>(1);
      return {
        selected: perform(calls, () => select({ left, right }).map(({ key, value }) => `${key} ${value}`)),
        sentLeft: perform(toLeft, (v) => left.send(v)),
        sentRight: perform(toRight, (v) => right.send(v)),
        buffered: gauge(() => right.size),
      };
    },
    values: { L: 'left a', R: 'right b' },
    outputs: {
      selected: ' ---L--R--',
      sentLeft: ' ---a-----',
      sentRight: '----b----',
      buffered: ' 0---1-0--',
    },
  }),
  spec({
    title: 'a send is a case as well: what is not chosen did not happen',
    of: ['select'],
    drawn: "select({ sent: out.send('v'), late: sleep(3) })",
    inputs: {
      select: ' x----y--',
      receive: '------x-',
    },
    run: ({ select: calls, receive }) => {
      const out = channel<string>();
      return {
        selected: perform(calls, (v) => select({ sent: out.send(v), late: sleep(3) }).map(({ key }) => key)),
        received: perform(receive, () => out.receive()),
      };
    },
    values: { L: 'late', S: 'sent' },
    outputs: {
      selected: '---L--S-',
      received: '------y-',
    },
  }),
  spec({
    title: 'a closed channel is ready: the select fails with its end',
    of: ['select'],
    drawn: 'select({ open, closing })',
    inputs: {
      select: ' x--y-',
      close: '  --x--',
    },
    run: ({ select: calls, close }) => {
      const open = channel<string>();
      const closing = channel<string>({ name: 'closing' });
      return {
        selected: perform(calls, () => select({ open, closing })),
        closed: perform(close, () => closing.close()),
      };
    },
    values: { t: true, C: new ClosedError('closing') },
    outputs: {
      selected: '--CC-',
      closed: '  --t--',
    },
  }),
  spec({
    title: 'mergeSelect takes a value only when one is asked of it, and ends with its sources',
    of: ['mergeSelect'],
    drawn: "mergeSelect({ left, right }, { order: 'priority' })",
    inputs: {
      toRight: ' a--------',
      toLeft: '  bc-------',
      close: '   -----x---',
      pull: '    --x-x-x--',
    },
    run: ({ toRight, toLeft, close, pull }) => {
      const left = channel<string>(2);
      const right = channel<string>(2);
      const merged = mergeSelect({ left, right }, { order: 'priority' });
      return {
        sentRight: perform(toRight, (v) => right.send(v)),
        sentLeft: perform(toLeft, (v) => left.send(v)),
        closed: perform(close, () => [left, right].map((ch) => ch.close())),
        pulled: perform(pull, () => merged.receive().map(({ value }) => value)),
        whenEnded: merged.whenEnded(),
        buffered: gauge(() => left.size + right.size),
      };
    },
    values: { t: [true, true], V: undefined },
    outputs: {
      sentRight: 'a--------',
      sentLeft: ' bc-------',
      closed: '   -----t---',
      pulled: '   --b-c-a--',
      whenEnded: '------(V|)',
      buffered: ' 232-1-0---',
    },
  }),
];
