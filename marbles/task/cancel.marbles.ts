import { CancelledError, channel, go, sleep, type Task } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'cancel runs the finally blocks, which may wait, and completes when they have run',
    of: ['Task.cancel'],
    drawn: "go(function* () { try { yield* sleep(9); } finally { yield* sleep(3); } }, { name: 'job' })",
    inputs: {
      cancel: '   --x-----',
    },
    run: ({ cancel }) => {
      let cleaning = 0;
      const task = go(
        function* () {
          try {
            yield* sleep(9);
          } finally {
            cleaning++;
            yield* sleep(3);
            cleaning--;
          }
        },
        { name: 'job' },
      );
      return {
        task,
        cancelled: perform(cancel, () => task.cancel('enough')),
        cleaning: gauge(() => cleaning),
      };
    },
    error: new CancelledError('job', 'enough'),
    outputs: {
      task: '     -----#',
      cancelled: '-----x--',
      cleaning: ' 0-1--0--',
    },
  }),
  spec({
    title: 'catch does not see a cancellation: what follows the yield* never runs',
    of: ['Task.cancel'],
    drawn: "try { yield* sleep(9); note('a'); } catch { note('b'); } finally { note('c'); } note('d');",
    inputs: {
      cancel: '--x---',
    },
    run: ({ cancel }) => {
      const noted = channel<string>(Infinity);
      const note = (v: string): boolean => noted.trySend(v);
      const task = go(function* () {
        try {
          yield* sleep(9);
          note('a');
        } catch {
          note('b');
        } finally {
          note('c');
        }
        note('d');
      });
      cancel.subscribe(() => task.cancel());
      return { noted };
    },
    outputs: {
      noted: ' --c---',
    },
  }),
  spec({
    title: 'only the first cancel counts, and its reason stays; all complete when the clean-up is done',
    of: ['Task.cancel'],
    drawn: "go(function* () { try { yield* sleep(9); } finally { yield* sleep(4); } }, { name: 'job' })",
    inputs: {
      cancel: '   -a-b------c',
    },
    run: ({ cancel }) => {
      const task = go(
        function* () {
          try {
            yield* sleep(9);
          } finally {
            yield* sleep(4);
          }
        },
        { name: 'job' },
      );
      return { task, cancelled: perform(cancel, (reason) => task.cancel(reason)) };
    },
    error: new CancelledError('job', 'a'),
    outputs: {
      task: '     -----#',
      // c comes when the task has ended.
      cancelled: '-----(ab)-c',
    },
  }),
  spec({
    title: 'an error thrown by a finally block is the failure of the task; cancel itself never fails',
    of: ['Task.cancel'],
    drawn: "go(function* () { try { yield* sleep(9); } finally { throw new Error('broken'); } })",
    inputs: {
      cancel: '   --x--',
    },
    run: ({ cancel }) => {
      const task = go(function* () {
        try {
          yield* sleep(9);
        } finally {
          // eslint-disable-next-line no-unsafe-finally -- what this spec is about
          throw new Error('broken');
        }
      });
      return { task, cancelled: perform(cancel, () => task.cancel()) };
    },
    error: new Error('broken'),
    outputs: {
      task: '     --#',
      cancelled: '--x--',
    },
  }),
  spec({
    title: 'a finally block that is already waiting when the cancel comes is cut there',
    of: ['Task.cancel'],
    drawn: "try { … } finally { note('a'); yield* sleep(4); note('b'); }",
    inputs: {
      cancel: '--x-----',
    },
    run: ({ cancel }) => {
      const noted = channel<string>(Infinity);
      const task = go(
        function* () {
          try {
            noted.trySend('t');
          } finally {
            noted.trySend('a');
            yield* sleep(4);
            noted.trySend('b');
          }
        },
        { name: 'job' },
      );
      cancel.subscribe(() => task.cancel('enough'));
      return { noted, task };
    },
    error: new CancelledError('job', 'enough'),
    outputs: {
      noted: ' (ta)----',
      task: '  --#',
    },
  }),
  spec({
    title: 'cancelled before its first step, a task never runs',
    of: ['Task.cancel'],
    drawn: 'go(function* () { const child = go(work); child.cancel(); … })',
    inputs: {},
    run: () => {
      let ran = 0;
      const outer = go(function* () {
        const child = go(function* () {
          ran++;
          yield* sleep(1);
        });
        yield* child.cancel();
        return child.status;
      });
      return { status: outer, ran: gauge(() => ran) };
    },
    values: { C: 'cancelled' },
    outputs: {
      status: '(C|)',
      ran: '   0---',
    },
  }),
  spec({
    title: 'a value that it had received when the cancel came is not lost: it goes on to its next wait',
    of: ['Task.cancel', 'Channel.receive'],
    drawn: "const v = yield* ch.receive(); note(v); yield* sleep(9); note('z');",
    inputs: {
      send: '     ---a--',
    },
    run: ({ send }) => {
      const ch = channel<string>();
      const noted = channel<string>(Infinity);
      const task = go(function* () {
        const v = yield* ch.receive();
        noted.trySend(v);
        yield* sleep(9);
        noted.trySend('z');
      });
      send.subscribe((v) => {
        // From inside of a turn, where the one that has received is still to run.
        go(function* () {
          ch.trySend(v);
          task.cancel();
        });
      });
      return { noted, delivered: gauge(() => ch.statistics().delivered) };
    },
    outputs: {
      noted: '    ---a--',
      delivered: '0--1--',
    },
  }),
  spec({
    title: 'what it handed its signal to hears of the cancel at once, with the reason',
    of: ['Task.cancel', 'go'],
    drawn: 'go(function* ({ signal }) { … })',
    inputs: {
      cancel: '---r--',
    },
    run: ({ cancel }) => {
      const heard = channel<unknown>(Infinity);
      const task = go(function* ({ signal }) {
        signal.addEventListener('abort', () => heard.trySend(signal.reason));
        try {
          yield* sleep(9);
        } finally {
          yield* sleep(2);
          heard.trySend('f');
        }
      });
      cancel.subscribe((reason) => task.cancel(reason));
      return { heard };
    },
    outputs: {
      heard: ' ---r-f',
    },
  }),
  spec({
    title: 'a task that cancels itself is cancelled where it waits for that',
    of: ['Task.cancel'],
    drawn: "const task = go(function* () { yield* sleep(2); yield* task.cancel(); note('a'); })",
    inputs: {},
    run: () => {
      const noted = channel<string>(Infinity);
      const task: Task<void> = go(
        function* () {
          try {
            yield* sleep(2);
            yield* task.cancel('enough');
            noted.trySend('a');
          } finally {
            noted.trySend('f');
          }
        },
        { name: 'job' },
      );
      return { noted, task };
    },
    error: new CancelledError('job', 'enough'),
    outputs: {
      noted: '--f---',
      task: ' --#',
    },
  }),
];
