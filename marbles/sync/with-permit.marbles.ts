import { EMPTY, NEVER, type Observable, take } from 'rxjs';
import { type Coroutine, semaphore, sleep } from '../../src/index.ts';
import { gauge, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'withPermit holds a permit while its work goes on; the next in line begins when it has ended',
    of: ['Semaphore.withPermit'],
    drawn: 'semaphore(1).withPermit(work)',
    inputs: {
      work: '      a--b|',
    },
    run: ({ work }) => {
      const s = semaphore(1);
      return { first: s.withPermit(work), second: s.withPermit(work), available: gauge(() => s.available) };
    },
    outputs: {
      first: '     a--b|',
      second: '    ----a--b|',
      available: ' 0-------1',
    },
    subscribed: {
      work: ['^---!', '----^---!'],
    },
  }),
  spec({
    title: 'work that never ends keeps the permit; empty work gives it back at once',
    of: ['Semaphore.withPermit'],
    drawn: 'semaphore(1).withPermit(work)',
    inputs: {
      empty: '    |',
      never: '    ----',
    },
    run: ({ empty, never }) => {
      const s = semaphore(1);
      return { first: s.withPermit(empty), second: s.withPermit(never), available: gauge(() => s.available) };
    },
    outputs: {
      first: '    |',
      second: '   ----',
      available: '0---',
    },
  }),
  spec({
    title: 'work that fails gives the permit back, and the failure passes through',
    of: ['Semaphore.withPermit'],
    drawn: 'semaphore(1).withPermit(work)',
    inputs: {
      work: '      a-#',
    },
    run: ({ work }) => {
      const s = semaphore(1);
      return { first: s.withPermit(work), second: s.withPermit(EMPTY), available: gauge(() => s.available) };
    },
    outputs: {
      first: '     a-#',
      second: '    --|',
      available: ' 0-1',
    },
  }),
  spec({
    title: 'unsubscribing withdraws from the line, or ends the work and gives the permit back',
    of: ['Semaphore.withPermit'],
    drawn: 'semaphore(1).withPermit(work)',
    inputs: {
      work: '      -a-b-c-',
    },
    run: ({ work }) => {
      const s = semaphore(1);
      return {
        first: s.withPermit(work),
        second: s.withPermit(work),
        third: s.withPermit(work).pipe(take(1)),
        available: gauge(() => s.available),
      };
    },
    outputs: {
      first: '     -a-b-----',
      second: '    ----------',
      third: '     -----(a|)',
      available: ' 0----1',
    },
    during: {
      first: '     ^---!',
      second: '    ^-!',
    },
    subscribed: {
      work: ['^---!', '----^!'],
    },
  }),
  spec({
    title: 'a coroutine keeps the permit until its finally blocks have run',
    of: ['Semaphore.withPermit'],
    drawn: 'withPermit(function* () { try { yield* sleep(9); } finally { yield* sleep(3); } })',
    inputs: {},
    run: () => {
      const s = semaphore(1);
      const first = function* (): Coroutine<void> {
        try {
          yield* sleep(9);
        } finally {
          yield* sleep(3);
        }
      };
      return {
        first: s.withPermit(first),
        second: s.withPermit((): Observable<never> => NEVER),
        held: gauge(() => 1 - s.available),
      };
    },
    outputs: {
      first: '     ------',
      second: '    ------',
      held: '      1-----',
    },
    during: {
      first: '     ^-!',
    },
  }),
];
