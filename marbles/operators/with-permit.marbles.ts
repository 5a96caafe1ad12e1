import { semaphore, withPermit } from '../../src/index.ts';
import { gauge, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'withPermit subscribes to its source when a permit is there, and gives it back when that has ended',
    of: ['withPermit'],
    drawn: 'withPermit(semaphore(2))',
    inputs: {
      one: '      a--b|',
      other: '    --c-------|',
      third: '    -d|',
    },
    run: ({ one, other, third }) => {
      const s = semaphore(2);
      return {
        first: one.pipe(withPermit(s)),
        second: other.pipe(withPermit(s)),
        third: third.pipe(withPermit(s)),
        available: gauge(() => s.available),
      };
    },
    outputs: {
      first: '    a--b|',
      second: '   --c-------|',
      third: '    -----d|',
      available: '0-----1---2',
    },
    subscribed: {
      third: '    ----^-!',
    },
  }),
  spec({
    title: 'a failure passes through, and the permit is back; empty completes; never keeps it',
    of: ['withPermit'],
    drawn: 'withPermit(semaphore(1))',
    inputs: {
      fails: '    a-#',
      empty: '    |',
      never: '    ---',
    },
    run: ({ fails, empty, never }) => {
      const s = semaphore(1);
      return {
        fails: fails.pipe(withPermit(s)),
        empty: empty.pipe(withPermit(s)),
        never: never.pipe(withPermit(s)),
        available: gauge(() => s.available),
      };
    },
    outputs: {
      fails: '    a-#',
      empty: '    --|',
      never: '    ------',
      available: '0-----',
    },
  }),
  spec({
    title: 'who is unsubscribed in line never subscribes to the source',
    of: ['withPermit'],
    drawn: 'withPermit(semaphore(1))',
    inputs: {
      one: '      --a|',
      other: '    b|',
      third: '    c|',
    },
    run: ({ one, other, third }) => {
      const s = semaphore(1);
      return {
        first: one.pipe(withPermit(s)),
        second: other.pipe(withPermit(s)),
        third: third.pipe(withPermit(s)),
      };
    },
    outputs: {
      first: '    --a|',
      second: '   -----',
      third: '    ---c|',
    },
    during: {
      second: '   ^-!',
    },
    subscribed: {
      other: [],
    },
  }),
];
