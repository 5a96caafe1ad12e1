import { NEVER } from 'rxjs';
import { channel, go, sleep, type Task } from '../../src/index.ts';
import { unhandled } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'go starts its work now; the task has one outcome, for all who wait and for all who come later',
    of: ['go'],
    drawn: "go(function* () { yield* sleep(4); return 'r'; })",
    inputs: {},
    run: () => {
      let running = 0;
      const task = go(function* () {
        running++;
        yield* sleep(4);
        running--;
        return 'r';
      });
      return { early: task, late: task, running: gauge(() => running) };
    },
    outputs: {
      early: '  ----(r|)--',
      late: '   ------(r|)',
      running: '1---0-----',
    },
    during: {
      late: '   ------^',
    },
  }),
  spec({
    title: 'unsubscribing from a task does not stop it',
    of: ['go'],
    drawn: 'go(function* () { yield* sleep(4); … })',
    inputs: {},
    run: () => {
      let done = 0;
      const task = go(function* () {
        yield* sleep(4);
        done++;
      });
      return { leaver: task, done: gauge(() => done) };
    },
    outputs: {
      leaver: '------',
      done: '  0---1-',
    },
    during: {
      leaver: '^-!',
    },
  }),
  spec({
    title: 'a failure is for all who wait, and for all who come later',
    of: ['go'],
    drawn: "go(function* () { yield* sleep(3); throw new Error('broken'); })",
    inputs: {
      wait: '  -a---b-',
    },
    run: ({ wait }) => {
      const task = go(function* () {
        yield* sleep(3);
        throw new Error('broken');
      });
      return { waited: perform(wait, () => task) };
    },
    values: { E: new Error('broken') },
    outputs: {
      waited: '---E-E-',
    },
  }),
  spec({
    title: 'a failure that nobody observes is reported, once',
    of: ['go'],
    drawn: "go(function* () { yield* sleep(3); throw new Error('broken'); })",
    inputs: {},
    run: () => {
      const reported = unhandled();
      go(function* () {
        yield* sleep(3);
        throw new Error('broken');
      });
      return { unhandled: reported };
    },
    values: { E: new Error('broken') },
    outputs: {
      unhandled: '---E--',
    },
  }),
  spec({
    title: "an observable's task resolves with its last value; one that is empty, with undefined",
    of: ['go'],
    drawn: 'go(source)',
    inputs: {
      source: '-a-b-|',
      empty: ' ---|',
    },
    run: ({ source, empty }) => ({ last: go(source), none: go(empty) }),
    values: { u: undefined },
    outputs: {
      last: '  -----(b|)',
      none: '  ---(u|)',
    },
  }),
  spec({
    title: 'an observable that never ends is unsubscribed when its task is cancelled',
    of: ['go', 'Task.cancel'],
    drawn: 'go(source)',
    inputs: {
      source: '   -a-b-c-',
      cancel: '   ----x--',
    },
    run: ({ source, cancel }) => {
      const task = go(source);
      return { cancelled: perform(cancel, () => task.cancel()) };
    },
    outputs: {
      cancelled: '----x--',
    },
    subscribed: {
      source: '   ^---!--',
    },
  }),
  spec({
    title: 'started from inside of a coroutine, it starts in this frame, when the one that runs waits',
    of: ['go'],
    drawn: 'go(function* () { go(child); yield* sleep(0); … })',
    inputs: {},
    run: () => {
      const order = channel<string>(Infinity);
      go(function* () {
        order.trySend('a');
        go(function* () {
          order.trySend('c');
        });
        // The child is ready, and has to wait its turn: this one goes on.
        order.trySend('b');
        yield* sleep(0);
        order.trySend('d');
      });
      return { order };
    },
    outputs: {
      order: '(abcd)',
    },
  }),
  spec({
    title: 'work that never ends is a task that never ends',
    of: ['go'],
    drawn: 'go(NEVER)',
    inputs: {},
    run: () => {
      const task: Task<unknown> = go(NEVER);
      return { task, pending: gauge(() => (task.status === 'pending' ? 1 : 0)) };
    },
    outputs: {
      task: '   ------',
      pending: '1-----',
    },
  }),
];
