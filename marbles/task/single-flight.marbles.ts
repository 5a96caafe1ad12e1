import { singleFlight, sleep } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'one load for all who ask while it runs; nothing is kept',
    of: ['singleFlight'],
    drawn: 'load = singleFlight(function* (key) { yield* sleep(4); return … })',
    inputs: {
      first: ' a----------',
      second: '--b--------',
      third: ' ------c----',
    },
    run: ({ first, second, third }) => {
      let loads = 0;
      const load = singleFlight(function* (_key: string) {
        const n = String(++loads);
        yield* sleep(4);
        return n;
      });
      return {
        first: perform(first, () => load('k')),
        second: perform(second, () => load('k')),
        third: perform(third, () => load('k')),
        loads: gauge(() => loads),
      };
    },
    outputs: {
      first: ' ----1------',
      second: '----1------',
      third: ' ----------2',
      loads: ' 1-----2----',
    },
  }),
  spec({
    title: 'with the last who waits it is cancelled; who comes while it cleans up starts a new one',
    of: ['singleFlight'],
    drawn: 'load = singleFlight(function* (key) { try { yield* sleep(4); } finally { yield* sleep(3); } })',
    inputs: {
      other: '---b-------',
    },
    run: ({ other }) => {
      let running = 0;
      const load = singleFlight(function* (key: string) {
        running++;
        try {
          yield* sleep(4);
        } finally {
          yield* sleep(3);
          running--;
        }
        return key;
      });
      return {
        left: load('k'),
        other: perform(other, () => load('k')),
        running: gauge(() => running),
      };
    },
    outputs: {
      left: '   -----------',
      other: '  ----------k',
      running: '1--2-1----0',
    },
    during: {
      left: '   ^-!',
    },
  }),
];
