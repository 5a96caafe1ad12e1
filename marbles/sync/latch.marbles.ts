import { latch } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'wait is over when the count is zero, for all who wait, and at once for who comes then',
    of: ['Latch.wait', 'Latch.done', 'latch'],
    drawn: 'latch(2)',
    inputs: {
      wait: ' a-b------c-',
      done: ' -x---x-----',
    },
    run: ({ wait, done }) => {
      const l = latch(2);
      done.subscribe(() => l.done());
      return { over: perform(wait, () => l.wait()), count: gauge(() => l.count) };
    },
    outputs: {
      over: ' -----(ab)c-',
      count: '21---0-----',
    },
  }),
  spec({
    title: 'what is added makes wait again; below zero is an error, and changes nothing',
    of: ['Latch.wait', 'Latch.add', 'Latch.done'],
    drawn: "latch(0, { name: 'l' })",
    inputs: {
      wait: ' -a----b------',
      add: '  ---x---------',
      done: ' --------x-x--',
    },
    run: ({ wait, add, done }) => {
      const l = latch(0, { name: 'l' });
      add.subscribe(() => l.add());
      return {
        over: perform(wait, () => l.wait()),
        done: perform(done, () => l.done()),
        count: gauge(() => l.count),
      };
    },
    values: { E: new RangeError('l: 1 done, but the count is 0') },
    outputs: {
      over: ' -a------b----',
      done: ' --------x-E--',
      count: '0--1----0----',
    },
  }),
];
