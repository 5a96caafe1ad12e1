import { coroutine, sleep } from '../../src/index.ts';
import { gauge, spec } from '../spec.ts';

/** Fails so often, each after a frame. */
const failing = (times: number) => {
  let performed = 0;
  return coroutine(function* () {
    yield* sleep(1);
    if (++performed <= times) throw new Error(`failure ${performed}`);
    return performed;
  });
};

export const specs = [
  spec({
    title: 'withRetry performs it again when it has failed, each time after the backoff',
    of: ['Operation.withRetry'],
    drawn: 'op.withRetry({ attempts: 3, backoff: () => 3 })   // op fails twice, each time after a frame',
    inputs: {},
    run: () => {
      let begun = 0;
      const op = failing(2);
      const counted = coroutine(function* () {
        begun++;
        return yield* op;
      });
      return { retried: counted.withRetry({ attempts: 3, backoff: () => 3 }), begun: gauge(() => begun) };
    },
    values: { v: 3 },
    outputs: {
      retried: '---------(v|)',
      begun: '  1---2---3',
    },
  }),
  spec({
    title: 'what finally fails is the last error; unsubscribing ends the wait for the next',
    of: ['Operation.withRetry'],
    drawn: 'op.withRetry({ attempts: 2, backoff: () => 2 })',
    inputs: {},
    run: () => ({
      failed: failing(9).withRetry({ attempts: 2, backoff: () => 2 }),
      left: failing(9).withRetry({ attempts: 2, backoff: () => 2 }),
    }),
    error: new Error('failure 2'),
    outputs: {
      failed: '----#',
      left: '  -----',
    },
    during: {
      left: '  ^-!',
    },
  }),
  spec({
    title: 'when says which failures are tried again',
    of: ['Operation.withRetry'],
    drawn: "op.withRetry({ when: (error) => error.message !== 'failure 3' })",
    inputs: {},
    run: () => ({ retried: failing(9).withRetry({ when: (error) => (error as Error).message !== 'failure 3' }) }),
    error: new Error('failure 3'),
    outputs: {
      retried: '---#',
    },
  }),
];
