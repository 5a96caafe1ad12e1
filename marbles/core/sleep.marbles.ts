import { merge, of } from 'rxjs';
import { sleep } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'sleep takes its time on the clock, each performance anew',
    of: ['sleep'],
    drawn: 'sleep(3)',
    inputs: {
      perform: '-a-b------',
    },
    run: ({ perform: calls }) => ({ slept: perform(calls, () => sleep(3)) }),
    outputs: {
      slept: '  ----a-b---',
    },
  }),
  spec({
    title: 'as an Observable it emits undefined and completes',
    of: ['sleep'],
    drawn: 'sleep(3)',
    inputs: {},
    run: () => ({ slept: sleep(3) }),
    values: { u: undefined },
    outputs: {
      slept: '---(u|)',
    },
  }),
  spec({
    title: 'sleep(0) takes no time, but goes through the scheduler: what is there already comes first',
    of: ['sleep'],
    drawn: "merge(sleep(0).map(() => 's'), of('n'))",
    inputs: {},
    run: () => ({
      order: merge(
        sleep(0).map(() => 's'),
        of('n'),
      ),
    }),
    outputs: {
      order: '(ns|)',
    },
  }),
  spec({
    title: 'unsubscribed while it waits, it is withdrawn',
    of: ['sleep'],
    drawn: 'sleep(3)',
    inputs: {},
    run: (_, { expectIdle }) => {
      expectIdle();
      return { slept: sleep(3) };
    },
    outputs: {
      slept: '------',
    },
    during: {
      slept: '^-!',
    },
  }),
  spec({
    title: 'sleep(Infinity) waits for ever',
    of: ['sleep'],
    drawn: 'sleep(Infinity)',
    inputs: {},
    run: () => ({ slept: sleep(Infinity) }),
    outputs: {
      slept: '------',
    },
  }),
];
