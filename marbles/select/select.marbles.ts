import { channel, select, sleep, until } from '../../src/index.ts';
import { losses } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

const key = ({ key }: { readonly key: string }): string => key;
const pair = ({ key, value }: { readonly key: string; readonly value: unknown }): string => `${key} ${String(value)}`;

export const specs = [
  spec({
    title: 'select commits the first case that becomes ready, and leaves the others untouched',
    of: ['select'],
    drawn: 'select({ left, right })',
    inputs: {
      toLeft: '  --a-------',
      toRight: ' ---b------',
      select: '  x-----x---',
    },
    run: ({ toLeft, toRight, select: calls }) => {
      const left = channel<string>(1);
      const right = channel<string>(1);
      toLeft.subscribe((v) => left.trySend(v));
      toRight.subscribe((v) => right.trySend(v));
      return {
        selected: perform(calls, () => select({ left, right }).map(pair)),
        inLeft: gauge(() => left.size),
        inRight: gauge(() => right.size),
      };
    },
    values: { L: 'left a', R: 'right b' },
    outputs: {
      // The first select waits, and leaves b alone: the second one finds it.
      selected: '--L---R---',
      inLeft: '  0---------',
      inRight: ' 0--1--0---',
    },
  }),
  spec({
    title: 'a send is a case as well: if it is not chosen, it has not happened',
    of: ['select'],
    drawn: 'select({ sent: out.send(v), late: sleep(3) })',
    inputs: {
      select: '  -a----b--',
      receive: ' -------x-',
    },
    run: ({ select: calls, receive }) => {
      const out = channel<string>();
      return {
        selected: perform(calls, (v) => select({ sent: out.send(v), late: sleep(3) }).map(key)),
        received: perform(receive, () => out.receive()),
        waiting: gauge(() => out.statistics().waitingSenders),
      };
    },
    values: { L: 'late', S: 'sent' },
    outputs: {
      selected: '----L--S-',
      received: '-------b-',
      waiting: ' 01--0-10-',
    },
  }),
  spec({
    title: 'two selects that face each other meet',
    of: ['select'],
    drawn: 'select({ give: ch.send(v) }), select({ take: ch })',
    inputs: {
      giving: '-a---b--',
      taking: '---x-x--',
    },
    run: ({ giving, taking }) => {
      const ch = channel<string>();
      return {
        given: perform(giving, (v) => select({ give: ch.send(v) }).map(() => undefined)),
        taken: perform(taking, () => select({ take: ch }).map(({ value }) => value)),
      };
    },
    outputs: {
      given: ' ---a-b--',
      taken: ' ---a-b--',
    },
  }),
  spec({
    title: 'one that sends and receives on the same channel does not meet itself',
    of: ['select'],
    drawn: "select({ give: ch.send('v'), take: ch })",
    inputs: {
      select: '  -x-----',
      receive: ' ----y--',
    },
    run: ({ select: calls, receive }) => {
      const ch = channel<string>();
      return {
        selected: perform(calls, () => select({ give: ch.send('v'), take: ch }).map(key)),
        received: perform(receive, () => ch.receive()),
      };
    },
    values: { G: 'give' },
    outputs: {
      selected: '----G--',
      received: '----v--',
    },
  }),
  spec({
    title: 'unsubscribing withdraws every case',
    of: ['select'],
    drawn: 'select({ left, right })',
    inputs: {
      send: '    ----a-',
    },
    run: ({ send }) => {
      const left = channel<string>(1);
      const right = channel<string>(1);
      const receiving = (): number => left.statistics().waitingReceivers + right.statistics().waitingReceivers;
      return {
        selected: select({ left, right }),
        sent: perform(send, (v) => left.send(v)),
        waiting: gauge(receiving),
        buffered: gauge(() => left.size),
      };
    },
    outputs: {
      selected: '------',
      sent: '    ----a-',
      waiting: ' 2-0---',
      buffered: '0---1-',
    },
    during: {
      selected: '^-!',
    },
  }),
  spec({
    title: 'a case that fails by itself fails the select',
    of: ['select'],
    drawn: 'select({ ch, answer: until(source) })',
    inputs: {
      source: '  --#',
    },
    run: ({ source }) => {
      const ch = channel<string>();
      return {
        selected: select({ ch, answer: until(source) }),
        waiting: gauge(() => ch.statistics().waitingReceivers),
      };
    },
    error: new Error('gone'),
    outputs: {
      selected: '--#',
      waiting: ' 1-0',
    },
  }),
  spec({
    title: 'a select is an operation: it can be a case of another one',
    of: ['select'],
    drawn: 'select({ data: select({ left, right }), stop })',
    inputs: {
      toRight: ' ---a----',
      toStop: '  ------b-',
      select: '  -x---x--',
    },
    run: ({ toRight, toStop, select: calls }) => {
      const left = channel<string>();
      const right = channel<string>();
      const stop = channel<string>();
      toRight.subscribe((v) => right.trySend(v));
      toStop.subscribe((v) => stop.trySend(v));
      return {
        selected: perform(calls, () => select({ data: select({ left, right }).map(pair), stop }).map(pair)),
      };
    },
    values: { D: 'data right a', S: 'stop b' },
    outputs: {
      selected: '---D--S-',
    },
  }),
  spec({
    title: 'a losing send, and one that is withdrawn with its select, report nothing: they have not happened',
    of: ['select'],
    drawn: 'select({ give: out.send(v), take: ch })',
    inputs: {
      select: '     -a-----b-',
      toCh: '       ---c-----',
    },
    run: ({ select: calls, toCh }) => {
      const { undelivered, onUndelivered } = losses();
      const out = channel<string>({ onUndelivered });
      const ch = channel<string>();
      toCh.subscribe((v) => ch.trySend(v));
      return {
        selected: perform(calls, (v) => select({ give: out.send(v), take: ch }).map(key)),
        waiting: gauge(() => out.statistics().waitingSenders),
        undelivered,
      };
    },
    values: { T: 'take' },
    outputs: {
      selected: '   ---T-----',
      waiting: '    01-0---1-0',
      undelivered: '---------',
    },
    during: {
      selected: '   ^--------!',
    },
  }),
  spec({
    title: 'what a callback throws after the choice is its own affair: the value was taken',
    of: ['select', 'Operation.map'],
    drawn: 'select({ left, right }).map(handle)',
    inputs: {
      toLeft: ' --ab---',
      select: ' x----x-',
    },
    run: ({ toLeft, select: calls }) => {
      const left = channel<string>(2);
      const right = channel<string>(2);
      toLeft.subscribe((v) => left.trySend(v));
      const handled = select({ left, right }).map(({ value }) => {
        if (value === 'a') throw new Error('what is a?');
        return value;
      });
      return { handled: perform(calls, () => handled) };
    },
    values: { E: new Error('what is a?') },
    outputs: {
      handled: '--E--b-',
    },
  }),
];
