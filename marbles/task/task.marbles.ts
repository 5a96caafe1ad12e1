import { CancelledError, channel, coroutine, forEach, go, sleep } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a coroutine is cold: each subscription runs its body anew',
    of: ['coroutine'],
    drawn: 'coroutine(function* () { yield* sleep(2); return v; })',
    inputs: {
      perform: '-a-b-----',
    },
    run: ({ perform: calls }) => ({
      returned: perform(calls, (v) =>
        coroutine(function* () {
          yield* sleep(2);
          return v.toUpperCase();
        }),
      ),
    }),
    outputs: {
      returned: '---A-B---',
    },
  }),
  spec({
    title: 'unsubscribing from a coroutine cancels that run, and its finally blocks run',
    of: ['coroutine'],
    drawn: 'coroutine(function* () { try { yield* sleep(9); } finally { cleaned++; } })',
    inputs: {},
    run: () => {
      let cleaned = 0;
      return {
        returned: coroutine(function* () {
          try {
            yield* sleep(9);
          } finally {
            cleaned++;
          }
        }),
        cleaned: gauge(() => cleaned),
      };
    },
    during: { returned: '^--!' },
    outputs: {
      returned: '-----',
      cleaned: ' 0--1-',
    },
  }),
  spec({
    title: 'go starts at once; whoever comes late sees the same outcome',
    of: ['go'],
    drawn: 'go(function* () { yield* sleep(3); return 7; })',
    inputs: {
      wait: '  x-----y-',
    },
    run: ({ wait }) => {
      const task = go(function* () {
        yield* sleep(3);
        return '7';
      });
      return { waited: perform(wait, () => task) };
    },
    outputs: {
      waited: '---7--7-',
    },
  }),
  spec({
    title: 'cancel completes when the finally blocks have run; who waits for the task gets CancelledError',
    of: ['Task.cancel'],
    drawn: "go(function* () { try { yield* sleep(9); } finally { yield* sleep(3); } }, { name: 'job' })",
    inputs: {
      cancel: '  --x----',
    },
    run: ({ cancel }) => {
      const task = go(
        function* () {
          try {
            yield* sleep(9);
          } finally {
            yield* sleep(3);
          }
        },
        { name: 'job' },
      );
      return { task, cancelled: perform(cancel, () => task.cancel('enough')) };
    },
    error: new CancelledError('job', 'enough'),
    outputs: {
      task: '     -----#',
      cancelled: '-----x--',
    },
  }),
  spec({
    title: 'forEach takes the next value when its body is done with the last one',
    of: ['forEach'],
    drawn: 'forEach(channel(1), function* () { yield* sleep(3); })',
    inputs: {
      send: ' abc---------',
      close: '---x--------',
    },
    run: ({ send, close }) => {
      const ch = channel<string>(1);
      return {
        sent: perform(send, (v) => ch.send(v)),
        closed: perform(close, () => ch.close()),
        forEach: forEach(ch, function* () {
          yield* sleep(3);
        }),
        buffered: gauge(() => ch.size),
      };
    },
    values: { t: true, V: undefined },
    outputs: {
      sent: '    ab-c-----',
      closed: '  ---t-----',
      forEach: ' ---------(V|)',
      buffered: '01----0--',
    },
  }),
];
