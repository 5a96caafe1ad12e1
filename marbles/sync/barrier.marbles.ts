import { barrier, BrokenBarrierError } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'the last one to arrive lets all go, each with its place; then the next round begins',
    of: ['Barrier.wait', 'barrier'],
    drawn: 'barrier(2)',
    inputs: {
      a: '      x----x---',
      b: '      --x-----x',
    },
    run: ({ a, b }) => {
      const meeting = barrier(2);
      return {
        a: perform(a, () => meeting.wait()),
        b: perform(b, () => meeting.wait()),
        waiting: gauge(() => meeting.waiting),
      };
    },
    values: { 0: 0, 1: 1 },
    outputs: {
      a: '      --0-----0',
      b: '      --1-----1',
      waiting: '1-0--1--0',
    },
  }),
  spec({
    title: 'who is withdrawn has not arrived, and those behind move up',
    of: ['Barrier.wait'],
    drawn: 'barrier(2)',
    inputs: {
      a: '      x--------',
      b: '      ----x----',
      c: '      ------x--',
    },
    run: ({ a, b, c }) => {
      const meeting = barrier(2);
      return {
        a: perform(a, () => meeting.wait()),
        b: perform(b, () => meeting.wait()),
        c: perform(c, () => meeting.wait()),
        waiting: gauge(() => meeting.waiting),
      };
    },
    values: { 0: 0, 1: 1 },
    outputs: {
      a: '      ---------',
      b: '      ------0--',
      c: '      ------1--',
      waiting: '1-0-1-0--',
    },
    during: {
      a: '      ^-!',
    },
  }),
  spec({
    title: 'reset fails those who wait, and begins anew; abort breaks the barrier for good',
    of: ['Barrier.wait', 'Barrier.reset', 'Barrier.abort'],
    drawn: "barrier(2, { name: 'b' })",
    inputs: {
      wait: '   a-b-c---d---e-',
      reset: '  -x------------',
      abort: '  ----------x---',
    },
    run: ({ wait, reset, abort }) => {
      const b = barrier(2, { name: 'b' });
      reset.subscribe(() => b.reset());
      abort.subscribe(() => b.abort());
      return { waited: perform(wait, () => b.wait()), waiting: gauge(() => b.waiting) };
    },
    values: { 0: 0, 1: 1, B: new BrokenBarrierError('b') },
    outputs: {
      waited: ' -B--(01)--B-B-',
      waiting: '101-0---1-0---',
    },
  }),
];
