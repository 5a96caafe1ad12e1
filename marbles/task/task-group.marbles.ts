import { CancelledError, sleep, type TaskGroup, taskGroup, TaskGroupError, taskScope } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

/** A child that works for some time, then cleans up; how many there are shows in `alive`. */
class Children {
  alive = 0;

  start(group: TaskGroup, ms: number, cleaning = 0, error?: Error): void {
    group.go(() => this.#work(ms, cleaning, error), { name: 'child' });
  }

  *#work(ms: number, cleaning: number, error: Error | undefined) {
    this.alive++;
    try {
      yield* sleep(ms);
      if (error !== undefined) throw error;
    } finally {
      if (cleaning > 0) yield* sleep(cleaning);
      this.alive--;
    }
  }
}

export const specs = [
  spec({
    title: 'taskGroup ends with what its body returned, when every child and its clean-up have ended',
    of: ['taskGroup'],
    drawn: "taskGroup(function* (group) { group.go(first); group.go(second); return 'a'; })",
    inputs: {},
    run: () => {
      const children = new Children();
      const group = taskGroup(function* (group) {
        children.start(group, 3);
        children.start(group, 4, 2);
        return 'a';
      });
      return { group, alive: gauge(() => children.alive) };
    },
    outputs: {
      group: '------(a|)',
      alive: '2--1--0',
    },
  }),
  spec({
    title: 'a failure cancels all others, waits for their clean-up, and fails the group',
    of: ['taskGroup'],
    drawn: 'the second child fails in frame 2; the first one takes 3 to clean up',
    inputs: {},
    run: () => {
      const children = new Children();
      const group = taskGroup(
        function* (group) {
          children.start(group, 9, 3);
          children.start(group, 2, 0, new Error('boom'));
          yield* sleep(9);
        },
        { name: 'build' },
      );
      return { group, alive: gauge(() => children.alive) };
    },
    error: new TaskGroupError([new Error('boom')], 'build failed: child: boom'),
    outputs: {
      group: '-----#',
      alive: '2-1--0',
    },
  }),
  spec({
    title: 'no more run at once than the limit; the others start in order',
    of: ['taskGroup'],
    drawn: 'taskGroup(function* (group) { … four children of 2 frames … }, { limit: 2 })',
    inputs: {},
    run: () => {
      const children = new Children();
      const group = taskGroup(
        function* (group) {
          for (const ms of [2, 3, 2, 2]) children.start(group, ms);
          return 'a';
        },
        { limit: 2 },
      );
      return { group, alive: gauge(() => children.alive) };
    },
    outputs: {
      group: '-----(a|)',
      alive: '2---10',
    },
  }),
  spec({
    title: 'unsubscribed, everything is cancelled in the same frame, and cleans up',
    of: ['taskGroup'],
    drawn: 'two children, one of which takes 2 to clean up',
    inputs: {},
    run: () => {
      const children = new Children();
      const group = taskGroup(function* (group) {
        children.start(group, 9);
        children.start(group, 9, 2);
        yield* sleep(9);
      });
      return { group, alive: gauge(() => children.alive) };
    },
    during: {
      group: '^--!',
    },
    outputs: {
      group: '------',
      alive: '2--1-0',
    },
  }),
  spec({
    title: 'cancelled from within, it fails with that CancelledError when all have cleaned up',
    of: ['taskGroup'],
    drawn: "group.cancel('enough')",
    inputs: {
      cancel: '--x',
    },
    run: ({ cancel }) => {
      const children = new Children();
      const group = taskGroup(
        function* (group) {
          children.start(group, 9, 2);
          cancel.subscribe(() => group.cancel('enough'));
          yield* sleep(9);
        },
        { name: 'g' },
      );
      return { group, alive: gauge(() => children.alive) };
    },
    error: new CancelledError('g', 'enough'),
    outputs: {
      group: ' ----#',
      alive: ' 1---0',
    },
  }),
  spec({
    title: 'a scope takes children until it is closed; close waits for them',
    of: ['taskScope'],
    drawn: 'scope.go(child of 4)   scope.close()',
    inputs: {
      go: '    a--b-c--',
      close: ' ----x---',
    },
    run: ({ go, close }) => {
      const children = new Children();
      const scope = taskScope({ name: 's' });
      return {
        // What comes after close is refused.
        started: perform(go, () => {
          children.start(scope, 4);
        }),
        closed: perform(close, () => scope.close()),
        alive: gauge(() => children.alive),
      };
    },
    values: { R: new CancelledError('s', new Error('s is closed')) },
    outputs: {
      started: 'a--b-R--',
      closed: ' -------x',
      alive: '  1--21--0',
    },
  }),
];
